# SPDX-License-Identifier: Apache-2.0

"""Run nova-cow-check as its users do: as a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
import contextlib
import glob
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from tests.functional import prepared
from tests.functional import terminals

Run = Callable[..., subprocess.CompletedProcess[str]]


def required(condition: bool, reason: str) -> None:
    """Skip a test that this machine cannot run, but fail it in CI."""
    if condition:
        return
    if os.environ.get('CI'):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def command() -> str:
    """The installed command of the Python that runs the tests."""
    path = pathlib.Path(sys.executable).with_name('nova-cow-check')
    assert path.exists(), 'install the project first: see CONTRIBUTING.rst'
    return str(path)


@pytest.fixture(scope='session')
def server() -> Iterator[prepared.Server]:
    """What starts the command with its modules loaded."""
    with contextlib.closing(
        prepared.Server(environment(pathlib.Path('/nonexistent')))
    ) as started:
        yield started


@pytest.fixture
def run(command: str, server: prepared.Server, tmp_path: pathlib.Path) -> Run:
    """Return a function that runs the command in an empty home."""
    home = tmp_path / 'home'
    home.mkdir()

    def run_command(
        *arguments: str, before: Sequence[str] = (), **more: str
    ) -> subprocess.CompletedProcess[str]:
        words = [*before, command, *arguments]
        own = environment(home, **more)
        if not before and server.can_start(own):
            return server.run(words, own)
        done = subprocess.run(
            words,
            env=own,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=prepared.PATIENCE,
        )
        # Not decoded by subprocess, which hides carriage returns.
        written = map(prepared.text, (done.stdout, done.stderr))
        return subprocess.CompletedProcess(words, done.returncode, *written)

    return run_command


@pytest.fixture
def show(command: str, tmp_path: pathlib.Path) -> terminals.Show:
    """Return a function that runs the command on a terminal."""

    def show_on_terminal(
        *arguments: str, columns: int = 80, **more: str
    ) -> tuple[int, str]:
        usual = {'TERM': 'xterm', 'NO_COLOR': ''}
        kept = environment(tmp_path, **{**usual, **more})
        return terminals.run([command, *arguments], kept, columns)

    return show_on_terminal


def environment(home: pathlib.Path, **more: str) -> dict[str, str]:
    """Return this environment without what the command could see of it."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(('LANGUAGE', 'OS_', 'PYTHON', 'SNAP', 'XDG_'))
    }
    return {**kept, 'HOME': str(home), 'LC_ALL': 'C.UTF-8', **more}


@pytest.fixture
def write(tmp_path: pathlib.Path) -> Callable[..., str]:
    """Return a function that writes a file and returns its path."""

    def write_file(content: str | bytes, name: str = 'nova.conf') -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            content = content.encode()
        path.write_bytes(content)
        return str(path)

    return write_file


def only_line(stream: str) -> str:
    """Return the one line of a stream, and fail if there are more."""
    lines: Sequence[str] = stream.splitlines()
    assert len(lines) == 1, stream
    return lines[0]


def reason(result: subprocess.CompletedProcess[str]) -> str:
    """Return why there is no verdict, and fail if there is one."""
    assert result.returncode == 255, result
    assert result.stdout == ''
    line = only_line(result.stderr)
    assert line.startswith('nova-cow-check: '), line
    assert line.isprintable(), line
    return line.partition(': ')[2]


def reason_of_last(result: subprocess.CompletedProcess[str]) -> str:
    """Return why there is no verdict, where more was said before."""
    assert (result.returncode, result.stdout) == (255, ''), result
    line = result.stderr.splitlines()[-1]
    assert line.startswith('nova-cow-check: ') and line.isprintable(), line
    return line.partition(': ')[2]


def rows(result: subprocess.CompletedProcess[str]) -> dict[str, list[str]]:
    """Return the lines of the printed table's cells, by name of check."""
    found: dict[str, list[str]] = {}
    cell: list[str] = []
    for line in result.stdout.splitlines():
        if line.startswith('+'):
            cell = []
            continue
        text = line[len('| ') : -len('|')].rstrip()
        if text.startswith('Check: '):
            found[text[len('Check: ') :]] = cell
        cell.append(text)
    return found


def without_privileges() -> tuple[str, ...]:
    """Return what to put before a command to take root's powers from it."""
    if os.geteuid() != 0:
        return ()
    required(shutil.which('setpriv') is not None, 'needs setpriv')
    return 'setpriv', '--bounding-set=-all', '--inh-caps=-all'


def no_own_configuration() -> None:
    """Skip a test on a machine that has a nova.conf where Nova looks."""
    required(not glob.glob('/etc/nova*'), 'Nova is configured in /etc')
