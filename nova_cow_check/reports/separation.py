# SPDX-License-Identifier: Apache-2.0

"""The options --group that keep hosts which differ apart, ready to add.

With all of them, hosts that differ are not compared: no rule that compares
hosts holds any more. That they exchange no instances, an operator knows.
"""

from __future__ import annotations

import collections
from collections.abc import Iterable, Iterator, Sequence
import dataclasses
import functools
import shlex
from typing import NamedTuple, Optional

from nova_cow_check import host_names
from nova_cow_check.nova import backends
from nova_cow_check.reports import report
from nova_cow_check.reports import verdict
from nova_cow_check.rules import extras
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule

#: Characters of options; what is longer floods a terminal or a log.
LONGEST = 1000

#: Backend, and of hosts with qcow2 force_raw_images: what hosts that
#: exchange instances have to agree in. None if a host is not compared.
_Kind = Optional[tuple[backends.Backend, Optional[bool]]]


class Group(NamedTuple):
    """A group that is proposed."""

    name: str
    #: Names of hosts, in their order.
    hosts: tuple[str, ...]

    @property
    def folded(self) -> list[str]:
        """The names, those that count on as one."""
        return host_names.fold(self.hosts)

    @property
    def option(self) -> str:
        """What to add to the command, as a shell takes it."""
        return _option(self)


# Each host that differs is told all of them.
@functools.lru_cache(maxsize=64)
def _option(group: Group) -> str:
    words = f'{group.name}={",".join(group.folded)}'
    return f'--group {shlex.quote(words)}'


class Separation(NamedTuple):
    """Groups that are proposed in place of one in which hosts differ."""

    #: Name of the group; '' for the hosts without one, of which those that
    #: are named in no group stay together.
    group: str
    #: None of them if a host has a name that the option cannot take.
    groups: tuple[Group, ...]


# Every format tells them.
@functools.lru_cache(maxsize=1)
def of(hosts: tuple[report.HostReport, ...]) -> tuple[Separation, ...]:
    """Return what is proposed for each group in which a rule holds.

    :param hosts: all of a report
    """
    together: dict[str, list[report.HostReport]] = {}
    for host in hosts:
        together.setdefault(host.group, []).append(host)
    taken = set(together)
    counted = collections.Counter(host.name.lower() for host in hosts)
    clear = {
        host.name
        for host in hosts
        if counted[host.name.lower()] == 1 and host_names.is_plain(host.name)
    }
    found = []
    for group in sorted(together, key=host_names.order):
        kinds = _by_kind(together[group])
        usual = _usual(together[group])
        if len(kinds.keys() - {None}) > 1:
            groups = tuple(_groups(group, kinds, usual, taken))
            named = [name for one in groups for name in one.hosts]
            is_clear = clear.issuperset(named)
            found.append(Separation(group, groups if is_clear else ()))
    return tuple(found)


def told(
    hosts: Sequence[report.HostReport],
) -> list[report.HostReport]:
    """Return hosts whose findings tell how to keep them apart.

    :param hosts: all of a report
    """
    rules = frozenset(one.name for one in registry.FLEET_RULES)
    by_group = {one.group: one for one in of(tuple(hosts))}
    # Hosts of a group that are alike share what is found, and go on to.
    rows: dict[tuple[str, int], tuple[verdict.Row, ...]] = {}
    found = []
    for host in hosts:
        one = by_group.get(host.group)
        if one is None:
            found.append(host)
            continue
        key = host.group, id(host.rows)
        if key not in rows:
            apart = extras.Apart(_options(one, host), one.group)
            rows[key] = _with_apart(host.rows, rules, apart)
        if rows[key] is not host.rows:
            host = dataclasses.replace(host, rows=rows[key])
        found.append(host)
    return found


def _with_apart(
    rows: tuple[verdict.Row, ...],
    rules: frozenset[str],
    apart: extras.Apart,
) -> tuple[verdict.Row, ...]:
    """Return rows whose findings of some rules tell it, or the same rows."""
    if not any(one.rule in rules for row in rows for one in row.found):
        return rows
    return tuple(
        row._replace(
            found=tuple(
                one._replace(apart=apart) if one.rule in rules else one
                for one in row.found
            )
        )
        for row in rows
    )


def _options(one: Separation, host: report.HostReport) -> tuple[str, ...]:
    """Return the options that concern a host, none if they are too long."""
    options = tuple(
        group.option
        for group in one.groups
        if one.group or host.name in group.hosts
    )
    return options if sum(map(len, options)) <= LONGEST else ()


def _by_kind(
    hosts: Iterable[report.HostReport],
) -> dict[_Kind, list[str]]:
    kinds: dict[_Kind, list[str]] = {}
    for host in hosts:
        kinds.setdefault(_kind(host), []).append(host.name)
    return kinds


def _kind(host: report.HostReport) -> _Kind:
    own = verdict.compared_as(host.known)
    if own is None:
        return None
    return own.backend, _force_raw_images(
        own.backend, own.force_raw_images, host.is_shared
    )


def _force_raw_images(
    backend: backends.Backend, value: bool, is_shared: bool
) -> bool | None:
    """Return the value, None where hosts need not agree in it."""
    if backend is not backends.Backend.QCOW2 or is_shared:
        return None
    return value


def _usual(hosts: Sequence[report.HostReport]) -> _Kind:
    """Return what the hosts have that are told of nothing."""
    peers: collections.Counter[backends.Behaviour] = collections.Counter()
    for host in hosts:
        own = verdict.compared_as(host.known)
        if own is not None:
            peers[own] += 1
    backend = rule.common_backend(peers)
    value = rule.common_force_raw_images(peers)
    is_shared = any(host.is_shared for host in hosts)
    return backend, _force_raw_images(backend, value, is_shared)


def _groups(
    group: str,
    kinds: dict[_Kind, list[str]],
    usual: _Kind,
    taken: set[str],
) -> Iterator[Group]:
    """Yield the groups, that of the usual hosts first, if it has a name.

    :param taken: the names of groups that there are; each new one is added
    """
    rest = [*kinds.get(usual, ()), *kinds.get(None, ())]
    if group:
        yield Group(group, tuple(sorted(rest, key=host_names.order)))
    qcow2 = [kind for kind in kinds if kind and kind[1] is not None]
    for kind, hosts in kinds.items():
        if kind is None or kind == usual:
            continue
        backend, force_raw_images = kind
        words = [group] if group else []
        words.append(backend.value)
        if force_raw_images is not None and len(qcow2) > 1:
            words.append('raw-images' if force_raw_images else 'any-images')
        name = '-'.join(words)
        while name in taken:
            name += '-2'
        taken.add(name)
        yield Group(name, tuple(sorted(hosts, key=host_names.order)))
