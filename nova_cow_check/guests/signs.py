# SPDX-License-Identifier: Apache-2.0

"""What a disk is, told by all that was read of it: the table of signs.

A header alone tells nothing, since the guest of a raw disk can write any.
What no guest can change is the size of the file: Nova makes a raw disk as
large as its flavor says, to the byte, and a conversion makes a file of
another size.
"""

from __future__ import annotations

import enum
from typing import NamedTuple

from nova_cow_check.guests import inventory
from nova_cow_check.nova import backends

_RAW, _QCOW2 = backends.DiskFormat.RAW, backends.DiskFormat.QCOW2
_OTHER = backends.DiskFormat.OTHER
_STATES = inventory.BackingState


class Sign(enum.Enum):
    """What a file is, whatever is believed of it."""

    #: There is no header.
    RAW = 'raw'
    #: qcow2, with a backing file in the image cache.
    OVERLAY = 'overlay'
    #: qcow2 or another format, of its own.
    ALONE = 'alone'
    #: A move has made qcow2 of what disk.info calls raw: bug 2038898.
    CONVERTED = 'converted'
    #: qcow2 with another qcow2 file in it, where the disk should be.
    NESTED = 'nested'
    #: A raw disk, in which the guest has written a header.
    WRITTEN = 'written'
    #: It refers to another file, and no Nova made it so.
    FOREIGN = 'foreign'
    #: It could not be looked at.
    NOT_READ = 'not-read'

    # Asked of each disk of a host; that of enum.Enum is made in Python.
    __hash__ = object.__hash__


class Reading(NamedTuple):
    """What a disk is, and whether that is certain."""

    sign: Sign
    is_certain: bool = True
    #: What it could be besides.
    others: tuple[Sign, ...] = ()

    @property
    def possible(self) -> tuple[Sign, ...]:
        """All that it can be, the most likely first."""
        return (self.sign, *self.others)


def read(disk: inventory.GuestDisk) -> Reading:
    """Return what a disk is."""
    header = disk.header
    if header is None:
        return Reading(Sign.NOT_READ, False)
    if header.format is _RAW:
        return Reading(Sign.RAW)
    recorded = inventory.format_of(disk.recorded)
    if recorded is header.format and (
        recorded is _QCOW2 or disk.recorded == header.name
    ):
        return _as_recorded(disk)
    if disk.kind is inventory.Kind.CONFIG:
        # Nova makes them raw, on any backend.
        return Reading(Sign.WRITTEN)
    is_said_to_be_raw = recorded is _RAW or (
        recorded is None and disk.xml == 'raw'
    )
    if has_flavors_size(disk) and is_said_to_be_raw:
        return Reading(Sign.WRITTEN)
    if refers_elsewhere(disk):
        return Reading(Sign.FOREIGN)
    if has_flavors_size(disk):
        # Nova 34 enlarges the file of a root disk that it has copied from a
        # qcow2 image, not what is in it.
        return Reading(Sign.WRITTEN, False, (_made(disk),))
    if header.format is _OTHER:
        return _of_another_format(disk)
    if disk.backing:
        # The names of these files are no secret: a guest can write them.
        return _unless_raw(disk, Sign.OVERLAY)
    return _standalone(disk, recorded)


def _as_recorded(disk: inventory.GuestDisk) -> Reading:
    """Judge a disk that has the format which disk.info records.

    Nova makes no swap or ephemeral disk that is qcow2 and has no backing
    file: only a conversion does, of whatever was there.
    """
    if refers_elsewhere(disk):
        return Reading(Sign.FOREIGN)
    is_root = disk.kind is inventory.Kind.ROOT
    if disk.backing or is_root or size_is_flavors(disk) is not False:
        return Reading(_made(disk))
    return Reading(Sign.ALONE, False, (Sign.NESTED,))


def _made(disk: inventory.GuestDisk) -> Sign:
    return Sign.OVERLAY if disk.backing else Sign.ALONE


def has_flavors_size(disk: inventory.GuestDisk) -> bool:
    """Return whether the file is as large as a raw disk of its flavor."""
    return disk.size is not None and disk.size == disk.flavor_size


def size_is_flavors(disk: inventory.GuestDisk) -> bool | None:
    """Return whether the guest sees as much as its flavor says.

    None where that is not known.
    """
    header = disk.header
    if header is None or disk.flavor_size is None:
        return None
    seen = header.virtual_size if header.format is _QCOW2 else disk.size
    if seen is None or header.format is _OTHER:
        return None
    return seen == disk.flavor_size


def refers_elsewhere(disk: inventory.GuestDisk) -> bool:
    """Return whether the header names what no Nova would have named."""
    header, backing = disk.header, disk.backing
    if header is None:
        return False
    if header.is_data_elsewhere:
        return True
    foreign = (_STATES.ELSEWHERE, _STATES.OVERLAY)
    return backing is not None and backing.state in foreign


def _of_another_format(disk: inventory.GuestDisk) -> Reading:
    """Judge VMDK and the like, without an entry that says so."""
    if disk.recorded is None and disk.xml not in (None, 'raw'):
        # Of an image in that format, with force_raw_images False.
        return Reading(Sign.ALONE, False, (Sign.WRITTEN,))
    return Reading(Sign.WRITTEN, False, (Sign.ALONE,))


def _standalone(
    disk: inventory.GuestDisk, recorded: backends.DiskFormat | None
) -> Reading:
    """Judge qcow2 without a backing file, and without an entry that says so.

    qemu-img makes version 3 of a raw disk, and nothing unusual. What it
    makes of a qcow2 file that it takes for raw is as large as that file.
    """
    header = disk.header
    assert header is not None
    is_converted = recorded is _RAW or (recorded is None and disk.xml == 'raw')
    made = Sign.CONVERTED if is_converted else Sign.ALONE
    is_novas = (
        header.is_valid and header.version == 3 and not header.is_unusual
    )
    if is_converted and not is_novas:
        return Reading(Sign.WRITTEN, False, (made,))
    if not size_is_flavors(disk):
        others = (Sign.NESTED, Sign.WRITTEN)
        return Reading(
            made, False, others if _could_be_raw(disk) else others[:1]
        )
    return _unless_raw(disk, made)


def _unless_raw(disk: inventory.GuestDisk, sign: Sign) -> Reading:
    """Return a sign that is certain if the file can be no raw disk."""
    if _could_be_raw(disk):
        return Reading(sign, False, (Sign.WRITTEN,))
    return Reading(sign)


def _could_be_raw(disk: inventory.GuestDisk) -> bool:
    """Return whether the file could be a raw disk, of another flavor perhaps.

    Sizes are whole GiB, those of swap disks whole MiB. Without a flavor a
    raw disk is as large as its image, which can be anything. And a file
    grows once the header is believed that the guest wrote: what is larger
    than the flavor says proves nothing.
    """
    if disk.size is None or disk.flavor_size is None:
        return True
    is_swap = disk.kind is inventory.Kind.SWAP
    unit = inventory.MIB if is_swap else inventory.GIB
    return disk.size % unit == 0 or disk.size > disk.flavor_size
