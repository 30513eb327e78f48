# SPDX-License-Identifier: Apache-2.0

"""Who may move to whom, as a person reads it."""

from __future__ import annotations

import itertools
import re

import pytest

from nova_cow_check.formats import terminal
from nova_cow_check.formats import text_moves
from nova_cow_check.nova import backends
from nova_cow_check.reports import fleet
from nova_cow_check.reports import move_wording
from nova_cow_check.reports import sharing

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
    proposal: sharing.Proposal | None = None,
) -> list[str]:
    screen = terminal.Screen(width, has_colour)
    return list(text_moves.of(moves, is_only, proposal, screen))


def cells(
    lines: list[str], of_live: bool = False
) -> dict[tuple[str, str], str]:
    """Read the tables of moves: (row, column) -> word.

    :param of_live: read those of live migrations instead
    """
    starts = [n for n, line in enumerate(lines) if 'Live migration' in line]
    start = starts[0] if starts else len(lines)
    lines = lines[start:] if of_live else lines[:start]
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
    moves = of(*ALL)
    lines = shown(moves, width)
    found, live = cells(lines), cells(lines, of_live=True)
    assert len(found) == len(live) == len(ALL) ** 2
    for (row, source), (column, destination) in itertools.product(
        zip('ABCDEFGHIJKLMNOPQRST', moves.sides), repeat=2
    ):
        outcome = moves.outcome(source, destination)
        assert found[row, column].upper() == outcome.name
        fate = move_wording.live_fate(moves, source, destination)
        word = move_wording.fate_word(fate)
        assert live[row, column].lower() == word
    assert max(map(len, lines)) <= width


def test_the_worst_is_found_without_colour() -> None:
    found = cells(shown(of(QCOW2, QCOW2_AS_IS)))
    assert found == {
        ('A', 'A'): 'fine',
        ('A', 'B'): 'UNSAFE',
        ('B', 'A'): 'breaks',
        ('B', 'B'): 'fine',
    }


def test_live_migrations_have_a_table_of_their_own() -> None:
    found = cells(shown(of(QCOW2, FLAT)), of_live=True)
    assert found == {
        ('A', 'A'): 'fine',
        ('A', 'B'): 'refused',
        ('B', 'A'): 'UNSAFE',
        ('B', 'B'): 'fine',
    }
    shared = of(QCOW2, FLAT)._replace(is_shared=True)
    lines = shown(shared)
    assert cells(lines, of_live=True)['A', 'B'] == 'fine'
    assert '  They share instances_path, as --shared says.' in lines


def test_what_is_refused_is_told_from_what_breaks_later() -> None:
    lines = shown(of(QCOW2, FLAT), width=100)
    refused = lines.index('  A to B: refused')
    later = lines.index('  B to A: UNSAFE')
    assert later < refused
    assert 'At its next stop and start there' in lines[later + 1]
    assert 'QEMU refuses the live migration' in lines[refused + 1]


def test_where_a_move_is_not_fine_there_is_a_way() -> None:
    lines = shown(of(QCOW2, QCOW2_AS_IS), width=100)
    start = lines.index(
        '  Ways between hosts where a resize or cold migration is not fine'
    )
    told = ' '.join(lines[start:])
    assert 'A to B; B to A: ' in told and 'live block migration' in told
    assert 'resize revert UUID' in told
    assert '  Ways between' not in ' '.join(shown(of(QCOW2)))


def test_what_hosts_seem_to_share_is_proposed() -> None:
    proposal = sharing.Proposal(
        '', 'nas:/nova', '/nova\x1b', ('a', 'b'), 3, '--shared'
    )
    lines = shown(of(QCOW2), proposal=proposal, width=100)
    told = ' '.join(line.strip() for line in lines)
    assert '2 of 3, have instances_path (/nova\\x1b) on nas:/nova' in told
    assert '--shared' in lines


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
    end = next(n for n, line in enumerate(lines) if 'Live migr' in line)
    headings = [
        line for line in lines[:end] if re.match(r'  [A-Z].* to [A-Z]', line)
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
