# SPDX-License-Identifier: Apache-2.0

"""Hosts beside one another: groups, hosts alike, and moves between them."""

from __future__ import annotations

import collections
from collections.abc import Collection, Hashable, Iterable, Sequence
import functools
import itertools
from typing import NamedTuple

from nova_cow_check import errors
from nova_cow_check import host_names
from nova_cow_check.nova import backends
from nova_cow_check.nova import live_migration
from nova_cow_check.nova import operations
from nova_cow_check.nova import ways_out
from nova_cow_check.reports import changes
from nova_cow_check.reports import host_groups
from nova_cow_check.reports import report
from nova_cow_check.reports import separation
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings

#: Names of the rules that compare hosts.
_COMPARING = frozenset(one.name for one in registry.FLEET_RULES)


def compare(
    hosts: Sequence[report.ReadHost],
    groups: Sequence[host_groups.Group] = (),
    sharing: Collection[str] = (),
) -> tuple[report.HostReport, ...]:
    """Judge hosts, each beside those of its group, in the order of `alike`.

    Whatever is raised while one is judged, it is a host that could not be
    read, and the others are judged.

    :param groups: hosts in none of them are one more, without a name
    :param sharing: names of those whose hosts share instances_path
    :raises UsageError: if a host is in more than one
    """
    told = separation.told(judged(hosts, groups, sharing))
    # Every format has hosts in one order, be they told one by one or not.
    return tuple(host for one in alike(told) for host in one.hosts)


def judged(
    hosts: Sequence[report.ReadHost],
    groups: Sequence[host_groups.Group] = (),
    sharing: Collection[str] = (),
) -> list[report.HostReport]:
    """Return hosts as `compare` judges them, in their order."""
    if any(host.guests is not None for host in hosts):
        # Nothing of guests is loaded where nobody asks.
        from nova_cow_check.reports import shared_storage

        hosts = [*map(_with_waivers, shared_storage.settled(hosts))]
    placed = []
    counted: dict[str, collections.Counter[backends.Behaviour]] = {}
    for host in hosts:
        group = host_groups.group_of(host.name, groups)
        peers = counted.setdefault(group, collections.Counter())
        try:
            own = verdict.compared_as(host.known)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            host, own = _unread(host, error), None
        placed.append((host, group))
        if own is not None:
            peers[own] += 1
    # One object for all hosts of a group.
    all_peers = {name: tuple(peers.items()) for name, peers in counted.items()}
    return [
        _judge(host, all_peers[group], group, group in sharing)
        for host, group in placed
    ]


def _with_waivers(host: report.ReadHost) -> report.ReadHost:
    """Return a host whose guests have the waivers that are meant for it."""
    from nova_cow_check.reports import audit

    if not isinstance(host.guests, audit.Audit):
        return host
    found = host.guests.findings
    # Those of its own report are with the findings already.
    own = [one.waiver for one in found if one.waiver is not None]
    waived = audit.with_waivers(found, (*host.accepted, *own))
    return host._replace(guests=host.guests._replace(findings=waived))


def _judge(
    host: report.ReadHost, peers: verdict.Peers, group: str, is_shared: bool
) -> report.HostReport:
    try:
        return report.judge(host, peers, group, is_shared)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return report.judge(_unread(host, error), peers, group, is_shared)


def _unread(host: report.ReadHost, error: BaseException) -> report.ReadHost:
    reason = errors.reason_of(error)
    known = host_settings.Unreadable(reason)
    return host._replace(known=known, guests=None)


def is_unaffected(host: report.HostReport) -> bool:
    """Return whether no libvirt driver reads these settings on a host."""
    known = host.image_settings
    if known is None or verdict.why_not_judged(known):
        return False
    return bool(verdict.why_it_does_not_apply(known))


class Alike(NamedTuple):
    """Hosts that are alike, but for the lines their settings stand on."""

    #: In the order of their names, at least one.
    hosts: tuple[report.HostReport, ...]

    @property
    def example(self) -> report.HostReport:
        """The host whose places are shown for all of them."""
        return self.hosts[0]

    @property
    def found(self) -> Sequence[findings.Finding]:
        """The findings that are shown for all of them.

        Those about guests are among them only if there is one host: each has
        guests of its own, which `concerned` tells by rule and host.
        """
        found = self.example.found
        if self.example.guests is None:
            return found
        from nova_cow_check.reports import audit

        if len(self.hosts) == 1:
            return audit.shown(found)
        return [one for one in found if one.guest is None]

    @property
    def rules_of_guests(self) -> Sequence[str]:
        """The rules about guests that count, and are shown elsewhere."""
        found = self.example.found if len(self.hosts) > 1 else ()
        return list(
            dict.fromkeys(
                one.rule for one in found if one.guest and one.counts
            )
        )

    @property
    def are_places_alike(self) -> bool:
        """Whether the places shown are those of every host."""
        known = self.example.known
        return all(host.known == known for host in self.hosts)

    @property
    def folded(self) -> list[str]:
        """Their names, those that count on as one."""
        return host_names.fold(host.name for host in self.hosts)


def alike(hosts: Iterable[report.HostReport]) -> tuple[Alike, ...]:
    """Return hosts that are alike: worst first, then those that are most.

    What was not read comes before all that is known. What is unsafe as a
    host is comes before what is only if it exchanges instances.
    """
    return _alike(tuple(hosts))


