# SPDX-License-Identifier: Apache-2.0

"""Compute hosts on one machine: namespaces, with a libvirtd in each.

A host has its own mounts, network, name, processes, and its own disk under
the same instances_path as the others. Nothing is left of it when it is gone,
nor when the tests are killed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
import contextlib
import os
import pathlib
import subprocess
import sys
import time
import uuid

from tests.guests import host_init

#: For all that is expected to happen at once, in seconds: a machine under
#: load is slow, and nothing else makes a test wait that long.
PATIENCE = 60.0

_NAMESPACES = ('--mount', '--net', '--uts', '--ipc', '--pid')


class Host:
    """A compute host with a libvirtd; others reach it by its address."""

    def __init__(
        self,
        top: pathlib.Path,
        name: str,
        address: str,
        shares_with: Host | None = None,
    ) -> None:
        """Make it.

        :param shares_with: the host whose instances are its own, too
        """
        self.name = name
        self.address = address
        # As the stand-ins for ssh and scp find it.
        self.tree = top / address
        #: Its instances_path, as seen from outside.
        self.instances = self.tree / 'instances'
        if shares_with is None:
            self.instances.mkdir(parents=True)
        else:
            self.tree.mkdir()
            self.instances.symlink_to(shares_with.instances)
        self._process = subprocess.Popen(
            [
                'unshare',
                *_NAMESPACES,
                '--fork',
                '--kill-child',
                '--mount-proc',
                '--propagation=private',
                sys.executable,
                host_init.__file__,
                name,
                str(self.tree),
                str(instances_path(top)),
                address,
                str(uuid.uuid5(uuid.NAMESPACE_DNS, name)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # Whatever runs in it can be told from other processes.
            env={**os.environ, 'GUESTS': str(top)},
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != 'ready\n':
            raise AssertionError(f'the host {name} did not come up')
        children = f'/proc/{self._process.pid}/task/{self._process.pid}'
        (self.init,) = map(
            int, pathlib.Path(children, 'children').read_text().split()
        )

    def command(self, *words: str) -> list[str]:
        """Return a command that runs another one in this host."""
        return ['nsenter', f'--target={self.init}', *_NAMESPACES, '--', *words]

    def run(self, *words: str) -> str:
        """Run a command in this host and return what it prints."""
        return run(*self.command(*words))

    def ip(self, *words: str) -> None:
        """Run ip in this host's network; it knows processes from outside."""
        run('nsenter', f'--target={self.init}', '--net', 'ip', *words)

    def start_libvirtd(self) -> None:
        """Start libvirtd, once the host has its address, and wait for it."""
        assert self._process.stdin is not None
        self._process.stdin.write('go\n')
        self._process.stdin.flush()
        wait_for(self._answers, f'libvirtd of {self.name}')

    def _answers(self) -> bool:
        virsh = self.command('virsh', '--quiet', '--connect', URI, 'version')
        return not subprocess.run(virsh, capture_output=True).returncode

    def down(self) -> None:
        """End the host, and with it all that runs in it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()


#: How anything in a host reaches the host's libvirtd.
URI = 'qemu:///system'


def instances_path(top: pathlib.Path) -> pathlib.Path:
    """Return the path that every host has its instances at."""
    return top / 'instances'


@contextlib.contextmanager
def up(
    top: pathlib.Path, is_shared: bool = False
) -> Iterator[tuple[Host, Host]]:
    """Have two hosts that reach each other.

    :param top: an empty folder
    :param is_shared: whether they have one directory of instances
    """
    instances_path(top).mkdir()
    with contextlib.ExitStack() as stack:
        pair: list[Host] = []
        for name, address in (('alpha', '192.0.2.1'), ('beta', '192.0.2.2')):
            shares_with = pair[0] if is_shared and pair else None
            host = Host(top, name, address, shares_with)
            stack.callback(host.down)
            pair.append(host)
        first, second = pair
        # Made in the hosts: nothing of it is ever in the machine's network.
        wire = ('type', 'veth', 'peer', 'name', 'nic', 'netns')
        first.ip('link', 'add', 'nic', *wire, str(second.init))
        for host in pair:
            host.ip('address', 'add', f'{host.address}/24', 'dev', 'nic')
            host.ip('link', 'set', 'nic', 'up')
            host.ip('link', 'set', 'lo', 'up')
            host.start_libvirtd()
        yield first, second


def wait_for(is_so: Callable[[], bool], what: str) -> None:
    """Wait until something is so.

    :raises AssertionError: if it does not come to be
    """
    end = time.monotonic() + PATIENCE
    pause = 0.02
    while not is_so():
        if time.monotonic() > end:
            raise AssertionError(f'waited in vain for {what}')
        # To ask takes a process, most often: the longer it takes, the less.
        time.sleep(pause)
        pause = min(2 * pause, 0.5)


def run(*words: str) -> str:
    """Run a command and return what it prints.

    :raises AssertionError: if it fails; the message has what it says
    """
    done = subprocess.run(
        words, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        raise AssertionError(f'{words}: {done.stdout}{done.stderr}')
    return done.stdout
