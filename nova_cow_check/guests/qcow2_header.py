# SPDX-License-Identifier: Apache-2.0

"""The header of a qcow2 file, taken from its first bytes.

Guests can write such headers: nothing in one is believed any further than
that it stands there. QEMU's docs/interop/qcow2.txt describes the format;
what QEMU refuses is in its block/qcow2.c, qcow2_do_open.
"""

from __future__ import annotations

from collections.abc import Iterator
import struct
from typing import NamedTuple

from nova_cow_check.guests import inventory
from nova_cow_check.nova import backends

MAGIC = b'QFI\xfb'

#: Bytes of the header of version 2, and of version 3 at least.
_OLD_LENGTH, _LENGTH = 72, 104

#: Bytes that QEMU allows in the name of a backing file.
_LONGEST_NAME = 1023

#: Clusters have 2**9 to 2**21 bytes.
_CLUSTER_BITS = range(9, 22)
#: The largest cluster, and thus the most that is ever read of a disk.
LARGEST = 1 << _CLUSTER_BITS[-1]

#: Incompatible features: an external data file, subclusters, and those that
#: QEMU opens to write: all that it knows, but for what is marked as corrupt.
_DATA_FILE, _SUBCLUSTERS, _KNOWN = 0x4, 0x10, 0x1D
#: Cluster bits without which there are no subclusters.
_SUBCLUSTER_BITS = 14
#: Set while a guest runs, with lazy_refcounts alone.
_DIRTY = 0x1
#: The widest reference counts have 2**6 bits.
_REFCOUNT_ORDERS = range(7)
#: None, AES, LUKS.
_CRYPT_METHODS = range(3)

#: Types of header extensions.
_END, _BACKING_FORMAT, _DATA_FILE_NAME = 0, 0xE2792ACA, 0x44415441
#: Bytes that QEMU allows in the name of a format.
_LONGEST_FORMAT = 15


class _Fields(NamedTuple):
    """The fields of the header, with those of version 3 at their defaults."""

    version: int
    backing_offset: int
    backing_length: int
    cluster_bits: int
    size: int
    crypt_method: int
    l1_size: int
    l1_offset: int
    refcounts_offset: int
    refcounts_clusters: int
    snapshots: int
    snapshots_offset: int
    incompatible: int = 0
    compatible: int = 0
    autoclear: int = 0
    refcount_order: int = 4
    length: int = _OLD_LENGTH

    @property
    def cluster(self) -> int:
        """Bytes of a cluster, 0 for a number that is none."""
        bits = self.cluster_bits
        return 1 << bits if bits in _CLUSTER_BITS else 0


class _Extension(NamedTuple):
    """A header extension."""

    kind: int
    data: bytes


def is_qcow2(start: bytes) -> bool:
    """Return whether QEMU takes a file for qcow2, version 2 or later."""
    return (
        start.startswith(MAGIC)
        and len(start) >= 8
        and int.from_bytes(start[4:8], 'big') >= 2
    )


def wanted(start: bytes) -> int:
    """Return how many bytes of a file hold all that its header tells.

    :param start: the first bytes; 512 at least, or the whole file
    :returns: LARGEST at most; the number of those given if they do
    """
    fields = _fields(start) if is_qcow2(start) else None
    if fields is None or not fields.cluster:
        return len(start)
    end = fields.backing_offset + fields.backing_length
    is_there = end <= len(start)
    if is_there and not fields.backing_offset:
        # Else the extensions end where the name begins.
        is_there = any(one.kind == _END for one in _extensions(fields, start))
    return len(start) if is_there else max(len(start), fields.cluster)


