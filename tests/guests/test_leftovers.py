# SPDX-License-Identifier: Apache-2.0

"""Nothing is left behind of tests that are killed.

That nothing is left of those that end by themselves, the hosts of all tests
are asked for: tests/guests/conftest.py.
"""

from __future__ import annotations

import pathlib
import subprocess
import sys

from tests.guests import hosts
from tests.guests import leftovers

#: Tests that have two hosts and a guest that runs, until they are told to end.
_TESTS = '''
from tests.guests import cloud

with cloud.temporary() as two_hosts:
    two_hosts.first.configure('')
    assert two_hosts.spawn().words()
    print(two_hosts.top, flush=True)
    input()
'''


def test_nothing_is_left() -> None:
    process = subprocess.Popen(
        [sys.executable, '-c', _TESTS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=pathlib.Path(__file__).parents[2],
    )
    assert process.stdin is not None and process.stdout is not None
    top = pathlib.Path(process.stdout.readline().strip())
    names = str(leftovers.of(top))
    for name in ('unshare', 'libvirtd', 'qemu-system', 'compute_process'):
        assert name in names
    process.kill()
    process.wait()
    hosts.wait_for(lambda: not leftovers.of(top), 'all to be gone')
