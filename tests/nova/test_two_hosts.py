# SPDX-License-Identifier: Apache-2.0

"""What becomes of all disks between hosts whose settings differ."""

from __future__ import annotations

import itertools

from nova import version
from oslo_concurrency import processutils
import pytest

from nova_cow_check.nova import operations
from tests.nova import cases
from tests.nova import fates
from tests.nova import guests
from tests.nova import harness
from tests.nova import intruder
from tests.nova import journeys
from tests.nova import qemu_tools

#: Guests with all disks, from either image on every host.
BOOTS = tuple(
    cases.Boot(settings, image, all_disks=True)
    for settings, image in itertools.product(
        cases.HOSTS, (cases.RAW, cases.QCOW2)
    )
)

#: Not all of 8 * 8 * 8 hosts are tried. use_cow_images of the first does
#: nothing to a new disk, and force_raw_images nothing to a raw image, so each
#: value of both goes with one image. The second has the force_raw_images of
#: the first, which spares the disks that would be broken there already.
BEGINNINGS = tuple(
    (boot, second)
    for boot, second in itertools.product(BOOTS, cases.HOSTS)
    if boot.settings.force_raw_images == second.force_raw_images
    and (
        boot.settings.use_cow_images == boot.settings.force_raw_images
        if boot.image is cases.QCOW2
        else boot.settings.use_cow_images
        == second.use_cow_images
        != second.force_raw_images
    )
)

#: From 30.3.0, 31.3.0, 32.2.0 and 33.0.0 on, nova.virt.disk.api.extend tells
#: qemu-img which format to expect.
EXTEND_KNOWS_THE_FORMAT = not version.version_string().startswith('28.')


@pytest.fixture(scope='session')
def travels(
    cloud: harness.Cloud, tmp_path_factory: pytest.TempPathFactory
) -> journeys.Journeys:
    """Cold migrations that have been made so far."""
    folder = tmp_path_factory.mktemp('intruder')
    return journeys.Journeys(cloud, intruder.Intruder(folder))


def expected(
    passages: tuple[operations.Passage, ...], boot: cases.Boot
) -> dict[operations.Disk, operations.Harm]:
    """Return what a cold migration does to the disks that a guest has."""
    other_image = {cases.RAW: cases.QCOW2, cases.QCOW2: cases.RAW}[boot.image]
    harms = dict(passages)
    del harms[fates.disk_of('disk', other_image)]
    return {
        # A cold migration makes no disk larger.
        disk: operations.Harm.STALE_DISK_INFO
        if harm is operations.Harm.CANNOT_GROW
        else harm
        for disk, harm in harms.items()
    }


@pytest.mark.parametrize('destination', cases.HOSTS, ids=str)
@pytest.mark.parametrize('boot', BOOTS, ids=str)
def test_between(
    travels: journeys.Journeys, boot: cases.Boot, destination: cases.Settings
) -> None:
    """LibvirtDriver.migrate_disk_and_power_off and finish_migration.

    The destination has no image in its cache.
    """
    table = operations.between(boot.settings.behaviour, destination.behaviour)
    assert travels.fate(boot, destination) == expected(table, boot)


@pytest.mark.parametrize('boot, second', BEGINNINGS, ids=str)
def test_later(
    travels: journeys.Journeys, boot: cases.Boot, second: cases.Settings
) -> None:
    """The same methods twice, to every third host."""
    at_second = travels.fate(boot, second)
    for third in cases.HOSTS:
        at_third = travels.fate(boot, second, third)
        found = {
            disk: max(at_third[disk], at_second[disk], key=outcome)
            for disk in at_third
        }
        table = operations.between(
            boot.settings.behaviour, second.behaviour, third.behaviour
        )
        assert found == expected(table, boot), f'at {third}'


def outcome(harm: operations.Harm) -> operations.Outcome:
    return harm.outcome


def test_every_behaviour_is_in_every_place_of_two_moves() -> None:
    firsts = {boot.settings for boot, _second in BEGINNINGS}
    seconds = {second for _boot, second in BEGINNINGS}
    assert firsts == seconds == set(cases.HOSTS)


@pytest.mark.parametrize('destination', cases.HOSTS, ids=str)
@pytest.mark.parametrize(
    'boot',
    [
        cases.Boot(boot.settings, boot.image)
        for boot in BOOTS
        if boot.settings.use_cow_images
    ],
    ids=str,
)
def test_growing(
    cloud: harness.Cloud, boot: cases.Boot, destination: cases.Settings
) -> None:
    """The same methods, and nova.virt.disk.api.extend, for the root disk.

    use_cow_images of the source does nothing to a new disk.
    """
    disk = fates.disk_of('disk', boot.image)
    table = operations.between(boot.settings.behaviour, destination.behaviour)
    harm = grown(dict(table)[disk])
    guest = cloud.copy(cloud.boot(boot))
    flavor = guests.flavor(root_gb=2)
    if harm is operations.Harm.MOVE_FAILS:
        with pytest.raises(processutils.ProcessExecutionError) as failure:
            cloud.resize(guest, destination, flavor)
        assert 'qemu-img resize' in failure.value.cmd
        return
    resized = cloud.resize(guest, destination, flavor)
    assert fates.look_at(resized, 'disk') is harm
    assert qemu_tools.info(resized.disk)['virtual-size'] == 2 * 1024**3


def grown(harm: operations.Harm) -> operations.Harm:
    """Return what a resize that makes the disk larger does, given a harm."""
    harms = operations.Harm
    if harm is harms.UNREADABLE_BACKING_FILE:
        return harms.MOVE_FAILS
    if harm in {harms.CANNOT_GROW, harms.READS_HOST_FILES}:
        if EXTEND_KNOWS_THE_FORMAT:
            return harms.MOVE_FAILS
        return {
            harms.CANNOT_GROW: harms.STALE_DISK_INFO,
            # This guest has not written a qcow2 header.
            harms.READS_HOST_FILES: harms.DOES_NOT_START,
        }[harm]
    return harm
