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

"""The attributes of a file that its replacement must have, too."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import errno
import os
import stat
from typing import NamedTuple

from nova_cow_check._i18n import _

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


def read(descriptor: int) -> Attributes:
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


def give(descriptor: int, wanted: Attributes) -> None:
    """Give an open file all attributes of another.

    It must be readable for its owner alone until then: it never becomes
    more readable than `wanted`.

    :raises OSError: if one of them cannot be given
    """
    status = os.fstat(descriptor)
    if (status.st_uid, status.st_gid) != (wanted.owner, wanted.group):
        with _told(_('owner and group')):
            os.fchown(descriptor, wanted.owner, wanted.group)
    _give_extended(descriptor, wanted.extended)
    with _told(_('mode')):
        # The last: it would open what a list inherited from the directory
        # grants, and changing the owner clears some of its bits.
        os.fchmod(descriptor, wanted.mode)
    if read(descriptor) != wanted:
        raise OSError(
            errno.ENOTSUP,
            _('the file system does not keep its owner, mode and attributes'),
        )


def _give_extended(descriptor: int, wanted: dict[str, bytes]) -> None:
    there = _extended(descriptor)
    for name in there.keys() - wanted.keys():
        with _told(name):
            os.removexattr(descriptor, name)
    for name, value in wanted.items():
        # Not even root may set each of them to what it is.
        if there.get(name) != value:
            with _told(name):
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
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OSError(
            error.errno,
            _('its %(attribute)s cannot be kept: %(reason)s')
            % {'attribute': what, 'reason': error.strerror},
        ) from None
