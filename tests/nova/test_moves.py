# SPDX-License-Identifier: Apache-2.0

"""What becomes of a disk in a resize or cold migration."""

from __future__ import annotations

import dataclasses
import itertools
import pathlib
import subprocess
from typing import NamedTuple

from nova import exception
import pytest

from nova_cow_check.nova import backends
from nova_cow_check.nova import operations
from tests.nova import cases
from tests.nova import guests
from tests.nova import harness
from tests.nova import qemu_tools


#: What a guest does not survive unharmed, of what it meets here.
BROKEN = frozenset(
    {operations.Harm.NEVER_BOOTS, operations.Harm.READS_HOST_FILES}
)


class Moved(NamedTuple):
    """A root disk after a resize or cold migration."""

    #: Format of the disk after finish_migration.
    disk: backends.DiskFormat
    #: Format that the guest's XML tells QEMU to expect.
    xml: backends.DiskFormat
    effect: operations.Harm


def row(settings: cases.Settings, arriving: backends.DiskFormat) -> Moved:
    """Return what is said about a disk that comes to a host."""
    (arrival,) = [
        one
        for one in operations.arrivals(settings.behaviour)
        if one.arriving is arriving
    ]
    return Moved(arrival.root.format, arrival.root.xml, arrival.effect)


def look_at(guest: guests.Guest) -> Moved:
    """Return what is seen of a moved guest, without asking `operations`."""
    disk, xml = qemu_tools.format_of(guest.disk), guest.xml_format
    if disk != xml:
        effect = {
            cases.QCOW2: operations.Harm.NEVER_BOOTS,
            cases.RAW: operations.Harm.READS_HOST_FILES,
        }[disk]
    elif guest.recorded_format() != disk:
        effect = operations.Harm.STALE_DISK_INFO
    else:
        effect = operations.Harm.FINE
    return Moved(disk, xml, effect)


def assert_guest_fares(guest: guests.Guest, effect: operations.Harm) -> None:
    """Have QEMU open the disk as the XML says, and see what it shows."""
    if effect not in BROKEN:
        assert harness.guest_has_its_data(guest)
    elif effect is operations.Harm.NEVER_BOOTS:
        # Where a boot loader was, the guest finds a qcow2 header.
        seen = qemu_tools.guest_reads(guest.disk, guest.xml_format)
        assert seen.startswith(qemu_tools.QCOW2_MAGIC)
    else:
        assert effect is operations.Harm.READS_HOST_FILES
        # Unless the guest has written such a header, QEMU finds none: see
        # test_reads_host_files for the guest that has.
        with pytest.raises(subprocess.CalledProcessError) as refusal:
            qemu_tools.guest_reads(guest.disk, guest.xml_format)
        assert 'not in qcow2 format' in refusal.value.stdout


@pytest.mark.parametrize('migration', cases.MIGRATIONS, ids=str)
def test_cold_migration(
    cloud: harness.Cloud, migration: cases.Migration
) -> None:
    """LibvirtDriver.migrate_disk_and_power_off and finish_migration."""
    guest = cloud.copy(cloud.boot(migration.boot))
    expected = row(migration.destination, qemu_tools.format_of(guest.disk))
    moved = cloud.cold_migrate(guest, migration.destination)
    assert look_at(moved) == expected
    assert_guest_fares(moved, expected.effect)


@pytest.mark.parametrize('boot', cases.BOOTS, ids=str)
def test_resize_in_place(cloud: harness.Cloud, boot: cases.Boot) -> None:
    """The same methods, from a host to itself.

    migrate_disk_and_power_off copies the disk with cp, because
    LibvirtDriver._is_path_shared_with finds the host's own address.
    """
    guest = cloud.copy(cloud.boot(boot))
    expected = row(boot.settings, qemu_tools.format_of(guest.disk))
    resized = cloud.resize_in_place(guest)
    assert resized.host == guest.host
    assert look_at(resized) == expected
    assert_guest_fares(resized, expected.effect)


