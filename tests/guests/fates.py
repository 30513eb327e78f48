# SPDX-License-Identifier: Apache-2.0

"""What becomes of a guest: told from settings alone, and seen."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import NamedTuple

from nova_cow_check.nova import operations
from tests.guests import cloud
from tests.guests import compute
from tests.nova import cases

Harm, How = operations.Harm, operations.How

#: The disks of a guest, as the model has them.
Files = Mapping[cloud.Disk, operations.DiskFile]

_OF_DATA = {
    cloud.Disk.EPHEMERAL: operations.Disk.EPHEMERAL,
    cloud.Disk.SWAP: operations.Disk.SWAP,
}

#: What becomes of a disk of the size that it had.
_OF_SAME_SIZE = {Harm.CANNOT_GROW: Harm.STALE_DISK_INFO}

#: What becomes of a root disk that is made larger: Nova's
#: nova.virt.disk.api.extend finds another format than it is told, or a
#: backing file that QEMU cannot read.
_OF_LARGER = dict.fromkeys(
    (
        Harm.CANNOT_GROW,
        Harm.DOES_NOT_START,
        Harm.UNREADABLE_BACKING_FILE,
    ),
    Harm.MOVE_FAILS,
)

#: What keeps a guest from starting, the first first.
_REFUSALS = (How.MOVE_FAILS, How.NOVA_REFUSES, How.LIBVIRT_REFUSES)


class Fate(NamedTuple):
    """What somebody sees who looks for a guest."""

    #: Of the guest as a whole, None if it boots.
    how: How | None
    #: Of each disk, if it boots; None for one that is fine.
    disks: Mapping[cloud.Disk, How | None]


def told(files: Files, is_larger: bool = False) -> Fate:
    """Return what will be seen of a guest that starts with disks as they are.

    It has prepared nothing: what could be a header of its own is none.

    :param is_larger: whether the root disk is made larger before
    """
    hows = _hows(files, is_larger)
    for how in _REFUSALS:
        if how in hows.values():
            return Fate(how, {})
    if hows[cloud.Disk.ROOT] is How.NEVER_BOOTS:
        return Fate(How.NEVER_BOOTS, {})
    return Fate(None, hows)


def cells(files: Files, is_larger: bool = False) -> frozenset[Hashable]:
    """Return the disks of the model that a guest's fate tells of.

    The guest that boots tells of all. One that does not tells of the disk
    that keeps it from that, if it is one alone.
    """
    fate = told(files, is_larger)
    if fate.how is None:
        return frozenset(files.values())
    hows = _hows(files, is_larger)
    culprits = [files[disk] for disk in files if hows[disk] is fate.how]
    return frozenset(culprits if len(culprits) == 1 else [])


def _hows(files: Files, is_larger: bool) -> dict[cloud.Disk, How | None]:
    hows = {}
    for disk, file in files.items():
        harm = operations.harm_of(file._replace(header_is_guests=False))
        is_grown = is_larger and disk is cloud.Disk.ROOT
        hows[disk] = (
            (_OF_LARGER if is_grown else _OF_SAME_SIZE).get(harm, harm).how
        )
    return hows


def sound(flavor: cloud.Flavor) -> Fate:
    """Return what is seen of a guest that is as it was."""
    return Fate(None, dict.fromkeys(flavor.disks))


def kind_of(disk: cloud.Disk, image: str) -> operations.Disk:
    """Return what the model calls a disk of a guest made from an image."""
    if disk is not cloud.Disk.ROOT:
        return _OF_DATA[disk]
    if image == cases.RAW.value:
        return operations.Disk.ROOT_FROM_RAW_IMAGE
    return operations.Disk.ROOT_FROM_QCOW2_IMAGE


def see(
    guest: cloud.Guest,
    operate: Callable[[], object],
    before: Mapping[cloud.Disk, int] | None = None,
) -> Fate:
    """Do something with a guest that ends with its start, and look at it.

    A guest that boots must count on: on every disk but a swap disk that is
    made anew, it finds what it has written there before.

    :param before: its `counts`, if it could not be asked now
    """
    before = before or counts(guest)
    try:
        operate()
    except compute.Refused as refusal:
        assert not guest.is_active
        is_libvirts = refusal.kind == 'libvirtError'
        return Fate(How.LIBVIRT_REFUSES if is_libvirts else How.MOVE_FAILS, {})
    # Nova knows of nothing, whatever the guest meets.
    assert guest.is_active
    words = guest.words()
    if words is None:
        return Fate(How.NEVER_BOOTS, {})
    return Fate(
        None,
        {
            disk: seen(disk, read, before[disk])
            for disk, read in words.disks.items()
        },
    )


def counts(guest: cloud.Guest) -> dict[cloud.Disk, int]:
    """Return how often a guest has booted with each of its disks."""
    words = guest.words()
    assert words is not None
    return {disk: read.count for disk, read in words.disks.items()}


def seen(disk: cloud.Disk, read: cloud.Read, before: int) -> How | None:
    """Return what a guest that boots meets on a disk, None if it is fine.

    :param before: how often it had booted with it
    """
    if read.first.startswith(cloud.QCOW2):
        return How.LACKS_A_DISK
    if disk is cloud.Disk.SWAP:
        assert read.swap == cloud.SWAP
        return None
    assert read.count == before + 1
    if disk is cloud.Disk.ROOT and read.text != cloud.TEXT:
        return How.WRONG_DATA
    return None
