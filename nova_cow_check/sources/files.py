# SPDX-License-Identifier: Apache-2.0

"""Files and directories, read below a root directory."""

from __future__ import annotations

from collections.abc import Sequence
import contextlib
import glob
import locale
import os
import stat
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check.deployment import tools
from nova_cow_check import errors
from nova_cow_check.settings import limits
from nova_cow_check.settings import parsing
from nova_cow_check.sources import roots
from nova_cow_check.sources import texts


def read_file(path: str, root: roots.Root) -> parsing.ConfigFile:
    """Read and parse one configuration file.

    :param path: as seen from inside the root
    :raises ConfigurationError: if it cannot be read or parsed
    """
    text = read_text(path, root)
    parsed = parsing.parse(text.path, text.lines)
    place, is_regular = '', False
    its_root, inside = root.of_shown(text.path)
    # Gone by now, it can be no file to edit.
    with contextlib.suppress(OSError), its_root.looked_at(inside) as seen:
        is_regular = stat.S_ISREG(seen.status.st_mode)
        place = inside if its_root.is_own else seen.place
        # Of a process, its own links have been followed; others lead out.
        if not place.startswith('/proc/'):
            place = os.path.realpath(place)
    found = limits_of(text, place, root.place_on_host(path))
    return parsed._replace(limits=found._replace(is_regular=is_regular))


class Text(NamedTuple):
    """One configuration file, not parsed yet."""

    #: What origins and errors call it.
    path: str
    text: str
    data: bytes

    @property
    def lines(self) -> Sequence[str]:
        """Its lines, with their ends."""
        return texts.lines_of(self.text)


def read_text(
    path: str, root: roots.Root, encoding: str | None = None
) -> Text:
    """Read one configuration file.

    :param path: as seen from inside the root
    :param encoding: without it, that of the locale
    :raises ConfigurationError: if it cannot be read, or is no text
    """
    shown = root.shown_path(path)
    too_large = _('larger than %d MiB: not a configuration file')
    data = read_limited(path, root, shown, too_large, roots.LARGEST_FILE)
    return Text(shown, _decode(shown, data, encoding), data)


def limits_of(
    text: Text, place: str = '', place_on_host: str = ''
) -> limits.Limits:
    """Return what keeps an edit from a file.

    :param place: where it is, behind all symbolic links, if that is known
    :param place_on_host: where it belongs, if that is known
    """
    room = min(limits.ENOUGH, roots.LARGEST_FILE - len(text.data))
    paths = dict.fromkeys([place or text.path, text.path, place_on_host])
    found = tools.generated_by(paths, text.data)
    if found is None:
        return limits.Limits(room=room)
    name = found.tool.name if found.tool else ''
    return limits.Limits(found.words, name, room)


def read_lines(
    path: str, root: roots.Root, encoding: str | None = None
) -> Sequence[str]:
    """Read the lines of one configuration file, with their ends.

    :param path: as seen from inside the root
    :param encoding: without it, that of the locale
    :raises ConfigurationError: if it cannot be read, or is no text
    """
    return read_text(path, root, encoding).lines


def read_limited(
    path: str,
    root: roots.Root,
    shown: str | None,
    too_large: str,
    largest: int,
) -> bytes:
    """Read a file that is to be of a reasonable size.

    :param path: as seen from inside the root
    :param shown: what errors call it
    :param too_large: a reason, with ``%d`` for the MiB it may have
    :param largest: bytes it may have
    :raises ConfigurationError: if it cannot be read, or is too large
    """
    try:
        data = root.read(path, largest)
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
    text = Text(path, _decode(path, data), data)
    parsed = parsing.parse(path, text.lines)
    return parsed._replace(limits=limits_of(text))


def encode(text: str) -> bytes:
    """Encode lines as `parse` decodes them."""
    return text.encode(locale.getpreferredencoding(False))


def list_directory(path: str, root: roots.Root) -> list[str]:
    """Return the configuration files of a directory, in reading order.

    :param path: as seen from inside the root
    :raises ConfigurationError: if it is not a directory or cannot be
        listed; oslo.config finds nothing there, and says nothing

    Source: oslo_config/cfg.py, ConfigDirAction.
    """
    try:
        names = root.names(path)
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


def _decode(path: str, data: bytes, encoding: str | None = None) -> str:
    encoding = encoding or locale.getpreferredencoding(False)
    try:
        return data.decode(encoding)
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
