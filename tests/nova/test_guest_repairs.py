# SPDX-License-Identifier: Apache-2.0

"""Each repair that is proposed of a guest brings its bytes back."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import subprocess

import pytest

from nova_cow_check.guests import conditions
from nova_cow_check.guests import prospects
from nova_cow_check.guests import repairs
from nova_cow_check.nova import backends
from nova_cow_check.nova import operations
from tests.nova import audits
from tests.nova import cases
from tests.nova import guests
from tests.nova import harness
from tests.nova import pages
from tests.nova import qemu_tools
from tests.nova import test_guests
from tests.nova import test_repairs

Way = repairs.Way
HARM = operations.Harm
FLAT, QCOW2 = test_guests.FLAT, test_guests.QCOW2

#: The same stand-ins for what needs another user.
stand_ins = test_repairs.stand_ins


def proposed(
    told: prospects.GuestProspects, host: cases.Settings, folder: str
) -> tuple[set[repairs.Way], list[str]]:
    """Return the ways that are proposed, and their commands."""
    ways, steps = set(), []
    for trouble in conditions.of_guest(told):
        way = repairs.way_of(trouble, told, host.behaviour)
        ways.add(way)
        place = repairs.Place(folder)
        steps += repairs.commands(way, told, trouble.disks, place)
    return ways, steps


#: What Glance does: an image of that ID, in that format.
OPENSTACK = """\
case "$*" in
"image save --file repair/image ID") cp IMAGE repair/image ;;
"image show -f value -c disk_format ID") echo FORMAT ;;
*) exit 1 ;;
esac
"""


def install_glance(
    cloud: harness.Cloud, guest: guests.Guest, folder: pathlib.Path
) -> None:
    text = OPENSTACK.replace('IMAGE', str(cloud.image(guest.image)))
    text = text.replace('ID', guests.IMAGE_ID)
    text = text.replace('FORMAT', guest.image.value)
    path = folder / 'openstack'
    path.write_text(f'#!/bin/sh\n{text}')
    path.chmod(0o755)


def run(step: str, above: pathlib.Path, stand_ins: pathlib.Path) -> None:
    """Run one step in one shell with those before it, but for OpenStack's."""
    subprocess.run(
        ['bash', '-u'],
        input=step,
        cwd=above,
        env={'PATH': f'{stand_ins}:/usr/sbin:/usr/bin:/sbin:/bin'},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )


@dataclasses.dataclass(frozen=True)
class Case:
    """A guest that is broken, and how it is repaired."""

    #: Where it has been.
    route: tuple[cases.Settings, ...]
    #: Those of its host now.
    settings: cases.Settings
    ways: set[repairs.Way]
    image: backends.DiskFormat = cases.RAW
    #: What is done to it, in its directory.
    damage: str = ''
    #: What a later move still breaks, whatever is repaired.
    left: tuple[str, ...] = ()
    #: The disks that stay broken.
    broken: tuple[str, ...] = ()


#: In instances_path/UUID. QEMU has a file open as long as a guest runs.
UNUSABLE = 'echo { > disk.info'
EMPTY = 'true > disk.info'
ABSENT = 'rm disk.info'
LIST = 'echo [] > disk.info'
SAYS_RAW = 'sed -i s/qcow2/raw/g disk.info'
SAYS_QCOW2 = 'sed -i s/raw/qcow2/g disk.info'
RESCUED = 'sed -i "s#}#, \\"$PWD/disk.rescue\\": \\"qcow2\\"}#" disk.info'
ROOT_GONE = f'rm ../_base/{"?" * 40}'
SWAP_GONE = 'rm ../_base/swap_8'
BASE_IS_QCOW2 = """\
base=$(echo ../_base/%s)
qemu-img convert -f raw -O qcow2 $base new
mv new $base
""" % ('?' * 40)

UNFORCED = test_guests.QCOW2_UNFORCED

