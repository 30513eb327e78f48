# SPDX-License-Identifier: Apache-2.0

"""Processes of a command that have its modules loaded when they start.

Most of what such a process costs is to load Python and modules, which is the
same each time. A server loads them once. For each command it forks a process,
which gets the words, environment, directory, and streams of its own, runs
what the installed command runs, and ends as that does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
import contextlib
import importlib
from importlib import metadata
import json
import os
import pkgutil
import socket
import subprocess
import sys
import tempfile
import time
from typing import IO

import nova_cow_check

_PREFIX = 'nova_cow_check.'

#: Eventlet has one of its own.
_waitpid = os.waitpid

COMMAND, STATUS = 'nova-cow-check', 'nova-cow-status'

#: Seconds until a command is given up.
PATIENCE = 600

#: What a command loads before any other module.
_FIRST = {STATUS: ('nova.cmd.status',)}

#: What Python, or a module when it is loaded, heeds of the environment.
_HEEDED_AT_START = ('LANG', 'LC_', 'NOVA_COW_CHECK_', 'PYTHON')


class Server:
    """Starts a command as often as it is asked, one at a time.

    :param environment: the one that Python starts in
    :param program: the command's name
    """

    def __init__(
        self, environment: Mapping[str, str], program: str = COMMAND
    ) -> None:
        self._environment = dict(environment)
        self._socket, theirs = socket.socketpair()
        self._socket.settimeout(PATIENCE)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno()), program],
                env=self._environment,
                pass_fds=[theirs.fileno()],
            )

    def can_start(self, environment: Mapping[str, str]) -> bool:
        """Return whether a Python started so would be like the server's."""
        return all(
            environment.get(name) == self._environment.get(name)
            for name in {*environment, *self._environment}
            if name.startswith(_HEEDED_AT_START)
        )

    def run(
        self, words: Sequence[str], environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run the command, with nothing on its standard input.

        :raises TimeoutError: if it does not end
        """
        with contextlib.ExitStack() as stack:
            request, out, err = (
                stack.enter_context(tempfile.TemporaryFile('ab+'))
                for _ in range(3)
            )
            asked = {
                'words': words,
                'environment': dict(environment),
                'directory': os.getcwd(),
            }
            request.write(json.dumps(asked).encode())
            request.flush()
            fds = [stream.fileno() for stream in (request, out, err)]
            socket.send_fds(self._socket, [b'.'], fds)
            code = json.loads(self._socket.recv(16))
            return subprocess.CompletedProcess(
                list(words), code, _written(out), _written(err)
            )

    def close(self) -> None:
        """End the server, and what it still runs."""
        self._socket.close()
        self._process.kill()
        self._process.wait()


def text(stream: bytes) -> str:
    """Decode a stream as it is, with its carriage returns."""
    return stream.decode('utf-8', errors='surrogateescape')


def _written(stream: IO[bytes]) -> str:
    stream.seek(0)
    return text(stream.read())


def _load(program: str) -> Callable[[], int]:
    """Load all modules, and return what an installed command runs."""
    for name in _FIRST.get(program, ()):
        importlib.import_module(name)
    for module in pkgutil.walk_packages(nova_cow_check.__path__, _PREFIX):
        if not module.name.endswith('__main__'):
            importlib.import_module(module.name)
    (found,) = (
        entry
        for entry in metadata.distribution(COMMAND).entry_points
        if (entry.group, entry.name) == ('console_scripts', program)
    )
    loaded: Callable[[], int] = found.load()
    return loaded


def _requests(connection: socket.socket) -> Iterator[list[int]]:
    while True:
        asked, fds, _, _ = socket.recv_fds(connection, 1, 3)
        if not asked:
            return
        yield fds


def _serve(connection: socket.socket) -> None:
    """Start processes until nobody asks; return in each of them.

    :raises SystemExit: in the server, at its end
    """
    for fds in _requests(connection):
        child = os.fork()
        if child == 0:
            connection.close()
            _become_command(*fds)
            return
        for fd in fds:
            os.close(fd)
        _, status = _waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        connection.sendall(json.dumps(code).encode())
    raise SystemExit


def _become_command(request: int, out: int, err: int) -> None:
    with open(request, 'rb') as stream:
        stream.seek(0)
        asked = json.load(stream)
    with open(os.devnull, 'rb') as nothing:
        os.dup2(nothing.fileno(), 0)
    for fd, standard in ((out, 1), (err, 2)):
        os.dup2(fd, standard)
        os.close(fd)
    os.chdir(asked['directory'])
    sys.argv = asked['words']
    os.environ.clear()
    os.environ.update(asked['environment'])
    time.tzset()


if __name__ == '__main__':
    # Where a script is started Python's path has the script's directory.
    sys.path[0] = os.path.dirname(sys.executable)
    # First, because eventlet has sockets of its own.
    with socket.socket(fileno=int(sys.argv[1])) as own:
        main = _load(sys.argv[2])
        _serve(own)
    sys.exit(main())
