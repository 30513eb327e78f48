# SPDX-License-Identifier: Apache-2.0

"""The tables of backends.py, written once more from what Nova was seen to do.

tests/nova compares the file backends with Nova itself.
"""

from __future__ import annotations

import pytest

from nova_cow_check.nova import backends
from nova_cow_check.nova import opts

BOOT = """
backend  force_raw_images  image  disk   backing-file  xml
qcow2    True              raw    qcow2  raw           qcow2
qcow2    True              qcow2  qcow2  raw           qcow2
qcow2    False             raw    qcow2  raw           qcow2
qcow2    False             qcow2  qcow2  qcow2         qcow2
flat     True              raw    raw    none          raw
flat     True              qcow2  raw    none          raw
flat     False             raw    raw    none          raw
flat     False             qcow2  qcow2  none          qcow2
rbd      True              raw    raw    none          raw
rbd      True              qcow2  raw    none          raw
lvm      True              raw    raw    none          raw
lvm      True              qcow2  raw    none          raw
lvm      False             raw    raw    none          raw
lvm      False             qcow2  raw    none          raw
ploop    True              raw    ploop  none          ploop
ploop    True              qcow2  ploop  none          ploop
ploop    False             raw    ploop  none          ploop
"""


def rows_of(table: str) -> list[tuple[str, ...]]:
    _header, *lines = table.strip().splitlines()
    return [tuple(line.split()) for line in lines]


def test_boot() -> None:
    assert [
        (
            backend.value,
            str(force_raw),
            image.value,
            made.disk.value,
            made.backing.value if made.backing else 'none',
            made.xml.value,
        )
        for (backend, force_raw, image), made in backends.NEW_DISKS.items()
    ] == rows_of(BOOT)


@pytest.mark.parametrize('use_cow_images', [True, False])
@pytest.mark.parametrize('images_type', opts.IMAGES_TYPES)
def test_every_images_type_has_a_backend(
    images_type: str, use_cow_images: bool
) -> None:
    backend = backends.backend_of(images_type, use_cow_images)
    if images_type == 'default':
        images_type = 'qcow2' if use_cow_images else 'flat'
    expected = 'flat' if images_type == 'raw' else images_type
    assert backend.value == expected


def test_another_images_type_has_none() -> None:
    with pytest.raises(KeyError):
        backends.backend_of('qcow', True)


def test_every_backend_has_a_new_disk_with_force_raw_images() -> None:
    made_by = {
        backend for backend, force_raw, _ in backends.NEW_DISKS if force_raw
    }
    assert made_by == set(backends.Backend)
