# SPDX-License-Identifier: Apache-2.0

"""Guests, their disks, and what was read of each: values that all share.

Nothing is judged here. What stands in a disk, in disk.info or in the XML is
text of the guest's or of somebody unknown: it is compared and shown, and
never followed.
"""

from __future__ import annotations

import enum
import functools
import re
from typing import NamedTuple

from nova_cow_check.nova import backends

#: Bytes.
KIB, MIB, GIB = 1024, 1024**2, 1024**3

#: What Nova calls the directory of an instance: its UUID.
_UUID = re.compile(r'[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}')

#: Added to the name of a directory while a move waits for a confirmation.
#: Source: nova/virt/libvirt/driver.py, migrate_disk_and_power_off.
SENT_SUFFIX = '_resize'

#: Where Nova keeps images and other backing files, in instances_path, unless
#: [image_cache]/subdirectory_name names another directory.
CACHE = '_base'


class Kind(enum.Enum):
    """What a disk is for."""

    ROOT = 'root'
    EPHEMERAL = 'ephemeral'
    SWAP = 'swap'
    CONFIG = 'config'
    RESCUE = 'rescue'

    # Asked of each disk of a host; that of enum.Enum is made in Python.
    __hash__ = object.__hash__


#: Source: nova/virt/libvirt/driver.py, _create_image, rescue and
#: _get_guest_storage_config.
_KINDS: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r'disk'), Kind.ROOT),
    (re.compile(r'disk\.(?:local|eph[0-9]{1,4})'), Kind.EPHEMERAL),
    (re.compile(r'disk\.swap'), Kind.SWAP),
    (re.compile(r'disk\.config(?:\.rescue)?'), Kind.CONFIG),
    (re.compile(r'disk\.rescue'), Kind.RESCUE),
)


class Header(NamedTuple):
    """What the first bytes of a file tell to somebody who believes them."""

    format: backends.DiskFormat
    #: The format as QEMU names it.
    name: str = 'raw'
    #: Whether QEMU opens the file as this, as far as its header tells.
    is_valid: bool = True
    #: Of qcow2; 0 of everything else.
    version: int = 0
    #: What the guest would see, in bytes; None where that is not looked for.
    virtual_size: int | None = None
    #: The name of the backing file, None without one; '' where there is one
    #: whose name is beyond what is read.
    backing: str | None = None
    #: The format of it, as the header names it, None if it does not.
    backing_format: str | None = None
    #: Whether the data is in another file: an external data file, or the
    #: extents of a VMDK descriptor.
    is_data_elsewhere: bool = False
    #: The name of that file, where it is told.
    data_file: str | None = None
    #: Whether there is anything else that Nova's qemu-img never makes:
    #: encryption, snapshots, features.
    is_unusual: bool = False


class BackingState(enum.Enum):
    """What is in the place of a backing file."""

    #: A regular file in the image cache, with no backing file of its own.
    THERE = 'there'
    MISSING = 'missing'
    #: The header names a file that is not in the image cache.
    ELSEWHERE = 'elsewhere'
    #: It has a backing file or an external data file itself.
    OVERLAY = 'overlay'
    #: It is no regular file, or we may not read it.
    NOT_READ = 'not-read'

    # Asked of each disk of a host; that of enum.Enum is made in Python.
    __hash__ = object.__hash__


class Backing(NamedTuple):
    """The backing file of a disk."""

    #: As the header names it.
    path: str
    state: BackingState
    #: As the header of the disk names it, None if it does not.
    told: backends.DiskFormat | None = None
    #: What it really is, None where it was not read.
    format: backends.DiskFormat | None = None

    @property
    def name(self) -> str:
        """The name of the file alone."""
        return self.path.rpartition('/')[2]


class RecordState(enum.Enum):
    """What Nova can make of a disk.info."""

    READ = 'read'
    ABSENT = 'absent'
    #: Nothing is in it, which Nova takes for no entries.
    EMPTY = 'empty'
    #: Nova raises InvalidDiskInfo, or fails on what is no object.
    UNUSABLE = 'unusable'
    #: We could not look.
    NOT_READ = 'not-read'

    # Asked of each disk of a host; that of enum.Enum is made in Python.
    __hash__ = object.__hash__


class Records(NamedTuple):
    """What disk.info holds."""

    state: RecordState
    #: (path of a disk, format), as they stand there; a format that is no
    #: text is ''.
    entries: tuple[tuple[str, str], ...] = ()


