# SPDX-License-Identifier: Apache-2.0

"""What the tests of fix share: files to fix, and what became of them."""

from __future__ import annotations

import pathlib
import subprocess

#: Ends the name of a backup that nothing else was asked for.
SUFFIX = '.nova-cow-check-backup'

DRIVER = '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'

CLEAN = f'{DRIVER}[libvirt]\nimages_type = qcow2\n'

#: Nothing sets use_cow_images, which goes below compute_driver.
SICK = f'{DRIVER}[libvirt]\nimages_type = raw\n'
CURED = SICK.replace('Driver\n', 'Driver\nuse_cow_images = False\n')

#: What no edit ends.
LEFT = '[DEFAULT]\ncompute_driver = hyperv.driver.HyperVDriver\n'

#: A line that Nova ignores, in a file that is clean but for it.
IGNORED = f'{CLEAN}use_cow_images = False\n'

RESTART = (
    'restart nova-compute on this host for the settings to take effect; '
    'that changes no guest that exists, and a broken one stays broken: '
    'nova-cow-check rules NAME tells of the next restart and move, and of '
    'repairs'
)

NOTHING = 'nothing to do: no setting has to be changed'

#: What a diff says of a last line without an end.
NO_NEWLINE = '\\ No newline at end of file'

#: Path -> (bytes, time of modification, inode, mode)
Snapshot = dict[str, tuple[bytes, int, int, int]]


def snapshot(directory: pathlib.Path) -> Snapshot:
    """Return all that a command could change in a directory.

    stevedore's cache of entry points, which other commands write, is not
    their own.
    """
    found = {}
    for path in directory.rglob('*'):
        if '.cache' in path.parts:
            continue
        status = path.lstat()
        data = path.read_bytes() if path.is_file() else b''
        found[str(path.relative_to(directory))] = (
            data,
            status.st_mtime_ns if path.is_file() else 0,
            status.st_ino,
            status.st_mode,
        )
    return found


def changed(diff: str) -> list[str]:
    """Return the lines that a diff takes away and puts in."""
    found = []
    for line in diff.splitlines():
        if line[:1] in ('-', '+') and line[:4] not in ('--- ', '+++ '):
            found.append(line)
        else:
            assert line[:3] in ('---', '+++', '@@ ') or line == NO_NEWLINE
    return found


def said(result: subprocess.CompletedProcess[str]) -> list[str]:
    """Return the sentences on standard error."""
    lines = result.stderr.splitlines()
    assert all(line.startswith('nova-cow-check: ') for line in lines), lines
    assert all(map(str.isprintable, lines))
    return [line.partition(': ')[2] for line in lines]
