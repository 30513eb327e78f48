# SPDX-License-Identifier: Apache-2.0

"""Names of hosts whose files are all called nova.conf: those of folders."""

from __future__ import annotations

from collections.abc import Iterable
import os

from nova_cow_check.sources import trees

_FILE = 'nova.conf'


def of(paths: Iterable[str]) -> dict[str, str]:
    """Return the names of hosts by the paths of their nova.conf.

    It is that of the nearest folder in which all of them differ, above
    etc/nova or what kolla has in its place. Where they differ in no folder
    by itself, it is that of the nearest.

    :param paths: those of other files are passed over
    """
    folders = {
        path: _folders(path)
        for path in paths
        if os.path.basename(path) == _FILE
    }
    different = set(folders.values())
    deepest = max(map(len, different), default=0)
    for level in range(1, deepest + 1):
        if len({_at(one, level) for one in different}) == len(different):
            break
    else:
        level = 1
    named = {path: _at(one, level) for path, one in folders.items()}
    return {path: name for path, name in named.items() if name}


def _folders(path: str) -> tuple[str, ...]:
    """Return the folders that a file of a host is in, without its tree's."""
    parts = os.path.dirname(os.path.abspath(path)).strip(os.sep).split(os.sep)
    for place in trees.PLACES:
        own = place.split('/')
        if parts[-len(own) :] == own:
            parts = parts[: -len(own)]
    return tuple(filter(None, parts))


def _at(folders: tuple[str, ...], level: int) -> str:
    return folders[-level] if level <= len(folders) else ''
