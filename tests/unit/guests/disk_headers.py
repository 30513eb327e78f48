# SPDX-License-Identifier: Apache-2.0

"""First bytes of disks, as qemu-img makes them and as guests could."""

from __future__ import annotations

import struct
from typing import Any

MAGIC = b'QFI\xfb'
BACKING_FORMAT, DATA_FILE = 0xE2792ACA, 0x44415441

_FIELDS = {
    'version': 3,
    'backing_offset': 0,
    'backing_length': 0,
    'cluster_bits': 16,
    'size': 1024**3,
    'crypt_method': 0,
    'l1_size': 2,
    'l1_offset': 3 << 16,
    'refcounts_offset': 1 << 16,
    'refcounts_clusters': 1,
    'snapshots': 0,
    'snapshots_offset': 0,
    'incompatible': 0,
    'compatible': 0,
    'autoclear': 0,
    'refcount_order': 4,
    'length': 104,
}


def extension(kind: int, data: bytes) -> bytes:
    """Return a header extension."""
    padding = -len(data) % 8
    return struct.pack('>II', kind, len(data)) + data + bytes(padding)


def header(
    backing: bytes = b'',
    extensions: bytes = b'',
    backing_at: int | None = None,
    **changed: Any,
) -> bytes:
    """Return a header, with the name of a backing file behind it."""
    fields: dict[str, int] = {**_FIELDS, **changed}
    ended = extensions + extension(0, b'')
    length = 72 if fields['version'] < 3 else 104
    if backing:
        place = backing_at or length + len(ended)
        fields['backing_offset'] = place
        fields['backing_length'] = len(backing)
    values = list(fields.values())
    start = MAGIC + struct.pack('>IQIIQIIQQIIQ', *values[:12])
    if fields['version'] >= 3:
        start += struct.pack('>QQQII', *values[12:])
    start += ended
    if backing:
        start = start.ljust(place, b'\0') + backing
    return start


BASE = b'/var/lib/nova/instances/_base/' + b'0123456789' * 4
RAW_EXTENSION = extension(BACKING_FORMAT, b'raw')
DATA_EXTENSION = extension(DATA_FILE, b'/etc/shadow')

#: First bytes, and what QEMU takes the file for.
PROBED = {
    'nothing': (b'', 'raw'),
    'zeros': (bytes(512), 'raw'),
    'text': (b'a guest', 'raw'),
    'half of a magic': (b'QFI', 'raw'),
    'a magic alone': (b'QFI\xfb', 'raw'),
    'version 0': (b'QFI\xfb\0\0\0\0', 'raw'),
    'qcow': (b'QFI\xfb\0\0\0\1', 'qcow'),
    'qcow2': (b'QFI\xfb\0\0\0\2', 'qcow2'),
    'qcow2, later': (b'QFI\xfb\0\0\0\3', 'qcow2'),
    'qcow2 to come': (b'QFI\xfb\0\0\0\4', 'qcow2'),
    'QED': (b'QED\0', 'qed'),
    'VMDK 3': (b'COWD', 'vmdk'),
    'VMDK 4': (b'KDMV', 'vmdk'),
    'a descriptor': (b'# Disk\n#\n  \nversion=1\n', 'vmdk'),
    'a descriptor of DOS': (b'version=3\r\n', 'vmdk'),
    'an empty line': (b'# Disk\n\nversion=1\n', 'raw'),
    'no version': (b'# Disk DescriptorFile\n', 'raw'),
    'version 4 of a descriptor': (b'version=4\n', 'raw'),
    'VHDX': (b'vhdxfile', 'vhdx'),
    'VPC': (b'conectix', 'vpc'),
    'VDI': (bytes(64) + b'\x7f\x10\xda\xbe', 'vdi'),
    'LUKS': (b'LUKS\xba\xbe\x00\x01', 'luks'),
    'LUKS 2': (b'LUKS\xba\xbe\x00\x02', 'raw'),
    'parallels': (b'WithoutFreeSpace\x02\0\0\0', 'parallels'),
    'old parallels': (b'WithoutFreeSpace\x01\0\0\0', 'raw'),
    'an ISO 9660': (bytes(0x8001) + b'CD001', 'raw'),
    'behind what is looked at': (bytes(512) + b'QFI\xfb\0\0\0\3', 'raw'),
}
