# SPDX-License-Identifier: Apache-2.0

"""Ways between hosts that break what is moved in another way."""

from __future__ import annotations

import itertools
import pathlib

import pytest

from nova_cow_check.nova import backends
from nova_cow_check.nova import operations
from nova_cow_check.nova import ways_out
from tests.nova import cases
from tests.nova import ceph
from tests.nova import fates
from tests.nova import guests
from tests.nova import harness
from tests.nova import live_migrations
from tests.nova import qemu_tools
from tests.nova import snapshots

FINE = operations.Harm.FINE
RBD = cases.Settings('rbd', True, True)
#: imagebackend.Rbd names an image after the instance and its disk.
RBD_ROOT = f'{guests.UUID}_disk'

#: use_cow_images of the source does nothing to a new disk.
SOURCES = [one for one in cases.HOSTS if one.use_cow_images]


def is_shelved(source: cases.Settings, destination: cases.Settings) -> bool:
    """Return whether a guest can always go so, whatever else it can do."""
    found = {
        ways_out.between(source.behaviour, destination.behaviour),
        ways_out.between(source.behaviour, destination.behaviour, True),
    }
    return all(
        one is None or one.way is not ways_out.Way.NONE for one in found
    )


@pytest.mark.parametrize('destination', cases.HOSTS, ids=str)
@pytest.mark.parametrize(
    'source, image',
    list(itertools.product(SOURCES, (cases.RAW, cases.QCOW2))),
    ids=str,
)
def test_shelve_and_unshelve(
    cloud: harness.Cloud,
    tmp_path: pathlib.Path,
    source: cases.Settings,
    image: backends.DiskFormat,
    destination: cases.Settings,
) -> None:
    """LibvirtDriver.snapshot, and spawn where the guest is taken up again.

    Its root disk has what the guest wrote. Its other disks are made anew:
    what was on the ephemeral one is lost.
    """
    guest = cloud.copy(cloud.boot(cases.Boot(source, image, all_disks=True)))
    file, its_format = snapshots.take(cloud, guest, guest.host, tmp_path)
    there = cloud.new_host(destination)
    unshelved = cloud.spawn_on(there, its_format, guest.flavor, file)
    file.unlink()
    assert fates.look_at(unshelved, 'disk') is FINE
    assert fates.look_at(unshelved, 'disk.swap') is FINE
    seen = qemu_tools.guest_reads(
        unshelved.folder / 'disk.eph0', unshelved.xml_formats()['disk.eph0']
    )
    assert guests.MARK not in seen
    assert is_shelved(source, destination)


@pytest.mark.parametrize('image', (cases.RAW, cases.QCOW2))
@pytest.mark.parametrize('destination', cases.HOSTS, ids=str)
def test_what_the_next_move_does_there(
    cloud: harness.Cloud,
    destination: cases.Settings,
    image: backends.DiskFormat,
) -> None:
    """A guest that was unshelved has the disks of one that is made there."""
    guest = cloud.copy(
        cloud.boot(cases.Boot(destination, image, all_disks=True))
    )
    moved = cloud.cold_migrate(guest, destination)
    fates_met = {fates.look_at(moved, name) for name in moved.xml_formats()}
    for source, is_shared in itertools.product(SOURCES, cases.BOOLEANS):
        found = ways_out.between(
            source.behaviour, destination.behaviour, is_shared
        )
        breaks = found is not None and found.destination_breaks
        assert breaks is (fates_met != {FINE})


def way(
    source: cases.Settings, destination: cases.Settings, is_shared: bool
) -> ways_out.Way | None:
    found = ways_out.between(
        source.behaviour, destination.behaviour, is_shared
    )
    return found.way if found else None


LIVE = [
    (source, destination, is_shared)
    for source, destination in itertools.product(SOURCES, cases.HOSTS)
    for is_shared in cases.BOOLEANS
    if way(source, destination, is_shared)
    in (ways_out.Way.LIVE_BLOCK, ways_out.Way.LIVE_ON_SHARED_STORAGE)
]


@pytest.mark.parametrize('image', (cases.RAW, cases.QCOW2))
@pytest.mark.parametrize('source, destination, is_shared', LIVE)
def test_live_migration(
    cloud: harness.Cloud,
    source: cases.Settings,
    destination: cases.Settings,
    is_shared: bool,
    image: backends.DiskFormat,
) -> None:
    """It starts there, and fares at the next move as what is made there."""
    guest = cloud.copy(cloud.boot(cases.Boot(source, image, all_disks=True)))
    there = (
        guest.host.beside(destination)
        if is_shared
        else cloud.new_host(destination)
    )
    arrived = live_migrations.live_migrate(cloud, guest, there)
    assert not arrived.refused
    started = cloud.hard_reboot(arrived.guest)
    for name in started.xml_formats():
        assert fates.look_at(started, name) is FINE
    made_there = cloud.copy(
        cloud.boot(cases.Boot(destination, image, all_disks=True))
    )
    moved, like_it = (
        cloud.cold_migrate(one, destination) for one in (started, made_there)
    )
    for name in moved.xml_formats():
        seen, expected = (fates.look_at(one, name) for one in (moved, like_it))
        assert seen.outcome <= expected.outcome


@pytest.mark.parametrize('other', cases.HOSTS, ids=str)
def test_shelve_and_unshelve_to_rbd(
    cloud: harness.Cloud, tmp_path: pathlib.Path, other: cases.Settings
) -> None:
    """The same methods, with a stand-in for Ceph at the destination."""
    guest = cloud.copy(cloud.boot(cases.Boot(other, cases.RAW)))
    file, its_format = snapshots.take(cloud, guest, guest.host, tmp_path)
    cluster = tmp_path / 'ceph'
    cluster.mkdir()
    with ceph.started(cluster) as started:
        there = cloud.new_host(RBD)
        cloud.spawn_on(there, its_format, guest.flavor, file)
        seen = started.path(RBD_ROOT).read_bytes()
    for made in (file, cluster / RBD_ROOT):
        made.unlink()
    assert seen.startswith(guests.IMAGE_START)
    assert guests.MARK in seen
    assert is_shelved(other, RBD)
