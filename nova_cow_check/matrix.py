#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

"""Who may move to whom: every pair of hosts that exchange instances."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from nova_cow_check import backends
from nova_cow_check import domains
from nova_cow_check import moves
from nova_cow_check import names
from nova_cow_check import report


class Side(NamedTuple):
    """Hosts that Nova treats alike, as the source or the destination."""

    behaviour: backends.Behaviour
    #: In their order.
    hosts: tuple[str, ...]


class Matrix(NamedTuple):
    """The moves between the hosts of one domain."""

    #: Name of the domain, '' for the hosts without one.
    domain: str
    #: Those with the most hosts first.
    sides: tuple[Side, ...]
    #: Hosts of which nothing is known: to move from or to them is a risk.
    unknown: tuple[str, ...]

    @property
    def worst(self) -> moves.Outcome:
        """The worst of all moves that are known."""
        return max(
            (
                outcome(source, destination)
                for source in self.sides
                for destination in self.sides
            ),
            default=moves.Outcome.FINE,
        )


def outcome(source: Side, destination: Side) -> moves.Outcome:
    """Return the worst that a move does to an instance made on the source."""
    return moves.worst(moves.between(source.behaviour, destination.behaviour))


def of(hosts: Iterable[report.HostReport]) -> tuple[Matrix, ...]:
    """Return a matrix for each domain, by name, that without one last."""
    known: dict[str, dict[backends.Behaviour, list[str]]] = {}
    unknown: dict[str, list[str]] = {}
    for host in hosts:
        sides = known.setdefault(host.domain, {})
        own = domains.behaviour_of(host)
        if own is not None:
            sides.setdefault(own, []).append(host.name)
        elif not domains.is_unaffected(host):
            unknown.setdefault(host.domain, []).append(host.name)
    return tuple(
        Matrix(
            domain,
            _sides(known[domain]),
            _sorted(unknown.get(domain, ())),
        )
        for domain in sorted(
            known, key=lambda name: (not name, names.order(name))
        )
    )


def _sides(
    hosts: dict[backends.Behaviour, list[str]],
) -> tuple[Side, ...]:
    sides = [Side(own, _sorted(members)) for own, members in hosts.items()]
    sides.sort(key=lambda side: (-len(side.hosts), names.order(side.hosts[0])))
    return tuple(sides)


def _sorted(hosts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(hosts, key=names.order))
