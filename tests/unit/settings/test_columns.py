# SPDX-License-Identifier: Apache-2.0

"""Assignments in columns: the same rows, in a fraction of the memory."""

from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from nova_cow_check.settings import columns
from nova_cow_check.settings import parsing

NAMES = st.sampled_from(['a', 'b', 'images_type'])
GROUPS = st.sampled_from(['DEFAULT', 'default', 'libvirt', 'LibVirt'])

ROWS = st.lists(
    st.builds(
        columns.Row,
        GROUPS,
        NAMES,
        st.text(max_size=3) | st.just('long' * 30),
        st.integers(1, 2**24),
        st.integers(1, 2**24),
    )
)


def filled(rows: list[columns.Row]) -> columns.Columns:
    found = columns.Columns()
    for row in rows:
        found.add(parsing.normalize_group(row.group), row)
    return found


@given(ROWS)
def test_the_rows_are_those_that_were_added(rows: list[columns.Row]) -> None:
    found = filled(rows)
    assert [found[position] for position in range(len(found))] == rows


@given(ROWS)
def test_an_option_has_its_rows_in_order(rows: list[columns.Row]) -> None:
    found = filled(rows)
    expected: dict[tuple[str, str], list[columns.Row]] = {}
    for row in rows:
        key = (parsing.normalize_group(row.group), row.name)
        expected.setdefault(key, []).append(row)
    assert list(found.options) == list(expected)
    for key, of_option in expected.items():
        positions = found.positions(*key)
        assert [found[position] for position in positions] == of_option
    assert not found.positions('libvirt', 'none')


@given(ROWS, ROWS)
def test_they_are_equal_if_their_rows_are(
    one: list[columns.Row], two: list[columns.Row]
) -> None:
    assert (filled(one) == filled(two)) is (one == two)
    assert filled(one) == filled(one)


def test_a_million_lines_take_little_memory() -> None:
    number = 20_000
    lines = ['[x]\n', *['a=bb\n'] * number]
    tracemalloc.start()
    try:
        file = parsing.parse('nova.conf', lines)
        kept, _most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(file.assignments) == number
    # An object each takes several hundred.
    assert kept / number < 40
