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
"""The lines of a file as bytes, and one assignment of them edited.

A line ends where Python's universal newlines end it, as for the line
numbers of origins. The files are valid: what is here relies on oslo.config
having parsed them.
"""

from __future__ import annotations

from collections.abc import Sequence
import re
from typing import NamedTuple

_LINE = re.compile(rb'[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+')

#: Name and separator; space; value; space. The first separator counts.
_ASSIGNMENT = re.compile(rb'([^:=]*[:=])(\s*)(.*?)(\s*)', re.DOTALL)

_COMMENT_MARK = re.compile(rb'[#;]')

_QUOTES = (b'"', b"'")


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

    @property
    def end(self) -> bytes:
        return self.data[len(self.text) :]


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


def assign(document: Document, first: int, count: int, value: str) -> Document:
    """Give an assignment another value.

    Its separator, spacing, quotes and line end stay. What looks like a
    comment behind the old value gets a line of its own above, since there
    it would be a part of the new value, too.

    :param first: number of the assignment's line, from 1
    :param count: its lines; of several, the last one alone has the value
    """
    old = document[first - 1 : first - 1 + count]
    matched = _ASSIGNMENT.fullmatch(old[0].text)
    assert matched is not None
    key, space, written, rest = matched.groups()
    if count > 1:
        written, rest = old[-1].text.strip(), b''
    if not space and (count > 1 or not written):
        space = b' ' if key[-2:-1].isspace() else b''
    comment, quote = _decoration(written)
    end = line_end(document, first + count - 1)
    new = [Line(comment + end)] if comment else []
    text = key + space + quote + value.encode('ascii') + quote + rest
    new.append(Line(text + old[-1].end))
    return _replaced(document, first, count, new)


def remove(document: Document, first: int, count: int) -> Document:
    """Take lines away, with their ends."""
    return _replaced(document, first, count, [])


def insert(document: Document, after: int, written: Sequence[str]) -> Document:
    """Write new lines, which end as the line above does.

    A missing end of the file's last line stays missing.

    :param after: number of the line above; 0 in a file without lines
    """
    end = line_end(document, after)
    new = [Line(text.encode('ascii') + end) for text in written]
    if after:
        above = document[after - 1]
        if not above.end:
            new[-1] = Line(new[-1].text)
            above = above._replace(data=above.data + end)
        return _replaced(document, after, 1, [above, *new])
    return _replaced(document, 1, 0, new)


def line_end(document: Document, number: int) -> bytes:
    """Return how a line ends; the last one that has none, as those above."""
    ends = (line.end for line in reversed(document[:number]))
    return next(filter(None, ends), b'\n')


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


def _replaced(
    document: Document, first: int, count: int, new: Sequence[Line]
) -> Document:
    start = first - 1
    return (*document[:start], *new, *document[start + count :])


def _decoration(written: bytes) -> tuple[bytes, bytes]:
    """Return the comment behind an old value, and its quote."""
    quote = _quote(written)
    inside = written[len(quote) : len(written) - len(quote)]
    mark = _COMMENT_MARK.search(inside)
    if mark is None:
        return b'', quote
    value = inside[: mark.start()].strip()
    return inside[mark.start() :].strip(), quote or _quote(value)


def _quote(written: bytes) -> bytes:
    """Return the quote around a value, empty if there is no pair."""
    first, last = written[:1], written[-1:]
    is_pair = len(written) > 1 and first == last and first in _QUOTES
    return first if is_pair else b''
