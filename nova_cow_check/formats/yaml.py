# SPDX-License-Identifier: Apache-2.0

"""A report as YAML: the data of the JSON format, in ASCII."""

from __future__ import annotations

from collections.abc import Iterator
import re

import yaml

from nova_cow_check.document import writer
from nova_cow_check.formats import interface
from nova_cow_check.reports import report

#: How the document ends while it has no hosts.
_END = ' []\n'

#: What is written as it is, wherever it stands, unless it is a word of YAML.
_PLAIN = re.compile(r'(?:\.{0,2}/|[A-Za-z])[A-Za-z0-9_./-]*')

_WORDS = frozenset({'yes', 'no', 'true', 'false', 'on', 'off', 'null'})


def render(
    whole: report.Report, _appearance: interface.Appearance
) -> Iterator[str]:
    """Yield the document that report-1.schema.json describes."""
    frame = yaml.safe_dump(
        writer.frame(whole), explicit_start=True, sort_keys=False
    )
    if not whole.hosts:
        yield frame
        return
    yield frame[: -len(_END)] + '\n'
    yield from interface.alike_texts(whole, _host, _encode)


def _host(host: report.HostReport) -> str:
    return yaml.safe_dump([writer.host_data(host)], sort_keys=False)


def _encode(name: str) -> str | None:
    is_plain = _PLAIN.fullmatch(name) and name.lower() not in _WORDS
    return name if is_plain else None
