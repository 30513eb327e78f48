# SPDX-License-Identifier: Apache-2.0

"""Live block migrations, and a hard reboot where the guest is then."""

from __future__ import annotations

import itertools

import pytest

from nova_cow_check.nova import operations
from tests.guests import choice
from tests.guests import cloud
from tests.guests import fates
from tests.guests import journeys
from tests.nova import cases


def migrated(
    journey: journeys.Journey,
) -> dict[cloud.Disk, operations.DiskFile | None]:
    """Return the disks at the destination, None for what QEMU refuses."""
    return {
        disk: operations.live_migrated(file, journey.hosts[-1])
        for disk, file in journey.new.items()
    }


def succeeds(journey: journeys.Journey) -> bool:
    """Tell whether the guest gets to the destination."""
    return None not in migrated(journey).values()


def restarted(journey: journeys.Journey) -> fates.Files:
    """Return the disks after a hard reboot there, if they all got there."""
    return {
        disk: operations.restarted(file, journey.hosts[-1])
        for disk, file in migrated(journey).items()
        if file is not None
    }


def cells(journey: journeys.Journey) -> frozenset[object]:
    if not succeeds(journey):
        # All at once: a guest has a root disk, which goes the same way.
        return frozenset({frozenset(journey.new.values())})
    return frozenset(migrated(journey).values()) | fates.cells(
        restarted(journey)
    )


def cell(journey: journeys.Journey) -> frozenset[object]:
    """Return what is refused: each disk with each backend."""
    destination = journey.hosts[-1].backend
    return frozenset((file, destination) for file in journey.new.values())


ROUTES = tuple(itertools.product(cases.HOSTS, repeat=2))
JOURNEYS = journeys.table(
    ROUTES, lambda one: restarted(one) if succeeds(one) else one.new
)
#: Of guests of which one disk keeps the others from going there.
REFUSED = [
    one._replace(flavor=flavor)
    for one in JOURNEYS
    for flavor in (cloud.Flavor(), cloud.Flavor(swap=8))
    if one.flavor == cloud.ALL_DISKS and not succeeds(one)
]


@pytest.mark.parametrize(
    'journey',
    [
        *choice.one_each(JOURNEYS, cells),
        *choice.one_each(REFUSED, cell),
    ],
)
def test_live_migration(
    two_hosts: cloud.Cloud, journey: journeys.Journey
) -> None:
    """LibvirtDriver.pre_live_migration, live_migration and what is around."""
    source, destination = map(cloud.settings_text, journey.route)
    two_hosts.first.configure(source)
    two_hosts.second.configure(destination)
    guest = two_hosts.spawn(journey.image, journey.flavor)
    before = fates.counts(guest)
    ticks = guest.ticks
    is_there = guest.migrate_live(two_hosts.second)
    # It runs on, wherever it is now: it has not been started again.
    guest.wait_for_ticks(more_than=ticks + 1)
    assert is_there is succeeds(journey)
    seen = fates.see(guest, lambda: guest.do('hard_reboot'), before)
    if is_there:
        assert seen == fates.told(restarted(journey))
    else:
        assert seen == fates.sound(journey.flavor)
