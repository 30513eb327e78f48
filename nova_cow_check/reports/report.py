# SPDX-License-Identifier: Apache-2.0

"""What a run found: the verdict on each host, and its exit code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import dataclasses
import datetime
import enum
import functools
import os
from typing import NamedTuple, TYPE_CHECKING

from nova_cow_check.nova import backends
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from nova_cow_check.settings import host_settings

if TYPE_CHECKING:
    from nova_cow_check.reports import audit
    from nova_cow_check.reports import changes


class Result(enum.Enum):
    """The words for a verdict; those of every ``*-status upgrade check``."""

    SUCCESS = 'success'
    WARNING = 'warning'
    FAILURE = 'failure'


class FailOn(enum.Enum):
    """From which severity on a gate is to stop."""

    NOTE = 'note'
    WARNING = 'warning'
    FAILURE = 'failure'
    NEVER = 'never'

    def stops(self, worst: findings.Severity | None) -> bool:
        """Return whether the worst severity that counts is too bad."""
        if worst is None or self is FailOn.NEVER:
            return False
        return worst >= findings.Severity[self.name]


class SourceKind(enum.Enum):
    """The kinds of things that a collected host is read from."""

    #: A directory with the files that nova-compute reads.
    DIRECTORY = 'directory'
    #: A nova.conf.
    FILE = 'file'
    #: A report that was made on the host.
    REPORT = 'report'
    #: A list of hosts that are expected, with nothing else of this one.
    LIST = 'list'
    #: A line that tells why nobody could look at the host.
    UNCHECKED = 'unchecked'
    #: A file that is a part of a nova.conf.
    FRAGMENT = 'fragment'

    # Hashed with every host of a fleet; that of enum.Enum is made in Python.
    __hash__ = object.__hash__


class Source(NamedTuple):
    """What a collected host is read from."""

    kind: SourceKind
    path: str
    #: Line of the LIST that names the host, from 1; 0 of all others.
    line: int = 0

    def path_of(self, name: str) -> str:
        """Return the path of a file that the host's origins name.

        They name it as it is called on the host, or within its directory:
        so hosts that are alike are equal. '' is all there is of the host.
        """
        if not name or self.kind in (SourceKind.FILE, SourceKind.FRAGMENT):
            return self.path
        if self.kind is SourceKind.DIRECTORY:
            return os.path.join(self.path, name)
        return name


class ReadHost(NamedTuple):
    """One host, as it was read, and before it is judged."""

    name: str
    known: host_settings.Known
    #: The waivers that are meant for this host.
    accepted: tuple[findings.Waiver, ...] = ()
    #: None for the host that the report is made on.
    source: Source | None = None
    #: None where nobody asked for them.
    guests: audit.Guests | None = None
    #: What Nova went by when an earlier report was made, None where that is
    #: not known, or is of no concern.
    earlier: backends.Behaviour | None = None


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class HostReport:
    """One host: what was read, and the verdict on it."""

    name: str
    known: host_settings.Known
    #: The verdict: one object for hosts that are alike.
    rows: tuple[verdict.Row, ...]
    source: Source | None = None
    #: Name of the hosts that it exchanges instances with, '' for a rest.
    group: str = ''
    #: What was found of its guests, None where nobody asked for them.
    guests: audit.Guests | None = None
    #: Whether it shares instances_path with those, as somebody has said.
    is_shared: bool = False
    #: What Nova went by earlier, if the rules that look back were asked.
    earlier: backends.Behaviour | None = None

    @property
    def image_settings(self) -> host_settings.ImageSettings | None:
        """Its settings, None if they could not be read."""
        if isinstance(self.known, host_settings.Unreadable):
            return None
        return self.known

    @property
    def has_looked_at_guests(self) -> bool:
        """Whether nothing keeps a waiver of a guest from being used."""
        return any(
            row.check is rule.Check.GUESTS and not row.failed
            for row in self.rows
        )

    @property
    def is_fragment(self) -> bool:
        """Whether it is a part of a nova.conf, and no host."""
        source = self.source
        return source is not None and source.kind is SourceKind.FRAGMENT

    @property
    def is_elsewhere(self) -> bool:
        """Whether its files are not on this machine: it reported itself."""
        source = self.source
        return source is not None and source.kind is SourceKind.REPORT

    def path_of(self, name: str) -> str:
        """Return the path, on this machine, of a file it was read from."""
        return self.source.path_of(name) if self.source else name

    @property
    def found(self) -> Sequence[findings.Finding]:
        """Its findings, what is unsafe before what breaks.

        Those that are judged with the values proposed for a fault stand
        behind it.
        """
        found = [finding for row in self.rows for finding in row.found]
        if not any(row.blocked_by for row in self.rows):
            found.sort(key=lambda one: one.urgency, reverse=True)
        return found

    @property
    def rules(self) -> frozenset[str]:
        """Names of the rules that hold, waived or not."""
        return frozenset(finding.rule for finding in self.found)

    @property
    def failed(self) -> tuple[str, ...]:
        """Why checks could not run, a sentence each."""
        return tuple(row.failed for row in self.rows if row.failed)

    @property
    def worst(self) -> findings.Severity | None:
        """The worst of what counts, None if nothing does."""
        return _worst(row.worst for row in self.rows)

    @property
    def urgency(self) -> tuple[bool, int]:
        """How soon it is to be seen: what is unsafe before what breaks.

        No guest is moved to a host on which nova-compute does not start.
        """
        is_unsafe = any(
            finding.is_unsafe and finding.counts
            for row in self.rows
            if not row.blocked_by
            for finding in row.found
        )
        return is_unsafe, -1 if self.worst is None else int(self.worst)


def judge(
    host: ReadHost,
    peers: verdict.Peers = (),
    group: str = '',
    is_shared: bool = False,
) -> HostReport:
    """Judge a host.

    :param peers: the hosts that it exchanges instances with, itself among
        them; none where hosts are not compared
    :param group: the name that these hosts have together
    :param is_shared: whether they share instances_path
    """
    rows = verdict.judge(
        host.known, host.accepted, peers, is_shared, host.earlier
    )
    if host.guests is not None:
        from nova_cow_check.reports import audit

        rows = (*rows, audit.row(host.guests))
    return HostReport(
        host.name,
        host.known,
        rows,
        host.source,
        group,
        host.guests,
        is_shared,
        host.earlier,
    )


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Report:
    """All hosts of one run."""

    hosts: tuple[HostReport, ...]
    #: Those that were read, whether they hold or not.
    waivers_read: tuple[findings.Waiver, ...]
    fail_on: FailOn
    #: Version of nova-cow-check.
    version: str
    #: When it was made, with a time zone.
    created: datetime.datetime
    #: Whether hosts were collected, be it only one.
    is_fleet: bool = False
    #: What became of them since earlier reports, None where nobody asked.
    compared: changes.Changes | None = None

    @functools.cached_property
    def worst(self) -> findings.Severity | None:
        """The worst of what counts, None if nothing does."""
        # Hosts that are alike share their rows.
        different = {id(host.rows): host for host in self.hosts}
        return _worst(host.worst for host in different.values())

    @property
    def is_of_files(self) -> bool:
        """Whether it is on files that are parts of hosts, and on no host."""
        return bool(self.hosts) and self.hosts[0].is_fragment

    @property
    def exit_code(self) -> int:
        """0, or 1 or 2 as from ``upgrade check``, from `fail_on` on.

        Notes alone, which are a success there, give 1 if they are to stop
        a gate.
        """
        if not self.fail_on.stops(self.worst):
            return 0
        return 2 if self.worst is findings.Severity.FAILURE else 1

    @functools.cached_property
    def unused_waivers(self) -> tuple[findings.Waiver, ...]:
        """The waivers that matched no finding of any host."""
        if not self.waivers_read:
            return ()
        return findings.unused_waivers(
            self.waivers_read,
            {host.name: host.found for host in self.hosts},
            [host.name for host in self.hosts if host.has_looked_at_guests],
        )


def result_of(worst: findings.Severity | None) -> Result:
    """Return the word for the worst severity that counts."""
    if worst is None or worst is findings.Severity.NOTE:
        return Result.SUCCESS
    return Result[worst.name]


def _worst(
    severities: Iterator[findings.Severity | None],
) -> findings.Severity | None:
    return max((one for one in severities if one is not None), default=None)
