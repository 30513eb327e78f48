# SPDX-License-Identifier: Apache-2.0

"""What a person reads, for each rule: compare tests/unit/golden.

After a change that is meant, write the files anew with
``UPDATE_GOLDEN=1 pytest tests/unit/reports/test_details.py`` and read the
diff.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
import dataclasses
import datetime
import os
import pathlib

import pytest

from nova_cow_check.reports import report
from nova_cow_check.reports import verdict
from nova_cow_check.rules import registry
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings
from tests.unit import fleets
from tests.unit import hosts
from tests.unit import sample_reports

GOLDEN = pathlib.Path(__file__).parents[1] / 'golden'


def running(content: str) -> host_settings.ImageSettings:
    """Return a host of which a process and its Nova are known."""
    return dataclasses.replace(
        hosts.host(content).settings(),
        process=sample_reports.PROCESS,
        nova_release='29.2.0',
    )


#: Rules that a configuration by itself cannot show -> its fleet; it comes
#: last.
FLEETS: Mapping[str, Mapping[str, fleets.Known]] = {
    'unreadable-configuration': {
        'compute1': host_settings.Unreadable(
            'the line has neither "=" nor ":"', 'nova.conf', 7
        )
    },
    'changes-not-in-effect': {'compute1': running(fleets.QCOW2)},
    'unsafe-flat-resize': {'compute1': running(fleets.FLAT)},
    'mixed-image-backends': {
        **fleets.numbered(1, 2, fleets.QCOW2),
        'compute3': fleets.FLAT,
    },
    'mixed-force-raw-images': {
        **fleets.numbered(1, 2, fleets.QCOW2),
        'compute3': hosts.nova_conf(
            images_type='qcow2', force_raw_images='False'
        ),
    },
}

#: Rules that look back -> the host before, and now.
CHANGES: Mapping[str, tuple[str, str]] = {
    'backend-changed': (fleets.FLAT, hosts.nova_conf(images_type='qcow2')),
    'force-raw-images-changed': (
        hosts.nova_conf(images_type='qcow2', force_raw_images='no'),
        hosts.nova_conf(images_type='qcow2', force_raw_images='yes'),
    ),
}

NAMES = sorted(
    [*(path.stem for path in GOLDEN.glob('*.conf')), *FLEETS, *CHANGES]
)


def rendered(rows: Iterable[verdict.Row]) -> str:
    return '\n'.join(
        f'== {row.check.value}: {report.result_of(row.worst).value}\n'
        f'{verdict.as_text(row)}\n'
        for row in rows
    )


def rows_of(name: str) -> tuple[verdict.Row, ...]:
    if name in FLEETS:
        *_others, last = FLEETS[name]
        return fleets.named(fleets.of(FLEETS[name]), last).rows
    if name in CHANGES:
        before, now = (hosts.host(one).settings() for one in CHANGES[name])
        earlier = verdict.behaviour_of(before)
        return verdict.judge(now, earlier=earlier)
    path = GOLDEN / f'{name}.conf'
    return hosts.Host({path.name: path.read_text()}).rows()


@pytest.mark.parametrize('name', NAMES)
def test_golden(name: str) -> None:
    golden = GOLDEN / f'{name}.txt'
    found = rendered(rows_of(name))
    if os.environ.get('UPDATE_GOLDEN'):
        golden.write_text(found)
    assert found == golden.read_text()


@pytest.mark.parametrize(
    'rule',
    [
        name
        for name, one in registry.RULES.items()
        # Theirs are in the directory golden/guests.
        if one not in registry.GUEST_RULES
    ],
)
def test_every_rule_has_a_golden_file(rule: str) -> None:
    found = {finding.rule for row in rows_of(rule) for finding in row.found}
    assert rule in found


def test_a_setting_to_write_is_a_line_that_nova_conf_can_take() -> None:
    host = hosts.host(hosts.nova_conf(use_cow_images='no'))
    lines = verdict.as_text(host.rows()[1]).split('\n')
    start = lines.index('Write in nova.conf:')
    assert lines[start + 1 :] == [
        '[DEFAULT]',
        'use_cow_images = False',
        '[libvirt]',
        'images_type = flat',
        'Keep use_cow_images = False: nova.conf:3.',
    ]


def test_a_name_cannot_move_the_cursor() -> None:
    host = hosts.Host({'\x1b[2J\n.conf': '[\x1b[2J]\nuse_cow_images = no\n'})
    text = verdict.as_text(host.rows()[0])
    assert '\x1b' not in text
    assert 'Files read: \\x1b[2J\\n.conf' in text
    assert 'Nova ignores [\\x1b[2J]/use_cow_images' in text


def test_the_environment_is_said_to_beat_the_files() -> None:
    host = hosts.host(
        hosts.nova_conf(images_type='flat'),
        {'OS_DEFAULT__USE_COW_IMAGES': 'True'},
    )
    assert verdict.as_text(host.rows()[2]).endswith(
        '[DEFAULT]\nuse_cow_images = False\n'
        'Change use_cow_images where it comes from, which beats nova.conf: '
        'environment variable OS_DEFAULT__USE_COW_IMAGES.'
    )


SICK = hosts.host(hosts.nova_conf(images_type='flat'))
PAST = datetime.date(2026, 1, 31)
FUTURE = datetime.date(2027, 1, 31)


@pytest.mark.parametrize(
    ('expires', 'heading', 'sentence'),
    [
        (
            None,
            'Warning, waived: flat-disks-converted',
            'Waived (waivers.yaml:7): One host.',
        ),
        (
            FUTURE,
            'Warning, waived: flat-disks-converted',
            'Waived until 2027-01-31 (waivers.yaml:7): One host.',
        ),
        (
            PAST,
            'Warning: flat-disks-converted',
            'Counts: its waiver expired on 2026-01-31 (waivers.yaml:7): One '
            'host.',
        ),
    ],
)
def test_a_waiver_is_shown_with_its_reason(
    expires: datetime.date | None, heading: str, sentence: str
) -> None:
    waiver = sample_reports.waiver(
        'flat-disks-converted', expires=expires, line=7, reason='One\n host.'
    )
    row = verdict.judge(SICK.settings(), (waiver,))[2]
    lines = verdict.as_text(row).split('\n')
    start = lines.index(heading)
    assert lines[start + 1] == sentence
    assert lines[start + 2].startswith('[libvirt]/images_type = flat')


def test_waivers_that_matched_nothing_are_named() -> None:
    found = [
        sample_reports.waiver('driver-removed', line=2),
        sample_reports.waiver('invalid-setting', line=5),
    ]
    assert wording.unused(found) == (
        'Waivers that matched nothing: driver-removed (waivers.yaml:2), '
        'invalid-setting (waivers.yaml:5).'
    )
