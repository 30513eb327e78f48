# SPDX-License-Identifier: Apache-2.0

"""Guests of hosts for the tests of reports, judged as they are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
import dataclasses
from typing import Any

from nova_cow_check.document import reader
from nova_cow_check.formats import interface
from nova_cow_check.formats import json
from nova_cow_check.guests import inventory
from nova_cow_check.nova import backends
from nova_cow_check.reports import audit
from nova_cow_check.reports import fleet
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from tests.unit import fleets
from tests.unit.guests import disks
from tests.unit.guests import test_conditions
from tests.unit.guests import test_prospects
from tests.unit import hosts
from tests.unit import sample_reports

INSTANCES, DOMAINS = '/var/lib/nova/instances', '/etc/libvirt/qemu'
NFS = 'nfs1:/export/nova'

FLAT, QCOW2 = test_prospects.FLAT, test_prospects.QCOW2
CONVERTED = test_prospects.CONVERTED

STATES = inventory.RecordState

#: One of each kind that is found, and a sound one.
VARIED: tuple[inventory.Guest, ...] = (
    disks.guest(disks.raw()),
    disks.guest(CONVERTED, CONVERTED._replace(name='disk.eph0')),
    disks.guest(disks.raw(xml='qcow2')),
    disks.guest(disks.overlay(recorded='raw')),
    disks.guest(CONVERTED._replace(flavor_size=None)),
    disks.guest(test_prospects.WRITTEN),
    disks.guest(test_prospects.LOST),
    disks.guest(test_prospects.FOREIGN),
    disks.guest(test_prospects.MISSING_EPHEMERAL),
    disks.guest(test_conditions.WRONG_BASE),
    disks.guest(test_conditions.DOUBTFUL),
    disks.guest(disks.raw(recorded=None)),
    disks.guest(disks.raw(), rescue_recorded='qcow2'),
    disks.guest(disks.raw(header=None)),
    disks.guest(disks.raw(), records=inventory.Records(STATES.UNUSABLE)),
    disks.guest(disks.raw(), records=inventory.Records(STATES.NOT_READ)),
    disks.guest(disks.raw(), has_domain=False),
    disks.guest(disks.raw(), has_domain=None),
    disks.guest(disks.raw(), is_sent=True),
    disks.guest(is_sent=True, has_directory=False),
)


def uuid(number: int) -> str:
    """Return the UUID of a guest, by its number."""
    return f'c0ffee00-0000-4000-8000-{number:012}'


def numbered(
    guests: Iterable[inventory.Guest], first: int = 1
) -> tuple[inventory.Guest, ...]:
    """Return guests with UUIDs of their own."""
    return tuple(
        one._replace(
            uuid=uuid(number),
            records=one.records._replace(
                entries=tuple(
                    (path.replace(one.uuid, uuid(number)), name)
                    for path, name in one.records.entries
                )
            ),
        )
        for number, one in enumerate(guests, first)
    )


def inventory_of(
    guests: Sequence[inventory.Guest], **changed: Any
) -> inventory.Inventory:
    """Return what was read, of guests that all have a domain."""
    found = inventory.Inventory(
        INSTANCES,
        DOMAINS,
        '/dev/sda1',
        tuple(one.uuid for one in guests if one.has_directory),
        tuple(one.uuid for one in guests if one.has_domain),
        tuple(guests),
    )
    return found._replace(**changed)


def audit_of(
    guests: Sequence[inventory.Guest],
    host: backends.Behaviour = FLAT,
    accepted: Sequence[findings.Waiver] = (),
    **changed: Any,
) -> audit.Audit:
    """Return what is found of guests."""
    return audit.judge(inventory_of(guests, **changed), host, accepted)


def alike(number: int, first: int = 1) -> tuple[inventory.Guest, ...]:
    """Return guests with the same fault."""
    return numbered([disks.guest(CONVERTED)] * number, first)


def report_on(
    guests: audit.Guests,
    conf: str = fleets.FLAT,
    fail_on: report.FailOn = report.FailOn.WARNING,
    accepted: Sequence[findings.Waiver] = (),
) -> report.Report:
    """Return the report of a host on itself."""
    read = report.ReadHost(
        'compute1',
        hosts.host(conf).settings(),
        findings.waivers_for_host(accepted, 'compute1'),
        guests=guests,
    )
    whole = sample_reports.of(hosts.host(conf), accepted, fail_on)
    return dataclasses.replace(whole, hosts=(report.judge(read),))


def fleet_of(
    some_hosts: Mapping[str, audit.Guests | None],
    accepted: Sequence[findings.Waiver] = (),
    fail_on: report.FailOn = report.FailOn.WARNING,
    conf: str = fleets.FLAT,
) -> report.Report:
    """Return the report on hosts that have reported on themselves."""
    read = [
        report.ReadHost(
            name,
            hosts.host(conf).settings(),
            findings.waivers_for_host(accepted, name),
            report.Source(report.SourceKind.REPORT, f'fleet/{name}.json'),
            guests,
        )
        for name, guests in some_hosts.items()
    ]
    return report.Report(
        hosts=fleet.compare(read),
        waivers_read=tuple(accepted),
        fail_on=fail_on,
        version='1.2.3',
        created=sample_reports.CREATED,
        is_fleet=True,
    )


WAIVER = sample_reports.waiver(
    'guest-disk-converted', guests=(uuid(102),), reason='A test.'
)


def varied() -> report.Report:
    """Return the report of a host with something of everything."""
    guests = (*numbered(VARIED), *alike(25, 101))
    not_read = inventory.NotRead(
        f'{INSTANCES}/{uuid(14)}/disk', 'cannot be read: Permission denied'
    )
    found = audit_of(
        guests, not_read=(not_read,), accepted=[WAIVER], file_system=NFS
    )
    return report_on(found, accepted=[WAIVER])


def not_looked_at() -> report.Report:
    """Return the report of a host of which that was asked for."""
    reason = 'Guests were not looked at: no state_path is known.'
    return report_on(audit.NotLooked(reason))


def shared() -> report.Report:
    """Return a fleet with guests here, elsewhere, and nowhere."""
    left, right = alike(3, 1), alike(22, 11)
    orphan = numbered([disks.guest(disks.raw())], 99)
    everything = (*left, *right, *orphan)
    return fleet_of(
        {
            'compute1': _of_shared(everything, left),
            'compute2': _of_shared(everything, right),
            'compute3': audit_of(numbered([disks.guest(disks.raw())], 301)),
            'compute4': audit_of(numbered([disks.guest(disks.raw())], 401)),
            'compute5': audit.NotLooked(
                'Guests were not looked at: a reason.'
            ),
            'compute6': None,
            'compute7': _reported(audit_of(alike(2, 701))),
            'compute8': _reported(audit_of(alike(3, 801))),
        },
        [WAIVER._replace(guests=(uuid(2), uuid(999)))],
    )


def _of_shared(
    everything: Sequence[inventory.Guest], own: Sequence[inventory.Guest]
) -> audit.Audit:
    found = audit_of(
        [one._replace(has_domain=one in own) for one in everything],
        file_system=NFS,
    )
    return _reported(found)


def _reported(guests: audit.Audit) -> audit.Audit:
    """Return guests as they are told by the report of their host."""
    whole = report_on(guests)
    pieces = json.render(whole, interface.Appearance())
    data = ''.join(pieces).encode()
    (host,) = reader.parse(data, sample_reports.CREATED.date()).hosts
    told = host.host.guests
    assert isinstance(told, audit.Audit)
    return told


#: By the names of their golden files.
REPORTS = {
    'guests': varied,
    'guests-not-looked-at': not_looked_at,
    'fleet-guests': shared,
}
