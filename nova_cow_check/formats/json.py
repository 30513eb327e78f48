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


"""A report as JSON: one document, in ASCII, which any stream can hold."""

from __future__ import annotations

from collections.abc import Iterator
import json

from nova_cow_check.document import writer
from nova_cow_check.formats import alike
from nova_cow_check.formats import interface
from nova_cow_check import report

#: How the document ends while it has no hosts.
_END = '[]\n}'


def render(
    whole: report.Report, _appearance: interface.Appearance
) -> Iterator[str]:
    """Yield the document that report-1.schema.json describes."""
    frame = json.dumps(writer.frame(whole), indent=2)
    if not whole.hosts:
        yield f'{frame}\n'
        return
    yield frame[: -len(_END)]
    separator = '[\n    '
    for host in alike.texts(whole, _host, _encode):
        yield separator + host
        separator = ',\n    '
    yield '\n  ]\n}\n'


def _host(host: report.HostReport) -> str:
    lines = json.dumps(writer.host_data(host), indent=2)
    # No string has a line break of its own.
    return lines.replace('\n', '\n    ')


def _encode(name: str) -> str:
    return json.dumps(name)[1:-1]
