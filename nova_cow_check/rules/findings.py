# SPDX-License-Identifier: Apache-2.0

"""Findings, the settings that end them, and the waivers that accept them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
import datetime
import enum
import fnmatch
from typing import NamedTuple, TYPE_CHECKING

from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing

if TYPE_CHECKING:
    from nova_cow_check.rules import extras


class Severity(enum.IntEnum):
    """How bad a finding is; they compare in this order."""

    NOTE = 0
    WARNING = 1
    FAILURE = 2


class Action(enum.Enum):
    """What to do with a setting."""

    SET = 'set'
    KEEP = 'keep'
    REMOVE = 'remove'


class Change(NamedTuple):
    """One setting to write, keep or remove."""

    action: Action
    group: str
    name: str
    #: Value to set or keep, as nova.conf spells it; None to remove.
    value: str | None
    #: The place to change; kind DEFAULT where it is not written yet.
    origin: parsing.Origin


class Replacement(NamedTuple):
    """What to write instead. With it, the finding no longer holds."""

    changes: tuple[Change, ...] = ()
    #: Names of the rules whose findings propose something else: see
    #: `choices`.
    not_with: tuple[str, ...] = ()


class Alternative(NamedTuple):
    """What to write on a condition of which only an operator knows.

    It is never written without being asked for.
    """

    replacement: Replacement
    #: What it would change, a sentence each.
    effects: tuple[str, ...]
    #: When to write it; whole words, with a colon at their end.
    condition: str


class Waiver(NamedTuple):
    """A rule whose findings an operator accepts on some hosts."""

    rule: str
    #: Patterns of host names, as a shell's; none for all hosts.
    hosts: tuple[str, ...]
    reason: str
    #: Last day on which it holds, None for a waiver without end.
    expires: datetime.date | None
    is_expired: bool
    #: Where it is written.
    origin: parsing.Origin
    #: UUIDs, of a rule about guests: one that named none would hide the next
    #: broken guest.
    guests: tuple[str, ...] = ()

    def covers(self, host: str) -> bool:
        """Return whether it is meant for a host, whatever its case."""
        return not self.hosts or any(
            fnmatch.fnmatchcase(host.lower(), pattern.lower())
            for pattern in self.hosts
        )


class Finding(NamedTuple):
    """A rule that holds on a host."""

    #: Name of the rule, kebab-case: never renamed, never reused.
    rule: str
    severity: Severity
    #: The settings' places that make it hold, the most telling one first.
    origins: tuple[parsing.Origin, ...]
    explanation: str
    replacement: Replacement
    alternative: Alternative | None = None
    waiver: Waiver | None = None
    #: Whether guests can read files of the host or wrong bytes, or lose
    #: their data; not if they merely break.
    is_unsafe: bool = False
    #: None for a rule about one host.
    apart: extras.Apart | None = None
    #: None for a rule about settings.
    guest: extras.Concerned | None = None

    @property
    def counts(self) -> bool:
        """Whether it is a part of the verdict: no waiver holds."""
        return self.waiver is None or self.waiver.is_expired

    @property
    def urgency(self) -> tuple[bool, bool, Severity]:
        """How soon it is to be seen: what is unsafe before what breaks."""
        return self.counts, self.is_unsafe, self.severity


def set_to(setting: host_settings.AnySetting, value: object) -> Change:
    """Return the change that gives an option a value where it is set."""
    option, origin = setting.option, setting.origin
    return Change(Action.SET, option.group, option.name, str(value), origin)


def keep(setting: host_settings.AnySetting) -> Change:
    """Return the reminder that a written setting is needed."""
    change = set_to(setting, setting.value)
    return change._replace(action=Action.KEEP)


def remove(group: str, name: str, origin: parsing.Origin) -> Change:
    """Return the removal of one assignment."""
    return Change(Action.REMOVE, group, name, None, origin)


def to_make(changes: Iterable[Change]) -> list[Change]:
    """Return the changes that need an edit, each once.

    Of a file that is read twice, an assignment is found twice.
    """
    once = dict.fromkeys(changes)
    return [one for one in once if one.action is not Action.KEEP]


def remove_all(setting: host_settings.AnySetting) -> tuple[Change, ...]:
    """Return the removal of every place: any one left would count."""
    option = setting.option
    return tuple(
        remove(option.group, option.name, origin) for origin in setting.written
    )


def waivers_for_host(
    waivers: Iterable[Waiver], host: str
) -> tuple[Waiver, ...]:
    """Return the waivers that are meant for a host."""
    return tuple(waiver for waiver in waivers if waiver.covers(host))


def waiver_for(waivers: Iterable[Waiver], finding: Finding) -> Waiver | None:
    """Return the waiver of a finding, one that holds if any does."""
    found = (one for one in waivers if _is_about(one, finding))
    return min(found, key=lambda one: one.is_expired, default=None)


def unused_waivers(
    waivers: Sequence[Waiver],
    found: Mapping[str, Collection[Finding]],
    with_guests: Collection[str] = (),
) -> tuple[Waiver, ...]:
    """Return the waivers that no finding matches.

    :param found: what holds, by host
    :param with_guests: hosts whose guests have been looked at; without them,
        nothing is known of a waiver that names guests
    """
    used = set()
    for host, its_findings in found.items():
        # Of guests, a host can have thousands.
        keys = {(one.rule, _uuid(one)) for one in its_findings}
        for waiver in waivers_for_host(waivers, host):
            for uuid in ('', *waiver.guests):
                if (waiver.rule, uuid) in keys:
                    used.add(waiver)
    return tuple(
        waiver
        for waiver in waivers
        if waiver not in used
        and (not waiver.guests or any(map(waiver.covers, with_guests)))
    )


def _uuid(finding: Finding) -> str:
    return finding.guest.uuid if finding.guest else ''


def _is_about(waiver: Waiver, finding: Finding) -> bool:
    guest = finding.guest
    return waiver.rule == finding.rule and (
        guest is None or guest.uuid in waiver.guests
    )
