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

"""Changes of settings as edits of files, for formats that carry these."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from nova_cow_check import findings
from nova_cow_check import origins
from nova_cow_check import report
from nova_cow_check import settings


class Edit(NamedTuple):
    """Lines of one file, and those to write in their place."""

    path: str
    #: The first line to replace, from 1.
    line: int
    #: How many lines to replace; with none, it writes before `line`.
    lines: int
    #: What to write, a line each, without line ends.
    written: tuple[str, ...]


def on(
    host: report.HostReport, changes: Iterable[findings.Change]
) -> tuple[Edit, ...] | None:
    """Return the edits that make changes, of files on this machine.

    None if there are no such files, or they are not enough.
    """
    if host.image_settings is None or host.is_elsewhere:
        return None
    found = of(changes, host.image_settings)
    return found and tuple(
        edit._replace(path=host.path_of(edit.path)) for edit in found
    )


def of(
    changes: Iterable[findings.Change], image_settings: settings.ImageSettings
) -> tuple[Edit, ...] | None:
    """Return the edits that make changes, None if files are not enough.

    They name files as origins do. No two of them touch the same line. What
    is to be kept needs none.

    :param image_settings: those that the changes are for
    """
    edits: dict[tuple[str, int], Edit] = {}
    for change in changes:
        if change.action is findings.Action.KEEP:
            continue
        edit = _edit(change, image_settings)
        if edit is None:
            return None
        key = (edit.path, edit.line)
        edits[key] = _joined(edits[key], edit) if key in edits else edit
    return tuple(edits[key] for key in sorted(edits))


def _edit(
    change: findings.Change, image_settings: settings.ImageSettings
) -> Edit | None:
    kinds = origins.OriginKind
    written: tuple[str, ...] = ()
    if change.action is findings.Action.SET:
        written = (f'{change.name} = {change.value}',)
    if not all(line.isprintable() for line in written):
        # Not a value of these options, and perhaps more than one line.
        return None
    origin = change.origin
    if origin.kind is kinds.FILE:
        return Edit(origin.name, origin.line, origin.lines, written)
    if origin.kind is kinds.DEFAULT:
        return _insertion(change, written, image_settings)
    return None


def _insertion(
    change: findings.Change,
    written: tuple[str, ...],
    image_settings: settings.ImageSettings,
) -> Edit | None:
    """Return the edit that writes what is written nowhere yet."""
    (setting,) = (
        setting
        for setting in image_settings.all
        if setting.option.group == change.group
        and setting.option.name == change.name
    )
    place = setting.insertion
    # What is written counts until another finding's changes remove it.
    if place is None or setting.is_written:
        return None
    if not place.is_in_section:
        written = (f'[{change.group}]', *written)
    return Edit(place.path, place.line, 0, written)


def _joined(one: Edit, other: Edit) -> Edit:
    """Return one edit for two that start at the same line."""
    return one._replace(
        lines=max(one.lines, other.lines),
        written=one.written + other.written,
    )
