# SPDX-License-Identifier: Apache-2.0

"""The findings about guests: what is wrong, what comes of it, what to do.

A finding is about one guest, and those of its disks that are alike. Its
places are these disks, as Nova names them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
import functools

from nova_cow_check._i18n import _
from nova_cow_check.guests import conditions
from nova_cow_check.guests import inventory
from nova_cow_check.guests import prospects
from nova_cow_check.guests import repairs
from nova_cow_check.nova import backends
from nova_cow_check.nova import harms
from nova_cow_check.rules import extras
from nova_cow_check.rules import findings
from nova_cow_check.rules import guest_steps
from nova_cow_check.settings import parsing

_C = conditions.Condition
_How, _Outcome = harms.How, harms.Outcome
_OPENS_FILES = harms.Harm.READS_HOST_FILES

_SEVERITIES = {
    conditions.Grade.NOW: findings.Severity.FAILURE,
    conditions.Grade.LATER: findings.Severity.WARNING,
    conditions.Grade.LEFTOVER: findings.Severity.NOTE,
}

#: Conditions whose sentence tells already what comes of them, or of which
#: nothing does where the guest stays.
_TOLD = frozenset(
    {
        _C.BREAKS_AT_MOVE,
        _C.MOVE_UNCONFIRMED,
        _C.NOT_READ,
        _C.HEADER_WRITTEN,
        _C.WITHOUT_DOMAIN,
    }
)


def of_guest(
    ahead: prospects.GuestProspects,
    host: backends.Behaviour,
    place: repairs.Place,
) -> tuple[findings.Finding, ...]:
    """Return the findings about a guest, the worst first; no waiver is asked.

    :param host: what Nova goes by on the host now
    :param place: where the guest was found, as Nova names it
    """
    return tuple(
        _finding(trouble, ahead, host, place)
        for trouble in conditions.of_guest(ahead)
    )


def _finding(
    trouble: conditions.Trouble,
    ahead: prospects.GuestProspects,
    host: backends.Behaviour,
    place: repairs.Place,
) -> findings.Finding:
    guest = ahead.guest
    folder = place.folder(guest.uuid)
    paths = [f'{folder}/{name}' for name in trouble.disks] or [folder]
    return findings.Finding(
        trouble.condition.value,
        _SEVERITIES[trouble.grade],
        tuple(
            parsing.Origin(parsing.OriginKind.FILE, path, 0) for path in paths
        ),
        explanation(trouble, ahead),
        findings.Replacement(),
        is_unsafe=trouble.is_unsafe,
        guest=extras.Concerned(
            guest.uuid,
            trouble.disks,
            guest_steps.of(trouble, ahead, host, place),
        ),
    )


def explanation(
    trouble: conditions.Trouble, ahead: prospects.GuestProspects
) -> str:
    """Return what is wrong with a guest, and what comes of it."""
    words = {
        'guest': ahead.guest.uuid,
        'disks': ', '.join(trouble.disks),
    }
    sentences = [_what(trouble, ahead.guest) % words]
    its = [one for one in ahead.disks if one.disk.name in trouble.disks]
    if trouble.condition is _C.BREAKS_AT_MOVE:
        sentences.append(_at_move(one.move for one in its))
    elif its and not (trouble.condition in _TOLD or _is_of_a_rescue(trouble)):
        sentences += _at_restart([one.restart for one in its])
    return ' '.join(sentences)


def _is_of_a_rescue(trouble: conditions.Trouble) -> bool:
    """Return whether it is about the entry that a rescue leaves behind.

    The disk can be there meanwhile; a restart does not go by it.
    """
    is_wrong = trouble.condition is _C.INFO_WRONG
    return is_wrong and trouble.disks == ('disk.rescue',)


def _what(trouble: conditions.Trouble, guest: inventory.Guest) -> str:
    """Return what is wrong, with the names of what it is about."""
    condition = trouble.condition
    if _is_of_a_rescue(trouble):
        return _(
            'Guest %(guest)s, %(disks)s: disk.info still has the format of '
            'the disk of an earlier rescue, which is not the one that this '
            'host would make now: a second rescue does not start, or the '
            'rescue disk cannot be used.'
        )
    if condition is _C.NOT_READ and trouble.disks:
        return _(
            'Guest %(guest)s, %(disks)s: the disk or its backing file could '
            'not be read, so that nobody knows what happens to the guest.'
        )
    if not trouble.is_certain and condition in _possible():
        return _possible()[condition]
    if condition is _C.MOVE_UNCONFIRMED and not guest.has_directory:
        return _(
            'Guest %(guest)s has been moved away from here, and the move '
            'waits for confirm or revert: the directory with the name of the '
            'guest and _resize has its disks as they were before.'
        )
    return _certain()[condition]


@functools.cache
def _certain() -> Mapping[conditions.Condition, str]:
    return {
        **_of_records(),
        **_of_headers(),
        **_of_formats(),
        **_of_guests(),
    }


def _of_records() -> Mapping[conditions.Condition, str]:
    return {
        _C.INFO_UNUSABLE: _(
            'Guest %(guest)s: Nova cannot read its disk.info, which is no '
            'JSON object: it refuses a hard reboot, a start, a move and a '
            'snapshot of the guest.'
        ),
        _C.INFO_WRONG: _(
            'Guest %(guest)s, %(disks)s: disk.info records another format '
            'than the disk has. Hosts with the flat backend go by it.'
        ),
        _C.INFO_MISSING: _(
            'Guest %(guest)s, %(disks)s: disk.info has no entry for the disk '
            'under the path that Nova looks for.'
        ),
    }


def _of_headers() -> Mapping[conditions.Condition, str]:
    return {
        _C.HEADER_BELIEVED: _(
            'Guest %(guest)s, %(disks)s: the guest has written the header of '
            'a disk image to its raw disk, and QEMU or Nova believes it, now '
            'or at the next restart or snapshot.'
        ),
        _C.HEADER_WRITTEN: _(
            'Guest %(guest)s, %(disks)s: the guest has written the header of '
            'a disk image to its raw disk, and nothing believes it. It can '
            'be an attack, or a guest that keeps an image or an encrypted '
            'volume in its disk.'
        ),
        _C.FOREIGN: _(
            'Guest %(guest)s, %(disks)s: the header refers to a file outside '
            'the image cache, to an external data file, or to a backing file '
            'that has one itself. No Nova has made it so.'
        ),
    }


def _of_formats() -> Mapping[conditions.Condition, str]:
    return {
        _C.CONVERTED: _(
            'Guest %(guest)s, %(disks)s: a move has converted the raw disk '
            'to qcow2, and disk.info still says raw (Launchpad bug 2038898). '
            'The data is intact in it.'
        ),
        _C.OPENED_AS_QCOW2: _(
            'Guest %(guest)s, %(disks)s: the disk is raw, and the XML of the '
            'guest says another format.'
        ),
        _C.BACKING_MISSING: _(
            'Guest %(guest)s, %(disks)s: the backing file of the disk is not '
            'in the image cache. The start of the host makes none.'
        ),
        _C.BACKING_WRONG: _(
            'Guest %(guest)s, %(disks)s: the backing file of the disk has '
            'another format than the disk says.'
        ),
        _C.BACKEND_CHANGED: _(
            'Guest %(guest)s, %(disks)s: the disk is sound, but was made by '
            'another image backend than this host has now.'
        ),
        _C.BREAKS_AT_MOVE: _(
            'Guest %(guest)s, %(disks)s: the disk is sound, and is not after '
            'a resize or cold migration with settings as those of this host.'
        ),
    }


def _of_guests() -> Mapping[conditions.Condition, str]:
    return {
        _C.MOVE_UNCONFIRMED: _(
            'Guest %(guest)s: beside its directory is one with _resize '
            'behind its name. A move waits for confirm or revert, or is '
            'under way, or has left it behind.'
        ),
        _C.NOT_READ: _(
            'Guest %(guest)s: not all of it could be read, so that nobody '
            'knows what happens to it.'
        ),
        _C.WITHOUT_DOMAIN: _(
            'Guest %(guest)s has a directory here and no domain: another '
            'host runs it from shared storage, libvirt has refused to start '
            'it (ERROR), or it is left over.'
        ),
    }


@functools.cache
def _possible() -> Mapping[conditions.Condition, str]:
    return {
        _C.HEADER_BELIEVED: _(
            'Guest %(guest)s, %(disks)s: it is possible that the guest has '
            'written the header of this disk itself, and that it is believed. '
            'Neither disk.info nor the size of the file tells.'
        ),
        _C.CONVERTED: _(
            'Guest %(guest)s, %(disks)s: it is possible that a move has '
            'converted the raw disk to qcow2 (Launchpad bug 2038898). The '
            'header could be made by the guest, too, or be around qcow2 '
            'inside qcow2.'
        ),
        _C.BACKEND_CHANGED: _(
            'Guest %(guest)s, %(disks)s: the header of the disk is damaged, '
            'so that QEMU does not open it, with any image backend.'
        ),
        _C.INFO_MISSING: _(
            'Guest %(guest)s, %(disks)s: disk.info has no entry for the '
            'disk under the path that Nova looks for, so that Nova guesses '
            'its format at the next restart. What the guest has written to '
            'it by then is believed.'
        ),
    }


def _at_restart(told: Sequence[prospects.Prospect]) -> list[str]:
    """Return what the next restart does to the worst of some disks."""
    worst = max(told, key=lambda one: (one.outcome or 0, one.possible.outcome))
    if worst.harm is None:
        is_unsafe = worst.possible.outcome is _Outcome.UNSAFE
        return [
            _(
                'After its next restart, it is possible that the guest reads '
                'or changes files of the host, or reads wrong data.'
            )
            if is_unsafe
            else _(
                'It is possible that the guest does not come back from its '
                'next restart.'
            )
        ]
    if worst.how is None:
        return []
    sentences = [_restarted()[worst.how]]
    if any(one.possible is _OPENS_FILES for one in told) and (
        worst.harm is not _OPENS_FILES
    ):
        sentences.append(
            _(
                'If it writes a qcow2 header to the disk before that, it '
                'reads or changes files of the host.'
            )
        )
    return sentences


@functools.cache
def _restarted() -> Mapping[harms.How, str]:
    return {
        _How.NOVA_REFUSES: _(
            'At the next restart, Nova refuses to start the guest.'
        ),
        _How.LIBVIRT_REFUSES: _(
            'At the next restart, libvirt refuses to start the guest (ERROR).'
        ),
        _How.NEVER_BOOTS: _(
            'At the next restart, the guest never boots, while Nova '
            'reports it ACTIVE.'
        ),
        _How.LACKS_A_DISK: _(
            'At the next restart, the guest boots and cannot use the disk.'
        ),
        _How.WRONG_DATA: _('At the next restart, the guest reads wrong data.'),
        _How.HOST_FILES: _(
            'At the next restart, the guest reads or changes files of '
            'the host, or libvirt refuses to start it (ERROR).'
        ),
    }


def _at_move(told: Iterable[prospects.Prospect]) -> str:
    """Return what a move does to the worst of some disks."""
    worst = max(told, key=lambda one: one.outcome or 0)
    assert worst.how is not None
    return _moved()[worst.how]


@functools.cache
def _moved() -> Mapping[harms.How, str]:
    return {
        _How.NOVA_REFUSES: _('Nova refuses to move it.'),
        _How.MOVE_FAILS: _('The move fails, and the instance is in ERROR.'),
        _How.LIBVIRT_REFUSES: _('libvirt refuses to start the guest (ERROR).'),
        _How.NEVER_BOOTS: _(
            'The guest never boots, while Nova reports it ACTIVE.'
        ),
        _How.LACKS_A_DISK: _('The guest boots and cannot use the disk.'),
        _How.WRONG_DATA: _('The guest reads wrong data.'),
        _How.DATA_LOST: _('The guest gets a new disk, and its data is lost.'),
        _How.HOST_FILES: _(
            'The guest reads or changes files of the host, or libvirt '
            'refuses to start it (ERROR).'
        ),
    }
