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

from collections.abc import Callable, Iterator
import queue
import threading
from typing import Generic, TypeVar

from nova_cow_check._i18n import _
from nova_cow_check import errors

#: Seconds without any answer. Servers that are failed over take longer, and
#: can be asked again.
PATIENCE = 20.0

_T = TypeVar('_T')


class _Raised:
    """What ended the work."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class _Worker(Generic[_T]):
    """A thread that works, and what it has come to so far."""

    def __init__(self, work: Callable[[], Iterator[_T]]) -> None:
        self._work = work
        self.results: queue.SimpleQueue[_T | _Raised] = queue.SimpleQueue()
        # One that is no daemon would be waited for at the exit.
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            for result in self._work():
                self.results.put(result)
        except BaseException as raised:
            error = raised
        self.results.put(_Raised(error))


def within(seconds: float, work: Callable[[], Iterator[_T]]) -> Iterator[_T]:
    """Yield what a function yields, which works in a thread of its own.

    What it raises is raised here.

    :param seconds: how long to wait for each of its results
    :raises ConfigurationError: if it takes longer; it is left alone
    """
    worker = _Worker(work)
    while True:
        try:
            result = worker.results.get(timeout=seconds)
        except queue.Empty:
            reason = _('the file system did not answer for %d seconds')
            raise errors.ConfigurationError(reason % seconds) from None
        if not isinstance(result, _Raised):
            yield result
        elif result.error:
            raise result.error
        else:
            return
