# SPDX-License-Identifier: Apache-2.0

"""The XML of a domain in the form in which libvirt writes Nova's.

An XML parser, told of each element, takes as long as all the rest of a look
at guests. In text of this form, few patterns tell as certainly where the
elements stand: each "<" begins a tag, and each ">" ends one. They have to
match from the first byte to the last disk. Behind that, nothing may be that
counts, and the end has to be there. Any other form, and whatever is damaged
so that it shows, is left to `domain_xml`.

Sources: libvirt's src/conf/domain_conf.c, virDomainDefFormatInternal;
nova/virt/libvirt/config.py, LibvirtConfigGuestMetaNovaInstance.
"""

from __future__ import annotations

import re

from nova_cow_check.guests import inventory

#: Bytes. In text of that size, a pattern takes little time and memory,
#: whatever is in it.
_LARGEST = 64 * 1024

#: From the beginning to the end of the flavor.
_HEAD = re.compile(
    rb"""
    (?:<!--[^>]*-->)?\s*
    <domain\ type='\w+'>\s*
    <name>[^<]*</name>\s*
    <uuid>([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})</uuid>\s*
    <metadata>\s*
    <nova:instance\ xmlns:nova="
        http://openstack\.org/xmlns/libvirt/nova/[\w.]*">\s*
    (?:<nova:package\ [^<>]*/>\s*)?
    (?:<nova:name>[^<]*</nova:name>\s*)?
    (?:<nova:creationTime>[^<]*</nova:creationTime>\s*)?
    <nova:flavor(?:\s[^<>]*)?(?<!/)>\s*
    <nova:memory>[^<]*</nova:memory>\s*
    <nova:disk>([0-9]{1,9})</nova:disk>\s*
    <nova:swap>([0-9]{1,9})</nova:swap>\s*
    <nova:ephemeral>([0-9]{1,9})</nova:ephemeral>\s*
    <nova:vcpus>[^<]*</nova:vcpus>\s*
    (?:</?nova:extraSpec[^<]*)*
    </nova:flavor>
    """,
    re.VERBOSE,
)
#: What is open behind it: domain, metadata and nova:instance.
_OPEN = 3

#: Whatever makes text mean something else, or could come a second time.
_NOWHERE_ELSE = (b'!', b'?', b'xmlns', b'<uuid', b'<nova:flavor')

_DEVICES = re.compile(rb'<devices>\s*(?:<emulator>[^<]*</emulator>\s*)?')

#: The rest of a disk, up to what is behind it.
_TO_ITS_END = r'[^<]*(?:<(?!/disk>|disk{})[^<]*)*</disk>\s*'

#: A disk that is a file, and has one driver and one source.
_DISK = re.compile(
    rb"""
    <disk\ type='file'(?:\ [^<>"&]*)?(?<!/)>\s*
    <driver(?:\s[^<>"&]{0,200})?\stype='(\w+)'[^<>"&]*/>\s*
    <source\ file='([^'<>"&\t\r\n]{1,4096})'[^<>"&]*/>\s*
    """
    + _TO_ITS_END.format('|driver|source').encode(),
    re.VERBOSE,
)

#: Volumes: of a device, or of Ceph.
_OTHER_DISK = re.compile(
    rb"<disk type='(?:block|network)'[^<>]*(?<!/)>"
    + _TO_ITS_END.format('').encode()
)


def read(data: bytes) -> inventory.Domain | None:
    """Return what a domain tells.

    :param data: all of it
    :returns: None where its form is another one
    """
    if len(data) > _LARGEST or not _is_text(data):
        return None
    head = _HEAD.match(data)
    if head is None:
        return None
    text = data[head.end() :]
    if any(one in text for one in _NOWHERE_ELSE) or not _is_whole(text):
        return None
    start = text.find(b'<devices')
    if _ended(text[:start]) != _OPEN - 1:
        return None
    disks = _disks(text, start)
    if disks is None:
        return None
    uuid, root, swap, ephemeral = head.groups()
    flavor = inventory.Flavor(int(root), int(ephemeral), int(swap))
    return inventory.Domain(uuid.decode(), disks, flavor)


def _is_text(data: bytes) -> bool:
    """Return whether bytes are text that XML can have."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return b'\0' not in data


def _is_whole(text: bytes) -> bool:
    """Return whether nothing is missing, as far as tags tell.

    :param text: all that is behind the flavor
    """
    is_ended = text.endswith((b'</domain>\n', b'</domain>'))
    are_tags = text.count(b'<') == text.count(b'>')
    return is_ended and are_tags and _ended(text) == _OPEN


def _ended(text: bytes) -> int:
    """Return how many more elements end in a text than begin."""
    return 2 * text.count(b'</') + text.count(b'/>') - text.count(b'<')


def _disks(text: bytes, start: int) -> tuple[inventory.DomainDisk, ...] | None:
    """Return the disks that are files, None where any has another form.

    :param start: where the devices are
    """
    devices = _DEVICES.match(text, start)
    found = []
    end = devices.end() if devices else start
    while disk := _DISK.match(text, end) or _OTHER_DISK.match(text, end):
        if disk.re is _DISK:
            name, path = disk.groups()
            found.append(inventory.DomainDisk(path.decode(), name.decode()))
        end = disk.end()
    is_all = text.find(b'<disk', end) < 0 and text.find(b'<devices', end) < 0
    return tuple(found) if devices and is_all else None
