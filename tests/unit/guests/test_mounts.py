# SPDX-License-Identifier: Apache-2.0

"""The file system of a path."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
import pytest

from nova_cow_check.guests import mounts

TABLE = r"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:44 / /var/lib/nova/instances rw - nfs4 nfs.example.org:/export rw
41 22 0:45 / /srv/with\040space rw - fuse a\134b\040c rw,user_id=0
42 22 8:1 /var/lib /mnt rw master:2 - ext4 /dev/other rw
43 22 0:46
44 22 0:47 / /x rw -
"""


@pytest.mark.parametrize(
    'device, path, expected',
    [
        ((8, 1), '/var/lib/nova/instances', '/dev/sda1'),
        ((8, 1), '/mnt/nova/instances', '/dev/other'),
        ((8, 1), '/mntx', '/dev/sda1'),
        ((0, 44), '/var/lib/nova/instances', 'nfs.example.org:/export'),
        ((0, 44), '/elsewhere/by/a/link', 'nfs.example.org:/export'),
        ((0, 45), '/srv/with space', 'a\\b c'),
        ((0, 46), 'relative', ''),
        ((0, 47), '/x', '/dev/sda1'),
        ((9, 9), '/', '/dev/sda1'),
        ((9, 9), '/srv/with space/instances', 'a\\b c'),
    ],
)
def test_file_system(
    device: tuple[int, int], path: str, expected: str
) -> None:
    assert mounts.file_system(TABLE, device, path) == expected


def test_of_several_the_last_mounted_counts() -> None:
    again = TABLE + '50 22 0:50 / /mnt rw - tmpfs x rw\n'
    assert mounts.file_system(again, (0, 50), '/mnt/a') == 'x'


@given(st.text(alphabet='0123 :-/\\\n'))
def test_no_table_is_too_odd(table: str) -> None:
    mounts.file_system(table, (0, 1), '/')
