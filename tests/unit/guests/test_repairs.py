# SPDX-License-Identifier: Apache-2.0

"""Which way a guest is repaired; tests/nova runs the commands."""

from __future__ import annotations

import json
import pathlib
import shlex
import subprocess

from hypothesis import given
from hypothesis import strategies as st
import pytest

from nova_cow_check.guests import conditions
from nova_cow_check.guests import inventory
from nova_cow_check.guests import new_records
from nova_cow_check.guests import prospects
from nova_cow_check.guests import repairs
from nova_cow_check.guests import signs
from nova_cow_check.nova import backends
from nova_cow_check.rules import registry
from tests.unit.guests import disks
from tests.unit.guests import test_conditions
from tests.unit.guests import test_prospects
from tests.unit.guests import test_signs

Way = repairs.Way
FLAT, QCOW2 = test_prospects.FLAT, test_prospects.QCOW2
UNFORCED = test_prospects.QCOW2_UNFORCED
GUEST = disks.guest(disks.raw())

#: Disk, host, how it is repaired.
WAYS = (
    (test_prospects.CONVERTED, FLAT, Way.CONVERT_TO_RAW),
    (test_prospects.STALE, FLAT, Way.CONVERT_TO_RAW),
    (test_prospects.CONVERTED, QCOW2, Way.REBOOT),
    (test_prospects.CONVERTED._replace(flavor_size=None), FLAT, Way.LOOK),
    (disks.raw(xml='qcow2'), QCOW2, Way.CONVERT_TO_QCOW2),
    (disks.raw(xml='qcow2'), FLAT, Way.REBOOT),
    (disks.raw(xml='qcow2', recorded='qcow2'), QCOW2, Way.LOOK),
    (disks.raw(), QCOW2, Way.BACKEND_BACK),
    (test_prospects.WRITTEN, FLAT, Way.NOTHING),
    (test_prospects.WRITTEN, QCOW2, Way.INCIDENT),
    (test_prospects.FOREIGN, QCOW2, Way.INCIDENT),
    (disks.raw(recorded='qcow2'), FLAT, Way.WRITE_DISK_INFO),
    # What has lost its first bytes is no raw disk.
    (disks.raw(recorded='qcow2', size=9), FLAT, Way.LOOK),
    (disks.raw(recorded=None), FLAT, Way.WRITE_DISK_INFO),
    (test_prospects.STALE, QCOW2, Way.WRITE_DISK_INFO),
    (test_prospects.MISSING_ROOT, QCOW2, Way.REBOOT),
    (test_prospects.MISSING_ROOT, UNFORCED, Way.BACKING_BACK),
    (test_prospects.MISSING_EPHEMERAL, QCOW2, Way.BACKING_BACK),
    (test_prospects.MISSING_EPHEMERAL, FLAT, Way.BACKING_BACK),
    (test_prospects.MISSING_SWAP, QCOW2, Way.BACKING_BACK),
    (test_conditions.WRONG_BASE, QCOW2, Way.NAME_BACKING),
    (test_conditions.WRONG_BASE._replace(xml='raw'), QCOW2, Way.LOOK),
    (disks.raw(header=None), FLAT, Way.LOOK),
)


@pytest.mark.parametrize('disk, host, way', WAYS, ids=range(len(WAYS)))
def test_ways(
    disk: inventory.GuestDisk,
    host: backends.Behaviour,
    way: repairs.Way,
) -> None:
    ahead = prospects.of_guest(disks.guest(disk), host)
    (trouble,) = conditions.of_guest(ahead)
    assert repairs.way_of(trouble, ahead, host) is way


@pytest.mark.parametrize(
    'disk, host, condition, _grade',
    [row for row in test_conditions.ROWS if row[2]],
    ids=lambda one: str(one)[:20],
)
def test_nothing_doubtful_or_foreign_is_ever_converted(
    disk: inventory.GuestDisk,
    host: backends.Behaviour,
    condition: conditions.Condition,
    _grade: conditions.Grade,
) -> None:
    ahead = prospects.of_guest(disks.guest(disk), host)
    for trouble in conditions.of_guest(ahead):
        way = repairs.way_of(trouble, ahead, host)
        if way in (Way.CONVERT_TO_RAW, Way.CONVERT_TO_QCOW2):
            assert trouble.is_certain
            assert disk.backing is None
            assert disk.header and not disk.header.is_data_elsewhere


