# SPDX-License-Identifier: Apache-2.0

"""Hosts that exchange instances and differ, and what ends that."""

from __future__ import annotations

import collections
from collections.abc import Mapping, Sequence
import itertools

import hypothesis
from hypothesis import strategies as st
import pytest

from nova_cow_check.nova import operations
from nova_cow_check.reports import report
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.settings import host_settings
from tests.unit import fleets
from tests.unit import hosts

BACKENDS = 'mixed-image-backends'

#: Name -> images_type, use_cow_images, force_raw_images.
KINDS = {
    'qcow2': ('qcow2', None, None),
    'default': (None, None, None),
    'default-flat': (None, 'False', None),
    'flat': ('flat', 'False', None),
    'raw': ('raw', 'False', None),
    'rbd': ('rbd', None, None),
    'lvm': ('lvm', None, None),
    'ploop': ('ploop', None, None),
    'as-is': ('qcow2', None, 'False'),
    'flat-as-is': ('flat', 'False', 'False'),
}


def some_fleet(counted: Mapping[str, int]) -> report.Report:
    """Return so many hosts of each kind; a host has the kind's name first."""
    return fleets.of(
        {
            f'{kind} {number}': hosts.nova_conf(hosts.LIBVIRT, *KINDS[kind])
            for kind, count in counted.items()
            for number in range(count)
        }
    )


def found(whole: report.Report, rule: str) -> dict[str, int]:
    """Return on how many hosts of each kind a rule holds."""
    kinds = [host.name for host in whole.hosts if rule in host.rules]
    return dict(collections.Counter(name.split()[0] for name in kinds))


# Hosts of each kind -> those of the smaller group.
MIXED_BACKENDS = [
    ({'qcow2': 3}, {}),
    ({'qcow2': 2, 'default': 1}, {}),
    ({'flat': 1, 'raw': 2, 'default-flat': 1}, {}),
    ({'rbd': 1}, {}),
    ({'qcow2': 2, 'flat': 1}, {'flat': 1}),
    ({'qcow2': 1, 'flat': 2}, {'qcow2': 1}),
    # What leads to one backend counts together.
    (
        {'qcow2': 2, 'raw': 1, 'flat': 1, 'default-flat': 1},
        {'qcow2': 2},
    ),
    ({'qcow2': 1, 'as-is': 1, 'flat': 1}, {'flat': 1}),
    # As many of one as of the other.
    ({'flat': 2, 'qcow2': 2}, {'flat': 2}),
    ({'rbd': 1, 'flat': 1}, {'rbd': 1}),
    ({'ploop': 1, 'lvm': 1, 'rbd': 1}, {'ploop': 1, 'lvm': 1}),
    # Three of them: all but the largest are smaller.
    ({'qcow2': 2, 'flat': 3, 'rbd': 4}, {'qcow2': 2, 'flat': 3}),
]


@pytest.mark.parametrize('counted, smaller', MIXED_BACKENDS)
def test_mixed_image_backends(
    counted: dict[str, int], smaller: dict[str, int]
) -> None:
    assert found(some_fleet(counted), BACKENDS) == smaller


