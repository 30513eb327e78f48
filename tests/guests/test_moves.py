# SPDX-License-Identifier: Apache-2.0

"""Resizes and cold migrations of guests that boot."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from nova_cow_check.nova import operations
from tests.guests import choice
from tests.guests import cloud
from tests.guests import fates
from tests.guests import journeys
from tests.nova import cases


def told(journey: journeys.Journey) -> fates.Fate:
    """Return what is told of a guest whose root disk keeps its size."""
    return fates.told(journeys.moved(journey))


def cells(journey: journeys.Journey) -> frozenset[object]:
    return fates.cells(journeys.moved(journey))


PAIRS = tuple(itertools.product(cases.HOSTS, repeat=2))
MOVES = journeys.table(PAIRS, journeys.moved)


@pytest.mark.parametrize('move', choice.one_each(MOVES, cells))
def test_cold_migration(
    two_hosts: cloud.Cloud, move: journeys.Journey
) -> None:
    """LibvirtDriver.migrate_disk_and_power_off and finish_migration."""
    guest = make(two_hosts, move)
    seen = fates.see(guest, lambda: guest.resize(two_hosts.second))
    assert seen == told(move)


IN_PLACE = journeys.table(zip(cases.HOSTS, cases.HOSTS), journeys.moved)


@pytest.mark.parametrize('move', choice.one_each(IN_PLACE, cells))
def test_resize_in_place(
    two_hosts: cloud.Cloud, move: journeys.Journey
) -> None:
    """The same methods, from a host to itself: another size of memory."""
    guest = make(two_hosts, move)
    larger = dataclasses.replace(move.flavor, memory_mb=48)
    seen = fates.see(guest, lambda: guest.resize(two_hosts.first, larger))
    assert seen == told(move)


def boots_on_the_way(move: journeys.Journey) -> bool:
    """Tell whether a guest boots on its second host."""
    return told(move._replace(route=move.route[:2])).how is None


TWO_MOVES = [
    move
    for move in journeys.table(
        itertools.product(cases.HOSTS, repeat=3), journeys.moved
    )
    if boots_on_the_way(move)
]


#: What one move shows.
SEEN = frozenset().union(*map(cells, MOVES))


def cells_of_two(move: journeys.Journey) -> frozenset[object]:
    """Return the disks that no single move makes, and how a guest ends."""
    return (cells(move) - SEEN) | {told(move).how}


@pytest.mark.parametrize('move', choice.one_each(TWO_MOVES, cells_of_two))
def test_two_cold_migrations(
    two_hosts: cloud.Cloud, move: journeys.Journey
) -> None:
    """The same methods twice.

    The first host is the last one, too: it has got other settings, and has
    forgotten its images.
    """
    guest = make(two_hosts, move)
    arrived = fates.see(guest, lambda: guest.resize(two_hosts.second))
    assert arrived == told(move._replace(route=move.route[:2]))
    guest.confirm()
    two_hosts.first.forget_images()
    two_hosts.first.configure(cloud.settings_text(move.route[2]))
    seen = fates.see(guest, lambda: guest.resize(two_hosts.first))
    assert seen == told(move)


GROWING = [
    journeys.Journey(image, cloud.Flavor(), pair)
    for image, pair in itertools.product(journeys.IMAGES, PAIRS)
]


def cells_of_larger(move: journeys.Journey) -> frozenset[object]:
    """Return what its fate tells of: whatever image the disk was made from."""
    (root,) = journeys.moved(move).values()
    return frozenset({root._replace(disk=operations.Disk.EPHEMERAL)})


@pytest.mark.parametrize('move', choice.one_each(GROWING, cells_of_larger))
def test_growing(two_hosts: cloud.Cloud, move: journeys.Journey) -> None:
    """The same methods, and nova.virt.disk.api.extend."""
    guest = make(two_hosts, move)
    larger = dataclasses.replace(move.flavor, root_gb=2)
    seen = fates.see(guest, lambda: guest.resize(two_hosts.second, larger))
    assert seen == fates.told(journeys.moved(move), is_larger=True)


BROKEN = [move for move in MOVES if told(move) != fates.sound(move.flavor)]


def fate_as_cell(move: journeys.Journey) -> frozenset[object]:
    return frozenset({str(told(move))})


@pytest.mark.parametrize('move', choice.one_each(BROKEN, fate_as_cell))
def test_revert(two_hosts: cloud.Cloud, move: journeys.Journey) -> None:
    """Whatever a move has done, the guest is as it was once it is reverted.

    LibvirtDriver.destroy at the destination, finish_revert_migration.
    """
    guest = make(two_hosts, move)
    before = fates.counts(guest)
    moved = fates.see(guest, lambda: guest.resize(two_hosts.second))
    assert moved == told(move)
    seen = fates.see(guest, guest.revert, before)
    assert seen == fates.told(move.new) == fates.sound(move.flavor)


def make(two_hosts: cloud.Cloud, move: journeys.Journey) -> cloud.Guest:
    """Set up the hosts as a journey begins, and make its guest."""
    source, destination, *_rest = map(cloud.settings_text, move.route)
    two_hosts.first.configure(source)
    two_hosts.second.configure(destination)
    return two_hosts.spawn(move.image, move.flavor)
