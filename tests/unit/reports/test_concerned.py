# SPDX-License-Identifier: Apache-2.0

"""Which guests of a fleet are concerned, and what counts of them."""

from __future__ import annotations

import pytest

from nova_cow_check.reports import audit
from nova_cow_check.reports import concerned
from nova_cow_check.reports import fleet
from nova_cow_check.reports import fleet_wording
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from tests.unit import fleets
from tests.unit.guests import disks
from tests.unit import sample_guests
from tests.unit import sample_reports

CONVERTED = 'guest-disk-converted'


def many(number: int, first: int) -> audit.Audit:
    return sample_guests.audit_of(sample_guests.alike(number, first))


def test_guests_are_told_by_rule_and_host() -> None:
    sound = sample_guests.audit_of(
        sample_guests.numbered([disks.guest(disks.raw())])
    )
    note = sample_guests.numbered(
        [disks.guest(disks.raw(), has_domain=False)], 50
    )
    whole = sample_guests.fleet_of(
        {
            'c10': many(2, 10),
            'c9': many(1, 20),
            'c1': sound,
            'c2': sample_guests.audit_of(note),
        }
    )
    assert concerned.of(whole.hosts) == (
        concerned.Concerned(
            CONVERTED,
            findings.Severity.FAILURE,
            (
                concerned.HostsGuests('c9', (sample_guests.uuid(20),)),
                concerned.HostsGuests(
                    'c10', (sample_guests.uuid(10), sample_guests.uuid(11))
                ),
            ),
        ),
        concerned.Concerned(
            'guest-without-domain',
            findings.Severity.NOTE,
            (concerned.HostsGuests('c2', (sample_guests.uuid(50),)),),
        ),
    )


def test_people_are_shown_twenty_of_a_rule() -> None:
    whole = sample_guests.fleet_of(
        {'a': many(15, 100), 'b': many(10, 200), 'c': many(9, 300)}
    )
    (one,) = concerned.of(whole.hosts)
    shown = concerned.shown(one)
    assert shown.heading == 'Failure: guest-disk-converted, guests: 34'
    assert [host for host, _guests in shown.hosts] == ['a', 'b']
    words = ' '.join(guests for _host, guests in shown.hosts)
    assert words.count('c0ffee00') == 20
    assert shown.hosts[1][1].endswith(' and 5 more')
    assert shown.more.startswith('And 9 guests on 1 more hosts')


SUMMARIES = [
    ({'a': None, 'b': None}, 'Guests that exist were not looked at: report'),
    ({'a': many(2, 1), 'b': None}, 'looked at on 1 of 2 hosts: 2.'),
    ({'a': audit.NotLooked('x.'), 'b': None}, 'on 0 of 2 hosts: 0.'),
    ({'a': many(2, 1)._replace(failed='x.')}, 'on 0 of 1 hosts: 0.'),
]


@pytest.mark.parametrize(('some', 'words'), SUMMARIES)
def test_it_is_said_where_guests_were_looked_at(
    some: dict[str, audit.Guests | None], words: str
) -> None:
    assert words in concerned.summary(sample_guests.fleet_of(some).hosts)


FAIL_ON = report.FailOn

#: A fleet, --fail-on, the exit code.
GATES = [
    ({'a': many(1, 1)}, FAIL_ON.FAILURE, 2),
    ({'a': many(1, 1)}, FAIL_ON.NEVER, 0),
    ({'a': many(0, 1)}, FAIL_ON.NOTE, 0),
    ({'a': audit.NotLooked('x.')}, FAIL_ON.FAILURE, 2),
    ({'a': audit.NotLooked('x.', applies=False)}, FAIL_ON.NOTE, 0),
    ({'a': many(0, 1)._replace(failed='x.')}, FAIL_ON.FAILURE, 2),
    ({'a': None}, FAIL_ON.NOTE, 0),
]


