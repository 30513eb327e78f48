# SPDX-License-Identifier: Apache-2.0

"""What becomes of guests whose hosts share instances_path."""

from __future__ import annotations

from collections.abc import Iterable
import itertools
import shutil

import pytest

from nova_cow_check.nova import operations
from tests.nova import cases
from tests.nova import fates
from tests.nova import guests
from tests.nova import harness
from tests.nova import intruder
from tests.nova import qemu_tools

HARM = operations.Harm

#: use_cow_images of the source does nothing to a new disk.
BOOTS = tuple(
    cases.Boot(settings, image, all_disks=True)
    for settings, image in itertools.product(
        [one for one in cases.HOSTS if one.use_cow_images],
        (cases.RAW, cases.QCOW2),
    )
)


@pytest.fixture(scope='module')
def its_intruder(
    tmp_path_factory: pytest.TempPathFactory,
) -> intruder.Intruder:
    return intruder.Intruder(tmp_path_factory.mktemp('intruder'))


def without_header(harm: operations.Harm) -> operations.Harm:
    """Return what a guest meets that has written no header."""
    return {
        HARM.READS_HOST_FILES: HARM.DOES_NOT_START,
        # No disk is made larger.
        HARM.CANNOT_GROW: HARM.STALE_DISK_INFO,
    }.get(harm, harm)


@pytest.mark.parametrize('destination', cases.HOSTS, ids=str)
@pytest.mark.parametrize('boot', BOOTS, ids=str)
def test_cold_migration(
    cloud: harness.Cloud,
    its_intruder: intruder.Intruder,
    boot: cases.Boot,
    destination: cases.Settings,
) -> None:
    """migrate_disk_and_power_off finds out that the path is shared."""
    guest = cloud.copy(cloud.boot(boot))
    moved = cloud.cold_migrate_to(guest, guest.host.beside(destination))
    table = dict(
        operations.between(
            boot.settings.behaviour, destination.behaviour, is_shared=True
        )
    )
    secrets = []
    for name in moved.xml_formats():
        disk = fates.disk_of(name, boot.image)
        harm = operations.harm_of(
            operations.moved(
                operations.new(disk, boot.settings.behaviour),
                destination.behaviour,
                is_shared=True,
            )
        )
        assert fates.look_at(moved, name) is without_header(harm)
        assert table[disk].outcome >= harm.outcome
        if harm is HARM.READS_HOST_FILES:
            secrets.append(name)
    if secrets:
        intruders = with_headers(cloud, its_intruder, boot, secrets)
        after = cloud.cold_migrate_to(
            intruders, intruders.host.beside(destination)
        )
        assert all(its_intruder.reads_secret(after, n) for n in secrets)


@pytest.mark.parametrize('destination', cases.HOSTS, ids=str)
@pytest.mark.parametrize('boot', BOOTS, ids=str)
def test_evacuation(
    cloud: harness.Cloud,
    its_intruder: intruder.Intruder,
    boot: cases.Boot,
    destination: cases.Settings,
) -> None:
    """LibvirtDriver.spawn finds the disks, and makes none of them."""
    guest = cloud.copy(cloud.boot(boot))
    there = guest.host.beside(destination)
    evacuated = cloud.spawn_on(there, guest.image, guest.flavor)
    secrets = []
    for name in evacuated.xml_formats():
        disk = fates.disk_of(name, boot.image)
        harm = told(disk, boot.settings, destination)
        assert fates.look_at(evacuated, name) is without_header(harm)
        if harm is HARM.READS_HOST_FILES:
            secrets.append(name)
    if secrets:
        intruders = with_headers(cloud, its_intruder, boot, secrets)
        after = cloud.spawn_on(
            intruders.host.beside(destination),
            intruders.image,
            intruders.flavor,
        )
        assert all(its_intruder.reads_secret(after, n) for n in secrets)


def with_headers(
    cloud: harness.Cloud,
    its_intruder: intruder.Intruder,
    boot: cases.Boot,
    names: Iterable[str],
) -> guests.Guest:
    """Return a guest that has written a header to each of these disks."""
    guest = cloud.copy(cloud.boot(boot))
    for name in names:
        its_intruder.write_header(guest, name)
    return guest


def told(
    disk: operations.Disk, made_on: cases.Settings, host: cases.Settings
) -> operations.Harm:
    """Return what is told of a start on another host."""
    file = operations.new(disk, made_on.behaviour)
    return operations.harm_of(operations.restarted(file, host.behaviour))


@pytest.mark.parametrize('other', cases.HOSTS, ids=str)
@pytest.mark.parametrize('settings', cases.HOSTS, ids=str)
def test_an_image_has_the_format_of_who_fetched_it_first(
    cloud: harness.Cloud, settings: cases.Settings, other: cases.Settings
) -> None:
    """The cache is in instances_path, and so is shared, too."""
    first = cloud.new_host(other)
    flavor = guests.flavor()
    cloud.spawn_on(first, cases.QCOW2, flavor)
    shutil.rmtree(first.tree / guests.UUID)
    made = cloud.spawn_on(first.beside(settings), cases.QCOW2, flavor)
    maker = settings.behaviour._replace(
        force_raw_images=other.force_raw_images
    )
    told = operations.new(operations.Disk.ROOT_FROM_QCOW2_IMAGE, maker)
    assert maker in operations.makers(settings.behaviour, other.behaviour)
    assert qemu_tools.format_of(made.disk) is told.format
    assert qemu_tools.backing_format_of(made.disk) is told.backing
    assert made.recorded_format() is told.recorded
    assert made.xml_format is told.xml
