# SPDX-License-Identifier: Apache-2.0

"""The guests of a host, judged: a row of its verdict, where it is asked for.

It is the only module of this room that knows of guests, so that nothing of
them is loaded where nobody asks.
"""

from __future__ import annotations

import collections
from collections.abc import Iterable, Iterator, Sequence
import functools
from typing import NamedTuple, Union

from nova_cow_check._i18n import _
from nova_cow_check.guests import inventory
from nova_cow_check.guests import prospects
from nova_cow_check.guests import repairs
from nova_cow_check.guests import signs
from nova_cow_check.nova import backends
from nova_cow_check.nova import harms
from nova_cow_check import printing
from nova_cow_check.reports import verdict
from nova_cow_check.rules import extras
from nova_cow_check.rules import findings
from nova_cow_check.rules import guest_findings
from nova_cow_check.rules import rule

#: Of a list, what people are shown; the rest is counted.
MOST_SHOWN = 20


class Told(NamedTuple):
    """What an operation does to a disk."""

    #: None where it cannot be told.
    outcome: harms.Outcome | None
    #: How it shows, None where it is fine or cannot be told.
    how: harms.How | None
    #: The worst that is possible, be the outcome known or not.
    possible: harms.Outcome = harms.Outcome.FINE


class Backing(NamedTuple):
    """The backing file of a disk."""

    #: Safe to show, and short: a guest can have written it.
    name: str
    state: inventory.BackingState


class Disk(NamedTuple):
    """A disk of a guest, what is said of it, and what is ahead of it."""

    name: str
    #: What the first bytes say, what disk.info, and what the XML.
    format: backends.DiskFormat | None
    recorded: backends.DiskFormat | None
    xml: backends.DiskFormat | None
    backing: Backing | None
    #: None where that is not known.
    size_is_flavors: bool | None
    restart: Told
    move: Told
    snapshot: Told


class Guest(NamedTuple):
    """A guest, and its disks as they were read."""

    uuid: str
    disks: tuple[Disk, ...]


class Audit(NamedTuple):
    """What a look at all guests of a host has found."""

    instances_path: str
    domains_path: str
    #: Server and export, or device; None where the system does not tell.
    file_system: str | None
    #: How many guests; of some, not all could be read.
    looked_at: int
    #: UUIDs.
    directories: tuple[str, ...]
    domains: tuple[str, ...]
    not_read: tuple[inventory.NotRead, ...]
    #: With the waivers that are meant for them.
    findings: tuple[findings.Finding, ...]
    #: Those with a finding.
    guests: tuple[Guest, ...]
    #: Why one of the two directories could not be read at all, '' if both
    #: could: there is no verdict on guests then, whatever was found.
    failed: str = ''


class NotLooked(NamedTuple):
    """Guests that should have been looked at, and why they were not.

    That is no success, unless there are none that the settings matter for.
    """

    #: A whole sentence.
    reason: str
    #: False where no libvirt driver reads the settings.
    applies: bool = True


#: What there is of the guests of a host, where it was asked for.
Guests = Union[Audit, NotLooked]


