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

"""A report in a few numbers, in the words of the formats for people."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Mapping
import enum

from nova_cow_check._i18n import _
from nova_cow_check import domains
from nova_cow_check import findings
from nova_cow_check import groups
from nova_cow_check import report


class Kind(enum.Enum):
    """What became of a host, the worst first."""

    UNREAD = 'unread'
    FAILURE = 'failure'
    WARNING = 'warning'
    FINE = 'fine'
    #: No libvirt driver reads these settings.
    UNAFFECTED = 'unaffected'


def words(kind: Kind) -> str:
    """Return what stands behind a number of hosts."""
    return {
        Kind.UNREAD: _('not read'),
        Kind.FAILURE: _('with a failure'),
        Kind.WARNING: _('with warnings'),
        Kind.FINE: _('fine'),
        Kind.UNAFFECTED: _('not concerned: without the libvirt driver'),
    }[kind]


def hosts(alike: Iterable[groups.Group]) -> Mapping[Kind, int]:
    """Return how many hosts there are of each kind, the worst kind first."""
    counted = dict.fromkeys(Kind, 0)
    for group in alike:
        counted[_kind(group.example)] += len(group.hosts)
    return counted


def _kind(host: report.HostReport) -> Kind:
    if host.image_settings is None:
        return Kind.UNREAD
    result = report.result_of(host.worst)
    if result is not report.Result.SUCCESS:
        return Kind[result.name]
    return Kind.UNAFFECTED if domains.is_unaffected(host) else Kind.FINE


def found(alike: Iterable[groups.Group]) -> str:
    """Return how many findings there are, in a sentence."""
    counted: collections.Counter[findings.Severity | None] = (
        collections.Counter()
    )
    for group in alike:
        failed = len(group.example.failed)
        counted[findings.Severity.FAILURE] += failed * len(group.hosts)
        for finding in group.example.found:
            severity = finding.severity if finding.counts else None
            counted[severity] += len(group.hosts)
    return _(
        'Failures: %(failures)d, warnings: %(warnings)d, notes: %(notes)d, '
        'waived: %(waived)d.'
    ) % {
        'failures': counted[findings.Severity.FAILURE],
        'warnings': counted[findings.Severity.WARNING],
        'notes': counted[findings.Severity.NOTE],
        'waived': counted[None],
    }


def exit_code(whole: report.Report) -> str:
    """Return the exit code, in a sentence."""
    return _('Exit code %(code)d, with --fail-on %(fail_on)s.') % {
        'code': whole.exit_code,
        'fail_on': whole.fail_on.value,
    }
