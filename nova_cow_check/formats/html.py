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

"""A report as a page: one file, without scripts, that fetches nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import itertools
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check.formats import html_elements
from nova_cow_check.formats import html_groups
from nova_cow_check.formats import html_head
from nova_cow_check.formats import html_marks
from nova_cow_check.formats import html_moves
from nova_cow_check.formats import html_summary
from nova_cow_check.formats import html_unread
from nova_cow_check.formats import interface
from nova_cow_check import groups
from nova_cow_check import matrix
from nova_cow_check import report
from nova_cow_check import settings


class _Part(NamedTuple):
    """A part of the page, with a heading of its own."""

    #: Its id; not from a file.
    name: str
    heading: str
    #: Made one after the other: together they can be large.
    elements: Iterator[html_elements.Element]


def render(
    whole: report.Report, _appearance: interface.Appearance
) -> Iterator[str]:
    """Yield the page, in ASCII: a piece for each group of hosts alike."""
    alike = groups.of(whole.hosts)
    parts = (*_hosts(alike, whole.is_fleet), *_moves(whole))
    yield '<!DOCTYPE html>\n<html lang="en">\n'
    yield html_elements.serialize(html_head.head(whole))
    yield '<body>\n'
    yield html_elements.serialize(html_marks.outlines())
    yield html_elements.serialize(html_summary.header(whole, alike))
    yield html_elements.serialize(_contents(parts))
    yield '<main>\n'
    for part in parts:
        yield f'<section id="{part.name}">\n'
        heading = html_elements.element('h2', part.heading)
        yield html_elements.serialize(heading)
        yield from map(html_elements.serialize, part.elements)
        yield '</section>\n'
    yield '</main>\n</body>\n</html>\n'


def _contents(parts: Sequence[_Part]) -> html_elements.Element:
    links = (
        html_elements.element('a', part.heading, href=f'#{part.name}')
        for part in parts
    )
    return html_elements.element(
        'nav',
        html_elements.element(
            'ul', *(html_elements.element('li', link) for link in links)
        ),
        aria_label=_('Contents'),
    )


def _hosts(alike: Sequence[groups.Group], is_fleet: bool) -> Iterator[_Part]:
    read: list[tuple[groups.Group, settings.ImageSettings]] = []
    unread: list[tuple[groups.Group, settings.Unreadable]] = []
    for group in alike:
        known = group.example.known
        if isinstance(known, settings.Unreadable):
            unread.append((group, known))
        else:
            read.append((group, known))
    if read:
        heading = _('Hosts, by settings and findings')
        cards = (html_groups.card(*one, is_fleet) for one in read)
        yield _Part('hosts', heading, cards)
    if unread:
        heading = _('Hosts that were not read, or not fully')
        yield _Part(
            'unread', heading, itertools.starmap(html_unread.card, unread)
        )


def _moves(whole: report.Report) -> Iterator[_Part]:
    found = [one for one in matrix.of(whole.hosts) if one.sides or one.unknown]
    if found:
        sections = (
            html_moves.section(one, number, _domain(one, len(found)))
            for number, one in enumerate(found, 1)
        )
        yield _Part(
            'moves',
            _('Resizes and cold migrations'),
            itertools.chain(html_moves.legend(), sections),
        )


def _domain(moves: matrix.Matrix, domains: int) -> str:
    if moves.domain:
        return _('Group %s') % moves.domain
    return _('All hosts') if domains == 1 else _('Hosts in no group')
