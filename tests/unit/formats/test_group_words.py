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

"""The words about hosts that are alike."""

from __future__ import annotations

import dataclasses

import pytest

from nova_cow_check.formats import group_words
from nova_cow_check import groups
from nova_cow_check import report
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
    assert list(group_words.deciding(known)) == deciding
    assert group_words.outcome(known) == outcome


@pytest.mark.parametrize(
    ('fleet', 'sentence'),
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
    (group,) = groups.of(fleets.of(some_fleet).hosts)
    assert group_words.places(group) == sentence


def test_a_host_that_reported_itself_has_its_files_elsewhere() -> None:
    (host,) = fleets.of({'a1': fleets.QCOW2}).hosts
    source = report.Source(report.SourceKind.REPORT, 'fleet/a1.json')
    group = groups.Group((dataclasses.replace(host, source=source),))
    assert group_words.places(group) == (
        'Read from nova.conf on that host, as fleet/a1.json says.'
    )
