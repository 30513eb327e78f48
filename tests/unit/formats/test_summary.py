#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

"""The numbers that the formats for people share."""

from __future__ import annotations

from nova_cow_check.formats import summary
from nova_cow_check import groups
from tests.unit import fleets


def test_hosts_are_counted_by_the_worst_that_they_have() -> None:
    counted = summary.hosts(groups.of(fleets.varied().hosts))
    assert {
        summary.words(kind): number for kind, number in counted.items()
    } == {
        'not read': 2,
        'with a failure': 6,
        'with warnings': 9,
        'fine': 15,
        'not concerned: without the libvirt driver': 2,
    }


def test_findings_are_counted_on_every_host_that_has_them() -> None:
    whole = fleets.varied()
    found = [one for host in whole.hosts for one in host.found]
    counting = [one.severity.name for one in found if one.counts]
    assert summary.found(groups.of(whole.hosts)) == (
        f'Failures: {counting.count("FAILURE")}, '
        f'warnings: {counting.count("WARNING")}, '
        f'notes: {counting.count("NOTE")}, '
        f'waived: {len(found) - len(counting)}.'
    )


def test_without_a_finding_there_is_nothing_to_count() -> None:
    whole = fleets.alike()
    assert summary.found(groups.of(whole.hosts)) == (
        'Failures: 0, warnings: 0, notes: 0, waived: 0.'
    )
    assert summary.exit_code(whole) == 'Exit code 0, with --fail-on warning.'
