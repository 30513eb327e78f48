# SPDX-License-Identifier: Apache-2.0

"""report: what a person sees, and when it stops a gate."""

from __future__ import annotations

from collections.abc import Callable
import functools
import json
import pathlib
import re
import socket

import pytest

from tests.functional import conftest
from tests.functional import documents
from tests.functional import terminals
from tests.functional import test_exit_codes

VERDICTS = test_exit_codes.VERDICTS
SICK = test_exit_codes.DRIVER + '[libvirt]\nimages_type = raw\n'
CHOICES = ('note', 'warning', 'failure', 'never')

#: Name of a verdict -> the exit code for each of the choices.
FAIL_ON = {
    'named and consistent': (0, 0, 0, 0),
    'a note only': (1, 0, 0, 0),
    'nothing written': (1, 1, 0, 0),
    'rbd without raw images': (2, 2, 2, 0),
}


@pytest.fixture
def show(show: terminals.Show) -> terminals.Show:
    """Return a function that reports to a terminal of some columns."""
    return functools.partial(show, 'report')


@pytest.mark.parametrize('name', VERDICTS)
def test_its_verdict_is_that_of_the_upgrade_check(
    name: str, run: conftest.Run, write: Callable[..., str]
) -> None:
    content, code = VERDICTS[name]
    place = ('--config-file', write(content))
    result = run('report', *place, '--output', 'json')
    assert (result.returncode, result.stderr) == (code, '')
    report = documents.of(json.loads(result.stdout))
    words = ('success', 'warning', 'failure')
    assert (report['result'], report['exit_code']) == (words[code], code)
    assert report['fail_on'] == 'warning'
    rows = {row['name']: row['result'] for row in report['hosts'][0]['checks']}
    assert list(rows) == [
        'image-settings',
        'image-backend',
        'resize-and-cold-migration',
    ]
    assert max(map(words.index, rows.values())) == code


@pytest.mark.parametrize('choice', CHOICES)
@pytest.mark.parametrize('name', FAIL_ON)
def test_fail_on_decides_whether_the_verdict_is_the_exit_code(
    name: str, choice: str, run: conftest.Run, write: Callable[..., str]
) -> None:
    content, verdict = VERDICTS[name]
    code = FAIL_ON[name][CHOICES.index(choice)]
    place = ('--config-file', write(content))
    result = run('report', *place, '--fail-on', choice)
    assert (result.returncode, result.stderr) == (code, '')
    last = result.stdout.splitlines()[-1]
    assert last == f'Exit code {code}, with --fail-on {choice}.'
    # What is found does not change.
    word = ('SUCCESS', 'WARNING', 'FAILURE')[verdict]
    assert result.stdout.splitlines()[0].endswith(f': {word}')


@pytest.mark.parametrize('choice', CHOICES)
def test_whatever_is_asked_without_a_verdict_the_code_is_255(
    choice: str, run: conftest.Run, write: Callable[..., str]
) -> None:
    arguments = ('--fail-on', choice, '--config-file', '/missing')
    assert conftest.reason(run('report', *arguments)).startswith('/missing: ')


