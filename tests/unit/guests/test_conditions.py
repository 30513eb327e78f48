# SPDX-License-Identifier: Apache-2.0

"""What is wrong with guests, told once and by its cause."""

from __future__ import annotations

from hypothesis import given
import pytest

from nova_cow_check.guests import conditions
from nova_cow_check.guests import inventory
from nova_cow_check.guests import prospects
from nova_cow_check.nova import backends
from nova_cow_check.nova import operations
from nova_cow_check.rules import registry
from tests.unit.guests import disks
from tests.unit.guests import test_prospects
from tests.unit.guests import test_signs

C, Grade = conditions.Condition, conditions.Grade
STATE = inventory.RecordState
FLAT, QCOW2 = test_prospects.FLAT, test_prospects.QCOW2
FLAT_WITH_COW = test_prospects.FLAT_WITH_COW
UNFORCED = test_prospects.QCOW2_UNFORCED

WRONG_BASE = disks.overlay(backing=disks.BACKING._replace(format=disks.QCOW2))
UNREAD_BASE = disks.overlay(
    backing=disks.BACKING._replace(
        state=inventory.BackingState.NOT_READ, format=None
    )
)
INVALID = disks.raw(header=test_signs.INVALID)
VMDK = disks.raw(header=test_signs.VMDK)
DOUBTFUL = disks.overlay(recorded=None, flavor_size=None)

#: Disk, host, what is wrong, how bad it is.
ROWS = (
    # Sound.
    (disks.raw(), FLAT, None, None),
    (disks.overlay(), QCOW2, None, None),
    (disks.overlay(), FLAT, None, None),
    (disks.qcow2(), QCOW2, None, None),
    (disks.raw(name='disk.config'), QCOW2, None, None),
    # Converted: broken now; at the next restart; on a later host.
    (test_prospects.CONVERTED, FLAT, C.CONVERTED, Grade.NOW),
    (test_prospects.CONVERTED, QCOW2, C.CONVERTED, Grade.NOW),
    (test_prospects.STALE, FLAT, C.CONVERTED, Grade.NOW),
    (test_prospects.STALE, QCOW2, C.INFO_WRONG, Grade.LEFTOVER),
    (
        test_prospects.CONVERTED._replace(flavor_size=None),
        FLAT,
        C.CONVERTED,
        Grade.LATER,
    ),
    # Opened in a format that it does not have.
    (disks.raw(xml='qcow2'), QCOW2, C.OPENED_AS_QCOW2, Grade.NOW),
    (disks.raw(xml='qcow2'), FLAT, C.OPENED_AS_QCOW2, Grade.NOW),
    (disks.raw(xml='vmdk'), FLAT, C.OPENED_AS_QCOW2, Grade.NOW),
    (INVALID._replace(xml='qcow2'), QCOW2, C.OPENED_AS_QCOW2, Grade.NOW),
    # A header of the guest's.
    (test_prospects.WRITTEN, FLAT, C.HEADER_WRITTEN, Grade.LEFTOVER),
    (test_prospects.WRITTEN, QCOW2, C.HEADER_BELIEVED, Grade.NOW),
    (
        test_prospects.WRITTEN._replace(xml='qcow2'),
        FLAT,
        C.HEADER_BELIEVED,
        Grade.NOW,
    ),
    (test_prospects.LOST, FLAT, C.HEADER_BELIEVED, Grade.NOW),
    (VMDK._replace(recorded=None), FLAT, C.HEADER_BELIEVED, Grade.NOW),
    (INVALID, FLAT, C.HEADER_WRITTEN, Grade.LEFTOVER),
    (INVALID, QCOW2, C.BACKEND_CHANGED, Grade.NOW),
    (VMDK, FLAT, C.HEADER_WRITTEN, Grade.LEFTOVER),
    (DOUBTFUL, QCOW2, C.HEADER_BELIEVED, Grade.LATER),
    # Foreign.
    (test_prospects.FOREIGN, QCOW2, C.FOREIGN, Grade.NOW),
    (test_prospects.FOREIGN, FLAT, C.FOREIGN, Grade.NOW),
    # disk.info.
    (disks.raw(recorded='qcow2'), FLAT, C.INFO_WRONG, Grade.NOW),
    (disks.overlay(recorded='raw'), FLAT, C.INFO_WRONG, Grade.NOW),
    (disks.overlay(recorded='raw'), QCOW2, C.INFO_WRONG, Grade.LEFTOVER),
    (disks.raw(recorded=None), FLAT, C.INFO_MISSING, Grade.LATER),
    (disks.overlay(recorded=None), QCOW2, C.INFO_MISSING, Grade.LEFTOVER),
    (disks.raw(recorded=None), QCOW2, C.BACKEND_CHANGED, Grade.NOW),
    # Backing files.
    (test_prospects.MISSING_ROOT, QCOW2, C.BACKING_MISSING, Grade.NOW),
    (test_prospects.MISSING_SWAP, FLAT, C.BACKING_MISSING, Grade.NOW),
    (WRONG_BASE, QCOW2, C.BACKING_WRONG, Grade.NOW),
    (UNREAD_BASE, QCOW2, C.NOT_READ, Grade.LATER),
    # What the settings of now do.
    (disks.raw(), QCOW2, C.BACKEND_CHANGED, Grade.NOW),
    (disks.raw(), test_prospects.RBD, C.BACKEND_CHANGED, Grade.NOW),
    (disks.raw(), FLAT_WITH_COW, C.BREAKS_AT_MOVE, Grade.LATER),
    # Nobody can tell what it was made from.
    (disks.overlay(), UNFORCED, None, None),
    (disks.overlay(name='disk.swap'), FLAT, C.BREAKS_AT_MOVE, Grade.LATER),
    # Nothing is known.
    (disks.raw(header=None), FLAT, C.NOT_READ, Grade.LATER),
)