#: Disks that may be an attack, with what stands in front of them.
INCIDENTS = (
    disks.raw(name='disk.eph0', header=disks.HEADER, xml='qcow2'),
    test_prospects.FOREIGN._replace(name='disk.eph0'),
    test_conditions.DOUBTFUL._replace(name='disk.eph0'),
)


@pytest.mark.parametrize('incident', INCIDENTS, ids=range(len(INCIDENTS)))
@pytest.mark.parametrize('disk, host, _way', WAYS, ids=range(len(WAYS)))
def test_nothing_starts_a_guest_that_may_be_an_attack(
    incident: inventory.GuestDisk,
    disk: inventory.GuestDisk,
    host: backends.Behaviour,
    _way: repairs.Way,
) -> None:
    ahead = prospects.of_guest(disks.guest(disk, incident), host)
    found = conditions.of_guest(ahead)
    ways = {one: repairs.way_of(one, ahead, host) for one in found}
    assert Way.INCIDENT in ways.values()
    for trouble, way in ways.items():
        text = repairs.commands(way, ahead, trouble.disks, PLACE)
        assert 'openstack server' not in '\n'.join(text)


PLACE = repairs.Place('/var/lib/nova/instances')
FOLDER = f'{PLACE.instances_path}/{disks.UUID}'


def commands(
    way: repairs.Way,
    *its: inventory.GuestDisk,
    host: backends.Behaviour = QCOW2,
    place: repairs.Place = PLACE,
) -> tuple[str, ...]:
    ahead = prospects.of_guest(disks.guest(*its), host)
    return repairs.commands(way, ahead, tuple(one.name for one in its), place)


def test_amid_a_move() -> None:
    ahead = prospects.of_guest(GUEST._replace(is_sent=True), FLAT)
    (trouble,) = conditions.of_guest(ahead)
    way = repairs.way_of(trouble, ahead, FLAT)
    assert way is Way.REVERT
    assert repairs.commands(way, ahead, (), PLACE) == (
        f'openstack server resize revert {disks.UUID}',
    )


def test_commands_of_a_conversion() -> None:
    found = commands(
        Way.CONVERT_TO_RAW,
        disks.raw(),
        disks.raw(name='disk.eph0'),
        place=repairs.Place("/srv/it's/"),
    )
    stop, look, convert, other_look, other_convert, reboot = found
    assert stop.startswith(f'openstack server stop {disks.UUID}\nuntil ')
    folder = f"""'/srv/it'"'"'s/{disks.UUID}'"""
    assert look.startswith(f'cd {folder} &&\nname=disk &&\n')
    assert 'name=disk.eph0 &&\n' in other_look
    assert convert == other_convert
    assert reboot == f'openstack server reboot --hard {disks.UUID}'


@pytest.mark.parametrize(
    'way', [Way.INCIDENT, Way.LOOK, Way.NOTHING, Way.BACKEND_BACK]
)
def test_no_commands(way: repairs.Way) -> None:
    assert commands(way, disks.raw()) == ()


def test_disk_info_is_written_as_nova_does() -> None:
    (text,) = commands(
        Way.WRITE_DISK_INFO,
        disks.overlay(recorded='raw'),
        disks.raw(name='disk.config'),
    )
    content = text.splitlines()[2]
    assert json.loads(content) == {
        f'{FOLDER}/disk': 'qcow2',
        f'{FOLDER}/disk.config': 'raw',
    }
    assert text.splitlines()[-3:] == [
        'chown --reference=. disk.info.new &&',
        'chmod 644 disk.info.new &&',
        'mv disk.info.new disk.info',
    ]


