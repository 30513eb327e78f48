# SPDX-License-Identifier: Apache-2.0

"""Which files of a host that is a directory its nova-compute reads.

It is what /etc/nova has, or a tree with that at its place, as Ansible's
fetch and sosreport leave it, or with what kolla has there in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import functools
import os
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.sources import arguments
from nova_cow_check.sources import collection
from nova_cow_check.sources import files
from nova_cow_check.sources import kolla
from nova_cow_check.sources import roots
from nova_cow_check.sources import search
from nova_cow_check.sources import trees

#: Where nova-compute finds what it reads.
_NOVA = '/etc/nova'

_TREE = f'/{trees.TOP}/'


class Folder(roots.Root):
    """The root of a host that is a directory."""

    def place_on_host(self, path: str) -> str:
        is_of_tree = path.startswith(_TREE)
        return path if is_of_tree else ''


class _Place(NamedTuple):
    """A folder in which a host can have its files, and what is in it."""

    path: str
    #: Those of the names in it that count.
    names: frozenset[str]


def paths_of_one(directory: str, root: roots.Root) -> list[str]:
    """Return what `paths_in` does, of what is a host and no folder of some.

    :param directory: the root, as messages name it
    :raises ConfigurationError: if that cannot be told, or there is none
    """
    names = _names_in(root)
    if names is not None:
        _require_one_host(directory, names)
    return _paths(root, names)


def paths_in(root: roots.Root) -> list[str]:
    """Return the files of a host, as seen from its root, in reading order.

    :raises ConfigurationError: if that cannot be told, or there is none
    """
    return _paths(root, _names_in(root))


def _names_in(root: roots.Root) -> frozenset[str] | None:
    """Return what is in a directory, None if it cannot be listed.

    Files whose names are known can be read all the same.
    """
    try:
        return frozenset(root.names('/'))
    except OSError:
        return None


def _require_one_host(directory: str, names: frozenset[str]) -> None:
    """Refuse a host with hosts in it, which would go unread.

    :raises ConfigurationError: if it is one
    """
    paths = (
        os.path.join(directory, one)
        for one in sorted(names.difference(collection.READ))
    )
    inside = [
        one for one in paths if os.path.isdir(one) and collection.is_host(one)
    ]
    if inside and collection.is_host(directory):
        reason = _(
            'it has files of a host, and %s, which is one: it is either a '
            'host or a folder of hosts'
        )
        raise errors.ConfigurationError(reason % os.path.basename(inside[0]))


def _paths(root: roots.Root, names: frozenset[str] | None) -> list[str]:
    found = []
    if names is None:
        names = _looked_for(root, '/')
    found.append(_Place('', names.intersection(collection.READ)))
    if trees.TOP in names:
        for place in trees.PLACES:
            found.append(_Place(f'/{place}', _looked_for(root, f'/{place}')))
    by_folder = {
        one.path: paths for one in found if (paths := _read_in(one, root))
    }
    if not by_folder:
        raise search.NothingFound(collection.READ)
    if len(by_folder) > 1:
        _require_same(by_folder, root)
    return next(iter(by_folder.values()))


def _looked_for(root: roots.Root, folder: str) -> frozenset[str]:
    """Return what is in a folder, of links that lead nowhere, too.

    :raises ConfigurationError: if that cannot be told
    """
    wanted = (*collection.READ, kolla.LIST, trees.TOP)
    found = []
    try:
        with root.looked_at(folder) as seen:
            for name in wanted:
                try:
                    os.lstat(name, dir_fd=seen.descriptor)
                except FileNotFoundError:
                    continue
                found.append(name)
    except (FileNotFoundError, NotADirectoryError):
        return frozenset()
    except OSError as error:
        reason = _('cannot be looked for: %s') % error.strerror
        place = os.path.join(folder, wanted[len(found)]).lstrip('/')
        raise errors.ConfigurationError(reason, place) from None
    return frozenset(found)


def _read_in(folder: _Place, root: roots.Root) -> list[str]:
    """Return the paths of the files that nova-compute reads of a folder."""
    if folder.path.endswith(trees.KOLLA) and kolla.LIST in folder.names:
        return list(_copied(folder, root))
    paths: list[str] = []
    for place in _places(folder.names.intersection(collection.READ)):
        path = folder.path + place.path
        if place.is_directory:
            paths += files.list_directory(path, root)
        else:
            paths.append(path)
    return paths


# The same few for all hosts of a fleet.
@functools.lru_cache(maxsize=16)
def _places(names: frozenset[str]) -> tuple[arguments.Place, ...]:
    """Return what nova-compute reads without arguments, if it is there."""
    every = search.with_defaults(
        (),
        lambda extension: [f'/{one}{extension}' for one in collection.NAMES],
    )
    return tuple(one for one in every if one.path[1:] in names)


def _copied(folder: _Place, root: roots.Root) -> Iterator[str]:
    """Yield the files that a container of kolla reads copies of.

    :raises ConfigurationError: if it cannot be told which these are
    """
    path = f'{folder.path}/{kolla.LIST}'
    shown = root.shown_path(path)
    try:
        copies = kolla.copies(path, root)
    except OSError as error:
        raise files.cannot_read(shown, error) from None
    except ValueError:
        reason = _('it is no list of files that kolla copies')
        raise errors.ConfigurationError(reason, shown) from None
    for place in _places(frozenset(collection.READ)):
        copy = _NOVA + place.path
        if copy in copies:
            folder_there, name = os.path.split(copies[copy])
            if folder_there != kolla.MOUNTED or place.is_directory:
                reason = _(
                    'the container copies %s from elsewhere: make the report '
                    'on that host, with --running and --output json'
                )
                raise errors.ConfigurationError(reason % copy, shown)
            yield f'{folder.path}/{name}'


def _require_same(by_folder: dict[str, list[str]], root: roots.Root) -> None:
    """Refuse folders of which it cannot be told which one counts.

    :param by_folder: paths of files
    :raises ConfigurationError: if what they say differs
    """
    said = {_content(paths, root) for paths in by_folder.values()}
    if len(said) == 1:
        return
    reason = _(
        'it has %s, and they differ: which of them nova-compute reads cannot '
        'be told; leave the one that it reads'
    )
    named = ', '.join(
        root.shown_path(paths[0]) for paths in by_folder.values()
    )
    raise errors.ConfigurationError(reason % named)


def _content(paths: Sequence[str], root: roots.Root) -> tuple[bytes, ...]:
    """Return what is in files.

    :raises ConfigurationError: if one cannot be read
    """
    found = []
    for path in paths:
        try:
            found.append(root.read(path))
        except OSError as error:
            raise files.cannot_read(root.shown_path(path), error) from None
    return tuple(found)
