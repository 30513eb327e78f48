#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

"""Files replaced safely: all of them or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import contextlib
import errno
import os
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.replacing import backups
from nova_cow_check.replacing import interruptions
from nova_cow_check.replacing import targets
from nova_cow_check.replacing import temporaries


class Replacement(NamedTuple):
    """What a file is to hold."""

    #: How the operator knows the file.
    path: str
    #: Where this process opens it; symbolic links are followed.
    host_path: str
    #: What was read and judged.
    before: bytes
    after: bytes


class WriteError(errors.NoVerdict):
    """Files cannot be written; unless the message says it, none has been.

    :param path: the file concerned, as the operator knows it
    :param stuck: the backups of files that stay replaced all the same
    """

    def __init__(
        self, path: str, reason: str, stuck: Sequence[backups.Backup] = ()
    ) -> None:
        self.path = path
        self.reason = reason
        replaced = _('%(path)s is replaced: what it held is in %(backup)s')
        outcome = '; '.join(
            replaced % {'path': backup.target.path, 'backup': backup.path}
            for backup in stuck
        )
        super().__init__(
            _('%(path)s: cannot be written: %(reason)s; ')
            % {'path': path, 'reason': reason}
            + (outcome or _('nothing has been changed'))
        )


class _Change(NamedTuple):
    """A file, and the one beside it that is to replace it."""

    target: targets.Target
    temporary: str
    #: What tells the new one from any other.
    identity: tuple[int, ...]


def write(
    replacements: Sequence[Replacement], backup_suffix: str | None
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
        backups.check_suffix(backup_suffix)
    with interruptions.held(), contextlib.ExitStack() as stack:
        opened = _open(replacements, stack)
        changes = [
            _write(target, replacement.after, stack)
            for target, replacement in zip(opened, replacements)
        ]
        made = _replace(changes, backup_suffix or backups.DEFAULT_SUFFIX)
        if backup_suffix is None:
            made = [backup for backup in made if not backup.remove()]
        return [backup.path for backup in made]


def _open(
    replacements: Sequence[Replacement], stack: contextlib.ExitStack
) -> list[targets.Target]:
    opened: list[targets.Target] = []
    for path, host_path, before, _after in replacements:
        with _told(path):
            manager = targets.opened(path, host_path, before)
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
        temporaries.sweep(target)
        manager = temporaries.beside(target, content)
        name = stack.enter_context(manager)
        return _Change(target, name, targets.identity(target, name))


def _replace(changes: Sequence[_Change], suffix: str) -> list[backups.Backup]:
    """Make the backups, and rename the new files into place.

    :raises WriteError: if not all of it can be done; then what was done has
        been undone, as far as that can be done
    """
    made: list[backups.Backup] = []
    replaced: list[_Change] = []
    try:
        for change in changes:
            with _told(change.target.path):
                made.append(backups.make(change.target, suffix))
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


def _is_put_back(change: _Change, backup: backups.Backup) -> bool:
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
            interruptions.check()


@contextlib.contextmanager
def _told(path: str) -> Iterator[None]:
    """Name the file in an error, as its operator does."""
    try:
        yield
    except OSError as error:
        raise WriteError(path, str(error.strerror)) from None
