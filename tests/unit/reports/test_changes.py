# SPDX-License-Identifier: Apache-2.0

"""What became of hosts, in words."""

from __future__ import annotations

import datetime

import pytest

from nova_cow_check.reports import changes
from nova_cow_check.rules import findings
from tests.unit import fleets

WORSE, BETTER, SAME, NEW, GONE = changes.Change

DAY = fleets.EARLIER


def compared(
    *hosts: changes.HostChange,
    counted: dict[changes.Change, int] | None = None,
    newest: datetime.datetime = DAY,
    repeated: tuple[changes.Repeated, ...] = (),
) -> changes.Changes:
    numbers = {**dict.fromkeys(changes.Change, 0), **(counted or {})}
    return changes.Changes(DAY, newest, numbers, hosts, repeated)


def mark(
    rule: str, severity: str = 'WARNING', guest: str = ''
) -> changes.Mark:
    return changes.Mark(rule, findings.Severity[severity], False, guest)


def test_the_summary_is_as_short_as_it_can_be() -> None:
    found = compared(counted={BETTER: 37, WORSE: 2, NEW: 3, GONE: 1})
    assert changes.summary(found, True) == (
        'Since 2026-11-01: 37 hosts better, 2 worse, 3 new, 1 gone, 0 the '
        'same.'
    )
    found = compared(counted={BETTER: 1, SAME: 9})
    assert changes.summary(found, True) == (
        'Since 2026-11-01: 1 host better, 0 worse, 0 new, 0 gone, 9 the same.'
    )


@pytest.mark.parametrize(
    'change, words',
    [
        (BETTER, 'Since 2026-11-01: this host is better.'),
        (WORSE, 'Since 2026-11-01: this host is worse.'),
        (SAME, 'Since 2026-11-01: this host is the same.'),
        (NEW, 'The report of 2026-11-01 tells nothing of this host.'),
    ],
)
def test_the_summary_of_one_host(change: changes.Change, words: str) -> None:
    assert changes.summary(compared(counted={change: 1}), False) == words


def test_reports_of_several_days_are_told_so() -> None:
    later = DAY + datetime.timedelta(days=3)
    assert changes.since(compared(newest=later)) == (
        '2026-11-01 (the latest of them: 2026-11-04)'
    )
    same_day = DAY + datetime.timedelta(hours=3)
    assert changes.since(compared(newest=same_day)) == '2026-11-01'


def test_hosts_that_became_the_same_are_told_together() -> None:
    found = compared(
        changes.HostChange('a', WORSE, (mark('x'), mark('x')), ()),
        changes.HostChange('b', WORSE, (mark('x', guest='1'),), ()),
        changes.HostChange('c', WORSE, (mark('y'),), (mark('x'),)),
        changes.HostChange('d', BETTER, (), (mark('x'),)),
        changes.HostChange('e', NEW),
        changes.HostChange('f', NEW),
    )
    together = changes.alike(found)
    assert [changes.heading(one) for one in together] == [
        'Worse: 2 hosts',
        'Worse: 1 host',
        'Better: 1 host',
        'New: 2 hosts',
    ]
    assert [one.hosts for one in together] == [
        ('a', 'b'),
        ('c',),
        ('d',),
        ('e', 'f'),
    ]
    assert [[*changes.differences(one)] for one in together] == [
        ['Came: x.'],
        ['Came: y.', 'Ended: x.'],
        ['Ended: x.'],
        [],
    ]


@pytest.mark.parametrize('change', changes.Change)
def test_every_heading_has_its_number(change: changes.Change) -> None:
    one, more = (
        changes.heading(changes.Alike(change, (), (), names))
        for names in (('a',), ('a', 'b'))
    )
    assert one.endswith(': 1 host') and more.endswith(': 2 hosts')


def test_what_is_told_more_than_once_is_said() -> None:
    assert [*changes.caveats(compared())] == []
    some = tuple(
        changes.Repeated(f'compute{n:03}', 'new.json', ('old.json',))
        for n in range(1, 4)
    )
    assert [*changes.caveats(compared(repeated=some))] == [
        'More than one earlier report tells of compute[001-003]: of each '
        'host, the one that was made last counts.'
    ]
    names = [f'{chr(97 + n)}\x1b' for n in range(12)]
    many = tuple(changes.Repeated(name, 'n', ('o',)) for name in names)
    (words,) = changes.caveats(compared(repeated=many))
    assert 'and others (--output json names all of them)' in words
    assert words.isprintable()


def test_who_is_not_looked_back_at_is_named() -> None:
    found = compared()._replace(not_looked_back=('c1', 'c2', 'x'))
    assert [*changes.caveats(found)] == [
        'Not looked back at, because no earlier report knows the settings: '
        'c[1-2], x.'
    ]
