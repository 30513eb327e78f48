# SPDX-License-Identifier: Apache-2.0

"""The guests of a host, judged, and the row that tells of them."""

from __future__ import annotations

from collections.abc import Iterable
import sys
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from nova_cow_check.guests import inventory
from nova_cow_check.nova import harms
from nova_cow_check.reports import audit
from nova_cow_check.reports import report
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from nova_cow_check.settings import parsing
from tests.unit.guests import disks
from tests.unit.guests import test_prospects
from tests.unit.guests import test_signs
from tests.unit import hosts

FLAT, QCOW2 = test_prospects.FLAT, test_prospects.QCOW2
PATH, DOMAINS = '/var/lib/nova/instances', '/etc/libvirt/qemu'
FAILURE, WARNING = findings.Severity.FAILURE, findings.Severity.WARNING
CONVERTED = 'guest-disk-converted'


def uuid(number: int) -> str:
    return f'c0ffee00-0000-4000-8000-{number:012d}'


def guest(number: int, disk: inventory.GuestDisk) -> inventory.Guest:
    its = uuid(number)
    entries = ((f'{PATH}/{its}/{disk.name}', disk.recorded or ''),)
    records = inventory.Records(inventory.RecordState.READ, entries)
    return disks.guest(disk, uuid=its, records=records)


def found(
    guests: Iterable[inventory.Guest], **more: Any
) -> inventory.Inventory:
    its = tuple(guests)
    names = tuple(one.uuid for one in its)
    whole = inventory.Inventory(PATH, DOMAINS, '/dev/vda', names, names, its)
    return whole._replace(**more)


def judged(
    *guests: inventory.Guest,
    accepted: Iterable[findings.Waiver] = (),
    **more: Any,
) -> audit.Audit:
    return audit.judge(found(guests, **more), FLAT, accepted)


def waiver(
    rule_name: str, *guests: str, is_expired: bool = False
) -> findings.Waiver:
    origin = parsing.Origin(parsing.OriginKind.FILE, 'waivers.yaml', 1)
    return findings.Waiver(
        rule_name, (), 'known', None, is_expired, origin, guests
    )


def test_sound_guests_are_counted_and_not_named() -> None:
    told = judged(guest(1, disks.raw()), guest(2, disks.raw()))
    assert told.looked_at == 2
    assert told.directories == told.domains == (uuid(1), uuid(2))
    assert (told.file_system, told.guests, told.findings) == (
        '/dev/vda',
        (),
        (),
    )
    row = audit.row(told)
    assert row.check is rule.Check.GUESTS
    assert (row.worst, row.failed) == (None, '')
    assert row.facts == (
        f'Guests looked at in {PATH}: 2. Domains in {DOMAINS}: 2.',
    )


def test_a_broken_guest_has_its_disks_and_what_is_ahead_of_them() -> None:
    told = judged(guest(1, disks.raw()), guest(2, test_prospects.CONVERTED))
    (broken,) = told.guests
    assert broken.uuid == uuid(2)
    (disk,) = broken.disks
    assert (disk.format, disk.recorded, disk.xml) == (
        disks.QCOW2,
        disks.RAW,
        disks.RAW,
    )
    assert disk.size_is_flavors is True
    assert disk.restart == audit.Told(
        harms.Outcome.BREAKS, harms.How.NEVER_BOOTS, harms.Outcome.BREAKS
    )
    assert disk.snapshot.outcome is harms.Outcome.BREAKS
    (finding,) = told.findings
    assert (finding.rule, finding.severity) == (CONVERTED, FAILURE)
    assert audit.row(told).worst is FAILURE


def test_what_is_only_possible_is_unknown_and_has_its_worst() -> None:
    disk = disks.raw(recorded=None)
    told = judged(disks.guest(disk))
    ((ahead,),) = (one.disks for one in told.guests)
    assert (ahead.restart.outcome, ahead.restart.how) in (
        (harms.Outcome.FINE, None),
        (None, None),
    )
    assert ahead.restart.possible is harms.Outcome.UNSAFE


