# SPDX-License-Identifier: Apache-2.0

"""The repairs of broken guests: the commands of the pages, on real disks."""

from __future__ import annotations

import pathlib

import pytest

from nova_cow_check.nova import operations
from tests.nova import cases
from tests.nova import fates
from tests.nova import guests
from tests.nova import harness
from tests.nova import intruder
from tests.nova import pages
from tests.nova import qemu_tools

FLAT = cases.Settings('flat', False, True)
FLAT_WITH_COW = cases.Settings('flat', True, True)
QCOW2_WITHOUT_COW = cases.Settings('qcow2', False, True)

HARM = operations.Harm
ALL = ('disk', 'disk.eph0', 'disk.swap')

#: What the flavor of these guests says, in bytes.
SIZES = {
    'disk': 1024**3,
    'disk.eph0': 1024**3,
    'disk.swap': 8 * 1024**2,
}


@pytest.fixture
def guest(cloud: harness.Cloud) -> guests.Guest:
    """A sound guest on a flat host; all of its disks are raw."""
    boot = cases.Boot(FLAT, cases.RAW, all_disks=True)
    return cloud.copy(cloud.boot(boot))


@pytest.fixture
def stand_ins(tmp_path: pathlib.Path) -> pathlib.Path:
    return pages.install_stand_ins(tmp_path / 'bin')


def look_at(cloud: harness.Cloud, guest: guests.Guest) -> dict[str, HARM]:
    cloud.visit(guest.host)
    return {name: fates.look_at(guest, name) for name in guest.xml_formats()}


def assert_same(one: pathlib.Path, other: pathlib.Path) -> None:
    """Fail unless a guest with a raw disk reads the same on both."""
    qemu_tools.run('qemu-img', 'compare', '-f', 'raw', '-F', 'raw', one, other)


#: What makes the file "disk" of 1 MiB, below the directory of the instances.
DISKS = {
    'raw': ('truncate -s 1M disk', pages.RAW),
    'converted': ('qemu-img create -q -f qcow2 disk 1M', pages.SOUND),
    'overlay': (
        'qemu-img create -q -f qcow2 -b "$BASE" -F raw disk 1M',
        pages.SOUND,
    ),
    # Its guest was believed, and what it wrote made the file grow.
    'believed': (
        'qemu-img create -q -f qcow2 -b "$SECRET" -F raw disk 1M; '
        'qemu-io -c "write 0 64k" disk',
        pages.FOREIGN,
    ),
    'out of _base': (
        'qemu-img create -q -f qcow2 -u -b "$FOLDER/_base/../secret" -F raw '
        'disk 1M',
        pages.FOREIGN,
    ),
    'external data': (
        'qemu-img create -q -f qcow2 -o data_file=data,data_file_raw=on '
        'disk 1M',
        pages.FOREIGN,
    ),
    'size to the byte': (
        'qemu-img create -q -f qcow2 disk 1M; truncate -s 1M disk',
        pages.FOREIGN,
    ),
    'another size': ('qemu-img create -q -f qcow2 disk 2M', pages.FOREIGN),
}


@pytest.mark.parametrize('made, expected', DISKS.values(), ids=DISKS)
def test_foreign_disks_are_not_cleared(
    made: str,
    expected: str,
    stand_ins: pathlib.Path,
    tmp_path: pathlib.Path,
) -> None:
    """The page of raw-disks-opened-as-qcow2 looks at more than a magic."""
    base = tmp_path / '_base' / ('0123456789' * 4)
    secret = tmp_path / 'secret'
    folder = tmp_path / guests.UUID
    for directory in (base.parent, folder):
        directory.mkdir()
    for path in (base, secret):
        path.write_bytes(bytes(1024**2))
    names = f'BASE={base}\nSECRET={secret}\nFOLDER={tmp_path}\n'
    pages.run(names + made, 'disk', folder, stand_ins)
    assert pages.seen_as(folder, 'disk', 1024**2, stand_ins) == expected


@pytest.mark.parametrize('broken_by', [FLAT_WITH_COW, QCOW2_WITHOUT_COW])
def test_revert(
    cloud: harness.Cloud, guest: guests.Guest, broken_by: cases.Settings
) -> None:
    """LibvirtDriver.finish_revert_migration, with what the source kept."""
    moved = cloud.cold_migrate(guest, broken_by)
    assert look_at(cloud, moved)['disk'] in {
        HARM.NEVER_BOOTS,
        HARM.DOES_NOT_START,
    }
    back = cloud.revert(guest)
    assert look_at(cloud, back) == dict.fromkeys(ALL, HARM.FINE)