def test_every_move_is_tested() -> None:
    """No arrival is told of that no migration exercises."""
    tested = set()
    for migration in cases.MIGRATIONS:
        source, destination = migration.boot.settings, migration.destination
        new_disk = backends.NEW_DISKS[
            source.backend, source.force_raw_images, migration.boot.image
        ]
        cow = destination.use_cow_images
        tested.add((destination.backend, cow, new_disk.disk))
    assert tested == {
        (backend, cow, arrival.arriving)
        for backend, cow in itertools.product(backends.Backend, cases.BOOLEANS)
        for arrival in operations.arrivals(
            backends.Behaviour(backend, cow, True)
        )
    }


def test_reads_host_files(
    cloud: harness.Cloud, tmp_path: pathlib.Path
) -> None:
    """The same methods, for a guest that wrote a qcow2 header beforehand.

    On a host that leaves the disk raw and says qcow2 in the XML, QEMU
    believes the header, and with it the backing file that it names.
    """
    secret = tmp_path / 'secret-of-the-host'
    secret.write_bytes(b'secret of the host'.ljust(qemu_tools.SIZE))
    header = tmp_path / 'header'
    # fmt: off
    qemu_tools.run(
        'qemu-img', 'create', '-q', '-f', 'qcow2',
        '-b', secret, '-F', 'raw', header, '1G',
    )
    # fmt: on
    raw_host = cases.Settings('flat', False, True)
    guest = cloud.copy(cloud.boot(cases.Boot(raw_host, cases.RAW)))
    qemu_tools.guest_writes(guest.disk, cases.RAW, header.read_bytes())

    destination = cases.Settings('qcow2', False, True)
    moved = cloud.cold_migrate(guest, destination)
    assert moved.xml_format == cases.QCOW2
    seen = qemu_tools.guest_reads(moved.disk, moved.xml_format)
    assert seen == secret.read_bytes()
    effect = row(destination, cases.RAW).effect
    assert effect is operations.Harm.READS_HOST_FILES


def test_header_is_harmless_where_the_disk_is_raw(
    cloud: harness.Cloud, tmp_path: pathlib.Path
) -> None:
    """The same guest on a host that says raw in the XML."""
    header = tmp_path / 'header'
    qemu_tools.run('qemu-img', 'create', '-q', '-f', 'qcow2', header, '1G')
    raw_host = cases.Settings('flat', False, True)
    guest = cloud.copy(cloud.boot(cases.Boot(raw_host, cases.RAW)))
    qemu_tools.guest_writes(guest.disk, cases.RAW, header.read_bytes())

    moved = cloud.cold_migrate(guest, raw_host)
    seen = qemu_tools.guest_reads(moved.disk, moved.xml_format, size=512)
    assert seen == header.read_bytes()[:512]
    assert row(raw_host, cases.RAW).effect is operations.Harm.FINE


def test_stale_disk_info_breaks_the_next_move(cloud: harness.Cloud) -> None:
    """Two migrations: raw, to a host that converts, to a flat host.

    imagebackend.Flat takes the format from disk.info
    (Image.resolve_driver_format), which nobody corrected after the
    conversion.
    """
    flat = cases.Settings('flat', False, True)
    qcow2 = cases.Settings('qcow2', True, True)
    guest = cloud.copy(cloud.boot(cases.Boot(flat, cases.RAW)))
    converted = cloud.cold_migrate(guest, qcow2)
    stale = row(qcow2, cases.RAW)
    assert look_at(converted) == stale
    assert stale.effect is operations.Harm.STALE_DISK_INFO
    returned = cloud.cold_migrate(converted, flat)
    assert_guest_fares(returned, operations.Harm.NEVER_BOOTS)


@pytest.mark.parametrize('images_type', cases.IMAGES_TYPES)
def test_refusal_to_move(cloud: harness.Cloud, images_type: str) -> None:
    """LibvirtDriver.migrate_disk_and_power_off asks for images_type alone.

    So a guest with a file for its disk will do for all of them.
    """
    flat = cases.Settings('flat', False, True)
    guest = cloud.copy(cloud.boot(cases.Boot(flat, cases.RAW)))
    settings = cases.Settings(images_type, True, True)
    host = guests.Host(guest.host.tree, settings)
    try:
        cloud.send(dataclasses.replace(guest, host=host))
    except exception.InstanceFaultRollback as error:
        reason = error.inner_exception
        assert isinstance(reason, exception.MigrationPreCheckError)
        refused = True
    else:
        refused = False
    assert refused == (settings.backend in backends.REFUSING_MOVES)
