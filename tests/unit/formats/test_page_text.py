# SPDX-License-Identifier: Apache-2.0

"""A page on a terminal says what the page says, in the room that there is."""

from __future__ import annotations

import re

from docutils import core
from docutils import nodes
import pytest

from nova_cow_check.formats import page_text
from nova_cow_check.formats import terminal
from nova_cow_check.rules import registry
from tests.unit.formats import test_markdown

PAGES = {
    **{name: registry.page(name).text for name in registry.RULES},
    'more': test_markdown.MORE,
}


def shown(page: str, width: int = 80, has_colour: bool = False) -> list[str]:
    return list(page_text.of(page, terminal.Screen(width, has_colour)))


def tree_of(page: str) -> nodes.document:
    """Return a page as docutils reads it, which is another way."""
    return core.publish_doctree(
        page, settings_overrides={'report_level': 1, 'halt_level': 1}
    )


@pytest.mark.parametrize('name', PAGES)
@pytest.mark.parametrize('width', [40, 80, 100])
def test_all_words_are_there_in_their_order(name: str, width: int) -> None:
    tree = tree_of(PAGES[name])
    texts = [
        node.astext()
        for node in tree.findall()
        if isinstance(node, (nodes.title, nodes.paragraph, nodes.term))
        or isinstance(node, (nodes.literal_block, nodes.field_name))
    ]
    if not isinstance(tree.children[0], nodes.title):
        texts.insert(0, tree['title'])
    expected = ' '.join(texts).split()
    found = ' '.join(shown(PAGES[name], width)).split()
    # A field has a colon behind its name, an item a mark before it.
    found = [one.rstrip(':') for one in found if one != '*']
    expected = [one.rstrip(':') for one in expected if one != '*']
    for words in (found, expected):
        words[:] = [one for one in words if not re.fullmatch(r'\d\.', one)]
    assert found == expected


@pytest.mark.parametrize('name', PAGES)
@pytest.mark.parametrize('width', [40, 80, 100])
def test_what_can_be_copied_is_whole_and_not_indented(
    name: str, width: int
) -> None:
    lines = shown(PAGES[name], width)
    blocks = tree_of(PAGES[name]).findall(nodes.literal_block)
    texts = [node.astext().split('\n') for node in blocks]
    for text in texts:
        apart = ['', *text, '']
        assert any(
            [*lines, ''][start : start + len(apart)] == apart
            for start in range(len(lines))
        )
    copied = {line for text in texts for line in text}
    for line in lines:
        # What is one word is whole, too.
        assert len(line) <= width or ' ' not in line.strip() or line in copied


SMALL = """\
A title
=======

See ``a b`` and (``c``), or https://example.org/d.

:Name: ``e``

* One ``f``::

      g = h

#. First.
#. Second,
   over two lines.

Term
  What it is.

  And::

      i = j
Other
  Another.
"""


def test_it_is_laid_out() -> None:
    assert shown(SMALL) == [
        'A title',
        '',
        '  See a b and (c), or https://example.org/d.',
        '',
        '  Name: e',
        '',
        '  * One f:',
        '',
        'g = h',
        '',
        '  1. First.',
        '  2. Second, over two lines.',
        '',
        '  Term',
        '    What it is.',
        '',
        '    And:',
        '',
        'i = j',
        '',
        '  Other',
        '    Another.',
    ]


def test_colours_are_on_titles_literals_and_what_can_be_copied() -> None:
    bold, cyan, end = '\x1b[1m', '\x1b[36m', '\x1b[0m'
    lines = shown(SMALL, has_colour=True)
    assert lines[0] == f'{bold}A title{end}'
    assert lines[2].startswith(
        f'  See {cyan}a{end} {cyan}b{end} and ({cyan}c{end}), or '
    )
    assert lines[4] == f'  Name: {cyan}e{end}'
    assert lines[6] == f'  * One {cyan}f{end}:'
    assert lines[8] == f'{bold}g = h{end}'


@pytest.mark.parametrize('name', PAGES)
def test_colours_do_not_move_anything(name: str) -> None:
    painted = shown(PAGES[name], 60, has_colour=True)
    plain = [re.sub('\x1b\\[[0-9;]*m', '', line) for line in painted]
    assert plain == shown(PAGES[name], 60)


def test_an_item_of_lines_to_copy_alone() -> None:
    assert shown('* ::\n\n    a = b\n') == ['  *', '', 'a = b']
