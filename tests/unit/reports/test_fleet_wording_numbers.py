# SPDX-License-Identifier: Apache-2.0

"""The numbers that the formats for people share."""

from __future__ import annotations

from nova_cow_check.reports import fleet
from nova_cow_check.reports import fleet_wording
from tests.unit import fleets


def test_hosts_are_counted_by_the_worst_that_they_have() -> None:
    counted = fleet_wording.count_hosts(fleet.alike(fleets.varied().hosts))
    assert {
        fleet_wording.kind_words(kind): number
        for kind, number in counted.items()
    } == {
        'not read': 2,
        'with a failure': 7,
        'with warnings': 8,
        'fine': 15,
        'not concerned: without the libvirt driver': 2,
    }


def test_findings_are_counted_on_every_host_that_has_them() -> None:
    whole = fleets.varied()
    found = [one for host in whole.hosts for one in host.found]
    counting = [one.severity.name for one in found if one.counts]
    assert fleet_wording.count_findings(fleet.alike(whole.hosts)) == (
        f'Failures: {counting.count("FAILURE")}, '
        f'warnings: {counting.count("WARNING")}, '
        f'notes: {counting.count("NOTE")}, '
        f'waived: {len(found) - len(counting)}.'
    )


def test_without_a_finding_there_is_nothing_to_count() -> None:
    whole = fleets.alike()
    assert fleet_wording.count_findings(fleet.alike(whole.hosts)) == (
        'Failures: 0, warnings: 0, notes: 0, waived: 0.'
    )
    assert (
        fleet_wording.exit_code(whole)
        == 'Exit code 0, with --fail-on warning.'
    )
