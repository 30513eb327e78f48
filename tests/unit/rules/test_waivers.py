# SPDX-License-Identifier: Apache-2.0

"""Which waiver is for a finding on a host, and which is for none."""

from __future__ import annotations

import datetime

import pytest

from nova_cow_check.rules import extras
from nova_cow_check.rules import findings
from tests.unit import sample_reports

UUID, OTHER = (
    f'c0ffee00-0000-4000-8000-00000000000{number}' for number in (1, 2)
)
ABOUT_GUESTS = 'guest-move-unconfirmed'


def finding(rule: str, guest: str = '') -> findings.Finding:
    """Return a finding of which nothing counts but what it is about."""
    return findings.Finding(
        rule,
        findings.Severity.WARNING,
        (),
        '',
        findings.Replacement(),
        guest=extras.Concerned(guest, (), ()) if guest else None,
    )


PAST = datetime.date(2026, 1, 31)


@pytest.mark.parametrize(
    ('patterns', 'host', 'covers'),
    [
        ((), 'compute1', True),
        (('compute1',), 'compute1', True),
        (('compute1',), 'compute10', False),
        (('compute1',), 'compute1.example.org', False),
        (('compute*',), 'compute1.example.org', True),
        (('compute?',), 'compute1', True),
        (('compute?',), 'compute10', False),
        (('compute[1-3]',), 'compute2', True),
        (('compute[!1-3]',), 'compute2', False),
        (('a', 'b', 'compute1'), 'compute1', True),
        (('a', 'b'), 'compute1', False),
        # Host names have no case.
        (('Compute*',), 'compute1', True),
        (('compute*',), 'COMPUTE1', True),
        (('',), 'compute1', False),
    ],
)
def test_covers(patterns: tuple[str, ...], host: str, covers: bool) -> None:
    waiver = sample_reports.waiver('invalid-setting', *patterns)
    assert waiver.covers(host) is covers
    found = (waiver,) if covers else ()
    assert findings.waivers_for_host([waiver], host) == found


class TestForRule:
    holds = sample_reports.waiver('invalid-setting', line=1)
    expired = sample_reports.waiver('invalid-setting', expires=PAST, line=2)
    other = sample_reports.waiver('driver-removed', line=3)

    def test_there_is_none(self) -> None:
        found = findings.waiver_for([self.other], finding('invalid-setting'))
        assert found is None

    def test_one_that_holds_comes_before_one_that_has_expired(self) -> None:
        for accepted in (
            [self.expired, self.other, self.holds],
            [self.holds, self.expired],
        ):
            found = findings.waiver_for(accepted, finding('invalid-setting'))
            assert found is self.holds

    def test_one_that_has_expired_is_better_than_none(self) -> None:
        accepted = [self.other, self.expired]
        found = findings.waiver_for(accepted, finding('invalid-setting'))
        assert found is self.expired


class TestUnused:
    first = sample_reports.waiver('invalid-setting', 'a*', line=1)
    second = sample_reports.waiver('driver-removed', line=2)

    @pytest.mark.parametrize(
        ('found', 'unused'),
        [
            ({}, (first, second)),
            ({'a1': ['invalid-setting', 'driver-removed']}, ()),
            ({'a1': ['invalid-setting']}, (second,)),
            # The rule holds, but on a host that it is not meant for.
            ({'b1': ['invalid-setting', 'driver-removed']}, (first,)),
            ({'b1': ['driver-removed'], 'a2': ['invalid-setting']}, ()),
        ],
    )
    def test_unused(
        self,
        found: dict[str, list[str]],
        unused: tuple[findings.Waiver, ...],
    ) -> None:
        waivers = [self.first, self.second]
        its = {
            host: list(map(finding, rules)) for host, rules in found.items()
        }
        assert findings.unused_waivers(waivers, its) == unused


class TestOfGuests:
    waiver = sample_reports.waiver(ABOUT_GUESTS, 'a*', guests=(UUID,))

    @pytest.mark.parametrize(
        ('rule', 'guest', 'is_waived'),
        [
            (ABOUT_GUESTS, UUID, True),
            (ABOUT_GUESTS, OTHER, False),
            ('guest-disk-converted', UUID, False),
        ],
    )
    def test_it_is_for_the_guests_that_it_names(
        self, rule: str, guest: str, is_waived: bool
    ) -> None:
        found = findings.waiver_for([self.waiver], finding(rule, guest))
        assert (found is self.waiver) is is_waived

    def test_without_guests_it_is_for_none(self) -> None:
        """The file of waivers refuses it; a report could have one."""
        waiver = sample_reports.waiver(ABOUT_GUESTS)
        assert (
            findings.waiver_for([waiver], finding(ABOUT_GUESTS, UUID)) is None
        )

    @pytest.mark.parametrize(
        ('guests', 'with_guests', 'is_unused'),
        [
            # Where no guests were looked at, nothing is known of it.
            ([], [], False),
            ([], ['b1'], False),
            ([], ['a1'], True),
            ([OTHER], ['a1'], True),
            ([OTHER, UUID], ['a1'], False),
        ],
    )
    def test_unused(
        self, guests: list[str], with_guests: list[str], is_unused: bool
    ) -> None:
        found = {'a1': [finding(ABOUT_GUESTS, one) for one in guests]}
        unused = findings.unused_waivers([self.waiver], found, with_guests)
        assert unused == ((self.waiver,) if is_unused else ())
