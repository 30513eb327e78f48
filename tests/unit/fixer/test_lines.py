# SPDX-License-Identifier: Apache-2.0

"""Lines of a file: split as nothing else splits them, edited, counted."""

from __future__ import annotations

import pytest

from nova_cow_check.fixer import edits
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


@pytest.mark.parametrize(
    'data, edit, expected',
    [
        (b'a\nb\nc\n', edits.Edit('f', 2, 1, 'x\r\n'), b'a\nx\r\nc\n'),
        (b'a\nb\nc', edits.Edit('f', 1, 2, ''), b'c'),
        (b'a\nb', edits.Edit('f', 2, 1, '#\nx', has_end=False), b'a\n#\nx'),
        (b'a\n', edits.Edit('f', 1, 0, 'x\ny\n'), b'x\ny\na\n'),
        (b'a\n', edits.Edit('f', 2, 0, 'x\r'), b'a\nx\r'),
        (b'', edits.Edit('f', 1, 0, 'x\n'), b'x\n'),
        (b'a\nb', edits.Edit('f', 2, 0, '\nx', column=2), b'a\nb\nx'),
        (b'a', edits.Edit('f', 1, 0, '\r\n\r\nx', 2), b'a\r\n\r\nx'),
        (b'a', edits.Edit('f', 1, 1, '\xe9'), b'\xc3\xa9'),
        # "\r" and "\n" would be one end when they meet.
        (b'a\rb\n\nc\n', edits.Edit('f', 2, 1, ''), b'a\r\r\n\nc\n'),
        (b'a\rb\nc\n\n', edits.Edit('f', 2, 2, ''), b'a\r\r\n\n'),
        (b'a\rb\n\r\n', edits.Edit('f', 2, 1, ''), b'a\r\r\n'),
        (b'a\r\nb\n\n', edits.Edit('f', 2, 1, ''), b'a\r\n\n'),
    ],
)
def test_apply(data: bytes, edit: edits.Edit, expected: bytes) -> None:
    document = lines.apply(lines.split(data), edit)
    assert lines.join(document) == expected
    assert lines.split(expected) == tuple(
        line._replace(number=number)
        for number, line in enumerate(document, start=1)
    )


def test_the_lines_around_keep_their_numbers() -> None:
    document = lines.split(b'a\nb\nc')
    for edit, numbers in (
        (edits.Edit('f', 2, 1, 'x\ny\n'), [1, None, None, 3]),
        (edits.Edit('f', 2, 0, 'x\n'), [1, None, 2, 3]),
        (edits.Edit('f', 3, 0, '\nx', column=2), [1, 2, 3, None]),
    ):
        after = lines.apply(document, edit)
        assert [line.number for line in after] == numbers


class TestHunks:
    BEFORE = lines.split(b'1\n2\n3\n4\n5')

    def test_none(self) -> None:
        assert lines.hunks(self.BEFORE, self.BEFORE) == ()

    def test_of_each_kind_with_both_numbers(self) -> None:
        document = lines.apply(self.BEFORE, edits.Edit('f', 5, 0, 'new\n'))
        document = lines.apply(document, edits.Edit('f', 3, 1, ''))
        first = edits.Edit('f', 2, 0, 'first\nsecond\n')
        document = lines.apply(document, first)
        assert lines.hunks(self.BEFORE, document) == (
            lines.Hunk(2, (), 2, (b'first\n', b'second\n')),
            lines.Hunk(3, (b'3\n',), 5, ()),
            lines.Hunk(5, (), 6, (b'new\n',)),
        )

    def test_a_line_that_was_changed_twice(self) -> None:
        before = lines.split(b'a = 1 # why\nb = 2\n')
        first = edits.Edit('f', 1, 1, '# why\na = one\n')
        document = lines.apply(before, first)
        document = lines.apply(document, edits.Edit('f', 2, 1, 'a = two\n'))
        assert lines.hunks(before, document) == (
            lines.Hunk(1, (b'a = 1 # why\n',), 1, (b'# why\n', b'a = two\n')),
        )

    def test_a_line_that_was_changed_back(self) -> None:
        before = lines.split(b'a = 1\n')
        document = lines.apply(before, edits.Edit('f', 1, 1, 'a = 2\n'))
        document = lines.apply(document, edits.Edit('f', 1, 1, 'a = 1\n'))
        assert lines.hunks(before, document) == ()

    def test_a_line_that_moved_past_another_one(self) -> None:
        # A comparison could not tell which of the two has moved.
        before = lines.split(b'a = 1\npassword\n')
        document = lines.apply(before, edits.Edit('f', 3, 0, 'a = 1\n'))
        document = lines.apply(document, edits.Edit('f', 1, 1, ''))
        shown = [
            line
            for hunk in lines.hunks(before, document)
            for line in (*hunk.removed, *hunk.added)
        ]
        assert shown == [b'a = 1\n', b'a = 1\n']

    def test_at_the_end_of_a_file_that_lacks_one(self) -> None:
        edit = edits.Edit('f', 5, 0, '\nnew', column=2)
        document = lines.apply(self.BEFORE, edit)
        assert lines.hunks(self.BEFORE, document) == (
            lines.Hunk(6, (), 6, (b'new',)),
        )
