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

"""The matrix of moves on a page: from which hosts to which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nova_cow_check._i18n import _
from nova_cow_check.formats import html_elements
from nova_cow_check.formats import html_marks
from nova_cow_check.formats import html_matrix
from nova_cow_check.formats import html_names
from nova_cow_check.formats import move_words
from nova_cow_check.formats import paragraphs
from nova_cow_check import matrix
from nova_cow_check import moves


def section(
    moves: matrix.Matrix, number: int, heading: str
) -> html_elements.Element:
    """Return all moves of one domain.

    :param number: of the domain on this page, from 1
    """
    harms = move_words.harms(moves.sides)
    anchors = [f'moves-{number}-{one}' for one in range(1, len(harms) + 1)]
    links = {
        pair: f'#{anchor}'
        for anchor, harm in zip(anchors, harms)
        for pair in harm.moves
    }
    parts = []
    if moves.sides:
        sides = map(_side, move_words.LETTERS, moves.sides)
        parts = [
            html_elements.element('dl', *sides, class_='sides'),
            html_matrix.picture(moves.sides, links),
        ]
    return html_elements.element(
        'section',
        html_elements.element('h3', heading),
        *parts,
        *map(_harm, anchors, harms),
        *_unknown(moves.unknown),
        class_='card moves',
    )


def legend() -> Iterator[html_elements.Element]:
    """Yield how to read the matrix of a domain."""
    words = _(
        'Row: the host that an instance was made on. Column: the host that '
        'it is moved to.'
    )
    yield html_elements.element('p', words)
    yield html_elements.element(
        'dl', *map(_meaning, moves.Outcome), class_='legend'
    )


def _meaning(outcome: moves.Outcome) -> html_elements.Element:
    mark = html_marks.of_outcome(outcome)
    return html_elements.element(
        'div',
        html_elements.element(
            'dt',
            html_marks.shape(mark),
            move_words.word(outcome),
            class_=f'badge {mark.value}',
        ),
        html_elements.element('dd', move_words.meaning(outcome)),
    )


def _side(letter: str, side: matrix.Side) -> html_elements.Element:
    number = paragraphs.number(len(side.hosts))
    return html_elements.element(
        'div',
        html_elements.element('dt', letter),
        html_elements.element(
            'dd',
            html_elements.element(
                'p',
                html_elements.element('strong', number),
                ', ',
                move_words.side(side.behaviour),
            ),
            html_names.folded(side.hosts, html_names.FEW),
        ),
    )


def _harm(anchor: str, harm: move_words.Harm) -> html_elements.Element:
    mark = html_marks.of_outcome(harm.outcome)
    return html_elements.element(
        'section',
        html_elements.element(
            'h4',
            html_marks.shape(mark),
            ' ',
            move_words.word(harm.outcome),
            ': ',
            move_words.joined(harm.moves, '\N{RIGHTWARDS ARROW}'),
        ),
        html_elements.element(
            'ul', *(html_elements.element('li', s) for s in harm.sentences)
        ),
        id=anchor,
        class_=f'finding {mark.value}',
    )


def _unknown(hosts: Sequence[str]) -> Iterator[html_elements.Element]:
    if hosts:
        mark = html_marks.Mark.UNREAD
        words = _(
            'Not known, so that every move from or to one of them is a risk:'
        )
        yield html_elements.element(
            'section',
            html_elements.element(
                'h4',
                html_marks.shape(mark),
                ' ',
                paragraphs.number(len(hosts)),
            ),
            html_elements.element('p', words),
            html_names.folded(hosts),
            *html_names.unfolded(hosts),
            class_=f'finding {mark.value}',
        )
