# SPDX-License-Identifier: Apache-2.0

"""Where a setting goes that is not written yet: the line above, in a file."""

from __future__ import annotations

from collections.abc import Sequence
import enum
import re
from typing import NamedTuple

from nova_cow_check.nova import opts

#: The names of the options in each group.
NAMES = {
    group: [one.name for one in opts.OPTIONS if one.group == group]
    for group in {one.group for one in opts.OPTIONS}
}

#: Group and name of each option.
_KEYS = [(one.group, one.name) for one in opts.OPTIONS]

#: A commented-out assignment: what stands before it, and its name.
_SAMPLE = re.compile(
    rf'[#;](\s*)({"|".join(one.name for one in opts.OPTIONS)})\s*[=:]',
    re.ASCII,
)


class PlaceKind(enum.IntEnum):
    """What a new setting is written next to; the greatest is the best."""

    #: Nothing: the file has no section for it, and gets one at its end.
    NEW_SECTION = 0
    #: The last assignment of the last such section, or its header.
    SECTION = 1
    #: A comment that has an assignment of it behind a blank. The help texts
    #: of oslo-config-generator mention such, too.
    MENTION = 2
    #: A commented-out assignment of it.
    SAMPLE = 3


class Place(NamedTuple):
    """Where an option that is not written yet could be, in one file."""

    kind: PlaceKind
    path: str
    #: Number of the line above, from 1; 0 in a file without lines.
    above: int
    #: How a new line ends: as the line above, or as the one above that.
    newline: str
    #: Where it begins: behind a last line that has no end, in UTF-16 code
    #: units from 1; else 1, below the line.
    column: int
    #: Whether a blank line, or none at all, is above.
    is_apart: bool


class PlaceFinder:
    """Finds where options could be written, told of lines in their order.

    An option wins at any place, so that the place is one where people look
    for it.
    """

    def __init__(self) -> None:
        #: The best comment for each option, and its line.
        self._best: dict[str, tuple[PlaceKind, int]] = {}
        #: Where each group ends, so far.
        self._ends: dict[str, int] = {}

    def pass_section(self, group: str, line: int) -> None:
        """Note the header of a section, or an assignment's last line.

        :param group: normalized as oslo.config does
        """
        if group in NAMES:
            self._ends[group] = line

    def pass_comment(self, group: str, line: int, text: str) -> None:
        """Note a comment, if it has an assignment of the section it is in."""
        match = _SAMPLE.match(text)
        if match and match[2] in NAMES.get(group, ()):
            kind = PlaceKind.MENTION if match[1] else PlaceKind.SAMPLE
            best, _line = self._best.get(match[2], (kind, 0))
            if kind >= best:
                self._best[match[2]] = kind, line

    def places(self, path: str, lines: Sequence[str]) -> tuple[Place, ...]:
        """Return the best place of each of `opts.OPTIONS`."""
        bottom = (PlaceKind.NEW_SECTION, len(lines))
        sections = {
            group: (PlaceKind.SECTION, line)
            for group, line in self._ends.items()
        }
        best = [
            self._best.get(name) or sections.get(group, bottom)
            for group, name in _KEYS
        ]
        found = {one: _place(path, lines, *one) for one in set(best)}
        return tuple(map(found.__getitem__, best))


def is_sample(line: str) -> bool:
    """Return whether a comment may tell where an option is written."""
    return _SAMPLE.match(line) is not None


def newline(lines: Sequence[str], number: int) -> str:
    """Return how a new line below another one ends."""
    for above in range(number, max(number - 2, 0), -1):
        if end := end_of(lines[above - 1]):
            # Before a blank line that is "\n", "\r" would be half an end.
            below = ''.join(lines[number : number + 1])
            is_half = end == '\r' and below == '\n'
            return '\r\n' if is_half else end
    return '\n'


def _place(
    path: str, lines: Sequence[str], kind: PlaceKind, number: int
) -> Place:
    above = lines[number - 1] if number else ''
    column = 1
    if above and not end_of(above):
        units = above.encode('utf-16-le', errors='surrogatepass')
        column += len(units) // 2
    is_apart = not above.strip()
    return Place(kind, path, number, newline(lines, number), column, is_apart)


def end_of(line: str) -> str:
    """Return how a line ends, '' if it has no end."""
    return line[len(line.rstrip('\r\n')) :]
