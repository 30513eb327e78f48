# SPDX-License-Identifier: Apache-2.0

"""The words about hosts that are alike."""

from __future__ import annotations

import dataclasses

import pytest

from nova_cow_check.reports import fleet
from nova_cow_check.reports import fleet_wording
from nova_cow_check.reports import report
from tests.unit import fleets
from tests.unit import hosts


@pytest.mark.parametrize(
    ('conf', 'deciding', 'outcome'),
    [
        (
            hosts.nova_conf(),
            [
                'images_type = default (not set)',
                'use_cow_images = True (not set)',
            ],
            'qcow2',
        ),
        (
            hosts.nova_conf(images_type='raw', use_cow_images='no'),
            ['images_type = raw', 'use_cow_images = no'],
            'flat',
        ),
        (
            hosts.nova_conf(images_type='rbd', force_raw_images='True'),
            [
                'images_type = rbd',
                'use_cow_images = True (not set)',
                'force_raw_images = True',
            ],
            'rbd',
        ),
        (
            hosts.nova_conf(images_type='qcow'),
            ['images_type = qcow', 'use_cow_images = True (not set)'],
            'nova-compute does not start',
        ),
        (
            hosts.nova_conf(compute_driver='ironic.IronicDriver'),
            [
                'compute_driver = ironic.IronicDriver',
                'images_type = default (not set)',
                'use_cow_images = True (not set)',
            ],
            'not concerned',
        ),
        (
            hosts.nova_conf(compute_driver=None, images_type='flat'),
            [
                'compute_driver (not set)',
                'images_type = flat',
                'use_cow_images = True (not set)',
            ],
            'flat',
        ),
    ],
)
def test_what_decides_and_what_comes_of_it(
    conf: str, deciding: list[str], outcome: str
) -> None:
    known = hosts.host(conf).settings()
    assert list(fleet_wording.deciding(known)) == deciding
    assert fleet_wording.backend_or_why(known) == outcome


@pytest.mark.parametrize(
    ('some_fleet', 'sentence'),
    [
        ({'a1': fleets.QCOW2}, 'Read from fleet/a1.conf.'),
        (
            {'a1': fleets.QCOW2, 'a2': fleets.QCOW2},
            'The lines named below are those of every host, such as '
            'fleet/a1.conf.',
        ),
        (
            {'a1': fleets.QCOW2, 'a2': '\n' + fleets.QCOW2},
            'The lines named below are those of a1 (fleet/a1.conf); on '
            'others of these hosts, the same is written elsewhere.',
        ),
    ],
)
def test_it_is_said_whose_lines_are_shown(
    some_fleet: dict[str, str], sentence: str
) -> None:
    (alike,) = fleet.alike(fleets.of(some_fleet).hosts)
    assert fleet_wording.places(alike) == sentence


@pytest.mark.parametrize(
    ('confs', 'sentence'),
    [
        (
            [fleets.QCOW2],
            'Read from nova.conf on that host, as fleet/a1.json says.',
        ),
        (
            [fleets.QCOW2, fleets.QCOW2],
            'The lines named below are those of every host, such as '
            'nova.conf on that host, as fleet/a1.json says.',
        ),
        (
            [fleets.QCOW2, '\n' + fleets.QCOW2],
            'The lines named below are those of a1 (nova.conf on that host, '
            'as fleet/a1.json says); on others of these hosts, the same is '
            'written elsewhere.',
        ),
    ],
)
def test_a_host_that_reported_itself_has_its_files_elsewhere(
    confs: list[str], sentence: str
) -> None:
    named = {f'a{number}': conf for number, conf in enumerate(confs, 1)}
    (alike,) = fleet.alike(fleets.of(named).hosts)
    first, *others = alike.hosts
    source = report.Source(report.SourceKind.REPORT, 'fleet/a1.json')
    reported = dataclasses.replace(first, source=source)
    alike = alike._replace(hosts=(reported, *others))
    assert fleet_wording.places(alike) == sentence
