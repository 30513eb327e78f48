# SPDX-License-Identifier: Apache-2.0

"""Ways between hosts where a move breaks guests: the table, and its sense.

That they are safe is shown by tests/nova and tests/guests.
"""

from __future__ import annotations

import itertools

import pytest

from nova_cow_check.nova import backends
from nova_cow_check.nova import harms
from nova_cow_check.nova import live_migration
from nova_cow_check.nova import operations
from nova_cow_check.nova import ways_out

Backend, Way = backends.Backend, ways_out.Way
FINE = harms.Outcome.FINE

HOSTS = [
    backends.Behaviour(backend, cow, force)
    for backend, cow, force in itertools.product(
        Backend, (True, False), (True, False)
    )
]
PAIRS = list(itertools.product(HOSTS, HOSTS, (False, True)))

QCOW2 = backends.Behaviour(Backend.QCOW2, True, True)
QCOW2_AS_IS = QCOW2._replace(force_raw_images=False)
QCOW2_WITHOUT_COW = QCOW2._replace(use_cow_images=False)
FLAT = backends.Behaviour(Backend.FLAT, False, True)
FLAT_AS_IS = FLAT._replace(force_raw_images=False)
FLAT_WITH_COW = FLAT._replace(use_cow_images=True)
RBD = backends.Behaviour(Backend.RBD, True, True)
LVM = backends.Behaviour(Backend.LVM, True, True)
PLOOP = backends.Behaviour(Backend.PLOOP, True, True)


# way, can be reverted, destination breaks; the same on shared storage
@pytest.mark.parametrize(
    'source, destination, told',
    [
        (QCOW2, QCOW2, 'fine; fine'),
        (FLAT, FLAT, 'fine; fine'),
        (RBD, RBD, 'fine; fine'),
        (FLAT, QCOW2, 'shelve and revert; shelve and revert'),
        (FLAT_AS_IS, QCOW2, 'shelve and revert; shelve and revert'),
        # libvirt refuses a guest there, which is in ERROR then.
        # A live migration is fine on shared storage, but not the next move.
        (QCOW2, FLAT, 'shelve; shelve'),
        # Nor is one where the next move breaks whatever is made there.
        (QCOW2, FLAT_WITH_COW, 'shelve but mend; shelve but mend'),
        (
            QCOW2_AS_IS,
            FLAT_WITH_COW._replace(force_raw_images=False),
            'shelve but mend; shelve but mend',
        ),
        (RBD, FLAT_WITH_COW, 'shelve but mend; shelve but mend'),
        (PLOOP, FLAT_WITH_COW, 'none but mend; none but mend'),
        # But a root disk alone boots, and reads wrong data.
        (QCOW2, FLAT_AS_IS, 'shelve and revert; shelve'),
        (FLAT, QCOW2_WITHOUT_COW, 'shelve; shelve'),
        (QCOW2, QCOW2_AS_IS, 'live-block and revert; fine'),
        (QCOW2_AS_IS, QCOW2, 'live-block; fine'),
        (
            FLAT,
            FLAT_WITH_COW,
            'live-block and revert but mend; '
            'live-on-shared-storage and revert but mend',
        ),
        (
            FLAT_WITH_COW,
            FLAT_WITH_COW,
            'live-block and revert but mend; '
            'live-on-shared-storage and revert but mend',
        ),
        (FLAT, RBD, 'shelve; shelve'),
        (RBD, FLAT, 'shelve; shelve'),
        # The moves of lvm are refused, which breaks nothing.
        (LVM, LVM, 'shelve; shelve'),
        (QCOW2, RBD._replace(force_raw_images=False), 'none; none'),
        (QCOW2, PLOOP, 'none; none'),
        (PLOOP, QCOW2, 'none; none'),
        (PLOOP, PLOOP, 'fine; fine'),
    ],
)
def test_between(
    source: backends.Behaviour, destination: backends.Behaviour, told: str
) -> None:
    found = (
        ways_out.between(source, destination, is_shared)
        for is_shared in (False, True)
    )
    assert '; '.join(map(words, found)) == told


def words(found: ways_out.WayOut | None) -> str:
    if found is None:
        return 'fine'
    name = found.way.name.lower().replace('_', '-')
    if found.can_be_reverted:
        name += ' and revert'
    return f'{name} but mend' if found.destination_breaks else name


@pytest.mark.parametrize('source, destination, is_shared', PAIRS)
def test_a_way_is_told_of_where_and_only_where_a_move_is_not_fine(
    source: backends.Behaviour,
    destination: backends.Behaviour,
    is_shared: bool,
) -> None:
    moved = operations.between(source, destination, is_shared=is_shared)
    live = live_migration.between(source, destination, is_shared)
    found = ways_out.between(source, destination, is_shared)
    assert (found is None) is (operations.worst(moved) is FINE)
    if found is None:
        # So there is no need of a way where a live migration alone harms.
        assert live.outcome in (FINE, None)
    else:
        is_live = found.way in (Way.LIVE_BLOCK, Way.LIVE_ON_SHARED_STORAGE)
        assert is_live <= (live.outcome is FINE)
        assert is_live <= (source.backend is destination.backend)


@pytest.mark.parametrize('source, destination, is_shared', PAIRS)
def test_flat_with_use_cow_images_breaks_whatever_comes(
    source: backends.Behaviour,
    destination: backends.Behaviour,
    is_shared: bool,
) -> None:
    found = ways_out.between(source, destination, is_shared)
    breaks = found is not None and found.destination_breaks
    assert breaks is (
        destination.backend is Backend.FLAT and destination.use_cow_images
    )


def test_only_what_the_move_has_not_left_in_error_is_reverted() -> None:
    for source, destination, is_shared in PAIRS:
        found = ways_out.between(source, destination, is_shared)
        if found is None or not found.can_be_reverted:
            continue
        hows = {
            harm.how
            for _disk, harm in operations.between(
                source, destination, is_shared=is_shared
            )
        }
        assert hows & {
            harms.How.NEVER_BOOTS,
            harms.How.LACKS_A_DISK,
            harms.How.WRONG_DATA,
        }


def test_every_way_is_told_of_somewhere() -> None:
    found = {ways_out.between(*one) for one in PAIRS}
    assert {one.way for one in found if one} == set(Way)
