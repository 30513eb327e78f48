# SPDX-License-Identifier: Apache-2.0

"""Guests in every format: named, folded for people, and harmless."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from nova_cow_check.formats import interface
from nova_cow_check.guests import inventory
from nova_cow_check.reports import report
from tests.unit.formats import test_golden
from tests.unit.formats import test_sarif_results
from tests.unit import sample_guests

#: Formats that people read, which do not name each of very many guests.
FOLDING = ('html', 'junit', 'text')


def rendered(name: str, whole: report.Report) -> str:
    return ''.join(interface.load(name)(whole, interface.Appearance()))


def of(number: int, is_fleet: bool) -> report.Report:
    """Return the report on many guests, of one host or of several."""
    if not is_fleet:
        guests = sample_guests.alike(number)
        return sample_guests.report_on(sample_guests.audit_of(guests))
    return sample_guests.fleet_of(
        {
            f'c{start:04}': sample_guests.audit_of(
                sample_guests.alike(number // 4, start)
            )
            for start in range(1, number + 1, number // 4)
        }
    )


@pytest.mark.parametrize('is_fleet', [False, True])
@pytest.mark.parametrize('name', test_golden.FORMATS)
def test_a_guest_is_named(name: str, is_fleet: bool) -> None:
    text = rendered(name, of(4, is_fleet))
    for number in range(1, 5):
        assert sample_guests.uuid(number) in text
    assert 'guest-disk-converted' in text


@pytest.mark.parametrize('is_fleet', [False, True])
@pytest.mark.parametrize('name', FOLDING)
def test_what_people_read_stays_small(name: str, is_fleet: bool) -> None:
    few, many = (len(rendered(name, of(n, is_fleet))) for n in (100, 1000))
    assert many < few * 1.1


@pytest.mark.parametrize('is_fleet', [False, True])
@pytest.mark.parametrize('name', sorted({*test_golden.FORMATS} - {*FOLDING}))
def test_what_programs_read_has_all(name: str, is_fleet: bool) -> None:
    text = rendered(name, of(100, is_fleet))
    assert all(sample_guests.uuid(one) in text for one in range(1, 101))


@pytest.mark.parametrize('name', ['html', 'text', 'junit'])
def test_guests_that_each_are_otherwise_are_folded_too(name: str) -> None:
    sizes = []
    for number in (40, 400):
        guests = sample_guests.numbered(
            [
                guest._replace(
                    disks=tuple(
                        disk._replace(
                            header=disk.header
                            and disk.header._replace(virtual_size=512 * at)
                        )
                        for disk in guest.disks
                    )
                )
                for at, guest in enumerate(sample_guests.alike(number), 1)
            ]
        )
        whole = sample_guests.report_on(sample_guests.audit_of(guests))
        sizes.append(len(rendered(name, whole)))
    assert sizes[1] < sizes[0] * 1.1


class TestSarif:
    def result(self, whole: report.Report) -> dict[str, object]:
        (result,) = test_sarif_results.made(whole)
        return result

    def test_the_disk_is_the_place_and_the_guest_a_property(self) -> None:
        result = self.result(of(1, False))
        (location,) = result['locations']  # type: ignore[misc, attr-defined]
        uri = location['physicalLocation']['artifactLocation']['uri']
        assert uri.endswith(f'/instances/{sample_guests.uuid(1)}/disk')
        assert result['properties'] == {
            'host': 'compute1',
            'check': 'guests',
            'guest': sample_guests.uuid(1),
        }
        assert 'fixes' not in result

    def test_of_two_guests_no_two_fingerprints_are_one(self) -> None:
        found = [
            json.dumps(one['partialFingerprints'])
            for one in test_sarif_results.made(of(100, True))
        ]
        assert len(set(found)) == len(found) == 100

    def test_a_fingerprint_stays_while_others_come_and_go(self) -> None:
        before = self.result(of(1, False))['partialFingerprints']
        after, *_others = test_sarif_results.made(of(8, False))
        assert after['partialFingerprints'] == before


def test_junit_fails_the_check_of_the_guests_alone() -> None:
    root = ElementTree.fromstring(rendered('junit', of(2, False)))
    failed = [
        case.get('name')
        for case in root.iter('testcase')
        if case.find('failure') is not None
    ]
    assert failed == ['guests']


def test_the_journal_has_a_line_for_each_guest_and_no_command() -> None:
    lines = rendered('journal', of(30, False)).splitlines()
    assert len(lines) == 31
    assert all(line.startswith('<3>') for line in lines[:-1])
    assert 'openstack server' not in ''.join(lines)


HOSTILE = '/x/<script>alert(1)</script>\x1b[2J\n&amp;{0}'


@pytest.mark.parametrize('is_fleet', [False, True])
@pytest.mark.parametrize('name', test_golden.FORMATS)
def test_a_path_does_no_harm(name: str, is_fleet: bool) -> None:
    found = sample_guests.audit_of(
        sample_guests.alike(2),
        instances_path=HOSTILE,
        domains_path=HOSTILE,
        file_system=HOSTILE,
        not_read=(inventory.NotRead(HOSTILE, HOSTILE),),
    )
    whole = sample_guests.report_on(found)
    if is_fleet:
        whole = sample_guests.fleet_of({'a': found, 'b': found})
    text = rendered(name, whole)
    assert '\x1b' not in text
    assert name != 'html' or '<script' not in text


@pytest.mark.parametrize('name', test_golden.FORMATS)
def test_what_was_not_looked_at_is_told(name: str) -> None:
    text = rendered(name, sample_guests.not_looked_at())
    assert 'Guests were not looked at' in text
