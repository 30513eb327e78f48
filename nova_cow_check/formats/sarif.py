# SPDX-License-Identifier: Apache-2.0

"""A report as SARIF 2.1.0, for code scanning services and editors.

With its errata: https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/
"""

from __future__ import annotations

import collections
from collections.abc import Iterable, Iterator
import datetime
import hashlib
import itertools
import json
import os
import re
from typing import Any
from urllib import parse

from nova_cow_check._i18n import _
from nova_cow_check import addresses
from nova_cow_check.fixer import edits
from nova_cow_check.fixer import obstacles
from nova_cow_check.formats import interface
from nova_cow_check.formats import sarif_choice
from nova_cow_check.formats import sarif_rules
from nova_cow_check import printing
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry
from nova_cow_check.rules import wording
from nova_cow_check.settings import parsing

#: An object of JSON.
Object = dict[str, Any]

_SCHEMA = (
    'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/'
    'sarif-schema-2.1.0.json'
)

#: What a release's number must be for https://semver.org to be one.
_SEMANTIC = re.compile(r'(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}', re.ASCII)

#: The results, which come last, while there are none.
_RESULTS = '[]'

#: What a line of a result starts with.
_INDENT = '\n' + 8 * ' '

#: Of partialFingerprints; another number if one had to be made otherwise.
_FINGERPRINT = 'novaCowCheck/v1'


def render(
    whole: report.Report, _appearance: interface.Appearance
) -> Iterator[str]:
    """Yield the document, in ASCII, a result at a time."""
    choice = sarif_choice.of(whole)
    document = {
        '$schema': _SCHEMA,
        'version': '2.1.0',
        'runs': [_run(whole, choice)],
    }
    frame = json.dumps(document, indent=2)
    start, _results, end = frame.rpartition(_RESULTS)
    before = '['
    yield start
    for result in results(choice.shown):
        lines = json.dumps(result, indent=2)
        yield (before + '\n' + lines).replace('\n', _INDENT)
        before = ','
    yield ('[]' if before == '[' else _INDENT[:-2] + ']') + end + '\n'


def _run(whole: report.Report, choice: sarif_choice.Choice) -> Object:
    return {
        'tool': {'driver': _driver(whole)},
        'invocations': [_invocation(whole, choice)],
        'columnKind': 'utf16CodeUnits',
        # Where oslo.config, which reads text as Python does, ends a line.
        'newlineSequences': ['\r\n', '\n', '\r'],
        **_base_ids(whole),
        'properties': {
            'result': report.result_of(whole.worst).value,
            'failOn': whole.fail_on.value,
            'hosts': [
                {
                    'name': printing.printable(host.name),
                    'result': report.result_of(host.worst).value,
                }
                for host in whole.hosts
            ],
        },
        'results': [],
    }


def _base_ids(whole: report.Report) -> Object:
    """Return the roots that files are relative to, if there are any."""
    words = _('Root directory of the host %s, which made its own report.')
    found = {
        name: {'description': _message(words % name)}
        for host in whole.hosts
        if host.is_elsewhere
        for name in [printing.printable(host.name)]
    }
    return {'originalUriBaseIds': found} if found else {}


def _driver(whole: report.Report) -> Object:
    version = {'version': whole.version}
    if _SEMANTIC.fullmatch(whole.version):
        version['semanticVersion'] = whole.version
    project = addresses.PROJECT
    return {
        'name': 'nova-cow-check',
        **version,
        **({'informationUri': project} if project else {}),
        'rules': [
            sarif_rules.descriptor(one, _message)
            for one in registry.RULES.values()
        ],
    }


def _invocation(whole: report.Report, choice: sarif_choice.Choice) -> Object:
    created = whole.created.astimezone(datetime.timezone.utc)
    invocation: Object = {
        'executionSuccessful': True,
        'exitCode': whole.exit_code,
        'endTimeUtc': created.strftime('%Y-%m-%dT%H:%M:%SZ'),
    }
    told = [
        {'level': 'error', 'message': _message(f'{host.name}: {sentence}')}
        for host in whole.hosts
        for sentence in host.failed
    ]
    if told:
        invocation['executionSuccessful'] = False
    if words := sarif_choice.told(choice):
        level = 'warning' if choice.left_out else 'note'
        told.append({'level': level, 'message': _message(words)})
    if told:
        invocation['toolExecutionNotifications'] = told
    if whole.unused_waivers:
        invocation['toolConfigurationNotifications'] = [
            {
                'level': 'note',
                'message': _message(wording.unused([waiver])),
                'locations': [_location(waiver.origin)],
            }
            for waiver in whole.unused_waivers
        ]
    return invocation