CASES = {
    'converted': Case(
        (FLAT, test_guests.FLAT_WITH_COW), FLAT, {Way.CONVERT_TO_RAW}
    ),
    'raw on qcow2': Case(
        (FLAT, test_guests.QCOW2_WITHOUT_COW),
        QCOW2,
        {Way.CONVERT_TO_QCOW2, Way.AFTERWARDS},
    ),
    'raw on qcow2 that is flat now': Case(
        (FLAT, test_guests.QCOW2_WITHOUT_COW),
        FLAT,
        # The swap disk is the qcow2 host's, and recorded as raw.
        {Way.WRITE_DISK_INFO, Way.REBOOT},
        left=('guest-breaks-at-move',),
    ),
    'converted, on qcow2': Case(
        (FLAT, QCOW2),
        QCOW2,
        # The swap disk may be qcow2 inside qcow2.
        {Way.WRITE_DISK_INFO, Way.LOOK},
        left=('guest-disk-converted',),
        broken=('disk.swap',),
    ),
    'not JSON': Case((FLAT,), FLAT, {Way.WRITE_DISK_INFO}, damage=UNUSABLE),
    'not JSON, qcow2': Case(
        (QCOW2,), QCOW2, {Way.WRITE_DISK_INFO}, damage=UNUSABLE
    ),
    'no object': Case((QCOW2,), QCOW2, {Way.WRITE_DISK_INFO}, damage=LIST),
    'no entries': Case((FLAT,), FLAT, {Way.WRITE_DISK_INFO}, damage=EMPTY),
    'no disk.info': Case((FLAT,), FLAT, {Way.WRITE_DISK_INFO}, damage=ABSENT),
    'no disk.info, qcow2': Case(
        (QCOW2,), QCOW2, {Way.WRITE_DISK_INFO}, damage=ABSENT
    ),
    'raw, recorded as qcow2': Case(
        (FLAT,), FLAT, {Way.WRITE_DISK_INFO}, damage=SAYS_QCOW2
    ),
    'qcow2, recorded as raw': Case(
        (QCOW2,), QCOW2, {Way.WRITE_DISK_INFO}, damage=SAYS_RAW
    ),
    'qcow2, recorded as raw, flat now': Case(
        (QCOW2,),
        FLAT,
        {Way.WRITE_DISK_INFO},
        damage=SAYS_RAW,
        left=('guest-breaks-at-move',),
    ),
    'rescued': Case((FLAT,), FLAT, {Way.WRITE_DISK_INFO}, damage=RESCUED),
    'root without a backing file': Case(
        (QCOW2,), QCOW2, {Way.REBOOT}, cases.QCOW2, ROOT_GONE
    ),
    'root without a backing file, raw told': Case(
        (QCOW2,), UNFORCED, {Way.BACKING_BACK}, cases.QCOW2, ROOT_GONE
    ),
    'root without a backing file, raw image': Case(
        (QCOW2,), UNFORCED, {Way.BACKING_BACK}, cases.RAW, ROOT_GONE
    ),
    'root without a backing file, qcow2 told': Case(
        (UNFORCED,),
        QCOW2,
        {Way.BACKING_BACK},
        cases.QCOW2,
        ROOT_GONE,
        left=('guest-breaks-at-move',),
    ),
    'swap without a backing file': Case(
        (QCOW2,), QCOW2, {Way.BACKING_BACK}, damage=SWAP_GONE
    ),
    'backing file is qcow2': Case(
        (QCOW2,), UNFORCED, {Way.NAME_BACKING}, cases.QCOW2, BASE_IS_QCOW2
    ),
    'backing file is raw': Case(
        (UNFORCED,),
        QCOW2,
        {Way.NAME_BACKING},
        cases.QCOW2,
        BASE_IS_QCOW2.replace('raw', 'X')
        .replace('qcow2', 'raw')
        .replace('X', 'qcow2'),
    ),
}


@pytest.mark.parametrize('case', CASES.values(), ids=CASES)
def test_as_printed(
    cloud: harness.Cloud,
    case: Case,
    stand_ins: pathlib.Path,
    tmp_path: pathlib.Path,
) -> None:
    guest = test_guests.arrive(cloud, case.route, case.image)
    install_glance(cloud, guest, stand_ins)
    run(f'cd {guest.folder}\n{case.damage}', tmp_path, stand_ins)
    told = audits.Audited(cloud, guest, case.settings).told(tmp_path / 'xml')
    ways, steps = proposed(told, case.settings, str(guest.folder.parent))
    assert ways == case.ways
    shell = [one for one in steps if not one.startswith('openstack ')]
    text = '\n'.join(shell).replace('ID-OF-THE-IMAGE', guests.IMAGE_ID)
    run(text, tmp_path, stand_ins)
    after = cloud.hard_reboot(guest, case.settings)
    seen = test_repairs.look_at(cloud, after)
    assert {name for name, harm in seen.items() if harm is not HARM.FINE} == {
        *case.broken
    }
    # Nothing is left of the repair, and nothing is found any more.
    names = {path.name for path in guest.folder.iterdir()}
    names |= {path.name for path in (guest.folder.parent / '_base').glob('*')}
    assert not {'repair', 'disk.info.new'} & names
    again = audits.Audited(cloud, after, case.settings).told(tmp_path / 'xml')
    left = {one.condition.value for one in conditions.of_guest(again)}
    assert left == {*case.left}


