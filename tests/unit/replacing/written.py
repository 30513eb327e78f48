# SPDX-License-Identifier: Apache-2.0

"""Some files of a directory, and what they look like when written."""

from __future__ import annotations

import os
import pathlib

from nova_cow_check.replacing import replacement
from nova_cow_check.sources import roots
from tests.unit.replacing import states

OLD = b'[libvirt]\nimages_type = default\n'
NEW = b'[libvirt]\nimages_type = qcow2\n'
SUFFIX = '.bak'

#: Name -> mode.
FILES = {'a.conf': 0o640, 'b.conf': 0o600, 'c.conf': 0o644}

#: A time long ago, in nanoseconds.
_MODIFIED = 10**18


def make(directory: pathlib.Path) -> dict[str, states.State]:
    """Write the old files, and nothing else, and return their states."""
    directory.mkdir(exist_ok=True)
    for path in directory.iterdir():
        path.unlink()
    for name, mode in FILES.items():
        path = directory / name
        path.write_bytes(OLD)
        path.chmod(mode)
        os.utime(path, ns=(_MODIFIED, _MODIFIED))
    return states.inside(directory)


def write(directory: pathlib.Path, suffix: str | None = SUFFIX) -> list[str]:
    """Write the new files."""
    paths = [str(directory / name) for name in FILES]
    changes = [
        replacement.NewContent(path, roots.Root(), path, OLD, NEW)
        for path in paths
    ]
    return replacement.write(changes, suffix)


def write_one(path: pathlib.Path) -> list[str]:
    """Write one of the files."""
    change = replacement.NewContent(
        str(path), roots.Root(), str(path), OLD, NEW
    )
    return replacement.write([change], SUFFIX)


def assert_new(
    directory: pathlib.Path, before: dict[str, states.State]
) -> None:
    """Fail if not all files are new, with backups and nothing else."""
    after = states.inside(directory)
    backups = [name + SUFFIX for name in before]
    assert sorted(after) == sorted([*before, *backups])
    for name, state in before.items():
        assert after[name].without_time() == state.with_content(NEW)
        assert after[name + SUFFIX] == state


def assert_old_or_new(
    directory: pathlib.Path, before: dict[str, states.State]
) -> bool:
    """Fail if a file is neither, or if a new one has no backup.

    :returns: whether all are new
    """
    after = states.inside(directory)
    new = set()
    for name, state in before.items():
        if after[name] == state:
            continue
        assert after[name].without_time() == state.with_content(NEW)
        assert after[name + SUFFIX] == state
        new.add(name)
    for name in after.keys() - before.keys():
        # A backup is whole; what is not yet one is hidden.
        assert name.startswith('.') or name.endswith(SUFFIX)
        if not name.startswith('.'):
            assert after[name] == before[name[: -len(SUFFIX)]]
    return len(new) == len(before)