# nova.conf of the only host that differs from the others -> the changes.
# compute_driver is line 2; use_cow_images and force_raw_images follow where
# they are written, and images_type is the last line.
CHANGES = {
    'qcow2': [
        (
            ('flat', 'False', None),
            [
                'set [libvirt] images_type = qcow2 @ nova.conf:5',
                'set [DEFAULT] use_cow_images = True @ nova.conf:3',
            ],
        ),
        (
            (None, 'no', None),
            [
                'set [libvirt] images_type = qcow2 @ default',
                'set [DEFAULT] use_cow_images = True @ nova.conf:3',
            ],
        ),
        (
            ('flat', 'yes', None),
            [
                'set [libvirt] images_type = qcow2 @ nova.conf:5',
                'keep [DEFAULT] use_cow_images = True @ nova.conf:3',
            ],
        ),
        (
            ('rbd', None, 'False'),
            [
                'set [libvirt] images_type = qcow2 @ nova.conf:5',
                'set [DEFAULT] force_raw_images = True @ nova.conf:3',
            ],
        ),
    ],
    'as-is': [
        (
            ('lvm', None, None),
            [
                'set [libvirt] images_type = qcow2 @ nova.conf:4',
                'set [DEFAULT] force_raw_images = False @ default',
            ],
        ),
    ],
    'flat': [
        (
            ('qcow2', None, None),
            [
                'set [libvirt] images_type = flat @ nova.conf:4',
                'set [DEFAULT] use_cow_images = False @ default',
            ],
        ),
        # The flat backend goes with either value of force_raw_images.
        (
            ('rbd', '0', 'False'),
            [
                'set [libvirt] images_type = flat @ nova.conf:6',
                'keep [DEFAULT] use_cow_images = False @ nova.conf:3',
            ],
        ),
    ],
    'rbd': [
        (
            ('qcow2', 'True', 'False'),
            [
                'set [libvirt] images_type = rbd @ nova.conf:6',
                'remove [DEFAULT] use_cow_images @ nova.conf:3',
                'set [DEFAULT] force_raw_images = True @ nova.conf:4',
            ],
        ),
        (
            ('lvm', None, None),
            ['set [libvirt] images_type = rbd @ nova.conf:4'],
        ),
    ],
}


@pytest.mark.parametrize(
    'others, options, changes',
    [
        pytest.param(others, *case, id=f'{others} {case[0]}')
        for others, cases in CHANGES.items()
        for case in cases
    ],
)
def test_the_replacement_is_that_of_the_larger_group(
    others: str, options: tuple[str | None, ...], changes: list[str]
) -> None:
    other = hosts.nova_conf(hosts.LIBVIRT, *KINDS[others])
    odd = hosts.nova_conf(hosts.LIBVIRT, *options)
    *_others, last = fleets.of({'a': other, 'b': other, 'c': odd}).hosts
    assert hosts.as_text(hosts.changes(*fleets.compared(last))) == changes
    assert {finding.rule for finding in fleets.compared(last)} == {BACKENDS}


class TestWhoCounts:
    """Hosts that no libvirt driver would start on are in no group."""

    others: Mapping[str, fleets.Known] = {
        'a': hosts.nova_conf(compute_driver='ironic.IronicDriver'),
        'b': hosts.nova_conf(compute_driver='hyperv.HyperVDriver'),
        'c': hosts.nova_conf(images_type='zfs'),
        'd': hosts.nova_conf(compute_driver=None),
        'e': host_settings.Unreadable('gone'),
    }

    def test_not_they(self) -> None:
        pair = {'x': fleets.FLAT, 'y': fleets.FLAT, 'z': fleets.QCOW2}
        both = fleets.of({**self.others, **pair}).hosts
        assert [host.name for host in both if fleets.compared(host)] == ['z']
        (finding,) = fleets.compared(both[-1])
        assert '1 of 3 hosts' in finding.explanation

    def test_one_is_assumed_to_be_libvirt(self) -> None:
        images = hosts.nova_conf(compute_driver=None, images_type='qcow2')
        pair = {'x': fleets.FLAT, 'y': images, 'z': images}
        first, *_others = fleets.of(pair).hosts
        assert [finding.rule for finding in fleets.compared(first)] == [
            BACKENDS
        ]


