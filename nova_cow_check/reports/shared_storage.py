# SPDX-License-Identifier: Apache-2.0

"""Guests that several hosts have seen, for they share a directory.

Each of these hosts finds the directories of all of them. The host whose
libvirt knows a guest runs it, and what that one tells of it counts. Where no
host of the report runs it, all tell what they see.
"""

from __future__ import annotations

import collections
from collections.abc import Hashable, Iterator, Sequence

from nova_cow_check.guests import mounts
from nova_cow_check.reports import audit
from nova_cow_check.reports import report


def settled(hosts: Sequence[report.ReadHost]) -> list[report.ReadHost]:
    """Return hosts that tell of a guest only if no other one runs it."""
    running: dict[Hashable, set[str]] = collections.defaultdict(set)
    for host in hosts:
        if isinstance(host.guests, audit.Audit):
            for place in _places(host.guests):
                running[place].update(host.guests.domains)
    return [
        host._replace(guests=_its_own(host.guests, running))
        if isinstance(host.guests, audit.Audit)
        else host
        for host in hosts
    ]


def _places(guests: audit.Audit) -> Iterator[Hashable]:
    """Yield what hosts have in common that see one directory.

    A device can be another one of the same name, but for clustered file
    systems; then its directories tell.
    """
    system = guests.file_system
    if system is not None and mounts.is_of_a_server(system):
        yield system, guests.instances_path
    if guests.directories:
        yield system, frozenset(guests.directories)


def seen_at(guests: audit.Guests | None) -> tuple[str, str] | None:
    """Return the file system and the path of a host's guests, if known."""
    if not isinstance(guests, audit.Audit) or guests.file_system is None:
        return None
    return guests.file_system, guests.instances_path


def _its_own(
    guests: audit.Audit, running: dict[Hashable, set[str]]
) -> audit.Audit:
    """Return what a host tells, without the guests that others run."""
    seen = {one.guest.uuid for one in guests.findings if one.guest}
    own = frozenset(guests.domains)
    places = [running[place] for place in _places(guests)]
    others = {
        uuid for uuid in seen - own if any(uuid in runs for runs in places)
    }
    if not others:
        return guests
    return guests._replace(
        findings=tuple(
            one
            for one in guests.findings
            if not one.guest or one.guest.uuid not in others
        ),
        guests=tuple(one for one in guests.guests if one.uuid not in others),
    )
