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

"""How many hosts have which result, as a bar and in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check.formats import html_elements
from nova_cow_check.formats import html_marks

#: Width of the picture, in its own units.
_WIDTH = 1000

#: What a share has at least, to be seen.
_NARROWEST = 8


class Share(NamedTuple):
    """The hosts with one result."""

    mark: html_marks.Mark
    word: str
    hosts: int


def bar(shares: Sequence[Share]) -> html_elements.Element:
    """Return a bar with the shares side by side."""
    words = ', '.join(f'{share.word} {share.hosts}' for share in shares)
    return html_elements.element(
        'svg',
        html_elements.element('title', _('Hosts: %s') % words),
        *_parts([share for share in shares if share.hosts]),
        class_='bar',
        viewBox=f'0 0 {_WIDTH} 10',
        preserveAspectRatio='none',
        role='img',
    )


def numbers(shares: Sequence[Share]) -> html_elements.Element:
    """Return the numbers of hosts, with the marks of the bar."""
    return html_elements.element(
        'dl',
        *(
            html_elements.element(
                'div',
                html_elements.element(
                    'dt', html_marks.shape(share.mark), ' ', share.word
                ),
                html_elements.element('dd', str(share.hosts)),
                class_=share.mark.value if share.hosts else 'none',
            )
            for share in shares
        ),
        class_='numbers',
    )


def _parts(shares: Sequence[Share]) -> Iterator[html_elements.Element]:
    whole = sum(share.hosts for share in shares)
    spare = _WIDTH - _NARROWEST * len(shares)
    start = 0.0
    for share in shares:
        width = _NARROWEST + spare * share.hosts / whole
        yield html_elements.element(
            'rect',
            x=f'{start:.1f}',
            width=f'{width - 2:.1f}',
            height='10',
            class_=share.mark.value,
        )
        start += width
