# SPDX-License-Identifier: Apache-2.0

"""Directories below which nothing is followed, and only files are opened.

Whoever can write there can exchange what is there at any time. So each name
is looked up in its directory, which is open, without being opened itself;
what was looked at is opened if it is a regular file, and nothing else. No
lock is taken, and nobody is waited for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
import contextlib
import errno
import os
import stat
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.sources import files
from nova_cow_check.sources import roots

_LOOK = roots.LOOK | os.O_NOFOLLOW
_OPEN = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_LIST = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW

#: Bytes. Most files have fewer, and room for the largest costs more than to
#: read one.
_ENOUGH = 64 * 1024


class Start(NamedTuple):
    """The first bytes of a file."""

    #: Bytes of the whole file.
    size: int
    data: bytes


class Folder:
    """A directory that is open.

    :param descriptor: of it; it stays the caller's
    :param path: what errors call it
    """

    def __init__(self, descriptor: int, path: str) -> None:
        self._descriptor = descriptor
        self.path = path

    @property
    def device(self) -> tuple[int, int]:
        """Major and minor number of the device that it is on."""
        device = os.fstat(self._descriptor).st_dev
        return os.major(device), os.minor(device)

    @property
    def place(self) -> str:
        """Where it is, behind all symbolic links, as far as that is known."""
        try:
            return os.readlink(f'/proc/self/fd/{self._descriptor}')
        except OSError:
            return self.path

    def names(self) -> list[str]:
        """Return what is in it, sorted.

        :raises ConfigurationError: if it cannot be listed
        """
        try:
            return sorted(os.listdir(self._descriptor))
        except OSError as error:
            raise self._unreadable(error) from None

    @contextlib.contextmanager
    def folder(self, name: str) -> Iterator[Folder]:
        """Open a directory in it.

        :raises ConfigurationError: if that fails, or it is none
        """
        try:
            descriptor = os.open(name, _LIST, dir_fd=self._descriptor)
        except OSError as error:
            raise self._unreadable(error, name) from None
        try:
            yield Folder(descriptor, self._path(name))
        finally:
            os.close(descriptor)

    def start(
        self, name: str, first: int, wanted: Callable[[bytes], int]
    ) -> Start | None:
        """Read the first bytes of a file.

        :param first: how many to read first
        :param wanted: told those, it says how many there have to be
        :returns: None if nothing is there
        :raises ConfigurationError: if it is no file, or cannot be read
        """
        try:
            opened = self._opened(name)
            if opened is None:
                return None
            descriptor, size = opened
            try:
                data = os.pread(descriptor, first, 0)
                missing = wanted(data) - len(data)
                if missing > 0 and len(data) == first:
                    data += os.pread(descriptor, missing, first)
            finally:
                os.close(descriptor)
        except (OSError, ValueError) as error:
            raise self._unreadable(error, name) from None
        return Start(size, data)

    def read(self, name: str, largest: int) -> bytes | None:
        """Read all of a file.

        :param largest: bytes that it may have
        :returns: None if nothing is there
        :raises ConfigurationError: if it is no file, is larger, or cannot be
            read
        """
        first = min(largest, _ENOUGH) + 1
        start = self.start(name, first, lambda _start: largest + 1)
        if start is not None and len(start.data) > largest:
            reason = _('larger than %d KiB') % (largest // 1024)
            raise errors.ConfigurationError(reason, self._path(name))
        return start.data if start else None

    def _opened(self, name: str) -> tuple[int, int] | None:
        """Open a regular file, and nothing else.

        :returns: its descriptor and its size, None if nothing is there
        """
        try:
            seen = os.open(name, _LOOK, dir_fd=self._descriptor)
        except FileNotFoundError:
            return None
        try:
            status = os.fstat(seen)
            _require_file(status)
            return self._reopened(name, seen, status), status.st_size
        finally:
            os.close(seen)

    def _reopened(self, name: str, seen: int, status: os.stat_result) -> int:
        """Open what has been looked at."""
        try:
            return os.open(f'/proc/self/fd/{seen}', _OPEN)
        except FileNotFoundError:
            pass
        # Without /proc, what is there is known when it is open.
        flags = _OPEN | os.O_NOFOLLOW
        descriptor = os.open(name, flags, dir_fd=self._descriptor)
        if os.path.samestat(os.fstat(descriptor), status):
            return descriptor
        os.close(descriptor)
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))

    def _unreadable(
        self, error: OSError | ValueError, name: str = ''
    ) -> errors.ConfigurationError:
        """Return what to raise where something cannot be read."""
        path = self._path(name) if name else self.path
        if isinstance(error, OSError):
            return files.cannot_read(path, error)
        # A null, which no name has.
        reason = _('it is not the name of a file')
        return errors.ConfigurationError(reason, self.path)

    def _path(self, name: str) -> str:
        return f'{self.path}/{name}'


@contextlib.contextmanager
def opened(path: str, root: roots.Root) -> Iterator[Folder]:
    """Open the directory that all is below.

    Symbolic links on the way to it are followed: an administrator's.

    :param path: as seen from inside the root
    :raises ConfigurationError: if that fails, or it is none
    """
    shown = root.shown_path(path)
    with contextlib.ExitStack() as stack:
        try:
            descriptor = stack.enter_context(root.directory_at(path))
        except OSError as error:
            raise files.cannot_read(shown, error) from None
        yield Folder(descriptor, shown.rstrip('/'))


def _require_file(status: os.stat_result) -> None:
    """Refuse all but a regular file.

    :raises OSError: if it is something else
    """
    mode = status.st_mode
    if stat.S_ISREG(mode):
        return
    if stat.S_ISLNK(mode):
        raise OSError(errno.ELOOP, _('a symbolic link, which is not followed'))
    raise OSError(errno.EINVAL, _('not a regular file'))
