# SPDX-License-Identifier: Apache-2.0

"""What a look at all guests costs, beside a loop that opens each file.

Nothing is asserted: a loaded machine is no reason to fail.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import os
import pathlib
import sys
import tempfile

from tests.bench import costs
from tests.unit.guests import disk_headers
from tests.unit.guests import instance_files

#: What is aimed at: times what the loop takes for the guests, and bytes.
TIMES = 3
MEMORY = 60_000_000

GUESTS = (1_000, 2_000, 4_000)
NAMES = ('disk', 'disk.eph0', 'disk.swap')

LOOP = 'a loop that reads 64 KiB of each'
LOOK = 'a look at all, judged'

_LOOP = """
import os, sys
for top in sys.argv[1:]:
    for folder, _folders, names in os.walk(top):
        for name in names:
            with open(os.path.join(folder, name), 'rb') as file:
                file.read(65536)
"""

_LOOK = """
import sys
from nova_cow_check.nova import backends
from nova_cow_check.reports import audit
from nova_cow_check.sources import existing
from nova_cow_check.sources import roots

places = [existing.Place(path, roots.Root()) for path in sys.argv[1:]]
host = backends.Behaviour(backends.Backend.FLAT, False, True)
audit.row(audit.judge(existing.read(*places), host))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--runs', type=int, default=7)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as empty:
        nobody = make(pathlib.Path(empty), 0)
        for number in GUESTS:
            with tempfile.TemporaryDirectory() as directory:
                host = make(pathlib.Path(directory), number)
                print(f'{number} guests of {len(NAMES)} disks')
                _compare(*_measure((host, nobody), runs))


def make(folder: pathlib.Path, number: int) -> instance_files.Host:
    """Make a host with guests, a half of them overlays."""
    host = instance_files.Host(folder)
    instance_files.sparse(host.base, b'', instance_files.GIB)
    overlay = disk_headers.header(
        os.fsencode(host.base), disk_headers.RAW_EXTENSION
    )
    for one in range(number):
        start, name = (overlay, 'qcow2') if one % 2 else (b'', 'raw')
        formats = dict.fromkeys(NAMES, name)
        host.add(
            dict.fromkeys(NAMES, (start, 1024**2)),
            formats,
            formats,
            f'c0ffee00-0000-4000-8000-{one:012x}',
            one,
        )
    return host


def _measure(
    hosts: Sequence[instance_files.Host], runs: int
) -> list[dict[str, costs.Cost]]:
    """Measure all in turn: the machine's speed changes for all."""
    lines = {
        (number, name): [
            sys.executable,
            '-c',
            program,
            str(host.instances),
            str(host.domains),
        ]
        for number, host in enumerate(hosts)
        for name, program in ((LOOP, _LOOP), (LOOK, _LOOK))
    }
    found: dict[tuple[int, str], list[costs.Cost]] = {one: [] for one in lines}
    for _run in range(runs):
        for one, line in lines.items():
            found[one].append(costs.measure(line))
    return [
        {name: costs.median(found[number, name]) for name in (LOOP, LOOK)}
        for number in range(len(hosts))
    ]


def _compare(
    found: dict[str, costs.Cost], nothing: dict[str, costs.Cost]
) -> None:
    """Compare what the guests cost, without the start of Python."""
    for name, cost in found.items():
        costs.show(name, cost)
    wall, processor = (
        (getattr(found[LOOK], what) - getattr(nothing[LOOK], what))
        / (getattr(found[LOOP], what) - getattr(nothing[LOOP], what))
        for what in ('wall', 'processor')
    )
    print(
        f'  times as long {wall:.1f}, by processor time {processor:.1f} '
        f'(aim: at most {TIMES}); '
        f'memory (aim: at most {MEMORY / 1024**2:.0f} MiB)'
    )


if __name__ == '__main__':
    main()
