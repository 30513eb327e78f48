# SPDX-License-Identifier: Apache-2.0

"""A report as JSON: one document, in ASCII, which any stream can hold."""

from __future__ import annotations

from collections.abc import Iterator
import json

from nova_cow_check.document import writer
from nova_cow_check.formats import interface
from nova_cow_check.reports import report

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
    for host in interface.alike_texts(whole, _host, _encode):
        yield separator + host
        separator = ',\n    '
    yield '\n  ]\n}\n'


def _host(host: report.HostReport) -> str:
    lines = json.dumps(writer.host_data(host), indent=2)
    # No string has a line break of its own.
    return lines.replace('\n', '\n    ')


def _encode(name: str) -> str:
    return json.dumps(name)[1:-1]
