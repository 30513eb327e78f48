# SPDX-License-Identifier: Apache-2.0

"""Ways of guests that boot, between hosts that break them in others."""

from __future__ import annotations

import itertools

import pytest

from nova_cow_check.nova import ways_out
from tests.guests import choice
from tests.guests import cloud
from tests.guests import fates
from tests.guests import journeys
from tests.nova import cases

#: Guests with a root disk and a swap disk: what is on any other is lost.
FLAVOR = cloud.Flavor(swap=8)

JOURNEYS = [
    journeys.Journey(image, FLAVOR, route)
    for route in itertools.product(cases.HOSTS, repeat=2)
    for image in journeys.IMAGES
]


def way(journey: journeys.Journey) -> ways_out.Way | None:
    found = ways_out.between(*journey.hosts)
    return found.way if found else None


def cells(journey: journeys.Journey) -> frozenset[object]:
    """Return what decides: the new disks, and what makes the next ones."""
    destination = journey.hosts[-1]._replace(use_cow_images=True)
    new = tuple(journey.new.values())
    return frozenset({(way(journey), new, destination)})


SHELVED = [one for one in JOURNEYS if way(one) is ways_out.Way.SHELVE]


@pytest.mark.parametrize('journey', choice.one_each(SHELVED, cells))
def test_shelve_and_unshelve(
    two_hosts: cloud.Cloud, journey: journeys.Journey
) -> None:
    """The guest counts on from what it had written to its root disk."""
    guest = made(two_hosts, journey)
    before = fates.counts(guest)
    guest.shelve()
    seen = fates.see(guest, lambda: guest.unshelve(two_hosts.second), before)
    assert seen == fates.sound(FLAVOR)


LIVE = [one for one in JOURNEYS if way(one) is ways_out.Way.LIVE_BLOCK]


@pytest.mark.parametrize('journey', choice.one_each(LIVE, cells))
def test_live_block_migration(
    two_hosts: cloud.Cloud, journey: journeys.Journey
) -> None:
    """It runs on, and starts there again."""
    guest = made(two_hosts, journey)
    before = fates.counts(guest)
    assert guest.migrate_live(two_hosts.second)
    seen = fates.see(guest, lambda: guest.do('hard_reboot'), before)
    assert seen == fates.sound(FLAVOR)


def made(two_hosts: cloud.Cloud, journey: journeys.Journey) -> cloud.Guest:
    source, destination = map(cloud.settings_text, journey.route)
    two_hosts.first.configure(source)
    two_hosts.second.configure(destination)
    return two_hosts.spawn(journey.image, journey.flavor)


def test_both_ways_are_there() -> None:
    ways = {way(one) for one in JOURNEYS}
    assert ways == {ways_out.Way.SHELVE, ways_out.Way.LIVE_BLOCK, None}
