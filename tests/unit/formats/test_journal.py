# SPDX-License-Identifier: Apache-2.0

"""Lines for the journal of systemd: one a finding, with its priority."""

from __future__ import annotations

import pytest

from nova_cow_check.formats import interface
from nova_cow_check.formats import journal
from nova_cow_check.reports import report
from nova_cow_check.settings import host_settings
from tests.unit import fleets
from tests.unit import hosts
from tests.unit import sample_reports


def lines(whole: report.Report) -> list[str]:
    return ''.join(journal.render(whole, interface.Appearance())).splitlines()


@pytest.mark.parametrize(
    ('images_type', 'use_cow_images', 'priority', 'rule'),
    [
        ('rbd', 'True', 5, 'Note: use-cow-images-unused.'),
        ('flat', 'True', 4, 'Warning: flat-disks-converted.'),
        ('qcow2', '$none', 3, 'Failure: invalid-setting.'),
    ],
)
def test_a_finding_is_one_line_with_its_priority(
    images_type: str, use_cow_images: str, priority: int, rule: str
) -> None:
    content = hosts.nova_conf(
        images_type=images_type, use_cow_images=use_cow_images
    )
    finding, verdict = lines(sample_reports.of(hosts.host(content)))
    assert finding.startswith(f'<{priority}>nova-cow-check: {rule} ')
    assert 'use_cow_images' in finding
    assert verdict.startswith('<6>nova-cow-check: image settings of compute1')


def test_it_says_what_to_write() -> None:
    content = hosts.nova_conf(images_type='flat')
    finding, verdict = lines(sample_reports.of(hosts.host(content)))
    assert finding.endswith(
        ' Write in nova.conf: [DEFAULT] use_cow_images = False'
    )
    assert verdict.endswith(': warning')


def test_a_waived_finding_is_information() -> None:
    host = hosts.host(hosts.nova_conf(images_type='flat'))
    waiver = sample_reports.waiver('flat-disks-converted')
    finding, verdict = lines(sample_reports.of(host, [waiver]))
    assert finding.startswith(
        '<6>nova-cow-check: Warning, waived: flat-disks-converted. '
        'Waived (waivers.yaml:1): Retired in January. '
    )
    assert verdict.endswith(': success')


def test_where_nothing_is_found_there_is_only_the_verdict() -> None:
    host = hosts.host(hosts.nova_conf(images_type='qcow2'))
    assert lines(sample_reports.of(host)) == [
        '<6>nova-cow-check: image settings of compute1: success'
    ]


def test_a_name_is_no_line_of_its_own() -> None:
    host = hosts.host(hosts.nova_conf(images_type='qcow2'))
    (line,) = lines(sample_reports.of(host, name='a\n<0>b'))
    assert line.endswith('of a\\n<0>b: success')


class TestFleet:
    def test_every_line_names_its_host(self) -> None:
        whole = fleets.varied()
        names = {host.name for host in whole.hosts}
        *found, apart = lines(whole)
        assert len(found) == sum(1 + len(list(h.found)) for h in whole.hosts)
        assert ': If hosts that differ exchange no instances, ' in apart
        assert ' --group ' in apart
        for line in found:
            _program, host, *_words = line.split(': ')
            assert host.removeprefix('image settings of ') in names

    def test_a_host_that_could_not_be_read_is_an_error(self) -> None:
        why = host_settings.Unreadable('cannot be read', 'nova.conf', 7)
        finding, verdict = lines(fleets.of({'compute1': why}))
        assert finding.startswith(
            '<3>nova-cow-check: compute1: Failure: unreadable-configuration. '
        )
        assert 'nova.conf:7: cannot be read' in finding
        assert verdict.endswith('of compute1: failure')

    def test_a_name_is_no_line_of_its_own(self) -> None:
        whole = fleets.of({'a\n<0>b': hosts.nova_conf()})
        assert [line.count('a\\n<0>b: ') for line in lines(whole)] == [1, 1]
