# SPDX-License-Identifier: Apache-2.0

"""Groups of hosts: those that exchange instances with no others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
import dataclasses
import fnmatch
import functools
import glob
import re
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import errors


@dataclasses.dataclass(frozen=True)
class Group:
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


@dataclasses.dataclass(frozen=True)
class ToldGroup(Group):
    """Hosts that were a group in the run that their report is of."""

    def has(self, host: str) -> bool:
        """Return whether a host is one of the names, as it stands."""
        return host in self._as_it_stands

    @functools.cached_property
    def _as_it_stands(self) -> frozenset[str]:
        return frozenset(self.patterns)


class Told(NamedTuple):
    """A host that its report told a group of, if it is of many hosts."""

    name: str
    #: '' for a rest.
    group: str
    #: Whether the hosts of the group shared instances_path.
    is_shared: bool
    #: Whether anything is known of it; if not, it shares what others do.
    is_read: bool


def told_groups(
    hosts: Iterable[Told],
) -> tuple[tuple[ToldGroup, ...], frozenset[str]]:
    """Return the groups that reports tell of, and those that share.

    Groups of one name are one. Its hosts share instances_path if that is told
    of all of them.
    """
    members: dict[str, list[str]] = {}
    sharing, others = set(), set()
    for host in hosts:
        if host.group:
            members.setdefault(host.group, []).append(host.name)
        if host.is_shared:
            sharing.add(host.group)
        elif host.is_read:
            others.add(host.group)
    groups = (ToldGroup(name, tuple(some)) for name, some in members.items())
    return tuple(groups), frozenset(sharing - others)


def group_of(host: str, groups: Sequence[Group]) -> str:
    """Return the name of a host's group, '' if it is in none.

    :raises UsageError: if it is in more than one
    """
    found = [group.name for group in groups if group.has(host)]
    if len(found) > 1:
        raise errors.UsageError(
            _('%(host)s is in more than one group: %(groups)s')
            % {'host': host, 'groups': ', '.join(found)}
        )
    return found[0] if found else ''
