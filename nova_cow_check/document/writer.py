# SPDX-License-Identifier: Apache-2.0

"""A report as plain data: what the JSON and YAML formats write."""

from __future__ import annotations

from collections.abc import Iterable
import datetime
import enum
from typing import Any, TypeVar

from nova_cow_check.document import fleet_writer
from nova_cow_check.nova import backends
from nova_cow_check.nova import operations
from nova_cow_check import printing
from nova_cow_check.reports import report
from nova_cow_check.reports import verdict
from nova_cow_check.rules import extras
from nova_cow_check.rules import findings
from nova_cow_check.rules import ignored_setting
from nova_cow_check.rules import registry
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import lookalikes
from nova_cow_check.settings import parsing

Member = TypeVar('Member', bound=enum.Enum)

#: JSON's own types.
Data = dict[str, Any]

#: Of the document; another one if a name had to change.
VERSION = 1

PROGRAM = 'nova-cow-check'

#: Those of which a setting tells; that Nova cannot load a driver is known
#: by its kind.
FAULTS = (host_settings.Fault.INVALID, host_settings.Fault.UNRESOLVED)


def word(member: enum.Enum) -> str:
    """Return the word for a member: its name, with dashes."""
    # As oslo.config's option is called.
    if member is parsing.OriginKind.CONFIG_SOURCE:
        return 'config_source'
    return member.name.lower().replace('_', '-')


def meanings(members: Iterable[Member]) -> dict[str, Member]:
    """Return the members by their words."""
    return {word(member): member for member in members}


def of(whole: report.Report) -> Data:
    """Return the document of a report, all of it: for formats of others."""
    hosts = [host_data(host) for host in whole.hosts]
    return {**frame(whole), 'hosts': hosts}


def frame(whole: report.Report) -> Data:
    """Return the document, in its order, without the objects of hosts."""
    return {
        'report_version': VERSION,
        'program': {'name': PROGRAM, 'version': whole.version},
        'created': whole.created.isoformat(timespec='seconds'),
        'result': report.result_of(whole.worst).value,
        'fail_on': whole.fail_on.value,
        'exit_code': whole.exit_code,
        'unused_waivers': [_waiver(one) for one in whole.unused_waivers],
        'fleet': _fleet(whole),
        'compared': _compared(whole),
        'hosts': [],
    }


def host_data(host: report.HostReport) -> Data:
    """Return the object of a host."""
    source = host.source
    checks = [_check(row, host) for row in host.rows]
    return {
        'name': printing.printable(host.name),
        'source': source
        and {
            'kind': source.kind.value,
            'path': printing.printable(source.path),
        },
        'group': printing.printable(host.group) or None,
        'result': report.result_of(host.worst).value,
        **_known(host),
        'earlier': _earlier(host),
        'checks': checks,
        'guests': _guests(host, checks),
    }


def _fleet(whole: report.Report) -> Data | None:
    """Return the object of a fleet, None for the host that reports."""
    if not whole.is_fleet:
        return None
    return fleet_writer.of(whole)


def _compared(whole: report.Report) -> Data | None:
    """Return what became of hosts, None if nobody asked for it."""
    if whole.compared is None:
        return None
    from nova_cow_check.document import changes_writer

    return changes_writer.of(whole.compared)


def _guests(host: report.HostReport, checks: list[Data]) -> Data | None:
    """Return what there is of the guests of a host."""
    if host.guests is None:
        return None
    from nova_cow_check.document import guest_writer

    # Their row is the last one.
    return guest_writer.of(host.guests, checks[-1]['findings'])


def _known(host: report.HostReport) -> Data:
    """Return what is known of a host, or why nothing is."""
    known = host.known
    if isinstance(known, host_settings.Unreadable):
        place = parsing.Origin(parsing.OriginKind.FILE, known.path, known.line)
        return {
            'unreadable': {
                'reason': printing.printable(known.reason),
                'place': _place(place, host),
            },
            'driver': None,
            'libvirt_option': None,
            'nova_release': None,
            'process': None,
            'files': [],
            'settings': [],
            'ignored': [],
            'ignored_more': 0,
            **_behaviour(None),
        }
    is_found = ignored_setting.RULE.name in host.rules
    return {
        'unreadable': None,
        'driver': word(known.driver),
        'libvirt_option': known.libvirt_option
        and _place(known.libvirt_option, host),
        'nova_release': known.nova_release or None,
        'process': known.process and _process(known.process),
        'files': [
            printing.printable(host.path_of(one)) for one in known.files
        ],
        'settings': [_setting(one, host) for one in known.all],
        'ignored': [_ignored(one, is_found, host) for one in known.lookalikes],
        'ignored_more': known.more_lookalikes,
        **_behaviour(verdict.behaviour_of(known)),
    }


def _earlier(host: report.HostReport) -> Data | None:
    """Return what Nova went by earlier, None where no rule looked back."""
    earlier = host.earlier
    if earlier is None or host.image_settings is None:
        return None
    return {
        'backend': earlier.backend.value,
        'use_cow_images': earlier.use_cow_images,
        'force_raw_images': earlier.force_raw_images,
    }


def _process(process: host_settings.Process) -> Data:
    return {
        'started': _time(process.started),
        'changed': [
            {
                'path': printing.printable(one.path),
                'time': _time(one.at),
                'source': printing.printable(one.source) or None,
            }
            for one in process.changed
        ],
        'installed': _time(process.installed),
        'not_known': list(map(printing.printable, process.not_known)),
    }


