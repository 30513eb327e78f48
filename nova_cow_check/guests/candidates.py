# SPDX-License-Identifier: Apache-2.0

"""What a disk can be, as the model of Nova's operations has it.

Where it is not certain what a disk is, from which image it was made, or what
is believed of it, it can be several things.
"""

from __future__ import annotations

from collections.abc import Iterator
import itertools
from typing import NamedTuple

from nova_cow_check.guests import inventory
from nova_cow_check.guests import signs
from nova_cow_check.nova import backends
from nova_cow_check.nova import operations

_RAW, _QCOW2 = backends.DiskFormat.RAW, backends.DiskFormat.QCOW2
_OTHER = backends.DiskFormat.OTHER
_STATES = inventory.BackingState


class Shape(NamedTuple):
    """What counts of a disk: most guests of a host have the same few."""

    kind: inventory.Kind
    #: All that it can be, the likeliest first.
    signs: tuple[signs.Sign, ...]
    #: What its first bytes say, None where they were not read.
    format: backends.DiskFormat | None
    is_valid: bool
    #: Whether Nova can fail on the size that the first bytes tell.
    has_odd_size: bool
    #: State of the backing file, its format as told and as it is.
    backing: (
        tuple[
            inventory.BackingState,
            backends.DiskFormat | None,
            backends.DiskFormat | None,
        ]
        | None
    )
    recorded: str | None
    xml: str | None
    records: inventory.RecordState


def shape_of(
    disk: inventory.GuestDisk,
    reading: signs.Reading,
    records: inventory.RecordState,
) -> Shape:
    """Return what counts of a disk."""
    backing = disk.backing
    return Shape(
        disk.kind,
        reading.possible,
        disk.format,
        disk.header is not None and disk.header.is_valid,
        _has_odd_size(disk, reading),
        backing and (backing.state, backing.told, backing.format),
        disk.recorded,
        disk.xml,
        records,
    )


def _has_odd_size(disk: inventory.GuestDisk, reading: signs.Reading) -> bool:
    """Return whether Nova can fail on a guest's header when it moves a disk.

    It asks qemu-img for the size without a format, and makes larger what
    seems too small. Source: nova/virt/disk/api.py, can_resize_image; it
    depends on the size of the image whether that is done.
    """
    header = disk.header
    if header is None or header.format is _RAW:
        return False
    is_qcow2 = header.is_valid and header.format is _QCOW2
    is_written = signs.Sign.WRITTEN in reading.possible
    return not is_qcow2 or (is_written and not signs.size_is_flavors(disk))


def files(shape: Shape) -> Iterator[operations.DiskFile]:
    """Yield all that a disk can be, the likeliest first; nothing if unread."""
    is_recorded_known = shape.records is not inventory.RecordState.NOT_READ
    recorded = (
        (inventory.format_of(shape.recorded),)
        if is_recorded_known
        else (_RAW, _QCOW2, None)
    )
    xml = inventory.format_of(shape.xml)
    for sign, kind, entry, told in itertools.product(
        shape.signs,
        _kinds(shape),
        recorded,
        (_RAW, _QCOW2) if xml is None else (xml,),
    ):
        for file in _made(shape, sign, kind):
            yield file._replace(recorded=entry, xml=told)


def _kinds(shape: Shape) -> tuple[operations.Disk, ...]:
    """Return what a disk can have been made from."""
    if shape.kind is inventory.Kind.SWAP:
        return (operations.Disk.SWAP,)
    if shape.kind is not inventory.Kind.ROOT:
        return (operations.Disk.EPHEMERAL,)
    from_qcow2 = operations.Disk.ROOT_FROM_QCOW2_IMAGE
    if shape.backing and shape.backing[1] is _QCOW2:
        return (from_qcow2,)
    return (operations.Disk.ROOT_FROM_RAW_IMAGE, from_qcow2)


def _bases(
    state: inventory.BackingState,
    told: backends.DiskFormat | None,
    found: backends.DiskFormat | None,
) -> tuple[backends.DiskFormat | None, ...]:
    """Return what can be in the place of the backing file."""
    if state is _STATES.MISSING:
        return (None,)
    if found is not None and (found is not _OTHER or found is told):
        return (found,)
    # It could not be read, or is raw and begins like something else.
    return (_RAW, _QCOW2)


def _made(
    shape: Shape, sign: signs.Sign, kind: operations.Disk
) -> Iterator[operations.DiskFile]:
    """Yield a disk as the model has it; nothing where nothing was read."""
    looks = shape.format
    if looks is None:
        return
    raw = operations.DiskFile(kind, _RAW, _RAW, None, None, None)
    if sign is signs.Sign.RAW:
        yield raw
    elif sign is signs.Sign.WRITTEN:
        # What QEMU cannot open is not believed either.
        if shape.is_valid:
            yield raw._replace(looks=looks)
        if not shape.is_valid or looks is _OTHER:
            yield raw
    elif not shape.is_valid:
        # qemu-img fails on it, and Nova then takes it for raw.
        yield raw._replace(format=_OTHER, looks=_RAW)
    elif sign is signs.Sign.FOREIGN:
        yield raw._replace(format=looks, looks=looks)
    elif sign is signs.Sign.NESTED:
        yield raw._replace(format=_QCOW2, is_nested=True)
    elif shape.backing is None:
        yield raw._replace(format=looks)
    else:
        for base in _bases(*shape.backing):
            # Where the header does not say, QEMU finds out.
            told = shape.backing[1] or base or _RAW
            yield raw._replace(format=_QCOW2, backing=told, base=base)