def results(chosen: Iterable[sarif_choice.Chosen]) -> Iterator[Object]:
    """Yield the results of what was chosen, waived findings among them."""
    for host, some in itertools.groupby(chosen, lambda one: one.held[0].host):
        seen: collections.Counter[tuple[Any, ...]] = collections.Counter()
        for one in some:
            result = _result(one)
            identity = _identity(host, one.finding, result)
            # Equal findings are told apart by counting.
            words = json.dumps([*identity, seen[identity]])
            fingerprint = hashlib.sha256(words.encode()).hexdigest()
            result['partialFingerprints'] = {_FINGERPRINT: fingerprint}
            seen[identity] += 1
            yield result


def _result(chosen: sarif_choice.Chosen) -> Object:
    finding = chosen.finding
    host = chosen.held[0].host
    places = [_places(*held) for held in chosen.held]
    _first, others = places[0]
    result: Object = {
        'ruleId': finding.rule,
        'ruleIndex': list(registry.RULES).index(finding.rule),
        'kind': 'fail',
        'level': sarif_rules.LEVELS[finding.severity],
        'message': _message(_words(chosen)),
        'locations': [first for first, _others in places],
        'suppressions': [],
        'properties': {
            'host': printing.printable(host.name),
            'check': chosen.check.value,
        },
    }
    if finding.guest is not None:
        result['properties']['guest'] = finding.guest.uuid
    if others:
        result['relatedLocations'] = others
    # What would fix one host of several is no fix of the result.
    if len(chosen.held) == 1 and (to_offer := fixes(finding, host)):
        result['fixes'] = to_offer
    if finding.waiver is not None and not finding.counts:
        result['suppressions'] = [_suppression(finding.waiver)]
    return result


def _places(
    host: report.HostReport, finding: findings.Finding
) -> tuple[Object, list[Object]]:
    """Return the first place, which names the host, and the others."""
    first, *others = _locations(host, finding)
    named = {'name': printing.printable(host.name), 'kind': 'host'}
    logical = [*first.get('logicalLocations', ()), named]
    return {**first, 'logicalLocations': logical}, others


def _words(chosen: sarif_choice.Chosen) -> str:
    """Return why and what to write; readers may show the first sentence."""
    finding = chosen.finding
    bare = finding._replace(waiver=None)
    words = [paragraph.text for paragraph in wording.body(bare)]
    if finding.waiver is not None and finding.counts:
        words.append(wording.waiver(finding.waiver))
    if together := sarif_choice.hosts(chosen):
        words.append(together)
    return '\n'.join(words)


def _locations(
    host: report.HostReport, finding: findings.Finding
) -> list[Object]:
    """Return the places of a finding, the most telling one first.

    Readers need a file: the first one that there is, or else the one that
    the setting would be written into.
    """
    kinds = parsing.OriginKind
    written = [o for o in finding.origins if o.kind is not kinds.DEFAULT]
    written.sort(key=lambda origin: origin.kind is not kinds.FILE)
    found = [_location(origin, host) for origin in written]
    if not found or 'physicalLocation' not in found[0]:
        to_write = _edits(host, finding.replacement.changes)
        for edit in to_write[:1]:
            # What is new is below the line; a file can end there.
            is_below = not edit.lines and edit.column == 1
            line = edit.line - is_below
            found.insert(0, _in_file(_artifact(edit.path), line))
    return found or [{}]


def _suppression(waiver: findings.Waiver) -> Object:
    suppression: Object = {
        'kind': 'external',
        'status': 'accepted',
        'justification': printing.printable(waiver.reason),
        'location': _location(waiver.origin),
    }
    if waiver.expires is not None:
        suppression['properties'] = {'expires': waiver.expires.isoformat()}
    return suppression


def _identity(
    host: report.HostReport, finding: findings.Finding, result: Object
) -> tuple[Any, ...]:
    """Return what makes a finding the same one in another run.

    That is the file that it is shown in, '' if there is none, and what to
    change; not the values, nor the lines.
    """
    changes = finding.replacement.changes
    if finding.alternative is not None:
        changes += finding.alternative.replacement.changes
    location = result['locations'][0]
    physical = location.get('physicalLocation')
    uri = physical['artifactLocation']['uri'] if physical else ''
    options = sorted({f'[{one.group}]/{one.name}' for one in changes})
    return finding.rule, host.name, uri, tuple(options)


