# SPDX-License-Identifier: Apache-2.0

"""Files are replaced safely: processes that fail, compete, are killed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
import fcntl
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from nova_cow_check.replacing import replacement
from tests.functional import conftest
from tests.functional import moments
from tests.unit.replacing import states
from tests.unit.replacing import system_calls
from tests.unit.replacing import written

#: Writes the files that are named, each in place of what it holds.
PROGRAM = """
import sys

from nova_cow_check import errors
from nova_cow_check.replacing import replacement
from nova_cow_check.sources import roots

changes = []
for path in sys.argv[1:]:
    with open(path, 'rb') as stream:
        before = stream.read()
    after = before.replace(b'default', b'qcow2')
    change = replacement.NewContent(path, roots.Root(), path, before, after)
    changes.append(change)
try:
    print(*replacement.write(changes, '.bak'), sep='\\n')
except errors.NoVerdict as error:
    sys.exit(str(error))
"""

FIRST, SECOND, THIRD = written.FILES


@pytest.fixture
def directory(tmp_path: pathlib.Path) -> pathlib.Path:
    """A directory of old files, and nothing else."""
    written.make(tmp_path / 'etc')
    return tmp_path / 'etc'


def run(
    directory: pathlib.Path, before: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """Write all files in a process of its own."""
    paths = [str(directory / name) for name in written.FILES]
    return subprocess.run(
        [*before, sys.executable, '-c', PROGRAM, *paths],
        env={'LC_ALL': 'C.UTF-8', 'PATH': os.environ['PATH']},
        capture_output=True,
        text=True,
        timeout=600,
    )


def refusal(
    directory: pathlib.Path, name: str, before: Sequence[str] = ()
) -> str:
    """Return why one file cannot be written, and nothing was."""
    result = run(directory, before)
    assert (result.returncode, result.stdout) == (1, ''), result
    line = conftest.only_line(result.stderr)
    start = f'{directory / name}: cannot be written: '
    end = '; nothing has been changed'
    assert line.startswith(start) and line.endswith(end), line
    return line[len(start) : -len(end)]


def with_mounts(script: str) -> tuple[str, ...]:
    """Return what makes a command see other file systems than we do."""
    unshare = ('unshare', '--map-root-user', '--mount')
    conftest.required(
        shutil.which('unshare') is not None
        and subprocess.run([*unshare, 'true']).returncode == 0,
        'needs file systems of its own',
    )
    return *unshare, 'sh', '-ec', f'{script}; exec "$@"', 'sh'


def test_all_are_written(directory: pathlib.Path) -> None:
    before = states.inside(directory)
    result = run(directory)
    assert result.stdout.splitlines() == [
        f'{directory}/{name}{written.SUFFIX}' for name in written.FILES
    ]
    written.assert_new(directory, before)


def _read_only_file(directory: pathlib.Path) -> tuple[str, ...]:
    (directory / SECOND).chmod(0o444)
    return conftest.without_privileges()


def _unreadable_directory(directory: pathlib.Path) -> tuple[str, ...]:
    directory.chmod(0o311)
    return conftest.without_privileges()


def _read_only_directory(directory: pathlib.Path) -> tuple[str, ...]:
    directory.chmod(0o555)
    return conftest.without_privileges()


def _larger_than_allowed(directory: pathlib.Path) -> tuple[str, ...]:
    with (directory / SECOND).open('ab') as stream:
        stream.write(b'#' * 600)
    # In blocks of 512 bytes.
    return 'sh', '-c', 'ulimit -f 1; exec "$@"', 'sh'


def _backup_larger_than_allowed(
    directory: pathlib.Path,
) -> tuple[str, ...]:
    default = b'default' * 50
    padding = b'#' * (512 + len(b'qcow2' * 50) - len(default))
    (directory / SECOND).write_bytes(padding + default + b'#' * 50)
    return 'sh', '-c', 'ulimit -f 1; exec "$@"', 'sh'


def _immutable(directory: pathlib.Path) -> tuple[str, ...]:
    """Make the file immutable for as long as the command runs."""
    path = directory / SECOND
    can = subprocess.run(['chattr', '+i', path], stderr=subprocess.DEVNULL)
    if can.returncode != 0:
        pytest.skip('needs a file system with immutable files, and root')
    subprocess.run(['chattr', '-i', path], check=True)
    script = f"chattr +i '{path}'; \"$@\"; e=$?; chattr -i '{path}'; exit $e"
    return 'sh', '-c', script, 'sh'


def _mounted_file(directory: pathlib.Path) -> tuple[str, ...]:
    path = directory / SECOND
    return with_mounts(f"mount --bind '{path}' '{path}'")


def _read_only_mount(directory: pathlib.Path) -> tuple[str, ...]:
    mount = f"mount --bind '{directory}' '{directory}'"
    return with_mounts(f"{mount}; mount -o remount,bind,ro '{directory}'")


BESIDE = 'no file can be written beside it: '

#: What is in the way -> the file that is named, and the reason.
OBSTACLES: dict[
    str, tuple[Callable[[pathlib.Path], tuple[str, ...]], str, str]
] = {
    'read-only file': (_read_only_file, SECOND, 'Permission denied'),
    'read-only directory': (
        _read_only_directory,
        FIRST,
        BESIDE + 'Permission denied',
    ),
    'unreadable directory': (
        _unreadable_directory,
        FIRST,
        'Permission denied',
    ),
    'too large': (_larger_than_allowed, SECOND, 'File too large'),
    'backup too large': (
        _backup_larger_than_allowed,
        SECOND,
        'File too large',
    ),
    'immutable': (_immutable, SECOND, 'Operation not permitted'),
    # It is found when the first file has been replaced.
    'mounted': (
        _mounted_file,
        SECOND,
        'it is mounted there by itself: edit the file it comes from',
    ),
    'read-only file system': (
        _read_only_mount,
        FIRST,
        'Read-only file system',
    ),
}


@pytest.mark.parametrize('name', OBSTACLES)
def test_if_one_cannot_be_written_none_is(
    name: str, directory: pathlib.Path
) -> None:
    make, path, reason = OBSTACLES[name]
    command = make(directory)
    mode = directory.stat().st_mode
    directory.chmod(0o755)
    before = states.inside(directory)
    directory.chmod(mode)
    assert refusal(directory, path, command) == reason
    directory.chmod(0o755)
    assert states.inside(directory) == before


#: Options of a file system for three files -> what fills it, the reason.
FULL = {
    'size=64k': (
        'cat /dev/zero >{0}/rest 2>/dev/null || true',
        'No space left on device',
    ),
    # Of the directory, three files, three to replace them, and one backup,
    # but not of its second name.
    'nr_inodes=8': (
        'true',
        'no backup can be made beside it: No space left on device',
    ),
}


@pytest.mark.parametrize('options', FULL)
def test_a_full_disk_leaves_all_as_it_is(
    options: str, directory: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    fill, reason = FULL[options]
    disk, result = tmp_path / 'disk', tmp_path / 'result'
    disk.mkdir()
    command = with_mounts(
        f'mount -t tmpfs -o {options} tmpfs {disk}; '
        f'cp -a {directory}/. {disk}; {fill.format(disk)}; '
        f'"$@" || e=$?; rm -f {disk}/rest; cp -a {disk} {result}; exit $e'
    )
    assert refusal(disk, FIRST, command) == reason
    assert states.inside(result) == states.inside(directory)


def test_another_program_has_it_locked(directory: pathlib.Path) -> None:
    before = states.inside(directory)
    # As crudini does it, which changes files of this kind on many hosts.
    with (directory / THIRD).open('r+b') as stream:
        fcntl.lockf(stream, fcntl.LOCK_EX)
        assert refusal(directory, THIRD) == (
            'another program is just changing it'
        )
    assert states.inside(directory) == before
    assert run(directory).returncode == 0


#: Calls by which locks and names change: what another process notices.
NOTICED = ('close', 'link', 'lockf', 'open', 'rename', 'unlink')


def test_of_two_processes_one_writes(directory: pathlib.Path) -> None:
    """Between two calls of the one, the other does all that it can."""

    def write() -> int:
        try:
            written.write(directory)
        except replacement.WriteError:
            return 1
        return 0

    def compete(call: int, _name: str) -> None:
        if call == at:
            codes.append(moments.ended(write))

    seen = set()
    for at, name in enumerate(system_calls.names(write)):
        if name not in NOTICED:
            continue
        before = written.make(directory)
        codes: list[int] = []
        codes.append(system_calls.run(write, compete))
        seen.add(tuple(codes))
        written.assert_new(directory, before)
    assert seen == {(0, 1), (1, 0)}


def test_a_file_in_a_container(
    directory: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    """What /proc/PID/root says of itself is a path of the container."""
    outside = written.make(directory)
    command = with_mounts(
        f'cp -a {directory} {tmp_path}/copy; '
        f'mount -t tmpfs tmpfs {directory}; cp -a {tmp_path}/copy/. '
        f'{directory}; echo ready'
    )
    with subprocess.Popen(
        [*command, 'cat'], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as container:
        assert container.stdout is not None
        assert container.stdout.readline() == b'ready\n'
        root = pathlib.Path(f'/proc/{container.pid}/root')
        inside = root / directory.relative_to('/')
        before = states.inside(inside)
        backups = written.write(inside)
        written.assert_new(inside, before)
        assert backups[0] == f'{inside}/{FIRST}{written.SUFFIX}'
        assert container.stdin is not None
        container.stdin.close()
    assert states.inside(directory) == outside