# Every format asks for those of its report.
@functools.lru_cache(maxsize=1)
def _alike(hosts: tuple[report.HostReport, ...]) -> tuple[Alike, ...]:
    found: dict[Hashable, list[report.HostReport]] = {}
    # By identity: hosts that are alike share what is known and found.
    keys: dict[tuple[int, int], Hashable] = {}
    for host in hosts:
        same = id(host.known), id(host.rows)
        if same not in keys:
            keys[same] = _key(host)
        found.setdefault((host.group, keys[same]), []).append(host)
    together = (
        Alike(tuple(sorted(some, key=lambda one: host_names.order(one.name))))
        for some in found.values()
    )
    return tuple(sorted(together, key=_order))


def _order(alike: Alike) -> tuple[bool, bool, bool, int, int, object]:
    host = alike.example
    is_unsafe, badness = host.urgency
    is_unsafe_alone = is_unsafe and any(
        one.is_unsafe and one.counts and one.rule not in _COMPARING
        for one in host.found
    )
    return (
        host.image_settings is not None,
        not is_unsafe,
        not is_unsafe_alone,
        -badness,
        -len(alike.hosts),
        host_names.order(host.name),
    )


def _key(host: report.HostReport) -> Hashable:
    """Return what makes hosts alike: all that is shown, but for places."""
    known = host.known
    if isinstance(known, host_settings.Unreadable):
        values: Hashable = known.reason
    else:
        values = (
            known.libvirt_option is not None,
            *((one.shown, one.origin.kind) for one in known.all),
            known.more_lookalikes,
            wording.of_process(known),
            known.process and known.process.outline,
        )
    found = tuple(
        _key_of_finding(finding)
        for finding in host.found
        if finding.guest is None
    )
    return values, host.failed, found, _key_of_guests(host)


def _key_of_guests(host: report.HostReport) -> Hashable:
    """Return what is wrong with guests, and what was not looked at.

    Which guests these are is told of all hosts together.
    """
    if host.guests is None:
        return None
    from nova_cow_check.reports import audit

    if isinstance(host.guests, audit.NotLooked):
        return host.guests
    found = frozenset(
        (one.rule, one.urgency) for one in host.found if one.guest
    )
    return found, host.guests.not_read


def _key_of_finding(finding: findings.Finding) -> Hashable:
    proposed = finding.replacement.changes
    condition = None
    if finding.alternative is not None:
        proposed += finding.alternative.replacement.changes
        condition = finding.alternative.condition
    written = tuple(
        (change.action, change.group, change.name, change.value)
        for change in proposed
    )
    # Of what was before, the settings of now do not tell.
    before = (
        finding.explanation if finding.rule in changes.LOOKING_BACK else ''
    )
    return (
        finding.rule,
        finding.urgency,
        finding.waiver,
        written,
        condition,
        before,
    )


class Side(NamedTuple):
    """Hosts that Nova treats the same, as the source or the destination."""

    behaviour: backends.Behaviour
    #: In their order.
    hosts: tuple[str, ...]


class Matrix(NamedTuple):
    """The moves between the hosts of one group."""

    #: Name of the group, '' for the hosts without one.
    group: str
    #: Those with the most hosts first.
    sides: tuple[Side, ...]
    #: Hosts that are not compared, though a libvirt driver may run there: to
    #: move from or to them is a risk.
    unknown: tuple[str, ...]
    #: Whether they share instances_path, as somebody has said.
    is_shared: bool = False

    @property
    def worst(self) -> operations.Outcome:
        """The worst of all resizes and cold migrations that are known."""
        moves = itertools.product(self.sides, repeat=2)
        fine = operations.Outcome.FINE
        return max(itertools.starmap(self.outcome, moves), default=fine)

    def outcome(self, source: Side, destination: Side) -> operations.Outcome:
        """Return the worst that a move does to an instance of the source."""
        return operations.worst(self.moved(source, destination))

    def moved(
        self, source: Side, destination: Side
    ) -> tuple[operations.Passage, ...]:
        """Return what a move does to each disk of an instance."""
        return operations.between(
            source.behaviour, destination.behaviour, is_shared=self.is_shared
        )

    def live_migration(
        self, source: Side, destination: Side
    ) -> live_migration.LiveMigration:
        """Return what a live migration does to an instance of the source."""
        return live_migration.between(
            source.behaviour, destination.behaviour, self.is_shared
        )

    def way_out(
        self, source: Side, destination: Side
    ) -> ways_out.WayOut | None:
        """Return the safe way, None where a move is fine."""
        return ways_out.between(
            source.behaviour, destination.behaviour, self.is_shared
        )


def group_order(name: str) -> tuple[bool, object]:
    """Return a key that sorts groups by name, hosts without one last."""
    return not name, host_names.order(name)


def matrices(hosts: Iterable[report.HostReport]) -> tuple[Matrix, ...]:
    """Return a matrix for each group, by name, that without one last."""
    known: dict[str, dict[backends.Behaviour, list[str]]] = {}
    unknown: dict[str, list[str]] = {}
    shared = set()
    for host in hosts:
        if host.is_shared:
            shared.add(host.group)
        sides = known.setdefault(host.group, {})
        own = verdict.compared_as(host.known)
        if own is not None:
            sides.setdefault(own, []).append(host.name)
        elif not (host.is_fragment or is_unaffected(host)):
            unknown.setdefault(host.group, []).append(host.name)
    return tuple(
        Matrix(
            group,
            _sides(known[group]),
            _sorted(unknown.get(group, ())),
            group in shared,
        )
        for group in sorted(known, key=group_order)
    )


def _sides(hosts: dict[backends.Behaviour, list[str]]) -> tuple[Side, ...]:
    sides = [Side(own, _sorted(members)) for own, members in hosts.items()]
    sides.sort(
        key=lambda side: (-len(side.hosts), host_names.order(side.hosts[0]))
    )
    return tuple(sides)


def _sorted(hosts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(hosts, key=host_names.order))
