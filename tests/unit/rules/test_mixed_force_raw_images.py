# SPDX-License-Identifier: Apache-2.0

"""Hosts with the qcow2 backend whose force_raw_images differ."""

from __future__ import annotations

import pytest

from tests.unit import fleets
from tests.unit import hosts
from tests.unit.rules import test_mixed_image_backends as mixed

FORCE_RAW = 'mixed-force-raw-images'

MIXED_FORCE_RAW = [
    ({'qcow2': 2}, {}),
    ({'as-is': 2}, {}),
    ({'qcow2': 2, 'as-is': 1}, {'as-is': 1}),
    ({'qcow2': 1, 'as-is': 2}, {'qcow2': 1}),
    ({'as-is': 2, 'qcow2': 2}, {'as-is': 2}),
    ({'as-is': 1, 'qcow2': 1, 'default': 1}, {'as-is': 1}),
    # Disks of other backends are no overlays.
    ({'flat': 2, 'flat-as-is': 1}, {}),
    ({'qcow2': 1, 'flat-as-is': 2}, {}),
    # They are a smaller group by themselves, and still differ.
    ({'flat': 5, 'qcow2': 2, 'as-is': 1}, {'as-is': 1}),
    ({'flat': 5, 'qcow2': 1, 'as-is': 2}, {'qcow2': 1}),
    # They are not to become rbd.
    ({'rbd': 5, 'qcow2': 1, 'as-is': 2}, {'qcow2': 1}),
    ({'rbd': 5, 'as-is': 2}, {}),
]


@pytest.mark.parametrize('counted, smaller', MIXED_FORCE_RAW)
def test_mixed_force_raw_images(
    counted: dict[str, int], smaller: dict[str, int]
) -> None:
    assert mixed.found(mixed.some_fleet(counted), FORCE_RAW) == smaller


@pytest.mark.parametrize('counted, _smaller', MIXED_FORCE_RAW)
def test_it_does_not_hold_where_hosts_share_their_images(
    counted: dict[str, int], _smaller: dict[str, int]
) -> None:
    shared = mixed.some_fleet(counted, sharing=[''])
    assert mixed.found(shared, FORCE_RAW) == {}


def test_it_names_the_flag() -> None:
    whole = mixed.some_fleet({'qcow2': 2, 'as-is': 1})
    (finding,) = fleets.compared(fleets.named(whole, 'as-is.0'))
    assert 'share instances_path' in finding.explanation
    assert '--shared' in finding.explanation


def test_force_raw_images_is_changed_alone() -> None:
    whole = mixed.some_fleet({'qcow2': 2, 'as-is': 1})
    (finding,) = fleets.compared(fleets.named(whole, 'as-is.0'))
    assert finding.replacement.changes == ()
    assert finding.alternative is not None
    assert hosts.as_text(finding.alternative.replacement.changes) == [
        'set [DEFAULT] force_raw_images = True @ nova.conf:3'
    ]
    assert [place.line for place in finding.origins] == [3]


def test_it_counts_the_hosts_with_qcow2_alone() -> None:
    whole = mixed.some_fleet({'flat': 5, 'qcow2': 2, 'as-is': 1})
    (force_raw,) = (
        one
        for one in fleets.compared(fleets.named(whole, 'as-is.0'))
        if one.rule == FORCE_RAW
    )
    assert force_raw.explanation.startswith(
        '[DEFAULT]/force_raw_images = False (nova.conf:3), as on 1 of 3 '
        'hosts with the qcow2 backend that exchange instances; on 2 it '
        'is True.'
    )
