# SPDX-License-Identifier: Apache-2.0

"""Live migrations by Nova's driver, with a stand-in for what QEMU copies."""

from __future__ import annotations

import dataclasses
import subprocess
import tempfile
from unittest import mock

from nova import context
from nova.network import neutron
from nova import objects
from nova.virt.libvirt import driver

from tests.nova import cases
from tests.nova import guests
from tests.nova import harness
from tests.nova import qemu_tools

_NODE = {'cpu_info': '', 'free_disk_gb': 1000, 'disk_available_least': 1000}


@dataclasses.dataclass(frozen=True)
class Arrived:
    """What is at the destination when QEMU has copied what it could."""

    guest: guests.Guest
    #: Files that QEMU cannot open there as the XML says: it refuses.
    refused: frozenset[str]


def live_migrate(
    cloud: harness.Cloud, guest: guests.Guest, destination: guests.Host
) -> Arrived:
    """Live migrate a guest.

    Nova chooses between a block migration and one on shared storage.
    """
    checked = prepare(cloud, guest, destination)
    is_shared = destination.tree == guest.host.tree
    assert checked.block_migration is not is_shared
    there = dataclasses.replace(guest, host=destination)
    if is_shared:
        return Arrived(there, frozenset())
    return Arrived(there, _copy(cloud, guest, there))


def prepare(
    cloud: harness.Cloud, guest: guests.Guest, destination: guests.Host
) -> objects.LibvirtLiveMigrateData:
    """Do what the compute managers do with their drivers, up to QEMU.

    :returns: what Nova has found out of the two hosts
    """
    ctxt = context.get_admin_context()
    instance = guests.instance(ctxt, guest.flavor)
    devices = guests.block_device_info(guest.flavor)
    checked = _check(cloud, guest, destination, instance)
    disks = None
    if checked.block_migration:
        with cloud.driver_on(guest.host, guest.image) as compute:
            compute._host.write_instance_config(guest.xml)
            disks = compute.get_instance_disk_info(instance, devices)
    with cloud.driver_on(destination, guest.image, guest.host) as compute:
        compute.pre_live_migration(
            ctxt, instance, devices, guests.NO_NETWORK, disks, checked
        )
    return checked


def _check(
    cloud: harness.Cloud,
    guest: guests.Guest,
    destination: guests.Host,
    instance: objects.Instance,
) -> objects.LibvirtLiveMigrateData:
    ctxt = context.get_admin_context()
    with cloud.driver_on(destination, guest.image, guest.host) as compute:
        with mock.patch.object(driver.LibvirtDriver, '_compare_cpu'):
            with mock.patch.object(
                neutron.API, 'has_port_binding_extension', return_value=False
            ):
                begun = compute.check_can_live_migrate_destination(
                    ctxt, instance, _NODE, _NODE, None, None
                )
    begun.is_volume_backed = False
    with cloud.driver_on(guest.host, guest.image, destination) as compute:
        compute._host.write_instance_config(guest.xml)
        checked = compute.check_can_live_migrate_source(
            ctxt, instance, begun, guests.block_device_info(guest.flavor)
        )
    with cloud.driver_on(destination, guest.image, guest.host) as compute:
        compute.cleanup_live_migration_destination_check(ctxt, checked)
    return checked


def _copy(
    cloud: harness.Cloud, guest: guests.Guest, there: guests.Guest
) -> frozenset[str]:
    """Copy what QEMU does, and return the disks that it cannot open.

    Of an overlay that is what the guest has written, of any other disk all.
    """
    refused = set()
    for name, xml in guest.xml_formats().items():
        cloud.visit(guest.host)
        # What a guest has written to a raw disk is not believed.
        is_overlay = xml is cases.QCOW2 and (
            qemu_tools.backing_format_of(guest.folder / name) is not None
        )
        with tempfile.NamedTemporaryFile() as seen:
            if not is_overlay:
                # fmt: off
                qemu_tools.run(
                    'qemu-img', 'convert', '-f', xml.value, '-O', 'raw',
                    guest.folder / name, seen.name,
                )
                # fmt: on
            cloud.visit(there.host)
            path = there.folder / name
            try:
                if is_overlay:
                    qemu_tools.guest_writes(
                        path, xml, guests.MARK, guests.MARK_AT
                    )
                else:
                    # fmt: off
                    qemu_tools.run(
                        'qemu-img', 'convert', '-n', '--target-is-zero',
                        '-f', 'raw', '-O', xml.value, seen.name, path,
                    )
                    # fmt: on
            except subprocess.CalledProcessError as refusal:
                assert 'not in qcow2 format' in refusal.stdout
                refused.add(name)
    return frozenset(refused)
