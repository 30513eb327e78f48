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

import pytest

from nova_cow_check.fixer import diff
from nova_cow_check.fixer import lines
from nova_cow_check.fixer import plan
from tests.unit.fixer import fixes


def render(*hunks: lines.Hunk, path: str = 'f') -> list[str]:
    text = plan.Text(path, b'before', b'after', hunks)
    pieces = list(diff.render([text]))
    assert all(piece.endswith('\n') for piece in pieces)
    return ''.join(pieces).split('\n')[:-1]


def test_nothing() -> None:
    assert list(diff.render([])) == []


@pytest.mark.parametrize(
    'hunk, expected',
    [
        (lines.Hunk(3, (b'a\n',), 4, (b'b\n',)), ['@@ -3 +4 @@', '-a', '+b']),
        (
            lines.Hunk(3, (b'a\n', b'b\r\n'), 3, (b'c\r', b'd\n')),
            ['@@ -3,2 +3,2 @@', '-a', '-b', '+c', '+d'],
        ),
        # Of no lines, the number of the line above.
        (lines.Hunk(3, (), 4, (b'b\n',)), ['@@ -2,0 +4 @@', '+b']),
        (lines.Hunk(3, (b'a\n',), 4, ()), ['@@ -3 +3,0 @@', '-a']),
        (lines.Hunk(1, (), 1, (b'b\n',)), ['@@ -0,0 +1 @@', '+b']),
        (
            lines.Hunk(3, (b'a',), 3, (b'b\n', b'c')),
            [
                '@@ -3 +3,2 @@',
                '-a',
                '\\ No newline at end of file',
                '+b',
                '+c',
                '\\ No newline at end of file',
            ],
        ),
    ],
)
def test_hunk(hunk: lines.Hunk, expected: list[str]) -> None:
    assert render(hunk) == ['--- f', '+++ f', *expected]


def test_what_may_be_the_value_of_another_option_is_hidden() -> None:
    hunk = lines.Hunk(3, (b'images_type: S3cr3t\n', b'a = 1\n'), 3, ())
    text = plan.Text('f', b'before', b'after', (hunk,))
    for hidden, first in (
        ([('f', 3)], '-images_type = (not shown)\n'),
        ([('g', 3), ('f', 2)], '-images_type: S3cr3t\n'),
    ):
        shown = list(diff.render([text], hidden))
        assert shown[-2:] == [first, '-a = 1\n']


def test_each_file_has_a_header() -> None:
    hunk = lines.Hunk(1, (b'a\n',), 1, ())
    texts = [plan.Text(path, b'', b'', (hunk, hunk)) for path in 'ab']
    shown = ''.join(diff.render(texts)).splitlines()
    assert [line for line in shown if line.startswith(('---', '+++'))] == [
        '--- a', '+++ a', '--- b', '+++ b',
    ]  # fmt: skip
    assert shown.count('@@ -1 +0,0 @@') == 4


@pytest.mark.parametrize(
    'data, shown',
    [
        (b'a = \x1b[2J\n', '-a = \\x1b[2J'),
        (b'a = \xc3\xa9\n', '-a = é'),
        (b'a = \xff\n', '-a = \\xff'),
        (b'a = \xe2\x80\xae\n', '-a = \\u202e'),
        (b'a\tb\x0c\n', '-a\\tb\\x0c'),
        (b'x' * 100 + b'\n', '-' + 'x' * 100),
        (b'x' * 101 + b'\r\n', '-' + 'x' * 100 + '...'),
    ],
)
def test_a_line_is_safe_to_show(data: bytes, shown: str) -> None:
    assert render(lines.Hunk(1, (data,), 1, ()))[3:] == [shown]


def test_a_path_is_safe_to_show() -> None:
    hunk = lines.Hunk(1, (b'a\n',), 1, ())
    shown = render(hunk, path='a\n+++ b\udcff')
    assert shown[:2] == ['--- a\\n+++ b\\xff', '+++ a\\n+++ b\\xff']


def test_neighbours_are_not_shown() -> None:
    made = fixes.make(
        {
            'f': fixes.DRIVER + b'password = secret\nuse_cow_images = 1\n'
            b'password = secret\n[libvirt]\nimages_type = flat\n'
        }
    )
    assert fixes.shown(made) == (
        '--- f\n+++ f\n@@ -4 +4 @@\n-use_cow_images = 1\n'
        '+use_cow_images = False\n'
    )
