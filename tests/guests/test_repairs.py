# SPDX-License-Identifier: Apache-2.0

"""Guests that a move has broken, repaired as the pages of the rules tell.

The commands are those of the pages. Without the repair, these guests do not
boot; with it, they boot and count on.
"""

from __future__ import annotations

import pathlib
from typing import NamedTuple

import pytest

from nova_cow_check.nova import backends
from nova_cow_check.nova import operations
from tests.guests import choice
from tests.guests import cloud
from tests.guests import fates
from tests.guests import hosts
from tests.guests import intruders
from tests.guests import journeys
from tests.nova import cases
from tests.nova import pages

_RAW, _QCOW2 = backends.DiskFormat.RAW, backends.DiskFormat.QCOW2

CONVERTED = 'flat-disks-converted'
OPENED = 'raw-disks-opened-as-qcow2'

#: Hosts with these findings.
FAULTY = {
    CONVERTED: cases.Settings('flat', True, True),
    OPENED: cases.Settings('qcow2', False, True),
}

#: What the pages tell to write.
FIXED = {
    CONVERTED: cases.Settings('flat', False, True),
    OPENED: cases.Settings('qcow2', True, True),
}

SIZES = {
    cloud.Disk.ROOT: 1024**3,
    cloud.Disk.EPHEMERAL: 1024**3,
    cloud.Disk.SWAP: 8 * 1024**2,
}


class Case(NamedTuple):
    """A guest that comes to a host with a finding."""

    rule: str
    journey: journeys.Journey

    @property
    def broken(self) -> fates.Files:
        """Its disks there."""
        return journeys.moved(self.journey)

    @property
    def to_convert(self) -> frozenset[cloud.Disk]:
        """The disks whose format is not the one that the host goes by."""
        return frozenset(
            disk
            for disk, file in self.broken.items()
            if file.format is not file.xml
        )

    @property
    def repaired(self) -> fates.Files:
        """Its disks when they are converted, and it is started."""
        right = _RAW if self.rule == CONVERTED else _QCOW2
        return {
            disk: operations.restarted(
                file._replace(format=right, header_is_guests=False)
                if disk in self.to_convert
                else file,
                FIXED[self.rule].behaviour,
            )
            for disk, file in self.broken.items()
        }

    def __str__(self) -> str:
        return f'{self.rule}, {self.journey}'


#: Raw disks come from flat hosts. The second makes a root disk that is qcow2
#: of a qcow2 image: such a guest lacks its other disks alone.
SOURCES = (
    cases.Settings('flat', False, True),
    cases.Settings('flat', False, False),
)

CASES = [
    Case(
        rule, journeys.Journey(image, cloud.ALL_DISKS, (source, FAULTY[rule]))
    )
    for rule in FAULTY
    for source in SOURCES
    for image in journeys.IMAGES
]


def cells(case: Case) -> frozenset[object]:
    root, *_others = case.broken.values()
    return frozenset({(case.rule, root.format)})


class Shell:
    """A root shell in the directory of a guest, on its host."""

    def __init__(
        self, guest: cloud.Guest, top: pathlib.Path, stand_ins: pathlib.Path
    ) -> None:
        self.folder = hosts.instances_path(top) / guest.uuid
        self.stand_ins = stand_ins
        self.within = guest.host.host.command()

    def run(self, rule: str, beginning: str, disk: cloud.Disk) -> str:
        """Run the commands of a page that begin so."""
        script = pages.commands(rule, beginning)
        return pages.run(
            script, disk.value, self.folder, self.stand_ins, self.within
        )

    def is_to_convert(self, rule: str, disk: cloud.Disk) -> bool:
        """Judge a disk by what the commands of a page print, as it says."""
        if rule == CONVERTED:
            seen = self.run(rule, 'name=', disk)
            return pages.was_converted(seen, SIZES[disk])
        return self.seen_as(disk) == pages.RAW

    def seen_as(self, disk: cloud.Disk) -> str:
        return pages.seen_as(
            self.folder, disk.value, SIZES[disk], self.stand_ins, self.within
        )


