# SPDX-License-Identifier: Apache-2.0

"""The collected hosts that a command line asks for."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterable, Iterator, Sequence
import contextlib
import gc
import sys
import time
from typing import NamedTuple, TYPE_CHECKING, TypeVar

from nova_cow_check._i18n import _
from nova_cow_check.cmd import guard
from nova_cow_check.cmd import screen
from nova_cow_check.replacing import replacement
from nova_cow_check.reports import fleet
from nova_cow_check.reports import host_groups
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.settings import host_settings
from nova_cow_check.sources import collected
from nova_cow_check.sources import collection
from nova_cow_check.sources import search
from nova_cow_check.sources import waiver_file

if TYPE_CHECKING:
    from nova_cow_check.reports import changes

T = TypeVar('T')

#: Names in a message; there can be as many as there are hosts.
_MOST_NAMED = 5

#: Seconds before it is shown how far the reading is.
_PATIENCE = 0.5

#: Seconds after which words about it are written anew.
_INTERVAL = 0.2


class Fleet(NamedTuple):
    """Collected hosts, compared, and what is accepted on them."""

    hosts: tuple[report.HostReport, ...]
    waivers: tuple[findings.Waiver, ...]
    #: None where nobody asked for it.
    compared: changes.Changes | None = None
    #: Paths of the reports that tell it themselves, of their own run.
    compared_before: tuple[str, ...] = ()


def load(options: argparse.Namespace) -> Fleet:
    """Read all hosts, and compare them.

    :param options: what `command_line.parse` returned
    :raises NoVerdict: if it cannot be told which hosts there are
    """
    # What is there now is no garbage; every host leaves some behind.
    gc.freeze()
    gc.enable()
    accepted: tuple[findings.Waiver, ...] = ()
    if options.waivers is not None:
        accepted = waiver_file.read(options.waivers, search.own_surroundings())
    # Not all commands ask for it.
    release: str = getattr(options, 'nova_release', None) or ''
    found = collection.find(options.paths, options.expected)
    if found.passed_over:
        _say_passed_over(found.passed_over)
    settled = _settled(found)
    groups, sharing = _groups(options, settled)
    compared = None
    if options.compare:
        from nova_cow_check.cmd import compared_hosts

        earlier = compared_hosts.Comparison(options, accepted)
        # What its own report was compared with counts no more.
        read = [
            host._replace(earlier=None)
            for host in _read(settled, accepted, release)
        ]
        hosts, compared = earlier.of_fleet(read, groups, sharing)
    else:
        read = list(_read(settled, accepted, release))
        hosts = fleet.compare(read, groups, sharing)
    _say_empty_groups(options.groups, hosts)
    before = dict.fromkeys(
        one.source.path for one in settled if one.circumstances.is_compared
    )
    return Fleet(hosts, accepted, compared, tuple(before))


def _groups(
    options: argparse.Namespace, hosts: Iterable[collected.Read]
) -> tuple[Sequence[host_groups.Group], Collection[str]]:
    """Return the groups that hosts are in, and those that share.

    Where the command line says nothing of them, what reports tell holds.
    """
    if options.groups or options.sharing:
        groups = [
            host_groups.Group(*group) for group in options.groups.items()
        ]
        return groups, options.sharing
    return host_groups.told_groups(
        host_groups.Told(
            one.name,
            one.circumstances.group,
            one.circumstances.is_shared,
            not isinstance(one.found.known, host_settings.Unreadable),
        )
        for one in hosts
    )


def _say_empty_groups(
    named: Iterable[str], hosts: Iterable[report.HostReport]
) -> None:
    groups = {host.group for host in hosts}
    for name in named:
        if name not in groups:
            guard.say(_('no host is in the group %s') % name)


def _settled(found: collection.Collection) -> list[collected.Read]:
    hosts = found.hosts
    read = with_progress(collected.read_all(hosts), len(hosts))
    return list(collected.settled(read, found.expected))


def _read(
    settled: Iterable[collected.Read],
    accepted: Sequence[findings.Waiver],
    release: str,
) -> Iterator[report.ReadHost]:
    for name, source, (known, applied, guests), circumstances in settled:
        yield report.ReadHost(
            name,
            host_settings.with_release(known, release),
            (*findings.waivers_for_host(accepted, name), *applied),
            source,
            guests,
            circumstances.earlier,
        )


def with_progress(items: Iterable[T], total: int) -> Iterator[T]:
    """Yield items, and show people on standard error how many there were.

    Only at a terminal: as a bar with tqdm, which is an extra, as words
    without it.
    """
    surface = screen.of(sys.stderr)
    if not surface.is_terminal:
        yield from items
        return
    try:
        import tqdm
    except ImportError:
        yield from _in_words(items, total, surface.width - 1)
        return
    # No thread, which would have to be waited for at the end.
    tqdm.tqdm.monitor_interval = 0
    with tqdm.tqdm(
        items,
        total=total,
        unit='host',
        delay=_PATIENCE,
        leave=False,
        file=sys.stderr,
        dynamic_ncols=True,
    ) as bar:
        yield from bar


def _in_words(items: Iterable[T], total: int, width: int) -> Iterator[T]:
    """Yield items, and have one line say how many there were, until the end.

    :param width: columns that the line may have
    """
    due = time.monotonic() + _PATIENCE
    longest = 0
    try:
        for number, item in enumerate(items, 1):
            if time.monotonic() >= due:
                due = time.monotonic() + _INTERVAL
                words = _('nova-cow-check: %(number)d of %(total)d hosts read')
                words %= {'number': number, 'total': total}
                longest = max(longest, len(words[:width]))
                _overwrite(words[:width])
            yield item
    finally:
        if longest:
            _overwrite(' ' * longest)
            _overwrite('')


def _overwrite(words: str) -> None:
    """Write from the beginning of the line that stands on standard error."""
    # Who cannot be shown it has the report all the same.
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f'\r{words}')
        sys.stderr.flush()


def _say_passed_over(paths: tuple[str, ...]) -> None:
    # What fix itself has left there is no host that was forgotten.
    paths = tuple(one for one in paths if not replacement.is_backup(one))
    if not paths:
        return
    guard.say(_('passed over, for it is no host: %s') % named(paths))


def named(paths: Sequence[str]) -> str:
    """Return the first of some paths, and how many more there are."""
    some = ', '.join(paths[:_MOST_NAMED])
    more = len(paths) - _MOST_NAMED
    if more <= 0:
        return some
    return _('%(named)s and %(more)d more') % {'named': some, 'more': more}
