# SPDX-License-Identifier: Apache-2.0

"""The page of a rule as Markdown, for readers that show that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import re
import textwrap

from nova_cow_check.formats import page_blocks

#: What means something in Markdown, but within a word or a number.
_SPECIAL = re.compile(r'[\\`*<>\[\]|]|(?<!\w)_|_(?!\w)')


def of(page: str) -> str:
    """Return a page of reStructuredText as Markdown, of CommonMark's form.

    :returns: a paragraph is one line; ends with a line break
    """
    return _together(page_blocks.of(page)) + '\n'


def _together(blocks: Iterable[page_blocks.Block]) -> str:
    return '\n\n'.join(map(_block, blocks))


def _block(block: page_blocks.Block) -> str:
    if isinstance(block, page_blocks.Title):
        return f'{block.level * "#"} {_inline(block.spans)}'
    if isinstance(block, page_blocks.Paragraph):
        return _at_the_beginning(_inline(block.spans))
    if isinstance(block, page_blocks.Literal):
        return f'```\n{block.text}\n```'
    return '\n'.join(_items(block))


def _items(
    block: page_blocks.Fields | page_blocks.Items | page_blocks.Definitions,
) -> Iterator[str]:
    """Yield items; definitions are, too: CommonMark has none."""
    if isinstance(block, page_blocks.Fields):
        for name, value in block.fields:
            yield f'- **{_inline(name)}:** {_inline(value)}'
    elif isinstance(block, page_blocks.Items):
        mark = '1. ' if block.is_numbered else '- '
        for item in block.items:
            yield mark + _inside(item, len(mark))
    else:
        for term, definition in block.definitions:
            yield f'- {_inline(term)}: {_inside(definition, 2)}'


def _inside(blocks: Iterable[page_blocks.Block], indentation: int) -> str:
    """Return what is behind a mark, which the other lines stand below."""
    text = textwrap.indent(_together(blocks), ' ' * indentation)
    return text.lstrip()


def _inline(spans: Iterable[page_blocks.Span]) -> str:
    words = []
    for span in spans:
        if span.kind == 'code':
            words.append(f'`{span.text}`')
        elif span.kind == 'url':
            words.append(f'<{span.text}>')
        else:
            words.append(_SPECIAL.sub(r'\\\g<0>', span.text))
    return ''.join(words)


def _at_the_beginning(paragraph: str) -> str:
    """Escape what would make of a paragraph a heading, or an item."""
    start = re.match(r'\d*', paragraph)
    assert start is not None
    head, tail = paragraph[: start.end()], paragraph[start.end() :]
    escaped = tail[:1] in ('.', ')') if head else tail[:1] in tuple('#+=~-')
    return f'{head}\\{tail}' if escaped else paragraph
