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


"""Whenever a process that writes is killed, a file is the old or the new."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import os
import pathlib
import random
import signal
import time
from typing import TypeVar

import pytest

from nova_cow_check.cmd import main
from tests.functional import fixes
from tests.functional import forks
from tests.unit.replacing import states
from tests.unit.replacing import system_calls
from tests.unit.replacing import written

KILLS = 200

_T = TypeVar('_T')


@pytest.fixture
def directory(tmp_path: pathlib.Path) -> pathlib.Path:
    """A directory of old files, and nothing else."""
    written.make(tmp_path / 'etc')
    return tmp_path / 'etc'


def count_new(directory: pathlib.Path) -> int:
    new = [(directory / n).read_bytes() == written.NEW for n in written.FILES]
    return sum(new)


def kill_at(directory: pathlib.Path, at: int, number: signal.Signals) -> int:
    """Kill a process before one of its calls; return how it ended."""

    def kill(call: int, _name: str) -> None:
        if call == at:
            os.kill(os.getpid(), number)

    def run_killed() -> None:
        if number != signal.SIGKILL:
            # It may be ignored here, as under nohup(1).
            signal.signal(number, signal.SIG_DFL)
        system_calls.run(lambda: written.write(directory), kill)

    return forks.ended(forks.fork(run_killed))


def test_killed_before_any_call_a_file_is_old_or_new(
    directory: pathlib.Path,
) -> None:
    calls = system_calls.names(lambda: written.write(directory))
    seen = set()
    for at in range(len(calls)):
        before = written.make(directory)
        assert kill_at(directory, at, signal.SIGKILL) == -signal.SIGKILL
        written.assert_old_or_new(directory, before)
        seen.add(count_new(directory))
        # What is left behind the next one takes away.
        for name in written.FILES:
            (directory / name).write_bytes(written.OLD)
        written.write(directory)
        assert not [name for name in os.listdir(directory) if name[0] == '.']
    assert seen == {0, 1, 2, 3}


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGHUP])
def test_asked_to_end_at_any_call_it_leaves_all_or_nothing(
    number: signal.Signals, directory: pathlib.Path
) -> None:
    calls = system_calls.names(lambda: written.write(directory))
    seen = set()
    for at in range(len(calls)):
        before = written.make(directory)
        assert kill_at(directory, at, number) == -number
        new = count_new(directory)
        seen.add(new)
        if new:
            written.assert_new(directory, before)
        else:
            assert states.inside(directory) == before
    assert seen == {0, len(written.FILES)}


def test_killed_at_random_a_file_is_old_or_new(
    directory: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So large that their writing takes a while.
    monkeypatch.setattr(written, 'OLD', written.OLD * 20_000)
    monkeypatch.setattr(written, 'NEW', written.NEW * 20_000)
    seen = []
    for before in killed_at_random(
        lambda: written.make(directory), lambda: written.write(directory)
    ):
        written.assert_old_or_new(directory, before)
        seen.append(count_new(directory))
    assert len(seen) == KILLS
    assert {0, len(written.FILES)} <= set(seen)


def test_the_command_killed_at_random(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'nova.conf'
    backup = tmp_path / f'nova.conf{fixes.SUFFIX}'
    comments = '# A comment, as there are thousands.\n' * 5_000
    old = (fixes.SICK + comments).encode()
    new = (fixes.CURED + comments).encode()

    def make() -> None:
        backup.unlink(missing_ok=True)
        path.write_bytes(old)

    def fix() -> None:
        words = ['fix', '--config-file', str(path), '--write']
        assert main.main(words) == 0

    seen = []
    for _before in killed_at_random(make, fix):
        content = path.read_bytes()
        assert content in (old, new)
        if content == new:
            assert backup.read_bytes() == old
        seen.append(content == new)
    assert len(seen) == KILLS
    assert set(seen) == {False, True}


def killed_at_random(
    make: Callable[[], _T], function: Callable[[], object]
) -> Iterator[_T]:
    """Kill processes at random moments, evenly spread over their time.

    :param make: called before each; what it returns is yielded afterwards
    :param function: what the processes do
    """
    chance = random.Random(2038898)
    whole = max(_time(make, function) for _run in range(5))
    for kill in range(KILLS):
        before = make()
        reader, writer = os.pipe()
        child = forks.fork(function, writer)
        os.read(reader, 1)
        time.sleep(whole * (kill + chance.random()) / KILLS)
        os.kill(child, signal.SIGKILL)
        code = forks.ended(child)
        os.close(reader)
        os.close(writer)
        assert code in (0, -signal.SIGKILL)
        yield before


def _time(make: Callable[[], object], function: Callable[[], object]) -> float:
    """Return how long a process takes, in seconds."""
    make()
    started = time.monotonic()
    assert forks.ended(forks.fork(function)) == 0
    return time.monotonic() - started
