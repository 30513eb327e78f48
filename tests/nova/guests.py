# SPDX-License-Identifier: Apache-2.0

"""Nova's records of a guest, and what can be seen of it on its host."""

from __future__ import annotations

import dataclasses
import json
import pathlib
from typing import Any

from lxml import etree
from nova import context
from nova.network import model
from nova import objects
from nova.tests.unit import fake_instance

from nova_cow_check.guests import inventory
from nova_cow_check.nova import backends
from tests.nova import cases

#: The guests have no ports.
NO_NETWORK = model.NetworkInfo([])

UUID = 'c0ffee00-0000-4000-8000-000000000001'
IMAGE_ID = 'c0ffee00-0000-4000-8000-000000000002'

#: The first sector of the image, whatever its format.
IMAGE_START = b'start of the image'.ljust(512)
#: A sector of the image that is in no cluster that the guest has written to.
IMAGE_REST = b'rest of the image'.ljust(512)
IMAGE_REST_AT = 1024**2
#: What the guest has written to its disk since, and where.
MARK = b'written by the guest'.ljust(512)
MARK_AT = 32 * 1024


@dataclasses.dataclass(frozen=True)
class Host:
    """A compute host."""

    #: What this host has in instances_path.
    tree: pathlib.Path
    settings: cases.Settings

    def beside(self, settings: cases.Settings) -> Host:
        """Return a host with which this one shares instances_path."""
        return Host(self.tree, settings)


@dataclasses.dataclass(frozen=True)
class Guest:
    """An instance that Nova has put on a host, powered off."""

    host: Host
    #: The instance's directory; it exists while its host is the local one.
    folder: pathlib.Path
    #: The format of the Glance image that it was made from.
    image: backends.DiskFormat
    flavor: objects.Flavor
    #: The XML that Nova gave libvirt.
    xml: str | bytes

    @property
    def disk(self) -> pathlib.Path:
        """The path of the root disk."""
        return self.folder / 'disk'

    @property
    def xml_format(self) -> backends.DiskFormat:
        """The root disk's driver format in the XML."""
        return self.xml_formats()['disk']

    def xml_formats(self) -> dict[str, backends.DiskFormat]:
        """Return the driver format of each disk in the XML, by file name."""
        formats: dict[str, backends.DiskFormat] = {}
        for disk in etree.fromstring(self.xml).iterfind('devices/disk'):
            name = pathlib.Path(disk.find('source').get('file')).name
            driver_format = disk.find('driver').get('type')
            formats[name] = inventory.format_of(driver_format)
        return formats

    def recorded_format(self, name: str = 'disk') -> backends.DiskFormat:
        """Return a disk's format according to disk.info."""
        recorded = json.loads((self.folder / 'disk.info').read_text())
        return backends.DiskFormat(recorded[str(self.folder / name)])


def flavor(
    memory_mb: int = 64, root_gb: int = 1, swap: int = 0, ephemeral_gb: int = 0
) -> objects.Flavor:
    """Return a flavor, swap in MiB."""
    return objects.Flavor(
        id=1,
        flavorid='1',
        name='flavor',
        memory_mb=memory_mb,
        vcpus=1,
        root_gb=root_gb,
        ephemeral_gb=ephemeral_gb,
        swap=swap,
        extra_specs={},
    )


def block_device_info(its_flavor: objects.Flavor) -> dict[str, Any]:
    """Return what Nova's API makes of a flavor: no volumes."""
    swap_mb, ephemeral_gb = its_flavor.swap, its_flavor.ephemeral_gb
    disk = {'device_type': 'disk', 'disk_bus': 'virtio', 'guest_format': None}
    ephemeral = {**disk, 'device_name': '/dev/vdb', 'size': ephemeral_gb}
    swap = {**disk, 'device_name': '/dev/vdc', 'swap_size': swap_mb}
    return {
        'root_device_name': '/dev/vda',
        'image': [],
        'ephemerals': [ephemeral] if ephemeral_gb else [],
        'swap': swap if swap_mb else None,
        'block_device_mapping': [],
    }


def image_meta(image: backends.DiskFormat) -> objects.ImageMeta:
    """Return what Glance knows about the image."""
    return objects.ImageMeta.from_dict(
        {
            'id': IMAGE_ID,
            'disk_format': image.value,
            'container_format': 'bare',
            'properties': {},
        }
    )


def instance(
    ctxt: context.RequestContext, its_flavor: objects.Flavor
) -> objects.Instance:
    """Return the instance's record, with all that the driver reads."""
    record = fake_instance.fake_instance_obj(
        ctxt,
        uuid=UUID,
        image_ref=IMAGE_ID,
        flavor=its_flavor,
        ephemeral_gb=its_flavor.ephemeral_gb,
        expected_attrs=[
            'device_metadata',
            'metadata',
            'numa_topology',
            'pci_devices',
            'pci_requests',
            'resources',
            'system_metadata',
            'trusted_certs',
            'vcpu_model',
        ],
    )
    record.info_cache = objects.InstanceInfoCache(network_info=NO_NETWORK)
    record.system_metadata = {'image_base_image_ref': IMAGE_ID}
    return record
