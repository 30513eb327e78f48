# SPDX-License-Identifier: Apache-2.0

"""Markdown says what the page says, and nothing of it is lost.

Docutils reads the page, and a visitor tells what Markdown has to be: another
way than that of the code, which reads lines.
"""

from __future__ import annotations

from collections.abc import Iterator
import re
import textwrap

from docutils import core
from docutils import nodes
import pytest

from nova_cow_check.formats import markdown
from nova_cow_check.rules import registry


def expected(page: str) -> str:
    """Return the Markdown of a page, as docutils reads it."""
    tree = core.publish_doctree(
        page, settings_overrides={'report_level': 1, 'halt_level': 1}
    )
    return '\n\n'.join([f'# {tree["title"]}', *blocks(tree, 1)]) + '\n'


def blocks(parent: nodes.Element, level: int) -> Iterator[str]:
    for node in parent.children:
        if isinstance(node, nodes.title):
            if level > 1:
                yield f'{"#" * level} {inline(node)}'
        elif isinstance(node, nodes.section):
            yield from blocks(node, level + 1)
        elif isinstance(node, nodes.paragraph):
            yield inline(node)
        elif isinstance(node, nodes.literal_block):
            yield f'```\n{node.astext()}\n```'
        elif isinstance(node, (nodes.field_list, nodes.docinfo)):
            yield '\n'.join(map(field, node.children))
        elif isinstance(node, (nodes.bullet_list, nodes.enumerated_list)):
            is_bullet = isinstance(node, nodes.bullet_list)
            mark = '- ' if is_bullet else '1. '
            yield '\n'.join(
                mark + textwrap.indent(text, ' ' * len(mark)).lstrip()
                for item in node.children
                for text in ['\n\n'.join(blocks(item, level))]
            )
        elif isinstance(node, nodes.definition_list):
            yield '\n'.join(
                f'- {inline(term)}: {textwrap.indent(text, "  ").lstrip()}'
                for term, definition in (item.children for item in node)
                for text in ['\n\n'.join(blocks(definition, level))]
            )
        else:
            raise TypeError(f'no Markdown for {node.pformat()}')


def field(node: nodes.Node) -> str:
    name, body = node.children
    return f'- **{name.astext()}:** {inline(body.children[0])}'


def inline(parent: nodes.Node) -> str:
    words = []
    for node in parent.children:
        text = ' '.join(node.astext().split('\n'))
        if isinstance(node, nodes.literal):
            words.append(f'`{text}`')
        elif isinstance(node, nodes.reference):
            assert node['refuri'] == text
            words.append(f'<{text}>')
        elif isinstance(node, nodes.Text):
            words.append(re.sub(r'([\[\]<>*])', r'\\\1', text))
        else:
            raise TypeError(f'no Markdown for {node.pformat()}')
    return ''.join(words)


@pytest.mark.parametrize('name', registry.RULES)
def test_it_is_the_page(name: str) -> None:
    page = registry.page(name).text
    assert markdown.of(page) == expected(page)


#: What pages may have, and do not have today.
MORE = """\
A title
=======

Over two
lines, with ``code`` and https://example.org/a_b#c.

What
----

* One::

      [DEFAULT]

      a = *b*

  More of it.

  * Inside.
* Two
  lines.

1. First.
2. Second, [libvirt]/images_type.

::

    literal
      deeper

A term with ``code``
  What it
  means.

  And more::

      a
Another
  What it means.

The end.
"""


def test_it_is_what_a_page_may_have() -> None:
    assert markdown.of(MORE) == expected(MORE)


@pytest.mark.parametrize(
    ('text', 'shown'),
    [
        ('a_b and _base', r'a_b and \_base'),
        ('2 * 3 < 4', r'2 \* 3 \< 4'),
        ('[a](b)', r'\[a\](b)'),
        ('<script>', r'\<script\>'),
        (r'a \* b', r'a \* b'),
        ('# no heading', r'\# no heading'),
        ('``[a] <b>``', '`[a] <b>`'),
        ('see https://a.example/x, or', 'see <https://a.example/x>, or'),
        ('a | b', r'a \| b'),
    ],
)
def test_what_means_something_in_markdown_is_escaped(
    text: str, shown: str
) -> None:
    assert markdown.of(text) == f'{shown}\n'
