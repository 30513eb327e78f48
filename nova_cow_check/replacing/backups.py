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

"""What a file held before it is replaced, kept beside it."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.replacing import targets
from nova_cow_check.replacing import temporaries

#: What is appended to the name of a file to name its backup.
DEFAULT_SUFFIX = '.nova-cow-check-backup'

_CONFIGURATION = '.conf'


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


def make(target: targets.Target, suffix: str) -> Backup:
    """Make a backup under a name that is not yet used.

    :raises OSError: if that fails
    """
    modified = target.status.st_mtime_ns
    with temporaries.beside(target, target.content, modified) as temporary:
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
