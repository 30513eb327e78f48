# SPDX-License-Identifier: Apache-2.0

"""A report read back: one that a host made of itself, or one of a fleet.

The hosts of a fleet are told of in the same words, over and over: what is
read of a text is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable
import contextlib
import datetime
import json
from typing import NamedTuple, Union

from nova_cow_check._i18n import _
from nova_cow_check.document import host_reader
from nova_cow_check.document import nodes
from nova_cow_check.document import pieces
from nova_cow_check.document import writer
from nova_cow_check import errors
from nova_cow_check.settings import host_settings

#: Bytes. A thousand guests that are broken have fifteen million of them.
LARGEST_HOST = 32 * 1024**2

#: Hosts of one report; more of them are a slip, or mean harm.
MOST_HOSTS = 100_000

#: Different texts of hosts; more than that are forgotten again.
_REMEMBERED = 1024

#: Characters of one that is worth it.
_LONGEST = 64 * 1024

#: A host that is not read yet.
_Piece = Union[pieces.HostText, nodes.Node]

#: Hosts by their text, the day, and whether they are of a fleet.
_KNOWN: dict[tuple[str, datetime.date, bool], host_reader.Host] = {}


class Told(NamedTuple):
    """A host of a document."""

    #: What it is called there.
    name: str
    host: host_reader.Host


class Document(NamedTuple):
    """What a document tells."""

    #: All but its hosts.
    frame: nodes.Node
    #: At least one. In a fleet, what keeps one from being read is what is
    #: known of it.
    hosts: tuple[Told, ...]
    #: Whether it is about collected hosts, be it only one: their names are
    #: those that count.
    is_fleet: bool
    #: Names of the groups whose hosts share instances_path, '' for those in
    #: none.
    sharing: frozenset[str] = frozenset()

    @property
    def is_compared(self) -> bool:
        """Whether it tells what became of its hosts."""
        return self.frame.value.get('compared') is not None

    @property
    def created(self) -> datetime.datetime:
        """When it was made, with a time zone.

        :raises ConfigurationError: if it does not tell
        """
        node = self.frame['created']
        try:
            found = datetime.datetime.fromisoformat(node.words())
        except ValueError:
            found = datetime.datetime.min
        if found.tzinfo is None:
            node.fail(_('it is not a time such as 2027-01-31T12:00:00+00:00'))
        return found


def parse(data: bytes, today: datetime.date) -> Document:
    """Read the settings of hosts, their waivers, and their guests.

    :param today: a waiver whose last day is before this one has expired
    :raises ConfigurationError: if it is no report; of one host, also if it
        contradicts itself
    """
    text = nodes.decode(data)
    found = pieces.split(text)
    if found is not None:
        with contextlib.suppress(_Torn):
            frame = _parsed(found.frame)
            _require_this_version(frame)
            return _document(frame, found.number, found.hosts(), today)
    if len(data) > LARGEST_HOST:
        raise errors.ConfigurationError(_too_large())
    document = nodes.parse(text)
    _require_this_version(document)
    hosts = document['hosts'].items()
    return _document(document, len(hosts), hosts, today)


class _Torn(Exception):
    """A piece of a document is no JSON: it was cut in the wrong places."""


def _parsed(text: str, field: str = '') -> nodes.Node:
    try:
        return nodes.parse(text, field)
    except errors.ConfigurationError:
        raise _Torn from None


def _require_this_version(frame: nodes.Node) -> None:
    version = frame['report_version']
    if type(version.value) is not int or version.value != writer.VERSION:
        version.fail(_('it is not %d') % writer.VERSION)
    name = frame['program']['name']
    if name.words() != writer.PROGRAM:
        name.fail(_('it is another program'))


def _document(
    frame: nodes.Node,
    number: int,
    hosts: Iterable[_Piece | None],
    today: datetime.date,
) -> Document:
    # Releases before this field knew no fleets.
    is_fleet = frame.value.get('fleet') is not None
    if not number or (number > 1 and not is_fleet):
        reason = _('a report on %d hosts, not on one, and of no fleet')
        raise errors.ConfigurationError(reason % number)
    if number > MOST_HOSTS:
        reason = _('a report on more than %d hosts')
        raise errors.ConfigurationError(reason % MOST_HOSTS)
    if is_fleet and not isinstance(frame.value['fleet'], dict):
        frame['fleet'].fail(_('it is no object'))
    reading = _Reading(today, is_fleet)
    told = tuple(map(reading.told, hosts))
    sharing = _sharing(frame['fleet']) if is_fleet else frozenset[str]()
    return Document(frame, told, is_fleet, sharing)


def _sharing(told: nodes.Node) -> frozenset[str]:
    """Return the names of the groups whose hosts share instances_path."""
    found: dict[str, bool] = {}
    for group in told['groups'].items():
        name = group['name'].words_or_none() or ''
        if name in found:
            group.fail(_('it is there twice'))
        # Releases before this field knew of no such hosts.
        is_told = 'is_shared' in group.value
        found[name] = is_told and group['is_shared'].flag()
    return frozenset(name for name, is_shared in found.items() if is_shared)


class _Reading:
    """The hosts of a document, one after the other."""

    def __init__(self, today: datetime.date, is_fleet: bool) -> None:
        self._today = today
        self._is_fleet = is_fleet
        self._number = 0

    def told(self, piece: _Piece | None) -> Told:
        """Return the next host.

        :raises ConfigurationError: if nobody's name is told; of one host,
            also if it contradicts itself
        """
        field = f'hosts[{self._number}]'
        self._number += 1
        if piece is None:
            raise _Torn
        if isinstance(piece, nodes.Node):
            name = piece['name']
        else:
            name = _parsed(piece.name, f'{field}.name')
        if not name.words():
            name.fail(_('it is missing'))
        try:
            return Told(name.words(), self._host(piece, field))
        except errors.ConfigurationError as error:
            if not self._is_fleet:
                raise
            known = host_settings.Unreadable(error.reason)
            return Told(name.words(), host_reader.Host(known))

    def _host(self, piece: _Piece, field: str) -> host_reader.Host:
        if isinstance(piece, nodes.Node):
            if piece.value.get('source') is None:
                return host_reader.of(piece, self._today, self._is_fleet)
            piece = _host_text(piece)
        key = piece.text, self._today, self._is_fleet
        if key in _KNOWN:
            return _KNOWN[key]
        if len(piece.text) > LARGEST_HOST:
            raise errors.ConfigurationError(_too_large())
        node = _parsed(piece.text, field)
        host = host_reader.of(node, self._today, self._is_fleet)
        # No two hosts have the same guests.
        if host.guests is None and len(piece.text) <= _LONGEST:
            if len(_KNOWN) == _REMEMBERED:
                _KNOWN.clear()
            _KNOWN[key] = host
        return host


def _host_text(node: nodes.Node) -> pieces.HostText:
    """Return a host as the writer writes it."""
    first = {name: node[name].value for name in ('name', 'source')}
    try:
        found = pieces.of_object(json.dumps({**first, **node.value}))
    except (ValueError, RecursionError):
        found = None
    if found is None:
        node['source'].fail(_('it is not what a host is read from'))
    return found


def _too_large() -> str:
    reason = _('larger than %d MiB: not a report of one host')
    return reason % (LARGEST_HOST // 1024**2)
