# SPDX-License-Identifier: Apache-2.0

"""The option --shared, where a look at guests shows what hosts share.

Hosts that were looked at with --guests tell which file system has their
instances_path. If it is one server's for all of them, they share it, and are
to be judged so; who makes the report says that, since some hosts may have
been looked at in other days.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import functools
import shlex
from typing import NamedTuple

from nova_cow_check import host_names
from nova_cow_check.reports import report
from nova_cow_check.reports import verdict

#: NAME of a group that is proposed together with the option.
_NAME = 'shared'


class Proposal(NamedTuple):
    """Hosts of a group that have been seen to share instances_path."""

    #: Name of the group, '' for the hosts without one.
    group: str
    #: Server and export.
    file_system: str
    instances_path: str
    #: Those that were looked at, in their order: all have it.
    hosts: tuple[str, ...]
    #: How many are compared in this group, looked at or not.
    number: int
    #: What to add to the command, as a shell takes it.
    option: str


# Every format tells them.
@functools.lru_cache(maxsize=1)
def of(hosts: tuple[report.HostReport, ...]) -> tuple[Proposal, ...]:
    """Return what is proposed for groups of which nobody has said it.

    :param hosts: all of a report
    """
    if all(host.guests is None for host in hosts):
        return ()
    together: dict[str, list[report.HostReport]] = {}
    for host in hosts:
        together.setdefault(host.group, []).append(host)
    return tuple(_proposals(together))


def _proposals(
    together: dict[str, list[report.HostReport]],
) -> Iterator[Proposal]:
    # Nothing of guests is loaded where nobody asks.
    from nova_cow_check.guests import mounts
    from nova_cow_check.reports import shared_storage

    for group in sorted(together, key=host_names.order):
        compared = [
            host
            for host in together[group]
            if verdict.compared_as(host.known) is not None
        ]
        if any(host.is_shared for host in compared):
            continue
        seen = {
            host.name: place
            for host in compared
            if (place := shared_storage.seen_at(host.guests)) is not None
        }
        places = set(seen.values())
        if len(seen) < 2 or len(places) > 1:
            continue
        (place,) = places
        if mounts.is_of_a_server(place[0]):
            names = tuple(sorted(seen, key=host_names.order))
            option = _option(group, names, is_only=len(together) == 1)
            yield Proposal(group, *place, names, len(compared), option)


def _option(group: str, hosts: Sequence[str], is_only: bool) -> str:
    """Return the option for the hosts of a group.

    :param is_only: whether there is no other group
    """
    if is_only and not group:
        return '--shared'
    if group:
        return f'--shared={shlex.quote(group)}'
    words = f'{_NAME}={",".join(host_names.fold(hosts))}'
    return f'--group {shlex.quote(words)} --shared={_NAME}'
