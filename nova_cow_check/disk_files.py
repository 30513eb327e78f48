#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

"""Disks that are files on a host, and what a move makes of them.

As in Nova, nobody here looks into a file to see what it is: the XML and
disk.info are believed, and the settings of the destination do the rest.
tests/nova compares what follows with Nova. Paths are those of Nova 34.0.0.
"""

from __future__ import annotations

from typing import NamedTuple

from nova_cow_check import backends

#: The backends whose disks are such files.
BACKENDS = frozenset({backends.Backend.FLAT, backends.Backend.QCOW2})

_RAW, _QCOW2 = backends.DiskFormat.RAW, backends.DiskFormat.QCOW2


class Kind(NamedTuple):
    """How Nova treats one of the disks of an instance."""

    #: Format of what the disk is made from.
    image: backends.DiskFormat
    #: Whether that is an image of Glance; if not, Nova generates it.
    is_fetched: bool
    #: Whether a move copies the disk; if not, the destination makes a new
    #: one. Source: nova/virt/libvirt/driver.py, migrate_disk_and_power_off.
    is_copied: bool


class DiskFile(NamedTuple):
    """A disk on a host, and what is believed about it."""

    format: backends.DiskFormat
    #: What the guest's XML says.
    xml: backends.DiskFormat
    #: What disk.info says; it comes along with a move, and is not corrected.
    recorded: backends.DiskFormat
    #: What the disk says about its backing file, None without one.
    backing: backends.DiskFormat | None
    #: What the host has in that place, None where it has nothing.
    base: backends.DiskFormat | None
    #: Whether the guest could write the bytes that tell the format.
    header_is_guests: bool = False
    #: Whether what the guest sees is itself a qcow2 file.
    is_nested: bool = False


def new(kind: Kind, host: backends.Behaviour) -> DiskFile:
    """Return the disk of a new instance.

    :param host: one with a backend of BACKENDS
    """
    made = backends.NEW_DISKS[host.backend, host.force_raw_images, kind.image]
    return DiskFile(
        format=made.disk,
        xml=made.xml,
        recorded=made.disk,
        backing=made.backing,
        base=made.backing,
    )


def moved(
    kind: Kind, file: DiskFile, destination: backends.Behaviour
) -> DiskFile:
    """Return what a disk is after finish_migration.

    :param destination: a host with a backend of BACKENDS

    Source: nova/virt/libvirt/driver.py, finish_migration, which first makes
    what is not there, and then converts what the source's XML calls raw.
    """
    arrived = file if kind.is_copied else new(kind, destination)
    converted = file.xml is _RAW and destination.use_cow_images
    is_qcow2 = destination.backend is backends.Backend.QCOW2
    was_guests = file.header_is_guests or file.xml is _RAW
    return DiskFile(
        format=_QCOW2 if converted else arrived.format,
        xml=_QCOW2 if is_qcow2 else file.recorded,
        recorded=file.recorded,
        backing=None if converted else arrived.backing,
        base=_base(kind, destination),
        header_is_guests=was_guests and kind.is_copied and not converted,
        is_nested=arrived.is_nested
        or (converted and arrived.format is _QCOW2),
    )


def _base(kind: Kind, host: backends.Behaviour) -> backends.DiskFormat | None:
    """Return the backing file that a move to a host without it makes there.

    Source: nova/virt/libvirt/imagebackend.py, Flat.create_image, which
    fetches an image into the cache, but generates nothing there.
    """
    if host.backend is backends.Backend.FLAT and not kind.is_fetched:
        return None
    return backends.NEW_DISKS[
        backends.Backend.QCOW2, host.force_raw_images, kind.image
    ].backing
