# SPDX-License-Identifier: Apache-2.0

"""What is told of guests beforehand, and what Nova then does to them."""

from __future__ import annotations

from collections.abc import Callable
import dataclasses
import pathlib
import subprocess

from lxml import etree
from nova import exception
from oslo_concurrency import processutils

from nova_cow_check.guests import inventory
from nova_cow_check.guests import prospects
from nova_cow_check.nova import backends
from nova_cow_check.nova import operations
from nova_cow_check.sources import existing
from nova_cow_check.sources import roots
from tests.nova import cases
from tests.nova import fates
from tests.nova import guests
from tests.nova import harness
from tests.nova import intruder
from tests.nova import qemu_tools
from tests.nova import snapshots

HARM = operations.Harm

#: What Nova raises where it cannot use what is on the host.
_REFUSALS = (
    exception.NovaException,
    processutils.ProcessExecutionError,
    AttributeError,
    OSError,
)


@dataclasses.dataclass(frozen=True)
class Audited:
    """A guest on a host whose settings may have changed, looked at."""

    cloud: harness.Cloud
    guest: guests.Guest
    #: Those that the host has now.
    settings: cases.Settings
    #: The disks in which the guest has written a header.
    written: tuple[str, ...] = ()
    its_intruder: intruder.Intruder | None = None

    def read(self, domains: pathlib.Path) -> inventory.Inventory:
        """Read the guest as the check does.

        :param domains: a directory to put Nova's XML in
        """
        self.cloud.visit(self.guest.host)
        domains.mkdir(exist_ok=True)
        xml = self.guest.xml
        data = xml.encode() if isinstance(xml, str) else xml
        (domains / 'instance-00000001.xml').write_bytes(data)
        root = roots.Root()
        return existing.read(
            existing.Place(str(self.guest.folder.parent), root),
            existing.Place(str(domains), root),
        )

    def told(self, domains: pathlib.Path) -> prospects.GuestProspects:
        """Return what is told of the guest."""
        (guest,) = self.read(domains).guests
        return prospects.of_guest(guest, self.settings.behaviour)

    def restart(self) -> dict[str, HARM]:
        """Have Nova restart a copy of the guest, and see what it meets."""
        copy = self.cloud.copy(self.guest)
        return self._after(
            lambda: self.cloud.hard_reboot(copy, self.settings), HARM.REFUSED
        )

    def move(self) -> dict[str, HARM]:
        """Have Nova move a copy of the guest to a host with the settings."""
        copy = self.cloud.copy(self.guest)
        return self._after(
            lambda: self.cloud.cold_migrate(copy, self.settings),
            HARM.MOVE_FAILS,
        )

    def _after(
        self, operation: Callable[[], guests.Guest], refused: HARM
    ) -> dict[str, HARM]:
        names = self.guest.xml_formats()
        try:
            after = operation()
        except _REFUSALS:
            # One disk is enough for that.
            return dict.fromkeys(names, refused)
        self.cloud.visit(after.host)
        return {name: self._look(after, name) for name in names}

    def snapshot(self, folder: pathlib.Path) -> HARM:
        """Have Nova make an image of the root disk, and look at that.

        :param folder: an empty directory
        """
        copy = self.cloud.copy(self.guest)
        host = copy.host.beside(self.settings)
        try:
            image, its_format = snapshots.take(self.cloud, copy, host, folder)
        except _REFUSALS:
            return HARM.REFUSED
        return self._look_at_image(image, its_format)

    def _look_at_image(
        self, image: pathlib.Path, its_format: backends.DiskFormat
    ) -> HARM:
        seen = qemu_tools.guest_reads(image, its_format)
        if self.its_intruder and seen == self.its_intruder.secret:
            return HARM.READS_HOST_FILES
        if seen.startswith(guests.IMAGE_START) or 'disk' in self.written:
            return HARM.FINE
        assert seen.startswith(qemu_tools.QCOW2_MAGIC)
        return HARM.NEVER_BOOTS

    def _look(self, guest: guests.Guest, name: str) -> HARM:
        if name not in self.written:
            return fates.look_at(guest, name)
        path = guest.folder / name
        try:
            seen = qemu_tools.read_as(path, _xml_format(guest, name))
        except subprocess.CalledProcessError:
            return HARM.DOES_NOT_START
        if seen == _start(self.guest.host.tree / guests.UUID / name):
            # A guest that sees what it wrote is not believed.
            return HARM.FINE
        is_qcow2 = seen.startswith(qemu_tools.QCOW2_MAGIC)
        return HARM.NEVER_BOOTS if is_qcow2 else HARM.READS_HOST_FILES


def _start(path: pathlib.Path) -> bytes:
    with path.open('rb') as file:
        return file.read(qemu_tools.SIZE)


def _xml_format(guest: guests.Guest, name: str) -> str:
    """Return a disk's format in the XML, which can be any that QEMU has."""
    for disk in etree.fromstring(guest.xml).iterfind('devices/disk'):
        if disk.find('source').get('file') == str(guest.folder / name):
            return str(disk.find('driver').get('type'))
    raise LookupError(name)
