# SPDX-License-Identifier: Apache-2.0

"""Files and directories, read below a root directory."""

from __future__ import annotations

import errno
import glob
import io
import locale
import os
import stat

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.settings import parsing

#: The kernel's own limit on symbolic links in one path, path_resolution(7).
_MOST_LINKS = 40


class Root:
    """A root directory: this process's own, or that of another one.

    In another process's root, absolute symbolic links and ``..`` stay
    inside it, as they do for that process. The kernel offers that only
    through openat2(2), which Python does not.

    :param directory: for example ``/proc/4242/root``
    """

    def __init__(self, directory: str = '/') -> None:
        self.directory = directory

    @property
    def is_own(self) -> bool:
        return self.directory == '/'

    def host_path(self, path: str) -> str:
        """Return the path under which this process can open another's.

        :param path: as seen from inside this root; absolute, but in our own
        :raises OSError: as opening it would
        """
        if self.is_own:
            return path
        inside: list[str] = []
        waiting = _parts(path)
        links = 0
        while waiting:
            part = waiting.pop()
            if part == '..':
                del inside[-1:]
                continue
            here = os.path.join(self.directory, *inside, part)
            if not stat.S_ISLNK(os.lstat(here).st_mode):
                inside.append(part)
                continue
            links += 1
            if links > _MOST_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
            target = os.readlink(here)
            if target.startswith('/'):
                inside.clear()
            waiting += _parts(target)
        return os.path.join(self.directory, *inside)

    def shown_path(self, path: str) -> str:
        """Return the path to show to a person on this host.

        That is the short one where it leads to the same file.

        :param path: as seen from inside this root
        """
        try:
            if self.is_own or os.path.samefile(path, self.host_path(path)):
                return path
        except OSError:
            pass
        return self.directory + path

    def host_path_of_shown(self, shown: str) -> str:
        """Return the path under which this process can open a shown one.

        :param shown: what `shown_path` returned
        :raises OSError: as opening it would
        """
        if self.is_own or not shown.startswith(self.directory + '/'):
            return shown
        return self.host_path(shown[len(self.directory) :])

    def find(self, path: str) -> str | None:
        """Return the path if something is there.

        :raises OSError: where only permissions keep us from knowing;
            os.path.exists would say that nothing is there
        """
        try:
            os.stat(self.host_path(path))
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EPERM):
                raise
            return None
        return path


def _parts(path: str) -> list[str]:
    """Split a path into its parts, the first one last."""
    return [part for part in path.split('/') if part not in ('', '.')][::-1]


def followed(path: str) -> str:
    """Return where a file itself is.

    Only the links that it is are read. The kernel follows those of its
    directories: what /proc/PID/root says of itself leads elsewhere.

    :raises OSError: if nothing is there
    """
    os.stat(path)
    for _link in range(_MOST_LINKS):
        if not os.path.islink(path):
            return path
        path = os.path.join(os.path.dirname(path), os.readlink(path))
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def is_at(path: str, status: os.stat_result) -> bool:
    """Return whether a file that has one name has this path, without links."""
    try:
        return os.path.samestat(os.lstat(path), status)
    except OSError:
        return False


#: Nova's complete sample is under 1 MiB. A device or a log in place of a
#: configuration must not fill the memory of a compute host.
LARGEST_FILE = 16 * 1024 * 1024


def read_file(path: str, root: Root) -> parsing.ConfigFile:
    """Read and parse one configuration file.

    :param path: as seen from inside the root
    :raises ConfigurationError: if it cannot be read or parsed
    """
    return parsing.parse(root.shown_path(path), read_lines(path, root))


def read_lines(
    path: str, root: Root, encoding: str | None = None
) -> list[str]:
    """Read the lines of one configuration file, with their ends.

    :param path: as seen from inside the root
    :param encoding: without it, that of the locale
    :raises ConfigurationError: if it cannot be read, or is no text
    """
    shown = root.shown_path(path)
    too_large = _('larger than %d MiB: not a configuration file')
    data = read_limited(path, root, shown, too_large, LARGEST_FILE)
    return _decode(shown, data, encoding)


