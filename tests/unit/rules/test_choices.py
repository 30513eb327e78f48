# SPDX-License-Identifier: Apache-2.0

"""One host, one thing to write: what its findings propose together."""

from __future__ import annotations

from collections.abc import Sequence
import itertools

import hypothesis
from hypothesis import strategies as st
import pytest

from nova_cow_check.nova import drivers
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import lookalikes
from nova_cow_check.settings import parsing
from tests.unit import fleets
from tests.unit import hosts
from tests.unit import test_properties

#: Lines that Nova ignores, and what could be meant by them.
IGNORED = (
    '',
    '',
    '[DEFAULT]\nimages_type = rbd\n',
    '[DEFAULT]\nimages_type = raw\n',
    '[DEFAULT]\nlibvirt_images_type = qcow2\n',
    '[libvirt]\nuse_cow_images = False\n',
    '[default]\nuse_cow_images = True\n',
    '[libvirt]\nforce_raw_images = False\n',
    '[libvirt]\ncompute_driver = ironic.IronicDriver\n',
    '[DEFAULT]\ntransport_url = x\n  use_cow_images = False\n',
    '[DEFAULT]\ntransport_url = x\n  use_cow_images = True\n',
)

CONFS = st.builds(
    lambda ignored, *options: hosts.nova_conf(*options) + ignored,
    st.sampled_from(IGNORED),
    st.sampled_from([hosts.LIBVIRT, hosts.LIBVIRT, 'hyperv.HyperVDriver']),
    st.sampled_from(
        [
            None,
            'default',
            'Default',
            'qcow2',
            'flat',
            'raw',
            'Raw',
            'rbd',
            'lvm',
            'ploop',
        ]  # fmt: skip
    ),
    st.sampled_from([None, 'True', 'False', 'False # why']),
    st.sampled_from([None, 'True', 'False', 'no;']),
)

FLEETS = st.lists(CONFS, min_size=1, max_size=6)


def of_fleet(confs: Sequence[str]) -> list[Sequence[findings.Finding]]:
    whole = fleets.of({f'compute{n}': one for n, one in enumerate(confs)})
    return [tuple(host.found) for host in whole.hosts]


def key(change: findings.Change) -> tuple[str, ...]:
    # A line that Nova ignores is another place than the option's.
    kind, *place = change.origin
    group = parsing.normalize_group(change.group)
    return group, change.name, kind.value, *map(str, place)


def check_unconditional(found: Sequence[findings.Finding]) -> None:
    """No option is set to two values, or kept, changed and removed."""
    changes = sorted(hosts.changes(*found), key=key)
    for option, some in itertools.groupby(changes, key=key):
        proposed = {(one.action, one.value) for one in some}
        assert len(proposed) == 1, (option, proposed)


def differ(one: findings.Replacement, other: findings.Replacement) -> bool:
    values = {key(change): change.value for change in one.changes}
    return any(
        values[key(change)] != change.value
        for change in other.changes
        if key(change) in values
    )


def check_choices(found: Sequence[findings.Finding]) -> None:
    """What contradicts another finding says so, and so does that one."""
    for one, other in itertools.permutations(found, 2):
        meant = one.alternative
        if meant is None or one.rule == other.rule:
            continue
        assert meant.condition and meant.condition in bodies(one)
        if differ(meant.replacement, other.replacement):
            assert other.rule in meant.replacement.not_with
            assert one.rule in other.replacement.not_with
        if other.alternative is not None and differ(
            meant.replacement, other.alternative.replacement
        ):
            assert other.rule in meant.replacement.not_with
    for one in found:
        for proposed in (one.replacement, one.alternative):
            if isinstance(proposed, findings.Alternative):
                proposed = proposed.replacement
            named = proposed.not_with if proposed else ()
            assert all(rule in bodies(one) for rule in named)
            others = {other.rule for other in found} - {one.rule}
            assert others.issuperset(named)


def bodies(finding: findings.Finding) -> str:
    return '\n'.join(one.text for one in wording.body(finding))


