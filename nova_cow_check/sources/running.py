# SPDX-License-Identifier: Apache-2.0

"""The configuration of a nova-compute process that is running here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
import os
from typing import NamedTuple, TypeVar

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.settings import host_config
from nova_cow_check.sources import arguments
from nova_cow_check.sources import files
from nova_cow_check.sources import host
from nova_cow_check.sources import search

_PROGRAM = 'nova-compute'
_PROC = '/proc'

_T = TypeVar('_T')


class Process(NamedTuple):
    """A running nova-compute."""

    pid: int
    #: What follows the program's name on its command line.
    words: tuple[str, ...]

    @property
    def places(self) -> tuple[arguments.Place, ...]:
        """The configuration it was started with, in its order.

        :raises ConfigurationError: if its command line is cut off
        """
        parser = arguments.ArgumentsParser(add_help=False)
        arguments.add_arguments(parser)
        try:
            known, _others = parser.parse_known_args(self.words)
        except errors.UsageError as error:
            raise errors.ConfigurationError(
                _('command line not understood: %s') % error,
                _path(self.pid, 'cmdline'),
            ) from None
        return tuple(known.places)

    def __str__(self) -> str:
        process = _('process %d') % self.pid
        places = ' '.join(f'{one.flag} {one.path}' for one in self.places)
        return f'{process} ({places})' if places else process


def find() -> list[Process]:
    """Return the nova-compute processes of this host, by process id.

    Processes in containers are among them. A child that nova-compute
    forked is not.
    """
    processes = {
        int(name): process
        for name in _ask(os.listdir, _PROC)
        if name.isdecimal() and (process := _process(int(name)))
    }
    return [
        processes[pid]
        for pid in sorted(processes)
        if _parent(pid) not in processes
    ]


def choose(pid: int | None) -> Process:
    """Return the nova-compute with this process id, or the only one.

    :raises ConfigurationError: if there is none, or more than one to
        choose from; the message lists them
    """
    processes = find()
    chosen = [p for p in processes if pid is None or p.pid == pid]
    if len(chosen) == 1:
        return chosen[0]
    listed = ', '.join(map(str, processes))
    if not processes:
        reason = _('no nova-compute is running on this host')
    elif pid is None:
        reason = _('several nova-compute are running, choose one: %s') % listed
    else:
        reason = _('process %(pid)d is not nova-compute; running: %(all)s')
        reason %= {'pid': pid, 'all': listed}
    raise errors.ConfigurationError(reason)


def load(process: Process) -> host_config.HostConfig:
    """Load what a running nova-compute has read, as it is now.

    :raises ConfigurationError: if anything cannot be read
    """
    return host.configured(
        search.read(process.places, surroundings(process)),
        shares_root(process),
    )


def shares_root(process: Process) -> bool:
    """Return whether the process has the root directory that we have.

    A source can name files, and inside a container these are others.
    """
    root = _ask(os.stat, _path(process.pid, 'root'))
    return os.path.samestat(root, os.stat('/'))


def surroundings(process: Process) -> search.Surroundings:
    """Return the surroundings of a process.

    :raises ConfigurationError: if we may not look at them
    """
    pid = process.pid
    environment = _environment(pid)
    root = files.Root(_path(pid, 'root'))
    # Listing it tells at once whether we are allowed to look.
    _ask(os.listdir, root.directory + '/')
    return search.Surroundings(
        root=root,
        environment=environment,
        home=environment.get('HOME') or _home(pid, root),
        working_directory=_working_directory(pid),
    )


def _process(pid: int) -> Process | None:
    try:
        words = os.fsdecode(_read_bytes(_path(pid, 'cmdline'))).split('\0')
    except OSError:
        return None
    found = _arguments(words[:-1])
    return None if found is None else Process(pid, tuple(found))


def _arguments(words: Sequence[str]) -> Sequence[str] | None:
    """Return nova-compute's arguments, None for another program's words."""
    if not words:
        return None
    program = os.path.basename(words[0])
    if program == _PROGRAM:
        return words[1:]
    if not program.startswith('python'):
        return None
    for index, word in enumerate(words[1:], start=1):
        if word in ('-c', '-m'):
            return None
        if word in ('-W', '-X') or words[index - 1] in ('-W', '-X'):
            continue
        if not word.startswith('-'):
            is_nova_compute = os.path.basename(word) == _PROGRAM
            return words[index + 1 :] if is_nova_compute else None
    return None


def _parent(pid: int) -> int | None:
    try:
        # The name before it, in brackets, may hold spaces: proc(5).
        words = _read_bytes(_path(pid, 'stat')).rpartition(b')')[2].split()
        return int(words[1])
    except OSError:
        return None


def _environment(pid: int) -> dict[str, str]:
    """Return the environment that the process was started with."""
    path = _path(pid, 'environ')
    variables = _ask(_read_bytes, path).split(b'\0')
    pairs = (os.fsdecode(v).partition('=') for v in variables if b'=' in v)
    return {name: value for name, _equals, value in pairs}


def _home(pid: int, root: files.Root) -> str:
    """Return the home directory that its own /etc/passwd gives it."""
    owner = str(_ask(os.stat, _path(pid)).st_uid)
    try:
        host_path = root.host_path('/etc/passwd')
        lines = os.fsdecode(files.read_bytes(host_path, root)).splitlines()
    except OSError:
        return '/'
    users = (line.split(':') for line in lines)
    homes = [u[5] for u in users if len(u) == 7 and u[2] == owner]
    return homes[0] if homes else '/'


def _working_directory(pid: int) -> str:
    """Return the working directory as the process itself sees it."""
    # Behind chroot(2), both links tell the path from our root directory.
    root = _ask(os.readlink, _path(pid, 'root'))
    directory = _ask(os.readlink, _path(pid, 'cwd'))
    if os.path.commonpath((root, directory)) != root:
        return directory
    return os.path.join('/', os.path.relpath(directory, root))


def _read_bytes(path: str) -> bytes:
    with open(path, 'rb') as stream:
        return stream.read()


def _ask(call: Callable[[str], _T], path: str) -> _T:
    """Call with a path in /proc, or say why that cannot be done."""
    try:
        return call(path)
    except PermissionError:
        raise errors.ConfigurationError(
            _('permission denied; run as root or as the user of nova-compute'),
            path,
        ) from None
    except OSError as error:
        raise files.cannot_read(path, error) from None


def _path(pid: int, *names: str) -> str:
    return os.path.join(_PROC, str(pid), *names)
