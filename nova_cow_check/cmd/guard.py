# SPDX-License-Identifier: Apache-2.0

"""Ends a command: its exit code, and the one line that says why."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
import contextlib
import io
import logging
import os
import sys
import traceback
from typing import Any, cast, TextIO
import warnings

from nova_cow_check._i18n import _
from nova_cow_check.cmd import screen
from nova_cow_check.cmd import vocabulary
from nova_cow_check import errors
from nova_cow_check import printing

#: No verdict was given. 0, 1 and 2 are verdicts, in every *-status command.
NO_VERDICT = 255


def run(program: str, command: Callable[[], int], debug: bool = False) -> int:
    """Run a command, and answer for every way in which it can end.

    Nothing passes: what another project raises could have a verdict's code.

    :param program: the name that messages begin with
    :param command: returns the exit code of a verdict
    :param debug: show the traceback of an error
    :returns: that exit code, or NO_VERDICT
    """
    _never_fail_to_encode()
    warnings.formatwarning = _formatted_warning
    try:
        return _run_and_flush(command)
    except BrokenPipeError:
        # Who reads no further wants no message either.
        _discard(sys.stdout)
    except BaseException as error:
        if isinstance(error, OSError):
            _discard(sys.stdout)
        if debug:
            tell_traceback()
        _say_why(error, program, debug)
    return NO_VERDICT


def is_end_of_help(error: SystemExit) -> bool:
    """Return whether argparse has printed a help or a version.

    Whoever else ends the program with 0 would end it with a verdict.
    """
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    end = argparse.ArgumentParser.exit.__code__
    return last is not None and error.code == 0 and last.tb_frame.f_code is end


def say(message: str, program: str = vocabulary.PROGRAM) -> None:
    """Print one line on standard error, wrapped where that is a terminal."""
    line = f'{program}: {printing.printable(message)}'
    surface = screen.of(sys.stderr)
    if surface.is_terminal:
        line = _wrapped(line, surface.width)
    _tell(f'{line}\n')


def _wrapped(line: str, width: int) -> str:
    """Return a line as several ones, none of which breaks a word."""
    # Only for a person.
    import textwrap

    lines = textwrap.wrap(
        line,
        width,
        subsequent_indent='  ',
        break_long_words=False,
        break_on_hyphens=False,
    )
    return '\n'.join(lines)


def tell_traceback() -> None:
    """Print the traceback of the exception that is being handled."""
    tell_lines(traceback.format_exc())


def tell_lines(text: str) -> None:
    """Print lines that are not ours on standard error."""
    _tell(printing.printable_lines(text))


def set_up_logging(debug: bool) -> None:
    """Show what is logged with --debug alone.

    What libraries log could quote the configuration.
    """
    handler: logging.Handler = logging.NullHandler()
    if debug:
        handler = logging.StreamHandler()
        handler.setFormatter(_Formatter(logging.BASIC_FORMAT))
    logging.basicConfig(handlers=[handler])


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return printing.printable_lines(super().format(record))


_format_warning = warnings.formatwarning


def _formatted_warning(*arguments: Any, **more: Any) -> str:
    return printing.printable_lines(_format_warning(*arguments, **more))


@contextlib.contextmanager
def prints_of_others(errors_too: bool = False) -> Iterator[None]:
    """Let what other projects' code prints go to standard error, harmless.

    Standard output is the report's.

    :param errors_too: also what it writes to standard error itself; not
        where our own progress is shown there
    """
    stream = None
    if sys.stderr is not None:
        stream = cast(TextIO, _Harmless(sys.stderr))
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(stream))
        if errors_too:
            stack.enter_context(contextlib.redirect_stderr(stream))
        yield


class _Harmless:
    """A stream that escapes what is written; all else is the other's."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(printing.printable_lines(text))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _tell(words: str) -> None:
    """Write to standard error, if anyone can be told.

    The exit code counts all the same: Python's own would be a verdict.
    """
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(words)
        sys.stderr.flush()
    except (OSError, ValueError):
        # ValueError if another project's code has closed it.
        with contextlib.suppress(OSError, ValueError):
            _discard(sys.stderr)


def _run_and_flush(command: Callable[[], int]) -> int:
    """Run a command, and meet here what Python would meet at its exit."""
    try:
        return command()
    finally:
        if sys.stdout is not None:
            sys.stdout.flush()


def _say_why(error: BaseException, program: str, debug: bool) -> None:
    """Say why there is no verdict; a person sees a list as one."""
    if (
        isinstance(error, errors.NothingThere)
        and screen.of(sys.stderr).is_terminal
    ):
        say(error.heading, program)
        for place in error.places:
            _tell(f'    {printing.printable(place)}\n')
        return
    say(_reason(error, program, debug), program)


def _reason(error: BaseException, program: str, debug: bool) -> str:
    """Return why there is no verdict."""
    if isinstance(error, errors.UsageError):
        return _('%(error)s; see %(command)s --help') % {
            'error': error,
            'command': f'{program} {error.command}'.rstrip(),
        }
    if isinstance(error, errors.NoVerdict):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return _('interrupted')
    if isinstance(error, OSError):
        return _('cannot write the report: %s') % error.strerror
    # Its message could quote the configuration.
    reason = _('internal error: %s; --debug shows where')
    if debug:
        reason = _('internal error: %s')
    return reason % type(error).__name__


def _never_fail_to_encode() -> None:
    """Escape what the encoding of a stream has no character for."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors='backslashreplace')


def _discard(stream: TextIO | None) -> None:
    """Keep Python from writing the rest of a stream when it exits."""
    if stream is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
