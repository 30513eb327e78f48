# SPDX-License-Identifier: Apache-2.0

"""What QEMU takes a file for that it is not told the format of.

Nova asks qemu-img that for a disk without an entry in disk.info, on a host
with the flat backend. The answer is in the first bytes, which a guest can
write. Each test is that of one format in QEMU's block/, its bdrv_probe.
"""

from __future__ import annotations

import functools
import re

from nova_cow_check.guests import inventory
from nova_cow_check.guests import qcow2_header
from nova_cow_check.nova import backends

#: Bytes that QEMU looks at to tell the format; BLOCK_PROBE_BUF_SIZE.
PROBED = 512

#: (offset, bytes that are there, format), as far as bytes alone tell it.
_MAGICS: tuple[tuple[int, bytes, str], ...] = (
    (0, b'QFI\xfb\0\0\0\x01', 'qcow'),
    (0, b'QED\0', 'qed'),
    (0, b'COWD', 'vmdk'),
    (0, b'KDMV', 'vmdk'),
    (0, b'vhdxfile', 'vhdx'),
    (0, b'conectix', 'vpc'),
    (0, b'LUKS\xba\xbe\x00\x01', 'luks'),
    (0, b'#!/bin/sh\n#V2.0 Format\nmodprobe cloop file=$0', 'cloop'),
    (0, b'Bochs Virtual HD Image\0', 'bochs'),
    (64, b'\x7f\x10\xda\xbe', 'vdi'),
)

#: Of parallels, which has its version, 2, behind one of two names.
_PARALLELS = re.compile(
    rb'(?:WithoutFreeSpace|WithouFreSpacExt)\x02\x00\x00\x00'
)

#: A VMDK descriptor: comments and lines of spaces, then its version.
_DESCRIPTOR = re.compile(rb'(?:#[^\n]*\n| +\r?\n)*version=[123]\r?\n')

#: The line of a descriptor that names a file which holds the data.
_EXTENT = re.compile(
    rb'^(?:RW|RDONLY|NOACCESS) +[0-9]+ +[A-Z]+ +"([^"\n]*)"', re.MULTILINE
)


#: How many beginnings of files are known again: those of disks of one image
#: and flavor are alike.
_REMEMBERED = 256


@functools.lru_cache(maxsize=_REMEMBERED)
def wanted(start: bytes) -> int:
    """Return how many of a file's first bytes hold all that is looked for.

    :param start: the first PROBED bytes, or the whole file
    :returns: qcow2_header.LARGEST at most
    """
    return qcow2_header.wanted(start)


def parse(start: bytes) -> inventory.Header:
    """Return what the first bytes of a file tell.

    :param start: as many of them as `wanted` says, or the whole file
    """
    # A guest can ask for more to be read: that is not kept.
    return _short(start) if len(start) <= PROBED else _parse(start)


def _parse(start: bytes) -> inventory.Header:
    probed = start[:PROBED]
    if qcow2_header.is_qcow2(probed):
        return qcow2_header.parse(start)
    if _DESCRIPTOR.match(probed):
        return _descriptor(start)
    name = _name(probed)
    is_raw = name == 'raw'
    formats = backends.DiskFormat
    return inventory.Header(formats.RAW if is_raw else formats.OTHER, name)


_short = functools.lru_cache(maxsize=_REMEMBERED)(_parse)


def _name(probed: bytes) -> str:
    for offset, magic, name in _MAGICS:
        if probed.startswith(magic, offset):
            return name
    return 'parallels' if _PARALLELS.match(probed) else 'raw'


def _descriptor(start: bytes) -> inventory.Header:
    """Return what a VMDK descriptor tells: its data is in other files."""
    extent = _EXTENT.search(start)
    return inventory.Header(
        backends.DiskFormat.OTHER,
        'vmdk',
        is_data_elsewhere=True,
        data_file=qcow2_header.text(extent[1][:1023]) if extent else None,
    )
