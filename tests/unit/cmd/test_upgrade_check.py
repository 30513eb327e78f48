# SPDX-License-Identifier: Apache-2.0

"""The table of results: that of oslo.upgradecheck, but for its line breaks."""

from __future__ import annotations

import asyncio
from typing import NoReturn

from oslo_config import cfg
from oslo_upgradecheck import upgradecheck
import pytest

from nova_cow_check.cmd import upgrade_check

CODES = upgradecheck.Code


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
    assert upgrade_check._draw_table(title, results) + '\n' == theirs


def test_line_breaks_stay_and_long_lines_are_wrapped() -> None:
    details = f'{"word " * 20}\n\n[libvirt]\nimages_type = flat'
    drawn = upgrade_check._draw_table(
        'T', [('N', upgradecheck.Result(CODES.WARNING, details))]
    )
    lines = [line.strip('| ') for line in drawn.splitlines()]
    assert lines[4:-1] == [
        'Result: Warning',
        f'Details: {"word " * 13}'.strip(),
        ('word ' * 7).strip(),
        '',
        '[libvirt]',
        'images_type = flat',
    ]
    assert max(map(len, drawn.splitlines())) <= 80


def test_a_long_path_is_not_broken() -> None:
    path = '/very' * 30
    drawn = upgrade_check._draw_table(
        'T', [('N', upgradecheck.Result(CODES.SUCCESS, f'See {path}.'))]
    )
    assert f'{path}.' in drawn


def test_a_tab_is_as_wide_as_it_is() -> None:
    drawn = upgrade_check._draw_table(
        'T', [('a\tb', upgradecheck.Result(CODES.SUCCESS, None))]
    )
    assert len(set(map(len, drawn.splitlines()))) == 1
    assert '\t' not in drawn
