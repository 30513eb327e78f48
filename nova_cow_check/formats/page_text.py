# SPDX-License-Identifier: Apache-2.0

"""The page of a rule as a terminal shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import itertools

from nova_cow_check.formats import page_blocks
from nova_cow_check.formats import terminal


def of(page: str, screen: terminal.Screen) -> Iterator[str]:
    """Yield the lines of a page of reStructuredText.

    Literal blocks are not indented, and not wrapped: nova.conf takes a line
    that begins with white space for a part of the one above.
    """
    for number, block in enumerate(page_blocks.of(page)):
        if number:
            yield ''
        if isinstance(block, page_blocks.Title):
            text = _plain(block.text)
            yield from map(screen.bold, screen.wrapped(text, indent=''))
        else:
            yield from _block(block, screen, terminal.INDENT)


def _blocks(
    blocks: page_blocks.Blocks, screen: terminal.Screen, indent: str
) -> Iterator[str]:
    for number, block in enumerate(blocks):
        if number:
            yield ''
        yield from _block(block, screen, indent)


def _block(
    block: page_blocks.Block, screen: terminal.Screen, indent: str
) -> Iterator[str]:
    if isinstance(block, (page_blocks.Title, page_blocks.Paragraph)):
        yield from _wrapped(block.text, screen, indent)
    elif isinstance(block, page_blocks.Literal):
        for line in block.text.split('\n'):
            yield screen.bold(line) if line else ''
    elif isinstance(block, page_blocks.Fields):
        for name, text in block.fields:
            colon = page_blocks.Span(page_blocks.Kind.TEXT, ': ')
            yield from _wrapped((*name, colon, *text), screen, indent)
    else:
        yield from _list(block, screen, indent)


def _list(
    block: page_blocks.Items | page_blocks.Definitions,
    screen: terminal.Screen,
    indent: str,
) -> Iterator[str]:
    """Yield the lines of a list, apart where what is in it has several."""
    if isinstance(block, page_blocks.Items):
        insides: Iterable[page_blocks.Blocks] = block.items
        marks = (
            '* ' if block.is_bullet else f'{number}. '
            for number in itertools.count(1)
        )
        rows: list[Iterator[str]] = [
            _marked(mark, item, screen, indent)
            for mark, item in zip(marks, block.items)
        ]
    else:
        insides = [inside for _term, inside in block.definitions]
        rows = [
            itertools.chain(
                _wrapped(term, screen, indent),
                _blocks(inside, screen, indent + terminal.INDENT),
            )
            for term, inside in block.definitions
        ]
    are_apart = any(len(inside) > 1 for inside in insides)
    for number, lines in enumerate(rows):
        if number and are_apart:
            yield ''
        yield from lines


def _marked(
    mark: str,
    item: page_blocks.Blocks,
    screen: terminal.Screen,
    indent: str,
) -> Iterator[str]:
    """Yield the lines of an item, the first one behind its mark."""
    inner = indent + ' ' * len(mark)
    lines = _blocks(item, screen, inner)
    first = next(lines, '')
    if first.startswith(inner):
        yield indent + mark + first[len(inner) :]
    else:
        # Lines to copy, which stand where every line begins.
        yield indent + mark.rstrip()
        yield from ('', first)
    yield from lines


def _wrapped(
    text: page_blocks.Text, screen: terminal.Screen, indent: str
) -> Iterator[str]:
    """Yield the lines of a text, with the colour of what is literal.

    They are painted when they have been wrapped: a colour has no width.
    """
    are_next = iter(
        [
            kind is page_blocks.Kind.CODE
            for kind, span in text
            for character in span
            if not character.isspace()
        ]
    )

    def is_literal(character: str) -> bool:
        return not character.isspace() and next(are_next)

    for line in screen.wrapped(_plain(text), indent=indent):
        yield ''.join(
            screen.literal(''.join(run)) if literal else ''.join(run)
            for literal, run in itertools.groupby(line, is_literal)
        )


def _plain(text: page_blocks.Text) -> str:
    return ''.join(span for _kind, span in text)
