# SPDX-License-Identifier: Apache-2.0

"""What is told of guests beforehand is what Nova does to them."""

from __future__ import annotations

from collections.abc import Callable
import json
import pathlib

from nova import version
import pytest

from nova_cow_check.guests import conditions
from nova_cow_check.guests import prospects
from nova_cow_check.nova import operations
from tests.nova import audits
from tests.nova import cases
from tests.nova import guests
from tests.nova import harness
from tests.nova import intruder
from tests.nova import qemu_tools

HARM = operations.Harm

#: Nova 28 makes a missing backing file of a swap disk again at a restart with
#: the qcow2 backend. What is told is what newer releases do.
MAKES_SWAP_BASES = version.version_string().startswith('28.')

FLAT = cases.Settings('flat', False, True)
FLAT_WITH_COW = cases.Settings('flat', True, True)
FLAT_UNFORCED = cases.Settings('flat', False, False)
QCOW2 = cases.Settings('qcow2', True, True)
QCOW2_WITHOUT_COW = cases.Settings('qcow2', False, True)
QCOW2_UNFORCED = cases.Settings('qcow2', True, False)

HOSTS = (
    FLAT,
    FLAT_WITH_COW,
    FLAT_UNFORCED,
    QCOW2,
    QCOW2_WITHOUT_COW,
    QCOW2_UNFORCED,
)

#: Where a guest has been, the host that it is on last.
ROUTES = {
    'flat': (FLAT,),
    'flat, unforced': (FLAT_UNFORCED,),
    'qcow2': (QCOW2,),
    'qcow2, unforced': (QCOW2_UNFORCED,),
    'converted': (FLAT, FLAT_WITH_COW),
    'raw on qcow2': (FLAT, QCOW2_WITHOUT_COW),
    'stale': (FLAT, QCOW2),
    'overlay on flat': (QCOW2, FLAT),
}


def arrive(
    cloud: harness.Cloud,
    route: tuple[cases.Settings, ...],
    image: cases.backends.DiskFormat = cases.QCOW2,
) -> guests.Guest:
    """Return a guest with all disks, whose moves were cold migrations."""
    guest = cloud.copy(cloud.boot(cases.Boot(route[0], image, all_disks=True)))
    for settings in route[1:]:
        guest = cloud.cold_migrate(guest, settings)
    cloud.visit(guest.host)
    return guest


def shown(harm: operations.Harm) -> tuple[str, str | None]:
    """Return what is compared: outcome and how."""
    how = harm.how
    return harm.outcome.name.lower(), how.value if how else None


def assert_told(
    told: prospects.Prospect, happened: operations.Harm, where: str
) -> None:
    """Fail unless what was told of one disk happened."""
    assert happened.outcome <= told.possible.outcome, where
    if told.harm is not None:
        assert shown(told.harm) == shown(happened), where


#: What one disk does to its whole guest.
REFUSALS = (HARM.REFUSED, HARM.MOVE_FAILS)


def assert_all_told(audited: audits.Audited, folder: pathlib.Path) -> None:
    """Fail unless all that was told of a guest happened."""
    told = audited.told(folder / 'domains').disks
    for operation, happened in (
        ('restart', audited.restart()),
        ('move', audited.move()),
    ):
        found = {
            one.disk.name: getattr(one, operation)
            for one in told
            if one.disk.name in happened
        }
        assert found.keys() == happened.keys()
        whole = set(happened.values()) & {*REFUSALS}
        if whole:
            (refusal,) = whole
            assert any(
                one.harm is refusal
                or (one.harm is None and one.possible.outcome)
                for one in found.values()
            ), f'{operation}: {refusal}'
            continue
        for name, one in found.items():
            is_swap = operation == 'restart' and name == 'disk.swap'
            if is_swap and MAKES_SWAP_BASES and one.harm is HARM.REFUSED:
                assert happened[name] is HARM.FINE
                continue
            assert_told(one, happened[name], f'{operation} of {name}')


@pytest.mark.parametrize('settings', HOSTS, ids=str)
@pytest.mark.parametrize('image', [cases.RAW, cases.QCOW2])
@pytest.mark.parametrize('route', ROUTES.values(), ids=ROUTES)
def test_guests_made_and_moved_by_nova(
    cloud: harness.Cloud,
    route: tuple[cases.Settings, ...],
    image: cases.backends.DiskFormat,
    settings: cases.Settings,
    tmp_path: pathlib.Path,
) -> None:
    guest = arrive(cloud, route, image)
    assert_all_told(audits.Audited(cloud, guest, settings), tmp_path)