def fixes(finding: findings.Finding, host: report.HostReport) -> list[Object]:
    """Return the fix of a finding, if there is one: what ``fix`` writes.

    There is none if anything keeps ``fix`` from it, if the files are not on
    this machine, or if text in them is not to be shown. What would take a
    choice is not offered: that an ignored line was meant is in the message.
    """
    if host.image_settings is None or host.is_elsewhere:
        return []
    if obstacles.of(finding, host.image_settings):
        return []
    changes = finding.replacement.changes
    found = _edits(host, changes)
    if not found or not all(_is_shown(edit, host) for edit in found):
        return []
    return [
        {
            'description': _message(_description(changes)),
            'artifactChanges': _artifact_changes(found),
        }
    ]


def _edits(
    host: report.HostReport, changes: Iterable[findings.Change]
) -> list[edits.Edit]:
    """Return the edits that make changes, none if files cannot do that."""
    if host.image_settings is None or host.is_elsewhere:
        return []
    found = edits.of(changes, host.image_settings) or ()
    return [edit._replace(path=host.path_of(edit.path)) for edit in found]


def _is_shown(edit: edits.Edit, host: report.HostReport) -> bool:
    """Return whether all that an edit writes may be shown.

    A comment that was behind a value is a part of it, and shown as such.
    """
    assert host.image_settings is not None
    values = [setting.shown for setting in host.image_settings.all]
    return all(
        any(line in value for value in values)
        if line.startswith(('#', ';'))
        else line.replace('\t', '').isprintable()
        for line in re.split('[\r\n]', edit.written)
    )


def _description(changes: Iterable[findings.Change]) -> str:
    sentences = {
        findings.Action.SET: _('Write [%(group)s]/%(name)s = %(value)s.'),
        findings.Action.REMOVE: _('Remove [%(group)s]/%(name)s.'),
        findings.Action.KEEP: _('Keep [%(group)s]/%(name)s = %(value)s.'),
    }
    return ' '.join(
        sentences[change.action]
        % {
            'group': printing.value_as_shown(change.group),
            'name': printing.value_as_shown(change.name),
            'value': change.value,
        }
        for change in changes
    )


def _artifact_changes(found: Iterable[edits.Edit]) -> list[Object]:
    """Return a change for each file; the edits come sorted by file."""
    return [
        {
            'artifactLocation': _artifact(path),
            'replacements': [
                {
                    'deletedRegion': _region(edit),
                    'insertedContent': {'text': edit.written},
                }
                for edit in in_file
            ],
        }
        for path, in_file in itertools.groupby(found, lambda edit: edit.path)
    ]


def _region(edit: edits.Edit) -> Object:
    region = {'startLine': edit.line, 'startColumn': edit.column}
    end = edit.line + edit.lines
    if not edit.has_end:
        # Without endColumn, to the end of the line (section 3.30.8).
        return {**region, 'endLine': end - 1}
    column = 1 if edit.lines else edit.column
    return {**region, 'endLine': end, 'endColumn': column}


def _message(words: str) -> Object:
    """Return a message in which readers see the words as they are.

    Braces are doubled, for else they could name an argument (section
    3.11.5); and no name from a file makes a link (section 3.11.6).
    """
    lines = '\n'.join(printing.printable(line) for line in words.split('\n'))
    escaped = lines.replace('{', '{{').replace('}', '}}')
    return {'text': escaped.replace('](', '] (')}


def _artifact(path: str) -> Object:
    """Return the artifactLocation of a file: its bytes, as a URI."""
    # Encodes the colon too, which would end a scheme in a relative one.
    encoded = parse.quote(os.fsencode(path))
    is_absolute = path.startswith('/')
    return {'uri': f'file://{encoded}' if is_absolute else encoded}


def _in_file(artifact_location: Object, line: int) -> Object:
    """Return the location of a line; of all of a file, if that is 0.

    That is its first line then: services take no place without a line.
    """
    region = {'startLine': max(line, 1)}
    return {
        'physicalLocation': {
            'artifactLocation': artifact_location,
            'region': region,
        }
    }


def _location(
    origin: parsing.Origin, host: report.HostReport | None = None
) -> Object:
    """Return the location of any place that a value comes from.

    :param host: whose origin it is, None if its file is one of ours
    """
    if origin.kind is parsing.OriginKind.FILE:
        path = host.path_of(origin.name) if host else origin.name
        if host and host.source and not origin.name:
            return _in_file(_artifact(path), host.source.line)
        if not host or not host.is_elsewhere or not origin.name:
            return _in_file(_artifact(path), origin.line)
        # It was left on the host, and is relative to the host's root.
        base = {'uriBaseId': printing.printable(host.name)}
        return _in_file({**_artifact(path.lstrip('/')), **base}, origin.line)
    kind = origin.kind.value
    name = printing.printable(origin.name) or kind
    return {
        'logicalLocations': [{'name': name, 'kind': kind}],
        'message': _message(wording.place(origin)),
    }
