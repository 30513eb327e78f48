# SPDX-License-Identifier: Apache-2.0

"""nova-compute's driver on a host, asked from outside of it."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
import sysconfig
from typing import Any

from tests.guests import hosts

#: Of the distribution, whose libvirt they belong to. Those of PyPI would have
#: to be compiled, with its headers.
_LIBVIRT_MODULES = ('libvirt.py', 'libvirtmod{}')

#: What makes a host this host, beside its nova.conf.
_OWN_CONF = '''
[DEFAULT]
compute_driver = libvirt.LibvirtDriver
host = {host.name}
my_ip = {host.address}
instances_path = {instances}
state_path = {host.tree}/state
# mkfs.vfat is not on every machine.
default_ephemeral_format = ext4
[libvirt]
virt_type = qemu
connection_uri = {uri}
live_migration_uri = qemu+tcp://%s/system
live_migration_inbound_addr = {host.address}
[vnc]
enabled = False
[workarounds]
skip_cpu_compare_on_dest = True
[oslo_concurrency]
lock_path = {host.tree}/locks
'''


class Refused(Exception):
    """An operation failed: Nova raised this, of that class."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f'{kind}: {text}')
        self.kind = kind


class Compute:
    """The driver on one host; `tests/guests/compute_process.py` runs it."""

    def __init__(self, host: hosts.Host, top: pathlib.Path) -> None:
        self.host = host
        self.nova_conf = host.tree / 'nova.conf'
        self._own_conf = host.tree / 'own.conf'
        text = _OWN_CONF.format(
            host=host, instances=hosts.instances_path(top), uri=hosts.URI
        )
        self._own_conf.write_text(text)
        self._log = (host.tree / 'nova-compute.log').open('w')
        here = pathlib.Path(__file__).parents[2]
        path = [top / 'bin', *os.get_exec_path(), '/usr/sbin', '/sbin']
        modules = [_modules_folder(top), here]
        self._process = subprocess.Popen(
            host.command(
                sys.executable,
                '-m',
                'tests.guests.compute_process',
                str(top / 'glance'),
            ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env={
                **os.environ,
                'PATH': os.pathsep.join(map(str, path)),
                'PYTHONPATH': os.pathsep.join(map(str, modules)),
            },
        )

    def configure(self, image_settings: str) -> None:
        """Write a nova.conf, and start with it.

        :param image_settings: lines with their sections
        """
        self.write(image_settings)
        self.restart()

    def write(self, image_settings: str) -> None:
        """Write a nova.conf, which counts from the next start on."""
        self.nova_conf.write_text(image_settings)

    def restart(self) -> None:
        """Start again, with nova.conf as it is now."""
        self.do('start', paths=[str(self._own_conf), str(self.nova_conf)])

    def do(self, operation: str, **arguments: Any) -> Any:
        """Have the driver do something, and return what it returns.

        :raises Refused: if Nova raises something
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        line = json.dumps({'do': operation, **arguments})
        self._process.stdin.write(f'{line}\n')
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise AssertionError(f'{self.log()}\n{operation} had no answer')
        told = json.loads(answer)
        if 'error' in told:
            raise Refused(told['error'], told['text'])
        return told['result']

    def virsh(self, *words: str) -> str:
        """Ask the host's libvirtd, past Nova."""
        return self.host.run(
            'virsh', '--quiet', '--connect', hosts.URI, *words
        )

    def forget_images(self) -> None:
        """Empty the cache of images, as Nova does in time."""
        shutil.rmtree(self.host.instances / '_base', ignore_errors=True)

    def log(self) -> str:
        """Return what Nova has logged last."""
        return pathlib.Path(self._log.name).read_text()[-4000:]

    def end(self) -> None:
        """End the process."""
        self._process.communicate()
        self._log.close()


def libvirt_modules() -> list[pathlib.Path]:
    """Return the distribution's modules for libvirt, if this Python's."""
    there = pathlib.Path('/usr/lib/python3/dist-packages')
    suffix = sysconfig.get_config_var('EXT_SUFFIX')
    found = [there / name.format(suffix) for name in _LIBVIRT_MODULES]
    return found if all(path.exists() for path in found) else []


def _modules_folder(top: pathlib.Path) -> pathlib.Path:
    """Return a folder that has these modules alone."""
    folder = top / 'modules'
    if not folder.is_dir():
        folder.mkdir()
        for path in libvirt_modules():
            (folder / path.name).symlink_to(path)
    return folder
