#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

"""However the report on a fleet is ended, nothing of it stays behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
import contextlib
import os
import pathlib
import signal
import subprocess
import time

import pytest

from tests.functional import conftest

#: Seconds that nothing here takes, even on a machine that is busy.
LONG = 30

#: Hosts enough for two processes.
COUNT = 100


@pytest.fixture
def slow(tmp_path: pathlib.Path) -> pathlib.Path:
    """A fleet that takes minutes: its one file is long, and has no end."""
    whole = tmp_path / 'whole'
    whole.write_text('[DEFAULT]\n' + 'name = value\n  more\n' * 100_000 + '?')
    folder = tmp_path / 'fleet'
    folder.mkdir()
    for number in range(COUNT):
        (folder / f'{number}.conf').symlink_to(whole)
    return folder


@pytest.fixture
def start(
    command: str, tmp_path: pathlib.Path
) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Return a function that starts the command as a shell does."""
    with contextlib.ExitStack() as stack:

        def start_command(*arguments: str) -> subprocess.Popen[str]:
            process = stack.enter_context(
                subprocess.Popen(
                    [command, *arguments],
                    env=conftest.environment(tmp_path),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                    # A group of its own, as a terminal's.
                    start_new_session=True,
                    preexec_fn=_heed_signals,
                )
            )
            stack.callback(_kill_group, process.pid)
            return process

        yield start_command


def _heed_signals() -> None:
    # They are ignored where the tests run in the background.
    for name in (signal.SIGINT, signal.SIGHUP):
        signal.signal(name, signal.SIG_DFL)


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def two_cores() -> None:
    conftest.required(len(os.sched_getaffinity(0)) > 1, 'needs two cores')


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def children(pid: int) -> Sequence[int]:
    path = pathlib.Path(f'/proc/{pid}/task/{pid}/children')
    return [int(child) for child in path.read_text().split()]


def is_gone(group: int) -> bool:
    """Return whether nothing of a process group runs any more."""
    for path in pathlib.Path('/proc').glob('[0-9]*/stat'):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(')')[2].split()
            if int(fields[2]) == group and fields[0] != 'Z':
                return False
    return True


@pytest.mark.parametrize('whom', [os.kill, os.killpg])
def test_an_interruption_ends_it_at_once(
    whom: Callable[[int, int], None],
    start: Callable[..., subprocess.Popen[str]],
    slow: pathlib.Path,
    tmp_path: pathlib.Path,
) -> None:
    two_cores()
    output = tmp_path / 'reports' / 'report.json'
    output.parent.mkdir()
    process = start('report', str(slow), '--output', f'json:{output}')
    wait_for(lambda: len(children(process.pid)) > 1)
    whom(process.pid, signal.SIGINT)
    started = time.monotonic()
    shown = process.communicate(timeout=LONG)
    assert time.monotonic() - started < 5
    assert (process.returncode, *shown) == (
        255,
        '',
        'nova-cow-check: interrupted\n',
    )
    assert is_gone(process.pid)
    assert list(output.parent.iterdir()) == []


@pytest.mark.parametrize(
    'name', [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL]
)
def test_no_process_outlives_it(
    name: signal.Signals,
    start: Callable[..., subprocess.Popen[str]],
    slow: pathlib.Path,
) -> None:
    two_cores()
    process = start('report', str(slow))
    wait_for(lambda: len(children(process.pid)) > 1)
    os.kill(process.pid, name)
    assert process.wait(LONG) == -name
    wait_for(lambda: is_gone(process.pid))


def test_a_process_that_is_killed_is_told(
    start: Callable[..., subprocess.Popen[str]], slow: pathlib.Path
) -> None:
    two_cores()
    process = start('report', str(slow))
    wait_for(lambda: len(children(process.pid)) > 1)
    os.kill(children(process.pid)[0], signal.SIGKILL)
    stdout, stderr = process.communicate(timeout=LONG)
    assert (process.returncode, stdout) == (255, '')
    assert conftest.only_line(stderr) == (
        'nova-cow-check: a process that reads hosts was killed; was there no '
        'memory?'
    )
    assert is_gone(process.pid)


@pytest.mark.parametrize('whom', [os.kill, os.killpg])
def test_an_interruption_while_reports_are_written_leaves_none(
    whom: Callable[[int, int], None],
    start: Callable[..., subprocess.Popen[str]],
    tmp_path: pathlib.Path,
) -> None:
    folder = tmp_path / 'fleet'
    folder.mkdir()
    for number in range(COUNT):
        (folder / f'{number}.conf').write_text('[DEFAULT]\n')
    reports = tmp_path / 'reports'
    reports.mkdir()
    (reports / 'old.json').write_text('old')
    # Nobody reads it, so it is waited for.
    os.mkfifo(reports / 'pipe')
    process = start(
        'report',
        str(folder),
        f'--output=json:{reports}/old.json',
        f'--output=html:{reports}/new.html',
        f'--output=text:{reports}/pipe',
    )
    wait_for(lambda: len(list(reports.iterdir())) > 3)
    whom(process.pid, signal.SIGINT)
    assert process.communicate(timeout=LONG) == (
        '',
        'nova-cow-check: interrupted\n',
    )
    assert process.returncode == 255
    assert is_gone(process.pid)
    assert {path.name for path in reports.iterdir()} == {'old.json', 'pipe'}
    assert (reports / 'old.json').read_text() == 'old'
