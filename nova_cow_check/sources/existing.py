# SPDX-License-Identifier: Apache-2.0

"""All guests of a host, read: instances_path, and libvirt's domains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import contextlib
import functools
import os
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.guests import domain_xml
from nova_cow_check.guests import inventory
from nova_cow_check.guests import mounts
from nova_cow_check.sources import deadlines
from nova_cow_check.sources import instance_folders
from nova_cow_check.sources import roots
from nova_cow_check.sources import strict_folder

#: Where libvirt keeps the domains of its driver for QEMU.
DOMAINS = '/etc/libvirt/qemu'

_OWN_MOUNTS = '/proc/self/mountinfo'


class Place(NamedTuple):
    """A directory, and the root that it is in."""

    path: str
    root: roots.Root
    #: What Nova calls it, '' where that is its path.
    name: str = ''


class _Domains(NamedTuple):
    """What libvirt knows."""

    by_uuid: Mapping[str, inventory.Domain]
    not_read: tuple[inventory.NotRead, ...]
    #: Whether there can be no others.
    is_complete: bool
    #: What kept the directory from being read to its end.
    unread: inventory.NotRead | None


class _Listing(NamedTuple):
    """What is in instances_path."""

    names: tuple[str, ...]
    file_system: str


def read(
    instances: Place,
    domains: Place,
    patience: float = deadlines.PATIENCE,
    cache: str = inventory.CACHE,
) -> inventory.Inventory:
    """Read all guests of a host.

    What cannot be read is among what is returned.

    :param patience: seconds in which each guest has to be read
    :param cache: the name of the image cache in instances_path
    """
    known = _domains(domains, patience)
    empty = inventory.Inventory(
        instances.name or instances.path,
        domains.path,
        domains=tuple(sorted(known.by_uuid)),
        not_read=known.not_read,
        cache=cache,
        domains_unread=known.unread,
    )
    work = deadlines.within(
        patience, functools.partial(_instances, instances, known, cache)
    )
    listing = _Listing((), '')
    is_listed = False
    found: list[instance_folders.Read] = []
    for result in work.results:
        if isinstance(result, _Listing):
            listing, is_listed = result, True
        else:
            found.append(result)
    failed: list[inventory.NotRead] = []
    if work.error:
        path = work.error.path or instances.path
        failed = _missing(path, listing, len(found), work.error.reason)
    return empty._replace(
        file_system=listing.file_system or None,
        directories=tuple(filter(inventory.is_uuid, listing.names)),
        guests=tuple(one.guest for one in found),
        not_read=(
            *known.not_read,
            *_others_domains(known, listing, empty),
            *(lost for one in found for lost in one.not_read),
            *failed,
        ),
        instances_unread=None if is_listed else failed[0],
    )


def _others_domains(
    known: _Domains, listing: _Listing, found: inventory.Inventory
) -> Iterator[inventory.NotRead]:
    """Yield why it is not known which guests libvirt runs here."""
    if _are_others_domains(known, listing):
        reason = _('libvirt knows none of the guests of %s')
        path = found.instances_path
        yield inventory.NotRead(found.domains_path, reason % path)


def _are_others_domains(known: _Domains, listing: _Listing) -> bool:
    """Return whether the domains may be those of another libvirt.

    Such as the host's own, beside the one in a container. On shared storage,
    a host without guests is to be expected.
    """
    if known.by_uuid or not known.is_complete:
        return False
    is_shared = mounts.is_of_a_server(listing.file_system)
    return not is_shared and any(map(inventory.is_uuid, listing.names))


def _missing(
    path: str, listing: _Listing, done: int, reason: str
) -> list[inventory.NotRead]:
    """Return what was not come to, the first of which does not answer."""
    names = _uuids(listing.names)[done:]
    if not names:
        return [inventory.NotRead(path, reason)]
    first, *others = names
    after = _('not looked at, since %s does not answer') % first
    return [
        inventory.NotRead(f'{path}/{first}', reason),
        *(inventory.NotRead(f'{path}/{one}', after) for one in others),
    ]


def _uuids(names: tuple[str, ...]) -> list[str]:
    """Return the guests that have a directory, or had one."""
    suffix = inventory.SENT_SUFFIX
    found = (
        name[: -len(suffix)] if name.endswith(suffix) else name
        for name in names
    )
    return [*dict.fromkeys(filter(inventory.is_uuid, found))]


def _instances(
    instances: Place, known: _Domains, cache_name: str
) -> Iterator[_Listing | instance_folders.Read]:
    """Yield what is in instances_path, then each guest.

    :raises ConfigurationError: if the directory cannot be read
    """
    path = (instances.name or instances.path).rstrip('/') or '/'
    with strict_folder.opened(instances.path, instances.root) as folder:
        listing = _Listing(
            tuple(folder.names()), _file_system(folder, instances)
        )
        yield listing
        is_complete = known.is_complete
        if _are_others_domains(known, listing):
            is_complete = False
        names = frozenset(listing.names)
        is_there = cache_name in names
        with contextlib.ExitStack() as stack:
            cached = None
            with contextlib.suppress(errors.ConfigurationError):
                cached = stack.enter_context(folder.folder(cache_name))
            cache = instance_folders.Cache(cached, is_there, cache_name)
            reader = instance_folders.Reader(folder, path, names, cache)
            for uuid in _uuids(listing.names):
                domain = known.by_uuid.get(uuid)
                has_domain = domain is not None
                yield reader.read(
                    uuid,
                    domain,
                    has_domain if has_domain or is_complete else None,
                )
    # As where the server is not mounted: a directory that is empty.
    there = {*_uuids(listing.names)}
    for uuid, domain in known.by_uuid.items():
        if uuid not in there and domain.own_disks:
            yield instance_folders.without_directory(uuid, folder.path)


def _file_system(folder: strict_folder.Folder, instances: Place) -> str:
    """Return the server and export, or the device, '' if it is not told."""
    table, place = _OWN_MOUNTS, folder.place
    if not instances.root.is_own:
        # That of a process, which has mounts of its own.
        above = os.path.dirname(instances.root.directory)
        table, place = f'{above}/mountinfo', instances.path
    with contextlib.suppress(OSError, errors.ConfigurationError):
        data = roots.Root().read(table)
        text = data.decode('utf-8', 'surrogateescape')
        return mounts.file_system(text, folder.device, place)
    return ''


def _domains(domains: Place, patience: float) -> _Domains:
    """Read the domains."""
    found: dict[str, inventory.Domain] = {}
    not_read: list[inventory.NotRead] = []
    work = functools.partial(_each_domain, domains)
    done = deadlines.within(patience, work)
    for one in done.results:
        if isinstance(one, inventory.Domain):
            found[one.uuid] = one
        else:
            not_read.append(one)
    unread = None
    if done.error:
        path = done.error.path or domains.path
        unread = inventory.NotRead(path, done.error.reason)
        not_read.append(unread)
    return _Domains(found, tuple(not_read), not not_read, unread)


def _each_domain(
    domains: Place,
) -> Iterator[inventory.Domain | inventory.NotRead]:
    """Yield the domains of instances, and what could not be read.

    :raises ConfigurationError: if the directory cannot be read
    """
    with strict_folder.opened(domains.path, domains.root) as folder:
        for name in folder.names():
            if not name.endswith('.xml'):
                continue
            path = f'{folder.path}/{name}'
            try:
                data = folder.read(name, domain_xml.LARGEST)
                domain = None
                if data is not None:
                    domain = domain_xml.parse(data, path)
            except errors.ConfigurationError as error:
                yield inventory.NotRead(path, error.reason)
                continue
            if domain is not None:
                yield domain
