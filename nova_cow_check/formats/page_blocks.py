# SPDX-License-Identifier: Apache-2.0

"""The page of a rule as values, for what shows it otherwise than as it is.

It is reStructuredText, of which pages use a part: sections, fields,
paragraphs, lists, definitions, literal blocks and inline literals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


class Span(NamedTuple):
    """A part of a line."""

    #: ``code``, ``url`` or ``text``.
    kind: str
    text: str


class Title(NamedTuple):
    """The title of a section; that of the page has level 1."""

    level: int
    spans: tuple[Span, ...]


class Paragraph(NamedTuple):
    spans: tuple[Span, ...]


class Literal(NamedTuple):
    """Lines that are shown as they are."""

    text: str


class Fields(NamedTuple):
    """Names with values, such as the severity."""

    fields: tuple[tuple[tuple[Span, ...], tuple[Span, ...]], ...]


class Items(NamedTuple):
    is_numbered: bool
    items: tuple[tuple[Block, ...], ...]


class Definitions(NamedTuple):
    """Terms with what is said of each."""

    definitions: tuple[tuple[tuple[Span, ...], tuple[Block, ...]], ...]


Block = Union[Title, Paragraph, Literal, Fields, Items, Definitions]


def of(page: str) -> tuple[Block, ...]:
    """Return the blocks of a page, or of what is inside another block."""
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
            yield Title(_UNDERLINES.index(below[0]) + 1, _spans(line))
        elif _FIELD.match(line):
            yield Fields(tuple(_fields(rest)))
        elif _ITEM.match(line):
            is_numbered = line[0] not in '*-'
            yield Items(is_numbered, tuple(_items(rest, is_numbered)))
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
                yield Paragraph(_spans(paragraph))


def _paragraph(rest: list[str]) -> Iterator[str]:
    while rest and rest[0]:
        yield rest.pop(0)


def _fields(
    rest: list[str],
) -> Iterator[tuple[tuple[Span, ...], tuple[Span, ...]]]:
    while rest and (match := _FIELD.match(rest[0])):
        del rest[0]
        yield _spans(match[1]), _spans(match[2])


def _items(rest: list[str], is_numbered: bool) -> Iterator[tuple[Block, ...]]:
    while rest and (match := _ITEM.match(rest[0])):
        if (match[1] in '*-') is is_numbered:
            return
        first = rest.pop(0)[match.end() :]
        yield tuple(_blocks([first, *_taken(rest, match.end())]))


def _definitions(
    rest: list[str],
) -> Iterator[tuple[tuple[Span, ...], tuple[Block, ...]]]:
    while rest[1:] and rest[0] and rest[1].startswith(' '):
        term = _spans(rest.pop(0))
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


def _spans(text: str) -> tuple[Span, ...]:
    spans = []
    for match in _INLINE.finditer(text):
        if match['text'] is None:
            kind = 'url' if match['code'] is None else 'code'
            spans.append(Span(kind, match[kind]))
        else:
            plain = re.sub(r'\\(.)', r'\1', match['text'])
            spans.append(Span('text', plain))
    return tuple(spans)
