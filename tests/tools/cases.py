# SPDX-License-Identifier: Apache-2.0

"""Hosts that have a finding, and what nova-cow-check says of a nova.conf."""

from __future__ import annotations

from collections.abc import Collection, Mapping
import configparser
import json
import pathlib
import subprocess
import sys

import yaml

#: Of the Python that runs the tests.
BIN = pathlib.Path(sys.executable).parent
COMMAND = str(BIN / 'nova-cow-check')

#: Group -> name -> value.
Settings = Mapping[str, Mapping[str, str]]

FLAT: Settings = {'DEFAULT': {'use_cow_images': 'False'}}
UNUSED: Settings = {
    'DEFAULT': {'use_cow_images': 'False'},
    'libvirt': {'images_type': 'rbd'},
}

#: What operators have told their tool -> the rule that holds, and the
#: settings that end it.
CASES: Mapping[str, tuple[Settings, str, Settings]] = {
    'implicit-qcow2': (
        {},
        'implicit-image-backend',
        {'libvirt': {'images_type': 'qcow2'}},
    ),
    'implicit-flat': (
        FLAT,
        'implicit-image-backend',
        {
            'DEFAULT': {'use_cow_images': 'False'},
            'libvirt': {'images_type': 'flat'},
        },
    ),
    'flat-disks-converted': (
        {'libvirt': {'images_type': 'flat'}},
        'flat-disks-converted',
        {'DEFAULT': {'use_cow_images': 'False'}},
    ),
    'raw-disks-opened-as-qcow2': (
        {
            'DEFAULT': {'use_cow_images': 'False'},
            'libvirt': {'images_type': 'qcow2'},
        },
        'raw-disks-opened-as-qcow2',
        {'DEFAULT': {'use_cow_images': 'True'}},
    ),
    'rbd-without-raw-images': (
        {
            'DEFAULT': {'force_raw_images': 'False'},
            'libvirt': {'images_type': 'rbd'},
        },
        'rbd-without-raw-images',
        {'DEFAULT': {'force_raw_images': 'True'}},
    ),
}

#: Of UNUSED.
UNUSED_RULE = 'use-cow-images-unused'


def ini(settings: Settings) -> str:
    """Return settings as a nova.conf."""
    return ''.join(
        f'[{group}]\n{name} = {value}\n'
        for group, values in settings.items()
        for name, value in values.items()
    )


def rules(conf: pathlib.Path) -> set[str]:
    """Return the rules that hold for a nova.conf."""
    report = json.loads(_run(conf, 'report', '--output', 'json'))
    (host,) = report['hosts']
    return {
        finding['rule']
        for check in host['checks']
        for finding in check['findings']
    }


def printed(conf: pathlib.Path, tool: str) -> str:
    """Return what fix prints for a tool."""
    return _run(conf, 'fix', '--for', tool)


def printed_by_itself(conf: pathlib.Path) -> str:
    """Return what fix prints for the tool that it recognises."""
    return _run(conf, 'fix', codes=(255,))


def introduction(text: str) -> str:
    """Return the first comment of an override as one line."""
    lines = text.partition('\n\n')[0].splitlines()
    return ' '.join(line[2:] for line in lines if line.startswith('# '))


def deploying(text: str) -> list[str]:
    """Return the words of the command that deploys an override."""
    return text.partition('# Then deploy it:\n#   ')[2].splitlines()[0].split()


def value(conf: pathlib.Path, group: str, name: str) -> str | None:
    """Return a value of a nova.conf that a tool wrote."""
    parser = configparser.ConfigParser(
        default_section='', interpolation=None, strict=False
    )
    parser.read(conf)
    return parser.get(group, name, fallback=None)


def merged(*trees: str) -> str:
    """Return YAML in which later settings beat earlier ones."""
    found: dict[str, object] = {}
    for tree in trees:
        _merge(found, yaml.safe_load(tree) or {})
    return yaml.safe_dump(found)


def _merge(into: dict[str, object], tree: Mapping[str, object]) -> None:
    for key, below in tree.items():
        there = into.get(key)
        if isinstance(there, dict) and isinstance(below, dict):
            _merge(there, below)
        else:
            into[key] = below


def _run(
    conf: pathlib.Path, *arguments: str, codes: Collection[int] = (0, 1, 2)
) -> str:
    done = subprocess.run(
        [COMMAND, '--config-file', str(conf), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode in codes, done.stderr
    return done.stdout
