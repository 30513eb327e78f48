# SPDX-License-Identifier: Apache-2.0

"""Two compute hosts, and guests on them that say what they read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import contextlib
import dataclasses
import enum
import itertools
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
from typing import Any
import uuid
from xml.etree import ElementTree

from tests.guests import compute
from tests.guests import hosts
from tests.nova import cases
from tests.nova import remote

#: What a sound guest reads at 1 MiB of its root disk.
TEXT = 'text of an image'

#: What mkswap writes, and the guest reads of a swap disk.
SWAP = 'SWAPSPACE2'

#: How a qcow2 file begins, as the guest prints it.
QCOW2 = 'QFI.'

_numbers = itertools.count(1)

_DISK = re.compile(
    r'disk (\d) first (.{8}) swap (.{10}) text (.{16}) count ([0-9a-f]{8})'
)


class Disk(enum.Enum):
    """The disks of a guest; the value is the file's name."""

    ROOT = 'disk'
    EPHEMERAL = 'disk.eph0'
    SWAP = 'disk.swap'
    #: Of a guest that is in rescue; it boots from it.
    RESCUE = 'disk.rescue'


@dataclasses.dataclass(frozen=True)
class Flavor:
    """Sizes of a guest; it has the disks whose size is not zero."""

    root_gb: int = 1
    ephemeral_gb: int = 0
    #: In MiB.
    swap: int = 0
    memory_mb: int = 32

    @property
    def disks(self) -> tuple[Disk, ...]:
        """Return the disks, in the order in which the guest sees them."""
        is_there = {
            Disk.ROOT: True,
            Disk.EPHEMERAL: self.ephemeral_gb,
            Disk.SWAP: self.swap,
            Disk.RESCUE: False,
        }
        return tuple(disk for disk in Disk if is_there[disk])


ALL_DISKS = Flavor(ephemeral_gb=1, swap=8)


@dataclasses.dataclass(frozen=True)
class Read:
    """What a guest read of one disk when it booted."""

    first: str
    swap: str
    text: str
    #: How often it has booted with this disk, this time included.
    count: int


@dataclasses.dataclass(frozen=True)
class Words:
    """What a guest said since it booted."""

    disks: dict[Disk, Read]
    ticks: int


