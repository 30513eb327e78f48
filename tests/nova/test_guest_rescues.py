# SPDX-License-Identifier: Apache-2.0

"""A guest that is rescued again, after its host was given other settings."""

from __future__ import annotations

import contextlib
import inspect
import itertools
import pathlib
import subprocess
from typing import Any
from unittest import mock

from nova import context
from nova.virt.libvirt import driver
import pytest

from nova_cow_check.nova import operations
from tests.nova import audits
from tests.nova import cases
from tests.nova import guests
from tests.nova import harness
from tests.nova import nova_compute
from tests.nova import qemu_tools
from tests.nova import test_guests

HARM = operations.Harm
HOSTS = (
    test_guests.FLAT,
    test_guests.FLAT_UNFORCED,
    test_guests.QCOW2,
    test_guests.QCOW2_UNFORCED,
)
NAME = 'disk.rescue'


def rescued(
    cloud: harness.Cloud, guest: guests.Guest, settings: cases.Settings
) -> HARM:
    """Have Nova rescue a guest and take it back; return what it met."""
    ctxt = context.get_admin_context()
    instance = guests.instance(ctxt, guest.flavor)
    host = guests.Host(guest.host.tree, settings)
    more: dict[str, Any] = {'share_info': []}
    if (
        'share_info'
        not in inspect.signature(driver.LibvirtDriver.rescue).parameters
    ):
        more = {}
    with contextlib.ExitStack() as stack:
        compute = stack.enter_context(cloud.driver_on(host, guest.image))
        # The stand-in for libvirt has no threads to tell of it.
        stack.enter_context(
            mock.patch.object(driver.LibvirtDriver, '_destroy')
        )
        compute._host.write_instance_config(guest.xml)
        with nova_compute.xml_given_to_libvirt() as given:
            compute.rescue(
                ctxt,
                instance,
                guests.NO_NETWORK,
                guests.image_meta(guest.image),
                'password',
                guests.block_device_info(guest.flavor),
                **more,
            )
        met = met_by(guest, given[-1])
        compute.unrescue(ctxt, instance)
    assert not (guest.folder / NAME).exists()
    return met


def met_by(guest: guests.Guest, xml: str) -> HARM:
    """Have QEMU open the rescue disk as the XML says."""
    found = guests.Guest(
        guest.host, guest.folder, guest.image, guest.flavor, xml
    )
    its_format = found.xml_formats()[NAME]
    try:
        seen = qemu_tools.guest_reads(guest.folder / NAME, its_format)
    except subprocess.CalledProcessError:
        return HARM.DOES_NOT_START
    is_own = seen.startswith(guests.IMAGE_START)
    return HARM.FINE if is_own else HARM.NEVER_BOOTS


@pytest.mark.parametrize('image', [cases.RAW, cases.QCOW2])
@pytest.mark.parametrize(
    'first, second', [*itertools.product(HOSTS, HOSTS)], ids=str
)
def test_a_second_rescue(
    cloud: harness.Cloud,
    first: cases.Settings,
    second: cases.Settings,
    image: cases.backends.DiskFormat,
    tmp_path: pathlib.Path,
) -> None:
    guest = test_guests.arrive(cloud, (first,), image)
    assert rescued(cloud, guest, first) is HARM.FINE
    told = audits.Audited(cloud, guest, second).told(tmp_path / 'domains')
    happened = rescued(cloud, guest, second)
    test_guests.assert_told(told.second_rescue, happened, 'second rescue')
