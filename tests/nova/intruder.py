# SPDX-License-Identifier: Apache-2.0

"""A guest that wants to read files of the host."""

from __future__ import annotations

import pathlib
import subprocess

from tests.nova import cases
from tests.nova import guests
from tests.nova import qemu_tools


class Intruder:
    """What such a guest writes, and whether it gets what it wants."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._secret = folder / 'secret-of-the-host'
        self._secret.write_bytes(b'secret of the host'.ljust(qemu_tools.SIZE))
        header = folder / 'header'
        # fmt: off
        qemu_tools.run(
            'qemu-img', 'create', '-q', '-f', 'qcow2',
            '-b', self._secret, '-F', 'raw', header, '1G',
        )
        # fmt: on
        self._header = header.read_bytes()

    @property
    def path(self) -> pathlib.Path:
        """The file of the host."""
        return self._secret

    @property
    def secret(self) -> bytes:
        """What no guest may see."""
        return self._secret.read_bytes()

    def write_header(self, guest: guests.Guest, name: str) -> None:
        """Make a raw disk look as if the secret were its backing file."""
        path = guest.folder / name
        qemu_tools.guest_writes(path, cases.RAW, self._header)

    def reads_secret(self, guest: guests.Guest, name: str) -> bool:
        """Tell whether the guest reads the secret on a disk."""
        xml = guest.xml_formats()[name]
        try:
            seen = qemu_tools.guest_reads(guest.folder / name, xml)
        except subprocess.CalledProcessError:
            return False
        return seen == self.secret
