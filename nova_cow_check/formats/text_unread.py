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


"""Hosts that could not be read, for people: each of them, and why."""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check._i18n import _
from nova_cow_check import describe
from nova_cow_check import details
from nova_cow_check.formats import paragraphs
from nova_cow_check.formats import style
from nova_cow_check import groups
from nova_cow_check import origins
from nova_cow_check import report
from nova_cow_check import settings
from nova_cow_check import text


def lines(
    group: groups.Group,
    unreadable: settings.Unreadable,
    width: int,
    paint: style.Style,
) -> Iterator[str]:
    """Yield the lines about a group; none of its hosts is left out.

    :param unreadable: what is known of its example
    """
    (finding,) = group.example.found
    hosts = paragraphs.number(len(group.hosts), group.example.domain)
    heading = _('%(rule)s, %(hosts)s') % {
        'rule': details.heading(finding),
        'hosts': hosts,
    }
    for line in paragraphs.wrapped([heading], width, ''):
        yield paint.finding(line, finding)
    if finding.waiver is not None:
        yield from paragraphs.wrapped([describe.waiver(finding.waiver)], width)
    reason = _('Not read, or not all of it: %s.')
    yield from paragraphs.wrapped(
        [reason % text.printable(unreadable.reason)], width
    )
    yield ''
    for host in group.hosts:
        yield from paragraphs.wrapped(
            [f'{text.printable(host.name)} ({_place(host)})'],
            width,
            hanging=paragraphs.INDENT,
        )


def _place(host: report.HostReport) -> str:
    """Return the file on this machine, and the line."""
    assert isinstance(host.known, settings.Unreadable)
    path = host.path_of(host.known.path)
    kind = origins.OriginKind.FILE
    return describe.place(origins.Origin(kind, path, host.known.line))
