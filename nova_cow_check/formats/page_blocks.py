# SPDX-License-Identifier: Apache-2.0

"""The page of a rule as blocks, whatever is made of them.

A page is reStructuredText, of which pages use a part: sections, fields,
paragraphs, lists, definitions, literal blocks and inline literals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import enum
import re
import textwrap
from typing import NamedTuple, Union

#: Characters that underline a title, by the level of the section.
_UNDERLINES = '=-~'

_FIELD = re.compile(r':([^:]+): +(.*)')

_ITEM = re.compile(r'([*-]|#\.|\d+\.) +')

#: An inline literal, an address, or the text up to the next one of these.
_INLINE = re.compile(
    r'``(?P<code>.+?)``|(?P<url>https?://[^\s<>]*[^\s<>.,;:)])|'
    r'(?P<text>.+?)(?=``|https?://|$)',
    re.DOTALL,
)


class Kind(enum.Enum):
    """What a part of a text is."""

    TEXT = 'text'
    CODE = 'code'
    URL = 'url'


class Span(NamedTuple):
    """A part of a text, without marks and escapes."""

    kind: Kind
    text: str


#: A text on one line.
Text = tuple[Span, ...]


class Title(NamedTuple):
    """The title of a page, level 1, or of a section."""

    level: int
    text: Text


class Paragraph(NamedTuple):
    text: Text


class Literal(NamedTuple):
    """Lines as they stand; without an end of the last one."""

    text: str


class Fields(NamedTuple):
    """Names, and what they are."""

    fields: tuple[tuple[Text, Text], ...]


class Items(NamedTuple):
    """A list, of bullets or of numbers that count from 1."""

    is_bullet: bool
    items: tuple[Blocks, ...]


class Definitions(NamedTuple):
    """Terms, and what they mean."""

    definitions: tuple[tuple[Text, Blocks], ...]


Block = Union[Title, Paragraph, Literal, Fields, Items, Definitions]
Blocks = tuple[Block, ...]


def of(page: str) -> Blocks:
    """Return the blocks of a page."""
    return tuple(_blocks(page.split('\n')))


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    """Yield the blocks of lines that have one indentation."""
    rest = list(lines)
    while rest:
        line, below = rest[0], rest[1] if rest[1:] else ''
        if not line:
            del rest[0]
        elif below[:1] in _UNDERLINES and below == len(line) * below[:1] != '':
            del rest[:2]
            yield Title(_UNDERLINES.index(below[0]) + 1, _text(line))
        elif _FIELD.match(line):
            yield Fields(tuple(_fields(rest)))
        elif _ITEM.match(line):
            is_bullet = _is_bullet(line)
            yield Items(is_bullet, tuple(_items(rest, is_bullet)))
        elif line.startswith(' '):
            yield Literal(textwrap.dedent('\n'.join(_taken(rest, 1))))
        elif below.startswith(' '):
            yield Definitions(tuple(_definitions(rest)))
        else:
            paragraph = ' '.join(_paragraph(rest))
            if paragraph.endswith('::'):
                paragraph = paragraph[:-1].rstrip(':')
                paragraph += ':' if paragraph else ''
            if paragraph:
                yield Paragraph(_text(paragraph))


def _paragraph(rest: list[str]) -> Iterator[str]:
    while rest and rest[0]:
        yield rest.pop(0)


def _fields(rest: list[str]) -> Iterator[tuple[Text, Text]]:
    while rest and (match := _FIELD.match(rest[0])):
        del rest[0]
        yield _text(match[1]), _text(match[2])


def _is_bullet(line: str) -> bool:
    return line[0] in '*-'


def _items(rest: list[str], is_bullet: bool) -> Iterator[Blocks]:
    while rest and (match := _ITEM.match(rest[0])):
        if _is_bullet(rest[0]) is not is_bullet:
            return
        first = rest.pop(0)[match.end() :]
        yield tuple(_blocks([first, *_taken(rest, match.end())]))


def _definitions(rest: list[str]) -> Iterator[tuple[Text, Blocks]]:
    while rest[1:] and rest[0] and rest[1].startswith(' '):
        term = _text(rest.pop(0))
        inside = textwrap.dedent('\n'.join(_taken(rest, 1)))
        yield term, of(inside)
        while rest and not rest[0]:
            del rest[0]


def _taken(rest: list[str], indentation: int) -> list[str]:
    """Take the lines that are further in, and those between, without it."""
    taken: list[str] = []
    start = ' ' * indentation
    while rest and (not rest[0] or rest[0].startswith(start)):
        taken.append(rest.pop(0)[indentation:])
    while taken and not taken[-1]:
        taken.pop()
    return taken


def _text(text: str) -> Text:
    spans = []
    for match in _INLINE.finditer(text):
        kind = Kind(match.lastgroup)
        span = match[kind.value]
        if kind is Kind.TEXT:
            span = re.sub(r'\\(.)', r'\1', span)
        spans.append(Span(kind, span))
    return tuple(spans)
