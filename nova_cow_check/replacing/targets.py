# SPDX-License-Identifier: Apache-2.0

"""The file that is to be replaced: found, locked and watched.

What replaces it gets all of its attributes.
"""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import errno
import fcntl
import os
import stat
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check.sources import roots

#: Signatures of one content in one file; the kernel refuses to open a file
#: with another's. Source: security/integrity of Linux, Documentation/ABI/
#: testing/ima_policy and evm.
_SIGNATURES = ('security.ima', 'security.evm')


class Attributes(NamedTuple):
    """Who may do what with a file, and what it is labelled with."""

    mode: int
    owner: int
    group: int
    #: Among them access control lists and the label of SELinux, xattr(7).
    extended: dict[str, bytes]


class Target(NamedTuple):
    """A file that is open for replacing.

    Everything is done from the descriptor of its directory: the same one,
    even if a path leads elsewhere meanwhile, or a container ends.
    """

    #: How the operator knows it.
    path: str
    #: Where the file itself is, behind all symbolic links.
    place: str
    #: Its name in its directory, and descriptors of both.
    name: str
    directory: int
    descriptor: int
    content: bytes
    attributes: Attributes
    status: os.stat_result


@contextlib.contextmanager
def opened(
    path: str, root: roots.Root, path_inside: str, content: bytes
) -> Iterator[Target]:
    """Open and lock a file.

    :param path: how the operator knows it
    :param root: the root in which it is looked up
    :param path_inside: its path there
    :param content: what it held when it was read
    :raises OSError: if it may not be written, cannot be replaced without a
        loss, or holds something else by now
    """
    with contextlib.ExitStack() as stack:
        directory, name, place = stack.enter_context(root.parent(path_inside))
        descriptor = _open(name, directory)
        stack.callback(_close, descriptor)
        status = os.fstat(descriptor)
        target = Target(
            path=path,
            place=path if roots.is_at(path, status) else place,
            name=name,
            directory=directory,
            descriptor=descriptor,
            content=content,
            attributes=read_attributes(descriptor),
            status=status,
        )
        check(target)
        yield target


def check(target: Target) -> None:
    """Fail if the file is not what it was.

    A change between this and a renaming that follows is lost, and so is
    what a program writes later to a file that it has open. The kernel has
    no way to rename only if nothing has changed; what is left is some
    microseconds, for programs that do not ask for the lock.

    :raises OSError: if it is not
    """
    os.lseek(target.descriptor, 0, os.SEEK_SET)
    with open(target.descriptor, 'rb', closefd=False) as stream:
        content = stream.read(len(target.content) + 1)
    # A time of change would tell, too, but for coarse clocks.
    given = read_attributes(target.descriptor)
    # Last: others replace the file more often than they write into it.
    now = _status(target, target.name)
    if (
        content != target.content
        or given != target.attributes
        or _identity(now) != _identity(target.status)
        or now.st_nlink != 1
    ):
        raise OSError(
            errno.ESTALE,
            _('it has been changed since it was read; start again'),
        )


def replace(target: Target, name: str) -> None:
    """Rename another file of its directory to its name.

    :raises OSError: if that fails
    """
    directory = target.directory
    try:
        os.rename(
            name, target.name, src_dir_fd=directory, dst_dir_fd=directory
        )
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        raise OSError(
            errno.EBUSY,
            _('it is mounted there by itself: edit the file it comes from'),
        ) from None


def identity(target: Target, name: str) -> tuple[int, ...]:
    """Return what tells a file of its directory from any other.

    Renaming the file does not change it, writing to it does.

    :raises OSError: if there is none
    """
    return _identity(_status(target, name))


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _status(target: Target, name: str) -> os.stat_result:
    return os.stat(name, dir_fd=target.directory, follow_symlinks=False)


def _open(name: str, directory: int) -> int:
    """Open and lock a file, for writing: the kernel says whether we may.

    :returns: its descriptor
    :raises OSError: if we may not, or if it must not be replaced
    """
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(name, flags, dir_fd=directory)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, _('not a regular file'))
        if status.st_nlink > 1:
            reason = _(
                'it has %d names (hard links): replacing it would part them'
            )
            raise OSError(errno.EMLINK, reason % status.st_nlink)
        _lock(descriptor)
    except OSError:
        _close(descriptor)
        raise
    return descriptor


def _close(descriptor: int) -> None:
    # Nothing was written with it.
    with contextlib.suppress(OSError):
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Keep others away who ask: another process of ours, and crudini.

    The lock is gone when any descriptor of the file is closed, fcntl(2).
    Source: crudini.py, class LockedFile.
    """
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        raise OSError(
            errno.EBUSY, _('another program is just changing it')
        ) from None


def read_attributes(descriptor: int) -> Attributes:
    """Return the attributes of an open file.

    :raises OSError: if they cannot be read, or hold for this file alone
    """
    status = os.fstat(descriptor)
    extended = _extended(descriptor)
    for name in _SIGNATURES:
        if name in extended:
            raise OSError(
                errno.EPERM,
                _('it is signed (%s): edit and sign it by hand') % name,
            )
    mode = stat.S_IMODE(status.st_mode)
    return Attributes(mode, status.st_uid, status.st_gid, extended)


def give_attributes(descriptor: int, wanted: Attributes) -> None:
    """Give an open file all attributes of another.

    It must be readable for its owner alone until then: it never becomes
    more readable than `wanted`.

    :raises OSError: if one of them cannot be given
    """
    status = os.fstat(descriptor)
    if (status.st_uid, status.st_gid) != (wanted.owner, wanted.group):
        with _told(_('its owner and group cannot be kept: %(reason)s')):
            os.fchown(descriptor, wanted.owner, wanted.group)
    _give_extended(descriptor, wanted.extended)
    with _told(_('its mode cannot be kept: %(reason)s')):
        # The last: it would open what a list inherited from the directory
        # grants, and changing the owner clears some of its bits.
        os.fchmod(descriptor, wanted.mode)
    if read_attributes(descriptor) != wanted:
        raise OSError(
            errno.ENOTSUP,
            _('the file system does not keep its owner, mode and attributes'),
        )


def _give_extended(descriptor: int, wanted: dict[str, bytes]) -> None:
    told = _('its %(attribute)s cannot be kept: %(reason)s')
    there = _extended(descriptor)
    for name in there.keys() - wanted.keys():
        with _told(told, attribute=name):
            os.removexattr(descriptor, name)
    for name, value in wanted.items():
        # Not even root may set each of them to what it is.
        if there.get(name) != value:
            with _told(told, attribute=name):
                os.setxattr(descriptor, name, value)


def _extended(descriptor: int) -> dict[str, bytes]:
    try:
        names = os.listxattr(descriptor)
    except OSError as error:
        if error.errno == errno.ENOTSUP:
            return {}
        raise
    return {name: os.getxattr(descriptor, name) for name in names}


@contextlib.contextmanager
def _told(sentence: str, **words: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        words['reason'] = str(error.strerror)
        raise OSError(error.errno, sentence % words) from None
