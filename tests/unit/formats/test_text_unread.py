#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.


"""Hosts that were not read, as a person reads of them."""

from __future__ import annotations

from nova_cow_check.formats import style
from nova_cow_check.formats import text_unread
from nova_cow_check import groups
from nova_cow_check import report
from nova_cow_check import settings
from tests.unit import fleets
from tests.unit import reports

BROKEN = settings.Unreadable('the line has no "="', 'nova.conf', 7)
MISSING = settings.Unreadable('it is expected, but there is nothing of it')


def shown(whole: report.Report, width: int = 80) -> list[list[str]]:
    """Return the lines of each group."""
    found = []
    for group in groups.of(whole.hosts):
        known = group.example.known
        assert isinstance(known, settings.Unreadable)
        paint = style.Style(False)
        found.append(list(text_unread.lines(group, known, width, paint)))
    return found


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
    accepted = [reports.waiver('unreadable-configuration', 'c1')]
    whole = fleets.of({'c1': MISSING, 'c2': MISSING}, accepted=accepted)
    counts, waived = shown(whole)
    assert counts[0] == 'Failure: unreadable-configuration, 1 host'
    assert waived[:2] == [
        'Failure, waived: unreadable-configuration, 1 host',
        '  Waived (waivers.yaml:1): Retired in January.',
    ]


def test_a_reason_that_would_act_on_a_terminal_is_escaped() -> None:
    reason = settings.Unreadable('there twice: a\x1b[2Jb', 'x\r.conf')
    (lines,) = shown(fleets.of({'c\x1b[31m': reason}))
    assert '  Not read, or not all of it: there twice: a\\x1b[2Jb.' in lines
    assert lines[-1].startswith('  c\\x1b[31m (fleet/c\\x1b[31m')
    assert all(line.isprintable() for line in lines)
