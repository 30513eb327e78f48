#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

"""What a resize or cold migration does between hosts that may differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
import enum
import types
from typing import NamedTuple

from nova_cow_check import backends
from nova_cow_check import disk_files


class Disk(enum.Enum):
    """A disk of an instance, in the words that people read."""

    ROOT_FROM_RAW_IMAGE = 'root disk from a raw image'
    ROOT_FROM_QCOW2_IMAGE = 'root disk from a qcow2 image'
    EPHEMERAL = 'ephemeral disk'
    SWAP = 'swap disk'


class Outcome(enum.IntEnum):
    """How bad a move is, the worst last."""

    FINE = 0
    #: The guest does not start or lacks a disk, or the move fails.
    BREAKS = 1
    #: The guest reads files of the host or wrong bytes, or loses its data.
    UNSAFE = 2


class Harm(enum.Enum):
    """What becomes of a disk."""

    FINE = 'fine'
    #: disk.info names a format that the disk no longer has: the next host
    #: with the flat backend will believe it.
    STALE_DISK_INFO = 'stale disk.info'
    #: The same, and a resize that makes the disk larger fails.
    CANNOT_GROW = 'cannot grow'
    #: The XML names a format that the disk does not have.
    DOES_NOT_START = 'does not start'
    #: The guest starts, and finds a qcow2 header where its data was.
    UNREADABLE = 'unreadable'
    MISSING_BACKING_FILE = 'missing backing file'
    #: The backing file is raw, and the disk expects qcow2.
    UNREADABLE_BACKING_FILE = 'unreadable backing file'
    #: Nova refuses to move the instance, which stays as it is.
    REFUSED = 'refused'
    #: The instance ends in the state ERROR.
    MOVE_FAILS = 'move fails'
    #: One of the hosts has settings with which nova-compute does not start.
    NOVA_COMPUTE_STOPPED = 'nova-compute stopped'
    #: The backing file is qcow2, and is read as if it were raw.
    WRONG_DATA = 'wrong data'
    #: The guest owns the bytes that QEMU takes for a qcow2 header.
    READS_HOST_FILES = 'reads host files'
    #: The guest gets a new disk in place of the one that it had.
    DATA_LOST = 'data lost'

    @property
    def outcome(self) -> Outcome:
        """How bad it is."""
        if self in {Harm.FINE, Harm.STALE_DISK_INFO}:
            return Outcome.FINE
        if self in {Harm.WRONG_DATA, Harm.READS_HOST_FILES, Harm.DATA_LOST}:
            return Outcome.UNSAFE
        return Outcome.BREAKS


class Passage(NamedTuple):
    """What becomes of one disk of an instance that is moved."""

    disk: Disk
    harm: Harm


_RAW, _QCOW2 = backends.DiskFormat.RAW, backends.DiskFormat.QCOW2

_ROOTS = frozenset({Disk.ROOT_FROM_RAW_IMAGE, Disk.ROOT_FROM_QCOW2_IMAGE})

_KINDS: Mapping[Disk, disk_files.Kind] = types.MappingProxyType(
    {
        # disk: made from, fetched, copied
        Disk.ROOT_FROM_RAW_IMAGE: disk_files.Kind(_RAW, True, True),
        Disk.ROOT_FROM_QCOW2_IMAGE: disk_files.Kind(_QCOW2, True, True),
        Disk.EPHEMERAL: disk_files.Kind(_RAW, False, True),
        Disk.SWAP: disk_files.Kind(_RAW, False, False),
    }
)

_B = backends.Backend
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


def between(
    source: backends.Behaviour, destination: backends.Behaviour
) -> tuple[Passage, ...]:
    """Return what a resize or cold migration does to each kind of disk.

    :param source: of the host that the instance was booted on
    :param destination: of the host that it is moved to

    Where that depends on more than the two hosts, this is the worst of it:
    the hosts share no instances_path, the backing file is not at the
    destination yet, a resize makes the root disk larger, and Nova is of a
    release that fails then. rbd means the same pool of the same cluster.

    Nova formats the backing file of an ephemeral disk anew on each host with
    the qcow2 backend. That is left aside, because no setting changes it.
    """
    return _journey((source, destination))


def later(
    first: backends.Behaviour,
    second: backends.Behaviour,
    third: backends.Behaviour,
) -> tuple[Passage, ...]:
    """Return the worst that two moves do to each kind of disk.

    :param first: of the host that the instance was booted on
    :param second: of the host that it is moved to from there
    :param third: of the host that it is moved to in the end
    """
    return _journey((first, second, third))


def worst(passages: Iterable[Passage]) -> Outcome:
    """Return the worst outcome, fine if there are none."""
    return max((p.harm.outcome for p in passages), default=Outcome.FINE)


def _journey(hosts: tuple[backends.Behaviour, ...]) -> tuple[Passage, ...]:
    return tuple(Passage(disk, _worst_harm(disk, hosts)) for disk in Disk)


def _worst_harm(disk: Disk, hosts: tuple[backends.Behaviour, ...]) -> Harm:
    file = _new(disk, hosts[0])
    result = Harm.FINE
    for source, destination in zip(hosts, hosts[1:]):
        if file and destination.backend in disk_files.BACKENDS:
            file = disk_files.moved(_KINDS[disk], file, destination)
            harm = _harm_to_file(disk, file)
        else:
            harm = _harm_across(disk, file, source, destination)
            file = _new(disk, destination)
        if harm.outcome >= result.outcome:
            result = harm
    return result


def _new(disk: Disk, host: backends.Behaviour) -> disk_files.DiskFile | None:
    if host.backend not in disk_files.BACKENDS:
        return None
    return disk_files.new(_KINDS[disk], host)


def _harm_to_file(disk: Disk, file: disk_files.DiskFile) -> Harm:
    if file.xml is _QCOW2 and file.header_is_guests:
        return Harm.READS_HOST_FILES
    if file.xml is _QCOW2 and file.format is _RAW:
        return Harm.DOES_NOT_START
    if file.is_nested or file.xml is not file.format:
        return Harm.DOES_NOT_START if disk in _ROOTS else Harm.UNREADABLE
    if file.backing is not None and file.base is not file.backing:
        return _harm_of_backing_file(file)
    if file.recorded is file.format or not _KINDS[disk].is_copied:
        return Harm.FINE
    # It was raw when it came to a host with the qcow2 backend. There
    # nova/virt/disk/api.py, extend, takes it for qcow2 before it is; a swap
    # disk is made anew, and an ephemeral disk keeps its size.
    return Harm.CANNOT_GROW if disk in _ROOTS else Harm.STALE_DISK_INFO


def _harm_of_backing_file(file: disk_files.DiskFile) -> Harm:
    if file.base is None:
        return Harm.MISSING_BACKING_FILE
    if file.base is _RAW:
        return Harm.UNREADABLE_BACKING_FILE
    return Harm.WRONG_DATA


def _harm_across(
    disk: Disk,
    file: disk_files.DiskFile | None,
    source: backends.Behaviour,
    destination: backends.Behaviour,
) -> Harm:
    if not (_starts(source) and _starts(destination)):
        return Harm.NOVA_COMPUTE_STOPPED
    if source.backend in backends.REFUSING_MOVES:
        return Harm.REFUSED
    if disk is not Disk.SWAP:
        root, ephemeral = _ACROSS[source.backend, destination.backend]
        return root if disk in _ROOTS else ephemeral
    if file and file.xml is _RAW and destination.use_cow_images:
        # finish_migration converts a file that was not copied.
        is_ploop = destination.backend is backends.Backend.PLOOP
        return Harm.DOES_NOT_START if is_ploop else Harm.MOVE_FAILS
    return Harm.FINE


def _starts(host: backends.Behaviour) -> bool:
    refused = backends.REFUSED_AT_START
    return (host.backend, host.force_raw_images) not in refused
