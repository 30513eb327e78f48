# SPDX-License-Identifier: Apache-2.0

"""The commands that a Nova under test runs, which cost less here."""

from __future__ import annotations

from collections.abc import Callable, Hashable
import contextlib
import os
import subprocess
from typing import Any
from unittest import mock

from nova.privsep import qemu
from oslo_concurrency import processutils

from tests.nova import qemu_tools

#: What qemu-img has said of a disk.
_SAID: dict[Hashable, str] = {}
_QCOW2_CLUSTER = 64 * 1024
#: Where the header of a qcow2 file has the number of snapshots.
_QCOW2_SNAPSHOTS = slice(60, 64)


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


def ask_qemu_img_once() -> contextlib.AbstractContextManager[object]:
    """Let Nova hear again what qemu-img has said of a disk that is alike.

    Two thirds of the commands of a move are qemu-img info, of disks that no
    test makes for the first time.
    """
    ask = qemu.unprivileged_qemu_img_info

    def tell(path: str, format: str | None = None) -> str:
        seen = _seen_by_qemu_img(path, format)
        if seen is None:
            return str(ask(path, format=format))
        if seen not in _SAID:
            _SAID[seen] = ask(path, format=format)
        return _SAID[seen]

    return mock.patch.object(qemu, 'unprivileged_qemu_img_info', tell)


def _seen_by_qemu_img(path: str, format: str | None) -> Hashable | None:
    """Return all that `qemu-img info` heeds of a disk, None if it heeds more.

    Of a qcow2 file that is the first cluster, unless it has snapshots.
    """
    try:
        status = os.stat(path)
        with open(path, 'rb') as stream:
            start = stream.read(_QCOW2_CLUSTER)
    except OSError:
        return None
    is_plain = start.startswith(qemu_tools.QCOW2_MAGIC) and not any(
        start[_QCOW2_SNAPSHOTS]
    )
    if format == 'raw' or (format == 'qcow2' and is_plain):
        return path, format, status.st_size, status.st_blocks, start
    return None
