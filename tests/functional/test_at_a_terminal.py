# SPDX-License-Identifier: Apache-2.0

"""What the commands show a person, and programs not."""

from __future__ import annotations

from collections.abc import Callable
import json
import pathlib
import re

import pytest

from nova_cow_check.rules import registry
from tests.functional import conftest
from tests.functional import processes
from tests.functional import terminals

CHECK = ('upgrade', 'check')
CLEAN = (
    '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'
    '[libvirt]\nimages_type = qcow2\n'
)
SICK = CLEAN.replace('qcow2', 'raw')

ESCAPE = re.compile('\x1b\\[[0-9;]*m')


def table_of(shown: str) -> str:
    """Return the table alone, without colours."""
    plain = ESCAPE.sub('', shown)
    return plain[: plain.rindex('-+\n') + len('-+\n')]


class TestUpgradeCheck:
    @pytest.mark.parametrize('columns', [40, 60, 80, 100, 160])
    def test_the_table_is_as_wide_as_the_terminal(
        self, columns: int, show: terminals.Show, write: Callable[..., str]
    ) -> None:
        place = ('--config-file', write(SICK))
        code, shown = show(*CHECK, *place, columns=columns)
        assert code == 1
        widths = {len(line) for line in table_of(shown).splitlines()}
        assert len(widths) == 1
        width = widths.pop()
        # The longest word is the path of the file.
        longest = len(place[1]) + len('|  (:4) |')
        assert min(columns, 100) - 15 <= width <= max(columns, longest)
        assert width <= max(100, longest)

    def test_on_80_columns_it_is_what_a_pipe_has(
        self,
        run: conftest.Run,
        show: terminals.Show,
        write: Callable[..., str],
    ) -> None:
        place = ('--config-file', write(SICK))
        piped = run(*CHECK, *place, COLUMNS='40')
        assert '\x1b' not in piped.stdout
        assert table_of(piped.stdout) == piped.stdout
        _code, shown = show(*CHECK, *place)
        assert table_of(shown) == piped.stdout
        assert '\x1b[1;33mWarning\x1b[0m' in shown

    def test_colours_can_be_asked_for(
        self,
        run: conftest.Run,
        show: terminals.Show,
        write: Callable[..., str],
    ) -> None:
        place = ('--config-file', write(SICK))
        plain = run(*CHECK, *place).stdout
        piped = run('--color=always', *CHECK, *place, NO_COLOR='1').stdout
        assert '\x1b[1;33mWarning\x1b[0m' in piped
        assert ESCAPE.sub('', piped) == plain
        _code, shown = show(*CHECK, *place, '--color', 'never')
        assert '\x1b' not in shown
        for more in ({'NO_COLOR': '1'}, {'TERM': 'dumb'}):
            assert show(*CHECK, *place, **more)[1] == shown

    def test_json_is_the_same_everywhere(
        self,
        run: conftest.Run,
        show: terminals.Show,
        write: Callable[..., str],
    ) -> None:
        words = (*CHECK, '--json', '--config-file', write(SICK))
        piped = run(*words)
        assert json.loads(piped.stdout)
        wanted = run(*words, '--color=always')
        assert wanted.stdout == piped.stdout
        assert show(*words, columns=40) == (1, piped.stdout)

    @pytest.mark.parametrize('columns', [40, 120])
    def test_what_to_write_stands_below_the_table(
        self, columns: int, show: terminals.Show, write: Callable[..., str]
    ) -> None:
        path = write(SICK)
        words = (*CHECK, '--config-file', path)
        code, shown = show(*words, columns=columns)
        below = ESCAPE.sub('', shown)[len(table_of(shown)) :]
        assert below.splitlines() == [
            '',
            'To write, ready to copy:',
            '',
            f'# {path}',
            '[DEFAULT]',
            'use_cow_images = False',
        ]
        lines = below.splitlines()
        write('\n'.join([SICK, *lines[lines.index(f'# {path}') :], '']))
        code, shown = show(*words, columns=columns)
        plain = ESCAPE.sub('', shown)
        # Nothing is to be written any more.
        assert (code, plain) == (0, table_of(shown))

    @pytest.mark.parametrize('content', ['banana\n', '[DEFAULT]\n'])
    def test_without_a_verdict_there_is_nothing_to_write(
        self, content: str, show: terminals.Show, write: Callable[..., str]
    ) -> None:
        path = write(content)
        code, shown = show(*CHECK, '--config-file', path)
        assert 'To write' not in shown
        assert code == (255 if 'banana' in content else 0)


