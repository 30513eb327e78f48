# SPDX-License-Identifier: Apache-2.0

"""Every way in which a command can end has its exit code and its line."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

import pytest

from nova_cow_check.cmd import guard
from nova_cow_check import errors

#: What a command raises -> the line that follows the program's name.
LINES = {
    errors.UsageError('no'): 'no; see nova-x --help',
    errors.NoVerdict('a\x1b[2J\nb'): 'a\\x1b[2J\\nb',
    errors.ConfigurationError('bad', '/nova.conf', 3): '/nova.conf:3: bad',
    KeyboardInterrupt(): 'interrupted',
    ValueError('S3cr3t'): 'internal error: ValueError; --debug shows where',
}


def raising(error: BaseException) -> Callable[[], NoReturn]:
    def command() -> NoReturn:
        raise error

    return command


@pytest.mark.parametrize('code', [0, 1, 2])
def test_a_verdict_is_the_exit_code(
    code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guard.run('nova-x', lambda: code) == code
    assert capsys.readouterr() == ('', '')


@pytest.mark.parametrize('error', LINES, ids=repr)
def test_an_error_is_one_line_and_no_verdict(
    error: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guard.run('nova-x', raising(error)) == 255
    assert capsys.readouterr() == ('', f'nova-x: {LINES[error]}\n')


def test_debug_shows_where(capsys: pytest.CaptureFixture[str]) -> None:
    assert guard.run('nova-x', raising(ValueError('why')), debug=True) == 255
    *traceback, last = capsys.readouterr().err.splitlines()
    assert traceback[0].startswith('Traceback')
    assert traceback[-1] == 'ValueError: why'
    assert last == 'nova-x: internal error: ValueError'


def test_printed_help_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        guard.run('nova-x', raising(SystemExit(0)))
    assert caught.value.code == 0
    assert capsys.readouterr() == ('', '')


def test_without_streams_there_is_no_line_and_no_other_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr('sys.stdout', None)
    monkeypatch.setattr('sys.stderr', None)
    for error in (*LINES, OSError(28, 'No space left'), BrokenPipeError()):
        assert guard.run('nova-x', raising(error), debug=True) == 255
