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

"""Fleets for the tests: collected hosts, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Union

from nova_cow_check import domains
from nova_cow_check import findings
from nova_cow_check import report
from nova_cow_check.rules import registry
from nova_cow_check import settings
from nova_cow_check import waivers
from tests.unit import hosts
from tests.unit import reports

Known = Union[str, settings.Unreadable]

QCOW2 = hosts.nova_conf(images_type='qcow2')
FLAT = hosts.nova_conf(images_type='flat', use_cow_images='False')


def of(
    some_fleet: Mapping[str, Known],
    named: Sequence[domains.Domain] = (),
    accepted: Sequence[waivers.Waiver] = (),
    fail_on: report.FailOn = report.FailOn.WARNING,
) -> report.Report:
    """Return the report on collected hosts.

    :param fleet: a nova.conf, or why there is none, by the host's name
    """
    found = [
        report.ReadHost(
            name,
            known
            if isinstance(known, settings.Unreadable)
            else hosts.host(known).settings(),
            waivers.for_host(accepted, name),
            source=report.Source(report.SourceKind.FILE, f'fleet/{name}.conf'),
        )
        for name, known in some_fleet.items()
    ]
    return report.Report(
        hosts=domains.compare(found, named),
        waivers_read=tuple(accepted),
        fail_on=fail_on,
        version='1.2.3',
        created=reports.CREATED,
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
            'compute029': settings.Unreadable(
                'the line has neither "=" nor ":"', 'nova.conf', 7
            ),
            'compute030': settings.Unreadable(
                'cannot be read: Permission denied'
            ),
            'api1': hosts.nova_conf(compute_driver=None),
            'baremetal1': hosts.nova_conf(
                compute_driver='ironic.IronicDriver'
            ),
            'cell2-compute1': hosts.nova_conf(images_type='rbd'),
            'cell2-compute2': hosts.nova_conf(images_type='rbd'),
        },
        (domains.Domain('cell2', ('cell2-*',)),),
        (reports.waiver('mixed-image-backends', 'compute024'),),
    )


def alike() -> report.Report:
    """Return a fleet without a finding."""
    return of(numbered(1, 3, QCOW2))


#: By the names of their golden files.
FLEETS = {'varied': varied, 'alike': alike}


def compared(host: report.HostReport) -> tuple[findings.Finding, ...]:
    """Return what the rules that compare hosts find on a host."""
    rules = {one.name for one in registry.FLEET_RULES}
    return tuple(one for one in host.found if one.rule in rules)
