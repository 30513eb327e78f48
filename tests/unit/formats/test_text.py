# SPDX-License-Identifier: Apache-2.0

"""What a person reads; tests/unit/golden/formats/text has all of it."""

from __future__ import annotations

import datetime
import re

import pytest

from nova_cow_check.formats import interface
from nova_cow_check.formats import text
from nova_cow_check.reports import report
from tests.unit import hosts
from tests.unit import sample_reports

ESCAPE = re.compile('\x1b' + r'\[([\d;]+)m')
SICK = hosts.host(hosts.nova_conf(use_cow_images='False'))


def rendered(
    whole: report.Report, width: int = 80, has_colour: bool = False
) -> str:
    return ''.join(text.render(whole, interface.Appearance(width, has_colour)))


def test_it_starts_with_the_verdict() -> None:
    start = 'compute1: WARNING\n  implicit-image-backend\n\nSettings\n'
    assert rendered(sample_reports.of(SICK)).startswith(start)


def test_a_setting_to_write_can_be_pasted() -> None:
    lines = rendered(sample_reports.of(SICK)).splitlines()
    start = lines.index('  Write in nova.conf:')
    assert lines[start + 1 : start + 7] == [
        '',
        '[DEFAULT]',
        'use_cow_images = False',
        '[libvirt]',
        'images_type = flat',
        '',
    ]


def test_a_finding_has_its_place_and_where_to_read_more() -> None:
    shown = rendered(sample_reports.of(SICK))
    assert '\nWarning: implicit-image-backend (nova.conf:3)\n' in shown
    assert '  More: nova-cow-check rules implicit-image-backend\n' in shown
    assert '\n  https://' in shown


def test_a_finding_about_what_is_not_set_says_so() -> None:
    shown = rendered(sample_reports.of(hosts.host(hosts.nova_conf())))
    assert 'Warning: implicit-image-backend (not set)\n' in shown


class TestSummary:
    several = hosts.host(
        hosts.nova_conf(images_type='rbd', use_cow_images='True')
        + '[default]\nuse_cow_images = True\nforce_raw_images = False\n'
        + '[DEFAULT]\nforce_raw_images = False\n'
    )

    def test_the_findings_are_counted(self) -> None:
        lines = rendered(sample_reports.of(self.several)).splitlines()
        assert lines[-2:] == [
            'Failures: 1, warnings: 2, notes: 1, waived: 0.',
            'Exit code 2, with --fail-on warning.',
        ]

    def test_the_waived_ones_apart(self) -> None:
        waiver = sample_reports.waiver('ignored-setting')
        lines = rendered(
            sample_reports.of(self.several, [waiver])
        ).splitlines()
        numbers = 'Failures: 1, warnings: 0, notes: 1, waived: 2.'
        assert lines[-2] == numbers

    def test_waivers_that_matched_nothing_are_named(self) -> None:
        accepted = [
            sample_reports.waiver('driver-removed', line=4),
            sample_reports.waiver('ignored-setting', 'other', line=9),
        ]
        lines = rendered(
            sample_reports.of(self.several, accepted)
        ).splitlines()
        assert ' '.join(lines[-2:]) == (
            'Waivers that matched nothing: driver-removed (waivers.yaml:4), '
            'ignored-setting (waivers.yaml:9).'
        )


def test_a_waiver_is_shown_with_its_reason() -> None:
    day = datetime.date(2027, 1, 31)
    waiver = sample_reports.waiver('implicit-image-backend', expires=day)
    shown = rendered(sample_reports.of(SICK, [waiver]))
    assert shown.startswith('compute1: SUCCESS\n')
    assert 'Warning, waived: implicit-image-backend (nova.conf:3)\n' in shown
    assert (
        '  Waived until 2027-01-31 (waivers.yaml:1): Retired in January.\n'
    ) in shown


@pytest.mark.parametrize('width', [40, 60, 80, 100])
def test_lines_fit_the_terminal(width: int) -> None:
    accepted = [
        sample_reports.waiver('driver-removed', line=line) for line in range(9)
    ]
    shown = rendered(sample_reports.of(SICK, accepted), width)
    for line in shown.splitlines():
        assert len(line) <= width or ' ' not in line.strip(), line


def test_settings_are_a_table_where_it_fits() -> None:
    whole = sample_reports.of(SICK)
    wide = '  [DEFAULT]/use_cow_images    False                  nova.conf:3\n'
    assert wide in rendered(whole, 80)
    narrow = '  [DEFAULT]/use_cow_images = False\n  (nova.conf:3)\n'
    assert narrow in rendered(whole, 40)


class TestColour:
    def test_it_changes_no_word(self) -> None:
        for content in (hosts.nova_conf(), hosts.nova_conf('$none')):
            whole = sample_reports.of(hosts.host(content))
            coloured = rendered(whole, has_colour=True)
            assert '\x1b' in coloured
            assert ESCAPE.sub('', coloured) == rendered(whole)

    def test_every_colour_ends(self) -> None:
        for line in rendered(
            sample_reports.of(SICK), has_colour=True
        ).splitlines():
            codes = ESCAPE.findall(line)
            assert codes[1::2] == ['0'] * (len(codes) // 2)
            assert len(codes) % 2 == 0

    @pytest.mark.parametrize(
        ('images_type', 'headline'),
        [
            ('qcow2', '\x1b[1;32mSUCCESS\x1b[0m'),
            ('flat', '\x1b[1;33mWARNING\x1b[0m'),
            ('zfs', '\x1b[1;31mFAILURE\x1b[0m'),
        ],
    )
    def test_the_verdict(self, images_type: str, headline: str) -> None:
        host = hosts.host(hosts.nova_conf(images_type=images_type))
        first = rendered(sample_reports.of(host), has_colour=True).split('\n')[
            0
        ]
        assert headline in first

    def test_a_waived_finding_has_none(self) -> None:
        waiver = sample_reports.waiver('implicit-image-backend')
        shown = rendered(sample_reports.of(SICK, [waiver]), has_colour=True)
        assert '\x1b[1mWarning, waived: implicit-image-backend' in shown
