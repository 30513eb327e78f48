# SPDX-License-Identifier: Apache-2.0

"""What a run found, by rule: on how many hosts, and what ends it there."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
import dataclasses
from typing import NamedTuple

from nova_cow_check.reports import fleet
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry


class Proposal(NamedTuple):
    """What ends the findings of a rule on some hosts."""

    #: That of one of the hosts; the places on others can differ.
    replacement: findings.Replacement
    #: When to write it; whole words, with a colon at their end, or ''.
    condition: str
    #: How many hosts it is for.
    hosts: int


class RuleCount(NamedTuple):
    """A rule that holds somewhere, waived or not."""

    rule: str
    #: The worst of what counts, or of what is waived if nothing counts.
    severity: findings.Severity
    #: Whether anything that counts is unsafe.
    is_unsafe: bool
    #: On how many hosts it counts.
    hosts: int
    #: For how many guests it counts; one that two hosts run counts twice.
    guests: int
    #: On how many hosts all that it finds is waived.
    waived: int
    #: What to write in nova.conf, for the most hosts first.
    proposals: tuple[Proposal, ...]

    @property
    def urgency(self) -> tuple[bool, bool, findings.Severity, int]:
        """How soon it is to be seen: the worst, and then the widest."""
        return self.hosts > 0, self.is_unsafe, self.severity, self.hosts


@dataclasses.dataclass
class _Count:
    """What is known of a rule while hosts are counted."""

    severities: set[tuple[bool, findings.Severity]] = dataclasses.field(
        default_factory=set
    )
    is_unsafe: bool = False
    hosts: int = 0
    guests: int = 0
    waived: int = 0
    proposals: dict[Hashable, Proposal] = dataclasses.field(
        default_factory=dict
    )

    def add(self, found: Sequence[findings.Finding], hosts: int) -> None:
        """Count what the rule finds on each of some hosts that are alike."""
        counting = [one for one in found if one.counts]
        if not counting:
            self.waived += hosts
        else:
            self.hosts += hosts
        self.severities.update((one.counts, one.severity) for one in found)
        self.is_unsafe |= any(one.is_unsafe for one in counting)
        self.guests += hosts * len(
            {one.guest.uuid for one in counting if one.guest is not None}
        )
        for key, proposal in _proposed(counting).items():
            before = self.proposals.setdefault(key, proposal)
            self.proposals[key] = _together(before, proposal, hosts)


def of(hosts: Iterable[report.HostReport]) -> tuple[RuleCount, ...]:
    """Return all rules that hold, the most urgent first."""
    counts: dict[str, _Count] = {}
    for alike in fleet.alike(hosts):
        # Each host has guests of its own; all else is the same on all.
        has_guests = any(one.guest for one in alike.example.found)
        different = alike.hosts if has_guests else alike.hosts[:1]
        for host in different:
            by_rule: dict[str, list[findings.Finding]] = {}
            for finding in host.found:
                by_rule.setdefault(finding.rule, []).append(finding)
            for rule, found in by_rule.items():
                number = 1 if has_guests else len(alike.hosts)
                counts.setdefault(rule, _Count()).add(found, number)
    rules = [
        _counted(rule, counts[rule])
        for rule in registry.RULES
        if rule in counts
    ]
    return tuple(sorted(rules, key=lambda one: one.urgency, reverse=True))


def _counted(rule: str, count: _Count) -> RuleCount:
    _counts, severity = max(count.severities)
    # Sorted is stable: what was found first stays first.
    proposals = sorted(count.proposals.values(), key=lambda one: -one.hosts)
    return RuleCount(
        rule,
        severity,
        count.is_unsafe,
        count.hosts,
        count.guests,
        count.waived,
        tuple(proposals),
    )


def _proposed(
    found: Iterable[findings.Finding],
) -> dict[Hashable, Proposal]:
    """Return what some findings propose to write, for no host yet.

    Two that are the same but for their places are one. To keep what is
    written takes nothing.
    """
    proposed: dict[Hashable, Proposal] = {}
    for one in found:
        ways = [Proposal(one.replacement, '', 0)]
        if one.alternative is not None:
            other = one.alternative
            ways.append(Proposal(other.replacement, other.condition, 0))
        for way in ways:
            changes = way.replacement.changes
            if any(c.action is not findings.Action.KEEP for c in changes):
                key = (
                    way.condition,
                    *((c.action, c.group, c.name, c.value) for c in changes),
                )
                proposed.setdefault(key, way)
    return proposed


def _together(before: Proposal, more: Proposal, hosts: int) -> Proposal:
    """Return a proposal with more hosts, and what it is not written with."""
    one, other = before.replacement, more.replacement
    not_with = tuple(dict.fromkeys(one.not_with + other.not_with))
    return before._replace(
        replacement=one._replace(not_with=not_with),
        hosts=before.hosts + hosts,
    )
