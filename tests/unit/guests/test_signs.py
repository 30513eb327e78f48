# SPDX-License-Identifier: Apache-2.0

"""The table of signs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import pytest

from nova_cow_check.guests import inventory
from nova_cow_check.guests import signs
from tests.unit.guests import disks

Sign, Reading = signs.Sign, signs.Reading
GIB = disks.GIB
STATES = inventory.BackingState

VMDK = inventory.Header(disks.OTHER, 'vmdk')
OLD = disks.HEADER._replace(version=2)
UNUSUAL = disks.HEADER._replace(is_unusual=True)
INVALID = disks.HEADER._replace(is_valid=False)
LARGER = disks.HEADER._replace(virtual_size=2 * GIB)
DATA_FILE = disks.HEADER._replace(is_data_elsewhere=True)


def backing(state: inventory.BackingState) -> inventory.Backing:
    return disks.BACKING._replace(state=state, format=None)


def certain(sign: signs.Sign) -> signs.Reading:
    return Reading(sign)


def possible(sign: signs.Sign, other: signs.Sign) -> signs.Reading:
    return Reading(sign, False, (other,))


ROWS = (
    # Sound, and with a wrong disk.info or XML, which change nothing of it.
    (disks.raw(), certain(Sign.RAW)),
    (disks.raw(xml='qcow2'), certain(Sign.RAW)),
    (disks.raw(recorded='qcow2'), certain(Sign.RAW)),
    (disks.raw(recorded=None), certain(Sign.RAW)),
    (disks.raw(size=5), certain(Sign.RAW)),
    (disks.overlay(), certain(Sign.OVERLAY)),
    (disks.overlay(backing=backing(STATES.MISSING)), certain(Sign.OVERLAY)),
    (disks.overlay(backing=backing(STATES.NOT_READ)), certain(Sign.OVERLAY)),
    (disks.overlay(recorded=None), certain(Sign.OVERLAY)),
    (disks.overlay(recorded='raw'), certain(Sign.OVERLAY)),
    (disks.qcow2(), certain(Sign.ALONE)),
    (disks.qcow2(recorded=None), certain(Sign.ALONE)),
    (disks.qcow2(flavor_size=None), certain(Sign.ALONE)),
    # Copied from an image, and its file made as large as the flavor.
    (disks.qcow2(size=GIB), certain(Sign.ALONE)),
    (disks.qcow2(header=OLD), certain(Sign.ALONE)),
    (disks.qcow2(header=VMDK, recorded='vmdk'), certain(Sign.ALONE)),
    # Converted, as far as the size tells.
    (disks.qcow2(recorded='raw', xml='raw'), certain(Sign.CONVERTED)),
    (disks.qcow2(recorded='raw'), certain(Sign.CONVERTED)),
    (disks.qcow2(recorded='raw', xml=None), certain(Sign.CONVERTED)),
    (disks.qcow2(recorded=None, xml='raw'), certain(Sign.CONVERTED)),
    (
        disks.qcow2(recorded='raw', flavor_size=None),
        Reading(Sign.CONVERTED, False, (Sign.NESTED, Sign.WRITTEN)),
    ),
    (
        disks.qcow2(recorded='raw', size=2 * GIB),
        possible(Sign.CONVERTED, Sign.WRITTEN),
    ),
    # It grows once the guest is believed.
    (
        disks.qcow2(recorded='raw', size=GIB + 65536),
        possible(Sign.CONVERTED, Sign.WRITTEN),
    ),
    (
        disks.overlay(recorded='raw', size=GIB + 65536),
        possible(Sign.OVERLAY, Sign.WRITTEN),
    ),
    (
        disks.qcow2(recorded='raw', header=LARGER),
        possible(Sign.CONVERTED, Sign.NESTED),
    ),
    (
        disks.qcow2(name='disk.swap', header=LARGER),
        possible(Sign.ALONE, Sign.NESTED),
    ),
    (
        disks.qcow2(recorded=None, header=LARGER),
        possible(Sign.ALONE, Sign.NESTED),
    ),
    (
        disks.qcow2(recorded='raw', header=OLD),
        possible(Sign.WRITTEN, Sign.CONVERTED),
    ),
    (
        disks.qcow2(recorded='raw', header=UNUSUAL),
        possible(Sign.WRITTEN, Sign.CONVERTED),
    ),
    (
        disks.qcow2(recorded='raw', header=INVALID),
        possible(Sign.WRITTEN, Sign.CONVERTED),
    ),
    # The guest's own.
    (disks.raw(header=disks.HEADER), certain(Sign.WRITTEN)),
    (disks.raw(header=disks.HEADER, xml='qcow2'), certain(Sign.WRITTEN)),
    (disks.raw(header=disks.HEADER, recorded=None), certain(Sign.WRITTEN)),
    (disks.raw(header=DATA_FILE), certain(Sign.WRITTEN)),
    (disks.raw(header=VMDK), certain(Sign.WRITTEN)),
    (
        disks.raw(header=disks.OVERLAY, backing=disks.BACKING),
        certain(Sign.WRITTEN),
    ),
    (
        disks.raw(header=disks.HEADER, recorded=None, xml='qcow2'),
        possible(Sign.WRITTEN, Sign.ALONE),
    ),
    (disks.raw(name='disk.config', header=VMDK), certain(Sign.WRITTEN)),
    (
        disks.overlay(recorded='raw', flavor_size=None),
        possible(Sign.OVERLAY, Sign.WRITTEN),
    ),
    (
        disks.qcow2(header=VMDK, recorded='raw', xml='raw'),
        possible(Sign.WRITTEN, Sign.ALONE),
    ),
    (
        disks.qcow2(header=VMDK, recorded=None, xml='vmdk'),
        possible(Sign.ALONE, Sign.WRITTEN),
    ),
    # No Nova made it.
    (disks.overlay(backing=backing(STATES.ELSEWHERE)), certain(Sign.FOREIGN)),
    (disks.overlay(backing=backing(STATES.OVERLAY)), certain(Sign.FOREIGN)),
    (disks.qcow2(header=DATA_FILE), certain(Sign.FOREIGN)),
    (disks.qcow2(header=DATA_FILE, recorded='raw'), certain(Sign.FOREIGN)),
    # Nothing is known.
    (disks.raw(header=None, size=None), Reading(Sign.NOT_READ, False)),
)


@pytest.mark.parametrize('disk, expected', ROWS, ids=range(len(ROWS)))
def test_signs(disk: inventory.GuestDisk, expected: signs.Reading) -> None:
    assert signs.read(disk) == expected


SWAP = disks.qcow2(
    name='disk.swap', recorded='raw', xml='raw', flavor_size=8 * 1024**2
)


def test_a_swap_disk_has_whole_mebibytes() -> None:
    header = disks.HEADER._replace(virtual_size=8 * 1024**2)
    swap = SWAP._replace(header=header)
    assert signs.read(swap) == certain(Sign.CONVERTED)
    for_another_flavor = swap._replace(size=4 * 1024**2)
    doubtful = possible(Sign.CONVERTED, Sign.WRITTEN)
    assert signs.read(for_another_flavor) == doubtful


@pytest.mark.parametrize(
    'disk, expected',
    [
        (disks.raw(), True),
        (disks.raw(size=5), False),
        (disks.raw(flavor_size=None), None),
        (disks.qcow2(), True),
        (disks.qcow2(header=LARGER), False),
        (disks.qcow2(header=None), None),
        (disks.qcow2(header=VMDK), None),
    ],
)
def test_sizes(disk: inventory.GuestDisk, expected: bool | None) -> None:
    assert signs.size_is_flavors(disk) is expected


FORMATS = st.sampled_from([None, 'raw', 'qcow2', 'vmdk', ''])
SIZES = st.sampled_from([None, 0, disks.CONVERTED_SIZE, GIB, 2 * GIB])
HEADERS = st.builds(
    inventory.Header,
    st.sampled_from([disks.RAW, disks.QCOW2, disks.OTHER]),
    is_valid=st.booleans(),
    version=st.sampled_from([2, 3]),
    virtual_size=SIZES,
    is_data_elsewhere=st.booleans(),
    is_unusual=st.booleans(),
)
BACKINGS = st.builds(
    inventory.Backing,
    st.just(disks.BASE),
    st.sampled_from(STATES),
    st.sampled_from([None, disks.RAW, disks.QCOW2]),
    st.sampled_from([None, disks.RAW, disks.QCOW2, disks.OTHER]),
)
NAMES = st.sampled_from(
    ['disk', 'disk.eph0', 'disk.eph1', 'disk.swap', 'disk.config']
    + ['disk.rescue', 'disk.local']
)


def possible_disk(disk: inventory.GuestDisk) -> inventory.GuestDisk:
    """Return a disk as it can be read: only qcow2 has a backing file."""
    header = disk.header
    if header is None or header.format is disks.QCOW2:
        return disk if header else disk._replace(backing=None)
    is_raw = header.format is disks.RAW
    header = disks.NO_HEADER if is_raw else header._replace(is_valid=True)
    return disk._replace(header=header, backing=None)


DISKS = st.builds(
    inventory.GuestDisk,
    NAMES,
    SIZES,
    st.none() | HEADERS,
    st.none() | BACKINGS,
    FORMATS,
    FORMATS,
    SIZES,
).map(possible_disk)


@given(DISKS)
def test_every_disk_is_something(disk: inventory.GuestDisk) -> None:
    reading = signs.read(disk)
    is_read = reading.sign is not Sign.NOT_READ
    assert reading.is_certain is (is_read and not reading.others)
    if disk.header and disk.header.format is disks.RAW:
        assert reading == certain(Sign.RAW)


@given(DISKS)
def test_no_header_makes_a_guests_own_disk_a_converted_one(
    disk: inventory.GuestDisk,
) -> None:
    """All that a guest can change is the header."""
    raw = disk._replace(size=GIB, flavor_size=GIB, recorded='raw')
    assert Sign.CONVERTED not in signs.read(raw).possible
