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

"""Hosts are read by other processes, which leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import multiprocessing
import os
import pathlib
import signal
import time

import pytest

from nova_cow_check import errors
from nova_cow_check import report
from nova_cow_check import settings
from nova_cow_check.sources import collected
from nova_cow_check.sources import collection
from nova_cow_check.sources import workers
from tests.unit import hosts

KINDS = ('qcow2', 'raw', 'rbd')

#: Enough for three processes, the last one's share not a whole one.
COUNT = 325


@pytest.fixture
def fleet(tmp_path: pathlib.Path) -> tuple[collection.Host, ...]:
    """Hosts of some kinds in turn."""
    for number in range(COUNT):
        kind = KINDS[number % len(KINDS)]
        path = tmp_path / f'{number:03}.conf'
        path.write_text(hosts.nova_conf(images_type=kind))
    return collection.find([str(tmp_path)]).hosts


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    yield
    assert multiprocessing.active_children() == []
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, ())


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes wait when each has read its first hosts."""
    real = collected.read

    def read(source: report.Source) -> collected.Collected:
        if int(pathlib.Path(source.path).stem) >= 3 * 50:
            time.sleep(60)
        return real(source)

    monkeypatch.setattr(collected, 'read', read)


def images_type(found: collected.Collected) -> object:
    assert isinstance(found.known, settings.ImageSettings)
    return found.known.images_type.value


@pytest.mark.parametrize('cores', [None, 1, 2, 3, 64])
def test_all_are_read_in_their_order(
    cores: int | None, fleet: tuple[collection.Host, ...]
) -> None:
    read = list(workers.read(fleet, cores))
    expected = [KINDS[number % len(KINDS)] for number in range(COUNT)]
    assert list(map(images_type, read)) == expected
    # Those that are alike take the memory of one, whoever has read them.
    assert len(set(map(id, read))) == len(KINDS)


@pytest.mark.usefixtures('endless')
def test_as_many_processes_read_as_there_are_cores(
    fleet: tuple[collection.Host, ...],
) -> None:
    with contextlib.closing(workers.read(fleet, 3)) as read:
        next(read)
        assert len(multiprocessing.active_children()) == 3
    with contextlib.closing(workers.read(fleet, 1)) as read:
        next(read)
        assert multiprocessing.active_children() == []
    # Not worth another process.
    with contextlib.closing(workers.read(fleet[:50], 3)) as read:
        next(read)
        assert multiprocessing.active_children() == []


def test_the_cores_are_those_that_may_be_used(
    fleet: tuple[collection.Host, ...],
) -> None:
    allowed = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, [min(allowed)])
        with contextlib.closing(workers.read(fleet)) as read:
            next(read)
            assert multiprocessing.active_children() == []
    finally:
        os.sched_setaffinity(0, allowed)


@pytest.mark.usefixtures('endless')
def test_who_stops_reading_stops_all(
    fleet: tuple[collection.Host, ...],
) -> None:
    descriptors = os.listdir('/proc/self/fd')
    read = workers.read(fleet, 3)
    next(read)
    assert len(multiprocessing.active_children()) == 3
    read.close()
    assert multiprocessing.active_children() == []
    assert os.listdir('/proc/self/fd') == descriptors


def test_a_process_that_is_killed_is_told(
    fleet: tuple[collection.Host, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = collected.read

    def killed(source: report.Source) -> collected.Collected:
        if source.path.endswith('300.conf'):
            os.kill(os.getpid(), signal.SIGKILL)
        return real(source)

    monkeypatch.setattr(collected, 'read', killed)
    with pytest.raises(errors.NoVerdict, match='was killed'):
        list(workers.read(fleet, 3))


def test_a_fault_of_our_own_is_met_where_it_can_be_told(
    fleet: tuple[collection.Host, ...],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    real = collected.read

    def faulty(source: report.Source) -> collected.Collected:
        if source.path.endswith('300.conf'):
            raise LookupError('S3cr3t')
        return real(source)

    monkeypatch.setattr(collected, 'read', faulty)
    with pytest.raises(LookupError) as caught:
        list(workers.read(fleet, 3))
    # With a traceback that --debug can show.
    assert caught.traceback[-1].name == 'faulty'
    assert capfd.readouterr() == ('', '')


def test_an_interruption_ends_only_this_process(
    fleet: tuple[collection.Host, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = collected.read

    def slow(source: report.Source) -> collected.Collected:
        if source.path.endswith('00.conf'):
            time.sleep(0.2)
        return real(source)

    monkeypatch.setattr(collected, 'read', slow)
    with contextlib.closing(workers.read(fleet, 3)) as read:
        next(read)
        for child in multiprocessing.active_children():
            os.kill(child.pid, signal.SIGINT)
        assert len(list(read)) == COUNT - 1


def test_a_process_that_cannot_be_started_is_told(
    fleet: tuple[collection.Host, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fork
    left = [True]

    def fork() -> int:
        if left.pop():
            left[:] = [False]
            return real()
        raise BlockingIOError(11, os.strerror(11))

    monkeypatch.setattr(os, 'fork', fork)
    with pytest.raises(errors.NoVerdict, match='cannot start a process'):
        list(workers.read(fleet, 3))


@pytest.mark.usefixtures('endless')
def test_processes_end_with_the_one_that_started_them(
    fleet: tuple[collection.Host, ...],
) -> None:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        read = workers.read(fleet, 3)
        next(read)
        children = multiprocessing.active_children()
        os.write(writing, ' '.join(str(c.pid) for c in children).encode())
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(writing)
    with open(reading, 'rb') as stream:
        pids = stream.read().split()
    assert len(pids) == 3
    deadline = time.monotonic() + 10
    while any(map(is_running, map(int, pids))):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    try:
        fields = pathlib.Path(f'/proc/{pid}/stat').read_text()
    except OSError:
        return False
    return fields.rpartition(')')[2].split()[0] != 'Z'


def test_a_host_that_is_there_more_than_once_is_not_read() -> None:
    sources = tuple(
        report.Source(report.SourceKind.FILE, path)
        for path in ('old/a.conf', 'new/\x1b\udcff/a.conf')
    )
    (found,) = workers.read([collection.Host('a', sources)])
    assert found.known == settings.Unreadable(
        'the host is there more than once: old/a.conf, new/\\x1b\\xff/a.conf'
    )