@pytest.mark.parametrize('moves', [0, 1])
@pytest.mark.parametrize(
    'settings',
    [FLAT, FLAT_UNFORCED, QCOW2, QCOW2_UNFORCED, QCOW2_WITHOUT_COW],
    ids=str,
)
@pytest.mark.parametrize('image', [cases.RAW, cases.QCOW2])
def test_sound_guests_are_sound(
    cloud: harness.Cloud,
    image: cases.backends.DiskFormat,
    settings: cases.Settings,
    moves: int,
    tmp_path: pathlib.Path,
) -> None:
    guest = arrive(cloud, (settings,) * (moves + 1), image)
    audited = audits.Audited(cloud, guest, settings)
    assert audited.read(tmp_path / 'domains').not_read == ()
    told = audited.told(tmp_path / 'domains')
    assert {one.disk.name for one in told.disks} >= {'disk', 'disk.swap'}
    assert conditions.of_guest(told) == ()


def no_disk_info(guest: guests.Guest) -> None:
    (guest.folder / 'disk.info').unlink()


def disk_info(text: str) -> Callable[[guests.Guest], None]:
    """Return what writes something else into disk.info."""

    def write(guest: guests.Guest) -> None:
        (guest.folder / 'disk.info').write_text(text)

    return write


def recorded(its_format: str) -> Callable[[guests.Guest], None]:
    """Return what writes one format for each disk into disk.info."""

    def write(guest: guests.Guest) -> None:
        names = guest.xml_formats()
        entries = {str(guest.folder / name): its_format for name in names}
        (guest.folder / 'disk.info').write_text(json.dumps(entries))

    return write


def missing(beginning: str) -> Callable[[guests.Guest], None]:
    """Return what removes backing files."""

    def remove(guest: guests.Guest) -> None:
        for path in (guest.folder.parent / '_base').glob(f'{beginning}*'):
            path.unlink()

    return remove


def exchanged(guest: guests.Guest) -> None:
    """Make qcow2 of the raw backing files, or raw of those that are qcow2."""
    for path in (guest.folder.parent / '_base').glob('[0-9a-f]' * 40):
        old = qemu_tools.format_of(path)
        new = cases.RAW if old is cases.QCOW2 else cases.QCOW2
        made = path.with_suffix('.made')
        qemu_tools.run(
            'qemu-img', 'convert', '-f', old.value, '-O', new.value, path, made
        )
        made.rename(path)


DAMAGES: dict[str, Callable[[guests.Guest], None]] = {
    'no disk.info': no_disk_info,
    'empty': disk_info(''),
    'not JSON': disk_info('raw'),
    'no object': disk_info('[]'),
    'other keys': disk_info('{"/elsewhere/disk": "qcow2"}'),
    'recorded as raw': recorded('raw'),
    'recorded as qcow2': recorded('qcow2'),
    'no backing file of the root disk': missing('[0-9a-f]' * 40),
    'no backing file of the ephemeral disk': missing('ephemeral_'),
    'no backing file of the swap disk': missing('swap_'),
    'backing files exchanged': exchanged,
}

DAMAGED_ROUTES = {
    'flat': (FLAT,),
    'qcow2': (QCOW2,),
    'qcow2, unforced': (QCOW2_UNFORCED,),
    'stale': (FLAT, QCOW2),
}


