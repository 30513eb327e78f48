# SPDX-License-Identifier: Apache-2.0

"""All that there is to know of a directory's files."""

from __future__ import annotations

import os
import pathlib
import stat
import struct
from typing import NamedTuple

#: The extended attribute that an access control list is, and the list of
#: the files that a directory will have: acl(5).
ACL = 'system.posix_acl_access'
DEFAULT_ACL = 'system.posix_acl_default'

_VERSION, _NOBODY = 2, 0xFFFFFFFF
_OWNER, _USER, _GROUP, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x10, 0x20


class State(NamedTuple):
    content: bytes
    mode: int
    owner: int
    group: int
    modified: int
    extended: dict[str, bytes]

    def with_content(self, content: bytes) -> State:
        """Return what it is with other content, written at any time."""
        return self._replace(content=content).without_time()

    def without_time(self) -> State:
        return self._replace(modified=0)


def of(path: pathlib.Path) -> State:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        content = os.fsencode(os.readlink(path))
    else:
        content = path.read_bytes()
    return State(
        content,
        stat.S_IMODE(status.st_mode),
        status.st_uid,
        status.st_gid,
        status.st_mtime_ns,
        {
            name: os.getxattr(path, name, follow_symlinks=False)
            for name in os.listxattr(path, follow_symlinks=False)
        },
    )


def inside(directory: pathlib.Path) -> dict[str, State]:
    """Return the state of each file of a directory, hidden ones too."""
    return {path.name: of(path) for path in directory.iterdir()}


def access_list(user: int) -> bytes:
    """Return the list by which the owner writes and two others read."""
    entries = (
        (_OWNER, 6, _NOBODY),
        (_USER, 4, user),
        (_GROUP, 0, _NOBODY),
        (_MASK, 4, _NOBODY),
        (_OTHER, 0, _NOBODY),
    )
    return struct.pack('<I', _VERSION) + b''.join(
        struct.pack('<HHI', *entry) for entry in entries
    )


def set_extended(path: pathlib.Path, name: str, value: bytes) -> bool:
    """Set an extended attribute; return whether the machine has them."""
    try:
        os.setxattr(path, name, value)
    except OSError:
        return False
    return True
