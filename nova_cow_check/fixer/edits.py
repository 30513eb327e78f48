# SPDX-License-Identifier: Apache-2.0

"""Changes of settings as edits of files: the same ones, whoever makes them.

What was parsed tells all that an edit needs: no file is opened here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import itertools
import operator
import re
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import printing
from nova_cow_check.rules import findings
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import new_lines
from nova_cow_check.settings import parsing

_LINE_ENDS = ('\n', '\r')


class Edit(NamedTuple):
    """Lines of one file, and what to write in their place."""

    path: str
    #: The first line to replace, from 1.
    line: int
    #: How many lines to replace, with their ends; with none, it writes
    #: before `line`.
    lines: int
    #: All that it writes, with line ends.
    written: str
    #: Where it begins in `line`, in UTF-16 code units from 1: not 1 for what
    #: goes behind a last line that has no end.
    column: int = 1
    #: False if the last one replaced is a last line that has no end.
    has_end: bool = True


def of(
    changes: Iterable[findings.Change],
    image_settings: host_settings.ImageSettings,
) -> tuple[Edit, ...] | None:
    """Return the edits that make changes, None if files are not enough.

    They are in the order of their paths and lines, and no two of them
    touch. What is to be kept needs none.

    :param image_settings: those that the changes are for
    """
    frames = dict(_frames(image_settings))
    edits: list[Edit] = []
    added: dict[new_lines.Place, list[findings.Change]] = {}
    for change in findings.to_make(changes):
        if not (change.value or '').isprintable():
            # Not a value of these options, and perhaps more than one line.
            return None
        if change.origin.lines > 1:
            # What is on the others may be another option's, and is kept.
            return None
        place = _place(change, image_settings)
        if change.origin in frames:
            edits.append(_rewritten(change, frames[change.origin]))
        elif place is not None:
            added.setdefault(place, []).append(change)
        else:
            return None
    # At the end of a file, what goes into its last section comes first.
    edits += (_added(one, added[one]) for one in sorted(added, reverse=True))
    return _joined(edits)


def explanation(
    change: findings.Change,
    image_settings: host_settings.ImageSettings,
    line: int | None,
) -> str:
    """Return why a change is made where it is, '' if that needs no words.

    :param line: the number to tell; None for a line that is new itself
    """
    setting = setting_of(change, image_settings)
    if setting is None or change.action is not findings.Action.SET:
        return ''
    option, path = setting.option, change.origin.name
    place = _place(change, image_settings)
    if place is not None:
        is_only_file = len(set(image_settings.files)) == 1
        sentence = _why_there(place.kind, is_only_file)
        path = place.path
    elif line is None or len(set(setting.editing.frames)) == 1:
        return ''
    else:
        sentence = _(
            '%(option)s is set at more than one place; it is changed at '
            '%(path)s:%(line)d, which is read last and wins.'
        )
    return sentence % {
        'option': option,
        'group': option.group,
        'path': printing.printable(path),
        'line': line or 0,
    }


def _frames(
    image_settings: host_settings.ImageSettings,
) -> Iterator[tuple[parsing.Origin, parsing.Frame]]:
    for setting in image_settings.all:
        yield from setting.editing.frames
    for lookalike in image_settings.lookalikes:
        if lookalike.frame is not None:
            yield lookalike.origin, lookalike.frame


def setting_of(
    change: findings.Change, image_settings: host_settings.ImageSettings
) -> host_settings.AnySetting | None:
    """Return the setting that a change is about, None of a lookalike."""
    for setting in image_settings.all:
        option = setting.option
        if (option.group, option.name) == (change.group, change.name):
            return setting
    return None


def _place(
    change: findings.Change, image_settings: host_settings.ImageSettings
) -> new_lines.Place | None:
    """Return where to write what is written nowhere yet, None if it is."""
    setting = setting_of(change, image_settings)
    is_nowhere = change.origin.kind is parsing.OriginKind.DEFAULT
    # What is written counts until another finding's changes remove it.
    if not is_nowhere or setting is None or setting.is_written:
        return None
    return setting.editing.place


def _rewritten(change: findings.Change, frame: parsing.Frame) -> Edit:
    origin = change.origin
    written = ''
    if change.value is not None:
        written = frame.before + change.value + frame.after
    has_end = frame.after.endswith(_LINE_ENDS)
    return Edit(
        origin.name, origin.line, origin.lines, written, has_end=has_end
    )


def _added(place: new_lines.Place, changes: list[findings.Change]) -> Edit:
    lines: list[str] = []
    group_of = operator.attrgetter('group')
    by_group = sorted(changes, key=group_of)
    for group, in_group in itertools.groupby(by_group, group_of):
        if place.kind is new_lines.PlaceKind.NEW_SECTION:
            if lines or not place.is_apart:
                lines.append('')
            lines.append(f'[{group}]')
        lines += [f'{one.name} = {one.value}' for one in in_group]
    if place.column > 1:
        # A missing end of the file's last line stays missing.
        written = ''.join(place.newline + line for line in lines)
        return Edit(place.path, place.above, 0, written, place.column)
    written = ''.join(line + place.newline for line in lines)
    return Edit(place.path, place.above + 1, 0, written)


def _joined(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return edits in order, one for those that touch."""
    joined: list[Edit] = []
    start = operator.attrgetter('path', 'line', 'column', 'lines')
    for edit in sorted(edits, key=start):
        before = joined[-1] if joined else None
        if before is None or not _touches(before, edit):
            joined.append(edit)
            continue
        written = edit.written
        if not before.has_end and before.written[-1:] in ('', *_LINE_ENDS):
            # The end of a line that is no more.
            written = re.sub(r'\A(\r\n|\n|\r)', '', written)
        joined[-1] = before._replace(
            lines=before.lines + edit.lines,
            written=before.written + written,
            has_end=before.has_end and edit.has_end,
        )
    return tuple(joined)


def _touches(before: Edit, edit: Edit) -> bool:
    end = (before.line + before.lines, before.column)
    if not before.has_end:
        end = (before.line + before.lines - 1, edit.column)
    return (before.path, *end) == (edit.path, edit.line, edit.column)


def _why_there(kind: new_lines.PlaceKind, is_only_file: bool) -> str:
    kinds = new_lines.PlaceKind
    if kind is kinds.NEW_SECTION:
        return _(
            '%(option)s is set nowhere, and no file has [%(group)s]; it goes '
            'into a new section at the end of %(path)s, the file read last.'
        )
    if kind is not kinds.SECTION:
        return _(
            '%(option)s is set nowhere; it goes into %(path)s, right after '
            'its commented-out line there.'
        )
    if is_only_file:
        return _(
            '%(option)s is set nowhere; it goes into [%(group)s] of %(path)s.'
        )
    return _(
        '%(option)s is set nowhere; it goes into %(path)s, the file read '
        'last of those that have [%(group)s].'
    )
