# SPDX-License-Identifier: Apache-2.0

"""The files that were judged, for those who edit them."""

from __future__ import annotations

from collections.abc import Iterator
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
from nova_cow_check.sources import search


class Copy(NamedTuple):
    """A collected host, its files named as they are on this machine."""

    conf: host_config.HostConfig
    surroundings: search.Surroundings


class Original(NamedTuple):
    """A file as it was when its configuration was judged."""

    #: As origins and messages name it.
    path: str
    #: Where this process opens it.
    host_path: str
    #: Where it is, behind all symbolic links.
    place: str
    data: bytes


def load(source: report.Source) -> Copy:
    """Load the files of a host, whole.

    :raises ConfigurationError: if they are not here, or cannot be read
    """
    # Only for collected hosts: what reads reports comes with it.
    from nova_cow_check.sources import collected

    kinds = report.SourceKind
    surroundings = search.Surroundings(files.Root(), {})
    if source.kind is kinds.DIRECTORY:
        surroundings = search.Surroundings(files.Root(source.path), {})
        paths = collected.paths_in(surroundings.root)
    elif source.kind is kinds.FILE:
        paths = [source.path]
    else:
        reason = _('its files are not here; fix it on the host')
        raise errors.ConfigurationError(reason, source.path)
    conf = host_config.HostConfig(search.read_paths(paths, surroundings))
    host.refuse_sources(conf)
    return Copy(conf, surroundings)


def read(
    configuration: host_config.Configuration, root: files.Root
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


def _read(judged: parsing.ConfigFile, root: files.Root) -> Original:
    path = judged.path
    try:
        host_path = root.host_path_of_shown(path)
        is_file = stat.S_ISREG(os.stat(host_path).st_mode)
        data = files.read_bytes(host_path, root) if is_file else b''
    except OSError as error:
        raise files.cannot_read(path, error) from None
    if not is_file:
        reason = _('not a regular file, and cannot be edited')
        raise errors.ConfigurationError(reason, path)
    if files.parse(path, data) != judged:
        reason = _('changed while it was read; run the command again')
        raise errors.ConfigurationError(reason, path)
    # In another root, its own links have been followed.
    place = os.path.realpath(path) if host_path == path else host_path
    return Original(path, host_path, place, data)
