# SPDX-License-Identifier: Apache-2.0

"""What Nova makes of the disks of an instance: the one model of this package.

An operation takes a disk and the settings of a host, and gives a disk: `new`,
`moved`, `restarted`, `live_migrated`. A judgement looks at a disk, and says
what harm is done to it: `harm_of`. What is said of two hosts, `between`, and
of one, `arrivals`, is put together from these.

As in Nova, nobody here looks into a file to see what it is: the XML and
disk.info are believed, and the settings of the host do the rest. tests/nova
compares all of it with Nova, and tests/guests with guests that boot. Paths are
those of Nova 34.0.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
import enum
import functools
import types
from typing import Final, NamedTuple

from nova_cow_check.nova import backends
from nova_cow_check.nova import harms

_B = backends.Backend
_RAW, _QCOW2 = backends.DiskFormat.RAW, backends.DiskFormat.QCOW2

#: The backends whose disks are files that may be qcow2 or raw.
FILE_BACKENDS = frozenset({_B.FLAT, _B.QCOW2})


class Disk(enum.Enum):
    """A disk of an instance, in the words that people read."""

    ROOT_FROM_RAW_IMAGE = 'root disk from a raw image'
    ROOT_FROM_QCOW2_IMAGE = 'root disk from a qcow2 image'
    EPHEMERAL = 'ephemeral disk'
    SWAP = 'swap disk'


#: Root disks, whatever they are made from.
ROOTS = frozenset({Disk.ROOT_FROM_RAW_IMAGE, Disk.ROOT_FROM_QCOW2_IMAGE})


Outcome = harms.Outcome
How = harms.How
Harm = harms.Harm


class DiskFile(NamedTuple):
    """A disk that is a file on a host, and what is believed about it."""

    disk: Disk
    format: backends.DiskFormat
    #: What the guest's XML says.
    xml: backends.DiskFormat
    #: What disk.info says; it comes along with a move, and is not corrected.
    #: None without an entry, which the next backend then makes.
    recorded: backends.DiskFormat | None
    #: What the disk says about its backing file, None without one.
    backing: backends.DiskFormat | None
    #: What the host has in that place, None where it has nothing.
    base: backends.DiskFormat | None
    #: Whether the guest could write the bytes that tell the format.
    header_is_guests: bool = False
    #: Whether what the guest sees is itself a qcow2 file.
    is_nested: bool = False
    #: What qemu-img takes it for, where that is not its format: the guest
    #: has written a header.
    looks: backends.DiskFormat | None = None


class Passage(NamedTuple):
    """What becomes of one disk of an instance that is moved."""

    disk: Disk
    harm: Harm


class Arrival(NamedTuple):
    """What becomes of the disks that come to a host in one format."""

    arriving: backends.DiskFormat
    #: The root disk afterwards.
    root: DiskFile
    #: Of the root disk, an ephemeral disk and the swap disk, in this order.
    passages: tuple[Passage, ...]

    @property
    def effect(self) -> Harm:
        """What becomes of the root disk, if nothing makes it larger."""
        harm = self.passages[0].harm
        return Harm.STALE_DISK_INFO if harm is Harm.CANNOT_GROW else harm


class _Kind:
    """How Nova treats one of the disks of an instance.

    :param image: format of what the disk is made from
    :param is_fetched: whether that is an image of Glance; if not, Nova
        generates it
    :param is_copied: whether a move copies the disk; if not, the destination
        makes a new one. Source: nova/virt/libvirt/driver.py,
        migrate_disk_and_power_off.
    """

    def __init__(
        self, image: backends.DiskFormat, is_fetched: bool, is_copied: bool
    ) -> None:
        self.image: Final = image
        self.is_fetched: Final = is_fetched
        self.is_copied: Final = is_copied


_KINDS: Mapping[Disk, _Kind] = types.MappingProxyType(
    {
        # disk: made from, fetched, copied
        Disk.ROOT_FROM_RAW_IMAGE: _Kind(_RAW, True, True),
        Disk.ROOT_FROM_QCOW2_IMAGE: _Kind(_QCOW2, True, True),
        Disk.EPHEMERAL: _Kind(_RAW, False, True),
        Disk.SWAP: _Kind(_RAW, False, False),
    }
)

#: (backend of the source, of the destination) -> harm to the root disk, to
#: an ephemeral disk, where one of them keeps no qcow2 or raw files.
#: Sources: nova/virt/libvirt/driver.py,
#: _get_instance_disk_info_from_config (only files are copied),
#: _create_image (a disk that is not where the backend looks is made anew)
#: and _create_and_inject_local_root (a snapshot of the rbd image of the root
#: disk, which fails where there is none).
_ACROSS: Mapping[tuple[_B, _B], tuple[Harm, Harm]] = types.MappingProxyType(
    {
        (_B.QCOW2, _B.RBD): (Harm.MOVE_FAILS, Harm.DATA_LOST),
        (_B.QCOW2, _B.LVM): (Harm.DATA_LOST, Harm.DATA_LOST),
        (_B.QCOW2, _B.PLOOP): (Harm.DOES_NOT_START, Harm.DOES_NOT_START),
        (_B.FLAT, _B.RBD): (Harm.MOVE_FAILS, Harm.DATA_LOST),
        (_B.FLAT, _B.LVM): (Harm.DATA_LOST, Harm.DATA_LOST),
        (_B.FLAT, _B.PLOOP): (Harm.DOES_NOT_START, Harm.DOES_NOT_START),
        (_B.RBD, _B.QCOW2): (Harm.DATA_LOST, Harm.DATA_LOST),
        (_B.RBD, _B.FLAT): (Harm.DATA_LOST, Harm.DATA_LOST),
        (_B.RBD, _B.RBD): (Harm.FINE, Harm.FINE),
        (_B.RBD, _B.LVM): (Harm.DATA_LOST, Harm.DATA_LOST),
        (_B.RBD, _B.PLOOP): (Harm.DATA_LOST, Harm.DATA_LOST),
        (_B.PLOOP, _B.QCOW2): (Harm.DOES_NOT_START, Harm.DOES_NOT_START),
        (_B.PLOOP, _B.FLAT): (Harm.DOES_NOT_START, Harm.DOES_NOT_START),
        (_B.PLOOP, _B.RBD): (Harm.MOVE_FAILS, Harm.DATA_LOST),
        (_B.PLOOP, _B.LVM): (Harm.DATA_LOST, Harm.DATA_LOST),
        (_B.PLOOP, _B.PLOOP): (Harm.FINE, Harm.FINE),
    }
)


def new(disk: Disk, host: backends.Behaviour) -> DiskFile:
    """Return a disk of a new instance.

    :param host: one with a backend of FILE_BACKENDS
    """
    made = backends.NEW_DISKS[
        host.backend, host.force_raw_images, _KINDS[disk].image
    ]
    return DiskFile(
        disk=disk,
        format=made.disk,
        xml=made.xml,
        recorded=made.disk,
        backing=made.backing,
        base=made.backing,
    )


def moved(
    file: DiskFile, destination: backends.Behaviour, is_shared: bool = False
) -> DiskFile:
    """Return what a disk is after a resize or cold migration.

    images_type decides the XML, and use_cow_images alone the conversion:
    bug 2038898.

    :param destination: a host with a backend of FILE_BACKENDS
    :param is_shared: whether the two hosts share instances_path, and with it
        the backing files

    Source: nova/virt/libvirt/driver.py, finish_migration, which first makes
    what is not there, and then converts what the source's XML calls raw.
    """
    is_copied = _KINDS[file.disk].is_copied
    arrived = file if is_copied else new(file.disk, destination)
    recorded = _recorded(file.recorded, arrived, destination)
    converted = file.xml is _RAW and destination.use_cow_images
    is_qcow2 = destination.backend is _B.QCOW2
    return DiskFile(
        disk=file.disk,
        format=_QCOW2 if converted else arrived.format,
        xml=_QCOW2 if is_qcow2 else recorded,
        recorded=recorded,
        backing=None if converted else arrived.backing,
        base=arrived.base
        if is_shared
        else _base(_KINDS[file.disk], destination),
        header_is_guests=_is_header_guests(file)
        and is_copied
        and not converted,
        is_nested=arrived.is_nested
        or (converted and arrived.format is _QCOW2),
        looks=None if converted else arrived.looks,
    )


def restarted(file: DiskFile, host: backends.Behaviour) -> DiskFile:
    """Return what a disk is when a guest was stopped and started on a host.

    The XML is made anew from the settings that nova-compute has now: with
    the flat backend it says what disk.info says, with the qcow2 backend it
    says qcow2. Hard reboots, power_on and the start of the host do that.

    :param host: one with a backend of FILE_BACKENDS

    Sources: nova/virt/libvirt/driver.py, _hard_reboot;
    nova/virt/libvirt/imagebackend.py, Image.resolve_driver_format and Qcow2.
    """
    recorded = _recorded(file.recorded, file, host)
    is_qcow2 = host.backend is _B.QCOW2
    return file._replace(
        xml=_QCOW2 if is_qcow2 else recorded,
        recorded=recorded,
        header_is_guests=_is_header_guests(file),
    )


def live_migrated(
    file: DiskFile, destination: backends.Behaviour
) -> DiskFile | None:
    """Return what a disk is after a live block migration.

    The XML stays, and QEMU copies what the guest sees. A disk with a backing
    file is made by the destination's backend, any other one as the XML says.

    :param destination: a host with a backend of FILE_BACKENDS
    :returns: None where QEMU refuses it, since what was made has another
        format than the XML says, and the guest stays where it is

    Source: nova/virt/libvirt/driver.py, pre_live_migration and
    _create_images_and_backing.
    """
    backing = file.backing
    if backing is not None:
        image = _KINDS[file.disk].image
        made = backends.NEW_DISKS[
            destination.backend, destination.force_raw_images, image
        ]
        if made.disk is not file.xml:
            return None
        backing = made.backing
    return file._replace(
        recorded=file.xml,
        backing=backing,
        base=backing,
        header_is_guests=_is_header_guests(file),
    )


def _recorded(
    recorded: backends.DiskFormat | None,
    there: DiskFile,
    host: backends.Behaviour,
) -> backends.DiskFormat:
    """Return what disk.info says from now on.

    :param there: the disk that is there when Nova looks

    Source: nova/virt/libvirt/imagebackend.py, Image.resolve_driver_format.
    """
    if recorded is not None:
        return recorded
    if host.backend is _B.QCOW2:
        return _QCOW2
    return there.looks or there.format


def _is_header_guests(file: DiskFile) -> bool:
    """Return whether the guest could write the bytes that tell the format."""
    return file.header_is_guests or file.xml is _RAW


def harm_of(file: DiskFile) -> Harm:
    """Return what a guest meets that starts with a disk as it is."""
    if file.xml is not _RAW:
        if file.header_is_guests:
            return Harm.READS_HOST_FILES
        if file.format is not file.xml:
            return Harm.DOES_NOT_START
    if file.is_nested or file.xml is not file.format:
        return Harm.NEVER_BOOTS if file.disk in ROOTS else Harm.UNREADABLE
    if file.backing is not None and file.base is not file.backing:
        if file.base is None:
            return Harm.MISSING_BACKING_FILE
        is_raw = file.base is _RAW
        return Harm.UNREADABLE_BACKING_FILE if is_raw else Harm.WRONG_DATA
    if file.recorded is file.format or not _KINDS[file.disk].is_copied:
        return Harm.FINE
    # It was raw when it came to a host with the qcow2 backend. There
    # nova/virt/disk/api.py, extend, takes it for qcow2 before it is; a swap
    # disk is made anew, and an ephemeral disk keeps its size.
    return Harm.CANNOT_GROW if file.disk in ROOTS else Harm.STALE_DISK_INFO


@functools.lru_cache(maxsize=4096)
def between(
    *hosts: backends.Behaviour, is_shared: bool = False
) -> tuple[Passage, ...]:
    """Return the worst that resizes or cold migrations do to each disk.

    :param hosts: that which the instance was booted on, then those that it
        is moved to in turn, at least one
    :param is_shared: whether they share instances_path

    Where that depends on more than the hosts, this is the worst of it: the
    backing file is not at the destination yet, unless they share it, a resize
    makes the root disk larger, and Nova is of a release that fails then. rbd
    means the same pool of the same cluster.

    Nova formats the backing file of an ephemeral disk anew on each host with
    the qcow2 backend. That is left aside, because no setting changes it.
    """
    first, *others = hosts
    found = []
    for disk in Disk:
        harms_met = [
            _worst_harm(disk, (maker, *others), is_shared)
            for maker in (makers(*hosts) if is_shared else (first,))
        ]
        found.append(
            Passage(disk, max(harms_met, key=lambda harm: harm.outcome))
        )
    return tuple(found)


def makers(*hosts: backends.Behaviour) -> tuple[backends.Behaviour, ...]:
    """Return what the first host can be, as regards its new disks.

    Hosts that share instances_path share the cache of images, in which an
    image has the format of the host that was the first to fetch it.
    """
    first = hosts[0]
    if first.backend not in FILE_BACKENDS:
        return (first,)
    forces = dict.fromkeys(one.force_raw_images for one in hosts)
    return tuple(first._replace(force_raw_images=one) for one in forces)


@functools.cache
def arrivals(destination: backends.Behaviour) -> tuple[Arrival, ...]:
    """Return what becomes of raw and of qcow2 disks that come to a host.

    That is what can be told of a resize or cold migration where one host is
    known. They come from hosts with its force_raw_images. There are none for
    a backend that keeps no such files: it never converts disks of its own,
    and no root disk that is a file survives the way there.
    """
    if destination.backend not in FILE_BACKENDS:
        return ()
    found = []
    for backend in (_B.FLAT, _B.QCOW2):
        source = destination._replace(backend=backend)
        # A root disk of this format fares the same from whatever image.
        root = new(Disk.ROOT_FROM_RAW_IMAGE, source)
        passages = tuple(
            passage
            for passage in between(source, destination)
            if passage.disk is not Disk.ROOT_FROM_QCOW2_IMAGE
        )
        after = moved(root, destination)
        found.append(Arrival(root.format, after, passages))
    return tuple(found)


@functools.cache
def safe_use_cow_images(backend: backends.Backend) -> bool | None:
    """Return the use_cow_images that does the least harm to arriving disks.

    None if it does nothing with this backend.
    """

    def outcomes(use_cow_images: bool) -> list[Outcome]:
        host = backends.Behaviour(backend, use_cow_images, True)
        passages = [p for one in arrivals(host) for p in one.passages]
        return sorted((p.harm.outcome for p in passages), reverse=True)

    if backend not in FILE_BACKENDS:
        return None
    return min((True, False), key=outcomes)


def worst(passages: Iterable[Passage]) -> Outcome:
    """Return the worst outcome, fine if there are none."""
    return max((p.harm.outcome for p in passages), default=Outcome.FINE)


def _worst_harm(
    disk: Disk, hosts: tuple[backends.Behaviour, ...], is_shared: bool
) -> Harm:
    file = _new(disk, hosts[0])
    result = Harm.FINE
    for source, destination in zip(hosts, hosts[1:]):
        if file and destination.backend in FILE_BACKENDS:
            file = moved(file, destination, is_shared)
            harm = harm_of(file)
        else:
            harm = _harm_across(disk, file, source, destination)
            file = _new(disk, destination)
        if harm.outcome >= result.outcome:
            result = harm
    return result


def _new(disk: Disk, host: backends.Behaviour) -> DiskFile | None:
    return new(disk, host) if host.backend in FILE_BACKENDS else None


def _base(kind: _Kind, host: backends.Behaviour) -> backends.DiskFormat | None:
    """Return the backing file that a move to a host without it makes there.

    Source: nova/virt/libvirt/imagebackend.py, Flat.create_image, which
    fetches an image into the cache, but generates nothing there.
    """
    if host.backend is _B.FLAT and not kind.is_fetched:
        return None
    return backends.NEW_DISKS[
        _B.QCOW2, host.force_raw_images, kind.image
    ].backing


def _harm_across(
    disk: Disk,
    file: DiskFile | None,
    source: backends.Behaviour,
    destination: backends.Behaviour,
) -> Harm:
    if source.is_refused or destination.is_refused:
        return Harm.NOVA_COMPUTE_STOPPED
    if source.backend in backends.REFUSING_MOVES:
        return Harm.REFUSED
    if disk is not Disk.SWAP:
        root, ephemeral = _ACROSS[source.backend, destination.backend]
        return root if disk in ROOTS else ephemeral
    if file and file.xml is _RAW and destination.use_cow_images:
        # finish_migration converts a file that was not copied.
        is_ploop = destination.backend is _B.PLOOP
        return Harm.DOES_NOT_START if is_ploop else Harm.MOVE_FAILS
    return Harm.FINE