def test_a_reader_sees_what_is_wrong_where_and_what_to_paste(
    run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(SICK)
    result = run('report', '--config-file', path, '--host', 'compute1')
    lines = result.stdout.splitlines()
    assert lines[:2] == ['compute1: WARNING', '  flat-disks-converted']
    for heading in ('Settings', 'What Nova does'):
        assert heading in lines
    heading = lines.index('Warning: flat-disks-converted')
    assert lines[heading + 1] == f'  ({path}:4)'
    # Not indented: a shell's history and nova.conf take them as they are.
    pasted = lines.index('use_cow_images = False')
    assert lines[pasted - 2 : pasted + 2] == [
        '',
        '[DEFAULT]',
        'use_cow_images = False',
        '',
    ]
    assert '  More: nova-cow-check rules flat-disks-converted' in lines
    assert lines[-2:] == [
        'Failures: 0, warnings: 1, notes: 0, waived: 0.',
        'Exit code 1, with --fail-on warning.',
    ]
    write(f'{SICK}[DEFAULT]\nuse_cow_images = False\n')
    assert run('report', '--config-file', path).returncode == 0


def test_a_host_has_the_name_of_the_machine_if_it_is_not_told(
    run: conftest.Run, write: Callable[..., str]
) -> None:
    place = ('--config-file', write(SICK))
    assert run('report', *place).stdout.startswith(f'{socket.gethostname()}: ')


@pytest.mark.parametrize(
    'arguments',
    [
        ('--output', 'text', 'report'),
        ('report', 'check'),
        ('report', '--json'),
        ('report', '--fail-on'),
        ('report', '--fail-on', 'WARNING'),
        ('report', '--output'),
        ('report', '--output', ''),
        ('report', '--output', 'text:'),
        ('report', '--output', ':/dev/null'),
        ('report', '--output', 'banana'),
        ('report', '--output', 'Text'),
        ('report', '--output', '../formats/text'),
        ('report', '--output', 'text', '--output', 'json'),
        ('report', '--output', 'text', '--output', 'json:-'),
        ('report', '--output', 'text', '--output', 'json:/dev/stdout'),
        ('report', '--output', 'text:{path}', '--output', 'json:{path}'),
        ('report', '--output', 'text:{path}', '--output', 'text:{link}'),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_written(
    arguments: tuple[str, ...],
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    place = ('--config-file', write(SICK))
    path, link = tmp_path / 'out', tmp_path / 'link'
    link.symlink_to('out')
    words = [word.format(path=path, link=link) for word in arguments]
    reason = conftest.reason(run(*words, *place))
    assert reason.endswith('; see nova-cow-check report --help')
    assert not path.exists()


def test_an_unknown_format_is_answered_with_those_that_there_are(
    run: conftest.Run, write: Callable[..., str]
) -> None:
    place = ('--config-file', write(SICK))
    reason = conftest.reason(run('report', *place, '--output', 'banana'))
    assert f'there are {", ".join(documents.NAMES)})' in reason


ESCAPE = re.compile('\x1b\\[[0-9;]*m')


@pytest.mark.parametrize('columns', [20, 40, 80, 200])
@pytest.mark.parametrize('name', ['named and consistent', 'ignored line'])
def test_no_line_is_longer_than_the_terminal_is_wide(
    name: str, columns: int, show: terminals.Show, write: Callable[..., str]
) -> None:
    content, code = VERDICTS[name]
    place = ('--config-file', write(content))
    found, shown = show(*place, '--host', 'compute1', columns=columns)
    assert found == code
    narrowest, widest = 40, 100
    width = min(max(columns, narrowest), widest)
    lines = ESCAPE.sub('', shown).splitlines()
    for line in lines:
        # Of an URL or a path, as little as possible is on such a line.
        is_whole = re.fullmatch(r' *(https:|\S*/)\S+', line)
        assert len(line) <= width or is_whole, line
    if columns == 200:
        assert max(map(len, lines)) > 80


#: Name -> what differs in the environment, whether there are colours.
COLOURS = {
    'a terminal': ({}, True),
    'empty NO_COLOR': ({'NO_COLOR': ''}, True),
    'NO_COLOR': ({'NO_COLOR': '1'}, False),
    'NO_COLOR, whatever it is': ({'NO_COLOR': 'false'}, False),
    'dumb terminal': ({'TERM': 'dumb'}, False),
}


@pytest.mark.parametrize('name', COLOURS)
def test_colours_are_for_terminals_that_want_them(
    name: str,
    show: terminals.Show,
    run: conftest.Run,
    write: Callable[..., str],
) -> None:
    environment, has_colours = COLOURS[name]
    place = ('--config-file', write(SICK), '--host', 'compute1')
    code, shown = show(*place, **environment)
    piped = run('report', *place)
    assert ('\x1b' in shown) is has_colours
    assert (code, ESCAPE.sub('', shown)) == (1, piped.stdout)
    assert '\x1b' not in piped.stdout
    if has_colours:
        assert '\x1b[1;33mWARNING\x1b[0m' in shown
        # What is copied from the screen has no colour in the middle.
        assert '\x1b[1muse_cow_images = False\x1b[0m' in shown


@pytest.mark.parametrize(
    'name', [name for name in documents.NAMES if name != 'text']
)
def test_other_formats_have_no_colours_and_no_width(
    name: str, show: terminals.Show, write: Callable[..., str]
) -> None:
    place = ('--config-file', write(SICK))
    code, shown = show(*place, '--output', name, columns=40)
    assert code == 1
    assert documents.is_clean(shown)
    assert not documents.is_success(name, shown)


def test_a_file_has_no_colours_even_if_a_terminal_is_there(
    show: terminals.Show, write: Callable[..., str], tmp_path: pathlib.Path
) -> None:
    path = tmp_path / 'report.txt'
    place = ('--config-file', write(SICK), '--host', 'compute1')
    code, shown = show(*place, '--output', f'text:{path}', '--output', 'text')
    assert code == 1
    assert path.read_text() == ESCAPE.sub('', shown)
    # Standard output by another name is the terminal.
    assert show(*place, '--output', 'text:/dev/stdout') == (code, shown)


def test_colours_can_be_asked_for_wherever_the_text_goes(
    run: conftest.Run,
    show: terminals.Show,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    path = tmp_path / 'report.txt'
    place = ('--config-file', write(SICK), '--host', 'compute1')
    wanted = ('--color', 'always', '--output', f'text:{path}')
    piped = run('report', *place, *wanted, '--output', 'text', NO_COLOR='1')
    assert '\x1b[1;33mWARNING\x1b[0m' in piped.stdout
    assert path.read_text() == piped.stdout
    assert ESCAPE.sub('', piped.stdout) == run('report', *place).stdout
    code, shown = show(*place, '--color=never')
    assert (code, shown) == (1, ESCAPE.sub('', piped.stdout))


@pytest.mark.parametrize(
    'name', [name for name in documents.NAMES if name != 'text']
)
def test_other_formats_have_no_colours_whatever_is_asked(
    name: str, run: conftest.Run, write: Callable[..., str]
) -> None:
    place = ('--config-file', write(SICK), '--color', 'always')
    result = run('report', *place, '--output', name)
    assert result.returncode == 1
    assert documents.is_clean(result.stdout)


def test_what_is_read_cannot_write_to_the_terminal(
    show: terminals.Show, write: Callable[..., str]
) -> None:
    path = write(
        f'{SICK}[\x1b[31mx]\nimages_type = \x1b]0;title\x07\n',
        'a\x1b[2J\nb.conf',
    )
    code, shown = show('--config-file', path, '--host', '\x1b[31m\udcff')
    assert code == 1
    assert documents.is_clean(ESCAPE.sub('', shown))
    assert set(ESCAPE.findall(shown)) <= {'\x1b[1m', '\x1b[0m', '\x1b[1;33m'}
    assert '\\x1b[31m\\xff' in shown