def parse(start: bytes) -> inventory.Header:
    """Return what the header of a qcow2 file tells.

    :param start: as many of its first bytes as `wanted` says, or the whole
        file if it is shorter; `is_qcow2` holds for it
    """
    fields = _fields(start)
    if fields is None:
        version = int.from_bytes(start[4:8], 'big')
        return inventory.Header(
            backends.DiskFormat.QCOW2, 'qcow2', False, version, None
        )
    extensions = list(_extensions(fields, start))
    backing = None
    if fields.backing_offset:
        end = fields.backing_offset + fields.backing_length
        is_there = fields.backing_length <= _LONGEST_NAME and end <= min(
            len(start), fields.cluster
        )
        name = start[fields.backing_offset : end] if is_there else b''
        backing = text(name)
    incompatible = fields.incompatible
    backing_format = _first(extensions, _BACKING_FORMAT)
    data_file = None
    if fields.version > 2:
        data_file = _first(extensions, _DATA_FILE_NAME)
    return inventory.Header(
        format=backends.DiskFormat.QCOW2,
        name='qcow2',
        is_valid=_is_valid(fields, backing_format or ''),
        version=fields.version,
        virtual_size=fields.size,
        backing=backing,
        backing_format=backing_format,
        is_data_elsewhere=bool(incompatible & _DATA_FILE),
        data_file=data_file,
        is_unusual=bool(
            fields.crypt_method
            or fields.snapshots
            or incompatible & ~(_DIRTY | _DATA_FILE)
        ),
    )


def text(name: bytes) -> str:
    """Return a name that stands in a disk, whatever bytes it has.

    As in C, it ends at a null.
    """
    return name.partition(b'\0')[0].decode('utf-8', 'surrogateescape')


def _fields(start: bytes) -> _Fields | None:
    """Return the fields, None where not all of them are there."""
    if len(start) < _OLD_LENGTH:
        return None
    old = struct.unpack_from('>4xIQIIQIIQQIIQ', start)
    if old[0] < 3:
        return _Fields(*old)
    if len(start) < _LENGTH:
        return None
    return _Fields(*old, *struct.unpack_from('>QQQII', start, _OLD_LENGTH))


def _extensions(fields: _Fields, start: bytes) -> Iterator[_Extension]:
    """Yield the extensions that are there, to the end or the first bad one."""
    at = fields.length
    end = fields.backing_offset or fields.cluster
    end = min(end, fields.cluster, len(start))
    while at + 8 <= end:
        kind, length = struct.unpack_from('>II', start, at)
        at += 8
        if length > end - at:
            return
        yield _Extension(kind, start[at : at + length])
        if kind == _END:
            return
        at += -(-length // 8) * 8


def _first(extensions: list[_Extension], kind: int) -> str | None:
    """Return the text of an extension; QEMU goes by the last of a type."""
    found = [one for one in extensions if one.kind == kind]
    return text(found[-1].data[:_LONGEST_NAME]) if found else None


def _is_valid(fields: _Fields, backing_format: str) -> bool:
    """Return whether nothing in the header makes QEMU refuse the file.

    What the tables hold that it points to is not looked at.
    """
    cluster = fields.cluster
    if fields.version not in (2, 3) or not cluster:
        return False
    is_extended = fields.incompatible & _SUBCLUSTERS
    length = fields.backing_length
    return (
        (fields.version == 2 or _LENGTH <= fields.length <= cluster)
        and not fields.incompatible & ~_KNOWN
        and not (is_extended and fields.cluster_bits < _SUBCLUSTER_BITS)
        and fields.refcount_order in _REFCOUNT_ORDERS
        and fields.crypt_method in _CRYPT_METHODS
        and fields.refcounts_clusters > 0
        and not fields.refcounts_offset % cluster
        and not fields.l1_offset % cluster
        and fields.l1_size >= _l1_needed(fields)
        and len(backing_format) <= _LONGEST_FORMAT
        and fields.backing_offset <= cluster
        and (
            not fields.backing_offset
            or length <= min(_LONGEST_NAME, cluster - fields.backing_offset)
        )
    )


def _l1_needed(fields: _Fields) -> int:
    """Return how many entries the first table has for that size.

    An entry stands for one cluster of entries of the second tables; those
    have 8 bytes, with subclusters 16.
    """
    entry_bits = 4 if fields.incompatible & _SUBCLUSTERS else 3
    bits = 2 * fields.cluster_bits - entry_bits
    return -(-fields.size // (1 << bits))
