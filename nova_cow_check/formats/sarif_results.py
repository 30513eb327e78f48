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

"""Findings, as the results of a SARIF document."""

from __future__ import annotations

import collections
from collections.abc import Iterator
import dataclasses
import hashlib
import json
from typing import NamedTuple

from nova_cow_check import describe
from nova_cow_check import details
from nova_cow_check import findings
from nova_cow_check.formats import edits
from nova_cow_check.formats import sarif_fixes
from nova_cow_check.formats import sarif_objects
from nova_cow_check import origins
from nova_cow_check import report
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule
from nova_cow_check import text
from nova_cow_check import waivers

#: Of partialFingerprints; another number if one had to be made otherwise.
_FINGERPRINT = 'novaCowCheck/v1'


class _Identity(NamedTuple):
    """What makes a finding the same one in another run."""

    rule: str
    host: str
    #: The file that it is shown in, '' if there is none.
    uri: str
    #: What to change, as ``[group]/name``; not the values, nor the lines.
    options: tuple[str, ...]


def of(whole: report.Report) -> Iterator[sarif_objects.Object]:
    """Yield a result for every finding, waived ones among them."""
    for host in whole.hosts:
        yield from _results(host)


def _results(host: report.HostReport) -> Iterator[sarif_objects.Object]:
    seen: collections.Counter[_Identity] = collections.Counter()
    for row in host.rows:
        for finding in row.found:
            result = _result(host, row.check, finding)
            identity = _identity(host, finding, result)
            result['partialFingerprints'] = {
                _FINGERPRINT: _hash(identity, seen[identity])
            }
            seen[identity] += 1
            yield result


def _result(
    host: report.HostReport, check: rule.Check, finding: findings.Finding
) -> sarif_objects.Object:
    first, *others = _locations(host, finding)
    name = text.printable(host.name)
    named = {'name': name, 'kind': 'host'}
    logical = [*first.get('logicalLocations', ()), named]
    result = {
        'ruleId': finding.rule,
        'ruleIndex': list(registry.RULES).index(finding.rule),
        'kind': 'fail',
        'level': sarif_objects.LEVELS[finding.severity],
        'message': sarif_objects.message(_words(finding)),
        'locations': [{**first, 'logicalLocations': logical}],
        'suppressions': [],
        'properties': {'host': name, 'check': check.value},
    }
    if others:
        result['relatedLocations'] = others
    fixes = sarif_fixes.of(finding, host)
    if fixes:
        result['fixes'] = fixes
    if finding.waiver is not None and not finding.counts:
        result['suppressions'] = [_suppression(finding.waiver)]
    return result


def _words(finding: findings.Finding) -> str:
    """Return why and what to write; readers may show the first sentence."""
    bare = dataclasses.replace(finding, waiver=None)
    words = [paragraph.text for paragraph in details.body(bare)]
    if finding.waiver is not None and finding.counts:
        words.append(describe.waiver(finding.waiver))
    return '\n'.join(words)


def _locations(
    host: report.HostReport, finding: findings.Finding
) -> list[sarif_objects.Object]:
    """Return the places of a finding, the most telling one first.

    Readers need a file: the first one that there is, or else the one that
    the setting would be written into.
    """
    kinds = origins.OriginKind
    written = [
        origin
        for origin in finding.origins
        if origin.kind is not kinds.DEFAULT
    ]
    written.sort(key=lambda origin: origin.kind is not kinds.FILE)
    found = [sarif_objects.location(origin, host) for origin in written]
    if not found or 'physicalLocation' not in found[0]:
        to_write = edits.on(host, finding.replacement.changes)
        for edit in (to_write or ())[:1]:
            file = sarif_objects.artifact(edit.path)
            found.insert(0, sarif_objects.in_file(file, edit.line))
    return found or [{}]


def _suppression(waiver: waivers.Waiver) -> sarif_objects.Object:
    suppression: sarif_objects.Object = {
        'kind': 'external',
        'status': 'accepted',
        'justification': text.printable(waiver.reason),
        'location': sarif_objects.location(waiver.origin),
    }
    if waiver.expires is not None:
        suppression['properties'] = {'expires': waiver.expires.isoformat()}
    return suppression


def _identity(
    host: report.HostReport,
    finding: findings.Finding,
    result: sarif_objects.Object,
) -> _Identity:
    changes = finding.replacement.changes
    if finding.alternative is not None:
        changes += finding.alternative.replacement.changes
    (location,) = result['locations']
    physical = location.get('physicalLocation')
    return _Identity(
        finding.rule,
        host.name,
        physical['artifactLocation']['uri'] if physical else '',
        tuple(sorted({f'[{one.group}]/{one.name}' for one in changes})),
    )


def _hash(identity: _Identity, count: int) -> str:
    """Return a fingerprint; equal findings are told apart by counting."""
    document = json.dumps([*identity, count])
    return hashlib.sha256(document.encode()).hexdigest()
