# SPDX-License-Identifier: Apache-2.0

"""Hosts that exchange instances and differ, and what ends that."""

from __future__ import annotations

import collections
from collections.abc import Collection, Mapping
import itertools

import hypothesis
from hypothesis import strategies as st
import pytest

from nova_cow_check.nova import operations
from nova_cow_check.reports import report
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.rules import wording
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


def some_fleet(
    counted: Mapping[str, int], sharing: Collection[str] = ()
) -> report.Report:
    """Return so many hosts of each kind; a host has the kind's name first."""
    return fleets.of(
        {
            f'{kind}.{number}': hosts.nova_conf(hosts.LIBVIRT, *KINDS[kind])
            for kind, count in counted.items()
            for number in range(count)
        },
        sharing=sharing,
    )


def found(whole: report.Report, rule: str) -> dict[str, int]:
    """Return on how many hosts of each kind a rule holds."""
    kinds = [host.name for host in whole.hosts if rule in host.rules]
    return dict(collections.Counter(name.split('.')[0] for name in kinds))


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
        # Another finding proposes False.
        (
            ('flat', None, 'False'),
            [
                'set [libvirt] images_type = qcow2 @ nova.conf:5',
                'set [DEFAULT] use_cow_images = True @ default',
                'set [DEFAULT] force_raw_images = True @ nova.conf:3',
            ],
        ),
    ],
    'as-is': [
        (
            ('raw', 'True', None),
            [
                'set [libvirt] images_type = qcow2 @ nova.conf:5',
                'keep [DEFAULT] use_cow_images = True @ nova.conf:3',
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
            ('qcow2', '0', 'False'),
            [
                'set [libvirt] images_type = flat @ nova.conf:6',
                'keep [DEFAULT] use_cow_images = False @ nova.conf:3',
            ],
        ),
    ],
}


def odd_one(
    others: str, options: tuple[str | None, ...]
) -> tuple[findings.Finding, ...]:
    """Return what is found on the only host that differs from two others."""
    other = hosts.nova_conf(hosts.LIBVIRT, *KINDS[others])
    odd = hosts.nova_conf(hosts.LIBVIRT, *options)
    whole = fleets.of({'a': other, 'b': other, 'c': odd})
    return tuple(fleets.named(whole, 'c').found)


@pytest.mark.parametrize(
    'others, options, changes',
    [
        pytest.param(others, *case, id=f'{others} {case[0]}')
        for others, cases in CHANGES.items()
        for case in cases
    ],
)
def test_on_an_empty_host_it_becomes_as_the_others(
    others: str, options: tuple[str | None, ...], changes: list[str]
) -> None:
    (finding,) = (
        one for one in odd_one(others, options) if one.rule == BACKENDS
    )
    assert finding.replacement.changes == ()
    assert finding.alternative is not None
    written = finding.alternative.replacement.changes
    assert hosts.as_text(written) == changes
    assert 'only on a host without instances' in finding.alternative.condition


FILES = ('qcow2', 'flat')


@pytest.mark.parametrize('others', ['qcow2', 'flat', 'rbd', 'lvm', 'ploop'])
@pytest.mark.parametrize('own', ['qcow2', 'flat', 'rbd', 'lvm', 'ploop'])
def test_only_file_backends_are_told_to_become_each_other(
    own: str, others: str
) -> None:
    found = [one for one in odd_one(others, KINDS[own]) if one.apart]
    are_files = own in FILES and others in FILES
    for one in found:
        assert one.rule == BACKENDS
        assert (one.alternative is not None) is are_files
        assert ('No setting makes' in one.explanation) is not are_files
    assert bool(found) is (own != others)


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
        whole = fleets.of({**self.others, **pair})
        assert [
            host.name for host in whole.hosts if fleets.compared(host)
        ] == ['z']
        (finding,) = fleets.compared(fleets.named(whole, 'z'))
        assert '1 of 3 hosts' in finding.explanation

    @pytest.mark.parametrize(
        'compute_driver',
        [
            None,
            'cloud.LibvirtDriver',
            'compute_hyperv.driver.HyperVDriver',
            'powervm_ext.driver.PowerVMDriver',
            'lxd.LXDDriver',
        ],
    )
    def test_none_whose_driver_is_not_known_to_be_libvirts(
        self, compute_driver: str | None
    ) -> None:
        images = hosts.nova_conf(compute_driver, 'qcow2', None, 'False')
        pair = {'x': fleets.FLAT, 'y': images, 'z': fleets.FLAT}
        assert not any(map(fleets.compared, fleets.of(pair).hosts))


