# SPDX-License-Identifier: Apache-2.0

"""Files that are all called nova.conf: hosts are named by their folders."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from nova_cow_check.sources import folder_names

CASES: tuple[Mapping[str, str], ...] = (
    {'/f/a/nova.conf': 'a'},
    {'/f/a/nova.conf': 'a', '/f/b/nova.conf': 'b'},
    {'/f/a/etc/nova/nova.conf': 'a'},
    {'/f/a/etc/kolla/nova-compute/nova.conf': 'a'},
    # All that there is of a folder is the place of the file in a tree.
    {'/etc/nova/nova.conf': '', '/nova.conf': ''},
    # Places in another tree are folders as others are.
    {'/f/a/nova/nova.conf': 'a', '/f/b/nova/nova.conf': 'b'},
    {'/f/a/x/y/nova.conf': 'a', '/f/b/x/y/nova.conf': 'b'},
    # At different depths.
    {'/f/a/etc/nova/nova.conf': 'a', '/f/b/nova.conf': 'b'},
    # They differ in two folders together: the nearest, as in all.
    {
        '/f/r1/a/nova.conf': 'a',
        '/f/r2/a/nova.conf': 'a',
        '/f/r2/b/nova.conf': 'b',
    },
    # Others have names of their own.
    {'/f/a.conf': '', '/f/a/nova-compute.conf': '', '/f/b/nova.conf': 'b'},
)


@pytest.mark.parametrize('case', CASES, ids=' '.join)
def test_it_is_the_nearest_folder_in_which_they_differ(
    case: Mapping[str, str],
) -> None:
    expected = {path: name for path, name in case.items() if name}
    assert folder_names.of(case) == expected
    assert folder_names.of([*case][::-1]) == expected


def test_one_file_named_in_two_ways_is_one() -> None:
    names = folder_names.of(['/f/a/nova.conf', '/f/./a/nova.conf'])
    assert set(names.values()) == {'a'}
