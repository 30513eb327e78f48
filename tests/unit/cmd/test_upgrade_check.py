# SPDX-License-Identifier: Apache-2.0

"""The table of results: that of oslo.upgradecheck, but for its line breaks."""

from __future__ import annotations

import asyncio
import re
from typing import NoReturn

from oslo_config import cfg
from oslo_upgradecheck import upgradecheck
import pytest

from nova_cow_check.cmd import screen
from nova_cow_check.cmd import upgrade_check

CODES = upgradecheck.Code


def drawn(
    results: list[tuple[str, upgradecheck.Result]],
    width: int = 80,
    has_colour: bool = False,
    title: str = 'T',
) -> str:
    surface = screen.Surface(width, has_colour)
    return upgrade_check._draw_table(title, results, surface)


class GreenletExit(BaseException):
    """As greenlet has it; eventlet's Timeout is such a one, too."""


#: What a check raises that is no result.
RAISED = (
    ValueError('S3cr3t'),
    MemoryError(),
    SystemExit(0),
    SystemExit(2),
    GreenletExit('S3cr3t'),
    GeneratorExit(),
    asyncio.CancelledError(),
    StopIteration(0),
)


def check_raising(error: BaseException) -> upgradecheck.Result:
    def check(_command: object) -> NoReturn:
        raise error

    command = upgrade_check.Commands(cfg.ConfigOpts(), ())
    return upgrade_check._result(check, command)


@pytest.mark.parametrize('error', RAISED, ids=repr)
def test_a_check_that_raises_is_a_failed_row(error: BaseException) -> None:
    result = check_raising(error)
    assert result.code is CODES.FAILURE
    assert result.details == (
        f'This check could not run: {type(error).__name__}; --debug shows '
        'where.'
    )


def test_an_interruption_ends_the_command() -> None:
    with pytest.raises(KeyboardInterrupt):
        check_raising(KeyboardInterrupt())


SHORT = [
    ('One', upgradecheck.Result(CODES.SUCCESS, None)),
    ('Another one', upgradecheck.Result(CODES.WARNING, 'Short details.')),
    ('Umlaut', upgradecheck.Result(CODES.FAILURE, 'größer')),
    ('漢字', upgradecheck.Result(CODES.FAILURE, '全角 e\u0301')),
]


@pytest.mark.parametrize('results', [SHORT[:1], SHORT[:2], SHORT[:3], SHORT])
@pytest.mark.filterwarnings('ignore:the .* constant is deprecated')
def test_it_is_the_table_of_oslo_upgradecheck(
    results: list[tuple[str, upgradecheck.Result]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Command(upgradecheck.UpgradeCommands):
        _upgrade_checks = tuple(
            (name, (lambda _self, result: result, {'result': result}))
            for name, result in results
        )

    Command().check()
    theirs = capsys.readouterr().out
    title = str(upgradecheck.UpgradeCommands.display_title)
    assert drawn(results, title=title) + '\n' == theirs


def test_line_breaks_stay_and_long_lines_are_wrapped() -> None:
    details = f'{"word " * 20}\n\n[libvirt]\nimages_type = flat'
    table = drawn([('N', upgradecheck.Result(CODES.WARNING, details))])
    lines = [line.strip('| ') for line in table.splitlines()]
    assert lines[4:-1] == [
        'Result: Warning',
        f'Details: {"word " * 13}'.strip(),
        ('word ' * 7).strip(),
        '',
        '[libvirt]',
        'images_type = flat',
    ]
    assert max(map(len, table.splitlines())) <= 80


def test_a_long_path_is_not_broken() -> None:
    path = '/very' * 30
    table = drawn([('N', upgradecheck.Result(CODES.SUCCESS, f'See {path}.'))])
    assert f'{path}.' in table


def test_a_tab_is_as_wide_as_it_is() -> None:
    table = drawn([('a\tb', upgradecheck.Result(CODES.SUCCESS, None))])
    assert len(set(map(len, table.splitlines()))) == 1
    assert '\t' not in table


@pytest.mark.parametrize('width', [40, 60, 79, 80, 100])
def test_it_fills_the_width_that_there_is(width: int) -> None:
    details = 'word ' * 100
    table = drawn([('N', upgradecheck.Result(CODES.WARNING, details))], width)
    widths = {len(line) for line in table.splitlines()}
    assert len(widths) == 1
    # The last word of a line may not fit any more.
    assert width - len(' word') <= widths.pop() <= width


@pytest.mark.parametrize('code', CODES)
def test_colours_are_in_the_words_and_not_in_the_way(
    code: upgradecheck.Code,
) -> None:
    results = [('Name', upgradecheck.Result(code, 'Details.'))]
    plain, painted = drawn(results), drawn(results, has_colour=True)
    colour = {0: '1;32', 1: '1;33', 2: '1;31'}[code]
    word = str(upgradecheck.UPGRADE_CHECK_MSG_MAP[code])
    assert f'Result: \x1b[{colour}m{word}\x1b[0m ' in painted
    assert '| \x1b[1mT\x1b[0m ' in painted
    assert 'Check: \x1b[1mName\x1b[0m ' in painted
    assert re.sub('\x1b\\[[0-9;]*m', '', painted) == plain
