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
"""The bytes around an edit: all of them are to stay.

Lines are compared by their place, from the bytes of the file before and
after: what `lines` knows of them is what has to be proven.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from nova_cow_check._i18n import _
from nova_cow_check.fixer import assignments
from nova_cow_check.fixer import lines
from nova_cow_check.fixer import proof
from nova_cow_check import origins
from nova_cow_check import text


def check(
    before: origins.ConfigFile,
    after: origins.ConfigFile,
    old: bytes,
    new: bytes,
    hunks: Sequence[lines.Hunk],
    keys: assignments.Keys,
) -> None:
    """Require that hunks hold all that changed, and lines of options only.

    :param before: what was parsed from `old`
    :param after: what was parsed from `new`
    :param keys: the options that may change: `assignments.keys_of`
    :raises proof.NotProven: if it is otherwise
    """
    if not _is_all(lines.split(old), lines.split(new), hunks):
        reason = _('bytes outside the edited lines would change in %s')
    elif not _is_of_options(before, after, hunks, keys):
        reason = _('a line of another option would be edited in %s')
    else:
        return
    raise proof.NotProven(reason % text.printable(after.path))


def _is_all(
    old: lines.Document, new: lines.Document, hunks: Iterable[lines.Hunk]
) -> bool:
    expected: list[bytes] = []
    position = 0
    for hunk in hunks:
        start = hunk.before - 1
        expected += (line.data for line in old[position:start])
        position = start + len(hunk.removed)
        removed = tuple(line.data for line in old[start:position])
        if removed != hunk.removed or len(expected) != hunk.after - 1:
            return False
        expected += hunk.added
    expected += (line.data for line in old[position:])
    # A last line without an end gets one when another line follows.
    return len(expected) == len(new) and all(
        line.data == data or (line.text == data and line is not new[-1])
        for line, data in zip(new, expected)
    )


def _is_of_options(
    before: origins.ConfigFile,
    after: origins.ConfigFile,
    hunks: Iterable[lines.Hunk],
    keys: assignments.Keys,
) -> bool:
    removable = set(_lines_of(before, keys))
    addable = set(_lines_of(after, keys))
    headers = {f'[{group}]'.encode() for group, _name in keys}
    for hunk in hunks:
        removed = range(hunk.before, hunk.before + len(hunk.removed))
        if not removable.issuperset(removed):
            return False
        for number, data in enumerate(hunk.added, start=hunk.after):
            line = data.strip()
            is_moved = any(line in old for old in hunk.removed)
            is_comment = line.startswith((b'#', b';')) and is_moved
            is_more = not line or is_comment or line in headers
            if number not in addable and not is_more:
                return False
    return True


def _lines_of(
    file: origins.ConfigFile, keys: assignments.Keys
) -> Iterator[int]:
    """Yield the numbers of the lines that assign some options."""
    for assignment in file.assignments:
        if assignments.key_of(assignment) in keys:
            first = assignment.origin.line
            yield from range(first, first + assignment.origin.lines)
