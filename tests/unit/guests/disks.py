# SPDX-License-Identifier: Apache-2.0

"""Disks as they are read, and guests that have them."""

from __future__ import annotations

from typing import Any

from nova_cow_check.guests import inventory
from nova_cow_check.nova import backends

RAW, QCOW2, OTHER = (
    backends.DiskFormat.RAW,
    backends.DiskFormat.QCOW2,
    backends.DiskFormat.OTHER,
)
GIB = inventory.GIB
UUID = 'c0ffee00-0000-4000-8000-000000000001'
BASE = '/var/lib/nova/instances/_base/' + '0123456789' * 4

#: Bytes of a file that qemu-img made.
CONVERTED_SIZE = 196_616

NO_HEADER = inventory.Header(RAW)
HEADER = inventory.Header(QCOW2, 'qcow2', True, 3, GIB)
OVERLAY = HEADER._replace(backing=BASE, backing_format='raw')
BACKING = inventory.Backing(BASE, inventory.BackingState.THERE, RAW, RAW)


def raw(**changed: Any) -> inventory.GuestDisk:
    """Return a sound disk of the flat backend."""
    disk = inventory.GuestDisk('disk', GIB, NO_HEADER, None, 'raw', 'raw', GIB)
    return disk._replace(**changed)


def qcow2(**changed: Any) -> inventory.GuestDisk:
    """Return a sound qcow2 disk without a backing file."""
    disk = raw(size=CONVERTED_SIZE, header=HEADER)
    return disk._replace(recorded='qcow2', xml='qcow2')._replace(**changed)


def overlay(**changed: Any) -> inventory.GuestDisk:
    """Return a sound disk of the qcow2 backend."""
    return qcow2(header=OVERLAY, backing=BACKING)._replace(**changed)


def guest(*disks: inventory.GuestDisk, **changed: Any) -> inventory.Guest:
    """Return a guest, with a disk.info that says what its disks say."""
    entries = tuple(
        (f'/var/lib/nova/instances/{UUID}/{disk.name}', disk.recorded)
        for disk in disks
        if disk.recorded is not None
    )
    records = inventory.Records(inventory.RecordState.READ, entries)
    return inventory.Guest(UUID, disks, records)._replace(**changed)
