# SPDX-License-Identifier: Apache-2.0

"""What a hard reboot does to guests whose host has other settings by now."""

from __future__ import annotations

import dataclasses
import itertools
import json
import pathlib

import pytest

from nova_cow_check.nova import backends
from nova_cow_check.nova import operations
from tests.nova import cases
from tests.nova import fates
from tests.nova import guests
from tests.nova import harness
from tests.nova import intruder
from tests.unit import hosts

RULES = (
    'implicit-image-backend',
    'flat-disks-converted',
    'raw-disks-opened-as-qcow2',
)

FLAT = cases.Settings('flat', False, True)
FLAT_WITH_COW = cases.Settings('flat', True, True)
QCOW2 = cases.Settings('qcow2', True, True)
QCOW2_WITHOUT_COW = cases.Settings('qcow2', False, True)

#: Hosts on which these rules hold; `raw` is another name of `flat`.
HELD = tuple(
    cases.Settings(images_type, cow, force)
    for (images_type, cow), force in itertools.product(
        [('default', True), ('default', False), ('flat', True)]
        + [('qcow2', False)],
        cases.BOOLEANS,
    )
)


@dataclasses.dataclass(frozen=True)
class History:
    """Where a guest with all disks has been before it is on a host."""

    image: backends.DiskFormat
    #: It is made on the first; with none, on the host itself.
    route: tuple[cases.Settings, ...] = ()

    def __str__(self) -> str:
        return '-'.join([self.image.value, *map(str, self.route)])


#: use_cow_images does nothing to a new disk.
HISTORIES = (
    *(History(image) for image in (cases.RAW, cases.QCOW2)),
    *(
        History(image, (host,))
        for image, host in itertools.product(
            (cases.RAW, cases.QCOW2), (FLAT, QCOW2)
        )
    ),
    # What has become qcow2 with a disk.info that says raw, and what is
    # broken already.
    History(cases.RAW, (FLAT, QCOW2)),
    History(cases.RAW, (FLAT, FLAT_WITH_COW)),
    History(cases.RAW, (FLAT, QCOW2_WITHOUT_COW)),
)

HARM = operations.Harm


#: force_raw_images does nothing to a raw image, nor to what a move does; no
#: second move needs to be made with both values.
REPLACED = tuple(
    (old, history)
    for old, history in itertools.product(HELD, HISTORIES)
    if old.force_raw_images
    or (history.image is cases.QCOW2 and len(history.route) < 2)
)


@dataclasses.dataclass(frozen=True)
class Started:
    """All that can be seen of a guest after its start."""

    xml: dict[str, str]
    #: What QEMU makes of each disk, and of none that it refuses.
    harms: dict[str, HARM]
    #: What disk.info says.
    recorded: dict[str, str]
    #: Name -> size and time of change of each disk.
    files: dict[str, tuple[int, int]]


def look_at(cloud: harness.Cloud, guest: guests.Guest) -> Started:
    cloud.visit(guest.host)
    names = guest.xml_formats()
    return Started(
        {name: xml.value for name, xml in names.items()},
        {name: fates.look_at(guest, name) for name in names},
        json.loads((guest.folder / 'disk.info').read_text()),
        {name: touched(guest.folder / name) for name in names},
    )


