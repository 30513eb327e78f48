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

"""The parts of a SARIF document that its other parts are made of.

SARIF 2.1.0, with its errata:
https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/
"""

from __future__ import annotations

import os
from typing import Any
from urllib import parse

from nova_cow_check import describe
from nova_cow_check import findings
from nova_cow_check import origins
from nova_cow_check import report
from nova_cow_check import text

#: An object of JSON.
Object = dict[str, Any]

LEVELS = {
    findings.Severity.NOTE: 'note',
    findings.Severity.WARNING: 'warning',
    findings.Severity.FAILURE: 'error',
}


def message(words: str) -> Object:
    """Return a message in which readers see the words as they are.

    Braces are doubled, for else they could name an argument (section
    3.11.5); and no name from a file makes a link (section 3.11.6).
    """
    lines = '\n'.join(text.printable(line) for line in words.split('\n'))
    escaped = lines.replace('{', '{{').replace('}', '}}')
    return {'text': escaped.replace('](', '] (')}


def artifact(path: str) -> Object:
    """Return the artifactLocation of a file: its bytes, as a URI."""
    # Encodes the colon too, which would end a scheme in a relative one.
    encoded = parse.quote(os.fsencode(path))
    is_absolute = path.startswith('/')
    return {'uri': f'file://{encoded}' if is_absolute else encoded}


def artifact_of(host: report.HostReport, name: str) -> Object:
    """Return the artifactLocation of a file that a host's origins name.

    A file that was left on the host is relative to the host's root.
    """
    path = host.path_of(name)
    if not name or not host.is_elsewhere:
        return artifact(path)
    return {**artifact(path.lstrip('/')), 'uriBaseId': base_id(host)}


def base_id(host: report.HostReport) -> str:
    """Return what originalUriBaseIds calls the root of a host."""
    return text.printable(host.name)


def in_file(artifact_location: Object, line: int) -> Object:
    """Return the location of a line, or all of a file if that is 0."""
    region = {'region': {'startLine': line}} if line else {}
    return {
        'physicalLocation': {'artifactLocation': artifact_location, **region}
    }


def location(
    origin: origins.Origin, host: report.HostReport | None = None
) -> Object:
    """Return the location of any place that a value comes from.

    :param host: whose origin it is, None if its file is one of ours
    """
    if origin.kind is origins.OriginKind.FILE:
        name = origin.name
        found = artifact_of(host, name) if host else artifact(name)
        return in_file(found, origin.line)
    kind = origin.kind.value
    name = text.printable(origin.name) or kind
    return {
        'logicalLocations': [{'name': name, 'kind': kind}],
        'message': message(describe.place(origin)),
    }