@pytest.mark.parametrize(('some', 'fail_on', 'code'), GATES)
def test_a_gate_stops_for_guests(
    some: dict[str, audit.Guests | None], fail_on: report.FailOn, code: int
) -> None:
    assert sample_guests.fleet_of(some, fail_on=fail_on).exit_code == code


class TestWaivers:
    """Those of a fleet, and those that a host had applied itself."""

    def waiver(self, *numbers: int, **changed: object) -> findings.Waiver:
        guests = tuple(map(sample_guests.uuid, numbers))
        made = sample_reports.waiver(CONVERTED, guests=guests)
        return made._replace(**changed)

    def counting(self, whole: report.Report) -> list[str]:
        return sorted(
            one.guest.uuid
            for host in whole.hosts
            for one in host.found
            if one.guest and one.counts
        )

    def test_one_of_the_fleet_is_for_its_guests_alone(self) -> None:
        whole = sample_guests.fleet_of({'a': many(3, 1)}, [self.waiver(1, 3)])
        assert self.counting(whole) == [sample_guests.uuid(2)]
        assert whole.unused_waivers == ()

    def test_one_of_another_host_is_for_that_one(self) -> None:
        whole = sample_guests.fleet_of(
            {'a': many(1, 1)}, [self.waiver(1, hosts=('b',))]
        )
        assert self.counting(whole) == [sample_guests.uuid(1)]

    def test_one_that_the_host_applied_holds_here(self) -> None:
        own = sample_guests.audit_of(
            sample_guests.alike(2), accepted=[self.waiver(1)]
        )
        whole = sample_guests.fleet_of({'a': own})
        assert self.counting(whole) == [sample_guests.uuid(2)]

    def test_one_that_holds_comes_before_one_that_expired(self) -> None:
        own = sample_guests.audit_of(
            sample_guests.alike(1),
            accepted=[self.waiver(1, is_expired=True)],
        )
        whole = sample_guests.fleet_of({'a': own}, [self.waiver(1)])
        assert self.counting(whole) == []

    @pytest.mark.parametrize('is_looked_at', [True, False])
    def test_one_that_matches_nothing_is_told_where_guests_were_looked_at(
        self, is_looked_at: bool
    ) -> None:
        waivers = (self.waiver(9),)
        whole = sample_guests.fleet_of(
            {'a': many(1, 1) if is_looked_at else None}, waivers
        )
        assert whole.unused_waivers == (waivers if is_looked_at else ())


def _waived_in_part(first: int) -> audit.Audit:
    uuid = sample_guests.uuid(first)
    waiver = sample_reports.waiver(CONVERTED, guests=(uuid,))
    guests = sample_guests.alike(2, first)
    return sample_guests.audit_of(guests, accepted=[waiver])


def test_guests_of_hosts_that_are_alike_are_counted_one_by_one() -> None:
    whole = sample_guests.fleet_of({'a': many(1, 1), 'b': many(30, 11)})
    (alike,) = fleet.alike(whole.hosts)
    assert alike.found == []
    assert alike.rules_of_guests == [CONVERTED]
    counted = fleet_wording.count_findings([alike])
    assert counted.startswith('Failures: 31, warnings: 0')


def test_hosts_are_alike_whatever_their_guests_are_called() -> None:
    sound = sample_guests.numbered([disks.guest(disks.raw())] * 3)
    whole = sample_guests.fleet_of(
        {
            'a': sample_guests.audit_of(sound[:1]),
            'b': sample_guests.audit_of(sound[1:]),
            'c': None,
            'd': many(1, 10),
            'e': many(2, 11),
            'f': _waived_in_part(20),
        }
    )
    together = [
        [h.name for h in one.hosts] for one in fleet.alike(whole.hosts)
    ]
    assert together == [['d', 'e'], ['f'], ['a', 'b'], ['c']]


def test_what_raises_while_a_host_is_judged_takes_its_guests_with_it() -> None:
    broken = report.ReadHost('a', object(), guests=many(1, 1))  # type: ignore[arg-type]
    (host,) = fleet.compare([broken])
    assert host.guests is None and host.image_settings is None
    assert fleets.alike().exit_code == 0
