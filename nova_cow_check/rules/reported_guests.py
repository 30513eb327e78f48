# SPDX-License-Identifier: Apache-2.0

"""The findings about the guests of another host, which has told of them.

Who has that host in his hands writes its report. So what people read and
copy is never of the report: it is said anew, in words of this release, and
commands are those that the host itself prints.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import itertools
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check.guests import conditions
from nova_cow_check.guests import inventory
from nova_cow_check.guests import prospects
from nova_cow_check.guests import repairs
from nova_cow_check.guests import signs
from nova_cow_check.nova import harms
from nova_cow_check.rules import extras
from nova_cow_check.rules import findings
from nova_cow_check.rules import guest_findings
from nova_cow_check.rules import guest_steps
from nova_cow_check.rules import rule
from nova_cow_check.settings import parsing

_C = conditions.Condition
_INCIDENTS = (_C.HEADER_BELIEVED, _C.FOREIGN)

#: One of those that cannot be told apart.
_HARMS = {
    (harm.outcome, harm.how): harm for harm in reversed(list(harms.Harm))
}

#: By what is possible; the first one is the likelier.
_POSSIBLE = {
    harms.Outcome.FINE: (harms.Harm.FINE,),
    harms.Outcome.BREAKS: (harms.Harm.DOES_NOT_START,),
    harms.Outcome.UNSAFE: (
        harms.Harm.READS_HOST_FILES,
        harms.Harm.WRONG_DATA,
    ),
}


class Operation(NamedTuple):
    """What a report tells of an operation on a disk."""

    outcome: harms.Outcome | None
    how: harms.How | None
    possible: harms.Outcome

    @property
    def can_be(self) -> bool:
        """Whether its parts fit together."""
        if self.outcome is None:
            return self.how is None
        is_known = (self.outcome, self.how) in _HARMS
        return is_known and self.possible >= self.outcome


class Disk(NamedTuple):
    """What a report tells of a disk."""

    name: str
    restart: Operation
    move: Operation


class Reported(NamedTuple):
    """What a report tells of a finding about a guest."""

    rule: rule.Rule
    severity: findings.Severity
    is_unsafe: bool
    uuid: str
    #: Names of the disks that it is about.
    names: tuple[str, ...]
    #: All disks of the guest.
    disks: Sequence[Disk]
    #: As the host has explained it.
    explanation: str

    @property
    def can_be(self) -> bool:
        """Whether this release could tell it of a guest."""
        condition = _C(self.rule.name)
        its = [disk for disk in self.disks if disk.name in self.names]
        if condition is _C.BREAKS_AT_MOVE:
            return any(disk.move.how is not None for disk in its)
        return all(disk.restart.how not in _NEVER_AT_RESTART for disk in its)


#: A restart makes no new disk, and moves nothing.
_NEVER_AT_RESTART = (harms.How.MOVE_FAILS, harms.How.DATA_LOST)


def finding(told: Reported, place: repairs.Place) -> findings.Finding:
    """Return a finding of another host; no waiver is asked.

    :param told: one that can be
    :param place: where its guests are, as it names that
    """
    folder = place.folder(told.uuid)
    paths = [f'{folder}/{name}' for name in told.names] or [folder]
    trouble, words = _trouble(told)
    return findings.Finding(
        told.rule.name,
        told.severity,
        tuple(
            parsing.Origin(parsing.OriginKind.FILE, path, 0) for path in paths
        ),
        words,
        findings.Replacement(),
        is_unsafe=told.is_unsafe,
        guest=extras.Concerned(told.uuid, told.names, _steps(trouble)),
    )


def _trouble(told: Reported) -> tuple[conditions.Trouble, str]:
    """Return what is wrong, and what to say of it.

    That is what the host said, if this release can say it; if not, since it
    has another release or another language, the likeliest.
    """
    said = list(_sayings(told))
    for trouble, words in said:
        if words == told.explanation:
            return trouble, words
    return said[0]


def _sayings(told: Reported) -> Iterator[tuple[conditions.Trouble, str]]:
    """Yield all that can be said of a guest, the likeliest first."""
    condition = _C(told.rule.name)
    is_doubtful = told.severity is findings.Severity.WARNING
    for is_doubted, is_away, likelihood in itertools.product(
        (is_doubtful, not is_doubtful), (False, True), (0, -1)
    ):
        trouble = conditions.Trouble(
            condition,
            conditions.Grade.NOW,
            told.names,
            not is_doubted,
            told.is_unsafe,
        )
        ahead = _ahead(told, is_away, likelihood)
        yield trouble, guest_findings.explanation(trouble, ahead)


def _ahead(
    told: Reported, is_away: bool, likelihood: int
) -> prospects.GuestProspects:
    """Return what is ahead of a guest, as far as it is told.

    :param likelihood: which of the harms that are possible it is
    """
    unread = inventory.Records(inventory.RecordState.NOT_READ)
    guest = inventory.Guest(told.uuid, (), unread, has_directory=not is_away)
    reading = signs.Reading(signs.Sign.NOT_READ)
    disks = tuple(
        prospects.DiskProspects(
            inventory.GuestDisk(disk.name, None, None),
            reading,
            _prospect(disk.restart, likelihood),
            _prospect(disk.move, likelihood),
            prospects.Prospect(None),
        )
        for disk in told.disks
    )
    return prospects.GuestProspects(guest, disks, prospects.Prospect(None))


def _prospect(told: Operation, likelihood: int) -> prospects.Prospect:
    harm = None
    if told.outcome is not None:
        harm = _HARMS[told.outcome, told.how]
    return prospects.Prospect(harm, _POSSIBLE[told.possible][likelihood])


def _steps(trouble: conditions.Trouble) -> tuple[extras.Step, ...]:
    where = extras.Step(
        _(
            'What to do, and with which commands, nova-cow-check report '
            '--guests tells on that host: the commands in a report of '
            'another host are not believed.'
        )
    )
    if trouble.condition in _INCIDENTS:
        return extras.Step(guest_steps.incident(trouble)), where
    return (where,)
