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

"""Elements of a page: whatever a string holds, it is shown as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Union
from xml.etree import ElementTree

from nova_cow_check import text

Element = ElementTree.Element

#: What an element can hold.
Child = Union[str, Element]

#: Tags that browsers put on the line of the text around them.
_INLINE = frozenset(
    {'a', 'bdi', 'code', 'span', 'strong', 'svg', 'summary', 'use'}
)


def element(tag: str, *children: Child, **attributes: str) -> Element:
    """Return an element.

    :param attributes: their names without ``_`` at the end, and with ``-``
        for any other one
    """
    made = Element(
        tag,
        {
            name.rstrip('_').replace('_', '-'): text.printable(value)
            for name, value in attributes.items()
        },
    )
    for child in children:
        _add(made, child)
    if tag not in _INLINE:
        made.tail = '\n'
    return made


def lines(tag: str, rows: Iterable[str], **attributes: str) -> Element:
    """Return an element with lines of text that stay lines."""
    made = element(tag, **attributes)
    made.text = '\n'.join(map(text.printable, rows))
    return made


def table(
    heads: Sequence[str], rows: Iterable[Sequence[Child]], css_class: str
) -> Element:
    """Return a table; the first cell of a row is what the row is about."""
    columns = [element('th', head, scope='col') for head in heads]
    body = element('tbody')
    for first, *others in rows:
        row = element('tr', element('th', first, scope='row'))
        row.extend([element('td', cell) for cell in others])
        body.append(row)
    return element(
        'table',
        element('thead', element('tr', *columns)),
        body,
        class_=css_class,
    )


def raw(tag: str, content: str) -> Element:
    """Return an element with text of our own, which is not escaped."""
    made = element(tag)
    made.text = content
    return made


def serialize(made: Element) -> str:
    """Return the HTML of an element, in ASCII."""
    written: bytes = ElementTree.tostring(made, 'us-ascii', 'html')
    return written.decode('ascii')


def _add(parent: Element, child: Child) -> None:
    if not isinstance(child, str):
        parent.append(child)
        return
    shown = text.printable(child)
    if len(parent):
        parent[-1].tail = (parent[-1].tail or '') + shown
    else:
        parent.text = (parent.text or '') + shown
