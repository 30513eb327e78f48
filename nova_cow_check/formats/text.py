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


"""A report for people: what was read, what Nova does, what to write."""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check._i18n import _
from nova_cow_check import describe
from nova_cow_check import details
from nova_cow_check.formats import interface
from nova_cow_check.formats import paragraphs
from nova_cow_check.formats import style
from nova_cow_check.formats import summary
from nova_cow_check.formats import text_fleet
from nova_cow_check import groups
from nova_cow_check import report
from nova_cow_check.rules import registry
from nova_cow_check import settings
from nova_cow_check import text


def render(
    whole: report.Report, appearance: interface.Appearance
) -> Iterator[str]:
    """Yield the report: the host or the groups of hosts, and a summary.

    A setting to write is a line of its own, without indentation, as
    nova.conf needs it.
    """
    paint = style.Style(appearance.has_colour)
    for line in _lines(whole, appearance.width, paint):
        yield line + '\n'


def _lines(
    whole: report.Report, width: int, paint: style.Style
) -> Iterator[str]:
    alike = groups.of(whole.hosts)
    if whole.is_fleet:
        yield from text_fleet.lines(whole, alike, width, paint)
    else:
        (host,) = whole.hosts
        assert host.image_settings is not None
        yield from _host(host, host.image_settings, width, paint)
    yield ''
    numbers = paragraphs.wrapped([summary.found(alike)], width, '')
    yield from map(paint.bold, numbers)
    yield from paragraphs.wrapped([summary.exit_code(whole)], width, '')
    if whole.unused_waivers:
        yield from paragraphs.wrapped(
            [details.unused(whole.unused_waivers)], width, ''
        )


def _host(
    host: report.HostReport,
    image_settings: settings.ImageSettings,
    width: int,
    paint: style.Style,
) -> Iterator[str]:
    result = paint.result(report.result_of(host.worst))
    rules = dict.fromkeys(f.rule for f in host.found if f.counts)
    yield f'{paint.bold(text.printable(host.name))}: {result}'
    if rules:
        yield from paragraphs.wrapped([', '.join(rules)], width)
    yield ''
    yield paint.bold(_('Settings'))
    yield from _settings(image_settings, width)
    yield ''
    yield paint.bold(_('What Nova does'))
    facts = dict.fromkeys(fact for row in host.rows for fact in row.facts)
    yield from paragraphs.wrapped(facts, width)
    yield from paragraphs.failed(host, width, paint)
    for finding in host.found:
        yield ''
        page = _('More: nova-cow-check rules %s') % finding.rule
        reference = registry.RULES[finding.rule].reference
        more = paragraphs.wrapped([page, reference], width)
        yield from paragraphs.finding(finding, width, paint, tuple(more))


def _settings(host: settings.ImageSettings, width: int) -> Iterator[str]:
    cells = [
        (str(one.option), one.shown, describe.place(one.origin))
        for one in host.all
    ]
    columns = [max(map(len, column)) for column in zip(*cells)]
    if len(paragraphs.INDENT) * 3 + sum(columns) <= width:
        for cell in cells:
            padded = map(str.ljust, cell, columns)
            yield paragraphs.INDENT + paragraphs.INDENT.join(padded).rstrip()
    else:
        yield from paragraphs.wrapped(map(describe.setting, host.all), width)
    files = ', '.join(map(text.printable, host.files))
    yield from paragraphs.wrapped([_('Files read: %s') % files], width)
