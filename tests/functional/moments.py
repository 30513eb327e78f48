# SPDX-License-Identifier: Apache-2.0

"""Processes that a signal reaches at a certain point of the program.

A moment is never a time: how fast a machine is does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
import contextlib
import os
import pathlib
import signal
import subprocess
import time
import traceback

from tests.functional import conftest
from tests.unit.replacing import system_calls

#: The exit code of a function that raises.
RAISED = 99

#: Seconds after which a test fails that would never end.
LONG = 600


def ended(function: Callable[[], object]) -> int:
    """Run a function in a process of its own, and tell how that ended.

    :returns: what the function returns if that is a number, 0 if not;
        RAISED if it raises; minus the signal that killed the process
    """
    pid = os.fork()
    if not pid:
        code = RAISED
        try:
            result = function()
            code = result if isinstance(result, int) else 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _pid, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def reached(
    number: signal.Signals, at: int, function: Callable[[], object]
) -> int:
    """Send a signal before one of the calls that a function makes.

    :param at: the number of the call of the system, from 0
    :returns: how the process ended that ran the function
    """

    def send(call: int, _name: str) -> None:
        if call == at:
            os.kill(os.getpid(), number)

    def run() -> object:
        heed(number)
        return system_calls.run(function, send)

    return ended(run)


def heed(number: signal.Signals) -> None:
    """Let a signal act that is ignored where tests run in the background."""
    if number == signal.SIGINT:
        signal.signal(number, signal.default_int_handler)
    elif number != signal.SIGKILL:
        signal.signal(number, signal.SIG_DFL)


@contextlib.contextmanager
def started(
    words: Sequence[str], home: pathlib.Path
) -> Iterator[subprocess.Popen[str]]:
    """Start a command as a shell does, and kill it at the end."""
    with subprocess.Popen(
        words,
        env=conftest.environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Python makes a handler only where it is not ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def interrupted(
    process: subprocess.Popen[str],
) -> tuple[int, str, str]:
    """Interrupt a command where it waits.

    Anywhere else, Python may note the signal just before it begins to wait,
    and act only when something ends the waiting.

    :returns: its exit code, and what it wrote to both streams
    """
    wait_for(lambda: _state(process.pid) == 'S')
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=LONG)
    return process.returncode, stdout, stderr


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _state(pid: int) -> str:
    """Return what a process does, as proc_pid_stat(5) has it."""
    state = pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2]
    # A zombie waits for nothing any more.
    assert state.split()[0] != 'Z'
    return state.split()[0]
