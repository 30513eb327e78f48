# SPDX-License-Identifier: Apache-2.0

"""Fleets for the tests: collected hosts, by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
import dataclasses
import datetime
from typing import Union

from nova_cow_check.reports import comparison
from nova_cow_check.reports import fleet
from nova_cow_check.reports import host_groups
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry
from nova_cow_check.settings import host_settings
from tests.unit import hosts
from tests.unit import sample_reports

Known = Union[str, host_settings.Known]

QCOW2 = hosts.nova_conf(images_type='qcow2')
FLAT = hosts.nova_conf(images_type='flat', use_cow_images='False')


def of(
    some_fleet: Mapping[str, Known],
    named: Sequence[host_groups.Group] = (),
    accepted: Sequence[findings.Waiver] = (),
    fail_on: report.FailOn = report.FailOn.WARNING,
    sharing: Collection[str] = (),
) -> report.Report:
    """Return the report on collected hosts.

    :param some_fleet: a nova.conf, or what is known, by the host's name
    :param sharing: names of groups whose hosts share instances_path
    """
    found = read(some_fleet, accepted)
    return made(found, named, accepted, fail_on, sharing)


def read(
    some_fleet: Mapping[str, Known],
    accepted: Sequence[findings.Waiver] = (),
) -> list[report.ReadHost]:
    """Return collected hosts that were read."""
    return [
        report.ReadHost(
            name,
            hosts.host(known).settings() if isinstance(known, str) else known,
            findings.waivers_for_host(accepted, name),
            source=report.Source(report.SourceKind.FILE, f'fleet/{name}.conf'),
        )
        for name, known in some_fleet.items()
    ]


def since(
    before: Mapping[str, Known],
    now: Mapping[str, Known],
    named: Sequence[host_groups.Group] = (),
    accepted: Sequence[findings.Waiver] = (),
) -> report.Report:
    """Return the report on hosts, compared with what they were."""
    earlier = comparison.Earlier(
        tuple(read(before, accepted)), EARLIER, EARLIER
    )
    then = fleet.judged(earlier.hosts, named)
    found = comparison.with_earlier(read(now, accepted), earlier)
    whole = made(found, named, accepted)
    compared = comparison.of(earlier, then, whole.hosts)
    return dataclasses.replace(whole, compared=compared)


#: When the earlier reports were made.
EARLIER = sample_reports.CREATED - datetime.timedelta(days=22)


def made(
    found: Sequence[report.ReadHost],
    named: Sequence[host_groups.Group] = (),
    accepted: Sequence[findings.Waiver] = (),
    fail_on: report.FailOn = report.FailOn.WARNING,
    sharing: Collection[str] = (),
) -> report.Report:
    """Return the report on collected hosts that were read."""
    return report.Report(
        hosts=fleet.compare(found, named, sharing),
        waivers_read=tuple(accepted),
        fail_on=fail_on,
        version='1.2.3',
        created=sample_reports.CREATED,
        is_fleet=True,
    )


def numbered(first: int, last: int, conf: Known) -> dict[str, Known]:
    """Return hosts that are alike: compute001, compute002 and so on."""
    return {f'compute{n:03}': conf for n in range(first, last + 1)}


CELLS = (host_groups.Group('cell2', ('cell2-*',)),)


def varied() -> report.Report:
    """Return a fleet with something of everything."""
    return of(
        {
            **numbered(1, 12, QCOW2),
            **numbered(13, 20, hosts.nova_conf()),
            **numbered(21, 23, FLAT),
            'compute024': '# Moved by hand.\n' + FLAT,
            'compute025': hosts.nova_conf(images_type='raw'),
            'compute026': hosts.nova_conf(
                images_type='qcow2', use_cow_images='False'
            ),
            'compute027': hosts.nova_conf(
                images_type='qcow2', force_raw_images='False'
            ),
            'compute028': hosts.nova_conf(use_cow_images='maybe'),
            'compute029': host_settings.Unreadable(
                'the line has neither "=" nor ":"', 'nova.conf', 7
            ),
            'compute030': host_settings.Unreadable(
                'cannot be read: Permission denied'
            ),
            'api1': hosts.nova_conf(compute_driver=None),
            'baremetal1': hosts.nova_conf(
                compute_driver='ironic.IronicDriver'
            ),
            'cell2-compute1': hosts.nova_conf(images_type='rbd'),
            'cell2-compute2': hosts.nova_conf(images_type='rbd'),
        },
        CELLS,
        (sample_reports.waiver('mixed-image-backends', 'compute024'),),
    )


def changed() -> report.Report:
    """Return a fleet with something of everything, since it was another."""
    before = {
        **numbered(1, 3, hosts.nova_conf()),
        'compute004': FLAT,
        'compute005': QCOW2,
        'compute006': QCOW2,
        'compute007': hosts.nova_conf(images_type='raw'),
        'compute008': host_settings.Unreadable('not UTF-8 text', 'nova.conf'),
        'old1': QCOW2,
    }
    now = {
        **numbered(1, 3, QCOW2),
        'compute004': hosts.nova_conf(use_cow_images='yes'),
        'compute005': hosts.nova_conf(
            images_type='qcow2', force_raw_images='no'
        ),
        'compute006': host_settings.Unreadable('not UTF-8 text', 'nova.conf'),
        'compute007': hosts.nova_conf(use_cow_images='no'),
        'compute008': QCOW2,
        'new1': QCOW2,
        'new2': QCOW2,
    }
    return since(
        before,
        now,
        accepted=(sample_reports.waiver('mixed-image-backends'),),
    )


def alike() -> report.Report:
    """Return a fleet without a finding."""
    return of(numbered(1, 3, QCOW2))


#: By the names of their golden files.
FLEETS = {'varied': varied, 'alike': alike, 'changed': changed}


def named(whole: report.Report, name: str) -> report.HostReport:
    """Return a host of a fleet."""
    (host,) = (one for one in whole.hosts if one.name == name)
    return host


def compared(host: report.HostReport) -> tuple[findings.Finding, ...]:
    """Return what the rules that compare hosts find on a host."""
    rules = {one.name for one in registry.FLEET_RULES}
    return tuple(one for one in host.found if one.rule in rules)
