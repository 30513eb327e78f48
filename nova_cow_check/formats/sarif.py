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

"""A report as SARIF 2.1.0, for code scanning services and editors."""

from __future__ import annotations

from collections.abc import Iterator
import datetime
import json
import re

from nova_cow_check._i18n import _
from nova_cow_check import details
from nova_cow_check.formats import interface
from nova_cow_check.formats import sarif_objects
from nova_cow_check.formats import sarif_results
from nova_cow_check.formats import sarif_rules
from nova_cow_check import report
from nova_cow_check import text

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


def render(
    whole: report.Report, _appearance: interface.Appearance
) -> Iterator[str]:
    """Yield the document, in ASCII, a result at a time."""
    document = {'$schema': _SCHEMA, 'version': '2.1.0', 'runs': [_run(whole)]}
    frame = json.dumps(document, indent=2)
    start, _results, end = frame.rpartition(_RESULTS)
    before = '['
    yield start
    for result in sarif_results.of(whole):
        lines = json.dumps(result, indent=2)
        yield (before + '\n' + lines).replace('\n', _INDENT)
        before = ','
    yield ('[]' if before == '[' else _INDENT[:-2] + ']') + end + '\n'


def _run(whole: report.Report) -> sarif_objects.Object:
    return {
        'tool': {'driver': _driver(whole)},
        'invocations': [_invocation(whole)],
        'columnKind': 'utf16CodeUnits',
        # Where oslo.config, which reads text as Python does, ends a line.
        'newlineSequences': ['\r\n', '\n', '\r'],
        **_base_ids(whole),
        'properties': {
            'result': report.result_of(whole.worst).value,
            'failOn': whole.fail_on.value,
            'hosts': [
                {
                    'name': text.printable(host.name),
                    'result': report.result_of(host.worst).value,
                }
                for host in whole.hosts
            ],
        },
        'results': [],
    }


def _base_ids(whole: report.Report) -> sarif_objects.Object:
    """Return the roots that files are relative to, if there are any."""
    words = _('Root directory of the host %s, which made its own report.')
    found = {
        sarif_objects.base_id(host): {
            'description': sarif_objects.message(
                words % text.printable(host.name)
            )
        }
        for host in whole.hosts
        if host.is_elsewhere
    }
    return {'originalUriBaseIds': found} if found else {}


def _driver(whole: report.Report) -> sarif_objects.Object:
    version = {'version': whole.version}
    if _SEMANTIC.fullmatch(whole.version):
        version['semanticVersion'] = whole.version
    return {
        'name': 'nova-cow-check',
        **version,
        'rules': sarif_rules.descriptors(),
    }


def _invocation(whole: report.Report) -> sarif_objects.Object:
    created = whole.created.astimezone(datetime.timezone.utc)
    invocation: sarif_objects.Object = {
        'executionSuccessful': True,
        'exitCode': whole.exit_code,
        'endTimeUtc': created.strftime('%Y-%m-%dT%H:%M:%SZ'),
    }
    failed = [
        {
            'level': 'error',
            'message': sarif_objects.message(f'{host.name}: {sentence}'),
        }
        for host in whole.hosts
        for sentence in host.failed
    ]
    if failed:
        invocation['executionSuccessful'] = False
        invocation['toolExecutionNotifications'] = failed
    if whole.unused_waivers:
        invocation['toolConfigurationNotifications'] = [
            {
                'level': 'note',
                'message': sarif_objects.message(details.unused([waiver])),
                'locations': [sarif_objects.location(waiver.origin)],
            }
            for waiver in whole.unused_waivers
        ]
    return invocation
