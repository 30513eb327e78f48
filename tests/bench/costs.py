#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

"""What a process and those that it starts cost, measured from outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import contextlib
import os
import pathlib
import subprocess
import sys
import time
from typing import IO, NamedTuple

#: Seconds between two looks at the memory.
_INTERVAL = 0.01


class Cost(NamedTuple):
    """What one run of a command took."""

    #: Seconds from start to end.
    wall: float
    #: Seconds of processor time, user's and system's, of the whole tree.
    processor: float


def measure(command: Sequence[str], output: IO[bytes] | int) -> Cost:
    """Run a command, and return what it took.

    :param output: where its standard output goes
    """
    before = _processor_of_children()
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=output)
    code = process.wait()
    wall = time.perf_counter() - started
    _require_verdict(command, code)
    return Cost(wall, _processor_of_children() - before)


def most_memory(command: Sequence[str], output: IO[bytes] | int) -> int:
    """Run a command, and return the most memory of its tree, in bytes.

    What processes share counts once. To look costs time: what is measured
    this way is not to be timed.
    """
    process = subprocess.Popen(command, stdout=output)
    most = 0
    while process.poll() is None:
        most = max(most, sum(map(_memory, _tree(process.pid))))
        time.sleep(_INTERVAL)
    _require_verdict(command, process.returncode)
    return most


def _require_verdict(command: Sequence[str], code: int) -> None:
    if code not in (0, 1, 2):
        sys.exit(f'{" ".join(command)}: exit code {code}')


def _processor_of_children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _tree(pid: int) -> Iterator[int]:
    """Yield a process and all below it."""
    yield pid
    for task in pathlib.Path(f'/proc/{pid}/task').glob('*/children'):
        with contextlib.suppress(OSError):
            for child in task.read_text().split():
                yield from _tree(int(child))


def _memory(pid: int) -> int:
    """Return a process's share of memory (PSS), 0 if it has ended."""
    with contextlib.suppress(OSError):
        rollup = pathlib.Path(f'/proc/{pid}/smaps_rollup').read_text()
        for line in rollup.splitlines():
            if line.startswith('Pss:'):
                return int(line.split()[1]) * 1024
    return 0
