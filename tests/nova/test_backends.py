# SPDX-License-Identifier: Apache-2.0

"""Which backend Nova chooses, and the disks it makes for a new instance."""

from __future__ import annotations

import itertools

from nova.conf import libvirt as libvirt_options
from nova.virt.libvirt import imagebackend
import pytest

from nova_cow_check.nova import backends
from tests.nova import cases
from tests.nova import guests
from tests.nova import harness
from tests.nova import qemu_tools


def test_images_types() -> None:
    """The choices of [libvirt]/images_type in nova.conf.libvirt."""
    (options,) = libvirt_options.list_opts().values()
    (images_type,) = [o for o in options if o.name == 'images_type']
    assert set(images_type.type.choices) == set(cases.IMAGES_TYPES)
    for choice in images_type.type.choices:
        backends.backend_of(choice, True)


@pytest.mark.parametrize('images_type', ['Raw', 'qcow', 'file'])
def test_unknown_images_type(images_type: str) -> None:
    """nova.virt.libvirt.imagebackend.Backend.backend refuses it."""
    with pytest.raises(RuntimeError, match=images_type):
        imagebackend.Backend(True).backend(images_type)
    with pytest.raises(KeyError):
        backends.backend_of(images_type, True)


@pytest.mark.parametrize(
    'images_type, use_cow_images',
    list(itertools.product(cases.IMAGES_TYPES, cases.BOOLEANS)),
)
def test_backend_of(images_type: str, use_cow_images: bool) -> None:
    """nova.virt.libvirt.imagebackend.Backend.backend."""
    chosen = imagebackend.Backend(use_cow_images).backend(images_type)
    ours = backends.backend_of(images_type, use_cow_images)
    assert ours.value == chosen.__name__.lower()


@pytest.mark.parametrize('boot', cases.BOOTS, ids=str)
def test_new_disk(cloud: harness.Cloud, boot: cases.Boot) -> None:
    """LibvirtDriver.spawn, down to images.fetch_to_raw and qemu-img."""
    guest = cloud.boot(boot)
    found = backends.NewDisk(
        disk=qemu_tools.format_of(guest.disk),
        backing=qemu_tools.backing_format_of(guest.disk),
        xml=guest.xml_format,
    )
    settings = boot.settings
    key = (settings.backend, settings.force_raw_images, boot.image)
    assert found == backends.NEW_DISKS[key]
    assert guest.recorded_format() == found.disk
    assert harness.guest_has_its_data(guest)


def test_every_new_disk_is_tested() -> None:
    """NEW_DISKS has no row about a file backend that no boot exercises."""
    tested = {
        (boot.settings.backend, boot.settings.force_raw_images, boot.image)
        for boot in cases.BOOTS
    }
    file_backends = {backends.Backend.QCOW2, backends.Backend.FLAT}
    rows = {key for key in backends.NEW_DISKS if key[0] in file_backends}
    assert tested == rows


@pytest.mark.parametrize(
    'boot',
    [boot for boot in cases.BOOTS if boot.settings.images_type == 'flat'],
    ids=str,
)
def test_swap_and_ephemeral_of_flat_are_raw(
    cloud: harness.Cloud, boot: cases.Boot
) -> None:
    """LibvirtDriver._create_image with imagebackend.Flat.

    Only the root disk comes from Glance, so only it can be qcow2.
    """
    guest = cloud.spawn(boot, guests.flavor(swap=8, ephemeral_gb=1))
    xml = guest.xml_formats()
    assert xml.keys() == {'disk', 'disk.eph0', 'disk.swap'}
    for name in xml.keys() - {'disk'}:
        assert xml[name] == cases.RAW
        assert qemu_tools.format_of(guest.folder / name) == cases.RAW
