# SPDX-License-Identifier: Apache-2.0

"""What is opened while somebody watches: Python's own auditor tells."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import os
import pathlib
import re
import stat
import sys
from typing import Any

#: Which tells of file systems, and is nobody's file.
_OWN_MOUNTS = re.compile(r'/proc/(?:self|[0-9]+)/mountinfo')


class Opened:
    """What was opened while somebody watched."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        self.outside: list[str] = []

    def note(self, path: Any, flags: int) -> None:
        """Look at one event of the auditor."""
        name = os.fsdecode(path) if isinstance(path, (str, bytes)) else ''
        if name.startswith('/proc/self/fd/'):
            # It is open already, but only to look at.
            status = os.stat(name)
            if not stat.S_ISREG(status.st_mode):
                self.outside.append(os.readlink(name))
            name = os.readlink(name)
        if _OWN_MOUNTS.fullmatch(name):
            return
        if name.startswith('/'):
            if not name.startswith(str(self._folder)):
                self.outside.append(name)
        elif name != os.curdir and not flags & os.O_NOFOLLOW:
            self.outside.append(name)
        elif '/' in name:
            self.outside.append(name)


_WATCHERS: list[Opened] = []


def _audit(event: str, words: tuple[Any, ...]) -> None:
    if event == 'open' and _WATCHERS:
        # Only os.open gives no mode, and only that is used here.
        path, mode, flags = words
        for watcher in _WATCHERS:
            if mode is None:
                watcher.note(path, flags)


#: It cannot be taken away again.
sys.addaudithook(_audit)


@contextlib.contextmanager
def watched(folder: pathlib.Path) -> Iterator[Opened]:
    """Note what is opened that is not below a directory."""
    opened = Opened(folder)
    _WATCHERS.append(opened)
    try:
        yield opened
    finally:
        _WATCHERS.remove(opened)
