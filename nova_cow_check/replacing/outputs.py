# SPDX-License-Identifier: Apache-2.0

"""Where reports go: files that are written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
import contextlib
import os
import re
import stat

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.replacing import temporaries

#: Of a new file, but for the umask.
_MODE = 0o666

#: The file descriptors of paths that stand for one.
_DESCRIPTORS = {'-': 1, '/dev/stdout': 1, '/dev/stderr': 2}


def write(texts: Mapping[str, Iterable[str]]) -> None:
    """Write files, in UTF-8: each whole, and all of them or none.

    A file that is there keeps its mode and, if we may, its owner; a
    symbolic link stays one. Pipes, devices and descriptors cannot be
    replaced: they are written to.

    :param texts: the pieces of each file, by path
    :raises NoVerdict: if one cannot be written; then all are as before,
        unless it is the last step, the renaming, that fails
    """
    replaced = {path: _replaced(path) for path in texts}
    with contextlib.ExitStack() as stack:
        temporaries = {
            path: stack.enter_context(_beside(target, path, texts[path]))
            for path, target in replaced.items()
            if target is not None
        }
        for path, target in replaced.items():
            if target is None:
                _write_stream(path, texts[path])
        for path, temporary in temporaries.items():
            with _told(path):
                os.replace(temporary, str(replaced[path]))


def descriptor(path: str) -> int | None:
    """Return the descriptor of this process that a path stands for."""
    match = re.fullmatch(r'/(?:dev|proc/self)/fd/(\d+)', path)
    return int(match[1]) if match else _DESCRIPTORS.get(path)


def _replaced(path: str) -> str | None:
    """Return the file that is to be replaced, None if it is not one."""
    if descriptor(path) is not None:
        return None
    with _told(path):
        # Of the path itself: a process's links to its pipes lead nowhere.
        there = _status(path)
    if there is not None and not stat.S_ISREG(there.st_mode):
        return None
    return os.path.realpath(path)


@contextlib.contextmanager
def _beside(target: str, path: str, pieces: Iterable[str]) -> Iterator[str]:
    """Write a file beside the one that is meant, and remove what is left.

    :param path: what the user calls the target
    """
    folder, name = os.path.split(target)
    with contextlib.ExitStack() as stack:
        with _told(path):
            directory = _opened(folder)
            stack.callback(os.close, directory)
            temporaries.sweep(directory, name)
            made = temporaries.beside(directory, name, _MODE)
            temporary, descriptor = stack.enter_context(made)
            stream = open(descriptor, 'w', encoding='utf-8', closefd=False)
            with stream:
                _imitate(target, descriptor)
                stream.writelines(pieces)
            os.fsync(descriptor)
        yield os.path.join(folder, temporary)


def _opened(folder: str) -> int:
    """Open a directory, if need be for the names that are known alone."""
    flags = os.O_DIRECTORY | os.O_CLOEXEC
    try:
        return os.open(folder, os.O_RDONLY | flags)
    except PermissionError:
        return os.open(folder, os.O_PATH | flags)


def _imitate(path: str, descriptor: int) -> None:
    """Give an open file the owner and the mode of another, if it exists."""
    there = _status(path)
    if there is None:
        return
    with contextlib.suppress(PermissionError):
        os.fchown(descriptor, there.st_uid, there.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(there.st_mode))


def _write_stream(path: str, pieces: Iterable[str]) -> None:
    open_already = descriptor(path)
    with _told(path):
        # Opening the path of a descriptor would start at its beginning.
        place = path if open_already is None else os.dup(open_already)
        with open(place, 'w', encoding='utf-8') as stream:
            stream.writelines(pieces)


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def _told(path: str) -> Iterator[None]:
    """Name the file in an error, as its user did."""
    try:
        yield
    except OSError as error:
        raise errors.NoVerdict(
            _('cannot write the report: %(path)s: %(reason)s')
            % {'path': path, 'reason': error.strerror}
        ) from None
