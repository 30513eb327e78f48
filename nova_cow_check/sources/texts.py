# SPDX-License-Identifier: Apache-2.0

"""A long text, as its lines."""

from __future__ import annotations

import array
from collections.abc import Iterator, Sequence
import io
import itertools
from typing import overload

#: Characters of a text whose lines are not held as strings.
LARGE = 1024 * 1024


class Lines(Sequence[str]):
    """The lines of a text with their ends, cut out when they are asked for.

    As strings of their own, short ones take twenty times the memory.

    :param newline: as in `io.StringIO`
    """

    def __init__(self, text: str, newline: str) -> None:
        self._text = text
        lengths = map(len, io.StringIO(text, newline=newline))
        self._starts = array.array(
            'I', itertools.accumulate(lengths, initial=0)
        )

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __iter__(self) -> Iterator[str]:
        ends = itertools.islice(self._starts, 1, None)
        return map(self._text.__getitem__, map(slice, self._starts, ends))

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        text, starts = self._text, self._starts
        asked = range(len(starts) - 1)[index]
        if isinstance(asked, range):
            return [text[starts[one] : starts[one + 1]] for one in asked]
        return text[starts[asked] : starts[asked + 1]]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Lines):
            return NotImplemented
        return self._text == other._text


def lines_of(text: str) -> Sequence[str]:
    """Return the lines of a text with their ends, any that open() knows."""
    # To look for one end only is faster, and nearly all files have no other.
    newline = '' if '\r' in text else '\n'
    if len(text) > LARGE:
        return Lines(text, newline)
    return io.StringIO(text, newline=newline).readlines()
