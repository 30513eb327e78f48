# SPDX-License-Identifier: Apache-2.0

"""What hosts have left on the machine, once they are down."""

from __future__ import annotations

import pathlib


def of(top: pathlib.Path) -> list[str]:
    """Return the processes, mounts, interfaces and files that are left.

    :param top: the folder of the hosts; whatever runs in them has been told
        of it by its command line or its environment
    """
    return [*_processes(top), *_mounts(top), *_interfaces(), *_files(top)]


def _processes(top: pathlib.Path) -> list[str]:
    found = []
    for folder in pathlib.Path('/proc').glob('[0-9]*'):
        try:
            command = (folder / 'cmdline').read_bytes()
            environment = (folder / 'environ').read_bytes()
        except OSError:
            # It has ended meanwhile.
            continue
        if str(top).encode() in command + environment:
            found.append(f'process {folder.name}: {command!r}')
    return found


def _mounts(top: pathlib.Path) -> list[str]:
    lines = pathlib.Path('/proc/self/mountinfo').read_text().splitlines()
    return [f'mount {line}' for line in lines if str(top) in line]


def _interfaces() -> list[str]:
    names = pathlib.Path('/sys/class/net').iterdir()
    # Of the hosts, and what libvirt makes.
    ours = ('nic', 'vnet', 'virbr')
    return [f'interface {x.name}' for x in names if x.name.startswith(ours)]


def _files(top: pathlib.Path) -> list[str]:
    return [f'file {path}' for path in [top] if path.exists()]
