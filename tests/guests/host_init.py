# SPDX-License-Identifier: Apache-2.0

"""The first process of a host: it starts libvirtd, and ends with the host.

It is the init of a namespace of processes: when it ends, the kernel ends all
others there, QEMU among them. It ends with the standard input that it has
from the tests, however these end, and removes the files of the host.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import types

#: What libvirtd writes to, the host's own: gone when its mounts are.
_DIRECTORIES = ('/etc/libvirt', '/var/lib/libvirt', '/var/cache/libvirt')

#: QEMU runs as root: no other user exists on every machine.
_QEMU_CONF = '''
user = "root"
group = "root"
security_driver = "none"
cgroup_controllers = []
namespaces = []
remember_owner = 0
stdio_handler = "file"
migration_address = "{address}"
# With it, libvirt asks each QEMU that starts for one feature of its CPU after
# the other: 400 questions, read a byte at a time, half of what a start costs.
capability_filters = ["cpu-unavailable-features"]
'''

# Without TLS, a host of this name is reached by this address alone.
_LIBVIRTD_CONF = '''
auth_unix_ro = "none"
auth_unix_rw = "none"
auth_tcp = "none"
listen_tls = 0
listen_tcp = 1
listen_addr = "{address}"
host_uuid = "{uuid}"
unix_sock_group = "root"
log_outputs = "2:file:{tree}/libvirtd.log"
'''

#: libvirtd looks for it, whoever QEMU runs as.
_USER = 'libvirt-qemu:x:64055:64055::/var/lib/libvirt:/usr/sbin/nologin\n'
_GROUP = 'libvirt-qemu:x:64055:\n'


def main(
    name: str, tree: str, instances: str, address: str, uuid: str
) -> None:
    """Become a host.

    :param name: the host's
    :param tree: an existing folder of this host's, with a folder instances
    :param instances: instances_path, which is that folder in this host
    :param address: which it gets before it is told to go on
    """
    if os.getpid() != 1:
        sys.exit('host_init is the first process of a host, or does nothing')
    socket.sethostname(name)
    for directory in (*_DIRECTORIES, '/run'):
        os.makedirs(directory, exist_ok=True)
        _mount('-t', 'tmpfs', 'tmpfs', directory)
    _mount('--bind', f'{tree}/instances', instances)
    _add('/etc/passwd', _USER, tree)
    _add('/etc/group', _GROUP, tree)
    values = {'tree': tree, 'address': address, 'uuid': uuid}
    for name, text in (('qemu', _QEMU_CONF), ('libvirtd', _LIBVIRTD_CONF)):
        path = pathlib.Path(f'/etc/libvirt/{name}.conf')
        path.write_text(text.format(**values))
    # From here on, what ends is buried at once.
    signal.signal(signal.SIGCHLD, _reap)
    print('ready', flush=True)
    sys.stdin.readline()
    log = os.open(f'{tree}/libvirtd.out', os.O_WRONLY | os.O_CREAT, 0o600)
    os.posix_spawn(
        '/usr/sbin/libvirtd',
        ['libvirtd', '--listen', '--config', '/etc/libvirt/libvirtd.conf'],
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, log, 1),
            (os.POSIX_SPAWN_DUP2, log, 2),
        ],
    )
    sys.stdin.read()
    _leave(pathlib.Path(tree), instances)


def _leave(tree: pathlib.Path, instances: str) -> None:
    """End all that runs here, and remove all files.

    Whoever ended the tests may have left nobody else to do that.
    """
    os.kill(-1, signal.SIGKILL)
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass
    subprocess.run(['umount', '--lazy', instances], check=False)
    shutil.rmtree(tree, ignore_errors=True)
    # The last one removes what the hosts share.
    if not list(tree.parent.glob('*/instances')):
        shutil.rmtree(tree.parent, ignore_errors=True)


def _reap(_signal: int, _frame: types.FrameType | None) -> None:
    """Bury what has ended: libvirtd waits until a QEMU is gone."""
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        pass


def _mount(*arguments: str) -> None:
    subprocess.run(['mount', *arguments], check=True)


def _add(path: str, line: str, tree: str) -> None:
    """Add a line to a file, as this host alone sees it."""
    own = pathlib.Path(tree, os.path.basename(path))
    own.write_text(pathlib.Path(path).read_text() + line)
    _mount('--bind', str(own), path)


if __name__ == '__main__':
    main(*sys.argv[1:])
