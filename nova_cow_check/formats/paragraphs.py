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


"""Paragraphs of a report for people: wrapped, and findings in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
import textwrap

from nova_cow_check._i18n import _
from nova_cow_check import describe
from nova_cow_check import details
from nova_cow_check import findings
from nova_cow_check.formats import style
from nova_cow_check import names
from nova_cow_check import origins
from nova_cow_check import report
from nova_cow_check import text

INDENT = '  '


def wrapped(
    texts: Iterable[str], width: int, indent: str = INDENT, hanging: str = ''
) -> Iterator[str]:
    """Yield the lines of paragraphs; a word that is too long stays whole.

    :param hanging: what lines but the first are indented by in addition
    """
    for one in texts:
        yield from textwrap.wrap(
            one,
            width,
            initial_indent=indent,
            subsequent_indent=indent + hanging,
            break_long_words=False,
            break_on_hyphens=False,
        )


def hosts(
    hosts_named: Iterable[str],
    width: int,
    most_lines: int,
    indent: str = INDENT,
) -> Iterator[str]:
    """Yield names of hosts, folded; about as many as there are lines for.

    :param most_lines: names that take more are counted instead
    """
    room = most_lines * (width - len(indent))
    shown: list[str] = []
    left = 0
    for one in names.folded(hosts_named, width - len(indent) - 1):
        word = text.printable(one.notation)
        room -= len(word) + len(', ')
        if shown and room < 0:
            left += one.number
        else:
            shown.append(word)
    sentence = ', '.join(shown)
    if left:
        sentence = _(
            '%(names)s and %(left)d more (--output json names all of them)'
        ) % {'names': sentence, 'left': left}
    yield from wrapped([sentence], width, indent)


def number(hosts: int, domain: str = '') -> str:
    """Return for example ``1 host`` or ``12 hosts of cell2``."""
    words = _('1 host') if hosts == 1 else _('%d hosts') % hosts
    if not domain:
        return words
    return _('%(hosts)s of %(group)s') % {
        'hosts': words,
        'group': text.printable(domain),
    }


def failed(
    host: report.HostReport, width: int, paint: style.Style
) -> Iterator[str]:
    """Yield which checks of a host could not run, and why."""
    for row in host.rows:
        if row.failed:
            yield ''
            yield paint.bold(_('Failure: %s') % row.check.value)
            yield from wrapped([row.failed], width)


def finding(
    found: findings.Finding,
    width: int,
    paint: style.Style,
    more: Sequence[str] = (),
) -> Iterator[str]:
    """Yield what is wrong and what to write, which can be pasted.

    :param more: lines that are to be below it
    """
    heading, place = details.heading(found), f'({_place(found)})'
    fits = len(heading) + 1 + len(place) <= width
    yield paint.finding(heading, found) + (f' {place}' if fits else '')
    if not fits:
        yield from wrapped([place], width)
    after_setting = False
    for paragraph in details.body(found):
        if paragraph.is_setting is not after_setting:
            yield ''
        after_setting = paragraph.is_setting
        if paragraph.is_setting:
            yield paint.bold(paragraph.text)
        else:
            yield from wrapped([paragraph.text], width)
    if after_setting and more:
        yield ''
    yield from more


def _place(found: findings.Finding) -> str:
    """Return the first place that is written, the first one if none is."""
    default = origins.OriginKind.DEFAULT
    written = [o for o in found.origins if o.kind is not default]
    return describe.place([*written, *found.origins][0])
