# SPDX-License-Identifier: Apache-2.0

"""The files that were judged, for those who edit them."""

from __future__ import annotations

from collections.abc import Iterator
import errno
import os
import stat
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.reports import report
from nova_cow_check.settings import host_config
from nova_cow_check.settings import parsing
from nova_cow_check.sources import files
from nova_cow_check.sources import host
from nova_cow_check.sources import host_folders
from nova_cow_check.sources import roots
from nova_cow_check.sources import search


class Copy(NamedTuple):
    """A collected host, its files named as they are on this machine."""

    conf: host_config.HostConfig
    surroundings: search.Surroundings


class _HostFile(roots.Root):
    """The folder of a HOST.conf, which no link may leave.

    To read, a link may lead anywhere; to write there is another thing.

    :param place: of the file, as messages name it
    """

    def __init__(self, place: str) -> None:
        folder, name = os.path.split(place)
        super().__init__(folder or os.curdir, is_closed=True)
        self.path = f'/{name}'
        self._place = place

    def shown_path(self, path: str) -> str:
        return self._place

    def of_shown(self, shown: str) -> tuple[roots.Root, str]:
        return self, self.path


class Original(NamedTuple):
    """A file as it was when its configuration was judged."""

    #: As origins and messages name it.
    path: str
    #: The root in which it is, and its path there.
    root: roots.Root
    path_inside: str
    data: bytes


def load(source: report.Source) -> Copy:
    """Load the files of a host, whole.

    :raises ConfigurationError: if they are not here, or cannot be read
    """
    kinds = report.SourceKind
    root: roots.Root
    if source.kind is kinds.DIRECTORY:
        root = host_folders.Folder(source.path)
        _require_no_way_out(source.path)
        paths = host_folders.paths_in(root)
    elif source.kind is kinds.FILE:
        root = _HostFile(source.path)
        _require_no_way_out(source.path)
        paths = [root.path]
    else:
        reason = _('its files are not here; fix it on the host')
        raise errors.ConfigurationError(reason, source.path)
    surroundings = search.Surroundings(root, {})
    conf = host_config.HostConfig(search.read_paths(paths, surroundings))
    host.refuse_sources(conf)
    return Copy(conf, surroundings)


def _require_no_way_out(path: str) -> None:
    """Refuse a host that is a link out of its folder: it is not written.

    :raises ConfigurationError: if it is one
    """
    try:
        roots.require_inside_its_folder(path)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise files.cannot_read(path, error) from None
        reason = _(
            'not written: it is a symbolic link that is absolute or leads '
            'out of its folder; fix the file that it leads to, where it is'
        )
        raise errors.ConfigurationError(reason, path) from None


def read(
    configuration: host_config.Configuration, root: roots.Root
) -> Iterator[Original]:
    """Read the files of a configuration again, each once.

    :param root: the one in which they were read
    :raises ConfigurationError: if one is not what was read before
    """
    judged: dict[str, parsing.ConfigFile] = {}
    for file in configuration.files:
        judged.setdefault(file.path, file)
    for file in judged.values():
        yield _read(file, root)


def _read(judged: parsing.ConfigFile, root: roots.Root) -> Original:
    path = judged.path
    root, inside = root.of_shown(path)
    try:
        with root.looked_at(inside) as seen:
            is_file = stat.S_ISREG(seen.status.st_mode)
        data = root.read(inside) if is_file else b''
    except OSError as error:
        raise files.cannot_read(path, error) from None
    if not is_file:
        reason = _('not a regular file, and cannot be edited')
        raise errors.ConfigurationError(reason, path)
    parsed = files.parse(path, data)._replace(limits=judged.limits)
    if parsed != judged:
        reason = _('changed while it was read; run the command again')
        raise errors.ConfigurationError(reason, path)
    return Original(path, root, inside, data)