class Alike(NamedTuple):
    """Findings that differ in nothing but the guest."""

    example: findings.Finding
    #: UUIDs, that of the example first.
    guests: tuple[str, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        """The guests that people are shown."""
        return self.guests[:MOST_SHOWN]

    @property
    def more(self) -> int:
        """How many more there are."""
        return len(self.guests) - len(self.shown)


def shown(
    found: Iterable[findings.Finding],
) -> tuple[findings.Finding, ...]:
    """Return what people are shown of findings, in their order.

    Of guests that are alike there is one, which tells of the others. What
    is no more than another wording of a rule, is counted.
    """
    together = alike(found)
    number = collections.Counter(one.example.rule for one in together)
    told = collections.Counter[str]()
    result = []
    for one in together:
        name = one.example.rule
        if one.example.guest is None:
            result.append(one.example)
            continue
        told[name] += 1
        left_out = number[name] - MOST_SHOWN
        is_last = told[name] == MOST_SHOWN and left_out > 0
        if told[name] <= MOST_SHOWN:
            result.append(_with_others(one, left_out if is_last else 0))
    return tuple(result)


def _with_others(one: Alike, left_out: int) -> findings.Finding:
    """Return a finding that tells of those that it stands for.

    :param left_out: how many findings are not shown behind it
    """
    others, named = one.guests[1:], one.shown[1:]
    sentences = [one.example.explanation]
    if one.more:
        alike = _(
            '%(number)d more guests are alike: %(guests)s, and %(more)d more '
            '(--output json names all of them).'
        )
    elif len(others) > 1:
        alike = _('%(number)d more guests are alike: %(guests)s.')
    else:
        alike = _('One more guest is alike: %(guests)s.')
    if others:
        sentences.append(
            alike
            % {
                'number': len(others),
                'guests': ', '.join(named),
                'more': one.more,
            }
        )
    steps = one.example.guest.steps if one.example.guest else ()
    if others and any(step.commands for step in steps):
        sentences.append(_('What helps one helps each, with its UUID.'))
    if left_out:
        words = _(
            '%d more findings of this rule, of which the disks or the '
            'commands differ, are not shown (--output json has all of them).'
        )
        sentences.append(words % left_out)
    return one.example._replace(explanation=' '.join(sentences))


def alike(found: Iterable[findings.Finding]) -> tuple[Alike, ...]:
    """Return findings about guests, those that are alike as one."""
    together: dict[object, list[findings.Finding]] = {}
    for one in found:
        together.setdefault(_without_guest(one), []).append(one)
    return tuple(
        Alike(several[0], tuple(dict.fromkeys(map(_uuid, several))))
        for several in together.values()
    )


def _uuid(one: findings.Finding) -> str:
    return one.guest.uuid if one.guest else ''


def _without_guest(one: findings.Finding) -> object:
    """Return what is said of a guest, but for its name."""
    guest = one.guest
    if guest is None:
        # About settings: like nothing else.
        return object()
    steps = tuple(
        extras.Step(*(text.replace(guest.uuid, '') for text in step))
        for step in guest.steps
    )
    return one._replace(
        origins=(),
        explanation=one.explanation.replace(guest.uuid, ''),
        guest=guest._replace(uuid='', steps=steps),
    )


def judge(
    found: inventory.Inventory,
    behaviour: backends.Behaviour,
    accepted: Iterable[findings.Waiver] = (),
) -> Audit:
    """Judge all guests of a host, with the settings that it has now.

    :param found: what was read of them
    :param behaviour: what Nova goes by on the host
    :param accepted: the waivers that are meant for the host
    """
    place = repairs.Place(found.instances_path, found.cache)
    all_guests = (*found.guests, *_not_reached(found))
    its_findings: list[findings.Finding] = []
    guests = []
    for guest in all_guests:
        ahead = prospects.of_guest(guest, behaviour)
        its = guest_findings.of_guest(ahead, behaviour, place)
        its_findings += its
        if its:
            guests.append(Guest(guest.uuid, tuple(map(_disk, ahead.disks))))
    return Audit(
        found.instances_path,
        found.domains_path,
        found.file_system,
        len(found.guests),
        found.directories,
        found.domains,
        found.not_read,
        with_waivers(its_findings, accepted),
        tuple(guests),
        _failed(found),
    )


def _not_reached(found: inventory.Inventory) -> Iterator[inventory.Guest]:
    """Yield the guests that nothing was read of: nobody answered."""
    seen = {guest.uuid for guest in found.guests}
    lost = (one.path.rpartition('/')[2] for one in found.not_read)
    named = (*found.directories, *filter(inventory.is_uuid, lost))
    records = inventory.Records(inventory.RecordState.NOT_READ)
    for uuid in dict.fromkeys(named):
        if uuid not in seen:
            yield inventory.Guest(uuid, (), records)


def _disk(ahead: prospects.DiskProspects) -> Disk:
    disk = ahead.disk
    backing = None
    if disk.backing is not None:
        name = printing.value_as_shown(disk.backing.path)
        backing = Backing(name, disk.backing.state)
    return Disk(
        disk.name,
        disk.format,
        inventory.format_of(disk.recorded),
        inventory.format_of(disk.xml),
        backing,
        signs.size_is_flavors(disk),
        *map(_told, (ahead.restart, ahead.move, ahead.snapshot)),
    )


# Most disks of a host have the same few things ahead.
@functools.lru_cache(maxsize=256)
def _told(one: prospects.Prospect) -> Told:
    return Told(one.outcome, one.how, one.possible.outcome)


def _failed(found: inventory.Inventory) -> str:
    sentences = []
    if found.instances_unread is not None:
        reason = _('Guests were not looked at: %s.')
        sentences.append(reason % _place(found.instances_unread))
    if found.domains_unread is not None:
        reason = _(
            'What libvirt knows of guests was not looked at, or not all of '
            'it: %s. --domains names another directory.'
        )
        sentences.append(reason % _place(found.domains_unread))
    return ' '.join(sentences)


def _place(one: inventory.NotRead) -> str:
    return f'{printing.printable(one.path)}: {printing.printable(one.reason)}'


def with_waivers(
    found: Iterable[findings.Finding], accepted: Iterable[findings.Waiver]
) -> tuple[findings.Finding, ...]:
    """Return findings about guests with the waivers that accept them.

    :param accepted: those that are meant for the host
    """
    # Each can name all guests of a cloud.
    by_guest: dict[tuple[str, str], findings.Waiver] = {}
    for waiver in accepted:
        for uuid in waiver.guests:
            held = by_guest.get((waiver.rule, uuid))
            if held is None or (held.is_expired and not waiver.is_expired):
                by_guest[waiver.rule, uuid] = waiver
    return tuple(
        one._replace(waiver=by_guest.get((one.rule, _uuid(one))))
        for one in found
    )


def row(guests: Guests) -> verdict.Row:
    """Return the row of a host's verdict that is about its guests."""
    check = rule.Check.GUESTS
    if isinstance(guests, NotLooked):
        failed = guests.reason if guests.applies else ''
        return verdict.Row(check, (guests.reason,), (), failed=failed)
    facts = (guests.failed,) if guests.failed else ()
    found = sorted(guests.findings, key=lambda one: one.urgency, reverse=True)
    return verdict.Row(
        check,
        (*facts, *_facts(guests)),
        tuple(found),
        failed=guests.failed,
    )


def _facts(audit: Audit) -> Sequence[str]:
    """Return what was looked at, a sentence each."""
    words = {
        'guests': audit.looked_at,
        'instances': printing.printable(audit.instances_path),
        'domains': printing.printable(audit.domains_path),
        'number': len(audit.domains),
    }
    looked_at = _(
        'Guests looked at in %(instances)s: %(guests)d. Domains in '
        '%(domains)s: %(number)d.'
    )
    return [looked_at % words, *what_was_not_read(audit)]


def what_was_not_read(guests: Guests | None) -> Sequence[str]:
    """Return what of the guests could not be read, a sentence each."""
    if not isinstance(guests, Audit):
        return ()
    facts = [
        _('Not read: %s.') % _place(one)
        for one in guests.not_read[:MOST_SHOWN]
    ]
    more = len(guests.not_read) - MOST_SHOWN
    if more > 0:
        facts.append(_('Not read, besides these: %d more.') % more)
    return facts
