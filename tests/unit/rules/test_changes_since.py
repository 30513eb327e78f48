# SPDX-License-Identifier: Apache-2.0

"""A host beside what it was: what changed, how bad it is, the way back."""

from __future__ import annotations

import itertools

import pytest

from nova_cow_check.nova import backends
from nova_cow_check.nova import operations
from nova_cow_check.nova import opts
from nova_cow_check.reports import report
from nova_cow_check.reports import verdict
from nova_cow_check.rules import existing_guests
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry
from nova_cow_check.settings import host_settings
from tests.unit import hosts
from tests.unit import sample_reports

Options = dict[str, str]

FLAT = {'images_type': 'flat', 'use_cow_images': 'no'}
QCOW2 = {'images_type': 'qcow2'}
AS_IS = {'images_type': 'qcow2', 'force_raw_images': 'no'}
RBD = {'images_type': 'rbd'}
LVM = {'images_type': 'lvm'}

NAMES = frozenset(one.name for one in registry.CHANGE_RULES)


def settings(options: Options) -> host_settings.ImageSettings:
    return hosts.host(hosts.nova_conf(**options)).settings()


def changed(
    before: Options, now: Options, *accepted: findings.Waiver
) -> list[findings.Finding]:
    """Return what the rules that look back find on a host."""
    earlier = verdict.behaviour_of(settings(before))
    host = report.judge(
        report.ReadHost('a', settings(now), accepted, earlier=earlier)
    )
    return [one for one in host.found if one.rule in NAMES]


#: Before, now -> rule, severity, whether it is unsafe, the way back.
CHANGED = [
    (
        {'use_cow_images': 'no'},
        QCOW2,
        ('backend-changed', 'FAILURE', True),
        ['set [libvirt] images_type = flat @ nova.conf:4']
        + ['set [DEFAULT] use_cow_images = False @ default'],
    ),
    (
        {'use_cow_images': 'no'},
        {},
        ('backend-changed', 'FAILURE', True),
        ['set [libvirt] images_type = flat @ default']
        + ['set [DEFAULT] use_cow_images = False @ default'],
    ),
    (
        {'images_type': 'flat'},
        {'use_cow_images': 'yes'},
        ('backend-changed', 'FAILURE', True),
        ['set [libvirt] images_type = flat @ default']
        + ['set [DEFAULT] use_cow_images = False @ nova.conf:3'],
    ),
    (
        {**FLAT, 'force_raw_images': 'no'},
        QCOW2,
        ('backend-changed', 'FAILURE', True),
        ['set [libvirt] images_type = flat @ nova.conf:4']
        + ['set [DEFAULT] use_cow_images = False @ default']
        + ['set [DEFAULT] force_raw_images = False @ default'],
    ),
    (
        QCOW2,
        FLAT,
        ('backend-changed', 'WARNING', False),
        ['set [libvirt] images_type = qcow2 @ nova.conf:5']
        + ['set [DEFAULT] use_cow_images = True @ nova.conf:3'],
    ),
    (
        {},
        {'use_cow_images': 'no'},
        ('backend-changed', 'WARNING', False),
        ['set [libvirt] images_type = qcow2 @ default']
        + ['set [DEFAULT] use_cow_images = True @ nova.conf:3'],
    ),
    (
        QCOW2,
        RBD,
        ('backend-changed', 'FAILURE', False),
        ['set [libvirt] images_type = qcow2 @ nova.conf:4']
        + ['set [DEFAULT] use_cow_images = True @ default'],
    ),
    (
        LVM,
        RBD,
        ('backend-changed', 'FAILURE', False),
        ['set [libvirt] images_type = lvm @ nova.conf:4'],
    ),
    (
        QCOW2,
        AS_IS,
        ('force-raw-images-changed', 'WARNING', True),
        ['set [DEFAULT] force_raw_images = True @ nova.conf:3'],
    ),
    (
        AS_IS,
        QCOW2,
        ('force-raw-images-changed', 'WARNING', False),
        ['set [DEFAULT] force_raw_images = False @ default'],
    ),
]


@pytest.mark.parametrize('before, now, told, way_back', CHANGED)
def test_what_changed(
    before: Options,
    now: Options,
    told: tuple[str, str, bool],
    way_back: list[str],
) -> None:
    (found,) = changed(before, now)
    assert (found.rule, found.severity.name, found.is_unsafe) == told
    assert found.replacement.changes == ()
    assert found.alternative is not None
    written = hosts.as_text(found.alternative.replacement.changes)
    assert [one for one in written if not one.startswith('keep')] == way_back
    severity = registry.RULES[found.rule].severity
    milder = getattr(registry.RULES[found.rule], 'milder', ())
    assert found.severity in (severity, *milder)


