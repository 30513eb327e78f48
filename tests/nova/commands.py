# SPDX-License-Identifier: Apache-2.0

"""The commands that a Nova under test runs, which start sooner here."""

from __future__ import annotations

from collections.abc import Callable
import contextlib
import subprocess
from typing import Any
from unittest import mock

from oslo_concurrency import processutils


class _Command(subprocess.Popen[Any]):
    """A command for which nothing is called in its new process.

    oslo.concurrency has SIGPIPE set there to what it is by default, which
    subprocess does anyhow. But for a function to call, Python copies a
    process with all of Nova in it: that takes longer than most commands.
    """

    def __init__(
        self,
        *arguments: Any,
        preexec_fn: Callable[[], None] | None = None,
        **more: Any,
    ) -> None:
        # What Nova itself would have called there: nothing.
        assert preexec_fn is None or getattr(preexec_fn, 'args') == (None,)
        super().__init__(*arguments, **more)


def start_sooner() -> contextlib.AbstractContextManager[object]:
    """Let processutils start its commands without a copy of the process."""
    return mock.patch.object(processutils.subprocess, 'Popen', _Command)