#: Disk, what is written for it; None where nothing is written for the guest.
RECORDS = (
    (disks.raw(), 'raw'),
    (disks.raw(recorded='qcow2'), 'raw'),
    (disks.raw(recorded='qcow2', size=9), None),
    (disks.overlay(recorded='raw'), 'qcow2'),
    (disks.overlay(recorded=None), 'qcow2'),
    (test_conditions.VMDK._replace(recorded='vmdk', xml='vmdk'), 'vmdk'),
    (test_prospects.WRITTEN, 'raw'),
    (test_prospects.CONVERTED, 'raw'),
    (test_prospects.STALE, 'qcow2'),
    (test_prospects.FOREIGN, None),
    (test_conditions.DOUBTFUL, None),
    (disks.raw(header=None), None),
    (disks.overlay(header=disks.OVERLAY._replace(is_valid=False)), None),
)


@pytest.mark.parametrize('disk, told', RECORDS, ids=range(len(RECORDS)))
def test_what_is_recorded(disk: inventory.GuestDisk, told: str | None) -> None:
    ahead = prospects.of_guest(disks.guest(disk), FLAT)
    expected = None if told is None else {'disk': told}
    assert new_records.of(ahead, ()) == expected


def test_what_is_not_known_keeps_its_entry() -> None:
    stale, nested = (
        test_prospects.STALE,
        disks.qcow2(
            name='disk.swap', recorded='raw', flavor_size=2 * disks.GIB
        ),
    )
    none = disks.overlay(name='disk.eph0', recorded=None, flavor_size=None)
    ahead = prospects.of_guest(disks.guest(stale, nested, none), QCOW2)
    assert [one.reading.is_certain for one in ahead.disks] == [
        True,
        False,
        False,
    ]
    assert new_records.of(ahead, ('disk',)) == {
        'disk': 'qcow2',
        'disk.swap': 'raw',
    }
    assert new_records.of(ahead, ('disk', 'disk.swap')) is None


def test_disk_info_is_right_after_a_conversion() -> None:
    its = (
        disks.raw(xml='qcow2'),
        disks.overlay(name='disk.swap', recorded='raw'),
    )
    ahead = prospects.of_guest(disks.guest(*its), QCOW2)
    first, second = conditions.of_guest(ahead)
    assert repairs.way_of(first, ahead, QCOW2) is Way.CONVERT_TO_QCOW2
    assert repairs.way_of(second, ahead, QCOW2) is Way.AFTERWARDS
    found = repairs.commands(Way.CONVERT_TO_QCOW2, ahead, first.disks, PLACE)
    content = json.loads(found[-2].splitlines()[2])
    assert content == {
        f'{FOLDER}/disk': 'qcow2',
        f'{FOLDER}/disk.swap': 'qcow2',
    }


@given(test_signs.DISKS, test_prospects.HOSTS)
def test_nothing_that_refers_elsewhere_is_recorded(
    disk: inventory.GuestDisk, host: backends.Behaviour
) -> None:
    ahead = prospects.of_guest(disks.guest(disk), host)
    found = new_records.of(ahead, ()) or {}
    if found.get(disk.name, 'raw') != 'raw':
        assert not signs.refers_elsewhere(disk)
        assert ahead.disks[0].reading.is_certain


#: Disk, host, words of the command that puts its backing file back.
BACKING_FILES = (
    (
        test_prospects.MISSING_ROOT,
        UNFORCED,
        ('sha1sum --check', 'convert -O raw', 'mv repair/image 0123456789'),
    ),
    (
        test_prospects.MISSING_SWAP._replace(
            backing=test_prospects.MISSING._replace(path='/x/_base/swap_8')
        ),
        QCOW2,
        ('truncate -s 8M swap_8 &&\nmkswap swap_8 &&\nchown',),
    ),
    (
        test_prospects.MISSING_EPHEMERAL._replace(
            backing=test_prospects.MISSING._replace(path='/x/_base/eph_1_a')
        ),
        QCOW2,
        ("-lname '*/eph_1_a (deleted)'", 'cp --sparse=always'),
    ),
)


