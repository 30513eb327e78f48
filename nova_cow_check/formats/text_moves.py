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


"""Who may move to whom, for people: a table, and what happens to disks."""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check._i18n import _
from nova_cow_check.formats import move_words
from nova_cow_check.formats import paragraphs
from nova_cow_check.formats import style
from nova_cow_check import matrix
from nova_cow_check import moves
from nova_cow_check import text

#: Lines of names beside a letter: the groups have more of them.
_MOST_LINES = 2

#: Of a column, with the space behind it.
_COLUMN = 8

#: Before the first column: room for a letter.
_MARGIN = len(paragraphs.INDENT) * 2 + 1


def lines(
    moves: matrix.Matrix, is_only: bool, width: int, paint: style.Style
) -> Iterator[str]:
    """Yield the lines about the moves within a domain.

    :param is_only: whether there is no other domain
    """
    title = _title(moves.domain, is_only)
    for line in paragraphs.wrapped([title], width, ''):
        yield paint.bold(line)
    for letter, side in zip(move_words.LETTERS, moves.sides):
        yield from _side(letter, side, width)
    if moves.unknown:
        words = _(
            'Not known, so that a move from or to any of them is a risk:'
        )
        yield from paragraphs.wrapped([words], width)
        yield from paragraphs.hosts(
            moves.unknown, width, _MOST_LINES, ' ' * _MARGIN
        )
    if len(moves.sides) > 1:
        yield from _tables(moves.sides, width, paint)
    elif moves.sides:
        words = _('A move between these hosts: %s.') % _word(moves.worst)
        yield from paragraphs.wrapped([words], width)
    yield from _what_happens(moves.sides, width)


def _title(domain: str, is_only: bool) -> str:
    if domain:
        title = _('Resize and cold migration in the group %s')
        return title % text.printable(domain)
    if is_only:
        return _('Resize and cold migration')
    return _('Resize and cold migration of the other hosts')


def _side(letter: str, side: matrix.Side, width: int) -> Iterator[str]:
    words = _('%(letter)s: %(hosts)s, %(settings)s') % {
        'letter': letter,
        'hosts': paragraphs.number(len(side.hosts)),
        'settings': move_words.side(side.behaviour),
    }
    hanging = ' ' * (_MARGIN - len(paragraphs.INDENT))
    yield from paragraphs.wrapped([words], width, hanging=hanging)
    yield from paragraphs.hosts(side.hosts, width, _MOST_LINES, ' ' * _MARGIN)


def _tables(
    sides: tuple[matrix.Side, ...], width: int, paint: style.Style
) -> Iterator[str]:
    """Yield a table, or several below each other if it is too wide."""
    about = _(
        'Row: the host that an instance was made on. Column: the host that '
        'it is moved to.'
    )
    yield ''
    yield from paragraphs.wrapped([about], width)
    columns = max((width - _MARGIN) // _COLUMN, 1)
    for start in range(0, len(sides), columns):
        shown = sides[start : start + columns]
        letters = move_words.LETTERS[start : start + len(shown)]
        yield ''
        heads = ''.join(letter.ljust(_COLUMN) for letter in letters)
        yield ' ' * _MARGIN + heads.rstrip()
        for letter, source in zip(move_words.LETTERS, sides):
            outcomes = [matrix.outcome(source, one) for one in shown]
            cells = ''.join(_cell(outcome, paint) for outcome in outcomes)
            row = paragraphs.INDENT + letter + paragraphs.INDENT + cells
            yield row.rstrip()


def _cell(outcome: moves.Outcome, paint: style.Style) -> str:
    word = _word(outcome)
    return paint.outcome(word, outcome) + ' ' * (_COLUMN - len(word))


def _word(outcome: moves.Outcome) -> str:
    """Return the word, the worst one so that it is found without colour."""
    word = move_words.word(outcome)
    return word.upper() if outcome is moves.Outcome.UNSAFE else word


def _what_happens(sides: tuple[matrix.Side, ...], width: int) -> Iterator[str]:
    for harm in move_words.harms(sides):
        heading = (
            f'{move_words.joined(harm.moves, _("to"))}: {_word(harm.outcome)}'
        )
        yield ''
        yield from paragraphs.wrapped([heading], width)
        yield from paragraphs.wrapped(
            harm.sentences, width, paragraphs.INDENT * 2, paragraphs.INDENT
        )
