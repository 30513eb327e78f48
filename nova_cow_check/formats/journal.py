# SPDX-License-Identifier: Apache-2.0

"""A report for systemd's journal: a line per finding, with its priority.

A service's standard output may start a line with a priority of syslog in
angle brackets: sd-daemon(3).
"""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check._i18n import _
from nova_cow_check.formats import interface
from nova_cow_check import printing
from nova_cow_check.reports import changes
from nova_cow_check.reports import fleet_wording
from nova_cow_check.reports import report
from nova_cow_check.reports import separation
from nova_cow_check.rules import findings
from nova_cow_check.rules import wording

#: Of syslog(3).
_ERROR, _WARNING, _NOTICE, _INFORMATION = 3, 4, 5, 6

_PRIORITIES = {
    findings.Severity.NOTE: _NOTICE,
    findings.Severity.WARNING: _WARNING,
    findings.Severity.FAILURE: _ERROR,
}


def render(
    whole: report.Report, _appearance: interface.Appearance
) -> Iterator[str]:
    """Yield a line per finding, and one per host with its verdict."""
    for host in whole.hosts:
        # A host's own journal has its name.
        name = f'{printing.printable(host.name)}: ' if whole.is_fleet else ''
        for finding in host.found:
            priority = _INFORMATION
            if finding.counts:
                priority = _PRIORITIES[finding.severity]
            yield f'<{priority}>nova-cow-check: {name}{_line(finding)}\n'
        for sentence in host.failed:
            yield f'<{_ERROR}>nova-cow-check: {name}{sentence}\n'
        yield f'<{_INFORMATION}>nova-cow-check: {_verdict(host)}\n'
    if whole.compared is not None:
        words = changes.summary(whole.compared, whole.is_fleet)
        yield f'<{_INFORMATION}>nova-cow-check: {words}\n'
    for one in separation.of(whole.hosts):
        words = ' '.join(part.text for part in fleet_wording.separation(one))
        yield f'<{_INFORMATION}>nova-cow-check: {words}\n'


def _line(finding: findings.Finding) -> str:
    if finding.guest is not None:
        # Commands in one line would be other ones.
        guest = finding.guest._replace(steps=())
        finding = finding._replace(guest=guest)
    words = [paragraph.text for paragraph in wording.body(finding)]
    return ' '.join([f'{wording.heading(finding)}.', *words])


def _verdict(host: report.HostReport) -> str:
    return _('image settings of %(host)s: %(result)s') % {
        'host': printing.printable(host.name),
        'result': report.result_of(host.worst).value,
    }
