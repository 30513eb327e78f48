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


"""One host in the document of a report."""

from __future__ import annotations

from nova_cow_check import backends
from nova_cow_check import behaviour
from nova_cow_check import describe
from nova_cow_check import drivers
from nova_cow_check import findings
from nova_cow_check.formats import data_parts
from nova_cow_check import lookalikes
from nova_cow_check import moves
from nova_cow_check import opts
from nova_cow_check import origins
from nova_cow_check import report
from nova_cow_check.rules import ignored_setting
from nova_cow_check.rules import invalid_setting
from nova_cow_check.rules import registry
from nova_cow_check import settings
from nova_cow_check import text
from nova_cow_check import verdict


def of(host: report.HostReport) -> data_parts.Data:
    """Return the object of a host."""
    known = host.known
    source = host.source
    return {
        'name': text.printable(host.name),
        'source': source
        and {'kind': source.kind.value, 'path': text.printable(source.path)},
        'group': text.printable(host.domain) or None,
        'result': report.result_of(host.worst).value,
        **(
            _nothing_read(known, host)
            if isinstance(known, settings.Unreadable)
            else _read(known, host)
        ),
        'checks': [_check(row, host) for row in host.rows],
    }


def _nothing_read(
    why: settings.Unreadable, host: report.HostReport
) -> data_parts.Data:
    place = origins.Origin(origins.OriginKind.FILE, why.path, why.line)
    return {
        'unreadable': {
            'reason': text.printable(why.reason),
            'place': data_parts.place(place, host),
        },
        'driver': None,
        'files': [],
        'settings': [],
        'ignored': [],
        **_behaviour(None),
    }


def _read(
    image_settings: settings.ImageSettings, host: report.HostReport
) -> data_parts.Data:
    driver = image_settings.compute_driver
    # The rule has judged already what an ignored line may be meant for.
    meant = {
        finding.origins: finding.alternative
        for finding in host.found
        if finding.rule == ignored_setting.IGNORED_SETTING.name
    }
    return {
        'unreadable': None,
        'driver': drivers.kind_of(driver.value).value,
        'files': [
            text.printable(host.path_of(path)) for path in image_settings.files
        ],
        'settings': [_setting(one, host) for one in image_settings.all],
        'ignored': [
            _ignored(one, meant.get((one.assignment.origin,)), host)
            for one in image_settings.lookalikes
        ],
        **_behaviour(behaviour.of(image_settings)),
    }


def _setting(
    setting: settings.AnySetting, host: report.HostReport
) -> data_parts.Data:
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
        'fault': setting.fault and setting.fault.value,
        'place': data_parts.place(setting.origin, host),
        'places': [
            data_parts.place(origin, host) for origin in setting.written
        ],
    }


def _ignored(
    lookalike: lookalikes.Lookalike,
    meant: findings.Alternative | None,
    host: report.HostReport,
) -> data_parts.Data:
    written = lookalike.assignment
    return {
        'group': text.value_as_shown(written.group),
        'name': text.value_as_shown(written.name),
        'intended': lookalike.intended.name,
        'mistake': data_parts.word(lookalike.mistake),
        'value': meant and meant.replacement.changes[0].value,
        'place': data_parts.place(written.origin, host),
    }


def _behaviour(novas: backends.Behaviour | None) -> data_parts.Data:
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
                'effect': data_parts.word(one.effect),
            }
            for one in moves.arrivals(novas)
        ],
    }


def _check(row: verdict.Row, host: report.HostReport) -> data_parts.Data:
    return {
        'name': row.check.value,
        'result': report.result_of(row.worst).value,
        'is_judged': not (row.blocked_by or row.failed),
        'facts': list(row.facts),
        'findings': [_finding(finding, host) for finding in row.found],
    }


def _finding(
    finding: findings.Finding, host: report.HostReport
) -> data_parts.Data:
    alternative = finding.alternative
    return {
        'rule': finding.rule,
        'severity': finding.severity.name.lower(),
        'counts': finding.counts,
        'places': [
            data_parts.place(origin, host) for origin in finding.origins
        ],
        'explanation': finding.explanation,
        'replacement': data_parts.changes(finding.replacement.changes, host),
        'alternative': alternative
        and {
            'replacement': data_parts.changes(
                alternative.replacement.changes, host
            ),
            'effects': list(alternative.effects),
        },
        'waiver': finding.waiver and data_parts.waiver(finding.waiver),
        'reference': registry.RULES[finding.rule].reference,
    }
