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


"""A report as plain data: the document that the JSON and YAML formats write.

``report-1.schema.json`` beside this module describes it. Within version 1,
a name is never renamed or removed, and never changes its meaning; names may
be added. Every string is printable: see `nova_cow_check.text`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nova_cow_check import backends
from nova_cow_check import behaviour
from nova_cow_check import describe
from nova_cow_check import drivers
from nova_cow_check import findings
from nova_cow_check import opts
from nova_cow_check import origins
from nova_cow_check import report
from nova_cow_check.rules import invalid_setting
from nova_cow_check.rules import registry
from nova_cow_check import settings
from nova_cow_check import text
from nova_cow_check import verdict
from nova_cow_check import waivers

#: Of the document; another one if a name had to change.
VERSION = 1

#: JSON's own types.
Data = dict[str, Any]


def of(whole: report.Report) -> Data:
    """Return the document of a report."""
    return {
        'report_version': VERSION,
        'program': {'name': 'nova-cow-check', 'version': whole.version},
        'created': whole.created.isoformat(timespec='seconds'),
        'result': report.result_of(whole.worst).value,
        'fail_on': whole.fail_on.value,
        'exit_code': whole.exit_code,
        'hosts': [_host(host) for host in whole.hosts],
        'unused_waivers': [_waiver(one) for one in whole.unused_waivers],
    }


def _host(host: report.HostReport) -> Data:
    image_settings = host.image_settings
    driver = image_settings.compute_driver
    return {
        'name': text.printable(host.name),
        'result': report.result_of(host.worst).value,
        'driver': drivers.kind_of(driver.value).value,
        'files': [text.printable(path) for path in image_settings.files],
        'settings': [_setting(one) for one in image_settings.all],
        **_behaviour(behaviour.of(image_settings)),
        'checks': [_check(row) for row in host.rows],
    }


def _setting(setting: settings.AnySetting) -> Data:
    value = setting.value
    if setting.option is opts.COMPUTE_DRIVER and value is not None:
        # What a reference stands for could be a password.
        is_reference = '$' in (setting.text or '')
        value = None if is_reference else describe.value(setting)
    return {
        'group': setting.option.group,
        'name': setting.option.name,
        'value': value,
        'shown': describe.value(setting),
        'is_set': setting.is_written,
        'is_valid': not invalid_setting.has_fault(setting),
        'place': _place(setting.origin),
    }


def _behaviour(novas: behaviour.Behaviour | None) -> Data:
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
                'arriving_disk': arriving.value,
                'disk': move.disk.value,
                'guest_expects': move.xml.value,
                'effect': move.effect.name.lower().replace('_', '-'),
            }
            for arriving, move in backends.moves_to(
                novas.backend, novas.use_cow_images
            ).items()
        ],
    }


def _check(row: verdict.Row) -> Data:
    return {
        'name': row.check.value,
        'result': report.result_of(row.worst).value,
        'is_judged': not row.blocked_by,
        'facts': list(row.facts),
        'findings': [_finding(finding) for finding in row.found],
    }


def _finding(finding: findings.Finding) -> Data:
    alternative = finding.alternative
    return {
        'rule': finding.rule,
        'severity': finding.severity.name.lower(),
        'counts': finding.counts,
        'places': [_place(origin) for origin in finding.origins],
        'explanation': finding.explanation,
        'replacement': _changes(finding.replacement.changes),
        'alternative': alternative
        and {
            'replacement': _changes(alternative.replacement.changes),
            'effects': list(alternative.effects),
        },
        'waiver': finding.waiver and _waiver(finding.waiver),
        'reference': registry.RULES[finding.rule].reference,
    }


def _changes(changes: Iterable[findings.Change]) -> list[Data]:
    return [
        {
            'action': change.action.value,
            'group': text.value_as_shown(change.group),
            'name': text.value_as_shown(change.name),
            'value': change.value,
            'place': _place(change.origin),
        }
        for change in changes
    ]


def _waiver(waiver: waivers.Waiver) -> Data:
    return {
        'rule': waiver.rule,
        'hosts': [text.printable(pattern) for pattern in waiver.hosts],
        'reason': text.printable(waiver.reason),
        'expires': waiver.expires and waiver.expires.isoformat(),
        'is_expired': waiver.is_expired,
        'place': _place(waiver.origin),
    }


def _place(origin: origins.Origin) -> Data:
    """Return a place; what does not apply to its kind is null."""
    return {
        'kind': origin.kind.value,
        'name': text.printable(origin.name) or None,
        'line': origin.line or None,
    }
