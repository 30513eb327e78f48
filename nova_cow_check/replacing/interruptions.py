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

"""Signals that ask the process to end, held back while files change."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import errno
import signal

from nova_cow_check._i18n import _

_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Hold the signals back; what has arrived acts at the end.

    SIGKILL cannot be held back.
    """
    # One that is ignored, as nohup(1) does, would be kept when blocked.
    acting = {
        number
        for number in _SIGNALS
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    before = signal.pthread_sigmask(signal.SIG_BLOCK, acting)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def check() -> None:
    """Fail if a signal is being held back.

    :raises OSError: if so
    """
    if signal.sigpending().intersection(_SIGNALS):
        raise OSError(errno.EINTR, _('interrupted'))
