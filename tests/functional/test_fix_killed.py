# SPDX-License-Identifier: Apache-2.0

"""Whenever a process that writes is killed, a file is the old or the new."""

from __future__ import annotations

import ctypes
import os
import pathlib
import resource
import signal

import pytest

from nova_cow_check.cmd import main
from tests.functional import fixes
from tests.functional import moments
from tests.unit.replacing import states
from tests.unit.replacing import system_calls
from tests.unit.replacing import written

_PR_SET_DUMPABLE = 4


@pytest.fixture
def directory(tmp_path: pathlib.Path) -> pathlib.Path:
    """A directory of old files, and nothing else."""
    written.make(tmp_path / 'etc')
    return tmp_path / 'etc'


def count_new(directory: pathlib.Path) -> int:
    new = [(directory / n).read_bytes() == written.NEW for n in written.FILES]
    return sum(new)


def reached(directory: pathlib.Path, at: int, number: signal.Signals) -> int:
    """Send a signal before a call of the writing; tell how it ended."""
    return moments.reached(number, at, lambda: written.write(directory))


def test_killed_before_any_call_a_file_is_old_or_new(
    directory: pathlib.Path,
) -> None:
    calls = system_calls.names(lambda: written.write(directory))
    seen = set()
    for at in range(len(calls)):
        before = written.make(directory)
        assert reached(directory, at, signal.SIGKILL) == -signal.SIGKILL
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
        assert reached(directory, at, number) == -number
        new = count_new(directory)
        seen.add(new)
        if new:
            written.assert_new(directory, before)
        else:
            assert states.inside(directory) == before
    assert seen == {0, len(written.FILES)}


def test_killed_within_a_call_that_writes_a_file_is_the_old_one(
    directory: pathlib.Path,
) -> None:
    """The kernel kills at the first byte that is more than allowed."""

    def write_less() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        # It would leave a core.
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        written.write(directory)

    # The backup is the longer one, and is written last.
    assert len(written.OLD) > len(written.NEW)
    for size in range(len(written.OLD)):
        before = written.make(directory)
        assert moments.ended(write_less) == -signal.SIGXFSZ
        assert not written.assert_old_or_new(directory, before)
        assert count_new(directory) == 0
        after = states.inside(directory)
        assert size in [
            len(after[name].content) for name in after.keys() - before.keys()
        ]


def test_the_command_killed_before_any_call(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'nova.conf'
    backup = tmp_path / f'nova.conf{fixes.SUFFIX}'

    def make() -> None:
        for left in tmp_path.iterdir():
            left.unlink()
        path.write_text(fixes.SICK)

    def fix() -> int:
        return main.main(['fix', '--config-file', str(path), '--write'])

    make()
    # What is imported is not imported again.
    assert fix() == 0
    make()
    calls = system_calls.names(fix)
    seen = []
    for at in range(len(calls)):
        make()
        assert moments.reached(signal.SIGKILL, at, fix) == -signal.SIGKILL
        content = path.read_text()
        assert content in (fixes.SICK, fixes.CURED)
        if content == fixes.CURED:
            assert backup.read_text() == fixes.SICK
        seen.append(content == fixes.CURED)
    assert set(seen) == {False, True}
    assert seen == sorted(seen)
