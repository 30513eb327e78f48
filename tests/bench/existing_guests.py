# SPDX-License-Identifier: Apache-2.0

"""What the commands take to look at all guests, beside a loop over files.

Nothing is asserted: a loaded machine is no reason to fail.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
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
COMMANDS = ('report', 'upgrade check', 'report --output json')

_LOOP = """
import os, sys
for top in sys.argv[1:]:
    for folder, _folders, names in os.walk(top):
        for name in names:
            with open(os.path.join(folder, name), 'rb') as file:
                file.read(65536)
"""

#: With it, the overlays are sound until they are moved.
_NOVA_CONF = """[DEFAULT]
use_cow_images = False
compute_driver = libvirt.LibvirtDriver
[libvirt]
images_type = flat
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--runs', type=int, default=7)
    runs = parser.parse_args().runs
    program = str(pathlib.Path(sys.executable).with_name('nova-cow-check'))
    with tempfile.TemporaryDirectory() as empty:
        conf = pathlib.Path(empty, 'nova.conf')
        conf.write_text(_NOVA_CONF)
        nobody = _lines(program, conf, make(pathlib.Path(empty), 0))
        for number in GUESTS:
            with tempfile.TemporaryDirectory() as directory:
                host = make(pathlib.Path(directory), number)
                print(f'{number} guests of {len(NAMES)} disks')
                lines = _lines(program, conf, host)
                _compare(*_measure((lines, nobody), runs))
    print(
        f'aim: {" and ".join(COMMANDS[:2])} take at most {TIMES} times as '
        f'long, and {MEMORY / 1024**2:.0f} MiB, for {GUESTS[0]} guests'
    )


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


def _lines(
    program: str, conf: pathlib.Path, host: instance_files.Host
) -> dict[str, list[str]]:
    """Return the command lines that are compared, by what they are."""
    instances, domains = str(host.instances), str(host.domains)
    places = ['--instances-path', instances, '--domains', domains]
    options = ['--config-file', str(conf), '--guests', *places]
    start = [sys.executable, program]
    return {
        LOOP: [sys.executable, '-c', _LOOP, instances, domains],
        **{one: [*start, *one.split(), *options] for one in COMMANDS},
    }


def _measure(
    hosts: Sequence[Mapping[str, Sequence[str]]], runs: int
) -> list[dict[str, costs.Cost]]:
    """Measure all in turn: the machine's speed changes for all."""
    found: list[dict[str, list[costs.Cost]]] = [
        {name: [] for name in lines} for lines in hosts
    ]
    for _run in range(runs):
        for lines, its in zip(hosts, found):
            for name, line in lines.items():
                its[name].append(costs.measure(line))
    return [
        {name: costs.median(several) for name, several in its.items()}
        for its in found
    ]


def _compare(
    found: dict[str, costs.Cost], nothing: dict[str, costs.Cost]
) -> None:
    """Compare what the guests cost, without what costs as much without."""
    for name, cost in found.items():
        costs.show(name, cost)
    for name in COMMANDS:
        wall, processor = (
            (getattr(found[name], what) - getattr(nothing[name], what))
            / (getattr(found[LOOP], what) - getattr(nothing[LOOP], what))
            for what in ('wall', 'processor')
        )
        print(
            f'  {name}: {wall:.1f} times as long, '
            f'by processor time {processor:.1f}'
        )


if __name__ == '__main__':
    main()
