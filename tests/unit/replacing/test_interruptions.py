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

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import signal
import threading

import pytest

from nova_cow_check.replacing import interruptions


@contextlib.contextmanager
def handled(number: signal.Signals, handler: object) -> Iterator[None]:
    assert callable(handler) or isinstance(handler, signal.Handlers)
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)


@pytest.mark.parametrize(
    'number', [signal.SIGHUP, signal.SIGINT, signal.SIGTERM]
)
def test_a_signal_waits(number: signal.Signals) -> None:
    came = []
    with handled(number, lambda *_arguments: came.append(number)):
        with interruptions.held():
            interruptions.check()
            signal.raise_signal(number)
            assert came == []
            with pytest.raises(OSError, match='interrupted'):
                interruptions.check()
        assert came == [number]
    interruptions.check()


def test_a_signal_that_is_ignored_stays_so() -> None:
    with handled(signal.SIGHUP, signal.SIG_IGN), interruptions.held():
        signal.raise_signal(signal.SIGHUP)
        interruptions.check()


def test_what_was_held_before_is_held_after() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    try:
        with interruptions.held():
            pass
        held = signal.pthread_sigmask(signal.SIG_BLOCK, [])
        assert signal.SIGTERM in held and signal.SIGINT not in held
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def test_in_a_thread() -> None:
    entered = []

    def enter() -> None:
        with interruptions.held():
            entered.append(True)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert entered == [True]