def test_convert_back(
    cloud: harness.Cloud, guest: guests.Guest, stand_ins: pathlib.Path
) -> None:
    """The page of flat-disks-converted, and a hard reboot."""
    rule = 'flat-disks-converted'
    moved = cloud.cold_migrate(guest, FLAT_WITH_COW)
    assert look_at(cloud, moved) == {
        'disk': HARM.NEVER_BOOTS,
        'disk.eph0': HARM.UNREADABLE,
        'disk.swap': HARM.UNREADABLE,
    }
    for name in ALL:
        seen = pages.run(
            pages.commands(rule, 'name='), name, moved.folder, stand_ins
        )
        assert pages.was_converted(seen, SIZES[name])
        before = (moved.folder / name).stat()
        pages.run(
            pages.commands(rule, 'install'), name, moved.folder, stand_ins
        )
        after = (moved.folder / name).stat()
        assert (after.st_mode, after.st_uid) == (before.st_mode, before.st_uid)
        assert after.st_size == SIZES[name]
    assert not (moved.folder / 'repair').exists()
    started = cloud.hard_reboot(moved, FLAT)
    assert look_at(cloud, started) == dict.fromkeys(ALL, HARM.FINE)
    kept = guest.host.tree / f'{guests.UUID}_resize'
    # A swap disk is made anew by each move.
    for name in ('disk', 'disk.eph0'):
        assert_same(kept / name, moved.host.tree / guests.UUID / name)
    again = cloud.cold_migrate(started, FLAT)
    assert look_at(cloud, again) == dict.fromkeys(ALL, HARM.FINE)


def test_a_header_of_the_guest_is_not_taken_for_a_conversion(
    guest: guests.Guest,
    cloud: harness.Cloud,
    stand_ins: pathlib.Path,
    tmp_path: pathlib.Path,
) -> None:
    """On an empty disk, and with a backing file."""
    cloud.visit(guest.host)
    look = pages.commands('flat-disks-converted', 'name=')
    header = tmp_path / 'header'
    qemu_tools.run('qemu-img', 'create', '-q', '-f', 'qcow2', header, '1G')
    qemu_tools.guest_writes(guest.disk, cases.RAW, header.read_bytes())
    seen = pages.run(look, 'disk', guest.folder, stand_ins)
    assert not pages.was_converted(seen, SIZES['disk'])
    intruder.Intruder(tmp_path).write_header(guest, 'disk')
    seen = pages.run(look, 'disk', guest.folder, stand_ins)
    assert not pages.was_converted(seen, SIZES['disk'])


def test_a_backing_file_is_never_read(
    guest: guests.Guest,
    cloud: harness.Cloud,
    stand_ins: pathlib.Path,
    tmp_path: pathlib.Path,
) -> None:
    """Whatever became of the header since it was looked at."""
    cloud.visit(guest.host)
    its_intruder = intruder.Intruder(tmp_path)
    its_intruder.write_header(guest, 'disk')
    convert = pages.commands('flat-disks-converted', 'install')
    pages.run(convert, 'disk', guest.folder, stand_ins)
    assert qemu_tools.guest_reads(guest.disk, cases.RAW) == bytes(
        qemu_tools.SIZE
    )


def test_convert_in_place(
    cloud: harness.Cloud, guest: guests.Guest, stand_ins: pathlib.Path
) -> None:
    """The page of raw-disks-opened-as-qcow2, and a hard reboot."""
    rule = 'raw-disks-opened-as-qcow2'
    moved = cloud.cold_migrate(guest, QCOW2_WITHOUT_COW)
    assert look_at(cloud, moved) == {
        'disk': HARM.DOES_NOT_START,
        'disk.eph0': HARM.DOES_NOT_START,
        'disk.swap': HARM.FINE,
    }
    told = {
        name: pages.seen_as(moved.folder, name, SIZES[name], stand_ins)
        for name in ALL
    }
    # The move has made the swap disk anew.
    assert told == {
        'disk': pages.RAW,
        'disk.eph0': pages.RAW,
        'disk.swap': pages.SOUND,
    }
    for name in ('disk', 'disk.eph0'):
        pages.run(
            pages.commands(rule, 'install'), name, moved.folder, stand_ins
        )
    started = cloud.hard_reboot(moved)
    assert look_at(cloud, started) == {
        'disk': HARM.STALE_DISK_INFO,
        'disk.eph0': HARM.STALE_DISK_INFO,
        'disk.swap': HARM.FINE,
    }


def test_a_header_of_the_guest_is_data_after_the_repair(
    cloud: harness.Cloud,
    guest: guests.Guest,
    stand_ins: pathlib.Path,
    tmp_path: pathlib.Path,
) -> None:
    rule = 'raw-disks-opened-as-qcow2'
    cloud.visit(guest.host)
    its_intruder = intruder.Intruder(tmp_path)
    its_intruder.write_header(guest, 'disk')
    moved = cloud.cold_migrate(guest, QCOW2_WITHOUT_COW)
    assert its_intruder.reads_secret(moved, 'disk')
    told = pages.seen_as(moved.folder, 'disk', SIZES['disk'], stand_ins)
    assert told == pages.FOREIGN
    pages.run(pages.commands(rule, 'install'), 'disk', moved.folder, stand_ins)
    started = cloud.hard_reboot(moved)
    assert not its_intruder.reads_secret(started, 'disk')
    shown = qemu_tools.guest_reads(started.disk, started.xml_format)
    assert shown.startswith(qemu_tools.QCOW2_MAGIC)
