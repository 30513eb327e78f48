# SPDX-License-Identifier: Apache-2.0

"""The page of the fields: what the JSON Schema of a report says.

``UPDATE_MANUAL=1 pytest tests/functional/test_fields.py`` writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import json
import os
import pathlib
import re
import textwrap
from typing import Any

import pytest

import nova_cow_check
from tests.functional import manual

Schema = dict[str, Any]

SCHEMA: Schema = json.loads(
    (pathlib.Path(nova_cow_check.__file__).parent / 'document')
    .joinpath('report-1.schema.json')
    .read_text()
)

PAGE = manual.ROOT / 'doc' / 'source' / 'fields.rst'

#: What is before it is written by hand.
START = 'document\n--------\n'


def page() -> str:
    """Return the part of the page that the schema gives."""
    return '\n'.join(
        line
        for name, schema in objects('document', SCHEMA)
        for line in section(name, schema)
    )


def objects(name: str, schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield the objects of the schema, by name, the outermost first."""
    yield name, schema
    for inner_name, inner in schema['properties'].items():
        if 'properties' in inner:
            yield from objects(inner_name, inner)
    for inner_name, inner in schema.get('$defs', {}).items():
        if 'properties' in inner:
            yield from objects(inner_name, inner)


def section(title: str, schema: Schema) -> Iterator[str]:
    yield from (title, '-' * len(title), '')
    for name, field in schema['properties'].items():
        assert name in schema['required']
        yield f'``{name}``'
        described = field.get('description') or shared(field)
        kind = values(name, field)
        words = f'{kind[0].upper()}{kind[1:]}. {described}'
        yield from textwrap.wrap(
            words,
            78,
            initial_indent='    ',
            subsequent_indent='    ',
            break_on_hyphens=False,
        )
        yield ''


def shared(field: Schema) -> str:
    """Return what the schema says of all fields of this kind."""
    definition = defined(field)
    if 'properties' in definition:
        return ''
    return definition.get('description', '')


def values(name: str, field: Schema) -> str:
    """Return what a field can be."""
    if '$ref' in field:
        target = field['$ref'].rpartition('/')[2]
        if 'properties' in defined(field):
            return f'`{target}`_'
        return 'name' if target == 'rule' else values(target, defined(field))
    if 'oneOf' in field:
        return either(values(name, one) for one in field['oneOf'])
    if 'const' in field:
        return literal(field['const'])
    if 'enum' in field:
        return either(map(literal, field['enum']))
    if field['type'] == 'array':
        return f'list of {values(name, field["items"])}'
    types = field['type']
    if isinstance(types, str):
        types = [types]
    words = [f'`{name}`_' if one == 'object' else one for one in types]
    kind = either('``null``' if word == 'null' else word for word in words)
    return f'{kind} ({field["format"]})' if 'format' in field else kind


def defined(field: Schema) -> Schema:
    name = field.get('$ref', '').rpartition('/')[2]
    return SCHEMA['$defs'].get(name, {})


def literal(value: object) -> str:
    return f'``{json.dumps(value)}``'


def either(words: Iterable[str]) -> str:
    *first, last = words
    return f'{", ".join(first)} or {last}' if first else last


def test_the_page_has_every_field() -> None:
    by_hand, start, _rest = PAGE.read_text().partition(START)
    assert start
    expected = by_hand + page().rstrip('\n') + '\n'
    if os.environ.get('UPDATE_MANUAL'):
        PAGE.write_text(expected)
        pytest.skip('fields.rst is written anew: read the diff')
    assert PAGE.read_text() == expected


def test_no_field_is_lost_on_the_way() -> None:
    shown = re.findall(r'^``(.*)``$', PAGE.read_text(), re.MULTILINE)
    assert sorted(shown) == sorted(names(SCHEMA))


def names(node: Any) -> Iterator[str]:
    """Yield the names of all fields, wherever the schema has them."""
    if isinstance(node, dict):
        yield from node.get('properties', {})
        for value in node.values():
            yield from names(value)
