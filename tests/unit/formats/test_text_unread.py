# SPDX-License-Identifier: Apache-2.0

"""Hosts that were not read, as a person reads of them."""

from __future__ import annotations

from nova_cow_check.formats import terminal
from nova_cow_check.formats import text
from nova_cow_check.reports import fleet
from nova_cow_check.reports import report
from nova_cow_check.settings import host_settings
from tests.unit import fleets
from tests.unit import sample_reports

BROKEN = host_settings.Unreadable('the line has no "="', 'nova.conf', 7)
MISSING = host_settings.Unreadable(
    'it is expected, but there is nothing of it'
)


def shown(whole: report.Report, width: int = 80) -> list[list[str]]:
    """Return the lines on hosts that are alike, for each kind of them."""
    screen = terminal.Screen(width)
    return [
        list(text._unread(alike, screen)) for alike in fleet.alike(whole.hosts)
    ]


def test_hosts_are_together_by_reason_each_with_its_place() -> None:
    whole = fleets.of(
        {'c10': BROKEN, 'c9': BROKEN._replace(line=3), 'c1': MISSING}
    )
    assert shown(whole) == [
        [
            'Failure: unreadable-configuration, 2 hosts',
            '  Not read, or not all of it: the line has no "=".',
            '',
            '  c9 (fleet/c9.conf:3)',
            '  c10 (fleet/c10.conf:7)',
        ],
        [
            'Failure: unreadable-configuration, 1 host',
            '  Not read, or not all of it: it is expected, but there is '
            'nothing of it.',
            '',
            '  c1 (fleet/c1.conf)',
        ],
    ]


def test_none_is_folded_away() -> None:
    names = fleets.numbered(1, 900, BROKEN)
    (lines,) = shown(fleets.of(names))
    assert lines[3:] == [f'  {name} (fleet/{name}.conf:7)' for name in names]


def test_a_waived_one_is_there_with_the_reason() -> None:
    accepted = [sample_reports.waiver('unreadable-configuration', 'c1')]
    whole = fleets.of({'c1': MISSING, 'c2': MISSING}, accepted=accepted)
    counts, waived = shown(whole)
    assert counts[0] == 'Failure: unreadable-configuration, 1 host'
    assert waived[:2] == [
        'Failure, waived: unreadable-configuration, 1 host',
        '  Waived (waivers.yaml:1): Retired in January.',
    ]


def test_a_reason_that_would_act_on_a_terminal_is_escaped() -> None:
    reason = host_settings.Unreadable('there twice: a\x1b[2Jb', 'x\r.conf')
    (lines,) = shown(fleets.of({'c\x1b[31m': reason}))
    assert '  Not read, or not all of it: there twice: a\\x1b[2Jb.' in lines
    assert lines[-1].startswith('  c\\x1b[31m (fleet/c\\x1b[31m')
    assert all(line.isprintable() for line in lines)
