# SPDX-License-Identifier: Apache-2.0

"""Every way in which a command can end has its exit code and its line."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
import io
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


class GreenletExit(BaseException):
    """As greenlet has it; eventlet's Timeout is such a one, too."""


RAISED = (GreenletExit('S3cr3t'), GeneratorExit(), asyncio.CancelledError())


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


def test_the_help_of_the_command_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = errors.UsageError('no')
    error.command = 'upgrade check'
    assert guard.run('nova-x', raising(error)) == 255
    line = 'nova-x: no; see nova-x upgrade check --help\n'
    assert capsys.readouterr() == ('', line)


def test_debug_shows_where(capsys: pytest.CaptureFixture[str]) -> None:
    assert guard.run('nova-x', raising(ValueError('why')), debug=True) == 255
    *traceback, last = capsys.readouterr().err.splitlines()
    assert traceback[0].startswith('Traceback')
    assert traceback[-1] == 'ValueError: why'
    assert last == 'nova-x: internal error: ValueError'


def test_nobody_else_ends_it_with_a_verdict(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for error in (*map(SystemExit, (0, 1, 2, None, 'S3cr3t')), *RAISED):
        assert guard.run('nova-x', raising(error)) == 255
        name = type(error).__name__
        line = f'nova-x: internal error: {name}; --debug shows where\n'
        assert capsys.readouterr() == ('', line)


@pytest.mark.parametrize('words', [['--help'], ['--version']])
def test_the_end_of_a_help_is_told_from_others(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--version', action='version', version='1')
    with pytest.raises(SystemExit) as caught:
        parser.parse_args(words)
    assert guard.is_end_of_help(caught.value)
    assert capsys.readouterr().out


@pytest.mark.parametrize('code', [0, 1, 2, None])
def test_another_end_is_no_end_of_a_help(code: int | None) -> None:
    with pytest.raises(SystemExit) as caught:
        raising(SystemExit(code))()
    assert not guard.is_end_of_help(caught.value)
    assert not guard.is_end_of_help(SystemExit(code))
    with pytest.raises(SystemExit) as caught:
        argparse.ArgumentParser().exit(code or 2)
    assert not guard.is_end_of_help(caught.value)


def test_a_stream_that_was_closed_is_no_other_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr('sys.stderr', closed)
    assert guard.run('nova-x', raising(ValueError())) == 255


def test_without_streams_there_is_no_line_and_no_other_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr('sys.stdout', None)
    monkeypatch.setattr('sys.stderr', None)
    for error in (*LINES, OSError(28, 'No space left'), BrokenPipeError()):
        assert guard.run('nova-x', raising(error), debug=True) == 255