def troubles(
    guest: inventory.Guest, host: backends.Behaviour
) -> tuple[conditions.Trouble, ...]:
    return conditions.of_guest(prospects.of_guest(guest, host))


@pytest.mark.parametrize(
    'disk, host, condition, grade', ROWS, ids=range(len(ROWS))
)
def test_a_disk_has_one_trouble(
    disk: inventory.GuestDisk,
    host: backends.Behaviour,
    condition: conditions.Condition | None,
    grade: conditions.Grade | None,
) -> None:
    found = troubles(disks.guest(disk), host)
    if condition is None:
        assert found == ()
        return
    (one,) = found
    assert (one.condition, one.grade) == (condition, grade)
    assert one.disks == (disk.name,)


def test_a_header_of_the_guests_that_an_unread_entry_may_believe() -> None:
    records = inventory.Records(STATE.NOT_READ)
    disk = VMDK._replace(recorded=None)
    found = troubles(disks.guest(disk, records=records), FLAT)
    assert [(one.condition, one.grade, one.is_certain) for one in found] == [
        (C.HEADER_BELIEVED, Grade.LATER, False),
        (C.NOT_READ, Grade.LATER, False),
    ]


def test_disks_that_are_alike_are_one_trouble() -> None:
    names = ('disk', 'disk.eph0')
    guest = disks.guest(
        *(test_prospects.CONVERTED._replace(name=name) for name in names)
    )
    (one,) = troubles(guest, FLAT)
    assert one.disks == names


def test_the_worst_is_first() -> None:
    guest = disks.guest(
        test_prospects.WRITTEN,
        disks.overlay(name='disk.swap'),
        disks.raw(name='disk.eph0', xml='qcow2'),
    )
    assert [one.condition for one in troubles(guest, FLAT)] == [
        C.OPENED_AS_QCOW2,
        C.BREAKS_AT_MOVE,
        C.HEADER_WRITTEN,
    ]


#: What is changed of a guest, and what is wrong with it.
GUESTS = (
    ({'is_sent': True}, C.MOVE_UNCONFIRMED),
    ({'is_sent': True, 'has_directory': False}, C.MOVE_UNCONFIRMED),
    ({'has_domain': False}, C.WITHOUT_DOMAIN),
    ({'has_domain': None}, C.NOT_READ),
    ({'records': inventory.Records(STATE.UNUSABLE)}, C.INFO_UNUSABLE),
    ({'records': inventory.Records(STATE.NOT_READ)}, C.NOT_READ),
    ({'rescue_recorded': 'raw'}, None),
    ({'rescue_recorded': 'qcow2'}, C.INFO_WRONG),
)


@pytest.mark.parametrize('changed, condition', GUESTS)
def test_troubles_of_a_guest(
    changed: dict[str, object], condition: conditions.Condition | None
) -> None:
    found = troubles(disks.guest(disks.raw(), **changed), FLAT)
    expected = [] if condition is None else [condition]
    assert [one.condition for one in found] == expected


def test_every_condition_occurs() -> None:
    occurring = {condition for *_row, condition, _grade in ROWS}
    occurring |= {condition for _changed, condition in GUESTS}
    assert occurring - {None} == set(C)


def test_names_are_those_of_rules() -> None:
    """Whoever renames one breaks somebody's waivers."""
    assert [one.value for one in C] == [
        one.name for one in registry.GUEST_RULES
    ]
    assert sorted(one.value for one in C) == [
        'guest-backend-changed',
        'guest-backing-file-missing',
        'guest-backing-file-wrong',
        'guest-breaks-at-move',
        'guest-disk-converted',
        'guest-disk-foreign',
        'guest-disk-info-missing',
        'guest-disk-info-unusable',
        'guest-disk-info-wrong',
        'guest-disk-opened-as-qcow2',
        'guest-header-believed',
        'guest-header-written',
        'guest-move-unconfirmed',
        'guest-not-read',
        'guest-without-domain',
    ]


@given(test_signs.DISKS, test_prospects.HOSTS)
def test_nothing_that_breaks_is_passed_over(
    disk: inventory.GuestDisk, host: backends.Behaviour
) -> None:
    """What is not fine at a restart is told, and as bad as it is."""
    guest = disks.guest(disk)
    ahead = prospects.of_guest(guest, host)
    found = conditions.of_guest(ahead)
    fine = operations.Outcome.FINE
    (one,) = ahead.disks
    if one.disk.kind is inventory.Kind.RESCUE:
        return
    if one.restart.harm and one.restart.outcome is not fine:
        assert found and found[0].grade is Grade.NOW
    if one.restart.outcome is not fine or one.move.outcome not in (None, fine):
        assert found
