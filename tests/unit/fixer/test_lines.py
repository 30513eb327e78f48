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

from nova_cow_check.fixer import lines


@pytest.mark.parametrize(
    'data, expected',
    [
        (b'', []),
        (b'a', [b'a']),
        (b'a\n', [b'a\n']),
        (b'\n\n', [b'\n', b'\n']),
        (b'a\r\nb\rc\nd', [b'a\r\n', b'b\r', b'c\n', b'd']),
        (b'\r\r\n\n\r', [b'\r', b'\r\n', b'\n', b'\r']),
        # Python's other line ends are none of a file's.
        (b'a\x0cb\x1cc\xc2\x85d\n', [b'a\x0cb\x1cc\xc2\x85d\n']),
    ],
)
def test_split(data: bytes, expected: list[bytes]) -> None:
    document = lines.split(data)
    assert [line.data for line in document] == expected
    numbers = [line.number for line in document]
    assert numbers == list(range(1, len(expected) + 1))
    assert lines.join(document) == data


@pytest.mark.parametrize('number', range(1, 4))
def test_a_line_number_is_that_of_python(number: int) -> None:
    data = b'a\r\nb\rc\n'
    python = data.decode().replace('\r\n', '\n').replace('\r', '\n')
    line = lines.split(data)[number - 1]
    assert line.text.decode() == python.split('\n')[number - 1]


# Lines of an assignment, and what they are with the value "new".
ASSIGN = [
    # Separators and spacing.
    (b'a = old\n', b'a = new\n'),
    (b'a=old\n', b'a=new\n'),
    (b'a: old\n', b'a: new\n'),
    (b'a\t:\told\t \n', b'a\t:\tnew\t \n'),
    (b'a   =old\n', b'a   =new\n'),
    (b'a b = old\n', b'a b = new\n'),
    (b'\xc2\xa0a = old\n', b'\xc2\xa0a = new\n'),
    (b'a = o=l:d\n', b'a = new\n'),
    (b'a: o=ld\n', b'a: new\n'),
    # Line ends.
    (b'a = old\r\n', b'a = new\r\n'),
    (b'a = old\r', b'a = new\r'),
    (b'a = old', b'a = new'),
    (b'a = old \x0c', b'a = new \x0c'),
    # No value yet.
    (b'a = \n', b'a = new\n'),
    (b'a =\n', b'a = new\n'),
    (b'a=\n', b'a=new\n'),
    (b'a:', b'a:new'),
    # Quotes.
    (b'a = "old"\n', b'a = "new"\n'),
    (b"a='old' \n", b"a='new' \n"),
    (b'a = ""\n', b'a = "new"\n'),
    (b'a = " old "\n', b'a = "new"\n'),
    (b'a = "old\'\n', b'a = new\n'),
    (b'a = "old\n', b'a = new\n'),
    (b'a = "\n', b'a = new\n'),
    # Not text in UTF-8, or not ASCII.
    (b'a = \xff\n', b'a = new\n'),
    (b'a = \xc3\xa9\n', b'a = new\n'),
    # Comments, which are a part of the value.
    (b'a = old # why\n', b'# why\na = new\n'),
    (b'a = old#why\r\n', b'#why\r\na = new\r\n'),
    (b'a=old  ; why \n', b'; why\na=new \n'),
    (b'a = old ; a # b\n', b'; a # b\na = new\n'),
    (b'a = # why\n', b'# why\na = new\n'),
    (b'a = old # caf\xc3\xa9\n', b'# caf\xc3\xa9\na = new\n'),
    (b'a = old # why', b'# why\na = new'),
    (b'a = "old" # why\n', b'# why\na = "new"\n'),
    (b'a = "old # why"\n', b'# why\na = "new"\n'),
    (b'a = "old # why\n', b'# why\na = new\n'),
    # The value alone on the next line.
    (b'a =\n  old\n', b'a = new\n'),
    (b'a=\n  old\n', b'a=new\n'),
    (b'a:\r\n\told\r\n', b'a:new\r\n'),
    (b'a = \n  old', b'a = new'),
    (b'a = ""\n  old\n', b'a = new\n'),
    (b'a =\n  "old"\n', b'a = "new"\n'),
    (b'a =\n  old # why\n', b'# why\na = new\n'),
]