class Flavor(NamedTuple):
    """The sizes that Nova wrote into the domain's metadata."""

    root_gb: int
    ephemeral_gb: int
    swap_mb: int


class DomainDisk(NamedTuple):
    """A disk that is a file, in the XML of a domain."""

    path: str
    #: What the XML tells QEMU to expect, '' where it says nothing.
    format: str

    @property
    def name(self) -> str:
        return self.path.rpartition('/')[2]


class Domain(NamedTuple):
    """What libvirt has written down about a guest."""

    uuid: str
    disks: tuple[DomainDisk, ...]
    #: None where there is no metadata of Nova's.
    flavor: Flavor | None

    @property
    def own_disks(self) -> dict[str, DomainDisk]:
        """Its disks in a directory of its own, by their names.

        A volume that is a file has any name, in another directory.
        """
        return {
            one.name: one
            for one in self.disks
            if one.path.split('/')[-2:-1] == [self.uuid]
        }


class GuestDisk(NamedTuple):
    """A disk of a guest, and what each source says of it."""

    name: str
    #: Bytes of the file itself, None where it is not there or not read.
    size: int | None
    header: Header | None
    backing: Backing | None = None
    #: What disk.info says, as it stands there; None without an entry.
    recorded: str | None = None
    #: What the XML says, as it stands there; None where no domain has it.
    xml: str | None = None
    #: Bytes that the flavor gives it, None where that is not known.
    flavor_size: int | None = None

    @property
    def kind(self) -> Kind:
        kind = kind_of(self.name)
        assert kind is not None
        return kind

    @property
    def format(self) -> backends.DiskFormat | None:
        """What the first bytes say, None where they were not read."""
        return self.header.format if self.header else None


class Guest(NamedTuple):
    """An instance whose disks are on a host."""

    uuid: str
    disks: tuple[GuestDisk, ...]
    records: Records
    #: Whether libvirt of this host knows it, None where not all of what it
    #: knows could be read.
    has_domain: bool | None = True
    #: Whether the directory that a move leaves behind is there.
    is_sent: bool = False
    #: Whether its own directory is there; without it, it has been moved away.
    has_directory: bool = True
    #: The format that disk.info records for a rescue disk.
    rescue_recorded: str | None = None


class NotRead(NamedTuple):
    """Something that could not be looked at."""

    path: str
    reason: str


class Inventory(NamedTuple):
    """What was read of all guests of a host."""

    instances_path: str
    domains_path: str
    #: Server and export, or device; None where the system does not tell.
    file_system: str | None = None
    #: UUIDs.
    directories: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    guests: tuple[Guest, ...] = ()
    not_read: tuple[NotRead, ...] = ()
    #: Name of the image cache in instances_path.
    cache: str = CACHE
    #: What kept all that is in a directory from being read; None if nothing
    #: did.
    instances_unread: NotRead | None = None
    domains_unread: NotRead | None = None


def is_uuid(name: str) -> bool:
    """Return whether a name is one that Nova gives a directory."""
    return _UUID.fullmatch(name) is not None


@functools.lru_cache
def kind_of(name: str) -> Kind | None:
    """Return what a file of an instance's directory is for.

    None if it is no disk.
    """
    for pattern, kind in _KINDS:
        if pattern.fullmatch(name):
            return kind
    return None


@functools.lru_cache
def format_of(name: str | None) -> backends.DiskFormat | None:
    """Return the format that a text names, None for None."""
    if name is None:
        return None
    if name in (backends.DiskFormat.RAW.value, 'qcow2'):
        return backends.DiskFormat(name)
    return backends.DiskFormat.OTHER


# A host has few flavors.
@functools.lru_cache(maxsize=1024)
def flavor_size(flavor: Flavor | None, name: str) -> int | None:
    """Return the bytes that a flavor gives a disk.

    None where it gives none, and for disks that have other sizes. A user can
    ask for smaller ephemeral disks, and for several in place of one: with
    names other than the first, nothing is known.
    """
    kind = kind_of(name)
    if flavor is None or kind is None:
        return None
    size = {
        Kind.ROOT: flavor.root_gb * GIB,
        Kind.EPHEMERAL: flavor.ephemeral_gb * GIB,
        Kind.SWAP: flavor.swap_mb * MIB,
    }.get(kind, 0)
    if kind is Kind.EPHEMERAL and name not in ('disk.local', 'disk.eph0'):
        return None
    return size or None
