# SPDX-License-Identifier: Apache-2.0

"""Images that Nova makes of a guest's root disk."""

from __future__ import annotations

import contextlib
import pathlib
from typing import Any
from unittest import mock

import nova.conf
from nova import context
from nova.image import glance

from nova_cow_check.nova import backends
from tests.nova import guests
from tests.nova import harness
from tests.nova import sparse

CONF = nova.conf.CONF


def take(
    cloud: harness.Cloud,
    guest: guests.Guest,
    host: guests.Host,
    folder: pathlib.Path,
) -> tuple[pathlib.Path, backends.DiskFormat]:
    """Have Nova make an image, and return it with the format it is said to be.

    :param host: the guest's own, with the settings that it has now
    :param folder: an empty directory
    """
    image = folder / 'image'
    formats: list[str] = []

    def upload(
        _context: Any, _name: str, metadata: Any, data: Any, **_more: Any
    ) -> None:
        formats.append(metadata['disk_format'])
        sparse.write(data, image)

    with contextlib.ExitStack() as stack:
        compute = stack.enter_context(cloud.driver_on(host))
        stack.enter_context(
            mock.patch.object(glance.API, 'update', side_effect=upload)
        )
        stack.enter_context(
            mock.patch.object(glance.API, 'get', return_value={'name': ''})
        )
        CONF.set_override('snapshots_directory', str(folder), 'libvirt')
        ctxt = context.get_admin_context()
        compute._host.write_instance_config(guest.xml)
        compute.snapshot(
            ctxt,
            guests.instance(ctxt, guest.flavor),
            'image',
            lambda **_states: None,
        )
    return image, backends.DiskFormat(formats[0])