class TestFix:
    def test_a_diff_has_the_colours_of_one(
        self,
        run: conftest.Run,
        show: terminals.Show,
        write: Callable[..., str],
    ) -> None:
        place = ('fix', '--config-file', write(SICK))
        piped = run(*place)
        wanted = run(*place, '--color', 'always', NO_COLOR='1')
        assert '\x1b' not in piped.stdout
        assert ESCAPE.sub('', wanted.stdout) == piped.stdout
        assert wanted.stdout.splitlines()[-1] == (
            '\x1b[1;32m+use_cow_images = False\x1b[0m'
        )
        code, shown = show(*place)
        assert code == 1
        assert shown.startswith(wanted.stdout)

    @pytest.mark.parametrize('columns', [40, 70, 160])
    def test_what_is_said_about_it_is_wrapped(
        self,
        columns: int,
        run: conftest.Run,
        show: terminals.Show,
        write: Callable[..., str],
    ) -> None:
        place = ('fix', '--config-file', write(SICK))
        said = run(*place).stderr.splitlines()
        _code, shown = show(*place, '--color=never', columns=columns)
        lines = shown[shown.index('nova-cow-check: ') :].splitlines()
        assert len(lines) > 1
        width = min(columns, 100)
        assert all(len(one) <= width or '/' in one for one in lines)
        assert {one[:2] for one in lines} == {'no', '  '}
        assert ' '.join(map(str.strip, lines)) == ' '.join(said)

    @pytest.mark.parametrize(
        'mode',
        [(), ('--write',), ('--for', 'sunbeam'), ('--rule=invalid-setting',)],
    )
    def test_nothing_to_do_is_said(
        self,
        mode: tuple[str, ...],
        run: conftest.Run,
        show: terminals.Show,
        write: Callable[..., str],
    ) -> None:
        words = ('fix', '--config-file', write(CLEAN), *mode)
        result = run(*words)
        # Programs that take a diff take an empty one.
        assert (result.returncode, result.stdout) == (0, '')
        said = conftest.only_line(result.stderr)
        assert said.startswith('nova-cow-check: nothing to do: ')
        assert ('rules that were named' in said) is ('rule' in str(mode))
        code, shown = show(*words)
        assert code == 0
        assert ' '.join(shown.split()) == said

    @pytest.mark.parametrize('mode', [(), ('--write',), ('--for', 'sunbeam')])
    def test_where_there_is_something_it_is_not_said(
        self,
        mode: tuple[str, ...],
        run: conftest.Run,
        write: Callable[..., str],
    ) -> None:
        result = run('fix', '--config-file', write(SICK), *mode)
        assert result.stdout
        assert 'nothing to do' not in result.stderr


class TestRules:
    @pytest.mark.parametrize('columns', [40, 60, 80, 100, 160])
    def test_the_list_is_as_wide_as_the_terminal(
        self, columns: int, run: conftest.Run, show: terminals.Show
    ) -> None:
        code, shown = show('rules', columns=columns)
        assert code == 0
        plain = ESCAPE.sub('', shown)
        assert max(map(len, plain.splitlines())) <= min(columns, 100)
        piped = run('rules').stdout
        assert sorted(plain.split()) == sorted(piped.split())
        assert (plain == piped) is (columns == 80)
        assert '\x1b[1mdriver-removed\x1b[0m ' in shown
        assert '  \x1b[1;31mfailure\x1b[0m' in shown

    @pytest.mark.parametrize('name', ['driver-removed', 'invalid-setting'])
    @pytest.mark.parametrize('columns', [40, 80, 160])
    def test_a_page_is_for_reading(
        self, columns: int, name: str, run: conftest.Run, show: terminals.Show
    ) -> None:
        code, shown = show('rules', name, columns=columns)
        assert code == 0
        assert shown.startswith(f'\x1b[1m{name}\x1b[0m\n\n  ')
        assert '\n\x1b[1mWhat is wrong\x1b[0m\n' in shown
        piped = run('rules', name).stdout
        for mark in ('``', '----', '====', '::\n', ':Severity:'):
            assert mark not in ESCAPE.sub('', shown)
        # A pipe has the page of the documentation, for programs.
        assert piped == registry.page(name).text

    def test_colours_can_be_asked_for(
        self, run: conftest.Run, show: terminals.Show
    ) -> None:
        words = ('rules', 'driver-removed')
        piped = run(*words, '--color=always').stdout
        assert show(*words) == (0, piped)
        assert show(*words, '--color=never') == (0, ESCAPE.sub('', piped))
        assert show(*words, NO_COLOR='1')[1] == ESCAPE.sub('', piped)


class TestNothingToRead:
    def test_the_places_are_a_list(
        self, run: conftest.Run, show: terminals.Show
    ) -> None:
        conftest.no_own_configuration()
        advice = 'name the files of nova-compute with --config-file'
        with processes.alone():
            reason = conftest.reason(run(*CHECK))
            code, shown = show(*CHECK)
        assert reason.endswith(f'; {advice}')
        found, _semicolon, rest = reason.partition('; looked for ')
        places = rest[: -len(f'; {advice}')].split(', ')
        assert len(places) >= 16
        assert code == 255
        lines = shown.splitlines()
        start = lines.index('    /etc/nova/nova.conf')
        heading = ' '.join(map(str.strip, lines[: start - 2]))
        assert heading == (f'nova-cow-check: {found}; {advice}; looked for:')
        # The home of the other one is another.
        assert len(lines[start - 2 :]) == len(places)
        etc = [one.strip() for one in lines if '/etc/' in one]
        assert etc == [one for one in places if one.startswith('/etc/')]

    def test_a_name_in_it_cannot_act_on_the_terminal(
        self, show: terminals.Show, tmp_path: pathlib.Path
    ) -> None:
        conftest.no_own_configuration()
        folder = tmp_path / 'a\x1b[2J\nb'
        folder.mkdir()
        with processes.alone():
            code, shown = show(*CHECK, f'--config-dir={folder}')
        assert code == 255
        assert '\x1b' not in shown
        assert 'a\\x1b[2J\\nb' in shown
