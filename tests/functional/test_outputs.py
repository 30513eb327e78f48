# SPDX-License-Identifier: Apache-2.0

"""--output FORMAT:FILE: a file is written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
import json
import os
import pathlib
import signal
import stat
import threading

import pytest

from nova_cow_check.cmd import main
from tests.functional import conftest
from tests.functional import documents
from tests.functional import moments
from tests.functional import test_exit_codes
from tests.unit.replacing import system_calls

SICK = test_exit_codes.DRIVER + '[libvirt]\nimages_type = raw\n'
OLD = 'old'

#: No file may become larger than this many times 512 bytes: as full as a
#: disk can be made without privileges.
FULL = ('sh', '-c', 'ulimit -f 1; exec "$@"', 'sh')


@pytest.fixture
def place(write: Callable[..., str]) -> tuple[str, ...]:
    """What to report on, with exit code 1."""
    return 'report', '--config-file', write(SICK), '--host', 'compute1'


@pytest.fixture
def directory(tmp_path: pathlib.Path) -> pathlib.Path:
    """A directory for reports, and nothing else."""
    path = tmp_path / 'reports'
    path.mkdir()
    return path


def names(directory: pathlib.Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def assert_report(path: pathlib.Path) -> None:
    """Fail if there is no whole JSON report."""
    report = documents.of(json.loads(path.read_text()))
    assert report['hosts'][0]['name'] == 'compute1'


def test_several_files_are_written_and_nothing_is_printed(
    run: conftest.Run, place: tuple[str, ...], directory: pathlib.Path
) -> None:
    words = []
    # A colon may be in a path, too.
    for name in ('a.json', 'b:c.json', '-'):
        words += ['--output', f'json:{directory}/{name}']
    result = run(*place, *words)
    assert (result.returncode, result.stdout, result.stderr) == (1, '', '')
    assert names(directory) == ['-', 'a.json', 'b:c.json']
    for path in directory.iterdir():
        assert_report(path)


@pytest.mark.parametrize('mask', [0o022, 0o077])
def test_a_new_file_has_the_mode_of_any_new_file(
    mask: int,
    run: conftest.Run,
    place: tuple[str, ...],
    directory: pathlib.Path,
) -> None:
    path = directory / 'report'
    masked = ('sh', '-c', f'umask {mask:o}; exec "$@"', 'sh')
    result = run(*place, '--output', f'json:{path}', before=masked)
    assert result.returncode == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask


def test_a_file_that_is_there_keeps_its_mode_and_owner(
    run: conftest.Run, place: tuple[str, ...], directory: pathlib.Path
) -> None:
    path = directory / 'report'
    path.write_text(OLD)
    path.chmod(0o640)
    if os.geteuid() == 0:
        other = 12345
        os.chown(path, other, other)
    before = path.stat()
    assert run(*place, '--output', f'json:{path}').returncode == 1
    assert_report(path)
    after = path.stat()
    for field in ('st_mode', 'st_uid', 'st_gid'):
        assert getattr(after, field) == getattr(before, field)


@pytest.mark.parametrize('is_there', [True, False])
def test_a_symbolic_link_stays_one(
    is_there: bool,
    run: conftest.Run,
    place: tuple[str, ...],
    directory: pathlib.Path,
    tmp_path: pathlib.Path,
) -> None:
    target, link = directory / 'report', tmp_path / 'link'
    if is_there:
        target.write_text(OLD)
    link.symlink_to(target)
    assert run(*place, '--output', f'json:{link}').returncode == 1
    assert os.readlink(link) == str(target)
    assert_report(target)
    assert names(directory) == ['report']


def _directory(path: pathlib.Path) -> pathlib.Path:
    path.mkdir()
    return path


def _read_only(path: pathlib.Path) -> pathlib.Path:
    path.mkdir(mode=0o555)
    return path / 'report'


def _loop(path: pathlib.Path) -> pathlib.Path:
    path.symlink_to(path.name)
    return path


def _below_a_file(path: pathlib.Path) -> pathlib.Path:
    path.write_text(OLD)
    return path / 'report'


#: Name -> makes what is in the way and returns the path, the reason.
FAULTS: dict[str, tuple[Callable[[pathlib.Path], pathlib.Path], str]] = {
    'directory': (_directory, 'Is a directory'),
    'read-only directory': (_read_only, 'Permission denied'),
    'missing directory': (
        lambda path: path / 'report',
        'No such file or directory',
    ),
    'below a file': (_below_a_file, 'Not a directory'),
    'link to itself': (_loop, 'Too many levels of symbolic links'),
    'too long a name': (
        lambda path: path.with_name('x' * 300),
        'File name too long',
    ),
    'full device': (
        lambda _path: pathlib.Path('/dev/full'),
        'No space left on device',
    ),
    'no such descriptor': (
        lambda _path: pathlib.Path('/dev/fd/99'),
        'Bad file descriptor',
    ),
}


@pytest.mark.parametrize('name', FAULTS)
def test_if_one_cannot_be_written_none_is(
    name: str,
    run: conftest.Run,
    place: tuple[str, ...],
    directory: pathlib.Path,
    tmp_path: pathlib.Path,
) -> None:
    make, because = FAULTS[name]
    faulty = make(tmp_path / 'faulty')
    (directory / 'old').write_text(OLD)
    words = []
    for path in (directory / 'old', directory / 'new', faulty):
        words += ['--output', f'json:{path}']
    result = run(*place, *words, before=conftest.without_privileges())
    assert conftest.reason(result) == (
        f'cannot write the report: {faulty}: {because}'
    )
    assert names(directory) == ['old']
    assert (directory / 'old').read_text() == OLD


def test_a_disk_that_becomes_full_leaves_all_as_it_is(
    run: conftest.Run, place: tuple[str, ...], directory: pathlib.Path
) -> None:
    path = directory / 'report'
    path.write_text(OLD)
    words = ('--output', f'json:{path}', '--output', f'text:{path}2')
    # Python would leave half of its own files.
    alone = {'PYTHONDONTWRITEBYTECODE': '1'}
    result = run(*place, *words, before=FULL, **alone)
    assert conftest.reason(result) == (
        f'cannot write the report: {path}: File too large'
    )
    assert (names(directory), path.read_text()) == (['report'], OLD)


def test_a_pipe_is_written_to(
    run: conftest.Run, place: tuple[str, ...], directory: pathlib.Path
) -> None:
    path = directory / 'pipe'
    os.mkfifo(path)
    read: list[str] = []
    reader = threading.Thread(
        target=lambda: read.append(path.read_text()), daemon=True
    )
    reader.start()
    assert run(*place, '--output', f'text:{path}').returncode == 1
    reader.join()
    assert read[0].startswith('compute1: WARNING\n')
    assert stat.S_ISFIFO(path.stat().st_mode)


#: Path -> shell's words with which it shows in the file {path}.
DESCRIPTORS = {
    '/dev/stdout': '>>{path}',
    '-': '>>{path}',
    '/dev/stderr': '2>>{path}',
    '/dev/fd/1': '| cat >>{path}',
    '/dev/fd/3': '3>>{path}',
    '/proc/self/fd/4': '4>>{path}',
}


@pytest.mark.parametrize('name', DESCRIPTORS)
def test_an_open_file_is_written_to_where_it_is(
    name: str,
    run: conftest.Run,
    place: tuple[str, ...],
    directory: pathlib.Path,
) -> None:
    path = directory / 'log'
    path.write_text('before\n')
    redirection = DESCRIPTORS[name].format(path=path)
    shell = ('sh', '-c', f'"$@" {redirection}', 'sh')
    result = run(*place, '--output', f'text:{name}', before=shell)
    assert (result.stdout, result.stderr) == ('', '')
    assert path.read_text().startswith('before\ncompute1: WARNING\n')
    assert names(directory) == ['log']


def test_a_null_device_stays_one(
    run: conftest.Run, place: tuple[str, ...]
) -> None:
    result = run(*place, '--output', 'json:/dev/null')
    assert (result.returncode, result.stdout, result.stderr) == (1, '', '')
    assert stat.S_ISCHR(os.stat('/dev/null').st_mode)


def test_without_standard_output_a_file_is_written(
    run: conftest.Run, place: tuple[str, ...], directory: pathlib.Path
) -> None:
    closed = ('sh', '-c', 'exec "$@" >&- 2>&- <&-', 'sh')
    words = ('--output', f'json:{directory}/report', '--output', 'text')
    assert run(*place, *words, before=closed).returncode == 1
    assert_report(directory / 'report')


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGKILL])
def test_ended_before_any_call_it_leaves_the_old_or_the_new_one(
    number: signal.Signals, place: tuple[str, ...], directory: pathlib.Path
) -> None:
    path = directory / 'report'

    def report() -> int:
        return main.main([*place, '--output', f'json:{path}'])

    # What is imported is not imported again.
    assert report() == 1
    calls = system_calls.names(report)
    seen = []
    for at in range(len(calls)):
        path.write_text(OLD)
        code = moments.reached(number, at, report)
        seen.append(path.read_text() != OLD)
        if seen[-1]:
            assert_report(path)
        if number is signal.SIGKILL:
            assert code == -number
        else:
            assert names(directory) == ['report']
            # The first calls are made before anything is answered for.
            assert code == 255 or code == moments.RAISED and at < 5
    assert set(seen) == {False, True}
    assert seen == sorted(seen)


def test_what_sarif_does_not_hold_one_by_one_is_said(
    run: conftest.Run, write: Callable[..., str], directory: pathlib.Path
) -> None:
    fleet = pathlib.Path(write(SICK)).parent / 'fleet'
    fleet.mkdir()
    (fleet / 'compute1.conf').write_text(SICK)
    expected = fleet.parent / 'hosts.txt'
    words = (
        'report',
        str(fleet),
        f'--expected={expected}',
        f'--output=sarif:{directory}/a.sarif',
    )
    expected.write_text(''.join(f'c{n}\n' for n in range(4999)))
    few = run(*words)
    assert (few.returncode, few.stderr) == (2, '')
    expected.write_text(''.join(f'c{n}\n' for n in range(5000)))
    many = run(*words)
    assert (many.returncode, many.stdout) == (2, '')
    (line,) = many.stderr.splitlines()
    assert line.startswith('nova-cow-check: SARIF: 5001 findings are more')
    (only,) = json.loads((directory / 'a.sarif').read_text())['runs']
    assert len(only['results']) == 6
