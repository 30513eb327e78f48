# SPDX-License-Identifier: Apache-2.0

"""What a file assigns, in columns: a file can have millions of lines.

An object for each of them would take a hundred times the memory of the file.
"""

from __future__ import annotations

import array
from collections.abc import Collection
from typing import NamedTuple

#: Different values that are kept once, and the characters of such a one.
_MOST_SHARED, _LONGEST_SHARED = 65536, 60


class Row(NamedTuple):
    """One assignment, without the file that it is in."""

    #: Section as written.
    group: str
    name: str
    text: str
    #: Number of its first line, from 1.
    line: int
    #: Number of lines.
    lines: int


class Columns:
    """Assignments in the order of their file, each found by its option."""

    def __init__(self) -> None:
        #: Number of a group and a name as they are written.
        self._numbers: dict[tuple[str, str], int] = {}
        self._written: list[tuple[str, str]] = []
        #: Number of an option, the same however its group is written.
        self._options: dict[tuple[str, str], int] = {}
        self._option_of = array.array('I')
        #: Position of the last assignment of each option, from 1.
        self._last = array.array('I')
        #: And of the one before each assignment, 0 for none.
        self._before = array.array('I')
        self._number = array.array('I')
        self._line = array.array('I')
        self._lines = array.array('I')
        self._texts: list[str] = []
        self._shared: dict[str, str] = {}

    def add(
        self, normalized: str, row: tuple[str, str, str, int, int]
    ) -> None:
        """Append a row.

        :param normalized: its group, as oslo.config looks it up
        """
        group, name, text, line, lines = row
        key = group, name
        number = self._numbers.get(key)
        if number is None:
            number = self._new_number(normalized, key)
        option = self._option_of[number]
        self._before.append(self._last[option])
        self._number.append(number)
        self._line.append(line)
        self._lines.append(lines)
        if len(text) <= _LONGEST_SHARED:
            text = self._shared.setdefault(text, text)
            if len(self._shared) > _MOST_SHARED:
                self._shared.clear()
        self._texts.append(text)
        self._last[option] = len(self._texts)

    def _new_number(self, normalized: str, key: tuple[str, str]) -> int:
        group, name = key
        # One tuple, if it can be, for each of what can be a million.
        looked_up = key if normalized == group else (normalized, name)
        option = self._options.setdefault(looked_up, len(self._options))
        if option == len(self._last):
            self._last.append(0)
        self._option_of.append(option)
        self._written.append(key)
        return self._numbers.setdefault(key, len(self._numbers))

    def __len__(self) -> int:
        return len(self._texts)

    def __getitem__(self, position: int) -> Row:
        return Row(
            *self._written[self._number[position]],
            self._texts[position],
            self._line[position],
            self._lines[position],
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Columns):
            return NotImplemented
        return (
            self._written == other._written
            and self._number == other._number
            and self._line == other._line
            and self._lines == other._lines
            and self._texts == other._texts
        )

    @property
    def options(self) -> Collection[tuple[str, str]]:
        """The options, each with its group as oslo.config looks it up."""
        return self._options.keys()

    def positions(self, normalized: str, name: str) -> array.array[int]:
        """Return where an option is assigned, from 0, in order."""
        found = array.array('I')
        option = self._options.get((normalized, name))
        position = 0 if option is None else self._last[option]
        while position:
            found.append(position - 1)
            position = self._before[position - 1]
        found.reverse()
        return found
