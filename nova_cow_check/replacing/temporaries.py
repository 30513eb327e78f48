# SPDX-License-Identifier: Apache-2.0

"""Hidden files beside those that they are to replace.

One that a killed process has left is told by its lock, which ends with its
process: the next one that writes the same file removes it.
"""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import fcntl
import os
import re
import secrets
import stat

#: oslo.config reads those files of a directory whose names end in ".conf" and
#: do not begin with a dot. Source: oslo_config/cfg.py, ConfigDirAction.
_ENDING = '.nova-cow-check'

_NUMBER_BYTES = 8

#: Bytes of a file's name that are in that of a temporary one: with all of
#: them, it could be too long.
_LONGEST_STEM = 200


@contextlib.contextmanager
def beside(directory: int, name: str, mode: int) -> Iterator[tuple[str, int]]:
    """Make an empty hidden file for another one, and lock it.

    It is removed at the end, unless it has been renamed.

    :param directory: descriptor of the directory of both
    :param name: that of the other file
    :param mode: the umask takes from it
    :returns: its name and its descriptor, for writing
    :raises OSError: if it cannot be made
    """
    temporary, descriptor = _locked(directory, name, mode)
    try:
        yield temporary, descriptor
    finally:
        _remove(directory, temporary, descriptor)


def sweep(directory: int, name: str) -> None:
    """Remove what killed processes have left beside a file.

    What cannot be listed, opened or locked stays: it is in use, or no
    business of ours.

    :param directory: descriptor of the directory
    :param name: that of the file
    """
    number = f'[0-9a-f]{{{2 * _NUMBER_BYTES}}}'
    pattern = rf'{re.escape(_start(name))}{number}{re.escape(_ENDING)}'
    with contextlib.suppress(OSError):
        for other in os.listdir(directory):
            if re.fullmatch(pattern, other, re.DOTALL):
                _remove_if_left(directory, other)


def _start(name: str) -> str:
    return f'.{os.fsdecode(os.fsencode(name)[:_LONGEST_STEM])}.'


def _locked(directory: int, name: str, mode: int) -> tuple[str, int]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    while True:
        number = secrets.token_hex(_NUMBER_BYTES)
        temporary = f'{_start(name)}{number}{_ENDING}'
        descriptor = os.open(temporary, flags, mode, dir_fd=directory)
        is_ours = False
        try:
            # Before it was locked, it looked as if it had been left.
            can_be_ours = _lock(descriptor) is not False
            is_ours = can_be_ours and os.fstat(descriptor).st_nlink > 0
        finally:
            if not is_ours:
                _remove(directory, temporary, descriptor)
        if is_ours:
            return temporary, descriptor


def _remove(directory: int, name: str, descriptor: int) -> None:
    with contextlib.suppress(OSError):
        os.unlink(name, dir_fd=directory)
    with contextlib.suppress(OSError):
        os.close(descriptor)


def _remove_if_left(directory: int, name: str) -> None:
    with contextlib.suppress(OSError):
        status = os.stat(name, dir_fd=directory, follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode):
            return
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        descriptor = os.open(name, flags, dir_fd=directory)
        try:
            if _lock(descriptor):
                os.unlink(name, dir_fd=directory)
        finally:
            os.close(descriptor)


def _lock(descriptor: int) -> bool | None:
    """Lock a file as long as it is open here, if the file system can.

    :returns: False if another process has locked it, None if none can
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True
