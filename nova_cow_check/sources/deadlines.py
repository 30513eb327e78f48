# SPDX-License-Identifier: Apache-2.0

"""Work that is given up when it does not go on.

A file system of a server that is gone keeps whoever asks it waiting, and no
call takes a time limit. So it is asked by a thread, which is left behind.
The waits of NFS, CephFS and FUSE end when the process is killed, as it is
when it exits: the thread keeps nobody. A child in its place could be left
behind as well, but would have to be told all, to tell all, and would hold
the outputs of this process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
import threading
from typing import Generic, NamedTuple, TypeVar

from nova_cow_check._i18n import _
from nova_cow_check import errors

#: Seconds without any answer. Servers that are failed over take longer, and
#: can be asked again.
PATIENCE = 20.0

_T = TypeVar('_T')


class Work(NamedTuple, Generic[_T]):
    """What was done, and what ended it too soon."""

    results: Sequence[_T]
    #: None where all was done.
    error: errors.ConfigurationError | None


class _Worker(Generic[_T]):
    """A thread that works, and what it has come to so far."""

    def __init__(self, work: Callable[[], Iterator[_T]]) -> None:
        self._work = work
        self.results: list[_T] = []
        self.error: BaseException | None = None
        self.ended = threading.Event()
        # One that is no daemon would be waited for at the exit.
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            # Nobody is woken for each: that would cost more than the work.
            for result in self._work():
                self.results.append(result)
        except BaseException as raised:
            self.error = raised
        self.ended.set()


def within(seconds: float, work: Callable[[], Iterator[_T]]) -> Work[_T]:
    """Return what a function yields, which works in a thread of its own.

    Anything but a ConfigurationError that it raises is raised here.

    :param seconds: how long it may go without a result; within twice that
        time, it is left alone
    """
    worker = _Worker(work)
    done = -1
    while not worker.ended.wait(seconds):
        if len(worker.results) == done:
            reason = _('the file system did not answer for %d seconds')
            error = errors.ConfigurationError(reason % seconds)
            return Work(tuple(worker.results), error)
        done = len(worker.results)
    if isinstance(worker.error, errors.ConfigurationError):
        return Work(worker.results, worker.error)
    if worker.error:
        raise worker.error
    return Work(worker.results, None)
