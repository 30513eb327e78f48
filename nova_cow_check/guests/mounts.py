# SPDX-License-Identifier: Apache-2.0

"""Which file system a path is on, as /proc/self/mountinfo tells it."""

from __future__ import annotations

import re

#: A space, a tab, a line break and a backslash are written so; proc(5).
_ESCAPED = re.compile(r'\\([0-7]{3})')


def file_system(mountinfo: str, device: tuple[int, int], path: str) -> str:
    """Return the server and export, or the device, that a path is on.

    :param mountinfo: the text of /proc/PID/mountinfo
    :param device: major and minor number of the path's st_dev; those of
        btrfs stand in no table, and the path alone decides
    :param path: absolute and without symbolic links; decides where a file
        system is mounted more than once
    :returns: '' where the table does not tell
    """
    number = f'{device[0]}:{device[1]}'
    found: list[tuple[bool, bool, int, str]] = []
    for line in mountinfo.splitlines():
        fields, _separator, rest = line.partition(' - ')
        words, more = fields.split(' '), rest.split(' ')
        if len(words) < 5 or len(more) < 2:
            continue
        point = _unescape(words[4]).rstrip('/')
        is_above = path == point or path.startswith(point + '/')
        is_its = words[2] == number
        if is_its or is_above:
            source = _unescape(more[1])
            found.append((is_its, is_above, len(point), source))
    return max(found, key=lambda one: one[:3])[3] if found else ''


def is_of_a_server(file_system: str) -> bool:
    """Return whether what is mounted is the same thing for every host.

    As NFS, CIFS, CephFS, Lustre and GlusterFS name it.
    """
    if file_system.startswith('/') and not file_system.startswith('//'):
        return False
    return ':' in file_system or '=' in file_system or file_system[:2] == '//'


def _unescape(word: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 8)), word)
