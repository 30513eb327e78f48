# SPDX-License-Identifier: Apache-2.0

"""The page of a rule as Markdown, for readers that show that.

It is made from reStructuredText, of which pages use a part: sections, fields,
paragraphs, lists, definitions, literal blocks and inline literals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import re
import textwrap

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

#: What means something in Markdown, but within a word or a number.
_SPECIAL = re.compile(r'[\\`*<>\[\]|]|(?<!\w)_|_(?!\w)')


def of(page: str) -> str:
    """Return a page of reStructuredText as Markdown, of CommonMark's form.

    :returns: a paragraph is one line; ends with a line break
    """
    return '\n\n'.join(_blocks(page.split('\n'))) + '\n'


def _blocks(lines: Sequence[str]) -> Iterator[str]:
    """Yield the blocks of lines that have one indentation."""
    rest = list(lines)
    while rest:
        line, below = rest[0], rest[1] if rest[1:] else ''
        if not line:
            del rest[0]
        elif below[:1] in _UNDERLINES and below == len(line) * below[:1] != '':
            level = _UNDERLINES.index(below[0]) + 1
            del rest[:2]
            yield f'{level * "#"} {_inline(line)}'
        elif _FIELD.match(line):
            yield '\n'.join(_fields(rest))
        elif _ITEM.match(line):
            yield '\n'.join(_items(rest))
        elif line.startswith(' '):
            yield _literal(_taken(rest, 1))
        elif below.startswith(' '):
            yield '\n'.join(_definitions(rest))
        else:
            paragraph = ' '.join(_paragraph(rest))
            if paragraph.endswith('::'):
                paragraph = paragraph[:-1].rstrip(':')
                paragraph += ':' if paragraph else ''
            if paragraph:
                yield _at_the_beginning(_inline(paragraph))


def _paragraph(rest: list[str]) -> Iterator[str]:
    while rest and rest[0]:
        yield rest.pop(0)


def _fields(rest: list[str]) -> Iterator[str]:
    while rest and (match := _FIELD.match(rest[0])):
        del rest[0]
        yield f'- **{_inline(match[1])}:** {_inline(match[2])}'


def _items(rest: list[str]) -> Iterator[str]:
    is_bullet = rest[0][0] in '*-'
    mark = '- ' if is_bullet else '1. '
    while rest and (match := _ITEM.match(rest[0])):
        if (match[1] in '*-') is not is_bullet:
            return
        first = rest.pop(0)[match.end() :]
        inside = [first, *_taken(rest, match.end())]
        text = '\n\n'.join(_blocks(inside))
        yield mark + textwrap.indent(text, ' ' * len(mark)).lstrip()


def _definitions(rest: list[str]) -> Iterator[str]:
    """Yield definitions as items: CommonMark has none."""
    while rest[1:] and rest[0] and rest[1].startswith(' '):
        term = _inline(rest.pop(0))
        inside = textwrap.dedent('\n'.join(_taken(rest, 1))).split('\n')
        text = '\n\n'.join(_blocks(inside))
        yield f'- {term}: {textwrap.indent(text, "  ").lstrip()}'
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


def _literal(lines: Sequence[str]) -> str:
    text = textwrap.dedent('\n'.join(lines))
    return f'```\n{text}\n```'


def _inline(text: str) -> str:
    words = []
    for match in _INLINE.finditer(text):
        if match['code']:
            words.append(f'`{match["code"]}`')
        elif match['url']:
            words.append(f'<{match["url"]}>')
        else:
            plain = re.sub(r'\\(.)', r'\1', match['text'])
            words.append(_SPECIAL.sub(r'\\\g<0>', plain))
    return ''.join(words)


def _at_the_beginning(paragraph: str) -> str:
    """Escape what would make of a paragraph a heading, or an item."""
    start = re.match(r'\d*', paragraph)
    assert start is not None
    head, tail = paragraph[: start.end()], paragraph[start.end() :]
    escaped = tail[:1] in ('.', ')') if head else tail[:1] in tuple('#+=~-')
    return f'{head}\\{tail}' if escaped else paragraph