def test_the_name_of_a_backing_file_is_safe_and_short() -> None:
    name = 'json:{"\x1b[2J' + 'x' * 1000
    backing = inventory.Backing(name, inventory.BackingState.ELSEWHERE)
    header = disks.OVERLAY._replace(backing=name)
    told = judged(guest(1, disks.overlay(header=header, backing=backing)))
    shown = told.guests[0].disks[0].backing
    assert shown is not None
    assert shown.state is inventory.BackingState.ELSEWHERE
    assert shown.name.isprintable() and len(shown.name) < 80
    assert all(one.explanation.isprintable() for one in told.findings)


def test_a_waiver_accepts_its_guests_and_no_other() -> None:
    broken = test_prospects.CONVERTED
    told = judged(
        guest(1, broken),
        guest(2, broken),
        accepted=[waiver(CONVERTED, uuid(2), uuid(9))],
    )
    assert [one.counts for one in told.findings] == [True, False]
    assert audit.row(told).worst is FAILURE
    told = judged(
        guest(1, broken),
        accepted=[
            waiver(CONVERTED, uuid(1), is_expired=True),
            waiver(CONVERTED, uuid(1)),
            waiver(CONVERTED, uuid(1), is_expired=True),
            waiver('guest-not-read', uuid(1)),
        ],
    )
    assert [one.counts for one in told.findings] == [False]
    assert audit.row(told).worst is None


def lost(number: int, reason: str = 'why') -> inventory.NotRead:
    return inventory.NotRead(f'{PATH}/{uuid(number)}', reason)


def test_a_guest_that_was_not_come_to_is_told() -> None:
    told = judged(
        guest(1, disks.raw()),
        directories=(uuid(1), uuid(2), uuid(3)),
        # The third has gone away, and the fourth was moved.
        not_read=(lost(2), lost(4, 'the server does not answer')),
    )
    assert told.looked_at == 1
    rules = [(one.rule, one.guest and one.guest.uuid) for one in told.findings]
    assert rules == [('guest-not-read', uuid(n)) for n in (2, 3, 4)]
    row = audit.row(told)
    assert (row.worst, row.failed) == (WARNING, '')
    assert row.facts[1:] == (
        f'Not read: {PATH}/{uuid(2)}: why.',
        f'Not read: {PATH}/{uuid(4)}: the server does not answer.',
    )


def test_many_reasons_are_counted() -> None:
    lines = audit.row(judged(not_read=(*map(lost, range(30)),))).facts
    assert len(lines) == 1 + 20 + 1
    assert lines[-1] == 'Not read, besides these: 10 more.'


UNREAD = inventory.NotRead(PATH, 'Permission denied\n')
DOMAINS_UNREAD = inventory.NotRead(DOMAINS, 'gone')


@pytest.mark.parametrize(
    ('more', 'expected'),
    [
        (
            {'instances_unread': UNREAD},
            f'Guests were not looked at: {PATH}: Permission denied\\n.',
        ),
        (
            {'domains_unread': DOMAINS_UNREAD},
            'What libvirt knows of guests was not looked at, or not all of '
            f'it: {DOMAINS}: gone. --domains names another directory.',
        ),
    ],
)
def test_a_directory_that_cannot_be_read_is_a_failure(
    more: dict[str, Any], expected: str
) -> None:
    row = audit.row(judged(guest(1, disks.raw()), **more))
    assert row.failed == expected
    assert row.facts[0] == expected
    assert row.worst is FAILURE


def test_not_to_have_looked_is_a_failure_but_where_nothing_applies() -> None:
    row = audit.row(audit.NotLooked('Why.'))
    assert (row.worst, row.failed, row.facts) == (FAILURE, 'Why.', ('Why.',))
    row = audit.row(audit.NotLooked('Why.', applies=False))
    assert (row.worst, row.failed, row.facts) == (None, '', ('Why.',))


def test_guests_are_a_row_of_the_report_only_where_they_were_asked_for() -> (
    None
):
    known = hosts.host(hosts.nova_conf(images_type='flat')).settings()
    without = report.judge(report.ReadHost('a', known))
    assert [row.check for row in without.rows] == list(rule.SETTINGS_CHECKS)
    assert without.rows == verdict.judge(known)
    told = judged(guest(1, test_prospects.CONVERTED))
    whole = report.judge(report.ReadHost('a', known, guests=told))
    assert whole.rows[:-1] == without.rows
    assert whole.guests is told
    assert whole.worst is FAILURE
    assert CONVERTED in whole.rules
    assert whole.has_looked_at_guests
    unasked = report.judge(
        report.ReadHost('a', known, guests=audit.NotLooked('Why.'))
    )
    assert not unasked.has_looked_at_guests
    assert unasked.failed == ('Why.',)


