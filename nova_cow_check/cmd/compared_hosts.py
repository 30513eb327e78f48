# SPDX-License-Identifier: Apache-2.0

"""The hosts of a run beside earlier reports, if --compare names some."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Sequence

from nova_cow_check._i18n import _
from nova_cow_check.cmd import guard
from nova_cow_check.reports import changes
from nova_cow_check.reports import comparison
from nova_cow_check.reports import fleet
from nova_cow_check.reports import host_groups
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.sources import earlier

#: Names in a message.
_MOST_NAMED = 5


class Comparison:
    """What --compare names, read before anything that takes longer.

    :param options: what `command_line.parse` returned
    :param accepted: the waivers of the run
    :param only: the host of a run on this host
    :raises ConfigurationError: if it cannot be read
    """

    def __init__(
        self,
        options: argparse.Namespace,
        accepted: Sequence[findings.Waiver],
        only: str | None = None,
    ) -> None:
        found = earlier.read(
            options.compare, only, accepted, options.nova_release or ''
        )
        self._earlier = found.earlier
        if found.passed_over:
            named = ', '.join(found.passed_over[:_MOST_NAMED])
            more = len(found.passed_over) - _MOST_NAMED
            if more > 0:
                both = {'named': named, 'more': more}
                named = _('%(named)s and %(more)d more') % both
            guard.say(_('passed over, for it is no report: %s') % named)

    def of_fleet(
        self,
        hosts: Sequence[report.ReadHost],
        groups: Sequence[host_groups.Group],
        sharing: Collection[str] = (),
    ) -> tuple[tuple[report.HostReport, ...], changes.Changes]:
        """Judge collected hosts, and tell what became of them.

        :param sharing: names of groups whose hosts share instances_path
        :raises UsageError: if a host, be it an earlier one, is in more than
            one group
        """
        before = fleet.judged(self._earlier.hosts, groups, sharing)
        hosts = comparison.with_earlier(hosts, self._earlier)
        now = fleet.compare(hosts, groups, sharing)
        return now, comparison.of(self._earlier, before, now)

    def of_host(
        self, host: report.ReadHost
    ) -> tuple[report.HostReport, changes.Changes]:
        """Judge this host, and tell what became of it."""
        before = map(report.judge, self._earlier.hosts)
        (host,) = comparison.with_earlier([host], self._earlier)
        now = report.judge(host)
        return now, comparison.of(self._earlier, before, [now])
