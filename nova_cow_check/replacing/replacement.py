# SPDX-License-Identifier: Apache-2.0

"""Files replaced safely: all of them or none, each with a backup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import contextlib
import errno
import os
import signal
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.replacing import targets
from nova_cow_check.replacing import temporaries
from nova_cow_check.sources import roots

#: What is appended to the name of a file to name its backup.
DEFAULT_SUFFIX = '.nova-cow-check-backup'

_CONFIGURATION = '.conf'

#: They ask the process to end.
_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


class NewContent(NamedTuple):
    """What a file is to hold."""

    #: How the operator knows the file.
    path: str
    #: The root in which it is looked up, and its path there; symbolic links
    #: are followed.
    root: roots.Root
    path_inside: str
    #: What was read and judged.
    before: bytes
    after: bytes


class Backup(NamedTuple):
    """A copy of a file, with all its attributes."""

    target: targets.Target
    #: In the directory of the file.
    name: str

    @property
    def path(self) -> str:
        """Where it is, under the name the operator has for the file."""
        directory = os.path.dirname(self.target.place)
        return os.path.join(directory, self.name)

    def put_back(self) -> None:
        """Replace the file by its backup, which is then no more.

        :raises OSError: if that fails
        """
        targets.replace(self.target, self.name)
        # It is back, even if we cannot know that it is on disk.
        with contextlib.suppress(OSError):
            os.fsync(self.target.directory)

    def remove(self) -> bool:
        """Remove it; return whether it is gone."""
        try:
            os.unlink(self.name, dir_fd=self.target.directory)
        except OSError as error:
            return error.errno == errno.ENOENT
        return True


class WriteError(errors.NoVerdict):
    """Files cannot be written; unless the message says it, none has been.

    :param path: the file concerned, as the operator knows it
    :param stuck: the backups of files that stay replaced all the same
    """

    def __init__(
        self, path: str, reason: str, stuck: Sequence[Backup] = ()
    ) -> None:
        self.path = path
        self.reason = reason
        replaced = _('%(path)s is replaced: what it held is in %(backup)s')
        outcome = '; '.join(
            replaced % {'path': backup.target.path, 'backup': backup.path}
            for backup in stuck
        )
        message = _('%(path)s: cannot be written: %(reason)s; %(outcome)s')
        if not stuck:
            message = _(
                '%(path)s: cannot be written: %(reason)s; nothing has been '
                'changed'
            )
        super().__init__(
            message % {'path': path, 'reason': reason, 'outcome': outcome}
        )


class _Change(NamedTuple):
    """A file, and the one beside it that is to replace it."""

    target: targets.Target
    temporary: str
    #: What tells the new one from any other.
    identity: tuple[int, ...]


def write(
    replacements: Sequence[NewContent], backup_suffix: str | None
) -> list[str]:
    """Replace files: each at once, and all of them or none.

    Mode, owner, group and extended attributes stay. A process that is
    killed leaves each file old or new, and a backup of each that is new. A
    signal that asks to end acts when the files are as they were, or all
    are new.

    :param replacements: no file twice
    :param backup_suffix: what is appended to the name of a file to name its
        backup, and then a number if that is taken; None for no backups
    :returns: the paths of the backups
    :raises UsageError: if there can be no backups with that suffix
    :raises WriteError: if a file cannot be written, or not without a loss
    """
    if backup_suffix is not None:
        check_suffix(backup_suffix)
    with signals_held(), contextlib.ExitStack() as stack:
        opened = _open(replacements, stack)
        changes = [
            _write(target, replacement.after, stack)
            for target, replacement in zip(opened, replacements)
        ]
        made = _replace(changes, backup_suffix or DEFAULT_SUFFIX)
        if backup_suffix is None:
            made = [backup for backup in made if not backup.remove()]
        return [backup.path for backup in made]


def _open(
    replacements: Sequence[NewContent], stack: contextlib.ExitStack
) -> list[targets.Target]:
    opened: list[targets.Target] = []
    for path, root, path_inside, before, _after in replacements:
        with _told(path):
            manager = targets.opened(path, root, path_inside, before)
            target = stack.enter_context(manager)
            for other in opened:
                if os.path.samestat(target.status, other.status):
                    raise OSError(
                        errno.EEXIST,
                        _('it is also named %s: name it once') % other.path,
                    )
        opened.append(target)
    return opened


def _write(
    target: targets.Target, content: bytes, stack: contextlib.ExitStack
) -> _Change:
    with _told(target.path):
        temporaries.sweep(target.directory, target.name)
        name = stack.enter_context(beside(target, content))
        return _Change(target, name, targets.identity(target, name))


def _replace(changes: Sequence[_Change], suffix: str) -> list[Backup]:
    """Make the backups, and rename the new files into place.

    :raises WriteError: if not all of it can be done; then what was done has
        been undone, as far as that can be done
    """
    made: list[Backup] = []
    replaced: list[_Change] = []
    try:
        for change in changes:
            with _told(change.target.path):
                made.append(make_backup(change.target, suffix))
        _flush(changes)
        for change in changes:
            with _told(change.target.path):
                targets.check(change.target)
                targets.replace(change.target, change.temporary)
            replaced.append(change)
        _flush(changes)
    except BaseException as error:
        stuck = [
            backup
            for change, backup in zip(replaced, made)
            if not _is_put_back(change, backup)
        ]
        for backup in made:
            if backup not in stuck:
                backup.remove()
        if stuck and isinstance(error, WriteError):
            raise WriteError(error.path, error.reason, stuck) from None
        raise
    return made


def _is_put_back(change: _Change, backup: Backup) -> bool:
    """Put the old file back, unless it is not the new one that is there."""
    target = change.target
    try:
        if targets.identity(target, target.name) != change.identity:
            return False
        backup.put_back()
    except OSError:
        return False
    return True


def _flush(changes: Sequence[_Change]) -> None:
    """Have the names on disk, and stop there if we are asked to end."""
    for change in changes:
        with _told(change.target.path):
            os.fsync(change.target.directory)
            check_signals()


@contextlib.contextmanager
def _told(path: str) -> Iterator[None]:
    """Name the file in an error, as its operator does."""
    try:
        yield
    except OSError as error:
        raise WriteError(path, str(error.strerror)) from None


def check_suffix(suffix: str) -> None:
    """Fail if oslo.config could read a backup with this suffix.

    :raises UsageError: then, and if the backup would be elsewhere
    """
    if suffix.endswith(_CONFIGURATION) or _CONFIGURATION.endswith(suffix):
        raise errors.UsageError(
            _(
                'not the suffix of a backup: "%s": files that end in ".conf" '
                'are read as configuration'
            )
            % suffix
        )
    if '/' in suffix:
        raise errors.UsageError(
            _('not the suffix of a backup: "%s": it contains a "/"') % suffix
        )


def is_backup(path: str) -> bool:
    """Return whether a file is called as a backup is by default."""
    stem, suffix, number = path.rpartition(DEFAULT_SUFFIX)
    is_numbered = number[:1] == '.' and number[1:].isdecimal()
    return bool(stem and suffix) and (not number or is_numbered)


def make_backup(target: targets.Target, suffix: str) -> Backup:
    """Make a backup under a name that is not yet used.

    :raises OSError: if that fails
    """
    modified = target.status.st_mtime_ns
    with beside(target, target.content, modified) as temporary:
        number = 0
        name = target.name + suffix
        while not _is_named(target.directory, temporary, name):
            number += 1
            name = f'{target.name}{suffix}.{number}'
    return Backup(target, name)


def _is_named(directory: int, temporary: str, name: str) -> bool:
    """Give a file a second name, unless something else has it.

    :raises OSError: if that fails
    """
    try:
        # Renaming it would replace an earlier backup.
        os.link(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
    except FileExistsError:
        return False
    except OSError as error:
        raise OSError(
            error.errno,
            _('no backup can be made beside it: %s') % error.strerror,
        ) from None
    return True


@contextlib.contextmanager
def beside(
    target: targets.Target, content: bytes, modified: int | None = None
) -> Iterator[str]:
    """Write a hidden file with the attributes of another one, to disk.

    It is removed at the end, unless it has been renamed.

    :param modified: its time of modification, in nanoseconds
    :returns: its name, in the directory of the other file
    :raises OSError: if it cannot be written
    """
    made = temporaries.beside(target.directory, target.name, 0o600)
    with contextlib.ExitStack() as stack:
        try:
            name, descriptor = stack.enter_context(made)
        except OSError as error:
            raise OSError(
                error.errno,
                _('no file can be written beside it: %s') % error.strerror,
            ) from None
        with open(descriptor, 'wb', closefd=False) as stream:
            stream.write(content)
        targets.give_attributes(descriptor, target.attributes)
        if modified is not None:
            os.utime(descriptor, ns=(modified, modified))
        os.fsync(descriptor)
        yield name


@contextlib.contextmanager
def signals_held() -> Iterator[None]:
    """Hold the signals back; what has arrived acts at the end.

    SIGKILL cannot be held back.
    """
    # One that is ignored, as nohup(1) does, would be kept when blocked.
    acting = {
        number
        for number in _SIGNALS
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    before = signal.pthread_sigmask(signal.SIG_BLOCK, acting)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def check_signals() -> None:
    """Fail if a signal is being held back.

    :raises OSError: if so
    """
    if signal.sigpending().intersection(_SIGNALS):
        raise OSError(errno.EINTR, _('interrupted'))
