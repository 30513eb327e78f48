# SPDX-License-Identifier: Apache-2.0

"""What Nova goes by on a host, or why no libvirt driver would start."""

from __future__ import annotations

import pytest

from nova_cow_check.nova import backends
from nova_cow_check.reports import verdict
from tests.unit import hosts


@pytest.mark.parametrize(
    ('written', 'expected'),
    [
        ({}, ('qcow2', True, True)),
        ({'use_cow_images': 'False'}, ('flat', False, True)),
        ({'images_type': 'raw'}, ('flat', True, True)),
        ({'images_type': 'rbd'}, ('rbd', True, True)),
        ({'force_raw_images': 'no'}, ('qcow2', True, False)),
        # Assumed to be libvirt.
        (
            {'compute_driver': 'cloud.LibvirtDriver'},
            ('qcow2', True, True),
        ),
        (
            {'compute_driver': None, 'images_type': 'lvm'},
            ('lvm', True, True),
        ),
    ],
)
def test_of(
    written: dict[str, str | None], expected: tuple[str, bool, bool]
) -> None:
    found = verdict.behaviour_of(
        hosts.host(hosts.nova_conf(**written)).settings()
    )
    assert found is not None
    backend, *others = expected
    assert found == (backends.Backend(backend), *others)


@pytest.mark.parametrize(
    'written',
    [
        {'compute_driver': None},
        {'compute_driver': 'custom.CustomDriver', 'images_type': 'qcow2'},
        {'compute_driver': 'ironic.IronicDriver', 'images_type': 'qcow2'},
        {'compute_driver': 'hyperv.HyperVDriver', 'images_type': 'qcow2'},
        {'images_type': 'zfs'},
        {'force_raw_images': 'maybe', 'images_type': 'qcow2'},
    ],
)
def test_there_is_none(written: dict[str, str | None]) -> None:
    host = hosts.host(hosts.nova_conf(**written)).settings()
    assert verdict.behaviour_of(host) is None
    reasons = [
        verdict.why_not_judged(host),
        verdict.why_it_does_not_apply(host),
    ]
    assert len([reason for reason in reasons if reason]) == 1


def test_a_controller_is_told_where_to_check() -> None:
    host = hosts.host('[api]\nauth_strategy = keystone\n').settings()
    reason = verdict.why_it_does_not_apply(host)
    assert "not a compute service's configuration" in reason
    assert 'Run nova-cow-check upgrade check on each compute host' in reason
