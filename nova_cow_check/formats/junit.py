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

"""A report as JUnit XML: a test suite per host, a test case per check.

The form that GitLab, Jenkins and Zuul's reporters agree on; there is no
standard. It is made with ElementTree, and only of ASCII.
"""

from __future__ import annotations

from collections.abc import Iterator
import datetime
from xml.etree import ElementTree

from nova_cow_check import details
from nova_cow_check import findings
from nova_cow_check.formats import interface
from nova_cow_check import origins
from nova_cow_check import report
from nova_cow_check import text
from nova_cow_check import verdict

_PROGRAM = 'nova-cow-check'


def render(
    whole: report.Report, _appearance: interface.Appearance
) -> Iterator[str]:
    """Yield the document. A check fails if and only if a gate is to stop."""
    root = ElementTree.Element('testsuites', name=_PROGRAM)
    root.extend(_suite(host, whole) for host in whole.hosts)
    if whole.unused_waivers:
        # Of all hosts, but only a suite has a place for it.
        for last in root[-1:]:
            _output(last, details.unused(whole.unused_waivers))
    _count(root)
    _escape(root)
    ElementTree.indent(root)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield ElementTree.tostring(root, 'us-ascii').decode('ascii')
    yield '\n'


def _suite(
    host: report.HostReport, whole: report.Report
) -> ElementTree.Element:
    created = whole.created.astimezone(datetime.timezone.utc)
    suite = ElementTree.Element(
        'testsuite',
        name=host.name,
        hostname=host.name,
        # JUnit has no time zones.
        timestamp=created.strftime('%Y-%m-%dT%H:%M:%S'),
    )
    properties = ElementTree.SubElement(suite, 'properties')
    for key, value in (
        ('version', whole.version),
        ('fail_on', whole.fail_on.value),
    ):
        ElementTree.SubElement(properties, 'property', name=key, value=value)
    suite.extend(_case(host.name, row, whole.fail_on) for row in host.rows)
    _count(suite)
    return suite


def _case(
    host: str, row: verdict.Row, fail_on: report.FailOn
) -> ElementTree.Element:
    # Jenkins takes what stands before the last dot for a package.
    class_name = f'{_PROGRAM}.{host.replace(".", "_")}'
    case = ElementTree.Element(
        'testcase', name=row.check.value, classname=class_name, time='0'
    )
    stopping = [
        finding
        for finding in (*row.found, *row.blocked_by)
        if finding.counts and fail_on.stops(finding.severity)
    ]
    _set_place(case, [*stopping, *row.found])
    if row.worst is not None and fail_on.stops(row.worst):
        failure = ElementTree.SubElement(
            case,
            'failure',
            type=row.worst.name.lower(),
            message=' '.join(f'{f.rule}: {f.explanation}' for f in stopping),
        )
        failure.text = details.render(row)
    else:
        _output(case, details.render(row))
    return case


def _set_place(
    case: ElementTree.Element, found: list[findings.Finding]
) -> None:
    """Name the first line of a file that findings are about."""
    for finding in found:
        for origin in finding.origins:
            if origin.kind is origins.OriginKind.FILE:
                case.set('file', origin.name)
                case.set('line', str(origin.line))
                return


def _output(element: ElementTree.Element, words: str) -> None:
    ElementTree.SubElement(element, 'system-out').text = words


def _count(element: ElementTree.Element) -> None:
    element.set('tests', str(len(list(element.iter('testcase')))))
    element.set('failures', str(len(list(element.iter('failure')))))
    element.set('errors', '0')
    element.set('skipped', '0')
    element.set('time', '0')


def _escape(root: ElementTree.Element) -> None:
    """Escape what XML forbids, which ElementTree would write as it is."""
    for element in root.iter():
        lines = (element.text or '').split('\n')
        element.text = '\n'.join(map(text.printable, lines)) or None
        for key, value in element.items():
            element.set(key, text.printable(value))
