# SPDX-License-Identifier: Apache-2.0

"""What to do first, in words: a step for each of the most urgent rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check.reports import overview
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule
from nova_cow_check.rules import unreadable_configuration
from nova_cow_check.rules import wording

#: Steps that are told; who has done them runs the command again.
MOST_STEPS = 3

#: Different settings for one rule that are told.
_MOST_WAYS = 3


class Step(NamedTuple):
    """One rule to see to."""

    found: overview.RuleCount
    #: What to do about it.
    body: tuple[wording.Paragraph, ...]


def steps(rules: Iterable[overview.RuleCount]) -> tuple[Step, ...]:
    """Return what to do first; nothing is to be done about notes.

    :param rules: the most urgent first
    """
    urgent = [
        one
        for one in rules
        if one.hosts and one.severity > findings.Severity.NOTE
    ]
    return tuple(Step(one, tuple(_told(one))) for one in urgent[:MOST_STEPS])


def severity(one: overview.RuleCount) -> str:
    """Return how bad a rule is, in a word or few."""
    words = {
        (findings.Severity.NOTE, True): _('note'),
        (findings.Severity.NOTE, False): _('note, waived'),
        (findings.Severity.WARNING, True): _('warning'),
        (findings.Severity.WARNING, False): _('warning, waived'),
        (findings.Severity.FAILURE, True): _('failure'),
        (findings.Severity.FAILURE, False): _('failure, waived'),
    }
    return words[one.severity, one.hosts > 0]


def order(rules: Iterable[overview.RuleCount]) -> str:
    """Return a sentence: why rules are in the order that they are in."""
    if any(one.is_unsafe for one in rules):
        return _(
            'What is unsafe comes first: guests can read or change files of '
            'the host, read wrong bytes, or lose their data.'
        )
    return _('The worst comes first, then what holds on the most hosts.')


def where(one: overview.RuleCount, are_files: bool) -> str:
    """Return on how many hosts a rule holds, and for how many guests.

    :param are_files: whether these are no hosts, but files
    """
    numbers = {'guests': one.guests, 'hosts': one.hosts}
    if one.guests:
        return _('hosts: %(hosts)d, guests: %(guests)d') % numbers
    words = _('files: %(hosts)d') if are_files else _('hosts: %(hosts)d')
    return words % numbers


def could_not_run(hosts: int) -> str:
    """Return a sentence: on some hosts, a check could not run."""
    return (
        _('On %d hosts, a check could not run: their cards tell why.') % hosts
    )


def _told(one: overview.RuleCount) -> Iterator[wording.Paragraph]:
    kind = registry.RULES[one.rule]
    if isinstance(kind, rule.GuestRule):
        yield wording.Paragraph(
            _(
                'Help each guest as the text of the rule tells; report '
                '--guests on its host shows the commands.'
            )
        )
    elif kind is unreadable_configuration.RULE:
        yield wording.Paragraph(
            _(
                'See to the reason that is told for each host, and run this '
                'again: until then, nothing is known of its disks.'
            )
        )
    elif not one.proposals:
        yield wording.Paragraph(
            _('The cards of these hosts tell what to do on each of them.')
        )
    if isinstance(kind, rule.FleetRule):
        yield wording.Paragraph(
            _(
                'If they exchange instances with none of the others, say so '
                'with --group, and they are not compared.'
            )
        )
    yield from _ways(one.hosts, one.proposals)


def _ways(
    hosts: int, ways: Sequence[overview.Proposal]
) -> Iterator[wording.Paragraph]:
    told = ways[:_MOST_WAYS]
    for way in told:
        if way.hosts != hosts:
            words = _('On %(hosts)d of %(all)d hosts:')
            both = {'hosts': way.hosts, 'all': hosts}
            yield wording.Paragraph(words % both)
        yield from wording.anywhere(way.replacement, way.condition)
    if ways[len(told) :]:
        yield wording.Paragraph(
            _('The cards of the other hosts tell what to write there.')
        )
