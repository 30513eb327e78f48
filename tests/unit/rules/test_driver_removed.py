# SPDX-License-Identifier: Apache-2.0

"""Drivers that newer releases of Nova do not have."""

from __future__ import annotations

import pytest

from tests.unit import hosts


@pytest.mark.parametrize(
    'driver, release',
    [
        ('hyperv.HyperVDriver', '29.0.0 (2024.1)'),
        ('xenapi.XenAPIDriver', '22.0.0 (Victoria)'),
    ],
)
def test_it_names_the_release(driver: str, release: str) -> None:
    (finding,) = hosts.host(hosts.nova_conf(driver)).findings()
    assert release in finding.explanation
    assert [place.line for place in finding.origins] == [2]
    assert finding.replacement.changes == ()


def test_a_written_use_cow_images_is_to_be_kept() -> None:
    content = hosts.nova_conf('hyperv.HyperVDriver', None, 'False')
    (finding,) = hosts.host(content).findings()
    assert hosts.as_text(finding.replacement.changes) == [
        'keep [DEFAULT] use_cow_images = False @ nova.conf:3'
    ]
    assert [place.line for place in finding.origins] == [2, 3]
