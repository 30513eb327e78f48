# SPDX-License-Identifier: Apache-2.0

"""The guests of all hosts that something is wrong with, by rule and host."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import host_names
from nova_cow_check import printing
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry


#: Of the guests that a rule holds for, what people are shown.
MOST_SHOWN = 20


class HostsGuests(NamedTuple):
    """Guests of one host."""

    host: str
    #: UUIDs, each once.
    guests: tuple[str, ...]


class Concerned(NamedTuple):
    """The guests that a rule holds for, but for those that are waived."""

    rule: str
    #: The worst of what it finds.
    severity: findings.Severity
    #: In the order of their names.
    hosts: tuple[HostsGuests, ...]

    @property
    def number(self) -> int:
        """How many guests there are; one that two hosts run counts twice."""
        return sum(len(one.guests) for one in self.hosts)


class Shown(NamedTuple):
    """What people are shown of the guests that a rule holds for."""

    heading: str
    #: Names of hosts, each with UUIDs as words.
    hosts: tuple[tuple[str, str], ...]
    #: What is left out, '' if nothing is.
    more: str


def are_looked_at(hosts: Iterable[report.HostReport]) -> bool:
    """Return whether guests of any host were asked for."""
    return any(host.guests is not None for host in hosts)


def summary(hosts: Sequence[report.HostReport]) -> str:
    """Return on which of some hosts guests were looked at, in a sentence."""
    looked_at = [host for host in hosts if host.has_looked_at_guests]
    if any(host.is_fragment for host in hosts):
        return _(
            'What becomes of guests depends on all that a host has: judge '
            'the whole configuration, too.'
        )
    if not are_looked_at(hosts):
        return _(
            'Guests that exist were not looked at: report --guests does that '
            'on each host.'
        )
    # Hosts that share a directory see the same guests.
    seen: set[str] = set()
    for host in looked_at:
        seen.update(getattr(host.guests, 'directories', ()))
    return _(
        'Guests were looked at on %(looked_at)d of %(hosts)d hosts: '
        '%(guests)d.'
    ) % {
        'looked_at': len(looked_at),
        'hosts': len(hosts),
        'guests': len(seen),
    }


def elsewhere(rules: Sequence[str]) -> str:
    """Return a sentence that leads from hosts to what is told of guests."""
    words = _(
        'Each of these hosts has guests that are concerned: %s. Which they '
        'are is told below, for all hosts.'
    )
    return words % ', '.join(rules)


def shown(one: Concerned) -> Shown:
    """Return what people are shown of the guests that a rule holds for."""
    left = MOST_SHOWN
    hosts = []
    for host in one.hosts:
        named, more = host.guests[:left], len(host.guests[left:])
        left -= len(named)
        if not named:
            break
        words = ', '.join(named)
        if more:
            both = {'guests': words, 'more': more}
            words = _('%(guests)s and %(more)d more') % both
        hosts.append((printing.printable(host.host), words))
    others = one.hosts[len(hosts) :]
    rest = ''
    if others:
        rest = _(
            'And %(guests)d guests on %(hosts)d more hosts (--output json '
            'names all of them).'
        ) % {
            'guests': sum(len(host.guests) for host in others),
            'hosts': len(others),
        }
    return Shown(_heading(one), tuple(hosts), rest)


def _heading(one: Concerned) -> str:
    heading = {
        findings.Severity.NOTE: _('Note: %(rule)s, guests: %(guests)d'),
        findings.Severity.WARNING: _('Warning: %(rule)s, guests: %(guests)d'),
        findings.Severity.FAILURE: _('Failure: %(rule)s, guests: %(guests)d'),
    }[one.severity]
    return heading % {'rule': one.rule, 'guests': one.number}


def of(hosts: Sequence[report.HostReport]) -> tuple[Concerned, ...]:
    """Return which guests are concerned, by rule, the worst first."""
    found: dict[str, dict[str, dict[str, None]]] = {}
    worst: dict[str, findings.Severity] = {}
    for host in hosts:
        if host.guests is None:
            continue
        for finding in host.found:
            if finding.guest is None or not finding.counts:
                continue
            rule, severity = finding.rule, finding.severity
            by_host = found.setdefault(rule, {})
            by_host.setdefault(host.name, {})[finding.guest.uuid] = None
            worst[rule] = max(severity, worst.get(rule, severity))
    order = {name: at for at, name in enumerate(registry.RULES)}
    return tuple(
        Concerned(
            rule,
            worst[rule],
            tuple(
                HostsGuests(name, tuple(found[rule][name]))
                for name in sorted(found[rule], key=host_names.order)
            ),
        )
        for rule in sorted(found, key=lambda one: (-worst[one], order[one]))
    )
