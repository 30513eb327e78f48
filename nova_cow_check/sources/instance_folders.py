# SPDX-License-Identifier: Apache-2.0

"""One guest, read: its directory, disk.info, disks and backing files."""

from __future__ import annotations

import os
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.guests import disk_records
from nova_cow_check.guests import headers
from nova_cow_check.guests import inventory
from nova_cow_check.sources import strict_folder

_DISK_INFO = 'disk.info'


class Read(NamedTuple):
    """A guest, and what could not be read of it."""

    guest: inventory.Guest
    not_read: tuple[inventory.NotRead, ...] = ()


class Cache:
    """The backing files of a host, each of which is looked at once.

    :param folder: their directory, None where it could not be opened
    :param is_there: whether there is such a directory
    :param name: what it is called
    """

    def __init__(
        self,
        folder: strict_folder.Folder | None,
        is_there: bool,
        name: str = inventory.CACHE,
    ) -> None:
        self.name = name
        self._folder = folder
        self._is_there = is_there
        self._seen: dict[str, inventory.Backing] = {}

    def look_up(self, name: str) -> inventory.Backing:
        """Return what has a name there, the name in place of its path."""
        if name not in self._seen:
            self._seen[name] = self._look(name)
        return self._seen[name]

    def _look(self, name: str) -> inventory.Backing:
        states = inventory.BackingState
        if self._folder is None:
            missing = not self._is_there
            state = states.MISSING if missing else states.NOT_READ
            return inventory.Backing(name, state)
        try:
            start = self._folder.start(name, headers.PROBED, headers.wanted)
        except errors.ConfigurationError:
            return inventory.Backing(name, states.NOT_READ)
        if start is None:
            return inventory.Backing(name, states.MISSING)
        header = headers.parse(start.data)
        is_overlay = header.backing is not None or header.is_data_elsewhere
        state = states.OVERLAY if is_overlay else states.THERE
        return inventory.Backing(name, state, format=header.format)


class Reader:
    """Reads the guests of one directory.

    :param folder: the directory of all instances
    :param instances_path: what Nova calls it, in front of each path that it
        writes down
    :param names: what is in it
    :param cache: the backing files in it
    """

    def __init__(
        self,
        folder: strict_folder.Folder,
        instances_path: str,
        names: frozenset[str],
        cache: Cache,
    ) -> None:
        self._folder = folder
        self._instances_path = instances_path
        self._cache_path = os.path.join(instances_path, cache.name)
        self._names = names
        self._cache = cache

    def read(
        self,
        uuid: str,
        domain: inventory.Domain | None,
        has_domain: bool | None,
    ) -> Read:
        """Read a guest.

        :param domain: what libvirt says of it
        :param has_domain: None where that is not known
        """
        guest = inventory.Guest(
            uuid,
            (),
            inventory.Records(inventory.RecordState.ABSENT),
            has_domain,
            is_sent=uuid + inventory.SENT_SUFFIX in self._names,
            has_directory=uuid in self._names,
        )
        if not guest.has_directory:
            return Read(guest)
        try:
            with self._folder.folder(uuid) as folder:
                return self._read(guest, folder, domain)
        except errors.ConfigurationError as error:
            records = inventory.Records(inventory.RecordState.NOT_READ)
            unread = guest._replace(records=records)
            return Read(unread, (_not_read(error, self._folder.path),))

    def _read(
        self,
        guest: inventory.Guest,
        folder: strict_folder.Folder,
        domain: inventory.Domain | None,
    ) -> Read:
        not_read: list[inventory.NotRead] = []
        names = folder.names()
        records = self._records(folder, names, not_read)
        by_name = domain.own_disks if domain else {}
        flavor = domain.flavor if domain else None
        # Nova looks there, whatever path the XML has.
        place = os.path.join(self._instances_path, guest.uuid)
        recorded = dict(records.entries)
        found = []
        for name in dict.fromkeys([*names, *by_name]):
            if inventory.kind_of(name) is None:
                continue
            xml = by_name.get(name)
            found.append(
                inventory.GuestDisk(
                    name,
                    *self._look(name, folder, not_read),
                    recorded=recorded.get(f'{place}/{name}'),
                    xml=xml.format if xml else None,
                    flavor_size=inventory.flavor_size(flavor, name),
                )
            )
        guest = guest._replace(
            disks=tuple(found),
            records=records,
            rescue_recorded=recorded.get(f'{place}/disk.rescue'),
        )
        return Read(guest, tuple(not_read))

    def _records(
        self,
        folder: strict_folder.Folder,
        names: list[str],
        not_read: list[inventory.NotRead],
    ) -> inventory.Records:
        states = inventory.RecordState
        if _DISK_INFO not in names:
            return inventory.Records(states.ABSENT)
        try:
            data = folder.read(_DISK_INFO, disk_records.LARGEST)
        except errors.ConfigurationError as error:
            not_read.append(_not_read(error, folder.path))
            return inventory.Records(states.NOT_READ)
        if data is None:
            return inventory.Records(states.ABSENT)
        return disk_records.parse(data)

    def _look(
        self,
        name: str,
        folder: strict_folder.Folder,
        not_read: list[inventory.NotRead],
    ) -> tuple[int | None, inventory.Header | None, inventory.Backing | None]:
        """Return the size of a disk, its header and its backing file."""
        try:
            start = folder.start(name, headers.PROBED, headers.wanted)
        except errors.ConfigurationError as error:
            not_read.append(_not_read(error, folder.path))
            return None, None, None
        if start is None:
            # It was there when the directory was listed, or the XML has it.
            path = f'{folder.path}/{name}'
            not_read.append(inventory.NotRead(path, _('it is not there')))
            return None, None, None
        header = headers.parse(start.data)
        return start.size, header, self._backing(header)

    def _backing(self, header: inventory.Header) -> inventory.Backing | None:
        """Look for a backing file, where Nova would have made it alone."""
        if header.backing is None:
            return None
        told = inventory.format_of(header.backing_format)
        above, _slash, name = header.backing.rpartition('/')
        if above != self._cache_path or name in ('', '.', '..'):
            state = inventory.BackingState.ELSEWHERE
            return inventory.Backing(header.backing, state, told)
        found = self._cache.look_up(name)
        return inventory.Backing(
            header.backing, found.state, told, found.format
        )


def without_directory(uuid: str, instances_path: str) -> Read:
    """Return a guest whose disks should be where no directory is.

    :param instances_path: as it is told
    """
    records = inventory.Records(inventory.RecordState.NOT_READ)
    path = f'{instances_path}/{uuid}'
    unread = inventory.NotRead(path, _('it is not there'))
    return Read(inventory.Guest(uuid, (), records), (unread,))


def _not_read(
    error: errors.ConfigurationError, path: str
) -> inventory.NotRead:
    return inventory.NotRead(error.path or path, error.reason)
