# SPDX-License-Identifier: Apache-2.0

"""Who may move to whom, as a person reads it."""

from __future__ import annotations

import itertools
import re

import pytest

from nova_cow_check.formats import terminal
from nova_cow_check.formats import text
from nova_cow_check.nova import backends
from nova_cow_check.nova import operations
from nova_cow_check.reports import fleet

QCOW2 = backends.Behaviour(backends.Backend.QCOW2, True, True)
QCOW2_AS_IS = QCOW2._replace(force_raw_images=False)
QCOW2_UNCONVERTED = QCOW2._replace(use_cow_images=False)
FLAT = backends.Behaviour(backends.Backend.FLAT, False, True)
LVM = backends.Behaviour(backends.Backend.LVM, True, True)

#: As many as there can be.
ALL = [
    backends.Behaviour(*one)
    for one in itertools.product(
        backends.Backend, (True, False), (True, False)
    )
]


def of(
    *found: backends.Behaviour,
    group: str = '',
    unknown: tuple[str, ...] = (),
) -> fleet.Matrix:
    sides = tuple(
        fleet.Side(one, (f'host{number}',)) for number, one in enumerate(found)
    )
    return fleet.Matrix(group, sides, unknown)


def shown(
    moves: fleet.Matrix,
    width: int = 80,
    has_colour: bool = False,
    is_only: bool = True,
) -> list[str]:
    screen = terminal.Screen(width, has_colour)
    return list(text._moves(moves, is_only, screen))


def cells(lines: list[str]) -> dict[tuple[str, str], str]:
    """Read the tables: (row, column) -> word."""
    found = {}
    columns: list[str] = []
    for line in lines:
        if re.fullmatch(r' {5}[A-Z]( {7}[A-Z])*', line):
            columns = line.split()
        elif columns and re.match(r'  [A-Z]  ', line):
            row, *words = line.split()
            found.update(
                {(row, column): word for column, word in zip(columns, words)}
            )
    return found


def test_a_side_is_hosts_and_what_nova_goes_by() -> None:
    assert shown(of(QCOW2, FLAT))[:5] == [
        'Resize and cold migration',
        '  A: 1 host, qcow2, use_cow_images = True, force_raw_images = True',
        '     host0',
        '  B: 1 host, flat, use_cow_images = False, force_raw_images = True',
        '     host1',
    ]


@pytest.mark.parametrize('width', [40, 60, 80, 100])
def test_each_pair_is_in_the_table(width: int) -> None:
    lines = shown(of(*ALL), width)
    found = cells(lines)
    assert len(found) == len(ALL) ** 2
    for (row, source), (column, destination) in itertools.product(
        zip('ABCDEFGHIJKLMNOPQRST', ALL), repeat=2
    ):
        outcome = operations.worst(operations.between(source, destination))
        assert found[row, column].upper() == outcome.name
    assert max(map(len, lines)) <= width


def test_the_worst_is_found_without_colour() -> None:
    found = cells(shown(of(QCOW2, QCOW2_AS_IS)))
    assert found == {
        ('A', 'A'): 'fine',
        ('A', 'B'): 'UNSAFE',
        ('B', 'A'): 'breaks',
        ('B', 'B'): 'fine',
    }


def test_and_has_its_own() -> None:
    lines = shown(of(QCOW2, QCOW2_AS_IS), has_colour=True)
    fine, breaks, unsafe = (
        f'\x1b[1;{code}m{word}\x1b[0m'
        for code, word in [(32, 'fine'), (33, 'breaks'), (31, 'UNSAFE')]
    )
    assert f'  A  {fine}    {unsafe}' in lines
    assert f'  B  {breaks}  {fine}' in lines


def test_what_happens_is_told_once_and_the_worst_first() -> None:
    lines = shown(of(FLAT, QCOW2, QCOW2_UNCONVERTED))
    headings = [
        line for line in lines if re.match(r'  [A-Z].* to [A-Z]', line)
    ]
    assert headings == [
        '  A to C: UNSAFE',
        '  A to B: breaks',
        '  B, C to A: breaks',
    ]
    start = lines.index('  A to C: UNSAFE')
    assert lines[start - 1] == ''
    assert lines[start + 1].startswith('    Root disk, ephemeral disk: ')
    assert lines[start + 2].startswith('      ')


@pytest.mark.parametrize(
    'moves, line',
    [
        (of(QCOW2), '  A move between these hosts: fine.'),
        (of(LVM), '  A move between these hosts: breaks.'),
        (of(QCOW2_UNCONVERTED), '  A move between these hosts: fine.'),
    ],
)
def test_hosts_of_one_kind_need_no_table(
    moves: fleet.Matrix, line: str
) -> None:
    lines = shown(moves)
    assert line in lines
    assert cells(lines) == {}


def test_hosts_that_are_not_known_are_named() -> None:
    unknown = tuple(f'c{n}' for n in range(1, 9))
    assert shown(of(unknown=unknown))[1:] == [
        '  Not compared, so that a move from or to any of them is a risk:',
        '     c[1-8]',
    ]


@pytest.mark.parametrize(
    'group, is_only, title',
    [
        ('', True, 'Resize and cold migration'),
        ('', False, 'Resize and cold migration of the other hosts'),
        ('c\x1b', False, 'Resize and cold migration in the group c\\x1b'),
    ],
)
def test_the_title_names_the_group(
    group: str, is_only: bool, title: str
) -> None:
    first, *_others = shown(of(QCOW2, group=group), is_only=is_only)
    assert first == title
