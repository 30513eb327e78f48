# SPDX-License-Identifier: Apache-2.0

"""What the largest files cost, beside oslo.config's parser.

One host can have any file, and must not keep the others waiting. The parser
keeps the values, without their lines, and judges nothing. Nothing is
asserted: a loaded machine is no reason to fail.
"""

from __future__ import annotations

import argparse
import pathlib
import sys
import tempfile

from tests.bench import costs

PARSER = "oslo.config's parser"
COMMAND = 'nova-cow-check'

#: What is aimed at: times the parser's time, and bytes.
TIMES = 3
MEMORY = 300_000_000

#: Bytes of the largest file that is read.
SIZE = 16 * 1024 * 1024

_PARSE = (
    'import sys; from oslo_config import cfg; '
    'cfg.ConfigParser(sys.argv[1], {}).parse()'
)

_START = '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'

#: What the files are full of; each line has its number where it says so.
LINES = {
    'a=b': 'a=b\n',
    'images_type = raw, where Nova ignores it': 'images_type = raw\n',
    'lines that continue one value': ' b\n',
    'options of other names': 'a{:07d}=b\n',
}

#: Of an option that is read, so many; those are told in a report.
OWN_LINE, OWN_LINES = 'use_cow_images = True\n', 100_000

FORMATS = ('html', 'journal', 'json', 'junit', 'sarif', 'text', 'yaml')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--runs', type=int, default=3)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as directory:
        folder = pathlib.Path(directory)
        path = folder / 'compute1.conf'
        for name, line in LINES.items():
            length = len(line.format(0))
            number = (SIZE - len(_START) - len('a=\n')) // length
            with path.open('w') as stream:
                stream.write(_START + 'a=\n')
                stream.writelines(map(line.format, range(number)))
            print(f'{SIZE // 1024**2} MiB of {name}')
            _compare(path, runs)
        path.write_text(_START + OWN_LINE * OWN_LINES)
        print(f'{OWN_LINES} lines of {OWN_LINE}', end='')
        for words in (
            ['fix'],
            *(['report', '--output', one] for one in FORMATS),
        ):
            line_of_words = _command('--config-file', str(path), *words)
            costs.show(' '.join(words), costs.measure(line_of_words))


def _compare(path: pathlib.Path, runs: int) -> None:
    """Measure in turn: the machine's speed changes for all."""
    lines = {
        PARSER: [sys.executable, '-c', _PARSE, str(path)],
        'upgrade check': _command(
            '--config-file', str(path), 'upgrade', 'check'
        ),
        'report PATH': _command('report', str(path)),
    }
    found: dict[str, list[costs.Cost]] = {name: [] for name in lines}
    for _run in range(runs):
        for name, line in lines.items():
            found[name].append(costs.measure(line))
    medians = {name: costs.median(some) for name, some in found.items()}
    parser = medians.pop(PARSER)
    costs.show(PARSER, parser)
    for name, cost in medians.items():
        costs.show(name, cost)
        print(
            f'  times as long {cost.wall / parser.wall:.1f}, by processor '
            f'time {cost.processor / parser.processor:.1f} (aim: at most '
            f'{TIMES}); memory (aim: at most {MEMORY / 1024**2:.0f} MiB)'
        )


def _command(*words: str) -> list[str]:
    return [str(pathlib.Path(sys.executable).with_name(COMMAND)), *words]


if __name__ == '__main__':
    main()
