# SPDX-License-Identifier: Apache-2.0

"""The page of a rule as Markdown, for readers that show that."""

from __future__ import annotations

from collections.abc import Iterator
import re
import textwrap

from nova_cow_check.formats import page_blocks

#: What means something in Markdown, but within a word or a number.
_SPECIAL = re.compile(r'[\\`*<>\[\]|]|(?<!\w)_|_(?!\w)')


def of(page: str) -> str:
    """Return a page of reStructuredText as Markdown, of CommonMark's form.

    :returns: a paragraph is one line; ends with a line break
    """
    return _joined(page_blocks.of(page)) + '\n'


def _joined(blocks: page_blocks.Blocks) -> str:
    return '\n\n'.join(map(_block, blocks))


def _block(block: page_blocks.Block) -> str:
    if isinstance(block, page_blocks.Title):
        return f'{block.level * "#"} {_inline(block.text)}'
    if isinstance(block, page_blocks.Paragraph):
        return _at_the_beginning(_inline(block.text))
    if isinstance(block, page_blocks.Literal):
        return f'```\n{block.text}\n```'
    return '\n'.join(_rows(block))


def _rows(
    block: page_blocks.Fields | page_blocks.Items | page_blocks.Definitions,
) -> Iterator[str]:
    """Yield the items of a list; CommonMark has no fields, or definitions."""
    if isinstance(block, page_blocks.Fields):
        for name, text in block.fields:
            yield f'- **{_inline(name)}:** {_inline(text)}'
    elif isinstance(block, page_blocks.Items):
        mark = '- ' if block.is_bullet else '1. '
        for item in block.items:
            inside = textwrap.indent(_joined(item), ' ' * len(mark))
            yield mark + inside.lstrip()
    else:
        for term, meaning in block.definitions:
            inside = textwrap.indent(_joined(meaning), '  ')
            yield f'- {_inline(term)}: {inside.lstrip()}'


def _inline(text: page_blocks.Text) -> str:
    words = []
    for kind, span in text:
        if kind is page_blocks.Kind.CODE:
            words.append(f'`{span}`')
        elif kind is page_blocks.Kind.URL:
            words.append(f'<{span}>')
        else:
            words.append(_SPECIAL.sub(r'\\\g<0>', span))
    return ''.join(words)


def _at_the_beginning(paragraph: str) -> str:
    """Escape what would make of a paragraph a heading, or an item."""
    start = re.match(r'\d*', paragraph)
    assert start is not None
    head, tail = paragraph[: start.end()], paragraph[start.end() :]
    escaped = tail[:1] in ('.', ')') if head else tail[:1] in tuple('#+=~-')
    return f'{head}\\{tail}' if escaped else paragraph