class TestExplanation:
    def explanation(self, counted: dict[str, int]) -> str:
        *_others, last = some_fleet(counted).hosts
        (finding,) = fleets.compared(last)
        assert finding.severity is findings.Severity.FAILURE
        return finding.explanation

    def test_what_differs_is_counted(self) -> None:
        assert self.explanation({'qcow2': 5, 'rbd': 2, 'flat': 3}).startswith(
            '[libvirt]/images_type = flat (nova.conf:5) and '
            '[DEFAULT]/use_cow_images = False (nova.conf:3): this host uses '
            'the flat backend, as 3 of 10 hosts that exchange instances do; '
            '5 use qcow2.'
        )

    @pytest.mark.parametrize('kind', ['flat', 'as-is'])
    def test_it_says_when_it_is_safe_to_write(self, kind: str) -> None:
        explanation = self.explanation({'qcow2': 2, kind: 1})
        assert 'Disks that exist are not converted' in explanation
        assert 'no instance is left on this host' in explanation
        assert '--group' in explanation


@pytest.mark.parametrize(
    'first, second', list(itertools.combinations(KINDS, 2))
)
def test_it_holds_where_a_move_is_not_fine(first: str, second: str) -> None:
    """Pairs that are each fine by themselves, and not with each other."""
    whole = some_fleet({first: 1, second: 1})
    here, there = (verdict.behaviour_of(one.known) for one in whole.hosts)
    assert here is not None and there is not None
    exchanged = [
        operations.worst(operations.between(*pair))
        for pair in [(here, there), (there, here)]
    ]
    alone = [
        operations.worst(operations.between(one, one)) for one in (here, there)
    ]
    rules = {
        finding.rule
        for host in whole.hosts
        for finding in fleets.compared(host)
    }
    if max(exchanged) > max(alone):
        assert rules
    if here == there:
        assert not rules


KIND = st.tuples(
    st.sampled_from(
        [None, 'default', 'qcow2', 'flat', 'raw', 'rbd', 'lvm', 'ploop']
    ),
    st.sampled_from([None, 'True', 'False']),
    st.sampled_from([None, 'True', 'False']),
)


CONFS = st.lists(
    st.builds(lambda options: hosts.nova_conf(hosts.LIBVIRT, *options), KIND),
    max_size=8,
)


def aligned(conf: str, found: Sequence[findings.Finding]) -> str:
    """Return a nova.conf after an operator was there."""
    edited = hosts.host(conf).edited(hosts.changes(*found))
    return edited.files['nova.conf']


@hypothesis.given(CONFS)
def test_what_to_write_ends_it_and_starts_nothing_else(
    confs: list[str],
) -> None:
    """One finding is enough, the first, as its explanation says."""
    names = 'abcdefgh'
    before = fleets.of(dict(zip(names, confs))).hosts
    after = [
        aligned(conf, fleets.compared(host)[:1])
        for host, conf in zip(before, confs)
    ]
    for old, new in zip(before, fleets.of(dict(zip(names, after))).hosts):
        assert fleets.compared(new) == ()
        assert new.rules <= old.rules


@hypothesis.given(CONFS)
def test_writing_both_is_no_contradiction(confs: list[str]) -> None:
    names = 'abcdefgh'
    before = fleets.of(dict(zip(names, confs))).hosts
    after = [
        aligned(conf, fleets.compared(host))
        for host, conf in zip(before, confs)
    ]
    for old, new in zip(before, fleets.of(dict(zip(names, after))).hosts):
        assert fleets.compared(new) == ()
        assert new.rules <= old.rules


@pytest.mark.parametrize(
    ('others', 'needed'),
    [
        (
            'rbd',
            ' It needs [libvirt]/images_rbd_pool, rbd_user, rbd_secret_uuid '
            'and the file of images_rbd_ceph_conf as well, as on the others.',
        ),
        (
            'lvm',
            ' It needs [libvirt]/images_volume_group as well, as on the '
            'others.',
        ),
        ('qcow2', ''),
    ],
)
def test_what_else_a_backend_needs_is_told(others: str, needed: str) -> None:
    other = hosts.nova_conf(images_type=others)
    odd = hosts.nova_conf(images_type='ploop')
    *_others, last = fleets.of({'a': other, 'b': other, 'c': odd}).hosts
    (finding,) = fleets.compared(last)
    assert finding.explanation.endswith(needed)
    assert ('It needs' in finding.explanation) is bool(needed)
