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

"""Hidden files beside another, complete when they get a name."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import os
import re
import secrets

from nova_cow_check._i18n import _
from nova_cow_check.replacing import attributes
from nova_cow_check.replacing import targets

#: oslo.config reads those files of a directory whose names end in ".conf" and
#: do not begin with a dot. Source: oslo_config/cfg.py, ConfigDirAction.
_ENDING = '.nova-cow-check'

_NUMBER_BYTES = 8


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
    name = f'.{target.name}.{secrets.token_hex(_NUMBER_BYTES)}{_ENDING}'
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        descriptor = os.open(name, flags, 0o600, dir_fd=target.directory)
    except OSError as error:
        raise OSError(
            error.errno,
            _('no file can be written beside it: %s') % error.strerror,
        ) from None
    try:
        with open(descriptor, 'wb') as stream:
            stream.write(content)
            stream.flush()
            attributes.give(descriptor, target.attributes)
            if modified is not None:
                os.utime(descriptor, ns=(modified, modified))
            os.fsync(descriptor)
        yield name
    finally:
        with contextlib.suppress(OSError):
            os.unlink(name, dir_fd=target.directory)


def sweep(target: targets.Target) -> None:
    """Remove what killed processes have left beside a locked file.

    Such a file is in use only before the locked one has been replaced: as
    long as we have its lock, nobody's is.
    """
    number = f'[0-9a-f]{{{2 * _NUMBER_BYTES}}}'
    pattern = rf'\.{re.escape(target.name)}\.{number}{re.escape(_ENDING)}'
    for other in os.listdir(target.directory):
        if re.fullmatch(pattern, other):
            with contextlib.suppress(OSError):
                os.unlink(other, dir_fd=target.directory)
