# SPDX-License-Identifier: Apache-2.0

"""What is wrong with a guest: the named conditions, and how bad they are.

A condition is told of a disk once, by its cause: what follows from it, such
as a move that breaks because the disk is broken already, is not told again.
"""

from __future__ import annotations

from collections.abc import Iterator
import enum
from typing import NamedTuple

from nova_cow_check.guests import inventory
from nova_cow_check.guests import prospects
from nova_cow_check.guests import signs
from nova_cow_check.nova import backends
from nova_cow_check.nova import harms

_RAW, _QCOW2 = backends.DiskFormat.RAW, backends.DiskFormat.QCOW2
_STATES = inventory.BackingState
_UNSAFE, _FINE = harms.Outcome.UNSAFE, harms.Outcome.FINE
_Sign = signs.Sign


class Grade(enum.IntEnum):
    """How bad a condition is, the worst last."""

    #: A leftover: something else would have to be done for it to matter.
    LEFTOVER = 0
    #: A later move breaks, or nobody can tell.
    LATER = 1
    #: Broken or unsafe now, or at the next restart.
    NOW = 2


class Condition(enum.Enum):
    """What a rule about guests is about; the values are names of rules.

    In the order in which they are told of one guest: what is done about the
    first ones has to be done before Nova makes the XML anew.
    """

    INFO_UNUSABLE = 'guest-disk-info-unusable'
    INFO_WRONG = 'guest-disk-info-wrong'
    HEADER_BELIEVED = 'guest-header-believed'
    FOREIGN = 'guest-disk-foreign'
    CONVERTED = 'guest-disk-converted'
    OPENED_AS_QCOW2 = 'guest-disk-opened-as-qcow2'
    BACKING_MISSING = 'guest-backing-file-missing'
    BACKING_WRONG = 'guest-backing-file-wrong'
    BACKEND_CHANGED = 'guest-backend-changed'
    BREAKS_AT_MOVE = 'guest-breaks-at-move'
    MOVE_UNCONFIRMED = 'guest-move-unconfirmed'
    NOT_READ = 'guest-not-read'
    INFO_MISSING = 'guest-disk-info-missing'
    HEADER_WRITTEN = 'guest-header-written'
    WITHOUT_DOMAIN = 'guest-without-domain'


_ORDER = {condition: at for at, condition in enumerate(Condition)}


class Trouble(NamedTuple):
    """A condition that holds for a guest."""

    condition: Condition
    grade: Grade
    #: Names of its disks, none where it is about the guest.
    disks: tuple[str, ...] = ()
    #: False where it is only possible.
    is_certain: bool = True
    #: Whether files of the host can be read, or data be wrong.
    is_unsafe: bool = False


def of_guest(ahead: prospects.GuestProspects) -> tuple[Trouble, ...]:
    """Return what is wrong with a guest; disks that are alike are one."""
    guest = ahead.guest
    if not guest.has_directory or guest.is_sent:
        return (Trouble(Condition.MOVE_UNCONFIRMED, Grade.LATER),)
    if guest.has_domain is False:
        return (Trouble(Condition.WITHOUT_DOMAIN, Grade.LEFTOVER),)
    states = inventory.RecordState
    found: dict[Trouble, list[str]] = {}
    for one in ahead.disks:
        for trouble in _of_disk(one, guest.records.state):
            found.setdefault(trouble, []).append(one.disk.name)
    troubles = [
        trouble._replace(disks=tuple(names))
        for trouble, names in found.items()
    ]
    if guest.records.state is states.NOT_READ:
        troubles.append(_not_read())
    elif guest.records.state is states.UNUSABLE:
        troubles.append(Trouble(Condition.INFO_UNUSABLE, Grade.NOW))
    elif ahead.second_rescue.outcome is not _FINE and not ahead.is_rescue_ours:
        is_certain = ahead.second_rescue.harm is not None
        names = ('disk.rescue',)
        troubles.append(
            Trouble(Condition.INFO_WRONG, Grade.LATER, names, is_certain)
        )
    conditions = {trouble.condition for trouble in troubles}
    if guest.has_domain is None and Condition.NOT_READ not in conditions:
        # What the XML says, and whether it is here at all, is not known.
        troubles.append(_not_read())
    return tuple(
        sorted(troubles, key=lambda one: (-one.grade, _ORDER[one.condition]))
    )


def _not_read() -> Trouble:
    return Trouble(Condition.NOT_READ, Grade.LATER, (), False)


def _of_disk(
    one: prospects.DiskProspects, state: inventory.RecordState
) -> Iterator[Trouble]:
    disk = one.disk
    if one.reading.sign is _Sign.NOT_READ:
        yield _not_read()
        return
    by_cause = _of_header(one, state) or _of_backing(one) or _of_xml(one)
    if by_cause:
        yield by_cause
    can_be_used = state not in (
        inventory.RecordState.NOT_READ,
        inventory.RecordState.UNUSABLE,
    )
    if not can_be_used or disk.kind is inventory.Kind.RESCUE:
        return
    by_record = _of_record(one)
    if by_record and not by_cause:
        yield by_record
    if not by_cause and not by_record:
        yield from _of_what_is_ahead(one)


