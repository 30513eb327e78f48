# SPDX-License-Identifier: Apache-2.0

"""What one check costs, beside commands that its users know.

The commands run in turn, so that a change in the machine's speed meets all
of them, and the ratios are of medians. Nothing is asserted: a loaded machine
is no reason to fail.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
import os
import pathlib
import shutil
import sys

from tests.bench import costs

CHECK = 'nova-cow-check upgrade check'
IMPORT = 'import oslo_upgradecheck.upgradecheck'
STATUS = 'nova-status --help'

#: What is aimed at: our check's median beside that of the import.
LIMITS = {'wall': 1.35, 'processor': 1.22, 'memory': 1.3}


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
    found: dict[str, list[costs.Cost]] = {name: [] for name in lines}
    for name, line in lines.items():
        # The first one writes caches.
        costs.measure(line)
    for _run in range(runs):
        for name, line in lines.items():
            found[name].append(costs.measure(line))
    medians = {
        name: costs.median(all_runs) for name, all_runs in found.items()
    }
    print(f'medians of {runs} runs')
    for name, cost in medians.items():
        costs.show(name, cost)
    for name in lines:
        if name == CHECK:
            continue
        print(f'ratios of medians: {CHECK} / {name}')
        for figure in costs.Cost._fields:
            ratio = getattr(medians[CHECK], figure) / getattr(
                medians[name], figure
            )
            aim = f' (aim: {LIMITS[figure]})' if name == IMPORT else ''
            print(f'  {figure:10} {ratio:5.2f}{aim}')


if __name__ == '__main__':
    main()
