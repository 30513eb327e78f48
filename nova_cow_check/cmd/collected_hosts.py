# SPDX-License-Identifier: Apache-2.0

"""The collected hosts that a command line asks for."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
import gc
import sys
from typing import NamedTuple, TypeVar

from nova_cow_check._i18n import _
from nova_cow_check.cmd import guard
from nova_cow_check.replacing import replacement
from nova_cow_check.reports import fleet
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.sources import collected
from nova_cow_check.sources import collection
from nova_cow_check.sources import search
from nova_cow_check.sources import waiver_file

T = TypeVar('T')

#: Names in a message; there can be as many as there are hosts.
_MOST_NAMED = 5

#: Seconds before it is shown how far the reading is.
_PATIENCE = 0.5


class Fleet(NamedTuple):
    """Collected hosts, compared, and what is accepted on them."""

    hosts: tuple[report.HostReport, ...]
    waivers: tuple[findings.Waiver, ...]


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
    found = collection.find(options.paths, options.expected)
    if found.passed_over:
        _say_passed_over(found.passed_over)
    hosts = fleet.compare(
        list(_read(found.hosts, accepted)),
        [fleet.Group(*group) for group in options.groups.items()],
        options.sharing,
    )
    groups = {host.group for host in hosts}
    for name in options.groups:
        if name not in groups:
            guard.say(_('no host is in the group %s') % name)
    return Fleet(hosts, accepted)


def _read(
    hosts: Sequence[collection.Host], accepted: Sequence[findings.Waiver]
) -> Iterator[report.ReadHost]:
    read = with_progress(collected.read_all(hosts), len(hosts))
    for host, (known, applied, guests) in zip(hosts, read):
        yield report.ReadHost(
            host.name,
            known,
            (*findings.waivers_for_host(accepted, host.name), *applied),
            host.sources[0],
            guests,
        )


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
