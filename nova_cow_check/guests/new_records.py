# SPDX-License-Identifier: Apache-2.0

"""disk.info, written anew: what Nova would have recorded of each disk."""

from __future__ import annotations

from collections.abc import Mapping
import json

from nova_cow_check.guests import inventory
from nova_cow_check.guests import prospects
from nova_cow_check.guests import signs

_Sign = signs.Sign
_STATES = inventory.RecordState


def of(
    ahead: prospects.GuestProspects,
    names: tuple[str, ...],
    made_qcow2: frozenset[str] = frozenset(),
) -> Mapping[str, str] | None:
    """Return the format to record of each disk, by its name.

    A disk of a rescue gets no entry, since the next one is made anew. One
    that is not known for certain, or may be an attack, keeps the entry that
    it has: what is recorded is believed.

    :param names: the disks whose entries are to be right; none for all
    :param made_qcow2: raw disks that have been converted by then
    :returns: None where one of those is not known
    """
    if ahead.guest.records.state is _STATES.NOT_READ:
        return None
    found = {}
    for one in ahead.disks:
        name = one.disk.name
        if one.disk.kind is inventory.Kind.RESCUE:
            continue
        told = 'qcow2' if name in made_qcow2 else _format_of(one)
        if told is None:
            if not names or name in names:
                return None
            told = one.disk.recorded
        if told is not None:
            found[name] = told
    return found


def text(records: Mapping[str, str], folder: str) -> str:
    """Return the content of a disk.info, without its line break.

    :param folder: the directory of the guest, as Nova names it: it stands in
        front of each name

    Source: nova/virt/libvirt/imagebackend.py, Image.resolve_driver_format.
    """
    return json.dumps(
        {f'{folder}/{name}': one for name, one in records.items()}
    )


def _format_of(one: prospects.DiskProspects) -> str | None:
    disk, reading = one.disk, one.reading
    header = disk.header
    if not reading.is_certain or header is None:
        return None
    if reading.sign is _Sign.RAW:
        # A qcow2 disk whose first bytes are gone is as large as no flavor.
        was_qcow2 = disk.recorded not in (None, 'raw')
        is_lost = was_qcow2 and not signs.has_flavors_size(disk)
        return None if is_lost else 'raw'
    if reading.sign is _Sign.WRITTEN:
        return 'raw'
    if reading.sign is _Sign.CONVERTED:
        # Where the XML says raw, it is to be converted back.
        return 'raw' if disk.xml in (None, 'raw') else 'qcow2'
    if reading.sign in (_Sign.OVERLAY, _Sign.ALONE):
        return header.name if header.is_valid else None
    return None
