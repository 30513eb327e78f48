# SPDX-License-Identifier: Apache-2.0

"""What a command costs, measured from outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
import os
import statistics
import sys
import time
from typing import NamedTuple


class Cost(NamedTuple):
    """What one run of a command took."""

    #: Seconds from start to end.
    wall: float
    #: Seconds of processor time, user's and system's.
    processor: float
    #: Most memory at one time, in KiB.
    memory: float


def measure(command: Sequence[str], output: str = os.devnull) -> Cost:
    """Run a command.

    :param output: the file that its standard output goes to; the rest is
        thrown away
    """
    started = time.perf_counter()
    flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC
    pid = os.posix_spawn(
        command[0],
        command,
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, stream, path, flags, 0o600)
            for stream, path in enumerate([os.devnull, output, os.devnull])
        ],
    )
    _pid, status, usage = os.wait4(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1, 2):
        sys.exit(f'{" ".join(command)}: exit code {code}')
    return Cost(
        time.perf_counter() - started,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss,
    )


def median(found: Iterable[Cost]) -> Cost:
    """Return the median of each figure."""
    return Cost(*map(statistics.median, zip(*found)))


def show(name: str, cost: Cost) -> None:
    """Print a line of figures."""
    print(
        f'{name:40} {cost.wall * 1000:7.0f} ms wall '
        f'{cost.processor * 1000:7.0f} ms processor '
        f'{cost.memory / 1024:6.1f} MiB'
    )
