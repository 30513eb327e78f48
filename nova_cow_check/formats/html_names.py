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

"""Names of hosts on a page: few words to read, and all of them to find."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nova_cow_check._i18n import _
from nova_cow_check.formats import html_elements
from nova_cow_check import names

#: Words for names that are shown at once.
MOST, FEW = 16, 5

#: Characters of such a word, if it can be made shorter.
_LONGEST = 80


def folded(hosts: Sequence[str], most: int = MOST) -> html_elements.Element:
    """Return a paragraph with names, those that count on as one.

    :param most: how many words; names that take more are counted instead
    """
    words = list(names.folded(hosts, _LONGEST))
    shown = words if len(words) <= most else words[: most - 1]
    paragraph = html_elements.element('p', class_='names')
    for word in shown:
        name = html_elements.element('bdi', word.notation)
        name.tail = ', '
        paragraph.append(name)
    paragraph[-1].tail = None
    left = len(hosts) - sum(word.number for word in shown)
    if left:
        paragraph[-1].tail = ' '
        more = html_elements.element('span', _('and %d more') % left)
        paragraph.append(more)
    return paragraph


def unfolded(hosts: Sequence[str]) -> Iterator[html_elements.Element]:
    """Yield a fold with every name, none where `folded` shows each."""
    if len(hosts) <= MOST and len(names.fold(hosts)) == len(hosts):
        return
    yield html_elements.element(
        'details',
        html_elements.element('summary', _('All %d names') % len(hosts)),
        html_elements.element(
            'ul',
            *(html_elements.element('li', name) for name in hosts),
            class_='all-names',
        ),
    )
