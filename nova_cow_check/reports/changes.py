# SPDX-License-Identifier: Apache-2.0

"""What became of hosts since earlier reports, and the sentences about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
import datetime
import enum
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import host_names
from nova_cow_check import printing
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry

#: Names of the rules that look back. They hold both ways.
LOOKING_BACK = frozenset(one.name for one in registry.CHANGE_RULES)

#: Names, or folded ones, in a sentence.
_MOST_NAMED = 10


class Change(enum.Enum):
    """What became of a host, in the order in which it is shown."""

    WORSE = 'worse'
    BETTER = 'better'
    #: As bad as before, be it by other findings.
    SAME = 'same'
    NEW = 'new'
    GONE = 'gone'


class Mark(NamedTuple):
    """A finding that counts, without what it says."""

    rule: str
    severity: findings.Severity
    is_unsafe: bool
    #: UUID of the guest that it is about, '' for none.
    guest: str = ''


class HostChange(NamedTuple):
    """What became of a host."""

    host: str
    change: Change
    #: Those that there were not before, and those that are no more; none of
    #: a host that is new or gone.
    came: tuple[Mark, ...] = ()
    ended: tuple[Mark, ...] = ()


class Repeated(NamedTuple):
    """A host that several earlier reports tell of."""

    host: str
    #: Path of the latest of them, which counts.
    path: str
    #: Those of the others.
    others: tuple[str, ...]


class Changes(NamedTuple):
    """What became of the hosts of a run since earlier reports."""

    oldest: datetime.datetime
    newest: datetime.datetime
    #: How many hosts there are of each kind.
    counted: Mapping[Change, int]
    #: Those that differ in anything from what they were.
    hosts: tuple[HostChange, ...]
    repeated: tuple[Repeated, ...]
    #: Names of those of which no earlier report knows the settings.
    not_looked_back: tuple[str, ...] = ()


class Alike(NamedTuple):
    """Hosts that became the same, by the same rules."""

    change: Change
    #: Names of rules, each once.
    came: tuple[str, ...]
    ended: tuple[str, ...]
    #: Names, in their order.
    hosts: tuple[str, ...]


def alike(changes: Changes) -> tuple[Alike, ...]:
    """Return the hosts that differ, those together that do so alike."""
    found: dict[Alike, list[str]] = {}
    for one in changes.hosts:
        came, ended = (
            tuple(dict.fromkeys(mark.rule for mark in marks))
            for marks in (one.came, one.ended)
        )
        found.setdefault(Alike(one.change, came, ended, ()), []).append(
            one.host
        )
    order = {change: at for at, change in enumerate(Change)}
    together = [one._replace(hosts=tuple(some)) for one, some in found.items()]
    together.sort(key=lambda one: (order[one.change], -len(one.hosts)))
    return tuple(together)


def since(changes: Changes) -> str:
    """Return the day of the earlier reports, or the first and the last."""
    oldest, newest = changes.oldest.date(), changes.newest.date()
    if oldest == newest:
        return oldest.isoformat()
    both = {'oldest': oldest, 'newest': newest}
    return _('%(oldest)s (the latest of them: %(newest)s)') % both


def summary(changes: Changes, is_fleet: bool) -> str:
    """Return what became of all hosts, in a sentence."""
    numbers = {one.value: number for one, number in changes.counted.items()}
    if is_fleet:
        words = _(
            'Since %(since)s: %(better)d hosts better, %(worse)d worse, '
            '%(new)d new, %(gone)d gone, %(same)d the same.'
        )
        if numbers['better'] == 1:
            words = _(
                'Since %(since)s: 1 host better, %(worse)d worse, %(new)d '
                'new, %(gone)d gone, %(same)d the same.'
            )
    elif numbers['better']:
        words = _('Since %(since)s: this host is better.')
    elif numbers['worse']:
        words = _('Since %(since)s: this host is worse.')
    elif numbers['same']:
        words = _('Since %(since)s: this host is the same.')
    else:
        words = _('The report of %(since)s tells nothing of this host.')
    return words % {'since': since(changes), **numbers}


def caveats(changes: Changes) -> Iterator[str]:
    """Yield what else is to be known of the summary, a sentence each."""
    if changes.not_looked_back:
        yield _(
            'Not looked back at, because no earlier report knows the '
            'settings: %s.'
        ) % _named(changes.not_looked_back)
    if changes.repeated:
        yield _repeated(changes.repeated)


def heading(one: Alike) -> str:
    """Return for example ``Worse: 2 hosts``."""
    words = {
        Change.WORSE: _('Worse: %d hosts'),
        Change.BETTER: _('Better: %d hosts'),
        Change.SAME: _('Neither better nor worse, but different: %d hosts'),
        Change.NEW: _('New: %d hosts'),
        Change.GONE: _('Gone: %d hosts'),
    }
    if len(one.hosts) == 1:
        words = {
            Change.WORSE: _('Worse: 1 host'),
            Change.BETTER: _('Better: 1 host'),
            Change.SAME: _('Neither better nor worse, but different: 1 host'),
            Change.NEW: _('New: 1 host'),
            Change.GONE: _('Gone: 1 host'),
        }
        return words[one.change]
    return words[one.change] % len(one.hosts)


def differences(one: Alike) -> Iterator[str]:
    """Yield which findings came and which ended, a sentence each."""
    if one.came:
        yield _('Came: %s.') % ', '.join(one.came)
    if one.ended:
        yield _('Ended: %s.') % ', '.join(one.ended)


def _repeated(several: Sequence[Repeated]) -> str:
    """Return which hosts several reports tell of."""
    return _(
        'More than one earlier report tells of %s: of each host, the one that '
        'was made last counts.'
    ) % _named(one.host for one in several)


def _named(hosts: Iterable[str]) -> str:
    """Return names as many as have room in a few lines."""
    named = host_names.fold(hosts)
    shown = ', '.join(map(printing.printable, named[:_MOST_NAMED]))
    if len(named) <= _MOST_NAMED:
        return shown
    return _('%s and others (--output json names all of them)') % shown
