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

"""The head of a page: the verdict, and what it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nova_cow_check._i18n import _
from nova_cow_check import details
from nova_cow_check.formats import html_bar
from nova_cow_check.formats import html_elements
from nova_cow_check.formats import html_marks
from nova_cow_check.formats import summary
from nova_cow_check import groups
from nova_cow_check import report

_MARK_OF = {
    summary.Kind.UNREAD: html_marks.Mark.UNREAD,
    summary.Kind.FAILURE: html_marks.Mark.FAILURE,
    summary.Kind.WARNING: html_marks.Mark.WARNING,
    summary.Kind.FINE: html_marks.Mark.SUCCESS,
    summary.Kind.UNAFFECTED: html_marks.Mark.APART,
}


def title(whole: report.Report) -> str:
    """Return what the report is about."""
    if len(whole.hosts) == 1:
        return _('Image settings of %s') % whole.hosts[0].name
    return _('Image settings of %d hosts') % len(whole.hosts)


def header(
    whole: report.Report, alike: Sequence[groups.Group]
) -> html_elements.Element:
    """Return the verdict in words, numbers and a picture."""
    mark = html_marks.of_severity(whole.worst)
    return html_elements.element(
        'header',
        html_elements.element('p', 'nova-cow-check', class_='program'),
        html_elements.element('h1', title(whole)),
        html_elements.element(
            'p',
            html_marks.shape(mark),
            ' ',
            report.result_of(whole.worst).value,
            class_=f'verdict {mark.value}',
        ),
        *_numbers_of_hosts(whole, alike),
        *(html_elements.element('p', words) for words in _said(whole, alike)),
    )


def _numbers_of_hosts(
    whole: report.Report, alike: Sequence[groups.Group]
) -> Iterator[html_elements.Element]:
    if not whole.is_fleet:
        return
    shares = [
        html_bar.Share(_MARK_OF[kind], summary.words(kind), number)
        for kind, number in summary.hosts(alike).items()
    ]
    yield html_bar.bar(shares)
    yield html_bar.numbers(shares)


def _said(
    whole: report.Report, alike: Sequence[groups.Group]
) -> Iterator[str]:
    yield summary.found(alike)
    yield summary.exit_code(whole)
    yield _('Made on %(when)s by nova-cow-check %(version)s.') % {
        'when': whole.created.isoformat(' ', 'minutes'),
        'version': whole.version,
    }
    if whole.unused_waivers:
        yield details.unused(whole.unused_waivers)
