# SPDX-License-Identifier: Apache-2.0

"""What the report on a fleet costs, beside a loop over its files.

The loop makes a new ConfigOpts for each host: config_opts_loop.py. Figures
are printed beside what is aimed at, and nothing is asserted about time: a
loaded machine is no reason to fail. But a value that is not the loop's is.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import sys
import tempfile
from typing import Any

from tests.bench import costs
from tests.bench import fleets

LOOP = 'a ConfigOpts for each host'
REPORT = 'nova-cow-check report'
COMPARED = 'nova-cow-check report --compare'

#: Hosts -> how many times as fast as the loop, at least.
SPEEDS = {3_000: 5.0, 10_000: 4.5}
#: At most this many times as long, if as many hosts are compared with.
TWICE = 2.2

#: At most this many times the loop's memory, and so many KiB more.
MEMORY = 1.5
MORE_MEMORY = 100_000

MEMORY_FOLDER = '/dev/shm'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--runs', type=int, default=3)
    runs = parser.parse_args().runs
    # In memory, if there is such a file system: disks are not measured.
    is_there = os.access(MEMORY_FOLDER, os.W_OK)
    with tempfile.TemporaryDirectory(
        dir=MEMORY_FOLDER if is_there else None
    ) as name:
        print(
            f'nova.conf files of {fleets.LINES} lines, medians of {runs} runs'
        )
        bench = Bench(pathlib.Path(name), runs)
        for hosts, speed in SPEEDS.items():
            bench.run(hosts, speed)
        bench.compare()


class Bench:
    """The measurements of a fleet that grows, in a folder of its own."""

    def __init__(self, place: pathlib.Path, runs: int) -> None:
        self.hosts = 0
        self.runs = runs
        self.folder = place / 'fleet'
        self.folder.mkdir()
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
        self.compared_line = [
            *self.report_line[:-2],
            f'--compare={self.report}',
            f'--output=json:{place}/compared.json',
            f'--output=text:{place}/compared.txt',
        ]

    def run(self, hosts: int, speed: float) -> None:
        """Measure with so many hosts.

        :param speed: what is aimed at
        """
        fleets.write(self.folder, self.hosts, hosts - self.hosts)
        self.hosts = hosts
        loop, report, compared = self._alternate()
        print(f'{hosts} hosts')
        costs.show(LOOP, loop)
        costs.show(REPORT, report)
        print(
            f'  times as fast {loop.wall / report.wall:.1f}, by processor '
            f'time {loop.processor / report.processor:.1f} '
            f'(aim: at least {speed})'
        )
        most = (MEMORY * loop.memory + MORE_MEMORY) / 1024
        print(f'  memory (aim: at most {most:.1f} MiB)')
        costs.show(COMPARED, compared)
        print(
            f'  times as long as alone {compared.wall / report.wall:.1f}, by '
            f'processor time {compared.processor / report.processor:.1f} '
            f'(aim: at most {TWICE})'
        )

    def _alternate(self) -> tuple[costs.Cost, costs.Cost, costs.Cost]:
        """Measure all in turn: the machine's speed changes for all."""
        loop = []
        report = []
        compared = []
        for _run in range(self.runs):
            loop.append(costs.measure(self.loop_line, str(self.values)))
            report.append(costs.measure(self.report_line))
            compared.append(costs.measure(self.compared_line))
        return costs.median(loop), costs.median(report), costs.median(compared)

    def compare(self) -> None:
        """Exit with an error if a value is not the loop's.

        Last: this process grows, and what it starts counts as as large.
        """
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


if __name__ == '__main__':
    main()
