# SPDX-License-Identifier: Apache-2.0

"""The words all parts share: findings and the settings that end them."""

from __future__ import annotations

from collections.abc import Iterable
import dataclasses
import enum

from nova_cow_check.nova import opts
from nova_cow_check.rules import waivers
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing


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


@dataclasses.dataclass(frozen=True)
class Change:
    """One setting to write, keep or remove."""

    action: Action
    group: str
    name: str
    #: Value to set or keep, as nova.conf spells it; None to remove.
    value: str | None
    #: The place to change; kind DEFAULT where it is not written yet.
    origin: parsing.Origin


@dataclasses.dataclass(frozen=True)
class Replacement:
    """What to write instead. With it, the finding no longer holds."""

    changes: tuple[Change, ...] = ()


@dataclasses.dataclass(frozen=True)
class Alternative:
    """What to write if an ignored line was meant."""

    replacement: Replacement
    #: What it would change, a sentence each.
    effects: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Finding:
    """A rule that holds on a host."""

    #: Name of the rule, kebab-case: never renamed, never reused.
    rule: str
    severity: Severity
    #: The settings' places that make it hold, the most telling one first.
    origins: tuple[parsing.Origin, ...]
    explanation: str
    replacement: Replacement
    alternative: Alternative | None = None
    #: The operator's, if there is one.
    waiver: waivers.Waiver | None = None

    @property
    def counts(self) -> bool:
        """Whether it is a part of the verdict: no waiver holds."""
        return self.waiver is None or self.waiver.is_expired


def set_to(
    option: opts.Option, value: object, origin: parsing.Origin
) -> Change:
    """Return the change that gives an option a value at a place."""
    return Change(Action.SET, option.group, option.name, str(value), origin)


def keep(option: opts.Option, value: object, origin: parsing.Origin) -> Change:
    """Return the reminder that a written setting is needed."""
    return Change(Action.KEEP, option.group, option.name, str(value), origin)


def remove(group: str, name: str, origin: parsing.Origin) -> Change:
    """Return the removal of one assignment."""
    return Change(Action.REMOVE, group, name, None, origin)


def to_make(changes: Iterable[Change]) -> list[Change]:
    """Return the changes that need an edit, each once.

    Of a file that is read twice, an assignment is found twice.
    """
    keep = Action.KEEP
    return [one for one in dict.fromkeys(changes) if one.action is not keep]


def remove_all(setting: host_settings.Setting[bool]) -> tuple[Change, ...]:
    """Return the removal of every place: any one left would count."""
    option = setting.option
    return tuple(
        remove(option.group, option.name, origin) for origin in setting.written
    )
