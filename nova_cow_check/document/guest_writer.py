# SPDX-License-Identifier: Apache-2.0

"""The guests of a host as plain data.

Loaded only where guests were asked for.
"""

from __future__ import annotations

from typing import Any

from nova_cow_check.guests import inventory
from nova_cow_check.guests import prospects
from nova_cow_check.nova import backends
from nova_cow_check.nova import harms
from nova_cow_check import printing
from nova_cow_check.reports import audit

#: JSON's own types.
Data = dict[str, Any]

#: What JSON calls the formats of disks that exist; of all others, OTHER.
FORMATS = {
    'raw': backends.DiskFormat.RAW,
    'qcow2': backends.DiskFormat.QCOW2,
    'other': backends.DiskFormat.OTHER,
}

OUTCOMES: dict[str, harms.Outcome | None] = {
    **{one.name.lower(): one for one in harms.Outcome},
    prospects.UNKNOWN: None,
}

HOWS = {
    one.name.lower().replace('_', '-'): one
    for one in harms.How
    if one not in harms.OF_LIVE_MIGRATIONS
}

BACKING_STATES = {one.value: one for one in inventory.BackingState}

#: What is told of each disk, in this order.
OPERATIONS = ('restart', 'move', 'snapshot')

_FORMAT_WORDS = {member: word for word, member in FORMATS.items()}
_OUTCOME_WORDS = {member: word for word, member in OUTCOMES.items()}
_HOW_WORDS = {member: word for word, member in HOWS.items()}


def of(guests: audit.Guests, found: list[Data]) -> Data | None:
    """Return the object of a host's guests, None if none was looked at.

    :param found: the findings about them, as they are written elsewhere
    """
    if isinstance(guests, audit.NotLooked):
        return None
    system = guests.file_system
    return {
        'instances_path': printing.printable(guests.instances_path),
        'domains_path': printing.printable(guests.domains_path),
        'file_system': None if system is None else printing.printable(system),
        'looked_at': guests.looked_at,
        'directories': list(guests.directories),
        'domains': list(guests.domains),
        'not_read': [
            {
                'path': printing.printable(one.path),
                'reason': printing.printable(one.reason),
            }
            for one in guests.not_read
        ],
        'findings': found,
        'guests': [
            {'uuid': guest.uuid, 'disks': list(map(_disk, guest.disks))}
            for guest in guests.guests
        ],
    }


def _disk(disk: audit.Disk) -> Data:
    backing = disk.backing
    told = zip(OPERATIONS, (disk.restart, disk.move, disk.snapshot))
    return {
        'name': disk.name,
        'format': _format(disk.format),
        'recorded': _format(disk.recorded),
        'xml': _format(disk.xml),
        'backing': backing
        and {'name': backing.name, 'state': backing.state.value},
        'size_is_flavors': disk.size_is_flavors,
        **{
            name: value
            for operation, one in told
            for name, value in _told(operation, one).items()
        },
    }


def _format(one: backends.DiskFormat | None) -> str | None:
    return None if one is None else _FORMAT_WORDS.get(one, 'other')


def _told(operation: str, told: audit.Told) -> Data:
    return {
        operation: _OUTCOME_WORDS[told.outcome],
        f'{operation}_how': told.how and _HOW_WORDS[told.how],
        f'{operation}_possible': _OUTCOME_WORDS[told.possible],
    }
