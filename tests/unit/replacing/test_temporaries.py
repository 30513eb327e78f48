# SPDX-License-Identifier: Apache-2.0

"""Hidden files: what is in use stays, and what was left goes."""

from __future__ import annotations

from collections.abc import Iterator
import os
import pathlib
import signal
import subprocess
import sys

import pytest

from nova_cow_check.replacing import outputs
from nova_cow_check.replacing import replacement
from nova_cow_check.replacing import temporaries
from nova_cow_check.sources import roots
from tests.unit.replacing import written

#: A file that a killed process has left.
OWN = '.a.conf.0123456789abcdef.nova-cow-check'

OTHERS = [
    'a.conf',
    '.a.conf',
    '.a.conf.swp',
    '.a.conf.4242.tmp',
    'a.conf.nova-cow-check-backup',
    'a.conf.nova-cow-check-backup.1',
    # Of other files, which others may be writing.
    '.b.conf.0123456789abcdef.nova-cow-check',
    '.axconf.0123456789abcdef.nova-cow-check',
    '.a.conf.0123456789ABCDEF.nova-cow-check',
    '.a.conf.0123456789abcdef0.nova-cow-check',
    '.a.conf.0123456789abcdef.nova-cow-check.1',
]


@pytest.fixture
def directory(tmp_path: pathlib.Path) -> Iterator[int]:
    descriptor = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    yield descriptor
    os.close(descriptor)


def names(path: pathlib.Path) -> list[str]:
    return sorted(one.name for one in path.iterdir())


def fix(path: pathlib.Path) -> None:
    content = path.read_bytes()
    new = replacement.NewContent(
        str(path), roots.Root(), str(path), content, written.NEW
    )
    replacement.write([new], None)


def report(path: pathlib.Path) -> None:
    outputs.write({str(path): ['a report\n']})


@pytest.mark.parametrize('write', [fix, report])
def test_whoever_writes_a_file_sweeps_what_was_left_of_it(
    write: object, tmp_path: pathlib.Path
) -> None:
    assert callable(write)
    for name in [OWN, *OTHERS]:
        (tmp_path / name).write_bytes(written.OLD)
    write(tmp_path / 'a.conf')
    assert names(tmp_path) == sorted(OTHERS)
    assert (tmp_path / 'a.conf').read_bytes() != written.OLD


@pytest.mark.parametrize('write', [fix, report])
def test_what_a_run_that_is_alive_writes_stays(
    write: object, tmp_path: pathlib.Path, directory: int
) -> None:
    assert callable(write)
    (tmp_path / 'a.conf').write_bytes(written.OLD)
    with temporaries.beside(directory, 'a.conf', 0o600) as (name, _file):
        write(tmp_path / 'a.conf')
        assert names(tmp_path) == [name, 'a.conf']
    assert names(tmp_path) == ['a.conf']


def test_the_lock_of_a_process_ends_with_it(
    tmp_path: pathlib.Path, directory: int
) -> None:
    code = (
        'import os, sys\n'
        'from nova_cow_check.replacing import temporaries\n'
        'directory = os.open(sys.argv[1], os.O_RDONLY)\n'
        'with temporaries.beside(directory, "a", 0o600):\n'
        '    print("made", flush=True)\n'
        '    sys.stdin.read()\n'
    )
    with subprocess.Popen(
        [sys.executable, '-c', code, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b'made\n'
        (name,) = names(tmp_path)
        temporaries.sweep(directory, 'a')
        assert names(tmp_path) == [name]
        process.send_signal(signal.SIGKILL)
    assert names(tmp_path) == [name]
    temporaries.sweep(directory, 'a')
    assert names(tmp_path) == []


@pytest.mark.parametrize('kind', ['directory', 'link', 'pipe'])
def test_what_is_no_file_is_not_opened(
    kind: str, tmp_path: pathlib.Path, directory: int
) -> None:
    if kind == 'directory':
        (tmp_path / OWN).mkdir()
    elif kind == 'link':
        (tmp_path / OWN).symlink_to('elsewhere')
        (tmp_path / 'elsewhere').write_bytes(written.OLD)
    else:
        os.mkfifo(tmp_path / OWN)
    before = names(tmp_path)
    temporaries.sweep(directory, 'a.conf')
    assert names(tmp_path) == before


def test_one_that_was_swept_before_it_was_locked_is_made_again(
    tmp_path: pathlib.Path, directory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = temporaries._lock
    swept: list[str] = []

    def late(descriptor: int) -> bool | None:
        if not swept:
            (name,) = names(tmp_path)
            swept.append(name)
            (tmp_path / name).unlink()
        return lock(descriptor)

    monkeypatch.setattr(temporaries, '_lock', late)
    with temporaries.beside(directory, 'a', 0o600) as (name, descriptor):
        assert swept != [name]
        assert names(tmp_path) == [name]
        os.write(descriptor, b'written')
        assert (tmp_path / name).read_bytes() == b'written'


@pytest.mark.parametrize('name', ['a[1]{x}*+.conf', 'a\nb', 'é', '\udcff'])
def test_any_name_is_swept_as_it_is(
    name: str, tmp_path: pathlib.Path, directory: int
) -> None:
    with temporaries.beside(directory, name, 0o600) as (made, _file):
        assert made.startswith('.') and not made.endswith('.conf')
        os.link(tmp_path / made, tmp_path / 'kept')
    os.rename(tmp_path / 'kept', tmp_path / made)
    temporaries.sweep(directory, name)
    assert names(tmp_path) == []


@pytest.mark.parametrize('character', ['x', 'é'])
def test_a_name_can_be_as_long_as_one_can_be(
    character: str, tmp_path: pathlib.Path
) -> None:
    name = character * (255 // len(character.encode()))
    report(tmp_path / name)
    report(tmp_path / name)
    assert names(tmp_path) == [name]