@pytest.mark.parametrize('old, new', ASSIGN)
def test_assign(old: bytes, new: bytes) -> None:
    count = len(lines.split(old))
    assert lines.join(lines.assign(lines.split(old), 1, count, 'new')) == new


def test_assign_touches_no_neighbour() -> None:
    document = lines.split(b'x = 1\n  2\r\na = old # why\n  \n y\xff\r#')
    after = lines.join(lines.assign(document, 3, 1, 'new'))
    assert after == b'x = 1\n  2\r\n# why\na = new\n  \n y\xff\r#'


@pytest.mark.parametrize(
    'data, first, count, expected',
    [
        (b'a\nb\nc\n', 1, 1, b'b\nc\n'),
        (b'a\nb\nc\n', 2, 1, b'a\nc\n'),
        (b'a\r\nb\rc\n', 2, 1, b'a\r\nc\n'),
        (b'a\nb\n c\nd', 2, 2, b'a\nd'),
        # The end of the line above is not a part of the line.
        (b'a\nb', 2, 1, b'a\n'),
        (b'a', 1, 1, b''),
    ],
)
def test_remove(data: bytes, first: int, count: int, expected: bytes) -> None:
    after = lines.remove(lines.split(data), first, count)
    assert lines.join(after) == expected


@pytest.mark.parametrize(
    'data, after, expected',
    [
        (b'', 0, b'x\ny\n'),
        (b'a\n', 1, b'a\nx\ny\n'),
        (b'a\nb\n', 1, b'a\nx\ny\nb\n'),
        # The end of the neighbour, not of most lines.
        (b'a\nb\r\nc\n', 2, b'a\nb\r\nx\r\ny\r\nc\n'),
        (b'a\rb\n', 1, b'a\rx\ry\rb\n'),
        # A missing last end stays missing.
        (b'a', 1, b'a\nx\ny'),
        (b'a\r\nb', 2, b'a\r\nb\r\nx\r\ny'),
        (b'a\r\nb', 1, b'a\r\nx\r\ny\r\nb'),
    ],
)
def test_insert(data: bytes, after: int, expected: bytes) -> None:
    document = lines.insert(lines.split(data), after, ['x', 'y'])
    assert lines.join(document) == expected


class TestHunks:
    BEFORE = lines.split(b'1\n2\n3\n4\n5')

    def test_none(self) -> None:
        assert lines.hunks(self.BEFORE, self.BEFORE) == ()

    def test_of_each_kind_with_both_numbers(self) -> None:
        document = lines.insert(self.BEFORE, 4, ['new'])
        document = lines.remove(document, 3, 1)
        document = lines.insert(document, 1, ['first', 'second'])
        assert lines.hunks(self.BEFORE, document) == (
            lines.Hunk(2, (), 2, (b'first\n', b'second\n')),
            lines.Hunk(3, (b'3\n',), 5, ()),
            lines.Hunk(5, (), 6, (b'new\n',)),
        )

    def test_a_line_that_was_changed_twice(self) -> None:
        before = lines.split(b'a = 1 # why\nb = 2\n')
        document = lines.assign(before, 1, 1, 'one')
        document = lines.assign(document, 2, 1, 'two')
        assert lines.hunks(before, document) == (
            lines.Hunk(1, (b'a = 1 # why\n',), 1, (b'# why\n', b'a = two\n')),
        )

    def test_a_line_that_was_changed_back(self) -> None:
        before = lines.split(b'a = 1\n')
        document = lines.assign(before, 1, 1, '2')
        document = lines.assign(document, 1, 1, '1')
        assert lines.hunks(before, document) == ()

    def test_a_line_that_moved_past_another_one(self) -> None:
        # A comparison could not tell which of the two has moved.
        before = lines.split(b'a = 1\npassword\n')
        document = lines.insert(lines.remove(before, 1, 1), 1, ['a = 1'])
        shown = [
            line
            for hunk in lines.hunks(before, document)
            for line in (*hunk.removed, *hunk.added)
        ]
        assert shown == [b'a = 1\n', b'a = 1\n']

    def test_at_the_end_of_a_file_that_lacks_one(self) -> None:
        document = lines.insert(self.BEFORE, 5, ['new'])
        assert lines.hunks(self.BEFORE, document) == (
            lines.Hunk(6, (), 6, (b'new',)),
        )
