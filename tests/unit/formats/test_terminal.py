# SPDX-License-Identifier: Apache-2.0

"""Names and numbers of hosts, in the room that there is for them."""

from __future__ import annotations

import re

from ClusterShell import NodeSet
import hypothesis
from hypothesis import strategies as st
import pytest

from nova_cow_check.formats import terminal

#: No two of them count on.
SCATTERED = [f'compute{n:05}' for n in range(0, 20000, 2)]


def named(lines: list[str]) -> list[str]:
    """Return the names that are shown, unfolded."""
    words = ' '.join(lines).partition(' and ')[0]
    return list(NodeSet.NodeSet(words.replace(' ', '')))


class TestHosts:
    def test_many_that_count_on_are_one_word(self) -> None:
        every = [f'compute{n:05}' for n in range(10000)]
        assert list(terminal.Screen(80).hosts(every, 1)) == [
            '  compute[00000-09999]'
        ]

    def test_a_long_list_is_several_words_that_can_be_pasted(self) -> None:
        lines = list(terminal.Screen(60).hosts(SCATTERED[:30], 10))
        assert len(lines) > 3
        assert named(lines) == SCATTERED[:30]
        for line in lines:
            assert re.fullmatch(r'  compute\[[\d,]+\],?', line)

    def test_a_comma_has_its_place_on_the_line(self) -> None:
        # Five numbers and the indentation fill 40 columns.
        lines = list(terminal.Screen(40).hosts(SCATTERED[:30], 10))
        assert max(map(len, lines)) <= 40

    @pytest.mark.parametrize('most', [1, 5, 10])
    def test_what_would_flood_is_counted(self, most: int) -> None:
        lines = list(terminal.Screen(80).hosts(SCATTERED, most))
        shown = named(lines)
        left = len(SCATTERED) - len(shown)
        assert shown == SCATTERED[: len(shown)]
        assert f'and {left} more (--output json names all of them)' in (
            ' '.join(line.strip() for line in lines)
        )
        assert most <= len(lines) <= most + 1

    def test_one_name_is_always_shown(self) -> None:
        lines = list(terminal.Screen(40).hosts(['x' * 99, 'y'], 1))
        assert lines[0] == '  ' + 'x' * 99
        assert '1 more' in lines[1]

    @hypothesis.given(
        st.sets(st.integers(0, 2000), min_size=1),
        st.integers(40, 100),
        st.integers(1, 5),
    )
    def test_all_are_shown_or_counted(
        self, numbers: set[int], width: int, most: int
    ) -> None:
        names = sorted(f'compute{number:04}' for number in numbers)
        lines = list(terminal.Screen(width).hosts(names, most))
        shown = named(lines)
        sentence = ' '.join(' '.join(lines).split())
        counted = re.search(r' and (\d+) more', sentence)
        left = int(counted[1]) if counted else 0
        assert shown == names[: len(shown)]
        assert len(shown) + left == len(names)
        assert all(len(line) <= width for line in lines)


@pytest.mark.parametrize(
    'hosts, group, words',
    [
        (1, '', '1 host'),
        (2, '', '2 hosts'),
        (1, 'cell2', '1 host of cell2'),
        (412, 'a\x1b', '412 hosts of a\\x1b'),
    ],
)
def test_number(hosts: int, group: str, words: str) -> None:
    assert terminal.number(hosts, group) == words


@pytest.mark.parametrize(
    'line, painted',
    [
        ('--- a\n', '\x1b[1m--- a\x1b[0m\n'),
        ('+++ a\n', '\x1b[1m+++ a\x1b[0m\n'),
        ('@@ -1 +1 @@\n', '\x1b[1;36m@@ -1 +1 @@\x1b[0m\n'),
        ('-b = c\n', '\x1b[1;31m-b = c\x1b[0m\n'),
        ('+b = c\n', '\x1b[1;32m+b = c\x1b[0m\n'),
        ('\\ No newline at end of file\n', '\\ No newline at end of file\n'),
    ],
)
def test_diff(line: str, painted: str) -> None:
    assert terminal.Screen(80, True).diff(line) == painted
    assert terminal.Screen(80).diff(line) == line
