# SPDX-License-Identifier: Apache-2.0

"""Reports for the tests: at a fixed time, of hosts with a fixed name."""

from __future__ import annotations

from collections.abc import Sequence
import dataclasses
import datetime

from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.settings import host_settings
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


#: When the nova-compute of `running` was started.
STARTED = CREATED - datetime.timedelta(days=3)

#: What was changed since, in each way that there is.
PROCESS = host_settings.Process(
    STARTED,
    (
        host_settings.Changed('nova.conf', CREATED.replace(hour=8)),
        host_settings.Changed('/etc/nova/nova.conf.d', CREATED),
        host_settings.Changed('/etc/copy.conf', None, '/var/source.conf'),
    ),
    CREATED.replace(hour=7),
    ('/etc/nova/other.conf',),
)


def running() -> report.Report:
    """Return the report on a process, and the release of its Nova."""
    conf = hosts.nova_conf(images_type='flat', use_cow_images='False')
    known = dataclasses.replace(
        hosts.host(conf).settings(), process=PROCESS, nova_release='29.2.0'
    )
    return report.Report(
        hosts=(report.judge(report.ReadHost('compute1', known)),),
        waivers_read=(),
        fail_on=report.FailOn.WARNING,
        version='1.2.3',
        created=CREATED,
    )


#: One that holds on the host, one that has expired, one for another host.
VARIED = (
    waiver('implicit-image-backend', 'compute*', line=3),
    waiver('use-cow-images-unused', expires=datetime.date.min),
    waiver('driver-removed', 'other', expires=datetime.date.max),
)
