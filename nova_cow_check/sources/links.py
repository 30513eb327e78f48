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

"""Symbolic links, followed to the file that they lead to."""

from __future__ import annotations

import errno
import os

#: The kernel's own limit on symbolic links in one path, path_resolution(7).
_MOST_LINKS = 40


def followed(path: str) -> str:
    """Return where a file itself is.

    Only the links that it is are read. The kernel follows those of its
    directories: what /proc/PID/root says of itself leads elsewhere.

    :raises OSError: if nothing is there
    """
    os.stat(path)
    for _link in range(_MOST_LINKS):
        if not os.path.islink(path):
            return path
        path = os.path.join(os.path.dirname(path), os.readlink(path))
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def is_at(path: str, status: os.stat_result) -> bool:
    """Return whether a file that has one name has this path, without links."""
    try:
        return os.path.samestat(os.lstat(path), status)
    except OSError:
        return False
