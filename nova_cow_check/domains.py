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

"""Hosts that exchange instances, compared."""

from __future__ import annotations

import collections
from collections.abc import Sequence
import dataclasses
import fnmatch
import functools
import glob
import re

from nova_cow_check._i18n import _
from nova_cow_check import backends
from nova_cow_check import behaviour
from nova_cow_check import errors
from nova_cow_check import report
from nova_cow_check import settings


@dataclasses.dataclass(frozen=True)
class Domain:
    """Hosts that exchange instances, and do so with no others."""

    name: str
    #: Names of hosts, or patterns of them, as a shell's.
    patterns: tuple[str, ...]

    def has(self, host: str) -> bool:
        """Return whether a host belongs to it, whatever its case."""
        host = host.lower()
        return host in self._names or any(
            pattern.match(host) for pattern in self._patterns
        )

    # Thousands of hosts can be named one by one.
    @functools.cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(pattern.lower() for pattern in self.patterns)

    @functools.cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(
            re.compile(fnmatch.translate(pattern.lower()))
            for pattern in self.patterns
            if glob.has_magic(pattern)
        )


def compare(
    hosts: Sequence[report.ReadHost], domains: Sequence[Domain] = ()
) -> tuple[report.HostReport, ...]:
    """Judge hosts, each beside those of its domain.

    :param domains: hosts in none of them are one more, without a name
    :raises UsageError: if a host is in more than one
    """
    placed = [(host, _domain_of(host.name, domains)) for host in hosts]
    counted: dict[str, collections.Counter[backends.Behaviour]] = {}
    for host, domain in placed:
        peers = counted.setdefault(domain, collections.Counter())
        own = _behaviour_of(host.known)
        if own is not None:
            peers[own] += 1
    # One object for all hosts of a domain.
    all_peers = {name: tuple(peers.items()) for name, peers in counted.items()}
    return tuple(
        report.judge(host, all_peers[domain], domain)
        for host, domain in placed
    )


def behaviour_of(host: report.HostReport) -> backends.Behaviour | None:
    """Return what Nova goes by on a host, None where that is not known.

    It is not for hosts without a libvirt driver that would start.
    """
    return _behaviour_of(host.known)


def is_unaffected(host: report.HostReport) -> bool:
    """Return whether no libvirt driver reads these settings on a host."""
    known = host.known
    if isinstance(known, settings.Unreadable):
        return False
    return not behaviour.why_not_judged(known) and bool(
        behaviour.why_it_does_not_apply(known)
    )


@functools.lru_cache(maxsize=1024)
def _behaviour_of(known: settings.Known) -> backends.Behaviour | None:
    if isinstance(known, settings.Unreadable):
        return None
    return behaviour.of(known)


def _domain_of(host: str, domains: Sequence[Domain]) -> str:
    found = [domain.name for domain in domains if domain.has(host)]
    if len(found) > 1:
        raise errors.UsageError(
            _('%(host)s is in more than one group: %(groups)s')
            % {'host': host, 'groups': ', '.join(found)}
        )
    return found[0] if found else ''
