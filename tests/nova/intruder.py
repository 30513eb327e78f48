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
        return seen == self._secret.read_bytes()
