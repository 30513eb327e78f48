# SPDX-License-Identifier: Apache-2.0

"""What has become of a guest's disks, seen without asking `operations`."""

from __future__ import annotations

import subprocess

from nova_cow_check.nova import backends
from nova_cow_check.nova import operations
from tests.nova import cases
from tests.nova import guests
from tests.nova import qemu_tools

_DATA_DISKS = {
    'disk.eph0': operations.Disk.EPHEMERAL,
    'disk.swap': operations.Disk.SWAP,
}
#: Enough to see IMAGE_REST.
_SIZE = 2 * guests.IMAGE_REST_AT
#: (part of QEMU's message when it refuses to open a disk, harm).
_REFUSALS = (
    ('No such file or directory', operations.Harm.MISSING_BACKING_FILE),
    ('Could not open backing file', operations.Harm.UNREADABLE_BACKING_FILE),
    ('Image is not in qcow2 format', operations.Harm.DOES_NOT_START),
)
_SWAP_MAGIC = b'SWAPSPACE2'
_SWAP_MAGIC_AT = 4096 - len(_SWAP_MAGIC)
_EXT4_MAGIC = b'\x53\xef'
_EXT4_MAGIC_AT = 1024 + 56


def disk_of(name: str, image: backends.DiskFormat) -> operations.Disk:
    """Return which disk has a file name, of a guest made from an image."""
    if name != 'disk':
        return _DATA_DISKS[name]
    if image is cases.RAW:
        return operations.Disk.ROOT_FROM_RAW_IMAGE
    return operations.Disk.ROOT_FROM_QCOW2_IMAGE


def look_at(guest: guests.Guest, name: str) -> operations.Harm:
    """Have QEMU open a disk as the XML says, and see what it shows."""
    harms = operations.Harm
    disk = disk_of(name, guest.image)
    path, xml = guest.folder / name, guest.xml_formats()[name]
    try:
        seen = qemu_tools.guest_reads(path, xml, _SIZE)
    except subprocess.CalledProcessError as refusal:
        return next(h for text, h in _REFUSALS if text in refusal.stdout)
    if _has_its_data(disk, seen):
        if disk is operations.Disk.SWAP:
            return harms.FINE
        recorded = guest.recorded_format(name)
        stale = recorded != qemu_tools.format_of(path)
        return harms.STALE_DISK_INFO if stale else harms.FINE
    if _has(seen, guests.MARK_AT, guests.MARK):
        return harms.WRONG_DATA
    assert _has(seen, 0, qemu_tools.QCOW2_MAGIC)
    return harms.UNREADABLE if name in _DATA_DISKS else harms.NEVER_BOOTS


def _has_its_data(disk: operations.Disk, seen: bytes) -> bool:
    if disk is operations.Disk.SWAP:
        return _has(seen, _SWAP_MAGIC_AT, _SWAP_MAGIC)
    if disk is operations.Disk.EPHEMERAL:
        magic = _has(seen, _EXT4_MAGIC_AT, _EXT4_MAGIC)
        return magic and _has(seen, guests.MARK_AT, guests.MARK)
    return (
        _has(seen, 0, guests.IMAGE_START)
        and _has(seen, guests.MARK_AT, guests.MARK)
        and _has(seen, guests.IMAGE_REST_AT, guests.IMAGE_REST)
    )


def _has(seen: bytes, offset: int, data: bytes) -> bool:
    return seen[offset : offset + len(data)] == data