def read_limited(
    path: str, root: Root, shown: str | None, too_large: str, largest: int
) -> bytes:
    """Read a file that is to be of a reasonable size.

    :param path: as seen from inside the root
    :param shown: what errors call it
    :param too_large: a reason, with ``%d`` for the MiB it may have
    :param largest: bytes it may have, LARGEST_FILE at most
    :raises ConfigurationError: if it cannot be read, or is too large
    """
    try:
        data = read_bytes(root.host_path(path), root)
    except OSError as error:
        raise cannot_read(shown, error) from None
    if len(data) > largest:
        reason = too_large % (largest // 1024**2)
        raise errors.ConfigurationError(reason, shown)
    return data


def parse(path: str, data: bytes) -> parsing.ConfigFile:
    """Parse what a configuration file holds.

    :param path: shown in origins and errors; not opened
    :raises ConfigurationError: if it is not valid
    """
    return parsing.parse(path, _decode(path, data))


def encode(text: str) -> bytes:
    """Encode lines as `parse` decodes them."""
    return text.encode(locale.getpreferredencoding(False))


def list_directory(path: str, root: Root) -> list[str]:
    """Return the configuration files of a directory, in reading order.

    :param path: as seen from inside the root
    :raises ConfigurationError: if it is not a directory or cannot be
        listed; oslo.config finds nothing there, and says nothing

    Source: oslo_config/cfg.py, ConfigDirAction.
    """
    try:
        names = os.listdir(root.host_path(path))
    except OSError as error:
        raise cannot_read(root.shown_path(path), error) from None
    if glob.has_magic(path):
        reason = _(
            'oslo.config takes "*", "?" and "[" in the name of a '
            'configuration directory for a pattern; rename it'
        )
        raise errors.ConfigurationError(reason, path)
    return [
        os.path.join(path, name)
        for name in sorted(names)
        if name.endswith('.conf') and not name.startswith('.')
    ]


def read_bytes(host_path: str, root: Root) -> bytes:
    """Read a file, or as much of it as tells that it is too large.

    :param host_path: what `root` made of a path
    :raises OSError: if it cannot be read; in another process's root, if it
        is not a regular file
    """
    # A pipe is fine as our own file, shells make them for "<(...)"; one
    # inside a container could keep us waiting for ever.
    more = 0 if root.is_own else os.O_NONBLOCK
    descriptor = os.open(host_path, os.O_RDONLY | os.O_CLOEXEC | more)
    try:
        there = os.fstat(descriptor)
        if stat.S_ISDIR(there.st_mode):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not root.is_own and not stat.S_ISREG(there.st_mode):
            raise OSError(errno.EINVAL, _('not a regular file'))
        return _read_all(descriptor, there.st_size)
    finally:
        os.close(descriptor)


def _read_all(descriptor: int, size: int) -> bytes:
    """Read up to the end, or one byte more than the largest file has.

    :param size: that of the file in bytes; 0 of a pipe or one of /proc
    """
    pieces = []
    left = LARGEST_FILE + 1
    # Room for the largest costs more than to read one.
    while piece := os.read(descriptor, min(left, max(size, 65536) + 1)):
        pieces.append(piece)
        left -= len(piece)
    return b''.join(pieces)


def _decode(path: str, data: bytes, encoding: str | None = None) -> list[str]:
    """Decode as open() does: any line end is one. It stays as it is."""
    # To look for one end only is faster, and nearly all files have no other.
    ends = '' if b'\r' in data else '\n'
    encoding = encoding or locale.getpreferredencoding(False)
    try:
        return io.StringIO(data.decode(encoding), newline=ends).readlines()
    except UnicodeDecodeError:
        pass
    for number, line in enumerate(data.split(b'\n'), start=1):
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            break
    raise errors.ConfigurationError(
        _('not valid %s text') % encoding.upper(), path, number
    )


def cannot_read(path: str | None, error: OSError) -> errors.ConfigurationError:
    """Return what to raise where a file or directory cannot be read."""
    reason = _('cannot be read: %s') % error.strerror
    return errors.ConfigurationError(reason, path)
