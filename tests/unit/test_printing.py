# SPDX-License-Identifier: Apache-2.0

"""Text of others, on one line and harmless to a terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import pytest

from nova_cow_check import printing


@pytest.mark.parametrize(
    'raw, shown',
    [
        ('/etc/nova/nova.conf', '/etc/nova/nova.conf'),
        ('café', 'café'),
        ('a\nb', 'a\\nb'),
        ('a\tb\r', 'a\\tb\\r'),
        ('\x1b[31mred', '\\x1b[31mred'),
        ('\x9b31m', '\\x9b31m'),
        ('\N{RIGHT-TO-LEFT OVERRIDE}', '\\u202e'),
        ('\N{ZERO WIDTH SPACE}', '\\u200b'),
        (b'\xff.conf'.decode('utf-8', 'surrogateescape'), '\\xff.conf'),
        ('\udc80\udcff', '\\x80\\xff'),
        ('\ud800\udc7f\udd00', '\\ud800\\udc7f\\udd00'),
        ('\0', '\\x00'),
    ],
)
def test_printable(raw: str, shown: str) -> None:
    assert printing.printable(raw) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_printable_is_one_line_that_encodes(raw: str) -> None:
    shown = printing.printable(raw)
    assert shown.isprintable()
    shown.encode('utf-8')


@pytest.mark.parametrize(
    'value, shown',
    [
        ('raw', 'raw'),
        ('raw\npassword=1', 'raw...'),
        ('x' * 60, 'x' * 60),
        ('x' * 61, 'x' * 60 + '...'),
        ('\x1b]0;title\x07', '\\x1b]0;title\\x07'),
        ('', ''),
        ('raw...', 'raw...'),
        ('x' * 58 + '...', 'x' * 58 + '...'),
        ('x' * 61 + '...', 'x' * 60 + '...'),
        ('x' * 59 + '\x1b', 'x' * 59 + '\\...'),
    ],
)
def test_value_as_shown(value: str, shown: str) -> None:
    assert printing.value_as_shown(value) == shown


@given(st.text(max_size=80) | st.text('x.\n\x1b', min_size=55, max_size=70))
def test_what_is_shown_is_shown_as_it_is(value: str) -> None:
    shown = printing.value_as_shown(value)
    assert printing.value_as_shown(shown) == shown
    assert len(shown) <= 63


@pytest.mark.parametrize(
    'raw, shown',
    [
        ('', ''),
        ('a\nb\n', 'a\nb\n'),
        ('a\tb', 'a       b'),
        ('a\r\n\x1b[2J\u202e', 'a\\r\n\\x1b[2J\\u202e'),
    ],
)
def test_lines_stay_lines(raw: str, shown: str) -> None:
    assert printing.printable_lines(raw) == shown