@pytest.fixture
def stand_ins(tmp_path: pathlib.Path) -> pathlib.Path:
    return pages.install_stand_ins(tmp_path / 'bin')


@pytest.mark.parametrize('case', choice.one_each(CASES, cells))
def test_convert(
    two_hosts: cloud.Cloud, stand_ins: pathlib.Path, case: Case
) -> None:
    guest = make(two_hosts, case)
    counts = fates.counts(guest)
    broken = fates.see(guest, lambda: guest.resize(two_hosts.second))
    assert broken == fates.told(case.broken)
    assert broken != fates.sound(cloud.ALL_DISKS)
    if broken.how is None:
        # What it counts on a disk that it lacks, the repair throws away.
        kept = {disk: counts[disk] for disk in case.to_convert}
        counts = {**fates.counts(guest), **kept}
    guest.confirm()
    guest.do('stop')

    shell = Shell(guest, two_hosts.top, stand_ins)
    found = frozenset(
        disk
        for disk in cloud.ALL_DISKS.disks
        if shell.is_to_convert(case.rule, disk)
    )
    assert found == case.to_convert
    for disk in found:
        shell.run(case.rule, 'install', disk)
    two_hosts.second.configure(cloud.settings_text(FIXED[case.rule]))
    seen = fates.see(guest, lambda: guest.do('hard_reboot'), counts)
    assert seen == fates.told(case.repaired) == fates.sound(cloud.ALL_DISKS)


@pytest.mark.parametrize('rule', FAULTY)
def test_revert(two_hosts: cloud.Cloud, rule: str) -> None:
    """A guest that was stopped is VERIFY_RESIZE, whatever has become of it."""
    (case, *_others) = [one for one in CASES if one.rule == rule]
    guest = make(two_hosts, case)
    counts = fates.counts(guest)
    guest.do('stop')
    guest.resize(two_hosts.second, is_stopped=True)
    assert not guest.is_active
    guest.revert()
    assert not guest.is_active
    seen = fates.see(guest, lambda: guest.do('hard_reboot'), counts)
    assert seen == fates.sound(cloud.ALL_DISKS)


def test_qcow2_inside_qcow2(
    two_hosts: cloud.Cloud, stand_ins: pathlib.Path
) -> None:
    """What is moved again before the repair is not to be converted back."""
    (case, *_others) = CASES
    guest = make(two_hosts, case)
    counts = fates.counts(guest)
    fates.see(guest, lambda: guest.resize(two_hosts.second))
    guest.confirm()
    two_hosts.first.configure(cloud.settings_text(FAULTY[CONVERTED]))
    again = case.journey._replace(
        route=(*case.journey.route, FAULTY[CONVERTED])
    )
    assert journeys.moved(again)[cloud.Disk.ROOT].is_nested
    seen = fates.see(guest, lambda: guest.resize(two_hosts.first), counts)
    assert seen == fates.told(journeys.moved(again))
    guest.do('stop')
    shell = Shell(guest, two_hosts.top, stand_ins)
    assert not shell.is_to_convert(CONVERTED, cloud.Disk.ROOT)


def test_header_of_a_guest(
    two_hosts: cloud.Cloud, tmp_path: pathlib.Path, stand_ins: pathlib.Path
) -> None:
    """It is not taken for Nova's, and becomes data when it is converted."""
    intruder = intruders.Intruder(two_hosts, tmp_path)
    guest = intruder.guest
    shell = Shell(guest, two_hosts.top, stand_ins)
    assert not shell.is_to_convert(CONVERTED, cloud.Disk.ROOT)
    assert shell.seen_as(cloud.Disk.ROOT) == pages.FOREIGN
    shell.run(OPENED, 'install', cloud.Disk.ROOT)
    guest.host.configure(cloud.settings_text(FIXED[OPENED]))
    guest.do('hard_reboot')
    assert guest.words() is None


def make(two_hosts: cloud.Cloud, case: Case) -> cloud.Guest:
    """Set up both hosts, and make the guest."""
    source, destination = map(cloud.settings_text, case.journey.route)
    two_hosts.first.configure(source)
    two_hosts.second.configure(destination)
    return two_hosts.spawn(case.journey.image, case.journey.flavor)