#: What keeps the backend, and the backing files.
SAME: list[tuple[Options, Options]] = [
    ({'use_cow_images': 'no'}, FLAT),
    ({}, QCOW2),
    ({'images_type': 'flat'}, FLAT),
    ({'images_type': 'qcow2', 'use_cow_images': 'no'}, QCOW2),
    (FLAT, {**FLAT, 'force_raw_images': 'no'}),
    (RBD, RBD),
    (LVM, {**LVM, 'force_raw_images': 'no'}),
]


@pytest.mark.parametrize('before, now', SAME)
def test_what_did_not_change(before: Options, now: Options) -> None:
    assert changed(before, now) == []
    assert changed(now, before) == []


#: Of which Nova does nothing that could be compared.
NOT_KNOWN: list[Options] = [
    {'images_type': 'maybe'},
    {'compute_driver': 'ironic.IronicDriver'},
    {'use_cow_images': 'maybe'},
]


@pytest.mark.parametrize('other', NOT_KNOWN)
def test_what_is_not_known_did_not_change(other: Options) -> None:
    for known in (FLAT, QCOW2, RBD):
        assert changed(other, known) == []
        assert changed(known, other) == []


@pytest.mark.parametrize('before, now, told, way_back', CHANGED)
def test_a_waiver_accepts_it(
    before: Options,
    now: Options,
    told: tuple[str, str, bool],
    way_back: list[str],
) -> None:
    (found,) = changed(before, now, sample_reports.waiver(told[0], 'a'))
    assert not found.counts


@pytest.mark.parametrize('before, now, told, way_back', CHANGED)
def test_the_way_back_ends_it(
    before: Options,
    now: Options,
    told: tuple[str, str, bool],
    way_back: list[str],
) -> None:
    host = hosts.host(hosts.nova_conf(**now))
    (found,) = changed(before, now)
    assert found.alternative is not None
    edited = host.edited(found.alternative.replacement.changes).settings()
    earlier = verdict.behaviour_of(settings(before))
    judged = report.judge(report.ReadHost('a', edited, earlier=earlier))
    assert not judged.rules & NAMES
    own = verdict.behaviour_of(edited)
    assert own is not None and earlier is not None
    assert own.backend is earlier.backend
    # As it was, but without what broke guests that were moved.
    assert not judged.rules & {
        'flat-disks-converted',
        'raw-disks-opened-as-qcow2',
    }


@pytest.mark.parametrize(
    'one, other',
    # In one order, in all of several processes.
    itertools.permutations(
        sorted(operations.FILE_BACKENDS, key=lambda one: one.value), 2
    ),
)
@pytest.mark.parametrize(
    'forced', [*itertools.product([True, False], repeat=2)]
)
def test_its_severity_is_what_the_model_says_of_the_next_start(
    one: backends.Backend,
    other: backends.Backend,
    forced: tuple[bool, bool],
) -> None:
    before, now = (
        {
            'images_type': backend.value,
            'force_raw_images': str(force_raw_images),
        }
        for backend, force_raw_images in zip((one, other), forced)
    )
    old, new = (verdict.behaviour_of(settings(it)) for it in (before, now))
    assert old is not None and new is not None
    outcomes = {
        operations.harm_of(
            operations.restarted(operations.new(disk, old), new)
        ).outcome
        for disk in operations.Disk
    }
    (found,) = changed(before, now)
    is_fine = outcomes == {operations.Outcome.FINE}
    assert (
        found.severity
        is findings.Severity['WARNING' if is_fine else 'FAILURE']
    )
    assert found.is_unsafe is (operations.Outcome.UNSAFE in outcomes)


def test_what_becomes_of_guests_is_told() -> None:
    (found,) = changed(FLAT, QCOW2)
    pair = backends.Backend.FLAT, backends.Backend.QCOW2
    assert existing_guests.after_change(*pair) in found.explanation
    assert found.explanation.startswith(
        '[libvirt]/images_type = qcow2 (nova.conf:4) and '
        '[DEFAULT]/use_cow_images = True (not set): this host uses the qcow2 '
        'backend; in the earlier report, it used flat.'
    )
    assert found.alternative is not None
    (effect,) = found.alternative.effects
    assert 'after a hard reboot, if disk.info had its entries' in effect
    (found,) = changed(QCOW2, AS_IS)
    assert 'they read wrong bytes' in found.explanation
    (found,) = changed(AS_IS, QCOW2)
    assert 'libvirt refuses to start them (ERROR)' in found.explanation


@pytest.mark.parametrize(
    'pair', [*itertools.permutations(backends.Backend, 2)]
)
def test_no_way_back_is_called_harmless(
    pair: tuple[backends.Backend, backends.Backend],
) -> None:
    words = existing_guests.after_way_back(*pair)
    assert 'For guests made since then, it is a change' in words


def test_the_options_are_those_of_nova() -> None:
    for rule in registry.CHANGE_RULES:
        option = rule.outside.rpartition('.')[2]
        assert option in {one.name for one in opts.OPTIONS}
