# SPDX-License-Identifier: Apache-2.0

"""What was changed after a process had read it: not in effect yet.

nova-compute reads its files once, when it starts. SIGHUP makes it read them
anew, but of an option that is not mutable it keeps the value, and none of
those read here is. Sources: nova/service.py, serve; oslo_config/cfg.py,
ConfigOpts.mutate_config_files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
import datetime
import os
import time
from typing import NamedTuple

from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.sources import kolla
from nova_cow_check.sources import roots
from nova_cow_check.sources import search

#: With it in its environment, a container of kolla fills itself with copies
#: after its process was started, and then becomes the service.
_COPYING = 'KOLLA_CONFIG_STRATEGY'
_COPIED = f'{kolla.MOUNTED}/{kolla.LIST}'

_CONFIG_SOURCE = '[DEFAULT]/config_source'

#: Seconds since the epoch; a file system can claim what no calendar has.
_LAST_YEAR = 253402300799.0


class _Start(NamedTuple):
    """When a process was started, in seconds since the epoch."""

    at: float
    #: What it can have been later, at the most: it is counted in ticks.
    tick: float

    def is_before(self, when: float) -> bool:
        return when > self.at + self.tick


def of(
    pid: int,
    conf: host_config.HostConfig,
    around: search.Surroundings,
    is_trusted: bool,
    installed: float | None = None,
) -> host_settings.Process:
    """Return what was changed since a process was started.

    :param conf: what was read of it
    :param around: its surroundings
    :param is_trusted: whether it is one of root, nova, or the user that runs
        this; of another one, nothing is opened that it names
    :param installed: when its Nova was installed, if that is known
    :raises OSError: if there is no such process any more
    """
    start = _start(pid)
    found = conf.configuration
    paths = [_inside(file.path, around.root) for file in found.files]
    not_known: list[str] = []
    if _COPYING in around.environment:
        sources = _sources(around) if is_trusted else {}
        changed, unknown = _differing(paths, sources, around.root)
        not_known += map(around.root.shown_path, unknown)
    else:
        directories = map(around.expand, found.config_dir)
        changed = [*_later([*paths, *directories], start, around.root)]
    if conf.followed.sources:
        not_known.append(_CONFIG_SOURCE)
    is_later = installed is not None and start.is_before(installed)
    return host_settings.Process(
        _time(start.at) if changed or is_later else None,
        tuple(changed),
        _time(installed) if installed and is_later else None,
        tuple(not_known),
    )


def _start(pid: int) -> _Start:
    """Return when a process was started.

    It is counted from the boot of the machine, in ticks, and goes on while
    that is suspended: proc(5). What the clock of the machine was at its boot
    is asked now, so that it does not count whether it was right then.
    """
    with open(f'/proc/{pid}/stat', 'rb') as stream:
        # The name before them, in brackets, may hold spaces.
        words = stream.read().rpartition(b')')[2].split()
    ticks = os.sysconf('SC_CLK_TCK')
    booted = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    # Of all fields, it is the 22nd; two stand before the bracket's end.
    return _Start(booted + int(words[22 - 3]) / ticks, 1 / ticks)


def _inside(shown: str, root: roots.Root) -> str:
    """Return the path within a root of a file that was read there."""
    if shown.startswith(root.directory + '/'):
        return shown[len(root.directory) :]
    return shown


def _later(
    paths: Iterable[str], start: _Start, root: roots.Root
) -> Iterator[host_settings.Changed]:
    now = time.time()
    for path in dict.fromkeys(paths):
        try:
            with root.looked_at(path) as seen:
                changed = _changed(seen, now)
        except OSError:
            # It was there when it was read.
            continue
        if start.is_before(changed):
            at = _time(changed)
            yield host_settings.Changed(root.shown_path(path), at)


def _changed(seen: roots.Seen, now: float) -> float:
    """Return when something was changed last.

    What the file system notes cannot be set; what it says of the content
    can, and is no time of a change here where it is in the future. A
    directory that takes the place of another one keeps what is said of its
    content.
    """
    status = seen.status
    content = status.st_mtime if status.st_mtime <= now else 0.0
    return max(status.st_ctime, content, seen.newest_link)


def _time(when: float) -> datetime.datetime:
    seconds = int(min(max(when, 0.0), _LAST_YEAR))
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)


def _differing(
    paths: Iterable[str], sources: Mapping[str, str], root: roots.Root
) -> tuple[list[host_settings.Changed], list[str]]:
    """Return the copies that differ from their sources, and what has none.

    :param sources: path of a source, by that of its copy
    """
    changed, not_known = [], []
    for path in dict.fromkeys(paths):
        source = sources.get(os.path.normpath(path))
        try:
            is_same = source and root.read(source) == root.read(path)
        except OSError:
            source, is_same = None, None
        if not source:
            not_known.append(path)
        elif not is_same:
            shown = root.shown_path(path), root.shown_path(source)
            changed.append(host_settings.Changed(shown[0], None, shown[1]))
    return changed, not_known


def _sources(around: search.Surroundings) -> dict[str, str]:
    """Return what a container of kolla was told to copy, by copy."""
    try:
        return kolla.copies(_COPIED, around.root)
    except (OSError, ValueError):
        return {}
