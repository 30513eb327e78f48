# SPDX-License-Identifier: Apache-2.0

"""The guests of a host, read back from its report.

What was read of their disks is not in it: a finding stands as it was told,
if it can be one. What people are shown of it is said anew, though.
"""

from __future__ import annotations

import datetime

from nova_cow_check._i18n import _
from nova_cow_check.document import finding_reader
from nova_cow_check.document import guest_writer
from nova_cow_check.document import nodes
from nova_cow_check.guests import inventory
from nova_cow_check.guests import repairs
from nova_cow_check.nova import backends
from nova_cow_check.reports import audit
from nova_cow_check.rules import findings
from nova_cow_check.rules import reported_guests
from nova_cow_check.rules import rule

#: No host has more.
_MOST_GUESTS = 10**6

_POSSIBLE = {
    word: outcome
    for word, outcome in guest_writer.OUTCOMES.items()
    if outcome is not None
}


def read(
    guests: nodes.Node, check: nodes.Node, applies: bool, today: datetime.date
) -> audit.Guests:
    """Return what a report tells of the guests of its host.

    :param check: the one of the guests
    :param applies: whether a libvirt driver reads the host's settings
    :param today: a waiver whose last day is before this one has expired
    :raises ConfigurationError: if it contradicts itself
    """
    facts = check['facts'].items()
    is_judged = check['is_judged'].flag()
    failed = ''
    if guests.value is None or not is_judged:
        if not facts:
            check['facts'].fail(_('it is missing'))
        failed = facts[0].words()
    if guests.value is None:
        if check['findings'].items():
            guests.fail(_('it is missing'))
        return audit.NotLooked(failed, applies or not is_judged)
    if check['findings'].value != guests['findings'].value:
        guests['findings'].fail(_('they are not those of its check'))
    return _audit(guests, failed, today)


def _audit(
    guests: nodes.Node, failed: str, today: datetime.date
) -> audit.Audit:
    place = repairs.Place(guests['instances_path'].words())
    with_finding: dict[str, audit.Guest] = {}
    for node in guests['guests'].items():
        guest = _guest(node)
        if guest.uuid in with_finding:
            node.fail(_('it is there twice'))
        with_finding[guest.uuid] = guest
    found = tuple(
        _finding(node, with_finding, place, today)
        for node in guests['findings'].items()
    )
    if len({one.guest.uuid for one in found if one.guest}) < len(with_finding):
        guests['guests'].fail(_('a guest has no finding'))
    return audit.Audit(
        place.instances_path,
        guests['domains_path'].words(),
        guests['file_system'].words_or_none(),
        _number(guests['looked_at']),
        _uuids(guests['directories']),
        _uuids(guests['domains']),
        tuple(
            inventory.NotRead(node['path'].words(), node['reason'].words())
            for node in guests['not_read'].items()
        ),
        found,
        tuple(with_finding.values()),
        failed,
    )


def _number(node: nodes.Node) -> int:
    if type(node.value) is int and node.value == 0:
        return 0
    number = node.number_or_none(_MOST_GUESTS)
    if number is None:
        node.fail(_('it is missing'))
    return number


def _uuid(node: nodes.Node) -> str:
    words = node.words()
    if not inventory.is_uuid(words):
        node.fail(_('it is no UUID'))
    return words


def _uuids(node: nodes.Node) -> tuple[str, ...]:
    return tuple(map(_uuid, node.items()))


def _name(node: nodes.Node) -> str:
    words = node.words()
    if inventory.kind_of(words) is None:
        node.fail(_('it is no disk'))
    return words


def _guest(node: nodes.Node) -> audit.Guest:
    disks = tuple(map(_disk, node['disks'].items()))
    if len({disk.name for disk in disks}) < len(disks):
        node['disks'].fail(_('it is there twice'))
    return audit.Guest(_uuid(node['uuid']), disks)


def _disk(node: nodes.Node) -> audit.Disk:
    is_flavors = node['size_is_flavors']
    return audit.Disk(
        _name(node['name']),
        _format(node['format']),
        _format(node['recorded']),
        _format(node['xml']),
        _backing(node['backing']),
        None if is_flavors.value is None else is_flavors.flag(),
        *[_told(node, one) for one in guest_writer.OPERATIONS],
    )


def _format(node: nodes.Node) -> backends.DiskFormat | None:
    if node.value is None:
        return None
    return node.one_of(guest_writer.FORMATS)


def _backing(node: nodes.Node) -> audit.Backing | None:
    if node.value is None:
        return None
    state = node['state'].one_of(guest_writer.BACKING_STATES)
    return audit.Backing(node['name'].shown(), state)


def _told(disk: nodes.Node, operation: str) -> audit.Told:
    how = disk[f'{operation}_how']
    told = audit.Told(
        disk[operation].one_of(guest_writer.OUTCOMES),
        None if how.value is None else how.one_of(guest_writer.HOWS),
        disk[f'{operation}_possible'].one_of(_POSSIBLE),
    )
    if not reported_guests.Operation(*told).can_be:
        how.fail(_('it does not fit to the outcome'))
    return told


def _finding(
    node: nodes.Node,
    guests: dict[str, audit.Guest],
    place: repairs.Place,
    today: datetime.date,
) -> findings.Finding:
    concerned = node['guest']
    uuid = _uuid(concerned['uuid'])
    if uuid not in guests:
        concerned['uuid'].fail(_('it is not one of the guests'))
    told = reported_guests.Reported(
        *_rule(node),
        node['is_unsafe'].flag(),
        uuid,
        tuple(map(_name, concerned['disks'].items())),
        tuple(
            reported_guests.Disk(
                disk.name,
                reported_guests.Operation(*disk.restart),
                reported_guests.Operation(*disk.move),
            )
            for disk in guests[uuid].disks
        ),
        node['explanation'].words(),
    )
    if not told.can_be:
        concerned['disks'].fail(_('it does not fit to the rule'))
    found = reported_guests.finding(told, place)
    return found._replace(waiver=finding_reader.waiver(node, today, (uuid,)))


def _rule(node: nodes.Node) -> tuple[rule.Rule, findings.Severity]:
    found = finding_reader.rule_of(node)
    if not isinstance(found, rule.GuestRule):
        node['rule'].fail(_('it is not about guests'))
    severity = node['severity'].one_of(finding_reader.SEVERITIES)
    if severity not in (found.severity, *found.milder):
        node['severity'].fail(_('it is none that the rule has'))
    return found, severity
