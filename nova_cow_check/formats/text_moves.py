# SPDX-License-Identifier: Apache-2.0

"""Who may move to whom, for people: tables, and what happens to which disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from nova_cow_check._i18n import _
from nova_cow_check.formats import terminal
from nova_cow_check.nova import operations
from nova_cow_check import printing
from nova_cow_check.reports import fleet
from nova_cow_check.reports import move_wording
from nova_cow_check.reports import sharing as sharings

#: Lines of names beside a letter: the groups have more of them.
_MOST_SIDE_LINES = 2

#: Of a column, with the space behind it.
_COLUMN = 8

#: Before the first column: room for a letter.
_MARGIN = len(terminal.INDENT) * 2 + 1


def of(
    moves: fleet.Matrix,
    is_only: bool,
    sharing: sharings.Proposal | None,
    screen: terminal.Screen,
) -> Iterator[str]:
    """Yield the lines about the moves within a group.

    :param is_only: whether there is no other group
    :param sharing: what is proposed for it
    """
    title = _title(moves.group, is_only)
    yield from map(screen.bold, screen.wrapped(title, indent=''))
    for letter, side in zip(move_wording.LETTERS, moves.sides):
        yield from _side(letter, side, screen)
    if moves.unknown:
        yield from screen.wrapped(
            _('Not compared, so that a move from or to any of them is a risk:')
        )
        yield from screen.hosts(moves.unknown, _MOST_SIDE_LINES, ' ' * _MARGIN)
    if moves.is_shared:
        yield from screen.wrapped(move_wording.shared())
    if sharing is not None:
        yield ''
        words = move_wording.sharing(sharing)
        yield from terminal.paragraphs(words, screen)
        if len(moves.sides) == 1:
            yield ''
    if moves.sides:
        yield from _cold_migrations(moves, screen)
        yield from _live_migrations(moves, screen)
        yield from _ways(moves, screen)


def _cold_migrations(
    moves: fleet.Matrix, screen: terminal.Screen
) -> Iterator[str]:
    if len(moves.sides) > 1:
        about = _(
            'Row: the host that an instance was made on. Column: the host '
            'that it is moved to.'
        )
        yield ''
        yield from screen.wrapped(about)
        yield from _tables(moves, move_wording.fate, screen)
    else:
        fate = move_wording.fate(moves, moves.sides[0], moves.sides[0])
        words = _('A move between these hosts: %s.') % _word(fate)
        yield from screen.wrapped(words)
    for harm in move_wording.harms(moves):
        yield from _harmed(harm, screen)


def _live_migrations(
    moves: fleet.Matrix, screen: terminal.Screen
) -> Iterator[str]:
    """Yield the second table, and what else brings a guest to a host."""
    are_several = len(moves.sides) > 1
    if are_several:
        yield ''
        title = move_wording.live_title(moves.is_shared)
        yield from map(screen.bold, screen.wrapped(title))
        yield from _tables(moves, move_wording.live_fate, screen)
    else:
        side = moves.sides[0]
        fate = move_wording.live_fate(moves, side, side)
        words = _('A live migration between these hosts: %s.') % _word(fate)
        yield from screen.wrapped(words)
    for harm in move_wording.live_harms(moves):
        yield from _harmed(harm, screen)
    if are_several:
        yield ''
        yield from screen.wrapped(move_wording.made_anew(moves.is_shared))


def _ways(moves: fleet.Matrix, screen: terminal.Screen) -> Iterator[str]:
    """Yield the safe way for each pair of which a move is not fine."""
    ways = move_wording.ways(moves)
    if not ways:
        return
    yield ''
    title = _(
        'Ways between hosts where a resize or cold migration is not fine'
    )
    yield from map(screen.bold, screen.wrapped(title))
    for one in ways:
        yield from _told(f'{_pairs(one.moves)}:', (one.words,), screen)


def _harmed(
    harm: move_wording.Harmed, screen: terminal.Screen
) -> Iterator[str]:
    heading = f'{_pairs(harm.moves)}: {_word(harm.fate)}'
    yield from _told(heading, harm.sentences, screen)


def _told(
    heading: str, sentences: Sequence[str], screen: terminal.Screen
) -> Iterator[str]:
    yield ''
    yield from screen.wrapped(heading)
    yield from screen.wrapped(
        *sentences, indent=terminal.INDENT * 2, hanging=terminal.INDENT
    )


def _pairs(moves: Sequence[move_wording.Pair]) -> str:
    pattern = _('%(sources)s to %(destinations)s')
    return move_wording.joined_moves(moves, pattern)


def _title(group: str, is_only: bool) -> str:
    if group:
        title = _('Resize and cold migration in the group %s')
        return title % printing.printable(group)
    if is_only:
        return _('Resize and cold migration')
    return _('Resize and cold migration of the other hosts')


def _side(
    letter: str, side: fleet.Side, screen: terminal.Screen
) -> Iterator[str]:
    words = _('%(letter)s: %(hosts)s, %(settings)s') % {
        'letter': letter,
        'hosts': terminal.number(len(side.hosts)),
        'settings': move_wording.side(side.behaviour),
    }
    hanging = ' ' * (_MARGIN - len(terminal.INDENT))
    yield from screen.wrapped(words, hanging=hanging)
    yield from screen.hosts(side.hosts, _MOST_SIDE_LINES, ' ' * _MARGIN)


def _tables(
    moves: fleet.Matrix,
    fate_of: Callable[
        [fleet.Matrix, fleet.Side, fleet.Side], move_wording.Fate
    ],
    screen: terminal.Screen,
) -> Iterator[str]:
    """Yield a table, or several below each other if it is too wide.

    :param fate_of: what a cell says, of its row and its column
    """
    sides = moves.sides
    columns = max((screen.width - _MARGIN) // _COLUMN, 1)
    for start in range(0, len(sides), columns):
        shown = sides[start : start + columns]
        letters = move_wording.LETTERS[start : start + len(shown)]
        yield ''
        heads = ''.join(letter.ljust(_COLUMN) for letter in letters)
        yield ' ' * _MARGIN + heads.rstrip()
        for letter, source in zip(move_wording.LETTERS, sides):
            cells = ''.join(
                _cell(fate_of(moves, source, one), screen) for one in shown
            )
            row = terminal.INDENT + letter + terminal.INDENT + cells
            yield row.rstrip()


def _cell(fate: move_wording.Fate, screen: terminal.Screen) -> str:
    word = _word(fate)
    spaces = ' ' * (_COLUMN - len(word))
    if fate.outcome is None or fate.stays:
        return word + spaces
    return screen.marked(word, fate.outcome) + spaces


def _word(fate: move_wording.Fate) -> str:
    """Return the word, the worst one so that it is found without colour."""
    word = move_wording.fate_word(fate)
    is_worst = fate.outcome is operations.Outcome.UNSAFE
    return word.upper() if is_worst else word
