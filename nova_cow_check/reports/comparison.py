# SPDX-License-Identifier: Apache-2.0

"""The hosts of a run beside what earlier reports tell of them.

Both are judged by this release, with the same groups, so that what differs
are the hosts. A waiver makes none better or worse: what is accepted on
either side, is on both. A change that breaks guests from before makes a host
worse, whatever else ended with it; one that does not, makes none better.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Mapping, Sequence
import datetime
from typing import NamedTuple

from nova_cow_check import host_names
from nova_cow_check.nova import backends
from nova_cow_check import printing
from nova_cow_check.reports import changes
from nova_cow_check.reports import report
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from nova_cow_check.settings import host_settings


class Earlier(NamedTuple):
    """What earlier reports tell, once of each host."""

    hosts: tuple[report.ReadHost, ...]
    #: When the first and the last of those that count were made.
    oldest: datetime.datetime
    newest: datetime.datetime
    repeated: tuple[changes.Repeated, ...] = ()
    #: By the name of a host, what the latest report tells that knows what
    #: Nova went by there, if it is another one.
    known_before: Mapping[str, host_settings.Known] = {}

    @property
    def behaviours(self) -> dict[str, backends.Behaviour | None]:
        """What Nova went by on hosts, None where no report knows it."""
        return {
            one.name: verdict.behaviour_of(
                self.known_before.get(one.name, one.known)
            )
            for one in self.hosts
        }


def partners(
    names: Iterable[str], earlier: Iterable[str]
) -> Mapping[str, str]:
    """Return what hosts were called earlier, of those that were there.

    Two names that differ in capital letters alone are one host's, unless
    there are more of them.
    """
    found: dict[str, str] = {}
    left, before = [*names], [*earlier]
    # A report has no name that is not printable.
    for key in (printing.printable, str.lower):
        old, new = _by(key, before), _by(key, left)
        found.update(
            (several[0], old[name][0])
            for name, several in new.items()
            if len(several) == len(old.get(name, ())) == 1
        )
        taken = set(found.values())
        left = [name for name in left if name not in found]
        before = [name for name in before if name not in taken]
    return found


def _by(
    key: Callable[[str], str], names: Iterable[str]
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(key(name), []).append(name)
    return found


def with_earlier(
    hosts: Sequence[report.ReadHost], earlier: Earlier
) -> list[report.ReadHost]:
    """Return hosts that know what Nova went by on them, where that changed."""
    before = earlier.behaviours
    partner = partners((host.name for host in hosts), before)
    return [
        _with_earlier(host, before[partner[host.name]])
        if host.name in partner
        else host
        for host in hosts
    ]


def _with_earlier(
    host: report.ReadHost, earlier: backends.Behaviour | None
) -> report.ReadHost:
    own = verdict.behaviour_of(host.known)
    if own is None or earlier is None or _is_without_guests(host):
        return host
    # Hosts that are alike stay so: use_cow_images alone is of no concern.
    if own == earlier._replace(use_cow_images=own.use_cow_images):
        return host
    return host._replace(earlier=earlier)


def _is_without_guests(host: report.ReadHost) -> bool:
    """Return whether a look at the guests of a host has found none."""
    if host.guests is None:
        return False
    from nova_cow_check.reports import audit

    found = host.guests
    return isinstance(found, audit.Audit) and not any(
        (
            found.failed,
            found.looked_at,
            found.directories,
            found.domains,
            found.not_read,
        )
    )


def of(
    earlier: Earlier,
    before: Iterable[report.HostReport],
    now: Iterable[report.HostReport],
) -> changes.Changes:
    """Return what became of hosts.

    :param before: the hosts of the earlier reports, judged as those of now
    """
    then = {host.name: host for host in before}
    here = {host.name: host for host in now}
    partner = partners(here, then)
    # Hosts that are alike share their rows.
    known: dict[tuple[int, int], changes.HostChange] = {}
    found = []
    for name, host in here.items():
        if name not in partner:
            found.append(changes.HostChange(name, changes.Change.NEW))
            continue
        was = then[partner[name]]
        key = id(was.rows), id(host.rows)
        if key not in known:
            known[key] = _compared(was, host)
        found.append(known[key]._replace(host=name))
    gone = then.keys() - set(partner.values())
    found += (changes.HostChange(name, changes.Change.GONE) for name in gone)
    counted = collections.Counter(one.change for one in found)
    order = {change: at for at, change in enumerate(changes.Change)}
    return changes.Changes(
        earlier.oldest,
        earlier.newest,
        {change: counted[change] for change in changes.Change},
        tuple(
            sorted(
                (one for one in found if _differs(one)),
                key=lambda one: (
                    order[one.change],
                    host_names.order(one.host),
                ),
            )
        ),
        earlier.repeated,
        _not_looked_back(here, earlier, partner),
    )


def _not_looked_back(
    here: Mapping[str, report.HostReport],
    earlier: Earlier,
    partner: Mapping[str, str],
) -> tuple[str, ...]:
    """Return hosts that changed, or not: what they were is not known."""
    before = earlier.behaviours
    unknown = {
        one.name
        for one in earlier.hosts
        if before[one.name] is None and _is_unclear(one.known)
    }
    return tuple(
        sorted(
            (
                name
                for name, was in partner.items()
                if was in unknown
                and verdict.behaviour_of(here[name].known) is not None
            ),
            key=host_names.order,
        )
    )


def _is_unclear(known: host_settings.Known) -> bool:
    """Return whether a host could have had any backend."""
    return isinstance(known, host_settings.Unreadable) or bool(known.faulty)


def _differs(one: changes.HostChange) -> bool:
    return one.change is not changes.Change.SAME or bool(one.came or one.ended)


def _compared(
    was: report.HostReport, host: report.HostReport
) -> changes.HostChange:
    with_guests = was.has_looked_at_guests and host.has_looked_at_guests
    waived = {
        (one.rule, _uuid(one))
        for one in (*was.found, *host.found)
        if not one.counts
    }
    old, new = (_State(one, waived, with_guests) for one in (was, host))
    change = changes.Change.SAME
    if old.badness != new.badness:
        is_worse = old.badness < new.badness
        change = changes.Change.WORSE if is_worse else changes.Change.BETTER
    came, ended = new.marks - old.marks, old.marks - new.marks
    change = _beside_looking_back(change, came)
    if old.is_unread is not new.is_unread:
        # Nothing is known of what else came or ended.
        came, ended = (
            marks if one.is_unread else collections.Counter()
            for one, marks in ((new, came), (old, ended))
        )
    return changes.HostChange('', change, _sorted(came), _sorted(ended))


def _beside_looking_back(
    change: changes.Change, came: Iterable[changes.Mark]
) -> changes.Change:
    """Return what became of a host whose guests may have been forgotten."""
    looking_back = [one for one in came if one.rule in changes.LOOKING_BACK]
    if any(one.severity is findings.Severity.FAILURE for one in looking_back):
        return changes.Change.WORSE
    if looking_back and change is changes.Change.BETTER:
        return changes.Change.SAME
    return change


class _State:
    """A host as far as it is compared.

    :param waived: rules and guests that are accepted, then or now
    """

    def __init__(
        self,
        host: report.HostReport,
        waived: set[tuple[str, str]],
        with_guests: bool,
    ) -> None:
        rows = [
            row
            for row in host.rows
            if with_guests or row.check is not rule.Check.GUESTS
        ]
        self.is_unread = host.image_settings is None
        self.marks = collections.Counter(
            changes.Mark(one.rule, one.severity, one.is_unsafe, _uuid(one))
            for row in rows
            for one in row.found
            if (one.rule, _uuid(one)) not in waived
        )
        found = [
            (one.is_unsafe, int(one.severity)) for one in self.marks.elements()
        ]
        failures = [
            (False, int(findings.Severity.FAILURE))
            for row in rows
            if row.failed
        ]
        #: To be compared: what was not read is worst, then the worst findings
        #: count, then how many there are.
        self.badness = (
            self.is_unread,
            sorted([*found, *failures], reverse=True),
        )


def _uuid(finding: findings.Finding) -> str:
    return finding.guest.uuid if finding.guest else ''


def _sorted(
    marks: collections.Counter[changes.Mark],
) -> tuple[changes.Mark, ...]:
    """Return marks, the worst first."""
    return tuple(
        sorted(
            marks.elements(),
            key=lambda one: (
                not one.is_unsafe,
                -one.severity,
                one.rule,
                one.guest,
            ),
        )
    )
