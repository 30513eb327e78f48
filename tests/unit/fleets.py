# SPDX-License-Identifier: Apache-2.0

"""Fleets for the tests: collected hosts, by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Union

from nova_cow_check.reports import fleet
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry
from nova_cow_check.settings import host_settings
from tests.unit import hosts
from tests.unit import sample_reports

Known = Union[str, host_settings.Unreadable]

QCOW2 = hosts.nova_conf(images_type='qcow2')
FLAT = hosts.nova_conf(images_type='flat', use_cow_images='False')


def of(
    some_fleet: Mapping[str, Known],
    named: Sequence[fleet.Group] = (),
    accepted: Sequence[findings.Waiver] = (),
    fail_on: report.FailOn = report.FailOn.WARNING,
    sharing: Collection[str] = (),
) -> report.Report:
    """Return the report on collected hosts.

    :param some_fleet: a nova.conf, or why there is none, by the host's name
    :param sharing: names of groups whose hosts share instances_path
    """
    found = [
        report.ReadHost(
            name,
            known
            if isinstance(known, host_settings.Unreadable)
            else hosts.host(known).settings(),
            findings.waivers_for_host(accepted, name),
            source=report.Source(report.SourceKind.FILE, f'fleet/{name}.conf'),
        )
        for name, known in some_fleet.items()
    ]
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
        (fleet.Group('cell2', ('cell2-*',)),),
        (sample_reports.waiver('mixed-image-backends', 'compute024'),),
    )


def alike() -> report.Report:
    """Return a fleet without a finding."""
    return of(numbered(1, 3, QCOW2))


#: By the names of their golden files.
FLEETS = {'varied': varied, 'alike': alike}


def named(whole: report.Report, name: str) -> report.HostReport:
    """Return a host of a fleet."""
    (host,) = (one for one in whole.hosts if one.name == name)
    return host


def compared(host: report.HostReport) -> tuple[findings.Finding, ...]:
    """Return what the rules that compare hosts find on a host."""
    rules = {one.name for one in registry.FLEET_RULES}
    return tuple(one for one in host.found if one.rule in rules)