def touched(path: pathlib.Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def replaced(old: cases.Settings) -> cases.Settings:
    """Return the settings that the rule which holds proposes."""
    host = hosts.host(
        hosts.nova_conf(
            images_type=old.images_type,
            use_cow_images=str(old.use_cow_images),
            force_raw_images=str(old.force_raw_images),
        )
    )
    (finding,) = [one for one in host.findings() if one.rule in RULES]
    values = {
        change.name: change.value for change in finding.replacement.changes
    }
    cow = values.get('use_cow_images', str(old.use_cow_images))
    return dataclasses.replace(
        old,
        images_type=values.get('images_type', old.images_type),
        use_cow_images={'True': True, 'False': False}[str(cow)],
    )


def arrive(
    cloud: harness.Cloud, history: History, host: cases.Settings
) -> guests.Guest:
    """Return a guest on a host, all of whose moves were cold migrations."""
    force = host.force_raw_images
    route = [
        dataclasses.replace(one, force_raw_images=force)
        for one in (*history.route, host)
    ]
    boot = cases.Boot(route[0], history.image, all_disks=True)
    guest = cloud.copy(cloud.boot(boot))
    for settings in route[1:]:
        guest = cloud.cold_migrate(guest, settings)
    return guest


@pytest.mark.parametrize('old, history', REPLACED, ids=str)
def test_a_replacement_changes_nothing(
    cloud: harness.Cloud, old: cases.Settings, history: History
) -> None:
    """LibvirtDriver._hard_reboot, of what was made there or has arrived."""
    new = replaced(old)
    assert new != old
    assert new.backend is old.backend
    guest = arrive(cloud, history, old)
    other = cloud.copy(guest)
    before = look_at(cloud, cloud.hard_reboot(guest))
    assert look_at(cloud, cloud.hard_reboot(other, new)) == before


def restarted(
    cloud: harness.Cloud,
    old: cases.Settings,
    new: cases.Settings,
    image: backends.DiskFormat = cases.RAW,
) -> guests.Guest:
    """Return a guest that was made with settings, and restarted with new."""
    guest = arrive(cloud, History(image), old)
    return cloud.hard_reboot(guest, new)


ALL = ('disk', 'disk.eph0', 'disk.swap')

#: Old and new settings, image, the disks that libvirt refuses then.
CHANGES = (
    (FLAT, QCOW2, cases.RAW, ALL),
    (FLAT, QCOW2_WITHOUT_COW, cases.QCOW2, ALL),
    (
        dataclasses.replace(FLAT, force_raw_images=False),
        dataclasses.replace(QCOW2, force_raw_images=False),
        cases.QCOW2,
        ('disk.eph0', 'disk.swap'),
    ),
    (QCOW2, FLAT, cases.RAW, ()),
    (QCOW2, FLAT_WITH_COW, cases.QCOW2, ()),
    (QCOW2, dataclasses.replace(QCOW2, force_raw_images=False), cases.QCOW2)
    + ((),),
)


@pytest.mark.parametrize('old, new, image, refused', CHANGES, ids=str)
def test_a_change_of_backend(
    cloud: harness.Cloud,
    old: cases.Settings,
    new: cases.Settings,
    image: backends.DiskFormat,
    refused: tuple[str, ...],
) -> None:
    """What the page of mixed-image-backends says of the next restart."""
    guest = restarted(cloud, old, new, image)
    harms = look_at(cloud, guest).harms
    assert {
        name for name, harm in harms.items() if harm is HARM.DOES_NOT_START
    } == set(refused)
    assert all(harms[name] is HARM.FINE for name in set(ALL) - set(refused))
    # disk.info still has the entries of the guest's first days.
    back = look_at(cloud, cloud.hard_reboot(guest, old))
    assert set(back.harms.values()) == {HARM.FINE}


def test_a_change_to_qcow2_opens_files_of_the_host(
    cloud: harness.Cloud, tmp_path: pathlib.Path
) -> None:
    guest = arrive(cloud, History(cases.RAW), FLAT)
    its_intruder = intruder.Intruder(tmp_path)
    its_intruder.write_header(guest, 'disk')
    assert its_intruder.reads_secret(cloud.hard_reboot(guest, QCOW2), 'disk')
    back = cloud.hard_reboot(guest, FLAT)
    assert not its_intruder.reads_secret(back, 'disk')


def test_a_stale_disk_info_counts_on_a_flat_host(cloud: harness.Cloud) -> None:
    """A raw disk was converted when it came to a host that is flat now."""
    guest = arrive(cloud, History(cases.RAW, (FLAT,)), QCOW2)
    harms = look_at(cloud, cloud.hard_reboot(guest, FLAT)).harms
    assert harms['disk'] is HARM.NEVER_BOOTS
    assert harms['disk.eph0'] is HARM.UNREADABLE


def test_a_guest_that_was_refused_is_moved_no_better(
    cloud: harness.Cloud,
) -> None:
    """Once the XML says qcow2, nothing converts the disk any more."""
    guest = restarted(cloud, FLAT, QCOW2)
    moved = cloud.cold_migrate(guest, QCOW2)
    assert look_at(cloud, moved).harms['disk'] is HARM.DOES_NOT_START


def test_swap_of_a_raw_guest_breaks_once_its_host_converts(
    cloud: harness.Cloud,
) -> None:
    """What is said of the next move with raw-disks-opened-as-qcow2."""
    guest = arrive(cloud, History(cases.RAW), FLAT)
    copy = cloud.copy(guest)
    before = look_at(cloud, cloud.cold_migrate(guest, QCOW2_WITHOUT_COW))
    after = look_at(
        cloud, cloud.cold_migrate(copy, replaced(QCOW2_WITHOUT_COW))
    )
    assert before.harms == {
        'disk': HARM.DOES_NOT_START,
        'disk.eph0': HARM.DOES_NOT_START,
        'disk.swap': HARM.FINE,
    }
    assert after.harms == {
        'disk': HARM.STALE_DISK_INFO,
        'disk.eph0': HARM.STALE_DISK_INFO,
        'disk.swap': HARM.UNREADABLE,
    }


def test_a_broken_guest_gets_qcow2_inside_qcow2(cloud: harness.Cloud) -> None:
    broken = arrive(cloud, History(cases.RAW, (FLAT,)), FLAT_WITH_COW)
    moved = cloud.cold_migrate(broken, replaced(QCOW2_WITHOUT_COW))
    started = look_at(cloud, moved)
    assert started.xml['disk'] == 'qcow2'
    assert started.harms['disk'] is HARM.NEVER_BOOTS