@hypothesis.given(test_properties.any_hosts(test_properties.ANY_VALUES))
def test_one_host_proposes_one_thing(host: hosts.Host) -> None:
    found = host.findings()
    check_unconditional(found)
    check_choices(found)


@hypothesis.given(FLEETS)
def test_so_does_every_host_of_a_fleet(confs: list[str]) -> None:
    for found in of_fleet(confs):
        check_unconditional(found)
        check_choices(found)


def disks(known: host_settings.ImageSettings) -> object:
    """Return in which form the disks of a host are."""
    if known.driver not in drivers.AS_LIBVIRT:
        return known.driver
    novas = rule.behaviour_of(known)
    return novas.backend, novas.backend.value != 'qcow2' or (
        novas.force_raw_images
    )


@hypothesis.given(FLEETS)
def test_what_would_misread_disks_is_for_a_host_without_instances(
    confs: list[str],
) -> None:
    for conf in confs:
        host = hosts.host(conf)
        if test_properties.has_fault(host.settings()):
            # It stands beside what is proposed for the fault.
            continue
        for found in host.findings():
            if found.alternative is not None:
                after = host.edited(found.alternative.replacement.changes)
                is_same = disks(after.settings()) == disks(host.settings())
                words = 'only on a host without instances'
                assert (words in found.alternative.condition) is not is_same


@hypothesis.given(FLEETS)
def test_a_rule_that_compares_proposes_nothing_without_a_condition(
    confs: list[str],
) -> None:
    for found in of_fleet(confs):
        for one in found:
            if one.apart is not None:
                assert one.replacement.changes == ()
                if one.alternative is not None:
                    words = 'only on a host without instances'
                    assert words in one.alternative.condition


# Two hosts that agree, and a third -> its rules, and those it chooses with.
COLLISIONS = [
    # Told to name flat, and to become qcow2.
    (
        fleets.QCOW2,
        hosts.nova_conf(use_cow_images='False'),
        {
            'mixed-image-backends': (),
            'implicit-image-backend': ('mixed-image-backends',),
        },
    ),
    (
        fleets.QCOW2,
        hosts.nova_conf(images_type='flat'),
        {
            'mixed-image-backends': (),
            'flat-disks-converted': ('mixed-image-backends',),
        },
    ),
    (
        fleets.FLAT,
        hosts.nova_conf(images_type='qcow2', use_cow_images='False'),
        {
            'mixed-image-backends': (),
            'raw-disks-opened-as-qcow2': ('mixed-image-backends',),
        },
    ),
    # A misplaced rbd beside a backend that is to be named.
    (
        fleets.QCOW2,
        hosts.nova_conf() + '[DEFAULT]\nimages_type = rbd\n',
        {
            'ignored-setting': (),
            'implicit-image-backend': ('ignored-setting',),
        },
    ),
    # A line within another one's value is not the option.
    (
        fleets.FLAT,
        hosts.nova_conf(images_type='flat')
        + '[DEFAULT]\ntransport_url = x\n  use_cow_images = False\n',
        {'flat-disks-converted': (), 'ignored-setting': ()},
    ),
    (
        fleets.FLAT,
        hosts.nova_conf(images_type='lvm', use_cow_images='False')
        + '[DEFAULT]\nimages_type = flat\n',
        {
            'mixed-image-backends': (),
            'ignored-setting': (),
            'use-cow-images-unused': ('ignored-setting',),
        },
    ),
    # Nothing is kept that is changed.
    (
        fleets.FLAT,
        hosts.nova_conf(images_type='default', use_cow_images='False # why'),
        {'invalid-setting': (), 'implicit-image-backend': ()},
    ),
    # What is proposed is the backend, and not its choice.
    (
        fleets.FLAT,
        hosts.nova_conf(images_type='Default', use_cow_images='False'),
        {'invalid-setting': ()},
    ),
]