class Guest:
    """An instance on one of the hosts."""

    def __init__(self, cloud: Cloud, image: str, flavor: Flavor) -> None:
        self._cloud = cloud
        self.uuid = str(uuid.uuid4())
        self.image = image
        self.flavor = flavor
        self._number = next(_numbers)
        #: Where it is now.
        self.host = cloud.first

    @property
    def record(self) -> dict[str, Any]:
        """The instance, as Nova's database would have it."""
        return {
            'uuid': self.uuid,
            'number': self._number,
            'image': self.image,
            'flavor': dataclasses.asdict(self.flavor),
        }

    @property
    def folder(self) -> pathlib.Path:
        """Its directory on the host that it is on, as seen from outside."""
        return self.host.host.instances / self.uuid

    def do(self, operation: str, **arguments: Any) -> Any:
        """Have its host do something with it.

        :raises Refused: if Nova raises something
        """
        return self.host.do(operation, guest=self.record, **arguments)

    def resize(
        self,
        destination: compute.Compute,
        flavor: Flavor | None = None,
        is_stopped: bool = False,
    ) -> None:
        """Resize or cold migrate it; `confirm` or `revert` comes next.

        :param is_stopped: whether it was before; then it stays so
        """
        source, flavor = self.host, flavor or self.flavor
        new = dataclasses.asdict(flavor)
        address = destination.host.address
        disk_info = self.do('send', address=address, flavor=new)
        self._before = source, self.flavor
        self._is_stopped = is_stopped
        self.host = destination
        self.do(
            'receive',
            disk_info=disk_info,
            flavor=new,
            power_on=not is_stopped,
        )
        self.flavor = flavor

    def confirm(self) -> None:
        source, _flavor = self._before
        source.do('confirm', guest=self.record)

    def revert(self) -> None:
        """Take it back to where it was, with the sizes that it had.

        It is started, but if it was stopped before.
        """
        self.do('delete_for_revert')
        self.host, self.flavor = self._before
        self.do('revert', power_on=not self._is_stopped)

    def migrate_live(self, destination: compute.Compute) -> bool:
        """Live migrate it, with its disks if they are not there already.

        :returns: whether it is there now
        """
        begun = destination.do('check_destination', guest=self.record)
        # Nova finds out whether there is anything to copy.
        checked = self.do('check_source', migrate_data=begun)
        destination.do('end_check', migrate_data=begun)
        prepared = destination.do(
            'prepare',
            guest=self.record,
            disks=self.do('disk_info', migrate_data=checked),
            migrate_data=checked,
        )
        address = destination.host.address
        is_there: bool = self.do(
            'migrate_live', address=address, migrate_data=prepared
        )
        if is_there:
            self.host = destination
            self.do('end_live')
        else:
            destination.do(
                'roll_back', guest=self.record, migrate_data=prepared
            )
        return is_there

    def evacuate(self, destination: compute.Compute) -> None:
        """Start it elsewhere, on disks that are there, when its host died."""
        self.host.virsh('destroy', self.uuid)
        self.host.virsh('undefine', self.uuid)
        self.host = destination
        self.do('spawn')

    def shelve(self) -> None:
        """Make an image of it, and remove it from its host."""
        self.do('stop')
        self._shelved = self.do('snapshot')
        self.do('delete')

    def unshelve(self, destination: compute.Compute) -> None:
        """Make it anew, from the image that was made of it."""
        self.host = destination
        self.do('unshelve', image=self._shelved)

    @property
    def is_active(self) -> bool:
        """Whether Nova calls it ACTIVE."""
        return bool(self.do('state') == 'running')

    def words(self, disks: Sequence[Disk] = ()) -> Words | None:
        """Wait for what it says, and return that; None if it never boots.

        That is known when the firmware has read what is no boot sector.

        :param disks: in the order in which it sees them, if not its own
        """
        asked_from = time.monotonic() + 1

        def has_said_all() -> bool:
            if self._said(()) is not None:
                return True
            # Most guests have spoken before the firmware has to be asked.
            is_late = time.monotonic() > asked_from
            return is_late and self._is_without_boot_sector()

        hosts.wait_for(has_said_all, 'a word of a guest')
        return self._said(disks or self.flavor.disks)

    def xml_format(self) -> str:
        """Return the format of its root disk that its XML names."""
        xml = self.host.virsh('dumpxml', self.uuid)
        driver = ElementTree.fromstring(xml).find('devices/disk/driver')
        assert driver is not None
        return driver.attrib['type']

    def disk_format(self) -> str:
        """Return the format that its root disk begins as."""
        with (self.folder / 'disk').open('rb') as disk:
            return 'qcow2' if disk.read(4) == b'QFI\xfb' else 'raw'

    def wait_for_ticks(self, more_than: int) -> None:
        """Wait until it has ticked more often, which shows that it runs."""
        hosts.wait_for(lambda: self.ticks > more_than, 'a guest to go on')

    def _said(self, disks: Sequence[Disk]) -> Words | None:
        boots = self._console().split('\nboot\n')
        if len(boots) < 2 or not (ticks := _ticks(boots[-1])):
            return None
        found = {}
        for disk, line in zip(disks, _DISK.findall(boots[-1])):
            _number, first, swap, text, count = line
            found[disk] = Read(first, swap, text, int(count, 16))
        return Words(found, ticks)

    @property
    def ticks(self) -> int:
        """How often it has ticked since it booted."""
        return _ticks(self._console())

    def _console(self) -> str:
        path = self.folder / 'console.log'
        return path.read_text(errors='replace') if path.exists() else ''

    def _is_without_boot_sector(self) -> bool:
        """Tell whether the firmware has read a qcow2 header to boot from."""
        try:
            seen = self.host.virsh(
                'qemu-monitor-command', '--hmp', self.uuid, 'xp /4xb 0x7c00'
            )
        except AssertionError:
            # It has no domain yet.
            return False
        return '0x51 0x46 0x49 0xfb' in seen


