# SPDX-License-Identifier: Apache-2.0

"""Live migrations, and the stop and start of a guest where it is then."""

from __future__ import annotations

import itertools

import pytest

from nova_cow_check.nova import live_migration
from nova_cow_check.nova import operations
from tests.nova import cases
from tests.nova import fates
from tests.nova import guests
from tests.nova import harness
from tests.nova import intruder
from tests.nova import live_migrations

HARM = operations.Harm

#: A guest from a qcow2 image that has a root disk alone can go where others
#: cannot. use_cow_images of the source does nothing to a new disk.
BOOTS = tuple(
    cases.Boot(settings, image, all_disks)
    for settings, (image, all_disks) in itertools.product(
        [one for one in cases.HOSTS if one.use_cow_images],
        ((cases.RAW, True), (cases.QCOW2, True), (cases.QCOW2, False)),
    )
)


@pytest.mark.parametrize('is_shared', cases.BOOLEANS, ids=['shared', 'block'])
@pytest.mark.parametrize('destination', cases.HOSTS, ids=str)
@pytest.mark.parametrize(
    'boot', BOOTS, ids=lambda one: f'{one}-{one.all_disks}'
)
def test_between(
    cloud: harness.Cloud,
    its_intruder: intruder.Intruder,
    boot: cases.Boot,
    destination: cases.Settings,
    is_shared: bool,
) -> None:
    """LibvirtDriver.pre_live_migration and _hard_reboot."""
    guest = cloud.copy(cloud.boot(boot))
    kinds = {
        name: fates.disk_of(name, boot.image) for name in guest.xml_formats()
    }
    told = told_of(boot, destination, is_shared, kinds)
    refused = {
        name for name, harm in told.items() if harm is HARM.LIVE_REFUSED
    }
    arrived = live_migrations.live_migrate(
        cloud, guest, host(cloud, guest, destination, is_shared)
    )
    assert arrived.refused == refused
    if refused:
        return
    started = cloud.hard_reboot(arrived.guest)
    seen = {name: fates.look_at(started, name) for name in kinds}
    assert seen == {
        # This guest has not written a header.
        name: HARM.DOES_NOT_START if harm is HARM.READS_HOST_FILES else harm
        for name, harm in told.items()
    }
    secrets = {n for n, one in told.items() if one is HARM.READS_HOST_FILES}
    assert secrets == secrets_read(
        cloud, its_intruder, boot, destination, is_shared
    )


@pytest.fixture(scope='module')
def its_intruder(
    tmp_path_factory: pytest.TempPathFactory,
) -> intruder.Intruder:
    return intruder.Intruder(tmp_path_factory.mktemp('intruder'))


def told_of(
    boot: cases.Boot,
    destination: cases.Settings,
    is_shared: bool,
    kinds: dict[str, operations.Disk],
) -> dict[str, operations.Harm]:
    """Return what is told of each disk of a guest, by its file.

    Here no other host has fetched the image before.
    """
    new = {
        name: operations.new(disk, boot.settings.behaviour)
        for name, disk in kinds.items()
    }
    told = {
        name: live_migration.after(file, destination.behaviour, is_shared)
        for name, file in new.items()
    }
    table = dict(
        live_migration.between(
            boot.settings.behaviour, destination.behaviour, is_shared
        ).passages
    )
    for name, harm in told.items():
        assert table[kinds[name]].outcome >= harm.outcome
    return told


def host(
    cloud: harness.Cloud,
    guest: guests.Guest,
    settings: cases.Settings,
    is_shared: bool,
) -> guests.Host:
    if is_shared:
        return guest.host.beside(settings)
    return cloud.new_host(settings)


def secrets_read(
    cloud: harness.Cloud,
    its_intruder: intruder.Intruder,
    boot: cases.Boot,
    destination: cases.Settings,
    is_shared: bool,
) -> set[str]:
    """Return the disks on which a guest reads a secret of the host.

    It has written a header before, wherever its XML says raw.
    """
    guest = cloud.copy(cloud.boot(boot))
    raw = [n for n, xml in guest.xml_formats().items() if xml is cases.RAW]
    if not raw:
        return set()
    for name in raw:
        its_intruder.write_header(guest, name)
    there = host(cloud, guest, destination, is_shared)
    arrived = live_migrations.live_migrate(cloud, guest, there)
    started = cloud.hard_reboot(arrived.guest)
    return {name for name in raw if its_intruder.reads_secret(started, name)}
