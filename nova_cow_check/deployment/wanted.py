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

"""What the override for a deployment tool has to hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from nova_cow_check import findings
from nova_cow_check import text


class Wanted(NamedTuple):
    """Settings that a host is to have, wherever they come from."""

    #: Group -> name -> value, as nova.conf spells them.
    settings: Mapping[str, Mapping[str, str]]
    #: Settings to remove, as (group, name); none that is in `settings`.
    removed: tuple[tuple[str, str], ...]

    @property
    def ini(self) -> str:
        """The settings as sections of a nova.conf."""
        sections = (
            ''.join(
                [f'[{group}]\n']
                + [f'{name} = {value}\n' for name, value in values.items()]
            )
            for group, values in self.settings.items()
        )
        return '\n'.join(sections)


def of(changes: Iterable[findings.Change]) -> Wanted:
    """Return what changes lead to.

    What is to be kept is wanted as well: a tool writes only what it is told.
    """
    values: dict[tuple[str, str], str] = {}
    removed: dict[tuple[str, str], None] = {}
    for change in changes:
        option = (text.printable(change.group), text.printable(change.name))
        if change.value is None:
            removed[option] = None
        elif option not in values or change.action is findings.Action.SET:
            values[option] = text.printable(change.value)
    settings: dict[str, dict[str, str]] = {}
    for group, name in sorted(values):
        settings.setdefault(group, {})[name] = values[group, name]
    return Wanted(
        settings, tuple(option for option in removed if option not in values)
    )
