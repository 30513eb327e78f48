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

"""What one check costs, beside commands that its users know.

The commands run in turn, so that a change in the machine's speed meets all
of them, and the ratios are of medians. Nothing is asserted: a loaded machine
is no reason to fail.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
import os
import pathlib
import shutil
import statistics
import sys
import time
from typing import NamedTuple

CHECK = 'nova-cow-check upgrade check'
IMPORT = 'import oslo_upgradecheck.upgradecheck'
STATUS = 'nova-status --help'

#: What is aimed at: our check's median beside that of the import.
LIMITS = {'wall': 1.35, 'processor': 1.35, 'memory': 1.3}


class Cost(NamedTuple):
    """What one run of a command took."""

    #: Seconds from start to end.
    wall: float
    #: Seconds of processor time, user's and system's.
    processor: float
    #: Most memory at one time, in KiB.
    memory: float


def measure(command: Sequence[str]) -> Cost:
    """Run a command, its output thrown away."""
    started = time.perf_counter()
    with open(os.devnull, 'r+b') as null:
        actions = [
            (os.POSIX_SPAWN_DUP2, null.fileno(), stream) for stream in range(3)
        ]
        pid = os.posix_spawn(
            command[0], command, os.environ, file_actions=actions
        )
    _pid, status, usage = os.wait4(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):
        sys.exit(f'{" ".join(command)}: exit code {code}')
    return Cost(
        time.perf_counter() - started,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss,
    )


def commands() -> Iterator[tuple[str, list[str]]]:
    """Yield the name and the command line of each command."""
    directory = pathlib.Path(sys.executable).parent
    sample = pathlib.Path(__file__).parents[2] / 'samples' / 'nova.conf'
    yield (
        CHECK,
        [
            str(directory / 'nova-cow-check'),
            '--config-file',
            str(sample),
            'upgrade',
            'check',
        ],
    )
    yield IMPORT, [sys.executable, '-c', IMPORT]
    nova_status = os.environ.get('NOVA_STATUS', 'nova-status')
    found = shutil.which(nova_status) or shutil.which('nova-status')
    if found:
        yield STATUS, [found, '--help']
    else:
        print(f'{STATUS}: not installed, so not measured')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--runs', type=int, default=15)
    runs = parser.parse_args().runs
    lines = dict(commands())
    costs: dict[str, list[Cost]] = {name: [] for name in lines}
    for name, line in lines.items():
        # The first one writes caches.
        measure(line)
    for _run in range(runs):
        for name, line in lines.items():
            costs[name].append(measure(line))
    medians = {
        name: Cost(*map(statistics.median, zip(*found)))
        for name, found in costs.items()
    }
    print(f'medians of {runs} runs')
    for name, cost in medians.items():
        print(
            f'{name:40} {cost.wall * 1000:7.0f} ms wall '
            f'{cost.processor * 1000:7.0f} ms processor '
            f'{cost.memory / 1024:6.1f} MiB'
        )
    for name in lines:
        if name == CHECK:
            continue
        print(f'ratios of medians: {CHECK} / {name}')
        for figure in Cost._fields:
            ratio = getattr(medians[CHECK], figure) / getattr(
                medians[name], figure
            )
            aim = f' (aim: {LIMITS[figure]})' if name == IMPORT else ''
            print(f'  {figure:10} {ratio:5.2f}{aim}')


if __name__ == '__main__':
    main()
