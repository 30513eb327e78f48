# SPDX-License-Identifier: Apache-2.0

"""Reports for the tests: at a fixed time, of hosts with a fixed name."""

from __future__ import annotations

from collections.abc import Sequence
import datetime

from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.settings import parsing
from tests.unit import hosts

CREATED = datetime.datetime(2026, 11, 23, 9, 30, tzinfo=datetime.timezone.utc)


def of(
    host: hosts.Host,
    accepted: Sequence[findings.Waiver] = (),
    fail_on: report.FailOn = report.FailOn.WARNING,
    name: str = 'compute1',
) -> report.Report:
    """Return the report on one host."""
    meant = findings.waivers_for_host(accepted, name)
    return report.Report(
        hosts=(report.judge(report.ReadHost(name, host.settings(), meant)),),
        waivers_read=tuple(accepted),
        fail_on=fail_on,
        version='1.2.3',
        created=CREATED,
    )


def waiver(
    rule: str,
    *patterns: str,
    expires: datetime.date | None = None,
    line: int = 1,
    reason: str = 'Retired in January.',
    guests: tuple[str, ...] = (),
) -> findings.Waiver:
    """Return a waiver, as it is on the day of the reports."""
    is_expired = expires is not None and expires < CREATED.date()
    place = parsing.Origin(parsing.OriginKind.FILE, 'waivers.yaml', line)
    return findings.Waiver(
        rule, patterns, reason, expires, is_expired, place, guests
    )


#: One that holds on the host, one that has expired, one for another host.
VARIED = (
    waiver('implicit-image-backend', 'compute*', line=3),
    waiver('use-cow-images-unused', expires=datetime.date.min),
    waiver('driver-removed', 'other', expires=datetime.date.max),
)
