# SPDX-License-Identifier: Apache-2.0

"""Which way a guest is repaired; tests/nova runs the commands."""

from __future__ import annotations

import pytest

from nova_cow_check.guests import conditions
from nova_cow_check.guests import inventory
from nova_cow_check.guests import prospects
from nova_cow_check.guests import repairs
from nova_cow_check.nova import backends
from nova_cow_check.rules import registry
from tests.unit.guests import disks
from tests.unit.guests import test_conditions
from tests.unit.guests import test_prospects

Way = repairs.Way
FLAT, QCOW2 = test_prospects.FLAT, test_prospects.QCOW2
GUEST = disks.guest(disks.raw())

#: Disk, host, how it is repaired.
WAYS = (
    (test_prospects.CONVERTED, FLAT, Way.CONVERT_TO_RAW),
    (test_prospects.STALE, FLAT, Way.CONVERT_TO_RAW),
    (test_prospects.CONVERTED, QCOW2, Way.REBOOT),
    (test_prospects.CONVERTED._replace(flavor_size=None), FLAT, Way.LOOK),
    (disks.raw(xml='qcow2'), QCOW2, Way.CONVERT_TO_QCOW2),
    (disks.raw(xml='qcow2'), FLAT, Way.REBOOT),
    (disks.raw(xml='qcow2', recorded='qcow2'), QCOW2, Way.LOOK),
    (disks.raw(), QCOW2, Way.BACKEND_BACK),
    (test_prospects.WRITTEN, FLAT, Way.NOTHING),
    (test_prospects.WRITTEN, QCOW2, Way.INCIDENT),
    (test_prospects.FOREIGN, QCOW2, Way.INCIDENT),
    (disks.raw(recorded='qcow2'), FLAT, Way.WRITE_DISK_INFO),
    (test_prospects.MISSING_ROOT, QCOW2, Way.BACKING_BACK),
    (disks.raw(header=None), FLAT, Way.LOOK),
)


@pytest.mark.parametrize('disk, host, way', WAYS, ids=range(len(WAYS)))
def test_ways(
    disk: inventory.GuestDisk,
    host: backends.Behaviour,
    way: repairs.Way,
) -> None:
    ahead = prospects.of_guest(disks.guest(disk), host)
    (trouble,) = conditions.of_guest(ahead)
    assert repairs.way_of(trouble, ahead, host) is way


@pytest.mark.parametrize(
    'disk, host, condition, _grade',
    [row for row in test_conditions.ROWS if row[2]],
    ids=lambda one: str(one)[:20],
)
def test_nothing_doubtful_or_foreign_is_ever_converted(
    disk: inventory.GuestDisk,
    host: backends.Behaviour,
    condition: conditions.Condition,
    _grade: conditions.Grade,
) -> None:
    ahead = prospects.of_guest(disks.guest(disk), host)
    for trouble in conditions.of_guest(ahead):
        way = repairs.way_of(trouble, ahead, host)
        if way in (Way.CONVERT_TO_RAW, Way.CONVERT_TO_QCOW2):
            assert trouble.is_certain
            assert disk.backing is None
            assert disk.header and not disk.header.is_data_elsewhere


def test_amid_a_move() -> None:
    ahead = prospects.of_guest(GUEST._replace(is_sent=True), FLAT)
    (trouble,) = conditions.of_guest(ahead)
    way = repairs.way_of(trouble, ahead, FLAT)
    assert way is Way.REVERT
    assert repairs.commands(way, GUEST, (), '/x') == (
        f'openstack server resize revert {disks.UUID}',
    )


def test_commands_of_a_conversion() -> None:
    found = repairs.commands(
        Way.CONVERT_TO_RAW, GUEST, ('disk', 'disk.eph0'), "/srv/it's/"
    )
    stop, look, convert, other_look, other_convert, reboot = found
    assert stop == f'openstack server stop {disks.UUID}'
    assert look.startswith(f"""cd '/srv/it'"'"'s/{disks.UUID}'\nname=disk\n""")
    assert 'name=disk.eph0\n' in other_look
    assert convert == other_convert
    assert reboot == f'openstack server reboot --hard {disks.UUID}'


@pytest.mark.parametrize('way', [Way.INCIDENT, Way.LOOK, Way.NOTHING])
def test_no_commands(way: repairs.Way) -> None:
    assert repairs.commands(way, GUEST, ('disk',), '/x') == ()


@pytest.mark.parametrize(
    'way, rule',
    [
        (Way.CONVERT_TO_RAW, 'flat-disks-converted'),
        (Way.CONVERT_TO_QCOW2, 'raw-disks-opened-as-qcow2'),
    ],
)
def test_the_pages_have_the_same_commands(way: repairs.Way, rule: str) -> None:
    text = registry.page(rule).text
    _folder, _line, look = repairs.look(GUEST, 'disk', '/x').partition('\n')
    for block in (look, repairs.convert(way)):
        shown = ''.join(f'    {line}\n' for line in block.splitlines())
        assert f'::\n\n{shown}' in text
