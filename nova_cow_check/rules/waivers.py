# SPDX-License-Identifier: Apache-2.0

"""Waivers: findings that an operator accepts, with a reason and an end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
import datetime
import fnmatch
from typing import NamedTuple

from nova_cow_check.settings import parsing


class Waiver(NamedTuple):
    """A rule whose findings do not count on some hosts."""

    rule: str
    #: Patterns of host names, as a shell's; none for all hosts.
    hosts: tuple[str, ...]
    reason: str
    #: Last day on which it holds, None for a waiver without end.
    expires: datetime.date | None
    is_expired: bool
    #: Where it is written.
    origin: parsing.Origin

    def covers(self, host: str) -> bool:
        """Return whether it is meant for a host, whatever its case."""
        return not self.hosts or any(
            fnmatch.fnmatchcase(host.lower(), pattern.lower())
            for pattern in self.hosts
        )


def for_host(waivers: Iterable[Waiver], host: str) -> tuple[Waiver, ...]:
    """Return the waivers that are meant for a host."""
    return tuple(waiver for waiver in waivers if waiver.covers(host))


def for_rule(waivers: Iterable[Waiver], rule: str) -> Waiver | None:
    """Return the waiver of a rule's findings, one that holds if any does."""
    found: Sequence[Waiver] = [one for one in waivers if one.rule == rule]
    return min(found, key=lambda one: one.is_expired, default=None)


def unused(
    waivers: Sequence[Waiver], found: Mapping[str, Collection[str]]
) -> tuple[Waiver, ...]:
    """Return the waivers that no finding matches.

    :param found: names of the rules that hold, by host
    """
    used = {
        waiver
        for host, rules in found.items()
        for waiver in for_host(waivers, host)
        if waiver.rule in rules
    }
    return tuple(waiver for waiver in waivers if waiver not in used)
