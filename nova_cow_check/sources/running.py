# SPDX-License-Identifier: Apache-2.0

"""The configuration of a nova-compute process that is running here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
import os
from typing import NamedTuple, TypeVar

from oslo_config import cfg

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.sources import arguments
from nova_cow_check.sources import files
from nova_cow_check.sources import host
from nova_cow_check.sources import installed_nova
from nova_cow_check.sources import later_changes
from nova_cow_check.sources import owners
from nova_cow_check.sources import roots
from nova_cow_check.sources import search

_PROGRAM = 'nova-compute'
_PROC = '/proc'

#: Anybody can start a thousand.
_MOST_LISTED = 10
#: Read first, without being named, by the oslo.config of older RDO releases;
#: compute_driver is in it.
_VENDOR_FILE = '/usr/share/nova/nova-dist.conf'

_T = TypeVar('_T')


class Process(NamedTuple):
    """A running nova-compute."""

    pid: int
    #: What follows the program's name on its command line.
    words: tuple[str, ...]
    owner: owners.Owner

    @property
    def places(self) -> tuple[arguments.Place, ...]:
        """The configuration it was started with, in its order.

        :raises ConfigurationError: if its command line is cut off
        """
        try:
            return arguments.given(self.words)
        except errors.UsageError as error:
            raise errors.ConfigurationError(
                _('command line not understood: %s') % error,
                _path(self.pid, 'cmdline'),
            ) from None

    @property
    def title(self) -> str:
        """Its number and whose it is."""
        named = {'pid': self.pid, 'user': self.owner.name}
        return _('process %(pid)d of user %(user)s') % named

    def __str__(self) -> str:
        process = self.title
        if not self.owner.is_known:
            # Nothing that a stranger wrote is told, or can fail.
            return process
        places = ' '.join(f'{one.flag} {one.path}' for one in self.places)
        return f'{process} ({places})' if places else process


class Known(NamedTuple):
    """What is known of a process, beside the values that it goes by."""

    process: host_settings.Process
    #: '' if that cannot be told.
    nova_release: str


class Choice(NamedTuple):
    """The process that is meant, and those that were passed over."""

    process: Process
    #: Of users other than root and nova.
    strangers: tuple[Process, ...]


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
        if not _is_child(processes[pid], processes)
    ]


def _is_child(process: Process, others: Mapping[int, Process]) -> bool:
    """Return whether a process was forked by another one of its user."""
    parent = others.get(_parent(process.pid) or 0)
    return parent is not None and parent.owner == process.owner


def choose(pid: int | None) -> Choice:
    """Return the nova-compute with this process id, or the only one.

    One of another user than root, nova, or the one that runs this, is
    chosen by its id alone: anybody can start what is called so.

    :raises ConfigurationError: if there is none, or more than one to
        choose from; the message lists them
    """
    processes = find()
    strangers = tuple(p for p in processes if not p.owner.is_known)
    chosen = [p for p in processes if p.pid == pid]
    if pid is None:
        chosen = [p for p in processes if p.owner.is_known]
    if len(chosen) == 1:
        passed_over = strangers if pid is None else ()
        return Choice(chosen[0], passed_over)
    there = listed(processes)
    if not processes:
        reason = _('no nova-compute is running on this host')
    elif pid is None and not chosen:
        reason = _(
            'no nova-compute of root or nova is running on this host; '
            'one of another user is read only with its process id: %s'
        )
        reason %= there
    elif pid is None:
        reason = _('several nova-compute are running, choose one: %s') % there
    else:
        reason = _('process %(pid)d is not nova-compute; running: %(all)s')
        reason %= {'pid': pid, 'all': there}
    raise errors.ConfigurationError(reason)


def listed(processes: Sequence[Process]) -> str:
    """Return processes as a list in a sentence, of many the first ones."""
    shown = list(map(str, processes[:_MOST_LISTED]))
    if len(processes) > _MOST_LISTED:
        shown.append('...')
    return ', '.join(shown)


def load(process: Process) -> host_config.HostConfig:
    """Load what a running nova-compute has read, as it is now.

    :raises ConfigurationError: if anything cannot be read, or if there is
        more than was read: nova-compute does not start without a driver
    """
    around = surroundings(process)
    conf = host.configured(
        search.read(process.places, around), _why_alone(process)
    )
    if not _has_a_driver(conf):
        raise _read_in_part(process, conf.configuration, around.root)
    return conf


def known(
    process: Process,
    conf: host_config.HostConfig,
    around: search.Surroundings,
) -> Known:
    """Return what of it is not in effect yet, and which Nova it is.

    :param conf: what was loaded of it
    :param around: its surroundings
    :raises ConfigurationError: if it has ended
    """
    installed = None
    if process.owner.is_known:
        installed = installed_nova.find(process.pid, around)
    changed = _ask(
        lambda _stat: later_changes.of(
            process.pid,
            conf,
            around,
            process.owner.is_known,
            installed and installed.at,
        ),
        _path(process.pid, 'stat'),
    )
    return Known(changed, installed.release if installed else '')


def _has_a_driver(conf: host_config.HostConfig) -> bool:
    """Return whether compute_driver is set, be it to what is no value."""
    try:
        return bool(conf.compute_driver)
    except (cfg.Error, RecursionError, ValueError):
        return True


def _read_in_part(
    process: Process, found: host_config.Configuration, root: roots.Root
) -> errors.ConfigurationError:
    """Return the error for a nova-compute that has read more than this."""
    paths = [file.path for file in found.files]
    reason = _(
        '%(process)s is a nova-compute, which does not start without '
        '[DEFAULT]/compute_driver, but there is none in what was read '
        '(%(files)s): not all that this process reads was read. In place of '
        '--running, name all files with --config-file, in the order in '
        'which nova-compute reads them'
    )
    if _is_there(root, _VENDOR_FILE):
        reason = _(
            '%(process)s is a nova-compute, which does not start without '
            '[DEFAULT]/compute_driver, but there is none in what was read '
            '(%(files)s): not all that this process reads was read. Older '
            'RDO releases read %(vendor_file)s by themselves: name all '
            'files in place of --running: %(arguments)s'
        )
    vendor_file = root.shown_path(_VENDOR_FILE)
    return errors.ConfigurationError(
        reason
        % {
            'process': process.title,
            'files': ', '.join(paths),
            'vendor_file': vendor_file,
            'arguments': ' '.join(
                f'--config-file {path}' for path in (vendor_file, *paths)
            ),
        }
    )


def _is_there(root: roots.Root, path: str) -> bool:
    try:
        return root.find(path) is not None
    except OSError:
        return False


def _why_alone(process: Process) -> str:
    """Return why sources that its files name are not read, '' if they are.

    They can name files, and inside a container these are others; and
    nobody is to have root ask servers that only root may ask.
    """
    if not process.owner.is_known:
        return _(
            'they are not read for a process of a user other than root and '
            'nova'
        )
    root = _ask(os.stat, _path(process.pid, 'root'))
    if not os.path.samestat(root, os.stat('/')):
        return _('they are not read for a process in a container')
    return ''


def surroundings(process: Process) -> search.Surroundings:
    """Return the surroundings of a process.

    :raises ConfigurationError: if we may not look at them
    """
    pid = process.pid
    environment = _environment(pid)
    root = roots.Root(_path(pid, 'root'))
    # Listing it tells at once whether we are allowed to look.
    _ask(os.listdir, root.directory + '/')
    return search.Surroundings(
        root=root,
        environment=environment,
        home=environment.get('HOME') or _home(process, root),
        working_directory=_working_directory(pid),
    )


def _process(pid: int) -> Process | None:
    try:
        words = os.fsdecode(_read_bytes(_path(pid, 'cmdline'))).split('\0')
    except OSError:
        return None
    found = _arguments(words[:-1])
    if found is None or owners.is_set_user_id(pid):
        return None
    try:
        return Process(pid, tuple(found), owners.of(pid))
    except OSError:
        return None


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


def _home(process: Process, root: roots.Root) -> str:
    """Return the home directory that its own /etc/passwd gives it."""
    try:
        owner = str(owners.real_uid(process.pid))
        lines = os.fsdecode(root.read('/etc/passwd')).splitlines()
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