def test_what_is_written_is_novas(
    cloud: harness.Cloud, stand_ins: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    """To the byte, and with the owner and the mode of Nova's own."""
    guest = test_guests.arrive(cloud, (FLAT,), cases.RAW)
    path = guest.folder / 'disk.info'
    before, its = json.loads(path.read_text()), path.stat()
    path.unlink()
    told = audits.Audited(cloud, guest, FLAT).told(tmp_path / 'xml')
    _ways, (text,) = proposed(told, FLAT, str(guest.folder.parent))
    run(text, tmp_path, stand_ins)
    assert json.loads(path.read_text()) == before
    now = path.stat()
    assert (now.st_uid, now.st_gid, now.st_mode) == (
        its.st_uid,
        its.st_gid,
        its.st_mode,
    )


def test_a_backing_file_is_copied_from_what_is_open(
    cloud: harness.Cloud, stand_ins: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    """That of an ephemeral disk cannot be made anew."""
    guest = test_guests.arrive(cloud, (QCOW2,), cases.RAW)
    (base,) = (guest.folder.parent / '_base').glob('ephemeral_*')
    data = base.read_bytes()
    with base.open('rb'):
        base.unlink()
        told = audits.Audited(cloud, guest, QCOW2).told(tmp_path / 'xml')
        ways, steps = proposed(told, QCOW2, str(guest.folder.parent))
        assert ways == {Way.BACKING_BACK}
        run(steps[0], tmp_path, stand_ins)
    assert base.read_bytes() == data
    after = cloud.hard_reboot(guest, QCOW2)
    assert set(test_repairs.look_at(cloud, after).values()) == {HARM.FINE}


def test_a_moved_instances_path(
    cloud: harness.Cloud, stand_ins: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    """The page of guest-disk-foreign, for all disks of a guest."""
    guest = test_guests.arrive(cloud, (QCOW2,), cases.QCOW2)
    names = {}
    for name in guest.xml_formats():
        path = guest.folder / name
        names[name] = pathlib.Path(qemu_tools.info(path)['backing-filename'])
        old = f'/old/_base/{names[name].name}'
        run(
            f'qemu-img rebase -u -f qcow2 -F raw -b {old} {path}',
            tmp_path,
            stand_ins,
        )
    audited = audits.Audited(cloud, guest, QCOW2)
    told = audited.told(tmp_path / 'xml')
    assert proposed(told, QCOW2, '/x') == ({Way.INCIDENT}, [])
    written = pages.commands('guest-disk-foreign', 'name=')
    now = '/var/lib/nova/instances/_base/NAME'
    for name, backing in names.items():
        text = written.replace(now, str(backing))
        pages.run(text, name, guest.folder, stand_ins)
    after = cloud.hard_reboot(guest, QCOW2)
    assert set(test_repairs.look_at(cloud, after).values()) == {HARM.FINE}
    assert conditions.of_guest(audited.told(tmp_path / 'xml')) == ()


@pytest.mark.parametrize('damage', ['true', ABSENT, EMPTY])
def test_the_backend_set_back(
    cloud: harness.Cloud,
    damage: str,
    stand_ins: pathlib.Path,
    tmp_path: pathlib.Path,
) -> None:
    """The flat backend guesses, where there is no entry."""
    guest = test_guests.arrive(cloud, (FLAT,), cases.RAW)
    run(f'cd {guest.folder}\n{damage}', tmp_path, stand_ins)
    told = audits.Audited(cloud, guest, QCOW2).told(tmp_path / 'domains')
    ways, steps = proposed(told, QCOW2, str(guest.folder.parent))
    assert (ways, len(steps)) == ({Way.BACKEND_BACK}, damage != 'true')
    run('\n'.join(steps), tmp_path, stand_ins)
    records = json.loads((guest.folder / 'disk.info').read_text())
    assert {*records.values()} == {'raw'}
    broken = cloud.hard_reboot(guest, QCOW2)
    back = test_repairs.look_at(cloud, cloud.hard_reboot(broken, FLAT))
    assert set(back.values()) == {HARM.FINE}


def test_revert(cloud: harness.Cloud, tmp_path: pathlib.Path) -> None:
    """As the source is while a move waits for a confirmation."""
    guest = cloud.copy(cloud.boot(cases.Boot(FLAT, cases.RAW, all_disks=True)))
    cloud.cold_migrate(guest, test_guests.FLAT_WITH_COW)
    told = audits.Audited(cloud, guest, FLAT).told(tmp_path / 'domains')
    (trouble,) = conditions.of_guest(told)
    way = repairs.way_of(trouble, told, FLAT.behaviour)
    assert way is Way.REVERT
    (command,) = repairs.commands(way, told, (), repairs.Place('/x'))
    assert command == f'openstack server resize revert {guests.UUID}'
    back = test_repairs.look_at(cloud, cloud.revert(guest))
    assert set(back.values()) == {HARM.FINE}
