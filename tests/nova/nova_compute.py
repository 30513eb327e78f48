# SPDX-License-Identifier: Apache-2.0

"""Nova's real libvirt driver, with what it needs around it.

Stand-ins: nova.tests.fixtures for libvirt and privsep, a file for Glance, a
PATH for the network, nothing for the database. Whatever makes, copies,
converts or describes a disk is Nova's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
import contextlib
import os
import pathlib
from typing import Any
from unittest import mock

import nova.conf
from nova.image import glance
from nova import objects
from nova.privsep import qemu
from nova.tests import fixtures as nova_fixtures
from nova.tests.fixtures import libvirt as fakelibvirt
from nova.virt import fake
from nova.virt import images
from nova.virt.libvirt import driver
from oslo_config import cfg

from nova_cow_check.nova import backends
from tests.nova import cases
from tests.nova import commands
from tests.nova import sparse

CONF = nova.conf.CONF

#: Reads the text of a nova.conf; see the fixture of conftest.py.
Load = Callable[[str], cfg.ConfigOpts]

#: The address of the host that the driver runs on.
MY_IP = '192.0.2.1'


@contextlib.contextmanager
def started(
    settings: cases.Settings,
    instances_path: pathlib.Path,
    image: backends.DiskFormat,
    image_file: pathlib.Path,
    path: str,
) -> Iterator[driver.LibvirtDriver]:
    """Start the driver as nova-compute does.

    :param image: the format of the only image in Glance
    :param image_file: that image
    :param path: the PATH on which Nova finds its programs
    """

    def download(_context: Any, _image: str, dest_path: str, **_: Any) -> None:
        sparse.copy(image_file, pathlib.Path(dest_path))

    with contextlib.ExitStack() as stack:
        for context_manager in (
            _configured(settings, instances_path),
            nova_fixtures.PrivsepFixture(),
            nova_fixtures.LibvirtFixture(),
            mock.patch.dict(os.environ, PATH=path),
            mock.patch.object(
                glance.API,
                'get',
                # Without locations, Nova has to download it.
                return_value={'disk_format': image.value, 'locations': []},
            ),
            mock.patch.object(images.IMAGE_API, 'download', download),
            mock.patch.object(objects.Instance, 'save'),
            # What the driver would otherwise ask the database for. Only the
            # init_host of Nova 28 asks for the instances.
            mock.patch.object(
                objects.InstanceList,
                'get_by_host',
                return_value=objects.InstanceList(objects=[]),
            ),
            mock.patch.object(
                objects.BlockDeviceMappingList,
                'get_by_instance_uuid',
                return_value=objects.BlockDeviceMappingList(objects=[]),
            ),
            mock.patch.object(
                driver.LibvirtDriver,
                '_build_device_metadata',
                return_value=None,
            ),
            # Half the time of a move: each qemu-img that is limited in what
            # it uses takes a new Python interpreter.
            mock.patch.object(qemu, 'QEMU_IMG_LIMITS', None),
            commands.ask_qemu_img_once(),
            commands.start_sooner(),
        ):
            stack.enter_context(context_manager)
        yield driver.LibvirtDriver(fake.FakeVirtAPI())


@contextlib.contextmanager
def _configured(
    settings: cases.Settings, instances_path: pathlib.Path
) -> Iterator[None]:
    """Give Nova's options the values that a nova.conf would."""
    with nova_fixtures.ConfFixture(CONF) as conf:
        conf.config(
            instances_path=str(instances_path),
            use_cow_images=settings.use_cow_images,
            force_raw_images=settings.force_raw_images,
            my_ip=MY_IP,
            # The default is vfat, which needs dosfstools.
            default_ephemeral_format='ext4',
        )
        conf.config(
            group='libvirt',
            images_type=settings.images_type,
            virt_type='qemu',
        )
        yield


@contextlib.contextmanager
def xml_given_to_libvirt() -> Iterator[list[str]]:
    """Collect the XML of the guests that Nova defines."""
    given: list[str] = []
    define = fakelibvirt.Connection.defineXML

    def define_and_keep(connection: Any, xml: str) -> Any:
        given.append(xml)
        return define(connection, xml)

    with mock.patch.object(
        fakelibvirt.Connection, 'defineXML', define_and_keep
    ):
        yield given
