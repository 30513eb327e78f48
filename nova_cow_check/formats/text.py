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

from collections import Counter
from collections.abc import Iterable, Iterator
import textwrap

from nova_cow_check._i18n import _
from nova_cow_check import describe
from nova_cow_check import details
from nova_cow_check import findings
from nova_cow_check.formats import interface
from nova_cow_check.formats import style
from nova_cow_check import origins
from nova_cow_check import report
from nova_cow_check.rules import registry
from nova_cow_check import settings
from nova_cow_check import text

_INDENT = '  '


def render(
    whole: report.Report, appearance: interface.Appearance
) -> Iterator[str]:
    """Yield the report: a part for each host, and a summary.

    A setting to write is a line of its own, without indentation, as
    nova.conf needs it.
    """
    paint = style.Style(appearance.has_colour)
    for host in whole.hosts:
        for line in _host(host, appearance.width, paint):
            yield line + '\n'
        yield '\n'
    for line in _summary(whole, appearance.width, paint):
        yield line + '\n'


def _host(
    host: report.HostReport, width: int, paint: style.Style
) -> Iterator[str]:
    result = paint.result(report.result_of(host.worst))
    rules = dict.fromkeys(f.rule for f in host.found if f.counts)
    yield f'{paint.bold(text.printable(host.name))}: {result}'
    if rules:
        yield from _wrapped([', '.join(rules)], width)
    yield ''
    yield paint.bold(_('Settings'))
    yield from _settings(host.image_settings, width)
    yield ''
    yield paint.bold(_('What Nova does'))
    facts = dict.fromkeys(fact for row in host.rows for fact in row.facts)
    yield from _wrapped(facts, width)
    for finding in host.found:
        yield ''
        yield from _finding(finding, width, paint)


def _settings(host: settings.ImageSettings, width: int) -> Iterator[str]:
    cells = [
        (str(one.option), describe.value(one), describe.place(one.origin))
        for one in host.all
    ]
    columns = [max(map(len, column)) for column in zip(*cells)]
    if len(_INDENT) * 3 + sum(columns) <= width:
        for cell in cells:
            padded = map(str.ljust, cell, columns)
            yield _INDENT + _INDENT.join(padded).rstrip()
    else:
        yield from _wrapped(map(describe.setting, host.all), width)
    files = ', '.join(map(text.printable, host.files))
    yield from _wrapped([_('Files read: %s') % files], width)


def _finding(
    finding: findings.Finding, width: int, paint: style.Style
) -> Iterator[str]:
    heading, place = details.heading(finding), f'({_place(finding)})'
    fits = len(heading) + 1 + len(place) <= width
    yield paint.finding(heading, finding) + (f' {place}' if fits else '')
    if not fits:
        yield from _wrapped([place], width)
    after_setting = False
    for paragraph in details.body(finding):
        if paragraph.is_setting is not after_setting:
            yield ''
        after_setting = paragraph.is_setting
        if paragraph.is_setting:
            yield paint.bold(paragraph.text)
        else:
            yield from _wrapped([paragraph.text], width)
    if after_setting:
        yield ''
    more = _('More: nova-cow-check rules %s') % finding.rule
    yield from _wrapped([more], width)
    yield _INDENT + registry.RULES[finding.rule].reference


def _place(finding: findings.Finding) -> str:
    """Return the first place that is written, the first one if none is."""
    default = origins.OriginKind.DEFAULT
    written = [o for o in finding.origins if o.kind is not default]
    return describe.place([*written, *finding.origins][0])


def _summary(
    whole: report.Report, width: int, paint: style.Style
) -> Iterator[str]:
    found = [finding for host in whole.hosts for finding in host.found]
    counted = Counter(f.severity for f in found if f.counts)
    severities = findings.Severity
    numbers = _(
        'Failures: %(failures)d, warnings: %(warnings)d, notes: %(notes)d, '
        'waived: %(waived)d.'
    ) % {
        'failures': counted[severities.FAILURE],
        'warnings': counted[severities.WARNING],
        'notes': counted[severities.NOTE],
        'waived': len(found) - sum(counted.values()),
    }
    code = _('Exit code %(code)d, with --fail-on %(fail_on)s.') % {
        'code': whole.exit_code,
        'fail_on': whole.fail_on.value,
    }
    yield from map(paint.bold, _wrapped([numbers], width, ''))
    yield from _wrapped([code], width, '')
    if whole.unused_waivers:
        yield from _wrapped([details.unused(whole.unused_waivers)], width, '')


def _wrapped(
    paragraphs: Iterable[str], width: int, indent: str = _INDENT
) -> Iterator[str]:
    for paragraph in paragraphs:
        yield from textwrap.wrap(
            paragraph,
            width,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
