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


"""A report for systemd's journal: a line per finding, with its priority.

A service's standard output may start a line with a priority of syslog in
angle brackets: sd-daemon(3).
"""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check._i18n import _
from nova_cow_check import details
from nova_cow_check import findings
from nova_cow_check.formats import interface
from nova_cow_check import report
from nova_cow_check import text

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
        name = f'{text.printable(host.name)}: ' if whole.is_fleet else ''
        for finding in host.found:
            priority = _INFORMATION
            if finding.counts:
                priority = _PRIORITIES[finding.severity]
            yield f'<{priority}>nova-cow-check: {name}{_line(finding)}\n'
        for sentence in host.failed:
            yield f'<{_ERROR}>nova-cow-check: {name}{sentence}\n'
        yield f'<{_INFORMATION}>nova-cow-check: {_verdict(host)}\n'


def _line(finding: findings.Finding) -> str:
    words = [details.heading(finding) + '.']
    words += [paragraph.text for paragraph in details.body(finding)]
    return ' '.join(words)


def _verdict(host: report.HostReport) -> str:
    return _('image settings of %(host)s: %(result)s') % {
        'host': text.printable(host.name),
        'result': report.result_of(host.worst).value,
    }
