# SPDX-License-Identifier: Apache-2.0

"""The part of a page about moves: tables of what becomes of guests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from nova_cow_check._i18n import _
from nova_cow_check.formats import html_pieces
from nova_cow_check.reports import fleet
from nova_cow_check.reports import fleet_wording
from nova_cow_check.reports import move_wording
from nova_cow_check.reports import report
from nova_cow_check.reports import separation
from nova_cow_check.reports import sharing

#: Words for names that are shown at once, in a table.
_FEW = 5

#: A matrix of more sides than this is made narrower for paper.
_MANY = 8

_MOVES = '%(sources)s \N{RIGHTWARDS ARROW} %(destinations)s'


def part(
    whole: report.Report, moves: Sequence[fleet.Matrix]
) -> html_pieces.Values:
    """Return a card for each group, and what the words in it mean."""
    apart = {one.group: one for one in separation.of(whole.hosts)}
    shared = {one.group: one for one in sharing.of(whole.hosts)}
    return {
        'id': 'moves',
        'heading': _('Resizes, cold and live migrations'),
        'legend': [
            _fate(one, meaning=move_wording.meaning(one))
            for one in move_wording.OF_MOVES
        ],
        'live_legend': [
            _fate(one, meaning=move_wording.live_meaning(one))
            for one in move_wording.OF_LIVE_MIGRATIONS
        ],
        'groups': (
            {
                **_moves(one, name, is_only=len(moves) == 1),
                'separation': _separation(apart.get(one.group)),
                'sharing': _sharing(shared.get(one.group)),
            }
            for name, one in ids(moves)
        ),
    }


def ids(
    moves: Iterable[fleet.Matrix],
) -> Iterator[tuple[str, fleet.Matrix]]:
    """Yield the moves of groups with the id of their card."""
    for number, one in enumerate(moves, 1):
        yield f'moves-{number}', one


def _moves(
    moves: fleet.Matrix, name: str, is_only: bool
) -> html_pieces.Values:
    """Return all moves of one group.

    :param name: the id of its card
    """
    tables = []
    if moves.sides:
        tables = [
            _table(moves, name, move_wording.harms, move_wording.fate),
            {
                **_table(
                    moves,
                    f'live-{name}',
                    move_wording.live_harms,
                    move_wording.live_fate,
                ),
                'title': move_wording.live_title(moves.is_shared),
                'words': move_wording.made_anew(moves.is_shared)
                if len(moves.sides) > 1
                else '',
            },
        ]
    return {
        'heading': fleet_wording.group_heading(moves.group, is_only),
        'id': name,
        'is_wide': len(moves.sides) > _MANY,
        'shared': move_wording.shared() if moves.is_shared else '',
        'sides': [*_sides(moves.sides)],
        'tables': tables,
        'unknown': html_pieces.hosts(moves.unknown) if moves.unknown else None,
        'ways': [
            {
                'moves': move_wording.joined_moves(one.moves, _MOVES),
                'words': one.words,
            }
            for one in move_wording.ways(moves)
        ],
    }


def _table(
    moves: fleet.Matrix,
    name: str,
    harms_of: Callable[[fleet.Matrix], Sequence[move_wording.Harmed]],
    fate_of: Callable[
        [fleet.Matrix, fleet.Side, fleet.Side], move_wording.Fate
    ],
) -> html_pieces.Values:
    """Return a table of moves, and what happens where they are not fine.

    :param name: begins the ids of what happens
    """
    harms = [
        (f'{name}-{position}', harm)
        for position, harm in enumerate(harms_of(moves), 1)
    ]
    links = {pair: name for name, harm in harms for pair in harm.moves}
    return {
        'harms': [
            _fate(
                harm.fate,
                id=name,
                moves=move_wording.joined_moves(harm.moves, _MOVES),
                sentences=harm.sentences,
            )
            for name, harm in harms
        ],
        # Of each source, those to all.
        'rows': [
            [
                _fate(
                    fate_of(moves, source, destination),
                    harm=links.get((i, j)),
                )
                for j, destination in enumerate(moves.sides)
            ]
            for i, source in enumerate(moves.sides)
        ],
        'title': '',
        'words': '',
    }


def _sharing(one: sharing.Proposal | None) -> object:
    return html_pieces.body(move_wording.sharing(one)) if one else []


def _separation(one: separation.Separation | None) -> object:
    return html_pieces.body(fleet_wording.separation(one)) if one else []


def _sides(sides: Sequence[fleet.Side]) -> Iterator[html_pieces.Values]:
    for letter, side in zip(move_wording.LETTERS, sides):
        yield {
            'backend': side.behaviour.backend.value,
            'behaviour': move_wording.side(side.behaviour),
            'hosts': html_pieces.hosts(side.hosts, most=_FEW),
            'letter': letter,
        }


def _fate(fate: move_wording.Fate, **others: object) -> html_pieces.Values:
    mark = 'apart' if fate.stays else html_pieces.MARKS[fate.outcome]
    return {'mark': mark, 'word': move_wording.fate_word(fate), **others}
