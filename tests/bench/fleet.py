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

"""What the report on a fleet costs, beside a loop over its files.

The loop makes a new ConfigOpts for each host: config_opts_loop.py. Figures
are printed beside what is aimed at, and nothing is asserted about time: a
loaded machine is no reason to fail. But a value that is not the loop's is.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
from typing import Any

from tests.bench import costs
from tests.bench import fleets

LOOP = 'a ConfigOpts for each host'
REPORT = 'nova-cow-check report'

CORES = 2

#: At least this many times as fast as the loop.
SPEED = 4
#: At most this many times the loop's memory, and so many bytes more.
MEMORY = 1.5
MORE_MEMORY = 100_000_000

MEMORY_FOLDER = '/dev/shm'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--hosts', type=int, default=10_000)
    parser.add_argument('--runs', type=int, default=3)
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))[:CORES]
    os.sched_setaffinity(0, cores)
    # In memory, if there is such a file system: disks are not measured.
    is_there = os.access(MEMORY_FOLDER, os.W_OK)
    with tempfile.TemporaryDirectory(
        dir=MEMORY_FOLDER if is_there else None
    ) as name:
        print(
            f'{options.hosts} hosts, nova.conf files of {fleets.LINES} lines, '
            f'{len(cores)} cores, medians of {options.runs} runs'
        )
        Bench(pathlib.Path(name), options.hosts, options.runs).run()


class Bench:
    """The measurements of one fleet, in a folder of its own."""

    def __init__(self, place: pathlib.Path, hosts: int, runs: int) -> None:
        self.hosts = hosts
        self.runs = runs
        self.folder = place / 'fleet'
        self.values = place / 'loop.json'
        self.report = place / 'report.json'
        script = pathlib.Path(__file__).with_name('config_opts_loop.py')
        self.loop_line = [sys.executable, str(script), str(self.folder)]
        command = pathlib.Path(sys.executable).with_name('nova-cow-check')
        self.report_line = [
            str(command),
            'report',
            str(self.folder),
            f'--output=json:{self.report}',
            f'--output=text:{place}/report.txt',
        ]

    def run(self) -> None:
        self.folder.mkdir()
        for_sizes = list(self._grow())
        loop, report = self._alternate()
        print_cost(LOOP, loop)
        print_cost(REPORT, report)
        ratio = loop.wall / report.wall
        print(f'  times as fast {ratio:.1f} (aim: at least {SPEED})')
        self._print_memory()
        print('  seconds of processor time for each 1000 hosts')
        for hosts, cost in [*for_sizes, (self.hosts, report)]:
            print(f'    {hosts:6} hosts {cost.processor / hosts * 1000:.3f}')
        self._compare()

    def _grow(self) -> Iterator[tuple[int, costs.Cost]]:
        """Write the fleet, and measure at a quarter and at half of it."""
        written = 0
        for hosts in (self.hosts // 4, self.hosts // 2, self.hosts):
            fleets.write(self.folder, written, hosts - written)
            written = hosts
            if hosts < self.hosts:
                yield (
                    hosts,
                    median([self._measure() for _ in range(self.runs)]),
                )

    def _alternate(self) -> tuple[costs.Cost, costs.Cost]:
        """Measure both in turn: the machine's speed changes for both."""
        loop = []
        report = []
        for _run in range(self.runs):
            with self.values.open('wb') as output:
                loop.append(costs.measure(self.loop_line, output))
            report.append(self._measure())
        return median(loop), median(report)

    def _measure(self) -> costs.Cost:
        return costs.measure(self.report_line, subprocess.DEVNULL)

    def _print_memory(self) -> None:
        null = subprocess.DEVNULL
        loop = costs.most_memory(self.loop_line, null)
        report = costs.most_memory(self.report_line, null)
        aim = MEMORY * loop + MORE_MEMORY
        print(f'{LOOP:30} {megabytes(loop)} at most, all processes')
        print(
            f'{REPORT:30} {megabytes(report)} (aim: at most {megabytes(aim)})'
        )

    def _compare(self) -> None:
        """Exit with an error if a value is not the loop's."""
        expected = json.loads(self.values.read_text())
        found = {
            host['name']: values(host)
            for host in json.loads(self.report.read_text())['hosts']
        }
        differing = [
            name
            for name in {*expected, *found}
            if expected.get(name) != found.get(name)
        ]
        if differing or len(found) != self.hosts:
            sys.exit(f'not the values of the loop: {sorted(differing)[:5]}')
        print(f'  the values of all {self.hosts} hosts are those of the loop')


def values(host: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a host in a report, as the loop has them."""
    return {one['name']: one['value'] for one in host['settings']}


def median(found: list[costs.Cost]) -> costs.Cost:
    return costs.Cost(*map(statistics.median, zip(*found)))


def print_cost(name: str, cost: costs.Cost) -> None:
    print(
        f'{name:30} {cost.wall:6.2f} s wall {cost.processor:6.2f} s processor'
    )


def megabytes(count: float) -> str:
    return f'{count / 1_000_000:.0f} MB'


if __name__ == '__main__':
    main()
