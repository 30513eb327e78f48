# SPDX-License-Identifier: Apache-2.0

"""Ends a command: its exit code, and the one line that says why."""

from __future__ import annotations

from collections.abc import Callable
import io
import os
import sys
import traceback
from typing import TextIO

from nova_cow_check._i18n import _
from nova_cow_check.cmd import vocabulary
from nova_cow_check import errors
from nova_cow_check import printing

#: No verdict was given. 0, 1 and 2 are verdicts, in every *-status command.
NO_VERDICT = 255


def run(program: str, command: Callable[[], int], debug: bool = False) -> int:
    """Run a command, and answer for every way in which it can end.

    SystemExit passes: argparse raises it when help has been printed.

    :param program: the name that messages begin with
    :param command: returns the exit code of a verdict
    :param debug: show the traceback of an error
    :returns: that exit code, or NO_VERDICT
    """
    _never_fail_to_encode()
    try:
        return _run_and_flush(command)
    except BrokenPipeError:
        # Who reads no further wants no message either.
        _discard(sys.stdout)
    except (Exception, KeyboardInterrupt) as error:
        if isinstance(error, OSError):
            _discard(sys.stdout)
        if debug:
            _tell(''.join(traceback.format_exception(*sys.exc_info())))
        say(_reason(error, program, debug), program)
    return NO_VERDICT


def say(message: str, program: str = vocabulary.PROGRAM) -> None:
    """Print one line on standard error."""
    _tell(f'{program}: {printing.printable(message)}\n')


def _tell(words: str) -> None:
    """Write to standard error, if anyone can be told.

    The exit code counts all the same: Python's own would be a verdict.
    """
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(words)
        sys.stderr.flush()
    except OSError:
        _discard(sys.stderr)


def _run_and_flush(command: Callable[[], int]) -> int:
    """Run a command, and meet here what Python would meet at its exit."""
    try:
        return command()
    finally:
        if sys.stdout is not None:
            sys.stdout.flush()


def _reason(error: BaseException, program: str, debug: bool) -> str:
    """Return why there is no verdict."""
    if isinstance(error, errors.UsageError):
        return _('%(error)s; see %(program)s --help') % {
            'error': error,
            'program': program,
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
