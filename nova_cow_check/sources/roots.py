# SPDX-License-Identifier: Apache-2.0

"""Root directories, and the way down from one to what a path means in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import contextlib
import errno
import os
import stat
from typing import NamedTuple

from nova_cow_check._i18n import _

#: Bytes. Nova's complete sample is under 1 MiB. A device or a log in place of
#: a configuration must not fill the memory of a compute host.
LARGEST_FILE = 16 * 1024 * 1024

#: To know what is there, without opening it: a device does not notice.
LOOK = os.O_PATH | os.O_CLOEXEC

#: The kernel's own limit on symbolic links in one path, path_resolution(7).
MOST_LINKS = 40


class Seen(NamedTuple):
    """What is at a path, looked at and not opened."""

    #: Of the directories on the way from the root, which is the first, and
    #: of what is there. In our own root of the last alone.
    descriptors: Sequence[int]
    status: os.stat_result
    #: Where it is, as this process names it; in other roots, behind all
    #: symbolic links.
    place: str
    #: When the newest symbolic link on the way was made, in seconds since the
    #: epoch. In our own root they are not looked at.
    newest_link: float = 0.0

    @property
    def descriptor(self) -> int:
        return self.descriptors[-1]


def follow(
    path: str, descriptors: list[int], directory: str, is_closed: bool
) -> Seen:
    """Look at what is at a path, symbolic links followed.

    Each directory on the way is looked up in the one above, which is open.

    :param path: as seen from inside the root
    :param descriptors: that of the root; gets those on the way
    :param directory: the root, as this process names it
    :param is_closed: whether a path that leads out is refused
    :raises OSError: if nothing is there, or we may not look
    """
    names: list[str] = []
    status = None
    waiting = _parts(path)
    links, newest_link = 0, 0.0
    while waiting:
        part = waiting.pop()
        if part == '..':
            if not names and is_closed:
                raise _leads_out(path)
            _go_up(descriptors, names)
            status = None
            continue
        flags = LOOK | os.O_NOFOLLOW
        descriptor = os.open(part, flags, dir_fd=descriptors[-1])
        descriptors.append(descriptor)
        names.append(part)
        status = os.fstat(descriptor)
        if not stat.S_ISLNK(status.st_mode):
            continue
        links += 1
        if links > MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
        newest_link = max(newest_link, status.st_ctime)
        target = os.readlink('', dir_fd=descriptor)
        if target.startswith('/') and is_closed:
            raise _leads_out(path)
        _go_up(descriptors, names)
        while target.startswith('/') and names:
            _go_up(descriptors, names)
        waiting += _parts(target)
        status = None
    place = '/'.join((directory, *names))
    status = status or os.fstat(descriptors[-1])
    return Seen(descriptors, status, place, newest_link)


def _go_up(descriptors: list[int], names: list[str]) -> None:
    """Go to the directory above; that of the root is the root."""
    if names:
        os.close(descriptors.pop())
        names.pop()


def _leads_out(path: str) -> OSError:
    reason = _(
        'it is a symbolic link that is absolute or leads out of its folder: '
        'name the file that it leads to'
    )
    return OSError(errno.EXDEV, reason, path)


def _parts(path: str) -> list[str]:
    """Split a path into its parts, the first one last."""
    return [part for part in path.split('/') if part not in ('', '.')][::-1]


#: The only device that does nothing when it is opened, null(4).
_NULL = os.makedev(1, 3)


class Parent(NamedTuple):
    """The directory of a file, open, and the name that the file has there."""

    descriptor: int
    name: str
    #: Where the file is, behind all symbolic links.
    place: str


class Root:
    """A root directory: this process's own, or that of another one.

    In another process's root, absolute symbolic links and ``..`` stay
    inside it, as they do for that process. Each directory on the way is
    looked up in the one above, which is open: what is exchanged for a link
    meanwhile leads nowhere else.

    :param directory: for example ``/proc/4242/root``
    :param is_closed: whether a path that leads out is refused; else it
        leads to what it means inside
    """

    def __init__(self, directory: str = '/', is_closed: bool = False) -> None:
        self.directory = directory.rstrip('/') or directory[:1]
        self.is_closed = is_closed
        self._held: int | None = None

    def __enter__(self) -> Root:
        """Open the directory, once for all that is read in it."""
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        try:
            self._held = os.open(self.directory, flags)
        except PermissionError:
            # Files whose names are known can be read all the same.
            self._held = os.open(self.directory, LOOK | os.O_DIRECTORY)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._held is not None:
            os.close(self._held)
        self._held = None

    @property
    def is_own(self) -> bool:
        return self.directory == '/'

    @contextlib.contextmanager
    def looked_at(self, path: str) -> Iterator[Seen]:
        """Look at what is at a path, symbolic links followed.

        :param path: as seen from inside this root; absolute, but in our own
        :raises OSError: if nothing is there, or we may not look
        """
        seen = self._look(path)
        try:
            yield seen
        finally:
            self._close(seen.descriptors)

    def _look(self, path: str) -> Seen:
        """Look at what is at a path; its descriptors are to be closed."""
        if self.is_own:
            descriptor = os.open(path, LOOK)
            return Seen([descriptor], os.fstat(descriptor), path)
        top = self._held
        if top is None:
            top = os.open(self.directory, LOOK | os.O_DIRECTORY)
        descriptors = [top]
        try:
            return follow(path, descriptors, self.directory, self.is_closed)
        except BaseException:
            self._close(descriptors)
            raise

    def _close(self, descriptors: Sequence[int]) -> None:
        kept = 0 if self._held is None else 1
        for descriptor in descriptors[kept:]:
            _close(descriptor)

    def read(self, path: str, largest: int | None = None) -> bytes:
        """Read a file, or as much of it as tells that it is too large.

        :param path: as seen from inside this root
        :param largest: bytes that it may have, LARGEST_FILE without it
        :raises OSError: if it cannot be read, or is a device; in another
            root, if it is not a regular file
        """
        seen = self._look(path)
        try:
            self._require_readable(seen.status)
            descriptor = self._reopened(seen)
            try:
                return _read_limited(
                    descriptor, seen.status, largest or LARGEST_FILE
                )
            finally:
                os.close(descriptor)
        finally:
            self._close(seen.descriptors)

    def _require_readable(self, there: os.stat_result) -> None:
        """Refuse what must not be opened.

        A pipe is fine as our own file, shells make them for "<(...)"; one
        inside a container could keep us waiting for ever. To open a device
        is an act: it can start a watchdog. What we were started with as
        standard input is open already.

        :raises OSError: if it is such
        """
        if stat.S_ISREG(there.st_mode):
            return
        if stat.S_ISDIR(there.st_mode):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
        is_fine = self.is_own and (
            stat.S_ISFIFO(there.st_mode)
            or (stat.S_ISCHR(there.st_mode) and there.st_rdev == _NULL)
            or _is_standard_input(there)
        )
        if not is_fine:
            raise OSError(errno.EINVAL, _('not a regular file'))

    def _reopened(self, seen: Seen) -> int:
        """Open what has been looked at, and nothing else."""
        # A pipe of our own root waits for what a shell writes.
        more = 0 if self.is_own else os.O_NONBLOCK
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY | more
        try:
            return os.open(f'/proc/self/fd/{seen.descriptor}', flags)
        except FileNotFoundError:
            if not self.is_own or os.path.isdir('/proc/self/fd'):
                raise
        # A root without /proc, as builds have it.
        return os.open(seen.place, flags)

    def names(self, path: str) -> list[str]:
        """Return what is in a directory.

        :param path: as seen from inside this root
        :raises OSError: if it cannot be listed
        """
        if self.is_own:
            return os.listdir(path)
        if path == '/' and self._held is not None:
            return os.listdir(self._held)
        with self.looked_at(path) as seen:
            descriptor = _opened_directory(seen.descriptor)
            try:
                return os.listdir(descriptor)
            finally:
                os.close(descriptor)

    @contextlib.contextmanager
    def directory_at(self, path: str) -> Iterator[int]:
        """Open a directory, symbolic links followed.

        :param path: as seen from inside this root
        :raises OSError: if it cannot be opened, or is none
        """
        with self.looked_at(path) as seen:
            descriptor = _opened_directory(seen.descriptor)
        try:
            yield descriptor
        finally:
            _close(descriptor)

    @contextlib.contextmanager
    def parent(self, path: str) -> Iterator[Parent]:
        """Open the directory of a file, symbolic links followed.

        :param path: as seen from inside this root
        :raises OSError: if that fails
        """
        if self.is_own:
            place = followed(path)
            above, name = os.path.split(place)
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
            directory = os.open(above or os.curdir, flags)
        else:
            with self.looked_at(path) as seen:
                if len(seen.descriptors) == 1:
                    raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
                place, name = seen.place, os.path.basename(seen.place)
                directory = _opened_directory(seen.descriptors[-2])
        try:
            yield Parent(directory, name, place)
        finally:
            _close(directory)

    def shown_path(self, path: str) -> str:
        """Return the path to show to a person on this host.

        That is the short one where it leads to the same file.

        :param path: as seen from inside this root
        """
        if self.is_own:
            return path
        try:
            with self.looked_at(path) as seen:
                if os.path.samestat(os.stat(path), seen.status):
                    return path
        except OSError:
            pass
        return self.directory + path

    def place_on_host(self, path: str) -> str:
        """Return where a file of a tree belongs, '' if that is not known.

        :param path: as seen from inside this root
        """
        return ''

    def of_shown(self, shown: str) -> tuple[Root, str]:
        """Return the root and the path in it of a shown one.

        :param shown: what `shown_path` returned
        """
        if self.is_own or not shown.startswith(self.directory + '/'):
            return Root(), shown
        return self, shown[len(self.directory) :]

    def find(self, path: str) -> str | None:
        """Return the path if something is there.

        :raises OSError: where only permissions keep us from knowing;
            os.path.exists would say that nothing is there
        """
        try:
            with self.looked_at(path):
                return path
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EPERM):
                raise
            return None


def _close(descriptor: int) -> None:
    # Nothing was written with it.
    with contextlib.suppress(OSError):
        os.close(descriptor)


def _opened_directory(descriptor: int) -> int:
    """Open a directory that was only looked at."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    return os.open(os.curdir, flags, dir_fd=descriptor)


