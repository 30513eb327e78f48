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

"""Marks: a colour and a shape each, which stand beside a word."""

from __future__ import annotations

from collections.abc import Mapping
import enum
import types

from nova_cow_check import findings
from nova_cow_check.formats import html_elements
from nova_cow_check import moves


class Mark(enum.Enum):
    """What a mark says; the values are classes of the style sheet."""

    SUCCESS = 'success'
    NOTE = 'note'
    WARNING = 'warning'
    FAILURE = 'failure'
    UNREAD = 'unread'
    #: What is not a part of the verdict.
    APART = 'apart'


_DISC = 'M8 1a7 7 0 1 0 0 14A7 7 0 1 0 8 1Z'

#: In a square of 16 by 16, with the sign in it as a hole.
_OUTLINES: Mapping[Mark, str] = types.MappingProxyType(
    {
        # A disc with a tick.
        Mark.SUCCESS: _DISC + 'M6.9 11.7 3.5 8.3 4.8 7l2.1 2.1 4.3-4.3 '
        '1.3 1.3Z',
        # A square with an i.
        Mark.NOTE: 'M1.5 1.5h13v13h-13ZM7.1 3.7h1.8v1.8H7.1ZM7.1 6.6h1.8v5.8'
        'H7.1Z',
        # A triangle with an exclamation mark.
        Mark.WARNING: 'M8 .8 15.6 14.6H.4ZM7.1 5.6h1.8v4.6H7.1ZM7.1 11.3h1.8'
        'v1.8H7.1Z',
        # An octagon with a cross.
        Mark.FAILURE: 'M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1Z'
        'M4.7 6 6 4.7l2 2 2-2L11.3 6l-2 2 2 2L10 11.3l-2-2-2 2L4.7 10l2-2Z',
        # A diamond with a question mark.
        Mark.UNREAD: 'M8 .2 15.8 8 8 15.8.2 8ZM5.5 6.4a2.5 2.5 0 1 1 3.4 '
        '2.3v1H7.1V7.4H8a.9.9 0 1 0-.8-1ZM7.1 10.6h1.8v1.7H7.1Z',
        # A ring with a bar.
        Mark.APART: _DISC + 'M8 2.6a5.4 5.4 0 1 1 0 10.8A5.4 5.4 0 1 1 8 '
        '2.6ZM4.6 7.1h6.8v1.8H4.6Z',
    }
)


def of_severity(worst: findings.Severity | None) -> Mark:
    """Return the mark of the worst severity that counts."""
    if worst is None or worst is findings.Severity.NOTE:
        return Mark.SUCCESS
    return Mark[worst.name]


def of_finding(finding: findings.Finding) -> Mark:
    """Return the mark of a finding."""
    return Mark[finding.severity.name] if finding.counts else Mark.APART


def of_outcome(outcome: moves.Outcome) -> Mark:
    """Return the mark of a move."""
    return {
        moves.Outcome.FINE: Mark.SUCCESS,
        moves.Outcome.BREAKS: Mark.WARNING,
        moves.Outcome.UNSAFE: Mark.FAILURE,
    }[outcome]


def shape(mark: Mark) -> html_elements.Element:
    """Return the shape, for a place where a word says the same."""
    use = html_elements.element('use', href=f'#mark-{mark.value}')
    return html_elements.element(
        'svg', use, class_='shape', viewBox='0 0 16 16', aria_hidden='true'
    )


def arrow() -> html_elements.Element:
    """Return an arrow that a word or two stand beside."""
    return html_elements.element(
        'span', '\N{RIGHTWARDS ARROW}', class_='arrow'
    )


def outlines() -> html_elements.Element:
    """Return what every shape on a page refers to."""
    return html_elements.element(
        'svg',
        *(
            html_elements.element(
                'symbol',
                html_elements.element(
                    'path', d=path, fill='currentColor', fill_rule='evenodd'
                ),
                id=f'mark-{mark.value}',
                viewBox='0 0 16 16',
            )
            for mark, path in _OUTLINES.items()
        ),
        class_='outlines',
        aria_hidden='true',
    )
