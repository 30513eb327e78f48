# SPDX-License-Identifier: Apache-2.0

"""A document in pieces: its frame, and the text of each host.

Most hosts of a fleet are told of in the same words, but for their names and
paths. A text without these is parsed once, and then known again.
"""

from __future__ import annotations

from collections.abc import Iterator
import dataclasses
import re
from typing import NamedTuple

from nova_cow_check.reports import report

#: What stands around the hosts, and between two of them. No string of JSON
#: has a line break of its own.
_START, _BETWEEN, _END = '\n  "hosts": [\n    {', '\n    },\n    {', '\n    }'
_TAIL = '\n  ]\n}\n'
_BRACE = '\n    {'

_STRING = r'"(?:[^"\\\n]|\\.)*"'

#: How a host begins, and what it was read from.
_HEAD = re.compile(
    rf'\s*"name": (?P<name>{_STRING}),'
    rf'\s*"source": (?:null|{{\s*"kind": "(?P<kind>\w+)",'
    rf'\s*"path": "(?P<path>{_STRING[1:-1]})"\s*}}),'
)


class HostText(NamedTuple):
    """A host, not parsed yet."""

    #: A string of JSON.
    name: str
    #: An object of JSON; with '' as the name, with null as the source, and
    #: files are called as they are on the host.
    text: str


@dataclasses.dataclass(frozen=True, repr=False)
class Pieces:
    """A document: if all pieces are JSON, they are the whole of it."""

    #: An object of JSON that has no hosts.
    frame: str
    #: How many hosts there are.
    number: int
    _text: str
    _start: int
    _end: int

    def hosts(self) -> Iterator[HostText | None]:
        """Yield the hosts one by one: together they can be large.

        One that has another form than the writer's is None.
        """
        start = self._start
        while start <= self._end:
            end = self._text.find(_BETWEEN, start, self._end)
            if end < 0:
                end = self._end
            yield _host(self._text[start:end])
            start = end + len(_BETWEEN)


def split(text: str) -> Pieces | None:
    """Return the pieces of a document that has the form of the writer's.

    :returns: None if it has another form: then it has to be parsed whole
    """
    start, end = text.find(_START), text.rfind(_END)
    # Nothing but the end of the document behind it: this list is its own.
    if not 0 <= start < end or text[end + len(_END) :] != _TAIL:
        return None
    inside = start + len(_START)
    return Pieces(
        text[: inside - len(_BRACE)] + _TAIL,
        text.count(_BETWEEN, inside, end) + 1,
        text,
        inside,
        end,
    )


def of_object(text: str) -> HostText | None:
    """Return the host in an object of JSON, None if it has another form."""
    return _host(text.strip()[1:-1])


def _host(inside: str) -> HostText | None:
    """Return the host that stands between two braces."""
    head = _HEAD.match(inside)
    kinds = report.SourceKind
    # A part of a nova.conf is no host.
    if head is None or head['kind'] == kinds.FRAGMENT.value:
        return None
    rest, path = inside[head.end() :], head['path']
    if path and head['kind'] == kinds.FILE.value:
        rest = rest.replace(f'"{path}"', '"nova.conf"')
    elif path and head['kind'] == kinds.DIRECTORY.value:
        start = path if path.endswith('/') else f'{path}/'
        rest = rest.replace(f'"{start}', '"')
    # A name or source that comes again is refused by who parses it.
    return HostText(head['name'], f'{{"name": "", "source": null,{rest}}}')
