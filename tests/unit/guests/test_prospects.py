# SPDX-License-Identifier: Apache-2.0

"""What is told of the next operations; tests/nova compares it with Nova."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import pytest

from nova_cow_check.guests import inventory
from nova_cow_check.guests import prospects
from nova_cow_check.nova import backends
from nova_cow_check.nova import operations
from tests.unit.guests import disks
from tests.unit.guests import test_signs

Backend = backends.Backend
HARM = operations.Harm
FLAT = backends.Behaviour(Backend.FLAT, False, True)
FLAT_WITH_COW = backends.Behaviour(Backend.FLAT, True, True)
FLAT_UNFORCED = backends.Behaviour(Backend.FLAT, False, False)
QCOW2 = backends.Behaviour(Backend.QCOW2, True, True)
QCOW2_UNFORCED = backends.Behaviour(Backend.QCOW2, True, False)
QCOW2_WITHOUT_COW = backends.Behaviour(Backend.QCOW2, False, True)
RBD = backends.Behaviour(Backend.RBD, True, True)

MISSING = disks.BACKING._replace(
    state=inventory.BackingState.MISSING, format=None
)
CONVERTED = disks.qcow2(recorded='raw', xml='raw')
STALE = disks.qcow2(recorded='raw')
WRITTEN = disks.raw(header=disks.HEADER)
LOST = WRITTEN._replace(recorded=None)
MISSING_ROOT = disks.overlay(backing=MISSING)
MISSING_EPHEMERAL = disks.overlay(name='disk.eph0', backing=MISSING)
MISSING_SWAP = disks.overlay(name='disk.swap', backing=MISSING)
FOREIGN = disks.overlay(
    backing=disks.BACKING._replace(state=inventory.BackingState.ELSEWHERE)
)

#: Disk, host, what a restart, a move and a snapshot do to it.
TOLD = (
    (disks.raw(), FLAT, 'fine', 'fine', 'fine'),
    (disks.raw(), FLAT_WITH_COW, 'fine', 'breaks', 'fine'),
    (disks.raw(), QCOW2, 'breaks', 'fine', 'fine'),
    (disks.raw(), QCOW2_WITHOUT_COW, 'breaks', 'breaks', 'fine'),
    (disks.raw(xml='qcow2'), QCOW2, 'breaks', 'breaks', 'breaks'),
    (disks.raw(recorded='qcow2'), FLAT, 'breaks', 'breaks', 'breaks'),
    (disks.raw(recorded=None), FLAT, 'fine', 'fine', 'fine'),
    (disks.overlay(), QCOW2, 'fine', 'fine', 'fine'),
    (disks.overlay(), FLAT, 'fine', 'fine', 'fine'),
    (disks.overlay(), QCOW2_UNFORCED, 'fine', 'unknown', 'fine'),
    (disks.overlay(recorded='raw'), FLAT, 'breaks', 'breaks', 'fine'),
    (disks.qcow2(), FLAT_UNFORCED, 'fine', 'fine', 'fine'),
    (disks.qcow2(), QCOW2, 'fine', 'fine', 'fine'),
    (CONVERTED, FLAT, 'breaks', 'breaks', 'breaks'),
    (CONVERTED, QCOW2, 'fine', 'breaks', 'breaks'),
    (STALE, QCOW2, 'fine', 'fine', 'fine'),
    (STALE, FLAT, 'breaks', 'breaks', 'fine'),
    (WRITTEN, FLAT, 'fine', 'fine', 'fine'),
    (WRITTEN, QCOW2, 'unsafe', 'fine', 'fine'),
    (LOST, FLAT, 'unsafe', 'unsafe', 'unsafe'),
    (MISSING_ROOT, QCOW2, 'fine', 'fine', 'breaks'),
    (MISSING_ROOT, QCOW2_UNFORCED, 'unknown', 'unknown', 'breaks'),
    (MISSING_EPHEMERAL, QCOW2, 'fine', 'fine', 'fine'),
    (MISSING_EPHEMERAL, FLAT, 'breaks', 'breaks', 'fine'),
    (MISSING_SWAP, QCOW2, 'breaks', 'fine', 'fine'),
    (FOREIGN, QCOW2, 'unsafe', 'unsafe', 'unsafe'),
    (disks.raw(name='disk.config'), QCOW2, 'fine', 'fine', 'fine'),
    (disks.raw(), RBD, 'unknown', 'unknown', 'unknown'),
    (disks.raw(header=None), FLAT, 'unknown', 'unknown', 'unknown'),
)


@pytest.mark.parametrize(
    'disk, host, restart, move, snapshot', TOLD, ids=range(len(TOLD))
)
def test_told(
    disk: inventory.GuestDisk,
    host: backends.Behaviour,
    restart: str,
    move: str,
    snapshot: str,
) -> None:
    (told,) = prospects.of_guest(disks.guest(disk), host).disks
    assert (told.restart.word, told.move.word, told.snapshot.word) == (
        restart,
        move,
        snapshot,
    )


#: Disk, host, what a restart does at worst.
POSSIBLE = (
    (disks.raw(), FLAT, HARM.FINE),
    (disks.raw(recorded=None), FLAT, HARM.READS_HOST_FILES),
    (disks.raw(), QCOW2, HARM.READS_HOST_FILES),
    (disks.raw(xml='qcow2'), QCOW2, HARM.DOES_NOT_START),
    (MISSING_ROOT, QCOW2_UNFORCED, HARM.WRONG_DATA),
    (STALE._replace(flavor_size=None), QCOW2, HARM.READS_HOST_FILES),
    (disks.raw(), RBD, HARM.DOES_NOT_START),
)


@pytest.mark.parametrize('disk, host, worst', POSSIBLE)
def test_possible(
    disk: inventory.GuestDisk, host: backends.Behaviour, worst: HARM
) -> None:
    (told,) = prospects.of_guest(disks.guest(disk), host).disks
    assert told.restart.possible is worst


def test_disk_info_that_nova_cannot_use() -> None:
    records = inventory.Records(inventory.RecordState.UNUSABLE)
    guest = disks.guest(disks.overlay(), records=records)
    (told,) = prospects.of_guest(guest, QCOW2).disks
    assert told.restart.harm is HARM.REFUSED
    assert told.move.harm is HARM.MOVE_FAILS
    assert told.snapshot.harm is HARM.REFUSED


def test_disk_info_that_we_cannot_read() -> None:
    records = inventory.Records(inventory.RecordState.NOT_READ)
    guest = disks.guest(disks.raw(recorded=None), records=records)
    (on_flat,) = prospects.of_guest(guest, FLAT).disks
    assert on_flat.restart.word == 'unknown'
    assert on_flat.restart.possible is HARM.READS_HOST_FILES


@pytest.mark.parametrize('changed', [{'is_sent': True}, {'has_domain': False}])
def test_no_verdict(changed: dict[str, bool]) -> None:
    """Amid a move, and of what another host may run."""
    told = prospects.of_guest(disks.guest(disks.raw(), **changed), QCOW2)
    (disk,) = told.disks
    assert {disk.restart, disk.move, disk.snapshot, told.second_rescue} == {
        prospects.Prospect(None)
    }


@pytest.mark.parametrize(
    'recorded, host, expected',
    [
        (None, FLAT, 'fine'),
        ('raw', FLAT, 'fine'),
        ('qcow2', FLAT, 'unknown'),
        ('vmdk', FLAT, 'breaks'),
        ('qcow2', QCOW2, 'fine'),
        ('raw', QCOW2, 'fine'),
        ('raw', FLAT_UNFORCED, 'unknown'),
        ('qcow2', RBD, 'fine'),
    ],
)
def test_a_second_rescue(
    recorded: str | None, host: backends.Behaviour, expected: str
) -> None:
    guest = disks.guest(disks.raw(), rescue_recorded=recorded)
    assert prospects.of_guest(guest, host).second_rescue.word == expected


HOSTS = st.builds(
    backends.Behaviour,
    st.sampled_from(Backend),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(test_signs.DISKS, max_size=3), HOSTS, st.data())
def test_every_guest_has_prospects(
    found: list[inventory.GuestDisk],
    host: backends.Behaviour,
    data: st.DataObject,
) -> None:
    state = data.draw(st.sampled_from(inventory.RecordState))
    guest = disks.guest(*found, records=inventory.Records(state))
    for one in prospects.of_guest(guest, host).disks:
        for told in (one.restart, one.move, one.snapshot):
            assert (told.word == 'unknown') is (told.harm is None)
            if told.harm:
                assert told.harm.outcome <= told.possible.outcome
                assert (told.how is None) is (told.word == 'fine')