@pytest.mark.parametrize('settings', [FLAT, QCOW2, QCOW2_UNFORCED], ids=str)
@pytest.mark.parametrize('damage', DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize('route', DAMAGED_ROUTES.values(), ids=DAMAGED_ROUTES)
def test_guests_damaged_by_hand(
    cloud: harness.Cloud,
    route: tuple[cases.Settings, ...],
    damage: Callable[[guests.Guest], None],
    settings: cases.Settings,
    tmp_path: pathlib.Path,
) -> None:
    guest = arrive(cloud, route)
    damage(guest)
    assert_all_told(audits.Audited(cloud, guest, settings), tmp_path)


def hostile(guest: guests.Guest, its_intruder: intruder.Intruder) -> None:
    its_intruder.write_header(guest, 'disk')


def plain(guest: guests.Guest, _intruder: intruder.Intruder) -> None:
    """As somebody has it who runs guests in a guest."""
    header = guest.folder / 'header'
    qemu_tools.run('qemu-img', 'create', '-q', '-f', 'qcow2', header, '1G')
    start = bytearray(header.read_bytes())
    # Nobody else's looks like it.
    start[2048:2560] = b'written by the guest'.ljust(512)
    qemu_tools.guest_writes(guest.disk, cases.RAW, bytes(start))
    header.unlink()


def not_valid(guest: guests.Guest, _intruder: intruder.Intruder) -> None:
    start = qemu_tools.QCOW2_MAGIC + b'\0\0\0\3' + bytes(504)
    qemu_tools.guest_writes(guest.disk, cases.RAW, start)


def descriptor(guest: guests.Guest, its_intruder: intruder.Intruder) -> None:
    text = (
        '# Disk DescriptorFile\nversion=1\nCID=fffffffe\n'
        'parentCID=ffffffff\ncreateType="monolithicFlat"\n'
        f'RW 128 FLAT "{its_intruder.path}" 0\n'
        'ddb.adapterType = "ide"\n'
    )
    start = text.encode().ljust(1024, b'\0')
    qemu_tools.guest_writes(guest.disk, cases.RAW, start)


WRITTEN = {
    one.__name__: one for one in (hostile, plain, not_valid, descriptor)
}


@pytest.mark.parametrize('settings', HOSTS, ids=str)
@pytest.mark.parametrize('records', ['kept', 'lost'])
@pytest.mark.parametrize('write', WRITTEN.values(), ids=WRITTEN)
def test_headers_that_the_guest_wrote(
    cloud: harness.Cloud,
    write: Callable[[guests.Guest, intruder.Intruder], None],
    records: str,
    settings: cases.Settings,
    tmp_path: pathlib.Path,
) -> None:
    guest = arrive(cloud, (FLAT,))
    its_intruder = intruder.Intruder(tmp_path)
    write(guest, its_intruder)
    if records == 'lost':
        no_disk_info(guest)
    assert_all_told(
        audits.Audited(cloud, guest, settings, ('disk',), its_intruder),
        tmp_path,
    )


@pytest.mark.parametrize('records', ['kept', 'lost'])
@pytest.mark.parametrize('route', ROUTES.values(), ids=ROUTES)
def test_snapshots(
    cloud: harness.Cloud,
    route: tuple[cases.Settings, ...],
    records: str,
    tmp_path: pathlib.Path,
) -> None:
    guest = arrive(cloud, route)
    if records == 'lost':
        no_disk_info(guest)
    audited = audits.Audited(cloud, guest, guest.host.settings)
    told = audited.told(tmp_path / 'domains').disks[0]
    assert told.disk.name == 'disk'
    happened = audited.snapshot(tmp_path)
    assert_told(told.snapshot, happened, 'snapshot')


@pytest.mark.parametrize('settings', [FLAT, QCOW2], ids=str)
@pytest.mark.parametrize('records', ['kept', 'lost'])
@pytest.mark.parametrize('write', WRITTEN.values(), ids=WRITTEN)
def test_snapshots_of_what_the_guest_wrote(
    cloud: harness.Cloud,
    write: Callable[[guests.Guest, intruder.Intruder], None],
    records: str,
    settings: cases.Settings,
    tmp_path: pathlib.Path,
) -> None:
    """With the XML as it was, and after a restart with the settings."""
    if write is not_valid and settings != FLAT:
        pytest.skip('Nova does not restart it')
    guest = arrive(cloud, (FLAT,))
    its_intruder = intruder.Intruder(tmp_path)
    write(guest, its_intruder)
    if records == 'lost':
        no_disk_info(guest)
    if settings != FLAT:
        guest = cloud.hard_reboot(guest, settings)
    audited = audits.Audited(cloud, guest, settings, ('disk',), its_intruder)
    told = audited.told(tmp_path / 'domains').disks[0]
    happened = audited.snapshot(tmp_path)
    if happened is HARM.FINE and told.snapshot.harm:
        # To see nothing of the host is not to have been believed.
        assert write is plain or told.snapshot.harm is HARM.FINE
        return
    assert_told(told.snapshot, happened, 'snapshot')
