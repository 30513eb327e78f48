#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import pytest

from nova_cow_check import text


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
    assert text.printable(raw) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_printable_is_one_line_that_encodes(raw: str) -> None:
    shown = text.printable(raw)
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
    assert text.value_as_shown(value) == shown


@given(st.text(max_size=80) | st.text('x.\n\x1b', min_size=55, max_size=70))
def test_what_is_shown_is_shown_as_it_is(value: str) -> None:
    shown = text.value_as_shown(value)
    assert text.value_as_shown(shown) == shown
    assert len(shown) <= 63
