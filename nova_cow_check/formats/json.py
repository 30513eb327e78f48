# SPDX-License-Identifier: Apache-2.0

"""A report as JSON: one document, in ASCII, which any stream can hold."""

from __future__ import annotations

from collections.abc import Iterator
import json
from typing import Any

from nova_cow_check.document import writer
from nova_cow_check.formats import interface
from nova_cow_check.reports import report

#: A text as JSON has it. The standard library's own name for what it is.
_quoted = json.encoder.encode_basestring_ascii

#: How the document ends while it has no hosts.
_END = '[]\n}'


def render(
    whole: report.Report, _appearance: interface.Appearance
) -> Iterator[str]:
    """Yield the document that report-1.schema.json describes."""
    frame = indented(writer.frame(whole))
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
    return indented(writer.host_data(host), '\n    ')


def indented(data: Any, margin: str = '\n') -> str:
    """Return what json.dumps makes with an indent of 2.

    That takes as long for the guests of a host as to look at all of them.

    :param margin: what a line begins with, its break in front
    """
    if isinstance(data, str):
        return _quoted(data)
    inner = margin + '  '
    if data and isinstance(data, dict):
        members = [
            f'{inner}{_quoted(name)}: {indented(value, inner)}'
            for name, value in data.items()
        ]
        return f'{{{",".join(members)}{margin}}}'
    if data and isinstance(data, list):
        items = [inner + indented(value, inner) for value in data]
        return f'[{",".join(items)}{margin}]'
    return 'null' if data is None else json.dumps(data)


def _encode(name: str) -> str:
    return json.dumps(name)[1:-1]
