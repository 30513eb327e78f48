# SPDX-License-Identifier: Apache-2.0

"""What was found by rule, and what is told to be done first."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nova_cow_check.reports import overview
from nova_cow_check.reports import overview_wording
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.settings import host_settings
from tests.unit import fleets
from tests.unit import hosts
from tests.unit import sample_guests
from tests.unit import sample_reports

NOTE, WARNING, FAILURE = findings.Severity

IMPLICIT = hosts.nova_conf()
RAW_AS_QCOW2 = hosts.nova_conf(images_type='qcow2', use_cow_images='False')


def rows(whole: report.Report) -> list[tuple[object, ...]]:
    """Return all but the proposals of each rule."""
    return [one[:-1] for one in overview.of(whole.hosts)]


def test_what_is_unsafe_is_before_what_breaks_and_then_the_widest() -> None:
    assert rows(fleets.varied()) == [
        ('mixed-image-backends', FAILURE, True, 4, 0, 1),
        ('raw-disks-opened-as-qcow2', FAILURE, True, 1, 0, 0),
        ('mixed-force-raw-images', FAILURE, True, 1, 0, 0),
        ('unreadable-configuration', FAILURE, False, 2, 0, 0),
        ('invalid-setting', FAILURE, False, 1, 0, 0),
        ('implicit-image-backend', WARNING, False, 8, 0, 0),
        ('flat-disks-converted', WARNING, False, 1, 0, 0),
    ]


def test_guests_are_counted_on_each_host() -> None:
    assert rows(sample_guests.shared()) == [
        ('guest-disk-converted', FAILURE, False, 4, 29, 0),
        ('guest-without-domain', NOTE, False, 2, 2, 0),
    ]


def test_numbers_are_those_of_the_report() -> None:
    for whole in (fleets.varied(), fleets.changed(), sample_guests.shared()):
        by_hand: dict[str, set[str]] = {}
        for host in whole.hosts:
            for finding in host.found:
                if finding.counts:
                    by_hand.setdefault(finding.rule, set()).add(host.name)
        assert {
            one.rule: one.hosts
            for one in overview.of(whole.hosts)
            if one.hosts
        } == {rule: len(names) for rule, names in by_hand.items()}


def test_what_is_waived_everywhere_is_last() -> None:
    waived = sample_reports.waiver('raw-disks-opened-as-qcow2')
    whole = fleets.of(
        {'a1': RAW_AS_QCOW2, 'a2': RAW_AS_QCOW2, 'b1': IMPLICIT},
        accepted=[waived],
    )
    found = overview.of(whole.hosts)
    assert [(one.rule, one.hosts, one.waived) for one in found] == [
        ('implicit-image-backend', 1, 0),
        ('raw-disks-opened-as-qcow2', 0, 2),
    ]
    assert [overview_wording.severity(one) for one in found] == [
        'warning',
        'failure, waived',
    ]
    assert [one.found.rule for one in overview_wording.steps(found)] == [
        'implicit-image-backend'
    ]


def test_what_is_not_waived_on_a_host_counts_there() -> None:
    waived = sample_reports.waiver('implicit-image-backend', 'a1')
    whole = fleets.of({'a1': IMPLICIT, 'a2': IMPLICIT}, accepted=[waived])
    (one,) = overview.of(whole.hosts)
    assert (one.hosts, one.waived) == (1, 1)
    (way,) = one.proposals
    assert way.hosts == 1


def test_nothing_is_found_of_hosts_that_are_fine() -> None:
    assert overview.of(fleets.alike().hosts) == ()
    assert overview_wording.steps(()) == ()


def test_the_same_settings_are_one_proposal_wherever_they_belong() -> None:
    whole = fleets.of(
        {
            'a1': IMPLICIT,
            'a2': '\n\n' + IMPLICIT,
            'a3': hosts.nova_conf(images_type='default'),
            'b1': hosts.nova_conf(use_cow_images='False'),
        }
    )
    (found,) = (
        one
        for one in overview.of(whole.hosts)
        if one.rule == 'implicit-image-backend'
    )
    assert [
        (one.hosts, one.replacement.changes[0].value)
        for one in found.proposals
    ] == [(3, 'qcow2'), (1, 'flat')]


def told(whole: report.Report) -> dict[str, list[str]]:
    """Return what is told to be done first, by rule, in order."""
    return {
        step.found.rule: [one.text for one in step.body]
        for step in overview_wording.steps(overview.of(whole.hosts))
    }


def test_a_step_has_what_to_write() -> None:
    found = told(fleets.varied())
    assert found['raw-disks-opened-as-qcow2'] == [
        'Write in nova.conf:',
        '[DEFAULT]',
        'use_cow_images = True',
    ]
    assert found['mixed-image-backends'] == [
        'If they exchange instances with none of the others, say so with '
        '--group, and they are not compared.',
        'If it does exchange instances with them, write in nova.conf, but '
        'only on a host without instances, because disks that exist are not '
        'converted:',
        '[DEFAULT]',
        'use_cow_images = True',
        '[libvirt]',
        'images_type = qcow2',
        'Choose between this and what flat-disks-converted proposes: not '
        'both.',
    ]


def test_steps_are_few() -> None:
    whole = fleets.varied()
    assert list(told(whole)) == [
        one.rule for one in overview.of(whole.hosts)[:3]
    ]


def test_hosts_that_need_different_settings_are_counted() -> None:
    whole = fleets.of(
        {
            **fleets.numbered(1, 3, IMPLICIT),
            'cell2-1': hosts.nova_conf(use_cow_images='False'),
        },
        fleets.CELLS,
    )
    assert told(whole) == {
        'implicit-image-backend': [
            'On 3 of 4 hosts:',
            'Write in nova.conf:',
            '[libvirt]',
            'images_type = qcow2',
            'On 1 of 4 hosts:',
            'Write in nova.conf:',
            '[DEFAULT]',
            'use_cow_images = False',
            '[libvirt]',
            'images_type = flat',
        ]
    }


def unread() -> report.Report:
    broken = host_settings.Unreadable('cannot be read')
    return fleets.of({'a1': broken, 'a2': fleets.QCOW2})


@pytest.mark.parametrize(
    ('make', 'rule', 'start'),
    [
        (unread, 'unreadable-configuration', 'See to the reason'),
        (
            lambda: fleets.of({'a1': hosts.nova_conf(use_cow_images='maybe')}),
            'invalid-setting',
            'The cards of these hosts tell',
        ),
        (sample_guests.shared, 'guest-disk-converted', 'Help each guest'),
        (fleets.changed, 'backend-changed', 'If guests from before'),
    ],
    ids=['unread', 'without a proposal', 'guests', 'changed'],
)
def test_there_is_a_step_where_no_setting_is_proposed_for_all(
    make: Callable[[], report.Report], rule: str, start: str
) -> None:
    assert told(make())[rule][0].startswith(start)


def test_too_many_ways_are_left_to_the_cards() -> None:
    confs = [
        f'[DEFAULT]\ncompute_driver = {hosts.LIBVIRT}\n[{group}]\n'
        'use_cow_images = False\n[libvirt]\nimages_type = qcow2\n'
        for group in ('api', 'compute', 'libvirt', 'vnc')
    ]
    whole = fleets.of({f'a{n}': conf for n, conf in enumerate(confs)})
    found = told(whole)['ignored-setting']
    assert found[-1] == (
        'The cards of the other hosts tell what to write there.'
    )
    assert found.count('On 1 of 4 hosts:') == 3


def test_notes_ask_for_nothing() -> None:
    whole = fleets.of(
        {'a1': hosts.nova_conf(images_type='lvm', use_cow_images='True')}
    )
    assert [one.rule for one in overview.of(whole.hosts)] == [
        'use-cow-images-unused'
    ]
    assert told(whole) == {}
