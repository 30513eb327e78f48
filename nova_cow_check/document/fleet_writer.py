# SPDX-License-Identifier: Apache-2.0

"""The object of a fleet: hosts alike, groups, moves, and guests concerned."""

from __future__ import annotations

from collections.abc import Iterable
import enum
from typing import Any

from nova_cow_check._i18n import _
from nova_cow_check import host_names
from nova_cow_check.nova import operations
from nova_cow_check import printing
from nova_cow_check.reports import concerned
from nova_cow_check.reports import fleet
from nova_cow_check.reports import fleet_wording
from nova_cow_check.reports import move_wording
from nova_cow_check.reports import report
from nova_cow_check.reports import separation
from nova_cow_check.reports import sharing
from nova_cow_check.rules import disk_wording
from nova_cow_check.settings import host_settings

#: JSON's own types.
Data = dict[str, Any]


def of(whole: report.Report) -> Data:
    """Return the object of a fleet.

    :param whole: a report on collected hosts
    """
    apart = {one.group: one for one in separation.of(whole.hosts)}
    shared = {one.group: one for one in sharing.of(whole.hosts)}
    return {
        'alike': [_alike(one) for one in fleet.alike(whole.hosts)],
        'groups': [
            {
                **_group(one),
                'separation': _separation(apart.get(one.group)),
                'sharing': _sharing(shared.get(one.group)),
            }
            for one in fleet.matrices(whole.hosts)
        ],
        'guests': _concerned_guests(whole),
    }


def _concerned_guests(whole: report.Report) -> list[Data] | None:
    """Return which guests are concerned, None if none was looked at."""
    if not concerned.are_looked_at(whole.hosts):
        return None
    return [
        {
            'rule': one.rule,
            'severity': _word(one.severity),
            'hosts': [
                {
                    'name': printing.printable(host.host),
                    'guests': list(host.guests),
                }
                for host in one.hosts
            ],
        }
        for one in concerned.of(whole.hosts)
    ]


def _alike(alike: fleet.Alike) -> Data:
    example = alike.example
    return {
        'hosts': [printing.printable(host.name) for host in alike.hosts],
        'folded': [printing.printable(name) for name in alike.folded],
        'group': printing.printable(example.group) or None,
        'result': report.result_of(example.worst).value,
        'rules': sorted(example.rules),
        'summary': _summary(example.known),
    }


def _summary(known: host_settings.Known) -> str:
    """Return in a few words what makes hosts alike."""
    if isinstance(known, host_settings.Unreadable):
        return printing.printable(known.reason)
    return _('%(settings)s -> %(outcome)s') % {
        'settings': ', '.join(fleet_wording.deciding(known)),
        'outcome': fleet_wording.backend_or_why(known),
    }


def _group(one: fleet.Matrix) -> Data:
    return {
        'name': printing.printable(one.group) or None,
        'sides': [_side(side) for side in one.sides],
        'moves': [
            _move(one, source, destination)
            for source in range(len(one.sides))
            for destination in range(len(one.sides))
        ],
        'is_shared': one.is_shared,
        'live_migrations': [
            _live_migration(one, source, destination)
            for source in range(len(one.sides))
            for destination in range(len(one.sides))
        ],
        'ways_out': [
            way
            for source in range(len(one.sides))
            for destination in range(len(one.sides))
            if (way := _way_out(one, source, destination)) is not None
        ],
        'not_known': [printing.printable(name) for name in one.unknown],
    }


def _separation(one: separation.Separation | None) -> list[Data]:
    """Return groups for hosts that differ, if they exchange no instances."""
    return [
        {
            'name': printing.printable(group.name),
            'hosts': [printing.printable(name) for name in group.hosts],
            'folded': list(map(printing.printable, group.folded)),
            'option': printing.printable(group.option),
        }
        for group in (one.groups if one else ())
    ]


def _sharing(one: sharing.Proposal | None) -> Data | None:
    """Return what hosts have been seen to share, though nobody said so."""
    return one and {
        'file_system': printing.printable(one.file_system),
        'instances_path': printing.printable(one.instances_path),
        'hosts': [printing.printable(name) for name in one.hosts],
        'option': printing.printable(one.option),
    }


def _side(side: fleet.Side) -> Data:
    own = side.behaviour
    return {
        'backend': own.backend.value,
        'use_cow_images': own.use_cow_images,
        'force_raw_images': own.force_raw_images,
        'hosts': [printing.printable(name) for name in side.hosts],
        'folded': list(map(printing.printable, host_names.fold(side.hosts))),
    }


def _move(one: fleet.Matrix, source: int, destination: int) -> Data:
    moved = one.moved(one.sides[source], one.sides[destination])
    return {
        'from': source,
        'to': destination,
        'outcome': _word(operations.worst(moved)),
        'disks': _disks(moved),
    }


def _disks(passages: Iterable[operations.Passage]) -> list[Data]:
    return [
        {
            'disk': _word(passage.disk),
            'harm': harm(passage.harm),
            'how': how(passage.harm),
            'sentence': disk_wording.passage(passage),
        }
        for passage in passages
    ]


def _live_migration(one: fleet.Matrix, source: int, destination: int) -> Data:
    found = one.live_migration(one.sides[source], one.sides[destination])
    return {
        'from': source,
        'to': destination,
        'outcome': None if found.outcome is None else _word(found.outcome),
        'how': None if found.how is None else _word(found.how),
        'disks': _disks(found.passages),
    }


def _way_out(one: fleet.Matrix, source: int, destination: int) -> Data | None:
    found = one.way_out(one.sides[source], one.sides[destination])
    return found and {
        'from': source,
        'to': destination,
        'way': _word(found.way),
        'can_be_reverted': found.can_be_reverted,
        'destination_breaks': found.destination_breaks,
        'sentence': move_wording.way_in_words(found),
    }


def harm(one: operations.Harm) -> str:
    """Return the word for a harm; this version has one for two of them."""
    harms = operations.Harm
    return _word(harms.DOES_NOT_START if one is harms.NEVER_BOOTS else one)


def how(one: operations.Harm) -> str | None:
    """Return the word for how a harm shows, None if it does not."""
    return None if one.how is None else _word(one.how)


def _word(member: enum.Enum) -> str:
    return member.name.lower().replace('_', '-')
