#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

"""Configuration files and directories, read from the file system."""

from __future__ import annotations

from collections.abc import Callable
import errno
import glob
import io
import os
import stat

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check import origins
from nova_cow_check.sources import root as roots

#: Nova's complete sample is under 1 MiB. A device or a log in place of a
#: configuration must not fill the memory of a compute host.
LARGEST_FILE = 16 * 1024 * 1024


def read_file(path: str, root: roots.Root) -> origins.ConfigFile:
    """Read and parse one configuration file.

    :param path: as seen from inside the root
    :raises ConfigurationError: if it cannot be read or parsed
    """
    return origins.parse(root.shown_path(path), read_lines(path, root))


def read_lines(
    path: str, root: roots.Root, encoding: str | None = None
) -> list[str]:
    """Read the lines of one configuration file, with their ends.

    :param path: as seen from inside the root
    :param encoding: without it, that of the locale
    :raises ConfigurationError: if it cannot be read, or is no text
    """
    shown = root.shown_path(path)
    try:
        data = read_bytes(root.host_path(path), root)
    except OSError as error:
        raise _cannot_read(shown, error) from None
    if len(data) > LARGEST_FILE:
        raise errors.ConfigurationError(
            _('larger than %d MiB: not a configuration file')
            % (LARGEST_FILE // 1024**2),
            shown,
        )
    return _decode(shown, data, encoding)


def parse(path: str, data: bytes) -> origins.ConfigFile:
    """Parse what a configuration file holds.

    :param path: shown in origins and errors; not opened
    :raises ConfigurationError: if it is not valid
    """
    return origins.parse(path, _decode(path, data))


def encode(text: str) -> bytes:
    """Encode lines as `parse` decodes them."""
    return text.encode(io.TextIOWrapper(io.BytesIO()).encoding)


def list_directory(path: str, root: roots.Root) -> list[str]:
    """Return the configuration files of a directory, in reading order.

    :param path: as seen from inside the root
    :raises ConfigurationError: if it is not a directory or cannot be
        listed; oslo.config finds nothing there, and says nothing

    Source: oslo_config/cfg.py, ConfigDirAction.
    """
    try:
        names = os.listdir(root.host_path(path))
    except OSError as error:
        raise _cannot_read(root.shown_path(path), error) from None
    if glob.has_magic(path):
        raise errors.ConfigurationError(
            _(
                'oslo.config takes "*", "?" and "[" in the name of a '
                'configuration directory for a pattern; rename it'
            ),
            path,
        )
    return [
        os.path.join(path, name)
        for name in sorted(names)
        if name.endswith('.conf') and not name.startswith('.')
    ]


def read_bytes(host_path: str, root: roots.Root) -> bytes:
    """Read a file, or as much of it as tells that it is too large.

    :param host_path: what `root` made of a path
    :raises OSError: if it cannot be read; in another process's root, if it
        is not a regular file
    """
    with open(host_path, 'rb', opener=_opener(root)) as stream:
        there = os.fstat(stream.fileno())
        if not root.is_own and not stat.S_ISREG(there.st_mode):
            raise OSError(errno.EINVAL, _('not a regular file'))
        # Room for the largest costs more than to read one.
        data = stream.read(min(there.st_size, LARGEST_FILE) + 1)
        if len(data) > there.st_size:
            # It grows, or is a pipe or a file of /proc, which have no size.
            data += stream.read(LARGEST_FILE + 1 - len(data))
        return data


def _opener(root: roots.Root) -> Callable[[str, int], int]:
    # A pipe is fine as our own file, shells make them for "<(...)"; one
    # inside a container could keep us waiting for ever.
    more = 0 if root.is_own else os.O_NONBLOCK
    return lambda path, flags: os.open(path, flags | more)


def _decode(path: str, data: bytes, encoding: str | None = None) -> list[str]:
    """Decode as open() does: any line end is one. It stays as it is."""
    # To look for one end only is faster, and nearly all files have no other.
    ends = '' if b'\r' in data else '\n'
    text = io.TextIOWrapper(io.BytesIO(data), encoding, newline=ends)
    try:
        return text.readlines()
    except UnicodeDecodeError:
        encoding = text.encoding
    for number, line in enumerate(data.split(b'\n'), start=1):
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            break
    raise errors.ConfigurationError(
        _('not valid %s text') % encoding.upper(), path, number
    )


def _cannot_read(path: str, error: OSError) -> errors.ConfigurationError:
    return errors.ConfigurationError(
        _('cannot be read: %s') % error.strerror, path
    )
