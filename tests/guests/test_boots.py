# SPDX-License-Identifier: Apache-2.0

"""New guests, and guests that are started again."""

from __future__ import annotations

import itertools
import json

import pytest

from nova_cow_check.nova import backends
from tests.guests import choice
from tests.guests import cloud
from tests.guests import fates
from tests.guests import journeys
from tests.nova import cases


def told(boot: cases.Boot) -> backends.NewDisk:
    """Return what is told of a new root disk."""
    host = boot.settings.behaviour
    return backends.NEW_DISKS[host.backend, host.force_raw_images, boot.image]


def cells(boot: cases.Boot) -> frozenset[object]:
    return frozenset({(boot.settings.backend, boot.image, told(boot))})


@pytest.mark.parametrize('boot', choice.one_each(cases.BOOTS, cells))
def test_boot(two_hosts: cloud.Cloud, boot: cases.Boot) -> None:
    """LibvirtDriver.spawn: every images_type whose disks are files."""
    two_hosts.first.configure(cloud.settings_text(boot.settings))
    guest = two_hosts.spawn(boot.image.value, cloud.ALL_DISKS)
    counts = fates.counts(guest)
    assert counts == dict.fromkeys(cloud.ALL_DISKS.disks, 1)
    # The image cannot be the other one: its header is looked at as Nova did.
    assert guest.xml_format() == told(boot).xml.value
    assert guest.disk_format() == told(boot).disk.value
    assert recorded(guest) == told(boot).disk.value


RESTARTS = journeys.table(
    itertools.product(cases.HOSTS, repeat=2), journeys.restarted
)


def cells_of_restart(journey: journeys.Journey) -> frozenset[object]:
    return fates.cells(journeys.restarted(journey))


@pytest.mark.parametrize(
    'journey', choice.one_each(RESTARTS, cells_of_restart)
)
def test_restart(two_hosts: cloud.Cloud, journey: journeys.Journey) -> None:
    """LibvirtDriver.reboot, when the host has got other settings."""
    before, now = map(cloud.settings_text, journey.route)
    two_hosts.first.configure(before)
    guest = two_hosts.spawn(journey.image, journey.flavor)
    counts = fates.counts(guest)
    two_hosts.first.configure(now)
    seen = fates.see(guest, lambda: guest.do('hard_reboot'), counts)
    assert seen == fates.told(journeys.restarted(journey))


@pytest.mark.parametrize('operation', ['power_on', 'resume_on_host_boot'])
def test_start(two_hosts: cloud.Cloud, operation: str) -> None:
    """LibvirtDriver.power_on and resume_state_on_host_boot.

    They make a guest as a hard reboot does, which has all cases.
    """
    journey = journeys.Journey(
        'raw',
        cloud.ALL_DISKS,
        (
            cases.Settings('flat', False, True),
            cases.Settings('qcow2', True, True),
        ),
    )
    before, now = map(cloud.settings_text, journey.route)
    two_hosts.first.configure(before)
    guest = two_hosts.spawn(journey.image, journey.flavor)
    counts = fates.counts(guest)
    guest.do('stop')
    assert not guest.is_active
    seen = fates.see(guest, lambda: guest.do(operation), counts)
    assert seen == fates.sound(journey.flavor)
    guest.do('stop')
    two_hosts.first.configure(now)
    seen = fates.see(guest, lambda: guest.do(operation), seen_twice(counts))
    assert seen == fates.told(journeys.restarted(journey))


def seen_twice(counts: dict[cloud.Disk, int]) -> dict[cloud.Disk, int]:
    return {disk: count + 1 for disk, count in counts.items()}


def recorded(guest: cloud.Guest) -> str:
    """Return the format of a root disk that disk.info has."""
    entries = json.loads((guest.folder / 'disk.info').read_text())
    (found,) = (entries[one] for one in entries if one.endswith('/disk'))
    return str(found)
