# SPDX-License-Identifier: Apache-2.0

"""The manual is true: their commands print what they say.

After a change that is meant, write the outputs anew with
``UPDATE_MANUAL=1 pytest tests/functional/test_manual.py``, read the
diff, and run the tests again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
import configparser
import datetime
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from nova_cow_check.rules import registry
from nova_cow_check.rules import rule
from nova_cow_check.sources import waiver_file
from tests.functional import conftest
from tests.functional import manual
from tests.functional import processes

SAMPLE = manual.ROOT / 'samples' / 'nova.conf'

FIRST, TESTS, *_OTHERS = manual.README.sessions

#: What a machine that is no compute host answers to a correct command.
NOTHING_TO_READ = re.compile(
    'found no configuration to read|no nova-compute is running'
    '|cannot be read: No such file or directory'
)

UPDATE = bool(os.environ.get('UPDATE_MANUAL'))

Answer = Callable[[str], 'subprocess.CompletedProcess[str]']

every_document = pytest.mark.parametrize('document', manual.DOCUMENTS, ids=str)


def cases(*languages: str) -> pytest.MarkDecorator:
    """Return a mark: the test runs for each block in these languages."""
    return pytest.mark.parametrize(
        'block',
        [
            pytest.param(block, id=f'{document}-{number}')
            for document in manual.DOCUMENTS
            for number, block in enumerate(document.blocks_in(*languages))
            # Consoles read the files.
            if not block.name
        ],
    )


@pytest.fixture(scope='module')
def checkout(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A fresh clone."""
    directory = tmp_path_factory.mktemp('clone') / 'nova-cow-check'
    manual.copy_tree(manual.README, directory)
    return directory


@pytest.fixture(scope='module')
def first(checkout: pathlib.Path) -> subprocess.CompletedProcess[str]:
    """What the first command of README.rst prints in a fresh clone."""
    # pip may warn of what its configuration names.
    return manual.run(FIRST.command, checkout, stderr=subprocess.DEVNULL)


@pytest.fixture
def answer(tmp_path: pathlib.Path) -> Iterator[Answer]:
    """Return a function that runs a command where nothing is to read."""
    conftest.no_own_configuration()
    with processes.alone():
        yield lambda command: manual.run(command, tmp_path)


class TestFirstCommands:
    def test_the_first_one_in_a_fresh_clone(
        self, first: subprocess.CompletedProcess[str]
    ) -> None:
        assert first.returncode == 1
        assert 'Result: Warning' in first.stdout
        assert 'images_type = flat' in first.stdout
        if not UPDATE:
            assert first.stdout == FIRST.output

    def test_it_installs_the_drop_in_of_systemd(
        self,
        first: subprocess.CompletedProcess[str],
        checkout: pathlib.Path,
    ) -> None:
        path = 'share/nova-cow-check/systemd/nova-compute.service.d'
        (installed,) = (checkout / '.venv' / path).iterdir()
        source = manual.ROOT / path / installed.name
        assert installed.read_text() == source.read_text()

    def test_ci_runs_the_second_one(self) -> None:
        lines = (manual.ROOT / '.ci' / 'run').read_text().splitlines()
        assert TESTS.command in lines


class TestConsoles:
    @every_document
    def test_every_block_is_seen(self, document: manual.Document) -> None:
        written = document.content.count('code-block::')
        assert written == len(document.blocks)
        for block in document.blocks_in('console'):
            assert block.text.startswith('$ ')

    @every_document
    def test_commands_print_what_is_shown(
        self,
        document: manual.Document,
        tmp_path: pathlib.Path,
        request: pytest.FixtureRequest,
    ) -> None:
        sessions = document.sessions
        known: list[str] = []
        if document == manual.README:
            known = [request.getfixturevalue('first').stdout, TESTS.output]
            sessions = sessions[len(known) :]
        directory = tmp_path / 'nova-cow-check'
        manual.copy_tree(document, directory)
        outputs = list(_outputs(sessions, directory))
        if UPDATE:
            content = document.with_outputs([*known, *outputs])
            document.path.write_text(content)
            pytest.skip(f'{document} is written anew: read the diff')
        assert outputs == [session.output for session in sessions]


