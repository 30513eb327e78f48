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


"""Functions run in processes of their own, which can be killed."""

from __future__ import annotations

from collections.abc import Callable
import os

from nova_cow_check.replacing import replacement


def fork(function: Callable[[], object], started: int | None = None) -> int:
    """Run a function in a process of its own; it exits with 1 if refused.

    :param started: a descriptor to write to just before
    """
    pid = os.fork()
    if pid:
        return pid
    code = 2
    try:
        if started is not None:
            os.write(started, b'.')
        function()
        code = 0
    except replacement.WriteError:
        code = 1
    finally:
        os._exit(code)


def ended(pid: int) -> int:
    """Return the exit code of a process, or minus its signal."""
    _pid, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return -os.WTERMSIG(status)
    return os.WEXITSTATUS(status)
