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

"""Hosts on a page that could not be read: each of them, and why."""

from __future__ import annotations

from nova_cow_check._i18n import _
from nova_cow_check import describe
from nova_cow_check import details
from nova_cow_check.formats import html_elements
from nova_cow_check.formats import html_findings
from nova_cow_check.formats import html_marks
from nova_cow_check.formats import paragraphs
from nova_cow_check import groups
from nova_cow_check import origins
from nova_cow_check import report
from nova_cow_check import settings


def card(
    group: groups.Group, unreadable: settings.Unreadable
) -> html_elements.Element:
    """Return the card of hosts that could not be read for one reason.

    :param unreadable: what is known of its example
    """
    (finding,) = group.example.found
    said = [_('Nothing is known about the disks of these hosts.')]
    if finding.waiver is not None:
        said.append(describe.waiver(finding.waiver))
    return html_elements.element(
        'article',
        html_elements.element(
            'h3',
            html_marks.shape(html_marks.Mark.UNREAD),
            ' ',
            paragraphs.number(len(group.hosts), group.example.domain),
            ': ',
            unreadable.reason,
        ),
        html_elements.element('p', details.heading(finding), class_='places'),
        *(html_elements.element('p', words) for words in said),
        html_elements.table(
            (_('Host'), _('Place')),
            ((host.name, _place(host)) for host in group.hosts),
            'hosts',
        ),
        html_findings.more(finding),
        class_='card unread',
    )


def _place(host: report.HostReport) -> str:
    """Return the file on this machine, and the line."""
    assert isinstance(host.known, settings.Unreadable)
    kind = origins.OriginKind.FILE
    path = host.path_of(host.known.path)
    return describe.place(origins.Origin(kind, path, host.known.line))
