# SPDX-License-Identifier: Apache-2.0

"""The lines of a file as bytes, and edits made in them.

A line ends where Python's universal newlines end it, as for the line
numbers of origins.
"""

from __future__ import annotations

from collections.abc import Sequence
import re
from typing import NamedTuple

from nova_cow_check.fixer import edits
from nova_cow_check.sources import files

_LINE = re.compile(rb'[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+')


class Line(NamedTuple):
    """One line of a file that is being edited."""

    #: With its line end, if it has one.
    data: bytes
    #: Its number in the file as it was read, from 1; None if it is new.
    number: int | None = None

    @property
    def text(self) -> bytes:
        """The line without its end."""
        return self.data.rstrip(b'\r\n')


Document = tuple[Line, ...]


class Hunk(NamedTuple):
    """Neighbouring lines that differ between a file and its edited form."""

    #: Number of the first of them in the file as it was read, from 1.
    before: int
    removed: tuple[bytes, ...]
    #: Number of the first of them in the edited file, from 1.
    after: int
    added: tuple[bytes, ...]


def split(data: bytes) -> Document:
    """Return the lines of a file."""
    return tuple(
        Line(line, number)
        for number, line in enumerate(_LINE.findall(data), start=1)
    )


def join(document: Document) -> bytes:
    """Return the bytes of a file."""
    return b''.join(line.data for line in document)


def apply(document: Document, *made: edits.Edit) -> Document:
    """Return the lines of a file with edits made.

    :param made: in their order in the file; no two of them touch
    """
    after: list[Line] = []
    position = 0
    for edit in made:
        start = edit.line - 1
        written = files.encode(edit.written)
        after += document[position:start]
        position = start + edit.lines
        if edit.column > 1:
            # The line above gets an end, and is the same one otherwise.
            above = document[start]
            first, *_others = _LINE.findall(written)
            written = written[len(first) :]
            after.append(above._replace(data=above.data + first))
            position += 1
        below = document[position : position + 1]
        if not written and _would_join(after, below):
            written = b'\r\n'
        after += map(Line, _LINE.findall(written))
    return (*after, *document[position:])


def _would_join(above: Sequence[Line], below: Sequence[Line]) -> bool:
    """Return whether the ends of two lines would be one when they meet."""
    if not above or not below:
        return False
    return above[-1].data.endswith(b'\r') and below[0].data == b'\n'


def hunks(before: Document, document: Document) -> tuple[Hunk, ...]:
    """Return what was edited, in the order of the file.

    Known, not guessed by a comparison: that may take a line which stayed
    for one that was removed and added again, and would show it.

    :param before: the lines as they were read
    """
    found = []
    passed = 0
    added: list[bytes] = []
    bottom = Line(b'', len(before) + 1)
    for position, line in enumerate((*document, bottom), start=1):
        if line.number is None:
            added.append(line.data)
            continue
        removed = [old.data for old in before[passed : line.number - 1]]
        if removed != added:
            start = position - len(added)
            hunk = Hunk(passed + 1, tuple(removed), start, tuple(added))
            found.append(hunk)
        passed = line.number
        added = []
    return tuple(found)
