# SPDX-License-Identifier: Apache-2.0

"""What becomes of a root disk that comes to rbd, or from there."""

from __future__ import annotations

from collections.abc import Iterator
import dataclasses
import pathlib

from nova import exception
import pytest

from nova_cow_check.nova import live_migration
from nova_cow_check.nova import operations
from tests.nova import cases
from tests.nova import ceph
from tests.nova import guests
from tests.nova import harness
from tests.nova import live_migrations
from tests.nova import qemu_tools

RBD = cases.Settings('rbd', True, True)
BOOT = cases.Boot(RBD, cases.RAW)
#: imagebackend.Rbd names an image after the instance and its disk.
ROOT = f'{guests.UUID}_disk'


@pytest.fixture
def cluster(tmp_path: pathlib.Path) -> Iterator[ceph.Ceph]:
    """A Ceph cluster without images."""
    with ceph.started(tmp_path) as started:
        yield started


@pytest.fixture
def guest(cloud: harness.Cloud, cluster: ceph.Ceph) -> guests.Guest:
    """A guest on rbd that has written its mark."""
    spawned = cloud.spawn(BOOT, guests.flavor())
    qemu_tools.guest_writes(
        cluster.path(ROOT), cases.RAW, guests.MARK, guests.MARK_AT
    )
    return spawned


def table(
    source: cases.Settings, destination: cases.Settings
) -> operations.Harm:
    """Return what `operations` says about the root disk."""
    passages = dict(
        operations.between(source.behaviour, destination.behaviour)
    )
    return passages[operations.Disk.ROOT_FROM_RAW_IMAGE]


@pytest.mark.parametrize('source', cases.HOSTS, ids=str)
def test_from_a_file_to_rbd(
    cloud: harness.Cloud, cluster: ceph.Ceph, source: cases.Settings
) -> None:
    """LibvirtDriver._create_and_inject_local_root takes a snapshot first."""
    booted = cloud.copy(cloud.boot(cases.Boot(source, cases.RAW)))
    with pytest.raises(ceph.ImageNotFound):
        cloud.cold_migrate(booted, RBD)
    assert not cluster.exists(ROOT)
    assert table(source, RBD) is operations.Harm.MOVE_FAILS


@pytest.mark.parametrize('destination', cases.HOSTS, ids=str)
def test_from_rbd_to_a_file(
    cloud: harness.Cloud, guest: guests.Guest, destination: cases.Settings
) -> None:
    """_get_instance_disk_info_from_config leaves out what is no file."""
    moved = cloud.cold_migrate(guest, destination)
    seen = qemu_tools.guest_reads(moved.disk, moved.xml_format)
    assert seen.startswith(guests.IMAGE_START)
    assert guests.MARK not in seen
    assert table(RBD, destination) is operations.Harm.DATA_LOST


def test_from_rbd_to_rbd(
    cloud: harness.Cloud, cluster: ceph.Ceph, guest: guests.Guest
) -> None:
    """The image in the cluster stays what it is."""
    cloud.cold_migrate(guest, RBD)
    seen = cluster.path(ROOT).read_bytes()
    assert seen.startswith(guests.IMAGE_START)
    assert guests.MARK in seen
    assert table(RBD, RBD) is operations.Harm.FINE


@pytest.mark.parametrize('source', cases.HOSTS, ids=str)
def test_live_migration_from_a_file_to_rbd(
    cloud: harness.Cloud, cluster: ceph.Ceph, source: cases.Settings
) -> None:
    """_create_images_and_backing makes a file only of what has no backing.

    Where QEMU gets one to open, the guest runs on; then nothing finds its
    disk in the cluster.
    """
    guest = cloud.copy(cloud.boot(cases.Boot(source, cases.RAW)))
    destination = cloud.new_host(RBD)
    live_migrations.prepare(cloud, guest, destination)
    cloud.visit(destination)
    made_by_nova = guest.disk.exists()
    assert not cluster.exists(ROOT)
    harm = live_table(source, RBD)
    assert harm is (
        operations.Harm.START_FAILS
        if made_by_nova
        else operations.Harm.LIVE_REFUSED
    )


@pytest.mark.parametrize('destination', cases.HOSTS, ids=str)
def test_live_migration_from_rbd_to_a_file(
    cloud: harness.Cloud, guest: guests.Guest, destination: cases.Settings
) -> None:
    """Nothing is copied, and the next hard reboot looks for a file."""
    there = cloud.new_host(destination)
    live_migrations.prepare(cloud, guest, there)
    arrived = dataclasses.replace(guest, host=there)
    with pytest.raises((exception.NovaException, OSError)):
        cloud.hard_reboot(arrived)
    assert live_table(RBD, destination) is operations.Harm.START_FAILS


def test_live_migration_from_rbd_to_rbd(
    cloud: harness.Cloud, guest: guests.Guest
) -> None:
    """Both hosts have it: Nova makes no block migration of it."""
    there = cloud.new_host(RBD)
    checked = live_migrations.prepare(cloud, guest, there)
    assert not checked.block_migration
    assert checked.is_shared_block_storage
    assert live_table(RBD, RBD) is operations.Harm.FINE


def live_table(
    source: cases.Settings, destination: cases.Settings
) -> operations.Harm:
    """Return what `live_migration` says about the root disk."""
    found = live_migration.between(source.behaviour, destination.behaviour)
    return dict(found.passages)[operations.Disk.ROOT_FROM_RAW_IMAGE]
