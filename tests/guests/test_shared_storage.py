# SPDX-License-Identifier: Apache-2.0

"""Guests of hosts that share instances_path."""

from __future__ import annotations

import itertools

import pytest

from nova_cow_check.nova import operations
from tests.guests import choice
from tests.guests import cloud
from tests.guests import fates
from tests.guests import journeys
from tests.nova import cases

#: One process has the hosts that share: each pair of them takes its time.
pytestmark = pytest.mark.xdist_group('shared')

ROUTES = tuple(itertools.product(cases.HOSTS, repeat=2))


def made(sharing_hosts: cloud.Cloud, journey: journeys.Journey) -> cloud.Guest:
    """Set up the hosts as a journey begins, and make its guest."""
    source, destination = map(cloud.settings_text, journey.route)
    sharing_hosts.first.configure(source)
    sharing_hosts.second.configure(destination)
    return sharing_hosts.spawn(journey.image, journey.flavor)


def restarted(journey: journeys.Journey) -> fates.Files:
    """Return the disks after a start at the destination."""
    return {
        disk: operations.restarted(file, journey.hosts[-1])
        for disk, file in journey.new.items()
    }


def cells(journey: journeys.Journey) -> frozenset[object]:
    """Return what its fate tells of, and the backends between which it is."""
    backends = tuple(host.backend for host in journey.hosts)
    return fates.cells(restarted(journey)) | {(journey.image, backends)}


JOURNEYS = journeys.table(ROUTES, restarted)


@pytest.mark.parametrize('journey', choice.one_each(JOURNEYS, cells))
def test_live_migration(
    sharing_hosts: cloud.Cloud, journey: journeys.Journey
) -> None:
    """Nothing is copied, and nothing is asked of the backends."""
    guest = made(sharing_hosts, journey)
    before = fates.counts(guest)
    ticks = guest.ticks
    assert guest.migrate_live(sharing_hosts.second)
    guest.wait_for_ticks(more_than=ticks + 1)
    seen = fates.see(guest, lambda: guest.do('hard_reboot'), before)
    assert seen == fates.told(restarted(journey))


@pytest.mark.parametrize('journey', choice.one_each(JOURNEYS, cells))
def test_evacuation(
    sharing_hosts: cloud.Cloud, journey: journeys.Journey
) -> None:
    """LibvirtDriver.spawn, on disks that are there."""
    guest = made(sharing_hosts, journey)
    seen = fates.see(guest, lambda: guest.evacuate(sharing_hosts.second))
    assert seen == fates.told(restarted(journey))


def moved(journey: journeys.Journey) -> fates.Files:
    return journeys.moved(journey, is_shared=True)


MOVES = journeys.table(ROUTES, moved)


@pytest.mark.parametrize(
    'journey',
    choice.one_each(MOVES, lambda one: fates.cells(moved(one))),
)
def test_cold_migration(
    sharing_hosts: cloud.Cloud, journey: journeys.Journey
) -> None:
    """migrate_disk_and_power_off copies within one directory."""
    guest = made(sharing_hosts, journey)
    seen = fates.see(guest, lambda: guest.resize(sharing_hosts.second))
    assert seen == fates.told(moved(journey))
