# SPDX-License-Identifier: Apache-2.0

"""What the next operations do to the disks of a guest, as they are.

Where it is not certain what a disk is, or from which image it was made,
all that it can be is asked about. What they agree on is told; if they do
not, the outcome is unknown, and the worst of it is what is possible.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
import functools
from typing import NamedTuple

from nova_cow_check.guests import candidates
from nova_cow_check.guests import inventory
from nova_cow_check.guests import signs
from nova_cow_check.nova import backends
from nova_cow_check.nova import existing_disks
from nova_cow_check.nova import harms
from nova_cow_check.nova import operations

_RAW, _QCOW2 = backends.DiskFormat.RAW, backends.DiskFormat.QCOW2
_FINE = harms.Harm.FINE

#: What JSON calls an outcome that cannot be told.
UNKNOWN = 'unknown'


class Prospect(NamedTuple):
    """What an operation does to a disk."""

    #: None where it cannot be told.
    harm: harms.Harm | None
    #: The worst that it can be.
    possible: harms.Harm = _FINE

    @property
    def outcome(self) -> harms.Outcome | None:
        """How bad it is, None where it cannot be told."""
        return self.harm.outcome if self.harm else None

    @property
    def word(self) -> str:
        """The outcome as JSON has it."""
        outcome = self.outcome
        return UNKNOWN if outcome is None else outcome.name.lower()

    @property
    def how(self) -> harms.How | None:
        """How it shows, None if it is fine or cannot be told."""
        return self.harm.how if self.harm else None


class DiskProspects(NamedTuple):
    """What is ahead of one disk."""

    disk: inventory.GuestDisk
    reading: signs.Reading
    restart: Prospect
    move: Prospect
    snapshot: Prospect


class GuestProspects(NamedTuple):
    """What is ahead of a guest."""

    guest: inventory.Guest
    disks: tuple[DiskProspects, ...]
    second_rescue: Prospect
    #: Whether a host with these settings makes such rescue disks, so that
    #: nothing is wrong with the entry of one.
    is_rescue_ours: bool = False


#: Of a disk that nobody can tell anything of.
_NOTHING_KNOWN = Prospect(None)

_Judge = Callable[[operations.DiskFile], harms.Harm]


def of_guest(
    guest: inventory.Guest, host: backends.Behaviour
) -> GuestProspects:
    """Return what is ahead of a guest.

    :param host: what Nova goes by on the host now; a move is one to a host
        with the same
    """
    return GuestProspects(
        guest,
        tuple(_of_disk(guest, disk, host) for disk in guest.disks),
        _second_rescue(guest, host),
        _is_rescue_ours(guest, host),
    )


def _of_disk(
    guest: inventory.Guest,
    disk: inventory.GuestDisk,
    host: backends.Behaviour,
) -> DiskProspects:
    reading = signs.read(disk)
    is_rescue = disk.kind is inventory.Kind.RESCUE
    # In the middle of a move, or on another host, nothing is as it will be.
    if guest.is_sent or guest.has_domain is False or is_rescue:
        return DiskProspects(disk, reading, *[_NOTHING_KNOWN] * 3)
    shape = candidates.shape_of(disk, reading, guest.records.state)
    return DiskProspects(disk, reading, *_ahead(shape, host))


@functools.lru_cache(maxsize=1024)
def _ahead(
    shape: candidates.Shape, host: backends.Behaviour
) -> tuple[Prospect, Prospect, Prospect]:
    """Return what a restart, a move and a snapshot do to a disk."""
    is_config = shape.kind is inventory.Kind.CONFIG
    if is_config and host.backend is not backends.Backend.RBD:
        # Nova has the flat backend make it, and never converts it.
        host = backends.Behaviour(backends.Backend.FLAT, False, True)
    if host.backend not in operations.FILE_BACKENDS:
        # Nova looks for the disk elsewhere.
        lost = Prospect(None, harms.Harm.DOES_NOT_START)
        return lost, lost, _NOTHING_KNOWN
    is_root = shape.kind is inventory.Kind.ROOT
    if shape.records is inventory.RecordState.UNUSABLE:
        refused = Prospect(harms.Harm.REFUSED, harms.Harm.REFUSED)
        failed = Prospect(harms.Harm.MOVE_FAILS, harms.Harm.MOVE_FAILS)
        return refused, failed, refused if is_root else Prospect(_FINE)
    files = tuple(candidates.files(shape))
    is_opaque = shape.format is not None and not shape.is_valid
    restart = _judged(
        files, lambda one: existing_disks.restart(one, host, is_opaque)
    )
    move = _judged(files, lambda one: existing_disks.move(one, host))
    if shape.has_odd_size:
        move = _or_fails(move)
    # No other disk is in a snapshot.
    snapshot = Prospect(_FINE)
    if is_root:
        snapshot = _judged(files, existing_disks.snapshot)
    return restart, move, snapshot


def _or_fails(told: Prospect) -> Prospect:
    """Return what is told of a move that can fail besides."""
    failed = harms.Harm.MOVE_FAILS
    if told.harm is failed:
        return told
    is_worse = told.possible.outcome >= failed.outcome
    return Prospect(None, told.possible if is_worse else failed)


def _judged(files: Sequence[operations.DiskFile], judge: _Judge) -> Prospect:
    """Return what is told of a disk that can be any of these."""
    found = list(dict.fromkeys(map(judge, files)))
    if not found:
        return _NOTHING_KNOWN
    # Until then, a guest can write what it likes to its raw disks.
    later = (
        judge(one._replace(looks=_QCOW2))
        for one in files
        if one.format is _RAW and one.xml is _RAW
    )
    worst = max((*found, *later), key=lambda harm: harm.outcome)
    outcomes = {harm.outcome for harm in found}
    # Of a disk that breaks in two ways, the likelier one comes first.
    return Prospect(found[0] if len(outcomes) == 1 else None, worst)


def _second_rescue(
    guest: inventory.Guest, host: backends.Behaviour
) -> Prospect:
    recorded = inventory.format_of(guest.rescue_recorded)
    if guest.is_sent or guest.has_domain is False:
        return _NOTHING_KNOWN
    if recorded is None or host.backend not in operations.FILE_BACKENDS:
        return Prospect(_FINE)
    # What is left in the image cache has been made with either value, unless
    # a disk that is recorded as raw was made of it.
    forced: tuple[bool, ...] = (True, False)
    if recorded is backends.DiskFormat.RAW:
        forced = (host.force_raw_images,)
    found = [
        existing_disks.second_rescue(
            recorded, disk, host._replace(force_raw_images=value)
        )
        for disk in sorted(operations.ROOTS, key=lambda one: one.value)
        for value in forced
    ]
    worst = max(found, key=lambda harm: harm.outcome)
    is_certain = len({harm.outcome for harm in found}) == 1
    return Prospect(worst if is_certain else None, worst)


def _is_rescue_ours(guest: inventory.Guest, host: backends.Behaviour) -> bool:
    recorded = inventory.format_of(guest.rescue_recorded)
    if recorded is None or host.backend not in operations.FILE_BACKENDS:
        return recorded is None
    made = {operations.new(disk, host).format for disk in operations.ROOTS}
    return recorded in made
