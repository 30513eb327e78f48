# SPDX-License-Identifier: Apache-2.0

"""What the overrides are made of: settings, comments, whole pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
import sys
import textwrap
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import printing
from nova_cow_check.rules import findings


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


def wanted_of(changes: Iterable[findings.Change]) -> Wanted:
    """Return what changes lead to.

    What is to be kept is wanted as well: a tool writes only what it is told.
    """
    values: dict[tuple[str, str], str] = {}
    removed: dict[tuple[str, str], None] = {}
    for change in changes:
        option = (
            printing.printable(change.group),
            printing.printable(change.name),
        )
        if change.value is None:
            removed[option] = None
        elif option not in values or change.action is findings.Action.SET:
            values[option] = printing.printable(change.value)
    settings: dict[str, dict[str, str]] = {}
    for group, name in sorted(values):
        settings.setdefault(group, {})[name] = values[group, name]
    return Wanted(
        settings, tuple(option for option in removed if option not in values)
    )


def comment(words: str, width: int = 79) -> str:
    """Return comment lines with a text; no path or command is broken."""
    lines = textwrap.wrap(
        words, width - 2, break_long_words=False, break_on_hyphens=False
    )
    return ''.join(f'# {line}\n' for line in lines)


def page(
    wanted: Wanted,
    *,
    where: str,
    body: str,
    removal: str,
    deploy: Sequence[str],
    trailer: str = '',
) -> str:
    """Return a whole override.

    :param where: tells where the body is to be written
    :param body: what to write; left out if nothing is to be set
    :param removal: tells where a setting, its ``%s``, is to be removed from
    :param deploy: lines of the command that deploys it
    :param trailer: what to write in any case
    """
    pieces = [comment(where) + body] if wanted.settings else []
    pieces += [
        comment(removal % f'[{group}]/{name}')
        for group, name in wanted.removed
    ]
    if trailer:
        pieces[-1] += trailer
    commands = ''.join(f'#   {line}\n' for line in deploy)
    pieces.append(comment(_('Then deploy it:')) + commands)
    return '\n'.join(pieces)


def as_yaml(tree: Mapping[str, object]) -> str:
    # Only for these tools: it takes long to load.
    import yaml

    dumped: str = yaml.safe_dump(
        tree, sort_keys=False, allow_unicode=True, width=sys.maxsize
    )
    return dumped


def native(value: str) -> str | bool:
    return {'True': True, 'False': False}.get(value, value)