def _time(when: datetime.datetime | None) -> str | None:
    return None if when is None else when.isoformat(timespec='seconds')


def _setting(
    setting: host_settings.AnySetting, host: report.HostReport
) -> Data:
    fault = setting.fault
    return {
        'group': setting.option.group,
        'name': setting.option.name,
        'value': setting.value,
        'shown': setting.shown,
        'is_set': setting.is_written,
        'is_valid': not fault,
        'fault': word(fault) if fault in FAULTS else None,
        'meant': setting.meant,
        'place': _place(setting.origin, host),
        'places': [_place(origin, host) for origin in setting.written],
    }


def _ignored(
    lookalike: lookalikes.Lookalike, is_found: bool, host: report.HostReport
) -> Data:
    # What it would set is told only where the rule has told it, too.
    value = lookalike.value if is_found else None
    return {
        'group': printing.value_as_shown(lookalike.group),
        'name': printing.value_as_shown(lookalike.name),
        'intended': lookalike.intended.name,
        'mistake': word(lookalike.mistake),
        'value': None if value is None else str(value),
        'place': _place(lookalike.origin, host),
        'header': lookalike.header and _place(lookalike.header, host),
    }


def _behaviour(novas: backends.Behaviour | None) -> Data:
    if novas is None:
        return {'backend': None, 'new_disks': [], 'moves': []}
    return {
        'backend': novas.backend.value,
        'new_disks': [
            {
                'image': image.value,
                'disk': disk.disk.value,
                'backing_file': disk.backing and disk.backing.value,
            }
            for image, disk in backends.new_disks(
                novas.backend, novas.force_raw_images
            ).items()
        ],
        'moves': [
            {
                'arriving_disk': one.arriving.value,
                'disk': one.root.format.value,
                'guest_expects': one.root.xml.value,
                'effect': fleet_writer.harm(one.effect),
                'how': fleet_writer.how(one.effect),
            }
            for one in operations.arrivals(novas)
        ],
    }


def _check(row: verdict.Row, host: report.HostReport) -> Data:
    return {
        'name': row.check.value,
        'result': report.result_of(row.worst).value,
        'is_judged': not (row.blocked_by or row.failed),
        'facts': list(row.facts),
        'findings': [_finding(finding, host) for finding in row.found],
    }


def _finding(finding: findings.Finding, host: report.HostReport) -> Data:
    alternative = finding.alternative
    return {
        'rule': finding.rule,
        'severity': word(finding.severity),
        'counts': finding.counts,
        'is_unsafe': finding.is_unsafe,
        'places': [_place(origin, host) for origin in finding.origins],
        'explanation': finding.explanation,
        'replacement': _changes(finding.replacement.changes, host),
        'not_with': list(finding.replacement.not_with),
        'alternative': alternative
        and {
            'condition': alternative.condition,
            'replacement': _changes(alternative.replacement.changes, host),
            'not_with': list(alternative.replacement.not_with),
            'effects': list(alternative.effects),
        },
        'apart': finding.apart
        and {
            'options': list(map(printing.printable, finding.apart.options)),
            'in_place_of': printing.printable(finding.apart.in_place_of)
            or None,
        },
        'guest': finding.guest and _concerned(finding.guest),
        'waiver': finding.waiver and _waiver_of(finding, finding.waiver),
        'reference': registry.RULES[finding.rule].reference,
    }


def _concerned(guest: extras.Concerned) -> Data:
    return {
        'uuid': guest.uuid,
        'disks': list(guest.disks),
        'steps': [
            {
                'words': step.words,
                'commands': [
                    *map(printing.printable, step.commands.splitlines())
                ],
            }
            for step in guest.steps
        ],
    }


def _place(
    origin: parsing.Origin, host: report.HostReport | None = None
) -> Data:
    """Return a place; what does not apply to its kind is null.

    :param host: whose origin it is, if its files may have been collected
    """
    name = origin.name
    if host is not None and origin.kind is parsing.OriginKind.FILE:
        name = host.path_of(name)
    return {
        'kind': word(origin.kind),
        'name': printing.printable(name) or None,
        'line': origin.line or None,
    }


def _changes(
    asked_for: Iterable[findings.Change], host: report.HostReport
) -> list[Data]:
    """Return what to write, keep or remove on a host."""
    return [
        {
            'action': change.action.value,
            'group': printing.value_as_shown(change.group),
            'name': printing.value_as_shown(change.name),
            'value': change.value,
            'place': _place(change.origin, host),
        }
        for change in asked_for
    ]


def _waiver_of(finding: findings.Finding, one: findings.Waiver) -> Data:
    """Return the waiver of a finding."""
    # It can name all guests of a cloud, and be the waiver of all of them.
    its = (finding.guest.uuid,) if finding.guest else ()
    return _waiver(one._replace(guests=its))


def _waiver(one: findings.Waiver) -> Data:
    """Return a waiver. Its place is in a file of its own."""
    return {
        'rule': one.rule,
        'hosts': [printing.printable(pattern) for pattern in one.hosts],
        'guests': list(one.guests),
        'reason': printing.printable(one.reason),
        'expires': one.expires and one.expires.isoformat(),
        'is_expired': one.is_expired,
        'place': _place(one.origin),
    }
