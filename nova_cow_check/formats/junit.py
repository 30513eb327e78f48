# SPDX-License-Identifier: Apache-2.0

"""A report as JUnit XML: a test suite per host, a test case per check.

The form that GitLab, Jenkins and Zuul's reporters agree on; there is no
standard. It is made with ElementTree, and only of ASCII.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import datetime
from xml.etree import ElementTree

from nova_cow_check.formats import interface
from nova_cow_check import printing
from nova_cow_check.reports import changes
from nova_cow_check.reports import fleet_wording
from nova_cow_check.reports import report
from nova_cow_check.reports import separation
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.rules import wording
from nova_cow_check.settings import parsing

_PROGRAM = 'nova-cow-check'


def render(
    whole: report.Report, _appearance: interface.Appearance
) -> Iterator[str]:
    """Yield the document. A check fails if and only if a gate is to stop."""
    root = ElementTree.Element('testsuites', name=_PROGRAM)
    rows = [
        _is_stopping(row, whole) for host in whole.hosts for row in host.rows
    ]
    _count(root, len(rows), sum(rows))
    # The suites are many, and come one by one.
    root.text = '\n'
    start, end = _xml(root).split('\n')
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n{start}\n'
    last = len(whole.hosts) - 1
    for number, host in enumerate(whole.hosts):
        suite = _suite(host, whole)
        if number == last and (words := '\n'.join(_of_all_hosts(whole))):
            # Only a suite has a place for it.
            _output(suite, words)
        _escape(suite)
        ElementTree.indent(suite, level=1)
        yield f'  {_xml(suite)}\n'
    yield f'{end}\n'


def _of_all_hosts(whole: report.Report) -> Iterator[str]:
    """Yield what is to be said of the run, a line each."""
    if whole.compared is not None:
        yield changes.summary(whole.compared, whole.is_fleet)
    if whole.unused_waivers:
        yield wording.unused(whole.unused_waivers)
    for one in separation.of(whole.hosts):
        yield from (part.text for part in fleet_wording.separation(one))


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
    shown = {'version': whole.version, 'fail_on': whole.fail_on.value}
    for key, value in shown.items():
        ElementTree.SubElement(properties, 'property', name=key, value=value)
    suite.extend([_case(host, row, whole) for row in host.rows])
    failures = sum(_is_stopping(row, whole) for row in host.rows)
    _count(suite, len(host.rows), failures)
    return suite


def _case(
    host: report.HostReport, row: verdict.Row, whole: report.Report
) -> ElementTree.Element:
    # Jenkins takes what stands before the last dot for a package.
    class_name = f'{_PROGRAM}.{host.name.replace(".", "_")}'
    case = ElementTree.Element(
        'testcase', name=row.check.value, classname=class_name, time='0'
    )
    stopping = [
        finding
        for finding in (*row.found, *row.blocked_by)
        if finding.counts and whole.fail_on.stops(finding.severity)
    ]
    _set_place(case, host, [*stopping, *row.found])
    row = row._replace(found=tuple(_shown(row.found, host)))
    if row.worst is not None and _is_stopping(row, whole):
        why = [row.failed] if row.failed else []
        why += [f'{f.rule}: {f.explanation}' for f in _shown(stopping, host)]
        severity = row.worst.name.lower()
        failure = ElementTree.SubElement(
            case, 'failure', type=severity, message=' '.join(why)
        )
        failure.text = verdict.as_text(row)
    else:
        _output(case, verdict.as_text(row))
    return case


def _shown(
    found: Sequence[findings.Finding], host: report.HostReport
) -> Sequence[findings.Finding]:
    """Return findings, of guests that are alike one."""
    if host.guests is None:
        return found
    from nova_cow_check.reports import audit

    return audit.shown(found)


def _is_stopping(row: verdict.Row, whole: report.Report) -> bool:
    return whole.fail_on.stops(row.worst)


def _set_place(
    case: ElementTree.Element,
    host: report.HostReport,
    found: list[findings.Finding],
) -> None:
    """Name the first line of a file that findings are about.

    A file on another machine is the report that came from there.
    """
    for finding in found:
        for origin in finding.origins:
            if origin.kind is not parsing.OriginKind.FILE:
                continue
            if host.is_elsewhere:
                case.set('file', host.path_of(''))
                return
            case.set('file', host.path_of(origin.name))
            if origin.line:
                case.set('line', str(origin.line))
            return


def _output(element: ElementTree.Element, words: str) -> None:
    ElementTree.SubElement(element, 'system-out').text = words


def _count(element: ElementTree.Element, tests: int, failures: int) -> None:
    element.attrib.update(tests=str(tests), failures=str(failures))
    element.attrib.update(errors='0', skipped='0', time='0')


def _xml(element: ElementTree.Element) -> str:
    data: bytes = ElementTree.tostring(element, 'us-ascii')
    return data.decode('ascii')


def _escape(root: ElementTree.Element) -> None:
    """Escape what XML forbids, which ElementTree would write as it is."""
    for element in root.iter():
        lines = (element.text or '').split('\n')
        element.text = '\n'.join(map(printing.printable, lines)) or None
        for key, value in element.items():
            element.set(key, printing.printable(value))
