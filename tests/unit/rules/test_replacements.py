# SPDX-License-Identifier: Apache-2.0

"""What each rule tells an operator to write."""

from __future__ import annotations

import pytest

from nova_cow_check.rules import registry
from tests.unit import hosts

# rule: images_type, use_cow_images, force_raw_images -> changes. In these
# files compute_driver is line 2; use_cow_images and force_raw_images follow
# where they are written, and images_type is the last line.
TABLE = {
    'implicit-image-backend': [
        ((None, None, None), ['set [libvirt] images_type = qcow2 @ default']),
        (
            ('default', None, None),
            ['set [libvirt] images_type = qcow2 @ nova.conf:4'],
        ),
        (
            (None, 'True', None),
            ['set [libvirt] images_type = qcow2 @ default'],
        ),
        (
            (None, 'no', None),
            [
                'set [libvirt] images_type = flat @ default',
                'keep [DEFAULT] use_cow_images = False @ nova.conf:3',
            ],
        ),
        (
            ('default', 'False', None),
            [
                'set [libvirt] images_type = flat @ nova.conf:5',
                'keep [DEFAULT] use_cow_images = False @ nova.conf:3',
            ],
        ),
    ],
    'flat-disks-converted': [
        (
            ('flat', None, None),
            ['set [DEFAULT] use_cow_images = False @ default'],
        ),
        (
            ('raw', 'True', None),
            ['set [DEFAULT] use_cow_images = False @ nova.conf:3'],
        ),
    ],
    'raw-disks-opened-as-qcow2': [
        (
            ('qcow2', 'False', None),
            ['set [DEFAULT] use_cow_images = True @ nova.conf:3'],
        ),
    ],
    'rbd-without-raw-images': [
        (
            ('rbd', None, 'False'),
            ['set [DEFAULT] force_raw_images = True @ nova.conf:3'],
        ),
    ],
    'use-cow-images-unused': [
        (
            ('lvm', 'False', None),
            ['remove [DEFAULT] use_cow_images @ nova.conf:3'],
        ),
    ],
}

CASES = [
    pytest.param(rule, options, changes, id=f'{rule} {options}')
    for rule, cases in TABLE.items()
    for options, changes in cases
]


@pytest.mark.parametrize('rule, options, changes', CASES)
def test_replacement(
    rule: str, options: tuple[str | None, ...], changes: list[str]
) -> None:
    host = hosts.host(hosts.nova_conf(hosts.LIBVIRT, *options))
    (finding,) = hosts.find(rule, host)
    assert hosts.as_text(finding.replacement.changes) == changes
    assert finding.severity is registry.RULES[rule].severity
    # Applied, it ends the finding and changes no backend.
    after = host.edited(finding.replacement.changes)
    assert hosts.find(rule, after) == []
    assert after.rows()[1].facts[0] == host.rows()[1].facts[0]


def test_the_place_is_that_of_the_assignment_that_wins() -> None:
    host = hosts.Host(
        {
            'nova.conf': '[DEFAULT]\nuse_cow_images=True\n'
            '[libvirt]\nimages_type = flat\n[DEFAULT]\nuse_cow_images = 1\n',
            'nova-compute.conf': '[DEFAULT]\ncompute_driver='
            'libvirt.LibvirtDriver\n',
        }
    )
    (finding,) = host.findings()
    assert hosts.as_text(finding.replacement.changes) == [
        'set [DEFAULT] use_cow_images = False @ nova.conf:6'
    ]


def test_a_value_from_the_environment_is_changed_there() -> None:
    host = hosts.host(
        hosts.nova_conf(images_type='flat', use_cow_images='False'),
        {'OS_DEFAULT__USE_COW_IMAGES': 'True'},
    )
    (finding,) = host.findings()
    assert hosts.as_text(finding.replacement.changes) == [
        'set [DEFAULT] use_cow_images = False @ OS_DEFAULT__USE_COW_IMAGES'
    ]


def test_every_rule_is_in_a_table_of_these_tests() -> None:
    elsewhere = {'invalid-setting', 'ignored-setting', 'driver-removed'}
    nothing_to_write = {'unreadable-configuration', *registry.PROCESS_RULES}
    others = {
        one.name
        for one in (
            *registry.CHANGE_RULES,
            *registry.FLEET_RULES,
            *registry.GUEST_RULES,
        )
    }
    assert {*TABLE, *elsewhere, *nothing_to_write, *others} == set(
        registry.RULES
    )
