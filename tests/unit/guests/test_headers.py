# SPDX-License-Identifier: Apache-2.0

"""What the first bytes of a disk tell."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import pytest

from nova_cow_check.guests import headers
from nova_cow_check.guests import inventory
from nova_cow_check.guests import qcow2_header
from nova_cow_check.nova import backends
from tests.unit.guests import disk_headers

RAW, QCOW2, OTHER = (
    backends.DiskFormat.RAW,
    backends.DiskFormat.QCOW2,
    backends.DiskFormat.OTHER,
)


@pytest.mark.parametrize(
    'start, name', disk_headers.PROBED.values(), ids=disk_headers.PROBED
)
def test_formats(start: bytes, name: str) -> None:
    formats = {'raw': RAW, 'qcow2': QCOW2}
    found = headers.parse(start)
    assert (found.name, found.format) == (name, formats.get(name, OTHER))


def test_what_nova_makes() -> None:
    start = disk_headers.header(disk_headers.BASE, disk_headers.RAW_EXTENSION)
    assert headers.parse(start) == inventory.Header(
        QCOW2, 'qcow2', True, 3, 1024**3, disk_headers.BASE.decode(), 'raw'
    )
    assert headers.parse(disk_headers.header()) == inventory.Header(
        QCOW2, 'qcow2', True, 3, 1024**3
    )


def test_version_2() -> None:
    start = disk_headers.header(
        disk_headers.BASE, disk_headers.RAW_EXTENSION, version=2
    )
    assert headers.parse(start) == inventory.Header(
        QCOW2, 'qcow2', True, 2, 1024**3, disk_headers.BASE.decode(), 'raw'
    )


def test_an_external_data_file() -> None:
    found = headers.parse(
        disk_headers.header(
            extensions=disk_headers.DATA_EXTENSION, incompatible=4
        )
    )
    assert found.is_data_elsewhere
    assert found.data_file == '/etc/shadow'
    assert found.is_valid


def test_a_descriptor_names_its_extent() -> None:
    found = headers.parse(
        b'# Disk DescriptorFile\nversion=1\nRW 63 FLAT "/etc/shadow" 0\n'
    )
    assert found.is_data_elsewhere
    assert found.data_file == '/etc/shadow'


#: What is changed, whether QEMU would open it, whether Nova makes such.
ODD = (
    ({'version': 4}, False, False),
    ({'cluster_bits': 8}, False, False),
    ({'cluster_bits': 22}, False, False),
    ({'cluster_bits': 2**32 - 1}, False, False),
    ({'cluster_bits': 9, 'l1_size': 2**15}, True, False),
    ({'l1_size': 1}, False, False),
    ({'l1_offset': 1}, False, False),
    ({'refcounts_clusters': 0}, False, False),
    ({'refcounts_offset': 1}, False, False),
    ({'refcount_order': 7}, False, False),
    ({'crypt_method': 3}, False, True),
    ({'crypt_method': 2}, True, True),
    ({'snapshots': 1}, True, True),
    ({'incompatible': 1}, True, False),
    ({'incompatible': 2}, False, True),
    ({'incompatible': 32}, False, True),
    ({'incompatible': 16, 'cluster_bits': 13, 'l1_size': 2**10}, False, True),
    ({'length': 96}, False, False),
    ({'length': 2**32 - 1}, False, False),
    ({'backing_offset': 2**17, 'backing_length': 8}, False, False),
    ({'backing_offset': 2**64 - 1, 'backing_length': 8}, False, False),
    ({'backing_offset': 1024, 'backing_length': 1024}, False, False),
)


@pytest.mark.parametrize('changed, is_valid, is_unusual', ODD, ids=str)
def test_odd_headers(
    changed: dict[str, int], is_valid: bool, is_unusual: bool
) -> None:
    start = disk_headers.header(**changed).ljust(2048, b'\0')
    found = headers.parse(start)
    assert found.format is QCOW2
    assert (found.is_valid, found.is_unusual) == (is_valid, is_unusual)


@pytest.mark.parametrize('length', [0, 8, 71, 72, 103])
def test_a_header_that_ends_too_soon(length: int) -> None:
    start = disk_headers.header(disk_headers.BASE, disk_headers.RAW_EXTENSION)[
        :length
    ]
    found = headers.parse(start)
    assert found.format is (QCOW2 if length >= 8 else RAW)
    assert found.is_valid is (length < 8)
    assert headers.wanted(start) == length


def test_a_name_that_is_too_long_is_none_that_is_told() -> None:
    longest = b'/' * 1023
    assert headers.parse(disk_headers.header(longest)).backing == '/' * 1023
    found = headers.parse(disk_headers.header(longest + b'/'))
    assert (found.backing, found.is_valid) == ('', False)


@pytest.mark.parametrize('name', [b'\xff\xfe', b'a\nb\x1b[2J', b'a\0b'])
def test_any_bytes_are_a_name(name: bytes) -> None:
    expected = name.split(b'\0')[0].decode('utf-8', 'surrogateescape')
    assert headers.parse(disk_headers.header(name)).backing == expected


#: Header, how much of it is looked at first, how much has to be read then.
WANTED = (
    (
        disk_headers.header(disk_headers.BASE, disk_headers.RAW_EXTENSION),
        512,
        512,
    ),
    (disk_headers.header(), 512, 512),
    (disk_headers.header(disk_headers.BASE, backing_at=600), 512, 65536),
    (disk_headers.header(disk_headers.BASE, backing_at=480), 512, 65536),
    (
        disk_headers.header(
            extensions=disk_headers.extension(0x6803F857, bytes(500))
        ),
        512,
        65536,
    ),
    (
        disk_headers.header(
            disk_headers.BASE, backing_at=600, cluster_bits=21
        ),
        512,
        2**21,
    ),
    (
        disk_headers.header(
            disk_headers.BASE, backing_at=600, cluster_bits=63
        ),
        512,
        512,
    ),
    (bytes(4096), 512, 512),
)


@pytest.mark.parametrize('start, first, wanted', WANTED)
def test_how_much_is_read(start: bytes, first: int, wanted: int) -> None:
    looked_at = start.ljust(first, b'\0')[:first]
    assert headers.wanted(looked_at) == wanted


@given(st.data())
def test_no_header_is_too_odd(data: st.DataObject) -> None:
    """No exception, and never more than the largest cluster is wanted."""
    start = bytearray(
        disk_headers.header(
            disk_headers.BASE,
            disk_headers.RAW_EXTENSION + disk_headers.DATA_EXTENSION,
        )
    )
    for at in data.draw(st.lists(st.integers(4, len(start) - 1), max_size=9)):
        start[at] = data.draw(st.integers(0, 255))
    whole = bytes(start).ljust(data.draw(st.sampled_from([0, 512, 70000])))
    found = headers.parse(whole)
    assert headers.wanted(whole[:512]) <= qcow2_header.LARGEST
    assert len(found.backing or '') <= 1023
    assert len(found.data_file or '') <= 1023


@given(st.binary(max_size=2048))
def test_no_bytes_are_too_odd(start: bytes) -> None:
    headers.parse(start)
    headers.parse(b'QFI\xfb\0\0\0\3' + start)
    headers.parse(b'version=1\n' + start)


@given(st.data())
def test_what_is_wanted_is_enough(data: st.DataObject) -> None:
    """To read further would tell nothing else."""
    place = data.draw(st.sampled_from([None, 300, 490, 511, 512, 4000]))
    length = data.draw(st.sampled_from([8, 200, 300, 1023]))
    more = disk_headers.extension(0x6803F857, bytes(length))
    start = disk_headers.header(
        data.draw(st.sampled_from([b'', b'x', b'x' * length])),
        data.draw(st.sampled_from([b'', disk_headers.RAW_EXTENSION, more])),
        backing_at=place,
        cluster_bits=data.draw(st.sampled_from([9, 12, 16, 21])),
    ).ljust(2**21, b'\0')
    enough = headers.wanted(start[:512])
    assert headers.parse(start[:enough]) == headers.parse(start)
