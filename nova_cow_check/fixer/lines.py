# SPDX-License-Identifier: Apache-2.0

"""The lines of a file as bytes, and edits made in them.

A line ends where Python's universal newlines end it, as for the line
numbers of origins.
"""

from __future__ import annotations

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


def apply(document: Document, edit: edits.Edit) -> Document:
    """Return the lines of a file with an edit made."""
    start = edit.line - 1
    written = files.encode(edit.written)
    kept: Document = ()
    if edit.column > 1:
        # The line above gets an end, and is the same one otherwise.
        above = document[start]
        first, *_others = _LINE.findall(written)
        written = written[len(first) :]
        kept = (above._replace(data=above.data + first),)
    new = tuple(map(Line, _LINE.findall(written)))
    end = start + edit.lines + len(kept)
    return (*document[:start], *kept, *new, *document[end:])


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