@pytest.mark.parametrize(
    'disk, host, words', BACKING_FILES, ids=range(len(BACKING_FILES))
)
def test_backing_files(
    disk: inventory.GuestDisk,
    host: backends.Behaviour,
    words: tuple[str, ...],
) -> None:
    text, reboot = commands(Way.BACKING_BACK, disk, host=host)
    assert text.count('cd /var/lib/nova/instances/_base &&\n') == 1
    assert [one for one in words if one not in text] == []
    assert 'chown --reference=.' in text
    assert reboot.startswith('openstack server reboot --hard ')


def test_a_qcow2_backing_file_is_the_image_itself() -> None:
    backing = test_prospects.MISSING._replace(told=disks.QCOW2)
    text, _reboot = commands(
        Way.BACKING_BACK, disks.overlay(backing=backing), host=QCOW2
    )
    assert 'convert' not in text


def test_a_root_disk_whose_backing_file_a_restart_makes() -> None:
    """Of two disks, the commands are for that which needs them."""
    text, _reboot = commands(
        Way.BACKING_BACK,
        test_prospects.MISSING_ROOT,
        test_prospects.MISSING_SWAP._replace(
            backing=test_prospects.MISSING._replace(path='/x/_base/swap_8')
        ),
    )
    assert 'mkswap' in text


def test_the_image_cache_can_have_another_name() -> None:
    stop, text, _reboot = commands(
        Way.NAME_BACKING,
        test_conditions.WRONG_BASE,
        place=repairs.Place('/x', 'a cache'),
    )
    assert stop.startswith('openstack server stop ')
    assert "-F qcow2 \\\n    -b '/x/a cache/0123456789" in text


@given(st.text(max_size=30))
def test_no_command_has_a_name_that_is_none_of_novas(name: str) -> None:
    """What a header calls a backing file is the guest's own word."""
    for changed in (
        {'state': inventory.BackingState.MISSING, 'format': None},
        {'format': disks.QCOW2},
    ):
        backing = disks.BACKING._replace(path=f'/x/_base/{name}', **changed)
        disk = disks.overlay(name='disk.eph0', backing=backing)
        ahead = prospects.of_guest(disks.guest(disk), FLAT)
        (trouble,) = conditions.of_guest(ahead)
        way = repairs.way_of(trouble, ahead, FLAT)
        if way is not Way.LOOK:
            last = name.rpartition('/')[2]
            assert last.isascii() and shlex.quote(last) == last
            assert not last.startswith(('-', '.'))


@pytest.mark.parametrize(
    'way, rule',
    [
        (Way.CONVERT_TO_RAW, 'flat-disks-converted'),
        (Way.CONVERT_TO_RAW, 'guest-disk-converted'),
        (Way.CONVERT_TO_QCOW2, 'raw-disks-opened-as-qcow2'),
        (Way.CONVERT_TO_QCOW2, 'guest-disk-opened-as-qcow2'),
    ],
)
def test_the_pages_have_the_same_commands(way: repairs.Way, rule: str) -> None:
    text = registry.page(rule).text
    _folder, _line, look = repairs.look(GUEST, 'disk', PLACE).partition('\n')
    for block in (look, repairs.convert(way)):
        shown = ''.join(f'    {line}\n' for line in block.splitlines())
        assert f'::\n\n{shown}' in text


@pytest.mark.parametrize(
    'way, disk, rule',
    [
        (Way.WRITE_DISK_INFO, disks.raw(), 'guest-disk-info-missing'),
        (Way.WRITE_DISK_INFO, disks.raw(), 'guest-disk-info-unusable'),
        (Way.WRITE_DISK_INFO, disks.overlay(), 'guest-disk-info-wrong'),
    ],
)
def test_the_pages_show_how_disk_info_is_written(
    way: repairs.Way, disk: inventory.GuestDisk, rule: str
) -> None:
    (text,) = commands(way, disk)
    text = text.replace(disks.UUID, 'UUID')
    shown = ''.join(f'    {line}\n' for line in text.splitlines())
    assert f'::\n\n{shown}' in registry.page(rule).text


def test_the_page_shows_how_a_backing_file_is_named() -> None:
    _stop, text, _reboot = commands(
        Way.NAME_BACKING, test_conditions.WRONG_BASE
    )
    _folder, _line, text = text.replace(
        test_conditions.WRONG_BASE.backing.name, 'NAME'
    ).partition('\n')
    shown = ''.join(f'    {line}\n' for line in text.splitlines())
    page = registry.page('guest-backing-file-wrong').text
    assert f'::\n\n{shown}' in page


