# SPDX-License-Identifier: Apache-2.0

"""A terminal, as a person has one before them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
import fcntl
import os
import pty
import struct
import subprocess
import termios

#: Takes a command line; returns its exit code and what the terminal shows.
Show = Callable[..., tuple[int, str]]


def run(
    words: Sequence[str], environment: Mapping[str, str], columns: int
) -> tuple[int, str]:
    """Run a command on a new terminal of a certain width.

    :returns: the exit code, and all that is written to the terminal
    """
    own, theirs = pty.openpty()
    size = struct.pack('4H', 24, columns, 0, 0)
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, size)
    environment = {
        name: value
        for name, value in environment.items()
        # They would stand for the terminal's size.
        if name not in ('COLUMNS', 'LINES')
    }
    with subprocess.Popen(
        words, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        written = b''.join(iter(lambda: _read(own), b''))
    os.close(own)
    return process.returncode, written.decode().replace('\r\n', '\n')


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:
        # Linux's way to say that nobody has the other end any more.
        return b''
