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

"""A matrix of moves as a picture: a word, a shape and a colour for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nova_cow_check._i18n import _
from nova_cow_check.formats import html_elements
from nova_cow_check.formats import html_marks
from nova_cow_check.formats import move_words
from nova_cow_check import matrix
from nova_cow_check import moves

#: More sides than this are made narrower for paper.
_MANY = 8


def picture(
    sides: Sequence[matrix.Side], links: Mapping[move_words.Pair, str]
) -> html_elements.Element:
    """Return the matrix, which scrolls where there is no room for it.

    :param links: to what happens, for the moves that are not simply fine
    """
    corner = html_elements.element(
        'td', _('from'), ' ', html_marks.arrow(), ' ', _('to')
    )
    columns = [_head(i, side, 'col') for i, side in enumerate(sides)]
    rows = [
        html_elements.element(
            'tr',
            _head(i, source, 'row'),
            *(
                _cell(matrix.outcome(source, destination), links.get((i, j)))
                for j, destination in enumerate(sides)
            ),
        )
        for i, source in enumerate(sides)
    ]
    table = html_elements.element(
        'table',
        html_elements.element(
            'thead', html_elements.element('tr', corner, *columns)
        ),
        html_elements.element('tbody', *rows),
        class_='matrix wide' if len(sides) > _MANY else 'matrix',
    )
    return html_elements.element(
        'div',
        table,
        class_='scrolls',
        # For those who scroll without a mouse.
        tabindex='0',
        role='region',
        aria_label=_('Moves'),
    )


def _head(
    position: int, side: matrix.Side, scope: str
) -> html_elements.Element:
    backend = html_elements.element('span', side.behaviour.backend.value)
    letter = move_words.LETTERS[position]
    return html_elements.element('th', letter, ' ', backend, scope=scope)


def _cell(outcome: moves.Outcome, link: str | None) -> html_elements.Element:
    mark = html_marks.of_outcome(outcome)
    words = (html_marks.shape(mark), move_words.word(outcome))
    if link is None:
        return html_elements.element('td', *words, class_=mark.value)
    linked = html_elements.element('a', *words, href=link)
    return html_elements.element('td', linked, class_=mark.value)
