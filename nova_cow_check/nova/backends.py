# SPDX-License-Identifier: Apache-2.0

"""What Nova's libvirt driver does with the image settings, as tables.

Every fact about disks that this package relies on is a row here, and every
row about file backends is compared with Nova itself by tests/nova. Paths in
the comments are those of Nova 34.0.0.
"""

from __future__ import annotations

from collections.abc import Mapping
import enum
import types
from typing import NamedTuple


class Backend(enum.Enum):
    """The Nova class that makes an instance's disks.

    The values are the lower-cased class names in
    nova/virt/libvirt/imagebackend.py.
    """

    QCOW2 = 'qcow2'
    FLAT = 'flat'
    RBD = 'rbd'
    LVM = 'lvm'
    PLOOP = 'ploop'

    # Hashed with every host of a fleet; that of enum.Enum is made in Python.
    __hash__ = object.__hash__


class DiskFormat(enum.Enum):
    """The format of a disk, as qemu-img or the guest's XML names it."""

    RAW = 'raw'
    QCOW2 = 'qcow2'
    PLOOP = 'ploop'
    #: Any other one, such as VMDK. Nova makes no disks in it.
    OTHER = 'other'

    # Asked of each disk of a host; that of enum.Enum is made in Python.
    __hash__ = object.__hash__


class Behaviour(NamedTuple):
    """What the libvirt driver of one host goes by."""

    backend: Backend
    use_cow_images: bool
    force_raw_images: bool

    @property
    def is_refused(self) -> bool:
        """Whether nova-compute stops with it at start-up."""
        return (self.backend, self.force_raw_images) in REFUSED_AT_START


class NewDisk(NamedTuple):
    """The root disk that Nova makes for a new instance."""

    #: Format of the disk itself.
    disk: DiskFormat
    #: Format of its backing file, None when it has none.
    backing: DiskFormat | None
    #: Format that the guest's XML tells QEMU to expect.
    xml: DiskFormat


_RAW, _QCOW2, _PLOOP = DiskFormat.RAW, DiskFormat.QCOW2, DiskFormat.PLOOP

#: images_type -> backend; `default` is resolved by `backend_of`.
#: Source: nova/virt/libvirt/imagebackend.py, Backend.__init__.
_BACKENDS: Mapping[str, Backend] = types.MappingProxyType(
    {
        'raw': Backend.FLAT,
        'flat': Backend.FLAT,
        'qcow2': Backend.QCOW2,
        'lvm': Backend.LVM,
        'rbd': Backend.RBD,
        'ploop': Backend.PLOOP,
    }
)

#: (backend, force_raw_images, format of the Glance image) -> root disk.
#: Sources: nova/virt/images.py, fetch_to_raw (the conversion);
#: nova/virt/libvirt/imagebackend.py, Flat, Qcow2, Lvm, Rbd and Ploop
#: (create_image and driver_format).
NEW_DISKS: Mapping[tuple[Backend, bool, DiskFormat], NewDisk] = (
    types.MappingProxyType(
        {
            # backend, force_raw_images, image: disk, backing file, XML
            (Backend.QCOW2, True, _RAW): NewDisk(_QCOW2, _RAW, _QCOW2),
            (Backend.QCOW2, True, _QCOW2): NewDisk(_QCOW2, _RAW, _QCOW2),
            (Backend.QCOW2, False, _RAW): NewDisk(_QCOW2, _RAW, _QCOW2),
            (Backend.QCOW2, False, _QCOW2): NewDisk(_QCOW2, _QCOW2, _QCOW2),
            (Backend.FLAT, True, _RAW): NewDisk(_RAW, None, _RAW),
            (Backend.FLAT, True, _QCOW2): NewDisk(_RAW, None, _RAW),
            (Backend.FLAT, False, _RAW): NewDisk(_RAW, None, _RAW),
            (Backend.FLAT, False, _QCOW2): NewDisk(_QCOW2, None, _QCOW2),
            # nova-compute does not start with rbd and False: see
            # REFUSED_AT_START.
            (Backend.RBD, True, _RAW): NewDisk(_RAW, None, _RAW),
            (Backend.RBD, True, _QCOW2): NewDisk(_RAW, None, _RAW),
            (Backend.LVM, True, _RAW): NewDisk(_RAW, None, _RAW),
            (Backend.LVM, True, _QCOW2): NewDisk(_RAW, None, _RAW),
            (Backend.LVM, False, _RAW): NewDisk(_RAW, None, _RAW),
            (Backend.LVM, False, _QCOW2): NewDisk(_RAW, None, _RAW),
            (Backend.PLOOP, True, _RAW): NewDisk(_PLOOP, None, _PLOOP),
            (Backend.PLOOP, True, _QCOW2): NewDisk(_PLOOP, None, _PLOOP),
            (Backend.PLOOP, False, _RAW): NewDisk(_PLOOP, None, _PLOOP),
        }
    )
)

#: (backend, force_raw_images) with which nova-compute stops at start-up.
#: Source: nova/virt/libvirt/driver.py, init_host, which raises
#: InvalidConfiguration; since 20.0.0, bug 1816686.
REFUSED_AT_START: frozenset[tuple[Backend, bool]] = frozenset(
    {(Backend.RBD, False)}
)

#: Backends whose instances cannot be resized or cold migrated at all.
#: Source: nova/virt/libvirt/driver.py, migrate_disk_and_power_off.
REFUSING_MOVES = frozenset({Backend.LVM})


def backend_of(images_type: str, use_cow_images: bool) -> Backend:
    """Return the backend that Nova chooses.

    :param images_type: a valid value of [libvirt]/images_type
    :param use_cow_images: the value of [DEFAULT]/use_cow_images, which
        matters for ``default`` alone
    :raises KeyError: for a value that Nova does not know

    Source: nova/virt/libvirt/imagebackend.py, Backend.backend.
    """
    if images_type == 'default':
        return Backend.QCOW2 if use_cow_images else Backend.FLAT
    return _BACKENDS[images_type]


def new_disks(
    backend: Backend, force_raw_images: bool
) -> dict[DiskFormat, NewDisk]:
    """Return the root disk that is made from each format of image."""
    return {
        image: disk
        for (made_by, force_raw, image), disk in NEW_DISKS.items()
        if (made_by, force_raw) == (backend, force_raw_images)
    }
