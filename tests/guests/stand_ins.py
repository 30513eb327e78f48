# SPDX-License-Identifier: Apache-2.0

"""Stand-ins for what is not under test: Glance, the database, the network."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import pathlib
from typing import Any
from unittest import mock

# First: it settles the matter of eventlet before others look for it.
import nova.tests.functional  # noqa: F401

from nova.api.metadata import base as instance_metadata
from nova.image import glance
from nova.network import neutron
from nova import objects
from nova.privsep import qemu
from nova.tests import fixtures as nova_fixtures
from nova.virt.libvirt import driver

from tests.guests import records
from tests.nova import commands
from tests.nova import sparse


class Glance:
    """A folder with two images, which have any number of ids."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        #: The format of each image that somebody has asked for.
        self.formats: dict[str, str] = {}

    def path(self, image: str) -> pathlib.Path:
        """Return where an image is, or a snapshot is to be."""
        made_of = self.formats.get(image)
        return self._folder / (f'image.{made_of}' if made_of else image)

    def format_of(self, image: str) -> str:
        """Return the format that Glance was told for an image."""
        said = self.path(image).with_suffix('.format')
        return self.formats.get(image) or (
            said.read_text() if said.exists() else 'raw'
        )

    def get(self, _context: Any, image: str, **_: Any) -> records.Data:
        made_of = self.format_of(image)
        # Without locations, Nova has to download it.
        return {
            'id': image,
            'name': image,
            'disk_format': made_of,
            'locations': [],
        }

    def download(
        self, _context: Any, image: str, dest_path: str, **_: Any
    ) -> None:
        sparse.copy(self.path(image), pathlib.Path(dest_path))

    def update(
        self,
        _context: Any,
        image: str,
        metadata: Any,
        data: Any = None,
        **_: Any,
    ) -> None:
        said = self.path(image).with_suffix('.format')
        said.write_text(metadata['disk_format'])
        sparse.write(data, self.path(image))


@contextlib.contextmanager
def patched(glance_stand_in: Glance) -> Iterator[None]:
    """Have what is not under test: Glance, privsep's daemon, the database."""
    nothing = objects.BlockDeviceMappingList(objects=[])
    with contextlib.ExitStack() as stack:
        for one in (
            nova_fixtures.PrivsepFixture(),
            mock.patch.object(glance.API, 'get', glance_stand_in.get),
            mock.patch.object(
                glance.API, 'download', glance_stand_in.download
            ),
            mock.patch.object(glance.API, 'update', glance_stand_in.update),
            mock.patch.object(objects.Instance, 'save'),
            mock.patch.object(objects.Migration, 'save'),
            mock.patch.object(
                objects.BlockDeviceMappingList,
                'get_by_instance_uuid',
                return_value=nothing,
            ),
            mock.patch.object(
                objects.InstanceList,
                'get_by_host',
                return_value=objects.InstanceList(objects=[]),
            ),
            mock.patch.object(
                driver.LibvirtDriver,
                '_build_device_metadata',
                return_value=None,
            ),
            mock.patch.object(objects.Service, 'get_by_compute_host'),
            mock.patch.object(
                neutron.API, 'has_port_binding_extension', return_value=False
            ),
            mock.patch.object(instance_metadata, 'InstanceMetadata'),
            # Each qemu-img that is limited takes a new Python interpreter.
            mock.patch.object(qemu, 'QEMU_IMG_LIMITS', None),
            commands.start_sooner(),
        ):
            stack.enter_context(one)
        yield
