# SPDX-License-Identifier: Apache-2.0

"""The settings to write on one host, as lines that can be copied as they are.

What there is to know about them is in comments, as nova.conf has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check.fixer import edits
from nova_cow_check import printing
from nova_cow_check.rules import findings
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing


class _Line(NamedTuple):
    """A setting, and what is written above it."""

    #: A path, or what beats all files.
    heading: str
    #: Number of the line that it takes the place of, 0 for none.
    line: int
    change: findings.Change


def lines(
    found: Iterable[findings.Finding], known: host_settings.ImageSettings
) -> tuple[str, ...]:
    """Return what ends findings, by file and section; none if nothing does.

    :param found: those of one host; what a waiver covers is left out
    :param known: its settings
    """
    changes = findings.to_make(
        change
        for one in found
        if one.counts
        for change in one.replacement.changes
    )
    by_heading: dict[str, list[_Line]] = {}
    for change in changes:
        if change.action is findings.Action.SET:
            one = _line(change, known)
            by_heading.setdefault(one.heading, []).append(one)
    shown: list[str] = []
    for heading, in_file in by_heading.items():
        shown += ['', *_comments(heading, known), *_sections(in_file)]
    return tuple(shown[1:])


def _line(
    change: findings.Change, known: host_settings.ImageSettings
) -> _Line:
    origin, kinds = change.origin, parsing.OriginKind
    if origin.kind is kinds.FILE:
        return _Line(origin.name, origin.line, change)
    if origin.kind is not kinds.DEFAULT:
        beats = _('%s, which beats nova.conf') % wording.place(origin)
        return _Line(beats, 0, change)
    setting = edits.setting_of(change, known)
    place = setting.editing.place if setting is not None else None
    return _Line(place.path if place is not None else 'nova.conf', 0, change)


def _comments(
    heading: str, known: host_settings.ImageSettings
) -> Iterator[str]:
    yield f'# {printing.printable(heading)}'
    limits = dict(known.limits).get(heading)
    if limits is not None and limits.generated:
        words = _(
            'It is generated: %s. Write it where that tool takes it from.'
        )
        yield f'# {words % printing.printable(limits.generated)}'


def _sections(in_file: Iterable[_Line]) -> Iterator[str]:
    def order(one: _Line) -> tuple[bool, str]:
        return one.change.group != 'DEFAULT', one.change.group

    group = None
    for _heading, number, change in sorted(in_file, key=order):
        if change.group != group:
            group = change.group
            yield f'[{group}]'
        if number:
            yield '# ' + _('in place of line %d:') % number
        yield f'{change.name} = {printing.printable(change.value or "")}'