def _is_standard_input(there: os.stat_result) -> bool:
    try:
        return os.path.samestat(there, os.fstat(0))
    except OSError:
        return False


def followed(path: str) -> str:
    """Return where a file itself is.

    Only the links that it is are read. The kernel follows those of its
    directories: what /proc/PID/root says of itself leads elsewhere.

    :raises OSError: if nothing is there
    """
    os.stat(path)
    for _link in range(MOST_LINKS):
        if not os.path.islink(path):
            return path
        path = os.path.join(os.path.dirname(path), os.readlink(path))
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def require_inside_its_folder(path: str) -> None:
    """Refuse a link that is absolute, or leads out of the folder it is in.

    :raises OSError: if it is one, or leads nowhere
    """
    folder, name = os.path.split(os.path.abspath(path))
    with Root(folder, is_closed=True).looked_at(f'/{name}'):
        pass


def is_at(path: str, status: os.stat_result) -> bool:
    """Return whether a file that has one name has this path, without links."""
    try:
        return os.path.samestat(os.lstat(path), status)
    except OSError:
        return False


def _read_limited(
    descriptor: int, there: os.stat_result, largest: int
) -> bytes:
    """Read up to the end, or one byte more than the largest file has.

    :param there: what is there; its size is 0 for a pipe or one of /proc
    """
    size = there.st_size
    pieces = []
    left = largest + 1
    # Room for the largest costs more than to read one.
    while piece := os.read(descriptor, min(left, max(size, 65536) + 1)):
        pieces.append(piece)
        left -= len(piece)
        if len(piece) == size and len(pieces) == 1:
            # Room was given for more: that was the end.
            break
    return b''.join(pieces)
