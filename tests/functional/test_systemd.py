# SPDX-License-Identifier: Apache-2.0

"""The drop-in of systemd: it warns, and never keeps nova-compute down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
import configparser
import os
import pathlib
import re
import shlex
import shutil
import subprocess
from typing import NamedTuple

import pytest

from tests.functional import conftest
from tests.functional import manual

DROP_IN = (
    manual.ROOT / 'share/nova-cow-check/systemd/nova-compute.service.d'
    '/nova-cow-check.conf'
)

PAGE = manual.Document(manual.ROOT / 'doc' / 'source' / 'start-up.rst')

#: Where the command can be, and what exists above each.
PLACES = {
    '/usr/local/bin': '/usr/local/bin',
    '/usr/bin': '/usr/bin',
    '/opt/nova-cow-check/bin': '/opt',
}

NAME = 'nova-cow-check'

#: Seconds; systemd's default, of DefaultTimeoutStartSec=.
START_TIMEOUT = 90

BACKEND = '[libvirt]\nimages_type = {}\n'
DRIVER = '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'
GOOD = DRIVER + BACKEND.format('qcow2')
FAILING = DRIVER + 'force_raw_images = False\n' + BACKEND.format('rbd')


#: Takes one of PLACES, returns what to put before words to run.
Installed = Callable[[str], tuple[str, ...]]


class Command(NamedTuple):
    """A command of a unit, as systemd.service(5) takes it apart."""

    #: Whether its exit code is ignored.
    is_ignored: bool
    words: list[str]


def service(drop_in: str) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment]
    # A line that ends in a backslash goes on in the next one.
    parser.read_string(drop_in.replace('\\\n', ' '))
    assert parser.sections() == ['Service']
    return parser['Service']


def exec_start_pre() -> Command:
    settings = service(DROP_IN.read_text())
    assert list(settings) == ['ExecStartPre']
    value = settings['ExecStartPre']
    # systemd would put in what stands behind a single one itself.
    assert '$' not in value.replace('$$', '')
    words = shlex.split(value.lstrip('-'))
    return Command(
        value.startswith('-'), [word.replace('$$', '$') for word in words]
    )


def environment_of(drop_in: str) -> dict[str, str]:
    """Return what a drop-in that says no more adds to the environment."""
    settings = service(drop_in)
    assert list(settings) == ['Environment']
    words = shlex.split(settings['Environment'])
    return dict(word.split('=', 1) for word in words)


@pytest.fixture
def start(command: str, tmp_path: pathlib.Path) -> conftest.Run:
    """Return a function that runs the command before nova-compute."""

    def run_command(
        program: str | None = command,
        seconds: int = 300,
        before: Sequence[str] = (),
        **more: str,
    ) -> subprocess.CompletedProcess[str]:
        words = [
            word.replace(' 20 ', f' {seconds} ')
            for word in exec_start_pre().words
        ]
        if program:
            more['NOVA_COW_CHECK'] = program
        # Nova's configuration is looked for in the home directory, too.
        return subprocess.run(
            [*before, *words],
            env=conftest.environment(tmp_path, **more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
        )

    return run_command


def priorities(result: subprocess.CompletedProcess[str]) -> list[str]:
    """Return the priority of each line of standard output."""
    found = [re.match('<[0-7]>', line) for line in result.stdout.splitlines()]
    return [match[0] for match in found if match]


class TestTheUnit:
    def test_no_exit_code_stops_nova_compute(self) -> None:
        assert exec_start_pre().is_ignored

    def test_it_ends_well_before_systemd_gives_up(self) -> None:
        limits = re.search(
            r'timeout --kill-after=(\d+) (\d+) ', exec_start_pre().words[2]
        )
        assert limits
        assert sum(map(int, limits.groups())) * 2 < START_TIMEOUT

    def test_systemd_understands_it(self, tmp_path: pathlib.Path) -> None:
        assert verified(tmp_path, DROP_IN.read_text()) == ''

    def test_systemd_would_tell_of_a_mistake(
        self, tmp_path: pathlib.Path
    ) -> None:
        mistaken = DROP_IN.read_text().replace('ExecStartPre', 'ExecStartPr')
        assert "Unknown key 'ExecStartPr'" in verified(tmp_path, mistaken)


class TestWhereTheCommandIs:
    @pytest.fixture
    def installed(self, command: str, tmp_path: pathlib.Path) -> Installed:
        """Return a function: what to run something with the command with."""

        def install(place: str) -> tuple[str, ...]:
            above = PLACES[place]
            upper = tmp_path / f'in{place.replace("/", "-")}'
            program = upper / pathlib.Path(place).relative_to(above) / NAME
            program.parent.mkdir(parents=True)
            program.write_text(
                f'#!/bin/sh\necho "$0"\nexec {shlex.quote(command)} "$@"\n'
            )
            program.chmod(0o755)
            mount = (
                f'mount -t overlay -o lowerdir={upper}:{above} none {above}'
            )
            words = 'unshare', '--map-root-user', '--mount', 'sh', '-ec'
            before = (*words, f'{mount}; exec "$@"', 'sh')
            conftest.required(
                shutil.which('unshare') is not None
                and subprocess.run([*before, 'true']).returncode == 0,
                'needs unshare, and mounts over directories',
            )
            return before

        return install

    @pytest.mark.parametrize('place', PLACES)
    def test_it_is_found(
        self,
        place: str,
        installed: Installed,
        start: conftest.Run,
        write: Callable[..., str],
    ) -> None:
        conftest.no_own_configuration()
        write(DRIVER)
        # A service can have a PATH of its own.
        result = start(None, before=installed(place), PATH='/usr/bin')
        program, *lines = result.stdout.splitlines()
        assert program == f'{place}/{NAME}'
        assert [line[:3] for line in lines] == ['<4>', '<6>']
        assert (result.returncode, result.stderr) == (0, '')

    def test_the_one_of_the_administrator_comes_first(
        self, installed: Installed, start: conftest.Run
    ) -> None:
        before = [word for place in PLACES for word in installed(place)]
        result = start(None, before=before)
        assert result.stdout.startswith(f'/usr/local/bin/{NAME}\n')

    def test_the_documents_install_it_there(self) -> None:
        readme = (manual.ROOT / 'README.rst').read_text()
        assert '/opt/nova-cow-check/bin/nova-cow-check ' in readme
        for place in PLACES:
            assert f'``{place}``' in PAGE.content

    @pytest.mark.parametrize('kind', ['missing', 'not executable'])
    def test_it_says_what_to_do_without_it(
        self, start: conftest.Run, tmp_path: pathlib.Path, kind: str
    ) -> None:
        path = tmp_path / NAME
        if kind == 'not executable':
            path.touch()
        result = start(str(path))
        assert result.returncode == 0
        assert conftest.only_line(result.stdout) == (
            '<4>nova-cow-check: no verdict, for there is no command '
            f'{path} that runs. Install it, or name it in a drop-in with '
            'Environment=NOVA_COW_CHECK=/path/to/nova-cow-check; looked for '
            f'in {":".join(PLACES)}.'
        )

    def test_it_says_so_where_it_is_nowhere(self, start: conftest.Run) -> None:
        for place in PLACES:
            conftest.required(
                not os.path.exists(f'{place}/{NAME}'), f'{NAME} is in {place}'
            )
        result = start(None)
        assert result.returncode == 0
        assert f'there is no command {NAME} that runs' in result.stdout


class TestTheOnesForOtherServices:
    """The drop-ins of the page, which say what differs."""

    @pytest.mark.parametrize('block', PAGE.blocks_in('ini'))
    def test_systemd_understands_them(
        self, block: manual.Block, tmp_path: pathlib.Path
    ) -> None:
        assert verified(tmp_path, block.text) == ''

    @pytest.mark.parametrize('block', PAGE.blocks_in('ini'))
    def test_the_command_gets_what_they_say(
        self,
        block: manual.Block,
        start: conftest.Run,
        write: Callable[..., str],
    ) -> None:
        added = environment_of(block.text)
        program = pathlib.Path(write('#!/bin/sh\necho "$@"\n', NAME))
        program.chmod(0o755)
        if 'NOVA_COW_CHECK' in added:
            assert added.pop('NOVA_COW_CHECK').endswith(f'/{NAME}')
        result = start(str(program), **added)
        said = 'report --output journal --fail-on never\n'
        assert set(added) <= {'NOVA_COW_CHECK_OPTIONS'}
        assert result.stdout == ' '.join([*added.values(), said])

    def test_the_comment_in_the_drop_in_is_one_of_them(self) -> None:
        comment = re.findall(r'^#     (.*)', DROP_IN.read_text(), re.MULTILINE)
        assert comment[0] == '[Service]'
        for line in comment[1:]:
            (name,) = environment_of(f'[Service]\n{line}\n')
            assert any(name in block.text for block in PAGE.blocks_in('ini'))


def verified(directory: pathlib.Path, drop_in: str) -> str:
    """Return what systemd has to say about a drop-in for nova-compute."""
    analyze = shutil.which('systemd-analyze')
    conftest.required(analyze is not None, 'needs systemd-analyze')
    unit = directory / 'nova-compute.service'
    unit.write_text('[Service]\nUser=root\nExecStart=/bin/true\n')
    path = directory / f'{unit.name}.d' / DROP_IN.name
    path.parent.mkdir()
    path.write_text(drop_in)
    result = subprocess.run(
        ['systemd-analyze', 'verify', '--man=no', str(unit)],
        capture_output=True,
        text=True,
    )
    # The machine's own units can have faults, too.
    lines = result.stderr.splitlines(keepends=True)
    return ''.join(line for line in lines if unit.name in line)


class TestWhatIsLogged:
    @pytest.mark.parametrize(
        ('content', 'expected'),
        [
            (GOOD, ['<6>']),
            (DRIVER, ['<4>', '<6>']),
            (FAILING, ['<3>', '<6>']),
        ],
        ids=['good', 'warning', 'failure'],
    )
    def test_a_line_for_each_finding_and_the_verdict(
        self,
        start: conftest.Run,
        write: Callable[..., str],
        content: str,
        expected: list[str],
    ) -> None:
        conftest.no_own_configuration()
        write(content)
        result = start()
        assert result.returncode == 0
        assert priorities(result) == expected
        assert result.stderr == ''

    @pytest.mark.parametrize(
        'content', [None, '[DEFAULT\nno'], ids=['missing', 'malformed']
    )
    def test_no_verdict_is_a_warning(
        self,
        start: conftest.Run,
        write: Callable[..., str],
        content: str | None,
    ) -> None:
        conftest.no_own_configuration()
        if content is not None:
            write(content)
        result = start()
        assert result.returncode == 0
        assert result.stdout == no_verdict(255)
        assert conftest.only_line(result.stderr)

    def test_a_check_that_hangs_is_ended(
        self, start: conftest.Run, tmp_path: pathlib.Path
    ) -> None:
        conftest.no_own_configuration()
        os.mkfifo(tmp_path / 'nova.conf')
        result = start(seconds=1)
        assert result.returncode == 0
        assert result.stdout == no_verdict(124)


def no_verdict(code: int) -> str:
    return f'<4>nova-cow-check: no verdict, exit code {code}\n'