def _of_header(
    one: prospects.DiskProspects, state: inventory.RecordState
) -> Trouble | None:
    """Return what a header tells that Nova did not make, or not so."""
    disk, reading = one.disk, one.reading
    assert disk.header is not None
    if reading.sign is _Sign.FOREIGN:
        return Trouble(Condition.FOREIGN, Grade.NOW, is_unsafe=True)
    is_xml_raw = disk.xml in (None, 'raw')
    restart = one.restart
    breaks_for_sure = restart.outcome not in (None, _FINE)
    if reading.sign is _Sign.CONVERTED:
        if disk.xml != 'raw' and restart.outcome is _FINE:
            return None
        is_now = reading.is_certain or breaks_for_sure
        return Trouble(
            Condition.CONVERTED,
            Grade.NOW if is_now else Grade.LATER,
            is_certain=reading.is_certain,
        )
    if _Sign.WRITTEN not in reading.possible:
        return None
    is_believed = disk.header.is_valid and not is_xml_raw
    ahead = (one.restart, one.snapshot)
    is_unsafe = is_believed or any(told.outcome is _UNSAFE for told in ahead)
    if reading.is_certain:
        if is_unsafe:
            return Trouble(
                Condition.HEADER_BELIEVED, Grade.NOW, is_unsafe=True
            )
        if one.restart.outcome is _FINE:
            return Trouble(Condition.HEADER_WRITTEN, Grade.LEFTOVER)
        return _of_written(one, state)
    if not breaks_for_sure and any(told.harm is None for told in ahead):
        return Trouble(
            Condition.HEADER_BELIEVED,
            Grade.LATER,
            is_certain=False,
            is_unsafe=True,
        )
    return None


def _of_written(
    one: prospects.DiskProspects, state: inventory.RecordState
) -> Trouble | None:
    """Return what comes of a header of the guest's that may be believed.

    Of VMDK and the like, no more is looked at than Nova goes by.
    """
    restart = one.restart
    if restart.harm is not None or restart.possible.outcome is not _UNSAFE:
        return None
    is_certain = state is not inventory.RecordState.NOT_READ
    return Trouble(
        Condition.HEADER_BELIEVED,
        Grade.NOW if is_certain else Grade.LATER,
        is_certain=is_certain,
        is_unsafe=True,
    )


def _of_backing(one: prospects.DiskProspects) -> Trouble | None:
    """Return what is wrong with a backing file."""
    backing = one.disk.backing
    if backing is None or one.reading.sign is not _Sign.OVERLAY:
        return None
    if backing.state is _STATES.MISSING:
        # The start of the host makes none, whatever a restart does.
        return Trouble(Condition.BACKING_MISSING, Grade.NOW)
    if backing.state is _STATES.NOT_READ:
        # Where it breaks whatever the backing file is, that is told.
        is_open = one.restart.outcome in (None, _FINE)
        return _not_read() if is_open else None
    known = (_RAW, _QCOW2)
    is_wrong = backing.told is not None and backing.told is not backing.format
    if is_wrong and backing.format in known:
        is_unsafe = backing.format is _QCOW2
        return Trouble(Condition.BACKING_WRONG, Grade.NOW, is_unsafe=is_unsafe)
    return None


def _of_xml(one: prospects.DiskProspects) -> Trouble | None:
    """Return whether QEMU is told a format that a raw disk does not have."""
    is_raw = one.reading.sign in (_Sign.RAW, _Sign.WRITTEN)
    if is_raw and one.disk.xml not in (None, 'raw'):
        return Trouble(Condition.OPENED_AS_QCOW2, Grade.NOW)
    return None


def _of_record(one: prospects.DiskProspects) -> Trouble | None:
    """Return what is wrong with a disk's entry in disk.info."""
    disk = one.disk
    if disk.recorded is None:
        if one.restart.outcome is not _FINE:
            # Not because of the entry: with the qcow2 backend, none counts.
            return None
        is_unsafe = one.restart.possible.outcome is _UNSAFE
        grade = Grade.LATER if is_unsafe else Grade.LEFTOVER
        return Trouble(Condition.INFO_MISSING, grade, is_certain=not is_unsafe)
    is_raw = one.reading.sign in (_Sign.RAW, _Sign.WRITTEN)
    its_format = _RAW if is_raw else disk.format
    if inventory.format_of(disk.recorded) is its_format:
        return None
    breaks = one.restart.outcome is not _FINE
    return Trouble(
        Condition.INFO_WRONG, Grade.NOW if breaks else Grade.LEFTOVER
    )


def _is_damaged(one: prospects.DiskProspects) -> bool:
    """Return whether a disk has a header that QEMU does not take."""
    header, sign = one.disk.header, one.reading.sign
    is_raw = sign in (_Sign.RAW, _Sign.WRITTEN)
    return header is not None and not header.is_valid and not is_raw


def _of_what_is_ahead(one: prospects.DiskProspects) -> Iterator[Trouble]:
    """Yield what breaks a disk that is sound, with the settings of now.

    A move that nobody can tell the outcome of is not told: that is so of
    every overlay of a raw image where qcow2 images are kept.
    """
    restart, move = one.restart, one.move
    if restart.outcome is not _FINE:
        yield Trouble(
            Condition.BACKEND_CHANGED,
            Grade.NOW,
            # No backend has made what QEMU cannot open.
            is_certain=not _is_damaged(one),
            is_unsafe=restart.possible.outcome is _UNSAFE,
        )
    elif move.outcome not in (None, _FINE):
        is_unsafe = move.outcome is _UNSAFE
        yield Trouble(
            Condition.BREAKS_AT_MOVE, Grade.LATER, is_unsafe=is_unsafe
        )
