# SPDX-License-Identifier: Apache-2.0

"""Guests that have prepared their root disk, and a file of the host.

The harness writes a qcow2 header into a stopped guest's disk, which names a
file made for the test. What that file holds, the guest boots from and reads
if QEMU believes the header.
"""

from __future__ import annotations

import pathlib
import subprocess

from tests.guests import cloud
from tests.nova import cases

#: What the guest reads where its image has `cloud.TEXT`.
SECRET = 'file of the host'

#: Where a new guest's root disk is raw.
FLAT = cases.Settings('flat', False, True)


class Intruder:
    """A guest on a flat host, stopped, with a header on its raw disk."""

    def __init__(self, two_hosts: cloud.Cloud, folder: pathlib.Path) -> None:
        two_hosts.first.configure(cloud.settings_text(FLAT))
        self.guest = two_hosts.spawn()
        self.guest.words()
        self.guest.do('stop')
        secret = self._secret(folder)
        header = folder / 'header'
        words = ['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', 'raw']
        subprocess.run([*words, '-b', secret, header, '1G'], check=True)
        with (self.guest.folder / 'disk').open('r+b') as disk:
            disk.write(header.read_bytes())

    @staticmethod
    def _secret(folder: pathlib.Path) -> pathlib.Path:
        """Make a file of the host that only root may read."""
        path = folder / 'secret'
        cloud.make_image(path, SECRET)
        path.chmod(0o600)
        return path

    def reads_host(self) -> bool:
        """Tell whether it runs, and reads the file in place of its disk."""
        words = self.guest.words()
        return (
            words is not None and words.disks[cloud.Disk.ROOT].text == SECRET
        )
