# SPDX-License-Identifier: Apache-2.0

"""The collected hosts that a command line asks for."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
import dataclasses
import functools
import gc
import sys
from typing import NamedTuple, TYPE_CHECKING, TypeVar

from nova_cow_check._i18n import _
from nova_cow_check.cmd import guard
from nova_cow_check.replacing import replacement
from nova_cow_check.reports import fleet
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


class Fleet(NamedTuple):
    """Collected hosts, compared, and what is accepted on them."""

    hosts: tuple[report.HostReport, ...]
    waivers: tuple[findings.Waiver, ...]
    #: None where nobody asked for it.
    compared: changes.Changes | None = None


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
    release: str | None = getattr(options, 'nova_release', None)
    found = collection.find(options.paths, options.expected)
    if found.passed_over:
        _say_passed_over(found.passed_over)
    groups = [fleet.Group(*group) for group in options.groups.items()]
    sharing = options.sharing
    compared = None
    if options.compare:
        from nova_cow_check.cmd import compared_hosts

        earlier = compared_hosts.Comparison(options, accepted)
        read = list(_read(found, accepted, release))
        hosts, compared = earlier.of_fleet(read, groups, sharing)
    else:
        read = list(_read(found, accepted, release))
        hosts = fleet.compare(read, groups, sharing)
    _say_empty_groups(options.groups, hosts)
    return Fleet(hosts, accepted, compared)


def _say_empty_groups(
    named: Iterable[str], hosts: Iterable[report.HostReport]
) -> None:
    groups = {host.group for host in hosts}
    for name in named:
        if name not in groups:
            guard.say(_('no host is in the group %s') % name)


def _read(
    found: collection.Collection,
    accepted: Sequence[findings.Waiver],
    release: str | None,
) -> Iterator[report.ReadHost]:
    hosts = found.hosts
    read = with_progress(collected.read_all(hosts), len(hosts))
    for name, source, (known, applied, guests) in collected.settled(
        read, found.expected
    ):
        yield report.ReadHost(
            name,
            known if release is None else _with_release(known, release),
            (*findings.waivers_for_host(accepted, name), *applied),
            source,
            guests,
        )


# One object for all hosts that are alike.
@functools.lru_cache(maxsize=1024)
def _with_release(
    known: host_settings.Known, release: str
) -> host_settings.Known:
    if isinstance(known, host_settings.Unreadable):
        return known
    return dataclasses.replace(known, nova_release=release)


def with_progress(items: Iterable[T], total: int) -> Iterator[T]:
    """Yield items, and show people on standard error how many there were.

    Only at a terminal, and only with tqdm, which is an extra.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield from items
        return
    try:
        import tqdm
    except ImportError:
        yield from items
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


def _say_passed_over(paths: tuple[str, ...]) -> None:
    # What fix itself has left there is no host that was forgotten.
    paths = tuple(one for one in paths if not replacement.is_backup(one))
    if not paths:
        return
    named = ', '.join(paths[:_MOST_NAMED])
    more = len(paths) - _MOST_NAMED
    if more > 0:
        both = {'named': named, 'more': more}
        named = _('%(named)s and %(more)d more') % both
    guard.say(_('passed over, for it is no host: %s') % named)
