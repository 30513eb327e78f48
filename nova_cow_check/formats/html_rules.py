# SPDX-License-Identifier: Apache-2.0

"""The part of a page with the texts of the rules that hold."""

from __future__ import annotations

from collections.abc import Iterable

from nova_cow_check._i18n import _
from nova_cow_check.formats import html_pieces
from nova_cow_check.formats import page_blocks
from nova_cow_check.rules import registry


def part(rules: Iterable[str]) -> html_pieces.Values:
    """Return the part.

    :param rules: their names, each once
    """
    return {
        'id': 'rules',
        'heading': _('What the rules mean'),
        'rules': map(_rule, rules),
    }


def _rule(name: str) -> html_pieces.Values:
    page = registry.page(name)
    # The name and the summary stand above the fold.
    _title, _summary, *blocks = page_blocks.of(page.text)
    return {
        'blocks': [*map(_block, blocks)],
        'name': name,
        'reference': registry.RULES[name].reference,
        'rule': name,
        'summary': page.summary,
    }


def _block(block: page_blocks.Block) -> html_pieces.Values:
    """Return a block with the name of what a template makes of it."""
    if isinstance(block, page_blocks.Title):
        return {'kind': 'title', 'text': block.text}
    if isinstance(block, page_blocks.Paragraph):
        return {'kind': 'paragraph', 'text': block.text}
    if isinstance(block, page_blocks.Literal):
        return {'kind': 'literal', 'lines': block.text.split('\n')}
    if isinstance(block, page_blocks.Fields):
        return {'kind': 'fields', 'fields': block.fields}
    if isinstance(block, page_blocks.Items):
        items = [[*map(_block, item)] for item in block.items]
        tag = 'ul' if block.is_bullet else 'ol'
        return {'kind': 'items', 'tag': tag, 'parts': items}
    definitions = [
        (term, [*map(_block, inside)]) for term, inside in block.definitions
    ]
    return {'kind': 'definitions', 'definitions': definitions}
