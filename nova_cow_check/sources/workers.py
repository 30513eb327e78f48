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

"""Many hosts, read on all cores."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
import contextlib
import ctypes
import itertools
import multiprocessing
from multiprocessing import connection
from multiprocessing import context
import os
import signal
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check import settings
from nova_cow_check.sources import collected
from nova_cow_check.sources import collection
from nova_cow_check import text

#: Hosts that a process reads before it passes on what it knows.
_CHUNK = 50

#: prctl(2): the signal that a process gets when its parent ends.
_PR_SET_PDEATHSIG = 1

_Chunk = Sequence[collection.Host]


class _Read(NamedTuple):
    """What is known of some hosts; what is equal is there once."""

    distinct: list[collected.Collected]
    #: Which of them it is, for each of the hosts.
    indexes: list[int]


def read(
    hosts: Sequence[collection.Host], cores: int | None = None
) -> Generator[collected.Collected, None, None]:
    """Yield what is known of each host, in their order.

    What is equal is one object: hosts that are alike take the memory of
    one. Close the generator to end the processes that read.

    :param cores: how many processes read; without it, one for each core
        that this process may use
    :raises NoVerdict: if a process that reads is killed
    """
    chunks = [
        hosts[start : start + _CHUNK] for start in range(0, len(hosts), _CHUNK)
    ]
    same: dict[collected.Collected, collected.Collected] = {}
    for distinct, indexes in _read_all(chunks, cores or _cores()):
        shared = [same.setdefault(known, known) for known in distinct]
        for index in indexes:
            yield shared[index]


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _read_all(chunks: Sequence[_Chunk], cores: int) -> Iterator[_Read]:
    processes = min(cores, len(chunks))
    if processes < 2:
        yield from map(_read, chunks)
        return
    with contextlib.ExitStack() as stack:
        # Each process has its turn: the chunks come in their order, and no
        # process is further ahead than a pipe is deep.
        turns = itertools.cycle(
            [
                stack.enter_context(_started(chunks[first::processes]))
                for first in range(processes)
            ]
        )
        for chunk, results in zip(chunks, turns):
            # Where one fails, it fails here, too, and is told.
            yield _received(results) or _read(chunk)


@contextlib.contextmanager
def _started(chunks: Sequence[_Chunk]) -> Iterator[connection.Connection]:
    """Start a process, and give what its results come from."""
    # All that it needs is loaded already.
    fork = multiprocessing.get_context('fork')
    results, sender = fork.Pipe(duplex=False)
    process = fork.Process(
        target=_work, args=(chunks, results, sender, os.getpid()), daemon=True
    )
    with results:
        try:
            with sender, _interrupted_later():
                _start(process)
            yield results
        finally:
            if process.pid is not None:
                process.kill()
                process.join()
                process.close()


def _start(process: context.ForkProcess) -> None:
    try:
        process.start()
    except OSError as error:
        raise errors.NoVerdict(
            _('cannot start a process that reads hosts: %s') % error.strerror
        ) from None


@contextlib.contextmanager
def _interrupted_later() -> Iterator[None]:
    """Let an interruption wait, here and in processes that are started."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _received(results: connection.Connection) -> _Read | None:
    try:
        received: _Read | None = results.recv()
    except (EOFError, OSError):
        raise errors.NoVerdict(
            _('a process that reads hosts was killed; was there no memory?')
        ) from None
    return received


def _work(
    chunks: Iterable[_Chunk],
    results: connection.Connection,
    sender: connection.Connection,
    parent: int,
) -> None:
    """Read hosts for the parent, and end with it.

    It is interrupted by it, too: a terminal would interrupt both.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        return
    results.close()
    with contextlib.suppress(BrokenPipeError):
        for chunk in chunks:
            sender.send(_read_or_none(chunk))


def _read_or_none(chunk: _Chunk) -> _Read | None:
    try:
        return _read(chunk)
    except Exception:
        # Told by the parent, which meets it as well.
        return None


def _read(hosts: _Chunk) -> _Read:
    distinct: dict[collected.Collected, int] = {}
    indexes = [
        distinct.setdefault(_read_host(host), len(distinct)) for host in hosts
    ]
    return _Read(list(distinct), indexes)


def _read_host(host: collection.Host) -> collected.Collected:
    if len(host.sources) == 1:
        return collected.read(host.sources[0])
    reason = _('the host is there more than once: %s') % ', '.join(
        text.printable(source.path) for source in host.sources
    )
    return collected.Collected(settings.Unreadable(reason))
