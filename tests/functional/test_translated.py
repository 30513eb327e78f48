# SPDX-License-Identifier: Apache-2.0

"""In another language, no sentence is left in English.

The language is one that nobody speaks: each letter of a message has an
accent. Words without one are no message of the catalogue: they are names and
values, or a fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import html.parser
import json
import pathlib
import re
import subprocess
import sys

import pytest

from nova_cow_check.rules import registry
from tests import catalogue
from tests.functional import conftest
from tests.functional import golden_reports

GOLDEN = pathlib.Path(__file__).parents[1] / 'unit' / 'golden'
CONFIGURATIONS = sorted(GOLDEN.glob('*.conf'), key=str)

#: Names and values, the results as JSON has them, and what
#: oslo.upgradecheck says, which has a catalogue of its own.
NAMES = frozenset(
    'False Flat Linux Name None Nova True UTC cell compute default disk '
    'ephemeral flat guests libvirt local lvm maybe nova ploop qcow raw rbd '
    'root swap yes '
    'FAILURE NOTE SUCCESS WARNING failure note success warning '
    'Check Failure Results Success Upgrade Warning'.split()
)

#: What the golden files say of themselves: reasons, and a comment.
SAMPLES = re.compile(
    'Retired in January|the line has neither "=" nor ":"|flat disks|'
    'cannot be read: Permission denied|not UTF-8 text|'
    'Guests were not looked at: (a reason|no state_path is known)'
)

#: Settings, options, paths, addresses, and names with a mark or a number.
DATA = re.compile(
    r'\[\w+\](/\w+)?|--[a-z-]+|\S*[_/.=:@%\d]\S*|[\w*]+(-[\w*]+)+'
)
WORD = re.compile(r'[A-Za-z]{3,}')


@pytest.fixture(scope='module')
def pseudo(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    return catalogue.install(tmp_path_factory.mktemp('locale'))


def left(text: str) -> list[str]:
    """Return the words of a text that are neither translated nor data."""
    rest = DATA.sub(' ', SAMPLES.sub(' ', text))
    return [word for word in WORD.findall(rest) if word not in NAMES]


class Texts(html.parser.HTMLParser):
    """Collects what a page shows or says."""

    SPOKEN = ('alt', 'aria-label', 'title')
    HIDDEN = ('style', 'pre', 'code')

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        #: What is copied as it is.
        self.copied: list[str] = []
        self._hidden = 0

    def handle_starttag(
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        self._hidden += tag in self.HIDDEN
        self.found += [v for k, v in attrs if k in self.SPOKEN and v]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in self.HIDDEN

    def handle_data(self, data: str) -> None:
        (self.copied if self._hidden else self.found).append(data)


def printed(
    output_format: str, environment: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield the golden reports by their names, in a format."""
    done = subprocess.run(
        [sys.executable, '-m', 'tests.functional.golden_reports']
        + [output_format],
        env={**conftest.environment(pathlib.Path('/')), **environment},
        cwd=pathlib.Path(__file__).parents[2],
        capture_output=True,
        check=True,
        encoding='utf-8',
        timeout=600,
    )
    for part in done.stdout.split(f'{golden_reports.MARK} ')[1:]:
        name, _newline, text = part.partition('\n')
        yield name, text


@pytest.fixture(scope='module')
def pages(pseudo: Mapping[str, str]) -> dict[str, Texts]:
    """The golden reports as pages."""
    found = {}
    for name, text in printed('html', pseudo):
        found[name] = Texts()
        found[name].feed(text)
    assert found
    return found


def test_a_page(pages: dict[str, Texts]) -> None:
    untranslated = {
        name: left(' \n'.join(page.found)) for name, page in pages.items()
    }
    assert untranslated == dict.fromkeys(pages, [])


def test_a_text_report(
    pages: dict[str, Texts], pseudo: Mapping[str, str]
) -> None:
    untranslated = {}
    for name, text in printed('text', pseudo):
        copied = set('\n'.join(pages[name].copied).split('\n'))
        lines = [line for line in text.split('\n') if line not in copied]
        untranslated[name] = left('\n'.join(lines))
    assert untranslated == dict.fromkeys(pages, [])


@pytest.mark.parametrize('path', CONFIGURATIONS, ids=lambda one: one.stem)
def test_the_table(
    path: pathlib.Path, run: conftest.Run, pseudo: Mapping[str, str]
) -> None:
    done = run('upgrade', 'check', '--config-file', str(path), **pseudo)
    assert done.returncode in (0, 1, 2)
    assert left(done.stdout) == []


def test_the_list_of_the_rules(
    run: conftest.Run, pseudo: Mapping[str, str]
) -> None:
    done = run('rules', **pseudo)
    severities = {'note', 'warning', 'failure'}
    assert set(left(done.stdout)) <= severities


@pytest.mark.parametrize('name', registry.RULES)
def test_the_page_of_a_rule(
    name: str, run: conftest.Run, pseudo: Mapping[str, str]
) -> None:
    title, *paragraphs = run('rules', name, **pseudo).stdout.split('\n\n')
    assert title.startswith(name)
    for one in filter(registry.is_message, paragraphs):
        assert left(one) == []


@pytest.mark.parametrize('output', ['json', 'sarif', 'yaml'])
def test_what_programs_read_is_english(
    output: str, run: conftest.Run, pseudo: Mapping[str, str]
) -> None:
    words = ['report', f'--output={output}', '--host=compute1']
    words += ['--config-file', str(GOLDEN / 'several.conf')]
    created = re.compile(r'\d{4}-\d\d-\d\dT[\d:+.Z-]+')
    here, there = (
        created.sub('', run(*words, **one).stdout) for one in ({}, pseudo)
    )
    assert here == there != ''


def test_the_rows_in_json_are_english(
    run: conftest.Run, pseudo: Mapping[str, str]
) -> None:
    words = ['upgrade', 'check', '--json']
    words += ['--config-file', str(GOLDEN / 'several.conf')]
    here, there = (
        json.loads(run(*words, **one).stdout) for one in ({}, pseudo)
    )
    assert here == there and here['checks']


def test_a_run_has_one_language(
    run: conftest.Run, pseudo: Mapping[str, str], tmp_path: pathlib.Path
) -> None:
    """A host is judged once, for all that is written of it."""
    run(
        *('report', '--config-file', str(GOLDEN / 'several.conf')),
        f'--output=json:{tmp_path / "report.json"}',
        f'--output=text:{tmp_path / "report.txt"}',
        **pseudo,
    )
    text = (tmp_path / 'report.txt').read_text()
    assert text.isascii() and left(text)


def test_a_message_that_is_not_in_the_catalogue_is_seen() -> None:
    """What makes the tests above fail."""
    assert left('Ĥòśţ compute1: [libvirt]/images_type = qcow2') == []
    assert left('Ĥòśţ compute1 is broken') == ['broken']
