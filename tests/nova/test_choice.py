# SPDX-License-Identifier: Apache-2.0

"""An older Nova sees every pair of values that the newest one sees."""

from __future__ import annotations

import itertools

import pytest

from tests.nova import cases
from tests.nova import choice

#: Tables with a test of some 250, 130 and 100 cases.
TABLES = ('test_moves.py', 'test_two_hosts.py', 'test_guests.py')


@pytest.fixture(scope='module')
def tables() -> list[pytest.Item]:
    """All cases of these tables, whatever runs of them."""
    found: list[pytest.Item] = []

    class Collector:
        @pytest.hookimpl(tryfirst=True)
        def pytest_collection_modifyitems(
            self, items: list[pytest.Item]
        ) -> None:
            found.extend(items)

    paths = [f'tests/nova/{name}' for name in TABLES]
    words = ['--collect-only', '-qq', '-p', 'no:cacheprovider', *paths]
    assert pytest.main(words, plugins=[Collector()]) == 0
    return found


def met(items: list[pytest.Item]) -> set[object]:
    return {
        (item.nodeid.partition('[')[0], pair)
        for item in items
        if hasattr(item, 'callspec')
        for pair in choice.combinations(item.callspec.params, 2)
    }


def test_every_pair_is_chosen(tables: list[pytest.Item]) -> None:
    chosen, left_out = choice.apart(tables, 2)
    assert met(chosen) == met(tables)
    assert sorted([*chosen, *left_out], key=tables.index) == tables
    assert len(left_out) > len(tables) / 2


def test_what_has_no_table_is_chosen(tables: list[pytest.Item]) -> None:
    alone = [item for item in tables if not hasattr(item, 'callspec')]
    chosen, _left_out = choice.apart(tables, 2)
    assert alone and set(alone) <= set(chosen)


def test_values_within_values_count() -> None:
    """A host's settings are three values, not one."""
    found = set(choice.combinations({'host': cases.HOSTS[0]}, 2))
    names = ['host.force_raw_images', 'host.images_type']
    names += ['host.use_cow_images']
    assert {tuple(name for name, _value in pair) for pair in found} == set(
        itertools.combinations(names, 2)
    )
