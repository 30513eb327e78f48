# SPDX-License-Identifier: Apache-2.0

"""Processes that stand in for nova-compute: they only wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
import contextlib
import fcntl
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile
import time

from tests.functional import conftest

Start = Callable[..., int]

#: Waits until the test is over, in the root directory and as the user that
#: it is told.
_SCRIPT = """\
import ctypes
import os
import sys
import tempfile
import time

root = os.environ.get('TEST_ROOT')
if root:
    os.chroot(root)
    os.chdir(os.environ.get('TEST_DIRECTORY', '/'))
PR_SET_DUMPABLE = 4
libc = ctypes.CDLL(None, use_errno=True)
user = os.environ.get('TEST_USER')
if user:
    os.setgroups([])
    os.setresuid(int(user), int(user), int(user))
if os.environ.get('TEST_NAMESPACE'):
    # The user becomes this one in a user namespace of its own.
    CLONE_NEWUSER = 0x10000000
    libc.prctl(PR_SET_DUMPABLE, 1)
    if libc.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno())
    with open('/proc/self/uid_map', 'w') as stream:
        stream.write(os.environ['TEST_NAMESPACE'] + f' {user} 1')
inner = os.environ.get('TEST_INNER_ROOT')
if inner:
    os.chroot(inner)
    os.chdir('/')
if os.environ.get('TEST_SECLUDED'):
    libc.prctl(PR_SET_DUMPABLE, 0)
if os.environ.get('TEST_FORK') and os.fork() == 0:
    sys.stdin.read()
    os._exit(0)
print('ready', flush=True)
sys.stdin.read()
"""


def write_script(path: pathlib.Path) -> pathlib.Path:
    """Write a script that waits, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_SCRIPT)
    return path


@contextlib.contextmanager
def started(
    words: Sequence[str],
    environment: Mapping[str, str],
    directory: pathlib.Path,
) -> Iterator[int]:
    """Start a script that waits, and give its process id.

    :param environment: TEST_ROOT is the directory that becomes its root,
        TEST_DIRECTORY its working directory in there; TEST_USER the number
        of its user, who has the number TEST_NAMESPACE in a user namespace,
        and goes from there to TEST_INNER_ROOT
    """
    if 'TEST_ROOT' in environment and os.geteuid() != 0:
        # It becomes root in there, which may chroot; its id stays.
        conftest.required(_can_unshare(), 'needs user namespaces')
        words = ['unshare', '--user', '--map-root-user', '--', *words]
    with subprocess.Popen(
        words,
        env=dict(environment),
        cwd=directory,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == b'ready\n'
            yield process.pid
        finally:
            process.kill()
            assert process.stdin is not None
            process.stdin.close()
            # Ends when nobody has the other end: its child is gone, too.
            process.stdout.read()


def _can_unshare() -> bool:
    if not shutil.which('unshare'):
        return False
    words = ['unshare', '--user', '--map-root-user', 'true']
    return subprocess.run(words, capture_output=True).returncode == 0


#: Seconds.
_PATIENCE = 600


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let other tests wait that start a nova-compute, or look for one.

    Skips, or fails in CI, on a compute host in use.
    """
    path = os.path.join(tempfile.gettempdir(), 'nova-cow-check-tests.lock')
    with open(path, 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # A command that has the word among its own ends soon.
        deadline = time.monotonic() + _PATIENCE
        while _nova_compute_runs_here() and time.monotonic() < deadline:
            time.sleep(0.1)
        conftest.required(
            not _nova_compute_runs_here(), 'nova-compute runs on this machine'
        )
        yield


def _nova_compute_runs_here() -> bool:
    """Return whether this machine is a compute host in use."""
    for path in pathlib.Path('/proc').glob('[0-9]*/cmdline'):
        with contextlib.suppress(OSError):
            words = path.read_bytes().split(b'\0')
            if any(os.path.basename(w) == b'nova-compute' for w in words):
                return True
    return False


#: The user who runs the tests, and one who is neither root nor nova.
USER = pwd.getpwuid(os.geteuid()).pw_name
STRANGER = pwd.getpwnam('nobody')

#: What runs the scripts: shebang lines are too short for some paths.
PYTHON = sys.executable
