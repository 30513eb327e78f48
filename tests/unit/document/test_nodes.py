# SPDX-License-Identifier: Apache-2.0

"""JSON of others: every field is what it has to be, or there is a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nova_cow_check.document import nodes
from nova_cow_check import errors

Read = Callable[[nodes.Node], Any]


@pytest.mark.parametrize(
    ('data', 'read', 'value'),
    [
        (b'"a"', lambda node: node.words(), 'a'),
        (rb'"\u001b\ud800\n"', lambda node: node.words(), r'\x1b\ud800\n'),
        (b'null', lambda node: node.words_or_none(), None),
        (b'true', lambda node: node.flag(), True),
        (b'7', lambda node: node.number_or_none(7), 7),
        (b'null', lambda node: node.number_or_none(7), None),
        (b'"a"', lambda node: node.one_of({'a': 1}), 1),
        (b'[]', lambda node: node.items(), []),
        (b'{"a": [{"b": "c"}]}', lambda node: b(node).words(), 'c'),
        (b'\xef\xbb\xbf"a"', lambda node: node.words(), 'a'),
    ],
)
def test_a_value_is_read(data: bytes, read: Read, value: object) -> None:
    assert read(nodes.parse(nodes.decode(data))) == value


def b(node: nodes.Node) -> nodes.Node:
    (only,) = node['a'].items()
    return only['b']


@pytest.mark.parametrize(
    ('data', 'read', 'reason'),
    [
        (b'1', lambda node: node.words(), 'its beginning: it is not text'),
        (b'1', lambda node: node.flag(), 'neither true nor false'),
        (b'true', lambda node: node.number_or_none(7), 'not a number'),
        (b'1.0', lambda node: node.number_or_none(7), 'not a number'),
        (b'0', lambda node: node.number_or_none(7), 'not a number'),
        (b'8', lambda node: node.number_or_none(7), 'not a number'),
        (b'"b"', lambda node: node.one_of({'a': 1}), 'none of the words'),
        (b'{}', lambda node: node.items(), 'not a list'),
        (b'{}', lambda node: node['a'], 'at a: it is missing'),
        (b'[]', lambda node: node['a'], 'at a: it is missing'),
        (b'{"a": [{}]}', b, 'at a[0].b: it is missing'),
        (b'{"a": [{"b": 1}]}', lambda n: b(n).words(), 'at a[0].b: it is not'),
    ],
)
def test_a_value_that_is_none_has_a_reason(
    data: bytes, read: Read, reason: str
) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        read(nodes.parse(nodes.decode(data)))
    assert caught.value.reason.startswith('not a report of nova-cow-check, at')
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    'data',
    [
        b'',
        b'{',
        b'"\xff"',
        b'{"a": 1, "a": 1}',
        b'NaN',
        b'-Infinity',
        b'9' * 5000,
        b'[' * 10**6,
        b'\0',
        b'"\n"',
        b'1 2',
    ],
)
def test_what_is_not_json_has_a_reason(data: bytes) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        nodes.parse(nodes.decode(data))
    assert caught.value.reason.startswith('not ')
