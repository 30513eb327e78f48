# SPDX-License-Identifier: Apache-2.0

"""The words of the document, for those who write and those who read it."""

from __future__ import annotations

from collections.abc import Iterable
import enum
from typing import TypeVar

from nova_cow_check import origins
from nova_cow_check import settings

Member = TypeVar('Member', bound=enum.Enum)

#: Of the document; another one if a name had to change.
VERSION = 1

PROGRAM = 'nova-cow-check'

#: Those of which a setting tells; that Nova cannot load a driver is known
#: by its kind.
FAULTS = (settings.Fault.INVALID, settings.Fault.UNRESOLVED)


def of(member: enum.Enum) -> str:
    """Return the word for a member: its name, with dashes."""
    # As oslo.config's option is called.
    if member is origins.OriginKind.CONFIG_SOURCE:
        return 'config_source'
    return member.name.lower().replace('_', '-')


def meanings(members: Iterable[Member]) -> dict[str, Member]:
    """Return the members by their words."""
    return {of(member): member for member in members}
