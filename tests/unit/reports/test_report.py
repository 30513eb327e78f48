# SPDX-License-Identifier: Apache-2.0

"""The worst that counts, its exit code, and what a waiver takes from it."""

from __future__ import annotations

import dataclasses
import datetime

import pytest

from nova_cow_check.reports import report
from tests.unit import hosts
from tests.unit import sample_reports

CLEAN = hosts.nova_conf(images_type='qcow2')
NOTE = hosts.nova_conf(images_type='rbd', use_cow_images='True')
WARNING = hosts.nova_conf(images_type='flat')
FAILURE = hosts.nova_conf(images_type='rbd', force_raw_images='False')
WARNING_AND_FAILURE = FAILURE + '[default]\nuse_cow_images = True\n'

# The columns are the values of --fail-on.
EXIT_CODES = """
configuration        note  warning  failure  never  result
CLEAN                0     0        0        0      success
NOTE                 1     0        0        0      success
WARNING              1     1        0        0      warning
FAILURE              2     2        2        0      failure
WARNING_AND_FAILURE  2     2        2        0      failure
"""


@pytest.mark.parametrize('line', EXIT_CODES.strip().splitlines()[1:])
def test_exit_codes(line: str) -> None:
    configuration, *codes, result = line.split()
    host = hosts.host(globals()[configuration])
    found = [sample_reports.of(host, fail_on=one) for one in report.FailOn]
    assert [str(one.exit_code) for one in found] == codes
    for one in found:
        assert report.result_of(one.worst).value == result


def test_the_worst_host_counts() -> None:
    clean, warning, failure = (
        sample_reports.of(hosts.host(one)).hosts
        for one in (CLEAN, WARNING, FAILURE)
    )
    whole = sample_reports.of(hosts.host(CLEAN))
    for found, code in (
        ((), 0),
        (clean, 0),
        (clean + warning + clean, 1),
        (warning + failure + clean, 2),
    ):
        assert dataclasses.replace(whole, hosts=found).exit_code == code


class TestWaivers:
    waiver = sample_reports.waiver('flat-disks-converted', 'compute*')

    def test_a_waived_finding_is_there_and_does_not_count(self) -> None:
        whole = sample_reports.of(hosts.host(WARNING), [self.waiver])
        assert whole.exit_code == 0
        assert whole.worst is None
        (host,) = whole.hosts
        (finding,) = host.found
        assert finding.waiver == self.waiver
        assert not finding.counts
        assert whole.unused_waivers == ()

    def test_it_counts_on_another_host(self) -> None:
        host = hosts.host(WARNING)
        whole = sample_reports.of(host, [self.waiver], name='storage1')
        assert whole.exit_code == 1
        assert whole.unused_waivers == (self.waiver,)

    @pytest.mark.parametrize(('days', 'code'), [(-1, 1), (0, 0), (1, 0)])
    def test_it_holds_until_the_end_of_its_last_day(
        self, days: int, code: int
    ) -> None:
        day = sample_reports.CREATED.date() + datetime.timedelta(days=days)
        waiver = sample_reports.waiver('flat-disks-converted', expires=day)
        whole = sample_reports.of(hosts.host(WARNING), [waiver])
        assert whole.exit_code == code
        assert whole.unused_waivers == ()

    def test_other_findings_still_count(self) -> None:
        waiver = sample_reports.waiver('rbd-without-raw-images')
        whole = sample_reports.of(hosts.host(WARNING_AND_FAILURE), [waiver])
        assert whole.exit_code == 1

    def test_with_an_invalid_value_what_it_blocks_is_waived(self) -> None:
        host = hosts.host(hosts.nova_conf(images_type='zfs'))
        assert sample_reports.of(host).exit_code == 2
        waiver = sample_reports.waiver('invalid-setting')
        whole = sample_reports.of(host, [waiver])
        assert whole.exit_code == 0
        for row in whole.hosts[0].rows[1:]:
            assert row.blocked_by
            assert row.facts[0].startswith('Not judged: ')

    def test_what_holds_with_the_value_proposed_still_counts(self) -> None:
        host = hosts.host(hosts.nova_conf(images_type='Flat'))
        waiver = sample_reports.waiver('invalid-setting')
        whole = sample_reports.of(host, [waiver])
        assert [row.worst for row in whole.hosts[0].rows][:2] == [None, None]
        assert whole.exit_code == 1
