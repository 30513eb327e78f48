# SPDX-License-Identifier: Apache-2.0

"""Nova's objects, made from what a test says of a guest."""

from __future__ import annotations

from typing import Any
import uuid

# First: it settles the matter of eventlet before others look for it.
import nova.tests.functional  # noqa: F401

import nova.conf
from nova import context
from nova.network import model
from nova import objects
from nova.objects import base
from nova.objects import migrate_data
from nova.tests.unit import fake_instance

#: As JSON has it.
Data = dict[str, Any]

#: The guests have no ports.
NO_NETWORK = model.NetworkInfo([])

#: What the driver reads of an instance besides its columns.
_EXPECTED = [
    'device_metadata',
    'metadata',
    'numa_topology',
    'pci_devices',
    'pci_requests',
    'resources',
    'system_metadata',
    'trusted_certs',
    'vcpu_model',
]


def instance_of(guest: Data) -> objects.Instance:
    """Return an instance as Nova's database would have it."""
    flavor = flavor_of(guest['flavor'])
    made = fake_instance.fake_instance_obj(
        context.get_admin_context(),
        id=guest['number'],
        uuid=guest['uuid'],
        image_ref=image_id(guest),
        flavor=flavor,
        root_gb=flavor.root_gb,
        ephemeral_gb=flavor.ephemeral_gb,
        memory_mb=flavor.memory_mb,
        vcpus=flavor.vcpus,
        host=nova.conf.CONF.host,
        expected_attrs=_EXPECTED,
    )
    made.old_flavor = made.new_flavor = flavor
    made.info_cache = objects.InstanceInfoCache(network_info=NO_NETWORK)
    made.system_metadata = {
        'image_base_image_ref': image_id(guest),
        'image_hw_disk_bus': 'ide',
        'image_disk_format': guest['image'],
    }
    return made


def flavor_of(flavor: Data) -> objects.Flavor:
    return objects.Flavor(
        id=1,
        flavorid='1',
        name='flavor',
        memory_mb=flavor['memory_mb'],
        vcpus=1,
        root_gb=flavor['root_gb'],
        ephemeral_gb=flavor['ephemeral_gb'],
        swap=flavor['swap'],
        extra_specs={},
    )


def image_id(guest: Data) -> str:
    """Return the id of an image that nobody else has: nothing is cached."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, guest['uuid']))


def image_meta(guest: Data) -> objects.ImageMeta:
    return objects.ImageMeta.from_dict(
        {
            'id': image_id(guest),
            'disk_format': guest['image'],
            'container_format': 'bare',
            # SeaBIOS lets a guest see all of its disks on this bus.
            'properties': {'hw_disk_bus': 'ide'},
        }
    )


def block_devices(guest: Data) -> Data:
    """Return what Nova's API makes of a flavor: no volumes."""
    flavor = guest['flavor']
    disk = {'device_type': 'disk', 'disk_bus': 'ide', 'guest_format': None}
    ephemeral = {
        **disk,
        'device_name': '/dev/hdb',
        'size': flavor['ephemeral_gb'],
    }
    swap = {**disk, 'device_name': '/dev/hdc', 'swap_size': flavor['swap']}
    return {
        'root_device_name': '/dev/hda',
        'image': [],
        'ephemerals': [ephemeral] if flavor['ephemeral_gb'] else [],
        'swap': swap if flavor['swap'] else None,
        'block_device_mapping': [],
    }


def deserialized(data: Data) -> migrate_data.LibvirtLiveMigrateData:
    return base.NovaObjectSerializer().deserialize_entity(
        context.get_admin_context(), data
    )


def serialized(migration: migrate_data.LibvirtLiveMigrateData) -> Data:
    found: Data = base.NovaObjectSerializer().serialize_entity(
        context.get_admin_context(), migration
    )
    return found
