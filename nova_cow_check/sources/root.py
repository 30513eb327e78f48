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

"""The root directory that a path is looked up from."""

from __future__ import annotations

import errno
import os
import stat

#: The kernel's own limit on symbolic links in one path, path_resolution(7).
_MOST_LINKS = 40


class Root:
    """A root directory: this process's own, or that of another one.

    In another process's root, absolute symbolic links and ``..`` stay
    inside it, as they do for that process. The kernel offers that only
    through openat2(2), which Python does not.

    :param directory: for example ``/proc/4242/root``
    """

    def __init__(self, directory: str = '/') -> None:
        self.directory = directory

    @property
    def is_own(self) -> bool:
        return self.directory == '/'

    def host_path(self, path: str) -> str:
        """Return the path under which this process can open another's.

        :param path: as seen from inside this root; absolute, but in our own
        :raises OSError: as opening it would
        """
        if self.is_own:
            return path
        inside: list[str] = []
        waiting = _parts(path)
        links = 0
        while waiting:
            part = waiting.pop()
            if part == '..':
                del inside[-1:]
                continue
            here = os.path.join(self.directory, *inside, part)
            if not stat.S_ISLNK(os.lstat(here).st_mode):
                inside.append(part)
                continue
            links += 1
            if links > _MOST_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
            target = os.readlink(here)
            if target.startswith('/'):
                inside.clear()
            waiting += _parts(target)
        return os.path.join(self.directory, *inside)

    def shown_path(self, path: str) -> str:
        """Return the path to show to a person on this host.

        That is the short one where it leads to the same file.

        :param path: as seen from inside this root
        """
        try:
            if self.is_own or os.path.samefile(path, self.host_path(path)):
                return path
        except OSError:
            pass
        return self.directory + path

    def host_path_of_shown(self, shown: str) -> str:
        """Return the path under which this process can open a shown one.

        :param shown: what `shown_path` returned
        :raises OSError: as opening it would
        """
        if self.is_own or not shown.startswith(self.directory + '/'):
            return shown
        return self.host_path(shown[len(self.directory) :])

    def find(self, path: str) -> str | None:
        """Return the path if something is there.

        :raises OSError: where only permissions keep us from knowing;
            os.path.exists would say that nothing is there
        """
        try:
            os.stat(self.host_path(path))
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EPERM):
                raise
            return None
        return path


def _parts(path: str) -> list[str]:
    """Split a path into its parts, the first one last."""
    return [part for part in path.split('/') if part not in ('', '.')][::-1]
