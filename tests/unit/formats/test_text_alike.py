# SPDX-License-Identifier: Apache-2.0

"""Hosts that are alike, as a person reads of them."""

from __future__ import annotations

import dataclasses

import pytest

from nova_cow_check.formats import terminal
from nova_cow_check.formats import text
from nova_cow_check.reports import fleet
from nova_cow_check.reports import report
from tests.unit import fleets
from tests.unit import hosts
from tests.unit import sample_reports


def shown(
    whole: report.Report, width: int = 80, has_colour: bool = False
) -> list[list[str]]:
    """Return the lines on hosts that are alike, for each kind of them."""
    screen = terminal.Screen(width, has_colour)
    return [
        list(text._alike(alike, screen)) for alike in fleet.alike(whole.hosts)
    ]


# The nova.conf of a host -> the heading of those that are like it.
HEADINGS = [
    (
        hosts.nova_conf(),
        'WARNING, 1 host: images_type = default (not set), '
        'use_cow_images = True (not set) -> qcow2',
    ),
    (
        hosts.nova_conf(use_cow_images='no'),
        'WARNING, 1 host: images_type = default (not set), '
        'use_cow_images = no -> flat',
    ),
    (
        hosts.nova_conf(images_type='rbd', force_raw_images='False'),
        'FAILURE, 1 host: images_type = rbd, use_cow_images = True (not '
        'set), force_raw_images = False -> rbd',
    ),
    (
        hosts.nova_conf(images_type='zfs'),
        'FAILURE, 1 host: images_type = zfs, use_cow_images = True (not '
        'set) -> nova-compute does not start',
    ),
    (
        hosts.nova_conf(compute_driver=None, images_type='qcow2'),
        'SUCCESS, 1 host: compute_driver (not set), images_type = qcow2, '
        'use_cow_images = True (not set) -> qcow2',
    ),
    (hosts.nova_conf(compute_driver=None), 'SUCCESS, 1 host: not concerned'),
    (
        hosts.nova_conf(compute_driver='ironic.IronicDriver'),
        'SUCCESS, 1 host: not concerned',
    ),
]


@pytest.mark.parametrize('conf, heading', HEADINGS)
def test_the_heading_is_what_decides(conf: str, heading: str) -> None:
    ((first, *_others),) = shown(fleets.of({'compute1': conf}), 200)
    assert first == heading


def test_the_names_are_below_it_and_then_what_is_assumed() -> None:
    conf = hosts.nova_conf(compute_driver=None, images_type='qcow2')
    whole = fleets.of(fleets.numbered(8, 11, conf))
    ((_heading, names, *others),) = shown(whole, 900)
    assert names == '  compute[008-011]'
    assert ' '.join(others).startswith(
        '  Judged as the libvirt driver, which is assumed, and compared with '
        'no other host: [DEFAULT]/compute_driver (not set), but an option of '
        '[libvirt] is written (nova.conf:3). '
    )


class TestPlaces:
    conf = hosts.nova_conf()
    moved = '# By hand.\n' + conf

    def places(self, confs: dict[str, str]) -> str:
        ((_heading, _names, places, *_others),) = shown(fleets.of(confs), 200)
        return places.strip()

    def test_of_one_host(self) -> None:
        assert self.places({'a': self.conf}) == 'Read from fleet/a.conf.'

    def test_the_same_on_all_hosts(self) -> None:
        same = self.places({'b': self.conf, 'a': self.conf})
        assert 'every host' in same
        assert 'fleet/a.conf' in same

    def test_others_on_other_hosts(self) -> None:
        differ = self.places({'a': self.moved, 'b': self.conf})
        assert 'those of a (fleet/a.conf); on others' in differ

    def test_there_are_none_without_files(self) -> None:
        """As where all is in the environment of nova-compute."""
        host = hosts.Host({}, {'OS_LIBVIRT__IMAGES_TYPE': 'flat'})
        whole = dataclasses.replace(sample_reports.of(host), is_fleet=True)
        (lines,) = shown(whole, 900)
        assert lines[2].startswith('  Judged as the libvirt driver')
        assert lines[3] == ''

    def test_are_not_told_where_nothing_names_a_line(self) -> None:
        ((*lines,),) = shown(fleets.of({'a': fleets.QCOW2}))
        assert len(lines) == 2


def test_a_finding_can_be_acted_on() -> None:
    whole = fleets.of(fleets.numbered(1, 40, hosts.nova_conf()))
    ((*lines,),) = shown(whole)
    start = lines.index('Warning: implicit-image-backend (not set)')
    assert lines[start - 1] == ''
    assert lines[-4:] == [
        '  Write in nova.conf:',
        '',
        '[libvirt]',
        'images_type = qcow2',
    ]


def test_a_waiver_is_shown_with_its_reason() -> None:
    accepted = [sample_reports.waiver('implicit-image-backend')]
    whole = fleets.of({'a': hosts.nova_conf()}, accepted=accepted)
    ((heading, *lines),) = shown(whole)
    assert heading.startswith('SUCCESS, 1 host')
    assert '  Waived (waivers.yaml:1): Retired in January.' in lines


@pytest.mark.parametrize(
    'images_type, start',
    [
        ('qcow2', '\x1b[1;32mSUCCESS\x1b[0m, 1 host: '),
        ('flat', '\x1b[1;33mWARNING\x1b[0m, 1 host: '),
        ('zfs', '\x1b[1;31mFAILURE\x1b[0m, 1 host: '),
    ],
)
def test_the_verdict_has_its_colour(images_type: str, start: str) -> None:
    whole = fleets.of({'a': hosts.nova_conf(images_type=images_type)})
    ((first, *_others),) = shown(whole, has_colour=True)
    assert first.startswith(start)