def _outputs(
    sessions: Iterable[manual.Session], directory: pathlib.Path
) -> Iterable[str]:
    status = 0
    for session in sessions:
        if re.search(r'\bjq ', session.command):
            conftest.required(shutil.which('jq') is not None, 'needs jq')
        result = manual.run(session.command, directory, status)
        status = result.returncode
        yield result.stdout


@cases('shell')
def test_commands_for_a_compute_host_are_understood(
    block: manual.Block, answer: Answer
) -> None:
    for command in block.text.splitlines():
        result = answer(command)
        # What is said then is all there is to see.
        assert result.returncode == 255
        assert NOTHING_TO_READ.search(result.stdout)


@cases('bash')
def test_commands_for_root_are_no_slips(
    block: manual.Block, tmp_path: pathlib.Path
) -> None:
    result = manual.run(f"bash -n <<'END'\n{block.text}END", tmp_path)
    assert result.stdout == ''


@cases('yaml', 'groovy')
def test_commands_of_other_tools_are_understood(
    block: manual.Block, answer: Answer, tmp_path: pathlib.Path
) -> None:
    assert block.commands
    shutil.copy(SAMPLE, tmp_path)
    for command in block.commands:
        result = answer(command)
        expected = 0 if '--fail-on' in command else 1
        assert result.returncode == expected or (
            NOTHING_TO_READ.search(result.stdout)
        )


@pytest.mark.parametrize('rule', registry.RULES.values(), ids=lambda r: r.name)
def test_a_page_shows_every_rule_with_its_severity(rule: rule.Rule) -> None:
    page = manual.Document(manual.ROOT / 'doc' / 'source' / 'judged.rst')
    (listing,) = [
        session.output
        for session in page.sessions
        if session.command == 'nova-cow-check rules'
    ]
    words = rf'^{rule.name} +{rule.severity.name.lower()} '
    assert re.search(words, listing, re.MULTILINE)


class TestPlugins:
    """The package of plugins.rst, installed."""

    @pytest.fixture
    def site(self, tmp_path: pathlib.Path) -> str:
        page = manual.Document(manual.ROOT / 'doc/source/plugins.rst')
        (declared,) = page.blocks_in('ini')
        parser = configparser.ConfigParser()
        parser.read_string(declared.text)
        site = tmp_path / 'site'
        metadata = site / 'ours-1.0.dist-info'
        metadata.mkdir(parents=True)
        (metadata / 'METADATA').write_text('Name: ours\nVersion: 1.0\n')
        groups = parser['options.entry_points'].items()
        (metadata / 'entry_points.txt').write_text(
            ''.join(f'[{group}]\n{points}\n' for group, points in groups)
        )
        for block in page.blocks_in('python'):
            (site / str(block.name)).write_text(block.text)
        return str(site)

    @pytest.fixture
    def nova_conf(self, write: Callable[..., str]) -> str:
        return write(f'{SAMPLE.read_text()}[DEFAULT]\nverbose = True\n')

    def test_its_format(
        self, run: conftest.Run, site: str, nova_conf: str
    ) -> None:
        arguments = ('--config-file', nova_conf, '--host', 'compute-1')
        result = run(
            *arguments, 'report', '--output', 'brief', PYTHONPATH=site
        )
        assert result.stdout == 'compute-1: warning implicit-image-backend\n'

    def test_its_check(
        self, run: conftest.Run, site: str, nova_conf: str
    ) -> None:
        arguments = ('--config-file', nova_conf, 'upgrade', 'check')
        row = conftest.rows(run(*arguments, PYTHONPATH=site))['Verbosity']
        assert row[1:] == [
            'Result: Warning',
            'Details: [DEFAULT]/verbose is no more.',
        ]


def test_the_sample_of_waivers_stays_valid() -> None:
    path = manual.ROOT / 'samples' / 'waivers.yaml'
    today = datetime.date.today()
    found = waiver_file.parse(path.read_bytes(), path.name, today)
    assert [waiver.is_expired for waiver in found] == [False, False]