def test_guests_that_are_alike_are_told_as_one() -> None:
    broken = test_prospects.CONVERTED
    told = judged(
        *(guest(number, broken) for number in range(30)),
        guest(30, disks.raw(xml='qcow2')),
        guest(31, broken._replace(flavor_size=2 * disks.GIB)),
        accepted=[waiver(CONVERTED, uuid(3), uuid(4))],
    )
    together = audit.alike(told.findings)
    assert [len(one.guests) for one in together] == [28, 2, 1, 1]
    first = together[0]
    assert first.guests[0] == first.example.guest.uuid == uuid(0)  # type: ignore[union-attr]
    assert (len(first.shown), first.more) == (20, 8)
    shown = audit.shown(told.findings)
    assert len(shown) == 4
    words = shown[0].explanation
    assert '27 more guests are alike: ' in words
    assert ', and 8 more (--output json names all of them).' in words
    assert words.count('c0ffee00') == 20
    assert words.endswith('What helps one helps each, with its UUID.')
    assert 'One more guest is alike: ' in shown[1].explanation
    assert shown[2:] == tuple(one.example for one in together[2:])


def swap_without_base(size: int) -> inventory.GuestDisk:
    path = f'{PATH}/_base/swap_{size}'
    missing = test_prospects.MISSING._replace(path=path)
    return test_prospects.MISSING_SWAP._replace(backing=missing)


def test_findings_that_differ_in_much_are_counted() -> None:
    several = [guest(n, swap_without_base(n + 1)) for n in range(25)]
    told = audit.judge(found(several), QCOW2)
    shown = audit.shown(told.findings)
    assert (len(told.findings), len(shown)) == (25, audit.MOST_SHOWN)
    assert shown[:19] == told.findings[:19]
    assert shown[19].explanation.endswith(
        '5 more findings of this rule, of which the disks or the commands '
        'differ, are not shown (--output json has all of them).'
    )


def test_findings_about_settings_stay_as_they_are() -> None:
    host = hosts.host(hosts.nova_conf(use_cow_images='no'))
    settings = tuple(host.findings())
    assert audit.shown(settings) == settings
    # However many there are, and even if they are the same.
    assert audit.shown(settings * 30) == settings * 30


@given(st.lists(test_signs.DISKS, max_size=4), st.data())
def test_whatever_was_read_there_is_a_row(
    its: list[inventory.GuestDisk], data: st.DataObject
) -> None:
    state = data.draw(st.sampled_from(inventory.RecordState))
    more = data.draw(
        st.fixed_dictionaries(
            {
                'has_domain': st.sampled_from([True, False, None]),
                'is_sent': st.booleans(),
                'has_directory': st.booleans(),
                'rescue_recorded': st.sampled_from([None, 'raw', 'vmdk']),
            }
        )
    )
    records = inventory.Records(state)
    its_guest = disks.guest(*its, records=records, **more)
    for host in (FLAT, QCOW2, test_prospects.RBD):
        told = audit.judge(found([its_guest]), host)
        row = audit.row(told._replace(findings=audit.shown(told.findings)))
        assert verdict.as_text(row).isascii()
        assert bool(told.guests) is bool(told.findings)


def test_the_work_grows_as_the_guests_do() -> None:
    def work(number: int) -> int:
        several = [
            guest(n, swap_without_base(n % 50 + 1)) for n in range(number)
        ]
        waivers = [waiver(CONVERTED, uuid(n)) for n in range(number)]
        calls = 0

        def count(_frame: object, _event: str, _argument: object) -> None:
            nonlocal calls
            calls += 1

        inventoried = found(several)
        sys.setprofile(count)
        try:
            told = audit.judge(inventoried, QCOW2, waivers)
            audit.shown(audit.row(told).found)
            findings.unused_waivers(waivers, {'a': told.findings}, ['a'])
        finally:
            sys.setprofile(None)
        return calls

    work(10)
    few = work(100)
    assert work(1600) < 24 * few
