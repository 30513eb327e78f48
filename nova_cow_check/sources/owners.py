# SPDX-License-Identifier: Apache-2.0

"""Whose a process is: root's and nova's are followed, others are not."""

from __future__ import annotations

from collections.abc import Sequence
import os
import pwd
import stat
from typing import NamedTuple

from nova_cow_check.sources import roots

_PROC = '/proc'

_ROOT = 0
_NOVA = 'nova'
_USERS = '/etc/passwd'


class Owner(NamedTuple):
    """The user whom a process belongs to."""

    uid: int
    #: The number, where no name is known.
    name: str
    #: Whether it is root, nova, or the user that runs this.
    is_known: bool


def of(pid: int) -> Owner:
    """Return whose a process is.

    Its user is the one that our user namespace shows: what a process is in
    one of its own, it has chosen itself.

    :raises OSError: if there is no such process
    """
    uids = _uids(pid)
    known = {_ROOT, os.geteuid(), *_nova_here()}
    strangers = [uid for uid in uids if uid not in known]
    if not strangers:
        return Owner(uids[0], _name(uids[0]), True)
    stranger = strangers[0]
    if set(uids) == {stranger} and _is_nova_inside(pid, stranger):
        return Owner(stranger, _NOVA, True)
    return Owner(stranger, _name(stranger), False)


def real_uid(pid: int) -> int:
    """Return the real user id of a process.

    :raises OSError: if there is no such process
    """
    return _uids(pid)[0]


def is_set_user_id(pid: int) -> bool:
    """Return whether anybody could have started its program as another user.

    What it was started with is then that user's, whoever owns it.
    """
    try:
        mode = os.stat(_path(pid, 'exe')).st_mode
    except OSError:
        # Nor may we look at what it reads.
        return False
    return bool(mode & stat.S_ISUID)


def _uids(pid: int) -> Sequence[int]:
    """Return the real, effective, saved and file system user ids.

    The directory of a process tells less: it is root's, where the process
    may not be looked into. Source: proc(5).
    """
    with open(_path(pid, 'status'), 'rb') as stream:
        for line in stream:
            if line.startswith(b'Uid:'):
                return tuple(map(int, line.split()[1:]))
    raise ProcessLookupError(_path(pid, 'status'))


def _nova_here() -> tuple[int, ...]:
    try:
        return (pwd.getpwnam(_NOVA).pw_uid,)
    except KeyError:
        return ()


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _is_nova_inside(pid: int, uid: int) -> bool:
    """Return whether a user is nova where the process runs.

    In a container with nova-compute, nova's number is the image's choice.
    That counts only where nobody but root can have made the choice: not in
    another user namespace, where anybody can mount, and not where another
    user owns the file or a folder above it.
    """
    try:
        here = os.stat(f'{_PROC}/self/ns/user')
        if not os.path.samestat(os.stat(_path(pid, 'ns', 'user')), here):
            return False
        root = roots.Root(_path(pid, 'root'))
        with root.looked_at(_USERS) as seen:
            is_roots = seen.place == root.directory + _USERS and all(
                _is_only_roots(os.fstat(one)) for one in seen.descriptors
            )
        lines = os.fsdecode(root.read(_USERS)).splitlines()
    except OSError:
        return False
    users = (line.split(':') for line in lines)
    uids = [user[2] for user in users if user[0] == _NOVA and len(user) == 7]
    return is_roots and uids == [str(uid)]


def _is_only_roots(status: os.stat_result) -> bool:
    return status.st_uid == _ROOT and not status.st_mode & stat.S_IWOTH


def _path(pid: int, *names: str) -> str:
    return os.path.join(_PROC, str(pid), *names)