def test_the_page_shows_how_a_backing_file_is_put_back() -> None:
    page = registry.page('guest-backing-file-missing').text
    for disk, host, _words in BACKING_FILES:
        text, _reboot = commands(Way.BACKING_BACK, disk, host=host)
        name = disk.backing.name if disk.backing else ''
        if not name.startswith('swap'):
            text = text.replace(name, 'NAME')
        lines = text.splitlines()[:4]
        lines = [one for one in lines if not one.startswith('cd ')]
        assert [one for one in lines if f'    {one}\n' not in page] == []


def test_the_page_shows_how_a_moved_backing_file_is_named() -> None:
    """The same commands, with the path of now."""
    _stop, text, _reboot = commands(
        Way.NAME_BACKING, test_conditions.WRONG_BASE
    )
    page = registry.page('guest-disk-foreign').text
    for line in text.splitlines()[1:]:
        word = line.partition(' -F ')[0].partition('0123')[0]
        assert f'    {word}' in page


CHAINS = (
    (Way.CONVERT_TO_RAW, test_prospects.CONVERTED, FLAT),
    (Way.CONVERT_TO_QCOW2, disks.raw(xml='qcow2'), QCOW2),
    (Way.NAME_BACKING, test_conditions.WRONG_BASE, QCOW2),
    (Way.WRITE_DISK_INFO, disks.raw(recorded='qcow2'), FLAT),
    *((Way.BACKING_BACK, disk, host) for disk, host, _words in BACKING_FILES),
)

#: Each leaves half a file if it writes one.
HALF = 'for last; do :; done\necho half > "$last"'
PROGRAMS = {
    'sudo': 'shift 2\n"$@" || exit 1',
    'install': 'mkdir -p repair',
    'openstack': 'echo qcow2 > repair/image\necho qcow2',
    'qemu-img': HALF,
    'sha1sum': 'true',
    'mkswap': 'true',
    'chown': 'true',
    'chmod': 'true',
    'cp': HALF,
}


def pasted(
    way: repairs.Way,
    disk: inventory.GuestDisk,
    host: backends.Behaviour,
    instances_path: str = '/x',
) -> str:
    """Return the commands of a repair, as somebody pastes them."""
    place = repairs.Place(instances_path)
    found = commands(way, disk, host=host, place=place)
    # Between steps, somebody looks.
    text = '\n[ $? = 0 ] || exit\n'.join(
        one for one in found if 'openstack server' not in one
    )
    return text.replace('"$open"', '/dev/null')


@pytest.mark.parametrize(
    'chain, failing',
    [
        (number, name)
        for number, chain in enumerate(CHAINS)
        for name in [*PROGRAMS][1:]
        if f'{name} ' in pasted(*chain)
    ],
)
def test_what_fails_ends_a_repair(
    chain: int, failing: str, tmp_path: pathlib.Path
) -> None:
    """A shell goes on to the next line, and half a disk could become it."""
    way, disk, host = CHAINS[chain]
    folder, cache = tmp_path / disks.UUID, tmp_path / '_base'
    programs = tmp_path / 'programs'
    for one in (folder, cache, programs):
        one.mkdir()
    for name in (disk.name, 'disk.info'):
        (folder / name).write_text('whole')
    for name, script in PROGRAMS.items():
        code = int(name == failing)
        (programs / name).write_text(f'#!/bin/sh\n{script}\nexit {code}\n')
        (programs / name).chmod(0o755)
    subprocess.run(
        ['bash'],
        input=pasted(way, disk, host, str(tmp_path)),
        text=True,
        cwd=tmp_path,
        env={'PATH': f'{programs}:/usr/bin:/bin'},
        check=False,
    )
    for name in (disk.name, 'disk.info'):
        assert (folder / name).read_text() == 'whole'
    backing = disk.backing.name if disk.backing else ''
    if not backing.startswith('swap_'):
        assert [path.name for path in cache.iterdir()] in ([], ['repair'])
