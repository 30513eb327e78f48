# SPDX-License-Identifier: Apache-2.0

"""Names of hosts: sorted as people count, and folded as pdsh has it."""

from __future__ import annotations

import itertools

from ClusterShell import NodeSet
import hypothesis
from hypothesis import strategies as st
import pytest

from nova_cow_check import host_names


def unfolded(notation: str) -> set[str]:
    """Return what ClusterShell reads in it."""
    return set(NodeSet.NodeSet(notation, resolver=NodeSet.RESOLVER_NOGROUP))


class TestOrder:
    @pytest.mark.parametrize(
        'in_order',
        [
            ['compute2', 'compute10'],
            ['rack1-node10', 'rack2-node9', 'rack10-node1'],
            ['api', 'api1', 'compute'],
            ['n1', 'n1-a', 'n2'],
            # Alike as numbers, yet not the same.
            ['c007', 'c07', 'c7', 'c8'],
            ['c1\N{SUPERSCRIPT TWO}', 'c2'],
        ],
    )
    def test_numbers_count(self, in_order: list[str]) -> None:
        for found in itertools.permutations(in_order):
            assert sorted(found, key=host_names.order) == in_order

    def test_a_number_that_takes_long_to_convert_is_none(self) -> None:
        long = 'c' + '9' * 100_000
        assert sorted([long, 'c1'], key=host_names.order) == [long, 'c1']

    @hypothesis.given(st.text(), st.text())
    def test_different_names_are_never_equal(self, a: str, b: str) -> None:
        assert (host_names.order(a) == host_names.order(b)) is (a == b)


# Names -> folded.
FOLDED = [
    ([], []),
    (['a'], ['a']),
    (['compute3', 'compute1', 'compute2'], ['compute[1-3]']),
    (['compute001', 'compute002', 'compute007'], ['compute[001-002,007]']),
    (['c9', 'c10', 'c11'], ['c[9-11]']),
    (['c09', 'c10', 'c11'], ['c[09-11]']),
    (['c99', 'c100'], ['c[99-100]']),
    # Of different lengths, 010 is none of the numbers between 9 and 11.
    (['c9', 'c010', 'c11'], ['c[9,010,11]']),
    (['c1.example.org', 'c2.example.org'], ['c[1-2].example.org']),
    # The last number counts.
    (['r1-n1', 'r1-n2', 'r2-n1'], ['r1-n[1-2]', 'r2-n1']),
    # One name may be the start of another.
    (['compute', 'compute1', 'compute2'], ['compute', 'compute[1-2]']),
    (['b1', 'a', 'b2'], ['a', 'b[1-2]']),
    # The notation has a meaning for these.
    (['c,1', 'c,2'], ['c,1', 'c,2']),
    (['c[1]', 'c[2]'], ['c[1]', 'c[2]']),
    (['c 1', 'c 2', 'c!1', '@c1', 'c%1', 'c*1'], None),
    (['c1', 'c1'], ['c1']),
    (['c' + '1' * 19, 'c' + '1' * 18 + '2'], None),
]


@pytest.mark.parametrize('found, folded', FOLDED)
def test_fold(found: list[str], folded: list[str] | None) -> None:
    if folded is None:
        folded = sorted(found, key=host_names.order)
    assert host_names.fold(found) == folded


PLAIN = st.from_regex(
    r'[a-z][a-z.-]{0,2}([0-9]{1,3}[a-z-]{0,2}){0,2}', fullmatch=True
)
COUNTED = st.builds(
    '{}{:0{}}{}'.format,
    st.sampled_from(['c', 'r1-']),
    st.integers(0, 120),
    st.integers(1, 3),
    st.sampled_from(['', '.org']),
)


@hypothesis.given(st.sets(PLAIN | COUNTED))
def test_clustershell_reads_the_same_names(found: set[str]) -> None:
    assert set().union(*map(unfolded, host_names.fold(found))) == found


@hypothesis.given(st.sets(PLAIN | COUNTED), st.none() | st.integers(1, 40))
def test_each_word_says_how_many_names_it_has(
    found: set[str], longest: int | None
) -> None:
    words = list(host_names.folded(found, longest))
    assert [one.number for one in words] == [
        len(unfolded(one.notation)) for one in words
    ]
    assert set().union(*(unfolded(one.notation) for one in words)) == found
    if longest is not None:
        for one in words:
            is_one_range = ',' not in one.notation
            assert len(one.notation) <= longest or is_one_range


def test_words_that_would_be_too_long_are_several() -> None:
    scattered = [f'compute{number:03}' for number in range(1, 400, 2)]
    lengths = [len(one.notation) for one in host_names.folded(scattered, 40)]
    # compute[], and eight numbers with commas between them.
    assert lengths == [40] * (200 // 8)


@hypothesis.given(st.lists(st.text(max_size=6) | COUNTED))
def test_no_name_is_lost_whatever_it_is(found: list[str]) -> None:
    words = list(host_names.folded(found))
    assert sum(one.number for one in words) == len(set(found))
    alone = [one.notation for one in words if one.number == 1]
    assert set(alone) <= set(found)


@hypothesis.given(st.sets(COUNTED, min_size=1))
def test_words_come_in_the_order_of_their_first_names(
    found: set[str],
) -> None:
    first = [
        min(unfolded(word), key=host_names.order)
        for word in host_names.fold(found)
    ]
    assert first == sorted(first, key=host_names.order)


class TestUnfold:
    @pytest.mark.parametrize(
        ('word', 'found'),
        [
            ('c[08-10]', ['c08', 'c09', 'c10']),
            ('c[1,3-4]-x', ['c1-x', 'c3-x', 'c4-x']),
            ('c[10-10]', ['c10']),
            ('c[2-4]', ['c2', 'c3', 'c4']),
            # What is a shell's, or nobody's.
            ('c[13]', ['c[13]']),
            ('c[a-f]', ['c[a-f]']),
            ('c[1-2][3-4]', ['c[1-2][3-4]']),
            ('c[2-10', ['c[2-10']),
            ('c[10-2]', ['c[10-2]']),
            ('c[1-999999999999]', ['c[1-999999999999]']),
            ('c[' + '9' * 5000 + '-' + '9' * 5001 + ']',) * 2,
            ('', ['']),
        ],
    )
    def test_words(self, word: str, found: list[str] | str) -> None:
        if isinstance(found, str):
            found = [found]
        assert host_names.unfold(word) == found

    @hypothesis.given(
        st.sets(
            st.builds('c{:0{}}'.format, st.integers(0, 120), st.just(3)),
            min_size=1,
        )
    )
    def test_it_undoes_folding(self, some: set[str]) -> None:
        (word,) = host_names.fold(some)
        assert sorted(host_names.unfold(word)) == sorted(some)
