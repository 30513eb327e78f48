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

"""Hosts that are alike: the same settings, and the same findings."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import NamedTuple

from nova_cow_check import findings
from nova_cow_check import names
from nova_cow_check import report
from nova_cow_check import settings


class Group(NamedTuple):
    """Hosts that are alike, but for the lines their settings stand on."""

    #: In the order of their names, at least one.
    hosts: tuple[report.HostReport, ...]

    @property
    def example(self) -> report.HostReport:
        """The host whose places are shown for all of them."""
        return self.hosts[0]

    @property
    def are_places_alike(self) -> bool:
        """Whether the places shown are those of every host."""
        known = self.example.known
        return all(host.known == known for host in self.hosts)

    @property
    def folded(self) -> list[str]:
        """Their names, those that count on as one."""
        return names.fold(host.name for host in self.hosts)


def of(hosts: Iterable[report.HostReport]) -> tuple[Group, ...]:
    """Return the groups: worst first, then those with the most hosts."""
    alike: dict[Hashable, list[report.HostReport]] = {}
    # By identity: hosts that are alike share what is known and found.
    keys: dict[tuple[int, int], Hashable] = {}
    for host in hosts:
        same = id(host.known), id(host.rows)
        if same not in keys:
            keys[same] = _key(host)
        alike.setdefault((host.domain, keys[same]), []).append(host)
    groups = [
        Group(tuple(sorted(members, key=lambda host: names.order(host.name))))
        for members in alike.values()
    ]
    groups.sort(key=_order)
    return tuple(groups)


def _order(group: Group) -> tuple[int, int, object]:
    worst = group.example.worst
    badness = -1 if worst is None else int(worst)
    return -badness, -len(group.hosts), names.order(group.example.name)


def _key(host: report.HostReport) -> Hashable:
    """Return what makes hosts alike: all that is shown, but for places."""
    known = host.known
    if isinstance(known, settings.Unreadable):
        values: Hashable = known.reason
    else:
        values = tuple((one.shown, one.origin.kind) for one in known.all)
    found = tuple(_key_of_finding(finding) for finding in host.found)
    return values, host.failed, found


def _key_of_finding(finding: findings.Finding) -> Hashable:
    changes = finding.replacement.changes
    if finding.alternative is not None:
        changes += finding.alternative.replacement.changes
    written = tuple(
        (change.action, change.group, change.name, change.value)
        for change in changes
    )
    return finding.rule, finding.severity, finding.waiver, written
