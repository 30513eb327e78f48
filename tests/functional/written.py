# SPDX-License-Identifier: Apache-2.0

"""Parts of pages that are written from the code, and tables for them.

A part stands between two comments with its name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
import re
import textwrap
from typing import NamedTuple

from tests.functional import manual

Row = Sequence[str]


class Part(NamedTuple):
    """A part of a page, and what makes it."""

    #: Name of a file in doc/source.
    page: str
    name: str
    make: Callable[[], str]

    def __str__(self) -> str:
        return f'{self.page}-{self.name}'

    def put_into(self, content: str) -> str:
        """Return a page with the part as it ought to be."""
        start, end = self._found(content).span('part')
        return f'{content[:start]}\n{self.make()}\n\n{content[end:]}'

    def _found(self, content: str) -> re.Match[str]:
        name = re.escape(self.name)
        found = re.search(
            rf'^\.\. written: {name}\n(?P<part>.*?)^\.\. end: {name}$',
            content,
            re.DOTALL | re.MULTILINE,
        )
        assert found, f'{self.page} has no place for {self.name}'
        return found


def document(part: Part) -> manual.Document:
    """Return the page of a part."""
    return manual.Document(manual.ROOT / 'doc' / 'source' / part.page)


def table(heading: Row, rows: Sequence[Row]) -> str:
    """Return a table of reStructuredText, without its last line break."""
    every = [heading, *rows]
    assert all(row[0] and len(row) == len(heading) for row in every)
    widths = [max(map(len, column)) for column in zip(*every)]
    rule = ' '.join('=' * width for width in widths)
    lines = [' '.join(map(str.ljust, row, widths)).rstrip() for row in every]
    return '\n'.join([rule, lines[0], rule, *lines[1:], rule])


def without_what_is_alike(
    rows: Sequence[Row], columns: Sequence[int], word: str = 'any'
) -> list[Row]:
    """Return rows in which a setting that changes nothing has a word.

    :param columns: of the settings, whose values are told apart
    """
    found = [*map(tuple, rows)]
    for column in columns:
        others: dict[Row, list[Row]] = {}
        for row in found:
            rest = (*row[:column], word, *row[column + 1 :])
            others.setdefault(rest, []).append(row)
        values = {row[column] for row in found} - {word}
        merged = []
        for rest, alike in others.items():
            is_any = len(values) > 1 and {r[column] for r in alike} >= values
            merged += [rest] if is_any else alike
        found = sorted(merged, key=lambda row: _first(row, rows, word))
    return [*found]


def _first(row: Row, rows: Sequence[Row], word: str) -> int:
    """Return where the first row was that this one stands for."""
    return next(
        number
        for number, one in enumerate(rows)
        if all(a in (b, word) for a, b in zip(row, one))
    )


def wrapped(text: str, indent: int = 0) -> list[str]:
    """Return a paragraph as lines of 79 columns."""
    return textwrap.wrap(
        text,
        79,
        initial_indent=' ' * indent,
        subsequent_indent=' ' * indent,
        break_on_hyphens=False,
        break_long_words=False,
    )