def _ticks(text: str) -> int:
    found = re.findall(r'^tick ([0-9a-f]{8})$', text, re.MULTILINE)
    return int(found[-1], 16) if found else 0


class Cloud:
    """Two hosts that have been started, without guests."""

    def __init__(
        self, top: pathlib.Path, pair: tuple[hosts.Host, hosts.Host]
    ) -> None:
        self.top = top
        self.first, self.second = (compute.Compute(host, top) for host in pair)

    @property
    def hosts(self) -> tuple[compute.Compute, compute.Compute]:
        return self.first, self.second

    def spawn(
        self,
        image: str = 'raw',
        flavor: Flavor = Flavor(),
    ) -> Guest:
        """Have Nova make a guest on the first host."""
        guest = Guest(self, image, flavor)
        guest.do('spawn')
        return guest

    def clear(self) -> None:
        """Forget all guests, and what is cached for them."""
        for one in self.hosts:
            one.host.run(
                'sh',
                '-c',
                f'for guest in $(virsh -q -c {hosts.URI} list --uuid --all); '
                f'do virsh -q -c {hosts.URI} destroy $guest; '
                f'virsh -q -c {hosts.URI} undefine $guest; done > '
                '/dev/null 2>&1',
            )
            for path in one.host.instances.iterdir():
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink()


def settings_text(settings: cases.Settings) -> str:
    """Return the lines of a nova.conf with image settings, all written."""
    return (
        '[DEFAULT]\n'
        f'use_cow_images = {settings.use_cow_images}\n'
        f'force_raw_images = {settings.force_raw_images}\n'
        '[libvirt]\n'
        f'images_type = {settings.images_type}\n'
    )


@contextlib.contextmanager
def up(top: pathlib.Path, is_shared: bool = False) -> Iterator[Cloud]:
    """Have two hosts, with nova-compute's driver on each.

    :param top: an empty folder
    :param is_shared: whether they share instances_path
    """
    glance = top / 'glance'
    glance.mkdir()
    _make_images(glance)
    with hosts.up(top, is_shared) as pair:
        remote.install(top, hosts.instances_path(top), top / '$host/instances')
        cloud = Cloud(top, pair)
        try:
            yield cloud
        finally:
            for one in cloud.hosts:
                one.end()


@contextlib.contextmanager
def temporary(is_shared: bool = False) -> Iterator[Cloud]:
    """Have two hosts in a folder of their own, of which nothing is left."""
    # Not in pytest's folder, which keeps what is left of the last runs.
    with tempfile.TemporaryDirectory(prefix='guests-') as top:
        with up(pathlib.Path(top), is_shared) as its_cloud:
            yield its_cloud


def _make_images(glance: pathlib.Path) -> None:
    """Make the image that guests boot from, in both formats."""
    plain = glance / 'image.raw'
    make_image(plain, TEXT)
    words = ['qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', plain]
    subprocess.run([*words, glance / 'image.qcow2'], check=True)


def make_image(path: pathlib.Path, text: str) -> None:
    """Make a disk of 8 MiB that boots.

    :param text: what the guest reads at 1 MiB, 16 characters
    """
    source = pathlib.Path(__file__).with_name('speaker.asm')
    subprocess.run(['nasm', '-f', 'bin', source, '-o', path], check=True)
    with path.open('r+b') as file:
        file.seek(1024**2)
        file.write(text.encode())
        file.truncate(8 * 1024**2)