class TestExplanation:
    def test_it_says_what_hosts_share(self) -> None:
        for sharing in ([], ['']):
            whole = some_fleet({'qcow2': 2, 'flat': 1}, sharing)
            (one,) = fleets.compared(fleets.named(whole, 'flat.0'))
            assert ('as --shared says' in one.explanation) is bool(sharing)

    def finding(self, counted: dict[str, int]) -> findings.Finding:
        *_others, last = counted
        host = fleets.named(some_fleet(counted), f'{last}.0')
        (finding,) = fleets.compared(host)
        assert finding.severity is findings.Severity.FAILURE
        return finding

    def test_what_differs_is_counted(self) -> None:
        counted = {'qcow2': 5, 'rbd': 2, 'flat': 3}
        assert self.finding(counted).explanation.startswith(
            '[libvirt]/images_type = flat (nova.conf:5) and '
            '[DEFAULT]/use_cow_images = False (nova.conf:3): this host uses '
            'the flat backend, as 3 of 10 hosts that exchange instances do; '
            '5 use qcow2.'
        )

    @pytest.mark.parametrize('kind', ['flat', 'as-is'])
    def test_group_comes_before_what_needs_an_empty_host(
        self, kind: str
    ) -> None:
        finding = self.finding({'qcow2': 2, kind: 1})
        words = [one.text for one in wording.body(finding)]
        (option,) = (one for one in words if one.startswith('--group'))
        (condition,) = (one for one in words if 'disks that exist' in one)
        assert 'without instances' in condition
        assert words.index(option) < words.index(condition)


# Two hosts, and a third -> words about the guests that exist on it.
GUESTS = [
    ('qcow2', 'flat', 'libvirt refuses to start those with a raw disk'),
    ('flat', 'qcow2', 'Guests that exist start again while their backing'),
    ('qcow2', 'as-is', 'Guests that exist go on expecting the format'),
    ('as-is', 'qcow2', 'Guests that exist go on expecting the format'),
]


@pytest.mark.parametrize(('others', 'own', 'words'), GUESTS)
def test_guests_are_told_of_where_the_host_would_change(
    others: str, own: str, words: str
) -> None:
    (finding,) = (one for one in odd_one(others, KINDS[own]) if one.apart)
    assert 'Guests that exist' not in finding.explanation
    assert finding.alternative is not None
    (effect,) = finding.alternative.effects
    assert words in effect
    shown = [one.text for one in wording.body(finding)]
    (told,) = (one for one in shown if words in one)
    assert shown.index(told) > shown.index(finding.alternative.condition)


@pytest.mark.parametrize('others', ['rbd', 'lvm'])
def test_no_guest_is_told_of_where_no_setting_is_proposed(others: str) -> None:
    for one in odd_one(others, KINDS['flat']):
        assert 'Guests that exist' not in one.explanation or not one.apart


@pytest.mark.parametrize('sharing', [[], ['']], ids=['apart', 'shared'])
@pytest.mark.parametrize(
    'first, second', list(itertools.combinations(KINDS, 2))
)
def test_it_holds_where_a_move_is_not_fine(
    first: str, second: str, sharing: list[str]
) -> None:
    """Pairs that are each fine by themselves, and not with each other."""
    whole = some_fleet({first: 1, second: 1}, sharing)
    here, there = (verdict.behaviour_of(one.known) for one in whole.hosts)
    assert here is not None and there is not None
    exchanged = [
        operations.worst(operations.between(*pair, is_shared=bool(sharing)))
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


def aligned(conf: str, host: report.HostReport) -> str:
    """Return a nova.conf after an operator was there, with an empty host."""
    changes = [
        change
        for finding in fleets.compared(host)
        if finding.alternative is not None
        for change in finding.alternative.replacement.changes
    ]
    return hosts.host(conf).edited(changes).files['nova.conf']


@hypothesis.given(CONFS)
def test_what_to_write_ends_it_and_starts_nothing_else(
    confs: list[str],
) -> None:
    names = 'abcdefgh'
    before = fleets.of(dict(zip(names, confs)))
    after = fleets.of(
        {
            name: aligned(conf, fleets.named(before, name))
            for name, conf in zip(names, confs)
        }
    )
    for new in after.hosts:
        old = fleets.named(before, new.name)
        assert new.rules <= old.rules
        if any(one.alternative for one in fleets.compared(old)):
            assert not any(one.alternative for one in fleets.compared(new))