@pytest.mark.parametrize(('others', 'conf', 'rules'), COLLISIONS)
def test_what_collides_is_a_choice(
    others: str, conf: str, rules: dict[str, tuple[str, ...]]
) -> None:
    whole = fleets.of({'a': others, 'b': others, 'c': conf})
    found = fleets.named(whole, 'c').found
    assert {one.rule: one.replacement.not_with for one in found} == rules
    for one in found:
        for other in one.replacement.not_with:
            (meant,) = (two for two in found if two.rule == other)
            assert meant.alternative is not None
            assert one.rule in meant.alternative.replacement.not_with


def test_a_setting_that_is_changed_is_not_kept() -> None:
    conf = hosts.nova_conf(use_cow_images='False # why')
    invalid, implicit = hosts.host(conf).findings()
    assert hosts.as_text(implicit.replacement.changes) == [
        'set [libvirt] images_type = flat @ default',
        'set [DEFAULT] use_cow_images = False @ nova.conf:3',
    ]
    assert implicit.replacement.changes[1:] == invalid.replacement.changes


# Lines of [DEFAULT] that are each told of by ignored-setting.
NO_CHOICE_WITH_ITSELF = [
    'images_type = raw\nimages-type = rbd\n',
    'transport_url = x\n  use_cow_images = False\n',
    'use-cow-images = True\nuse_cow_image = False\n',
]


@pytest.mark.parametrize('lines', NO_CHOICE_WITH_ITSELF)
@pytest.mark.parametrize('images_type', ['flat', 'qcow2'])
def test_no_rule_is_a_choice_with_itself(images_type: str, lines: str) -> None:
    conf = hosts.nova_conf(images_type=images_type) + '[DEFAULT]\n' + lines
    found = hosts.find('ignored-setting', hosts.host(conf))
    assert found
    for one in found:
        assert 'ignored-setting proposes' not in bodies(one)


# Lines behind compute_driver -> what ignored-setting proposes if it is meant.
MEANT_BESIDE_FAULTS = [
    (
        'use_cow_images=0\n  [libvirt]\nimages_type=raw\n',
        [
            'set [libvirt] images_type = raw @ default',
            'set [DEFAULT] use_cow_images = False @ nova.conf:3',
        ],
    ),
    (
        'use_cow_images = False # why\nimages_type = flat\n',
        [
            'set [libvirt] images_type = flat @ default',
            'set [DEFAULT] use_cow_images = False @ nova.conf:3',
        ],
    ),
    (
        'use_cow_images = 0\nimages_type = raw\n',
        [
            'set [libvirt] images_type = raw @ default',
            'keep [DEFAULT] use_cow_images = False @ nova.conf:3',
        ],
    ),
]


@pytest.mark.parametrize(('lines', 'changes'), MEANT_BESIDE_FAULTS)
def test_a_condition_keeps_no_faulty_value(
    lines: str, changes: list[str]
) -> None:
    host = hosts.host(f'[DEFAULT]\ncompute_driver={hosts.LIBVIRT}\n{lines}')
    (ignored,) = hosts.find('ignored-setting', host)
    assert ignored.alternative is not None
    meant = ignored.alternative.replacement
    assert hosts.as_text(meant.changes) == changes


@hypothesis.given(test_properties.any_hosts(test_properties.ANY_VALUES))
def test_what_is_kept_is_a_value_that_nova_can_use(host: hosts.Host) -> None:
    current = host.settings()
    for one in host.findings():
        meant = one.alternative.replacement.changes if one.alternative else ()
        for change in (*one.replacement.changes, *meant):
            if change.action is findings.Action.KEEP:
                setting = getattr(current, change.name)
                assert setting.fault is None
                assert change.value == str(setting.value)


def test_many_findings_cost_no_square() -> None:
    lines = ''.join(f'images-type = {one}\n' for one in ('raw', 'rbd') * 4000)
    host = hosts.host(hosts.nova_conf() + '[DEFAULT]\n' + lines)
    found = host.findings()
    # No more lines are told one by one.
    assert len(found) == lookalikes.MOST + 2
    assert found[-1].replacement.not_with == ('ignored-setting',)
