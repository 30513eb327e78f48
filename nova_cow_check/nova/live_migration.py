# SPDX-License-Identifier: Apache-2.0

"""What becomes of guests that are live migrated from host to host.

A live migration leaves a guest's XML as it is, so that it tells little of
what becomes of the guest. The next stop and start does, for which Nova makes
the XML anew by the settings of the host where the guest is then. An
evacuation on a shared instances_path is such a start, without the migration.
The model of `operations` tells of both; this module puts them together.
tests/nova compares that with Nova, and tests/guests with guests that boot.
Paths are those of Nova 34.0.0.
"""

from __future__ import annotations

from collections.abc import Mapping
import functools
import types
from typing import NamedTuple

from nova_cow_check.nova import backends
from nova_cow_check.nova import harms
from nova_cow_check.nova import operations

_B = backends.Backend
_H = harms.Harm

#: With these, the guest is where it was, and as it was.
_STAYS = frozenset({_H.LIVE_REFUSED, _H.NOVA_COMPUTE_STOPPED})


class LiveMigration(NamedTuple):
    """What becomes of guests that are live migrated to a host."""

    #: The harm to each disk, at the next stop and start there, or that keeps
    #: a guest with such a disk where it is. None if it cannot be told.
    passages: tuple[operations.Passage, ...]

    @property
    def outcome(self) -> harms.Outcome | None:
        """The worst for any guest, None if it cannot be told."""
        if not self.passages:
            return None
        return operations.worst(self.passages)

    @property
    def how(self) -> harms.How | None:
        """When that shows: at once, or later; None if nothing does.

        What harms a guest later is worse than what refuses to move it.
        """
        met = {harm for _disk, harm in self.passages if harm.how is not None}
        if met - _STAYS:
            return harms.How.AT_RESTART
        return harms.How.LIVE_REFUSED if met else None


#: What cannot be told.
_NOT_KNOWN = LiveMigration(())

#: (backend of the source, of the destination) -> harm of a block migration,
#: harm where instances_path is shared, where one of them keeps no qcow2 or
#: raw files, but for lvm as the source. There is nothing about ploop as the
#: source: QEMU does not read such disks, and containers are no guests of its.
#: Sources: nova/virt/libvirt/driver.py, _is_shared_block_storage, which asks
#: for rbd on both hosts or for files in a shared instances_path;
#: _create_images_and_backing, which makes an empty file for a disk without a
#: backing file, and else asks the destination's backend, which makes none;
#: _hard_reboot, which goes by the destination's backend.
_ACROSS: Mapping[tuple[_B, _B], tuple[_H, _H]] = types.MappingProxyType(
    {
        (_B.QCOW2, _B.RBD): (_H.LIVE_REFUSED, _H.START_FAILS),
        (_B.QCOW2, _B.LVM): (_H.LIVE_REFUSED, _H.START_FAILS),
        (_B.QCOW2, _B.PLOOP): (_H.LIVE_REFUSED, _H.START_FAILS),
        (_B.FLAT, _B.RBD): (_H.START_FAILS, _H.START_FAILS),
        (_B.FLAT, _B.LVM): (_H.START_FAILS, _H.START_FAILS),
        (_B.FLAT, _B.PLOOP): (_H.START_FAILS, _H.START_FAILS),
        (_B.RBD, _B.QCOW2): (_H.START_FAILS, _H.START_FAILS),
        (_B.RBD, _B.FLAT): (_H.START_FAILS, _H.START_FAILS),
        (_B.RBD, _B.LVM): (_H.START_FAILS, _H.START_FAILS),
        (_B.RBD, _B.PLOOP): (_H.START_FAILS, _H.START_FAILS),
        (_B.RBD, _B.RBD): (_H.FINE, _H.FINE),
        # QEMU looks for the volume in the destination's own volume group.
        **{
            (_B.LVM, backend): (_H.LIVE_REFUSED, _H.LIVE_REFUSED)
            for backend in _B
        },
    }
)


@functools.lru_cache(maxsize=4096)
def between(
    source: backends.Behaviour,
    destination: backends.Behaviour,
    is_shared: bool = False,
) -> LiveMigration:
    """Return the worst that becomes of guests made on a host.

    :param is_shared: whether the hosts share instances_path; if not, the
        disks are copied, which Nova calls a block migration. rbd means the
        same pool of the same cluster in both cases
    """
    if source.is_refused or destination.is_refused:
        return _all_disks(_H.NOVA_COMPUTE_STOPPED)
    if operations.FILE_BACKENDS.issuperset(
        (source.backend, destination.backend)
    ):
        return LiveMigration(
            tuple(
                operations.Passage(
                    disk, _worst_harm(disk, source, destination, is_shared)
                )
                for disk in operations.Disk
            )
        )
    harm = _ACROSS.get((source.backend, destination.backend))
    return _NOT_KNOWN if harm is None else _all_disks(harm[is_shared])


def _all_disks(harm: harms.Harm) -> LiveMigration:
    return LiveMigration(
        tuple(operations.Passage(disk, harm) for disk in operations.Disk)
    )


def _worst_harm(
    disk: operations.Disk,
    source: backends.Behaviour,
    destination: backends.Behaviour,
    is_shared: bool,
) -> harms.Harm:
    makers = operations.makers(source, destination) if is_shared else (source,)
    found = [
        after(operations.new(disk, maker), destination, is_shared)
        for maker in makers
    ]
    return max(found, key=lambda harm: harm.outcome)


def after(
    file: operations.DiskFile,
    destination: backends.Behaviour,
    is_shared: bool = False,
) -> harms.Harm:
    """Return what a guest meets that is live migrated, then started anew.

    :param destination: a host with a backend of operations.FILE_BACKENDS
    :param is_shared: whether it shares instances_path with the guest's host
    """
    there = _there(file, destination, is_shared)
    if there is None:
        return _H.LIVE_REFUSED
    return operations.harm_of(operations.restarted(there, destination))


def moved_after(
    file: operations.DiskFile,
    destination: backends.Behaviour,
    is_shared: bool = False,
) -> harms.Harm:
    """Return what a guest meets that is live migrated, then resized there.

    :param destination: a host with a backend of operations.FILE_BACKENDS
    :param is_shared: whether it shares instances_path with the guest's host
    """
    there = _there(file, destination, is_shared)
    if there is None:
        return _H.LIVE_REFUSED
    return operations.harm_of(operations.moved(there, destination, is_shared))


def _there(
    file: operations.DiskFile,
    destination: backends.Behaviour,
    is_shared: bool,
) -> operations.DiskFile | None:
    if is_shared:
        return file
    return operations.live_migrated(file, destination)
