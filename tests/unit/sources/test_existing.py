# SPDX-License-Identifier: Apache-2.0

"""What is read of guests."""

from __future__ import annotations

import os
import pathlib
import shutil
import threading
from typing import Any

import pytest

from nova_cow_check.guests import inventory
from nova_cow_check.guests import mounts
from nova_cow_check.nova import backends
from nova_cow_check.sources import deadlines
from nova_cow_check.sources import existing
from nova_cow_check.sources import roots
from nova_cow_check.sources import strict_folder
from tests.unit.guests import disk_headers
from tests.unit.guests import instance_files

RAW, QCOW2 = backends.DiskFormat.RAW, backends.DiskFormat.QCOW2
UUID, OTHER = instance_files.UUID, instance_files.OTHER
GIB = instance_files.GIB
STATE = inventory.RecordState


@pytest.fixture
def host(tmp_path: pathlib.Path) -> instance_files.Host:
    return instance_files.Host(tmp_path)


def read(host: instance_files.Host, **more: Any) -> inventory.Inventory:
    root = roots.Root()
    return existing.read(
        existing.Place(str(host.instances), root),
        existing.Place(str(host.domains), root),
        **more,
    )


def only_guest(host: instance_files.Host) -> inventory.Guest:
    found = read(host)
    assert not reasons(host).keys() - {'domains'}
    (guest,) = found.guests
    return guest


def reasons(host: instance_files.Host) -> dict[str, str]:
    """Return what could not be read, by path below the host's directory."""
    above = host.instances.parent
    return {
        str(pathlib.Path(one.path).relative_to(above)): one.reason
        for one in read(host).not_read
    }


def test_nothing(host: instance_files.Host) -> None:
    found = read(host)
    assert found._replace(file_system=None) == inventory.Inventory(
        str(host.instances), str(host.domains)
    )


def test_a_sound_raw_disk(host: instance_files.Host) -> None:
    host.add_raw()
    guest = only_guest(host)
    assert guest.uuid == UUID
    assert guest.has_domain and guest.has_directory and not guest.is_sent
    (disk,) = guest.disks
    assert disk == inventory.GuestDisk(
        'disk', GIB, inventory.Header(RAW), None, 'raw', 'raw', GIB
    )


def test_a_sound_overlay(host: instance_files.Host) -> None:
    host.add_overlay()
    (disk,) = only_guest(host).disks
    base = str(host.base)
    assert disk.header == inventory.Header(
        QCOW2, 'qcow2', True, 3, GIB, base, 'raw'
    )
    there = inventory.BackingState.THERE
    assert disk.backing == inventory.Backing(base, there, RAW, RAW)
    assert (disk.recorded, disk.xml) == ('qcow2', 'qcow2')


def test_the_image_cache_can_have_another_name(
    host: instance_files.Host,
) -> None:
    host.cache = host.cache.rename(host.instances / 'images')
    host.base = host.cache / host.base.name
    host.add_overlay()
    states = inventory.BackingState
    for cache, state in (
        ('images', states.THERE),
        ('_base', states.ELSEWHERE),
    ):
        found = read(host, cache=cache)
        assert found.cache == cache
        (disk,) = found.guests[0].disks
        assert disk.backing and disk.backing.state is state


def test_all_disks(host: instance_files.Host) -> None:
    names = ('disk', 'disk.config', 'disk.eph0', 'disk.eph1', 'disk.rescue')
    names += ('disk.swap',)
    folder = host.add(
        dict.fromkeys(names, (b'', GIB)),
        dict.fromkeys(names, 'raw'),
        dict.fromkeys(names, 'raw'),
    )
    for name in ('console.log', 'kernel', 'disk_qcow', 'disk.epha'):
        (folder / name).touch()
    guest = only_guest(host)
    assert tuple(disk.name for disk in guest.disks) == names
    sizes = {disk.name: disk.flavor_size for disk in guest.disks}
    assert sizes == {
        **dict.fromkeys(names, None),
        'disk': GIB,
        'disk.eph0': GIB,
        'disk.swap': 8 * 1024**2,
    }
    assert guest.rescue_recorded == 'raw'


@pytest.mark.parametrize(
    'data, state',
    [
        (b'', STATE.EMPTY),
        (b'raw', STATE.UNUSABLE),
        (b'[]', STATE.UNUSABLE),
        (b'{}', STATE.READ),
        (b'[' * 65_536, STATE.UNUSABLE),
    ],
)
def test_disk_info(
    host: instance_files.Host, data: bytes, state: inventory.RecordState
) -> None:
    (host.add_raw() / 'disk.info').write_bytes(data)
    guest = only_guest(host)
    assert guest.records.state is state
    assert guest.disks[0].recorded is None


def test_no_disk_info(host: instance_files.Host) -> None:
    (host.add_raw() / 'disk.info').unlink()
    assert only_guest(host).records.state is STATE.ABSENT


def test_keys_of_another_instances_path(host: instance_files.Host) -> None:
    """They are absolute: a moved instances_path voids them."""
    host.add_raw()
    moved = host.instances.rename(host.instances.with_name('moved'))
    host.instances = moved
    (disk,) = only_guest(host).disks
    assert (disk.recorded, disk.xml) == (None, 'raw')


def test_a_directory_without_a_domain(host: instance_files.Host) -> None:
    host.add_raw()
    host.add({'disk': (b'', GIB)}, {'disk': 'raw'}, None, OTHER)
    found = read(host)
    assert [guest.has_domain for guest in found.guests] == [True, False]
    assert found.domains == (UUID,)
    assert found.directories == (UUID, OTHER)


def test_domains_of_another_libvirt(host: instance_files.Host) -> None:
    """Nobody knows an orphan where no guest has a domain."""
    host.add({'disk': (b'', GIB)}, {'disk': 'raw'}, None)
    (host.domains / 'other.xml').write_text('<domain/>')
    found = read(host)
    assert [guest.has_domain for guest in found.guests] == [None]
    reason = f'libvirt knows none of the guests of {host.instances}'
    assert reasons(host) == {'domains': reason}


def test_no_domains_on_shared_storage(
    host: instance_files.Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.add({'disk': (b'', GIB)}, {'disk': 'raw'}, None)
    monkeypatch.setattr(mounts, 'file_system', lambda *_: 'nfs:/export')
    found = read(host)
    assert [guest.has_domain for guest in found.guests] == [False]
    assert found.not_read == ()


def test_a_domain_without_a_directory(host: instance_files.Host) -> None:
    host.add_raw()
    text = instance_files.domain(OTHER, {})
    (host.domains / 'other.xml').write_text(text)
    found = read(host)
    assert found.domains == (UUID, OTHER)
    assert found.directories == (UUID,)
    # It has volumes alone.
    assert [guest.uuid for guest in found.guests] == [UUID]


def test_a_domain_whose_directory_is_gone(host: instance_files.Host) -> None:
    """As where nothing is mounted: that is no host without guests."""
    folder = host.add_raw()
    shutil.rmtree(folder)
    found = read(host)
    assert found.directories == ()
    assert found.not_read == (
        inventory.NotRead(str(folder), 'it is not there'),
    )
    (guest,) = found.guests
    assert (guest.uuid, guest.records.state) == (UUID, STATE.NOT_READ)


def test_without_all_domains_nobody_knows_an_orphan(
    host: instance_files.Host,
) -> None:
    host.add({'disk': (b'', GIB)}, {'disk': 'raw'}, None)
    (host.domains / 'broken.xml').write_text('')
    found = read(host)
    assert found.guests[0].has_domain is None
    assert found.not_read[0].path == str(host.domains / 'broken.xml')


def test_no_domains_at_all(host: instance_files.Host) -> None:
    host.add_raw()
    host.domains.rename(host.domains.with_name('gone'))
    found = read(host)
    assert found.not_read == (
        inventory.NotRead(
            str(host.domains), 'cannot be read: No such file or directory'
        ),
    )
    assert found.guests[0].disks[0].xml is None


def test_a_volume_is_no_disk_of_a_guest(host: instance_files.Host) -> None:
    host.add_raw()
    paths = {
        f'/var/lib/nova/mnt/{"0" * 32}/disk.eph0': 'raw',
        'disk.swap': 'raw',
        f'/elsewhere/{UUID}/disk': 'qcow2',
    }
    text = instance_files.domain(UUID, paths)
    (host.domains / 'instance-00000001.xml').write_text(text)
    (disk,) = only_guest(host).disks
    # The one that was there before instances_path was moved.
    assert (disk.name, disk.xml) == ('disk', 'qcow2')


def test_a_disk_that_only_the_domain_has(host: instance_files.Host) -> None:
    (host.add_raw() / 'disk').unlink()
    found = read(host)
    path = str(host.folder() / 'disk')
    assert found.not_read == (inventory.NotRead(path, 'it is not there'),)
    assert found.guests[0].disks[0].header is None


def test_amid_a_move(host: instance_files.Host) -> None:
    folder = host.add_raw()
    (host.instances / f'{UUID}_resize').mkdir()
    (host.instances / f'{OTHER}_resize').mkdir()
    found = read(host)
    assert [
        (guest.uuid, guest.is_sent, guest.has_directory)
        for guest in found.guests
    ] == [(UUID, True, True), (OTHER, True, False)]
    assert folder.exists()


def test_other_names_are_no_guests(host: instance_files.Host) -> None:
    for name in ('locks', 'compute_nodes', UUID.upper(), UUID + '_del', 'x'):
        (host.instances / name).mkdir()
    assert read(host).guests == ()


STATES = inventory.BackingState


def overlay(host: instance_files.Host, backing: bytes) -> None:
    start = disk_headers.header(backing, disk_headers.RAW_EXTENSION)
    host.add({'disk': (start, 4096)}, None, None)


def test_a_missing_backing_file(host: instance_files.Host) -> None:
    overlay(host, os.fsencode(host.base))
    (disk,) = only_guest(host).disks
    path = str(host.base)
    assert disk.backing == inventory.Backing(path, STATES.MISSING, RAW)


def test_no_cache_at_all(host: instance_files.Host) -> None:
    host.cache.rmdir()
    test_a_missing_backing_file(host)


@pytest.mark.parametrize(
    'name',
    [
        '/etc/passwd',
        'disk',
        '../_base/x',
        '{base}/../../{name}',
        '{base}/..',
        '{base}/.',
        '{base}/',
        '/x{base}/{name}',
        'json:{{"driver": "raw"}}',
        'nbd:unix:/run/x',
        'nbd://192.0.2.1/_base/x',
        'file:{base}/{name}',
        '{base}/\udcff',
    ],
)
def test_a_name_is_never_followed(
    host: instance_files.Host, name: str
) -> None:
    instance_files.sparse(host.base, b'', GIB)
    path = name.format(base=host.cache, name=host.base.name)
    overlay(host, os.fsencode(path))
    (disk,) = only_guest(host).disks
    assert disk.backing is not None
    is_inside = path.startswith(f'{host.cache}/\udcff')
    expected = STATES.MISSING if is_inside else STATES.ELSEWHERE
    assert disk.backing.state is expected
    assert disk.backing.path == path


@pytest.mark.parametrize(
    'start, state, its_format',
    [
        (b'', STATES.THERE, RAW),
        (disk_headers.header(), STATES.THERE, QCOW2),
        (disk_headers.header(b'/x'), STATES.OVERLAY, QCOW2),
        (disk_headers.header(incompatible=4), STATES.OVERLAY, QCOW2),
        (b'KDMV', STATES.THERE, backends.DiskFormat.OTHER),
    ],
)
def test_backing_files(
    host: instance_files.Host,
    start: bytes,
    state: inventory.BackingState,
    its_format: backends.DiskFormat,
) -> None:
    instance_files.sparse(host.base, start, GIB)
    overlay(host, os.fsencode(host.base))
    (disk,) = only_guest(host).disks
    assert disk.backing == inventory.Backing(
        str(host.base), state, RAW, its_format
    )


def test_what_we_may_not_read(
    host: instance_files.Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a server that squashes root."""
    host.add_raw()
    host.add_raw(OTHER, 2)
    real = os.open
    refused = {f'{UUID}', 'instance-00000002.xml'}

    def refuse(path: Any, *more: Any, **words: Any) -> int:
        if path in refused:
            raise PermissionError(13, 'Permission denied')
        return real(path, *more, **words)

    monkeypatch.setattr(os, 'open', refuse)
    assert reasons(host) == {
        'domains/instance-00000002.xml': 'cannot be read: Permission denied',
        f'instances/{UUID}': 'cannot be read: Permission denied',
    }


def test_a_file_system_that_does_not_answer(
    host: instance_files.Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.add_raw()
    host.add_overlay(OTHER, 2)
    third = OTHER[:-1] + '3'
    host.add_raw(third, 3)
    answers = threading.Event()
    real = strict_folder.Folder.folder

    def folder(self: strict_folder.Folder, name: str) -> Any:
        if name == OTHER:
            answers.wait()
        return real(self, name)

    monkeypatch.setattr(strict_folder.Folder, 'folder', folder)
    found = read(host, patience=0.5)
    answers.set()
    assert [guest.uuid for guest in found.guests] == [UUID]
    assert [one.path for one in found.not_read] == [
        str(host.folder(OTHER)),
        str(host.folder(third)),
    ]
    first, second = (one.reason for one in found.not_read)
    assert 'did not answer' in first
    assert second == f'not looked at, since {OTHER} does not answer'


def test_nothing_answers(
    host: instance_files.Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()
    monkeypatch.setattr(
        strict_folder.Folder, 'names', lambda _self: answers.wait() and []
    )
    found = read(host, patience=0.01)
    answers.set()
    assert [one.path for one in found.not_read] == [
        str(host.domains),
        str(host.instances),
    ]
    assert deadlines.PATIENCE > 1


def test_the_file_system_is_told(host: instance_files.Host) -> None:
    assert read(host).file_system


def test_a_directory_by_a_link(host: instance_files.Host) -> None:
    """An administrator's, who put it on another disk."""
    host.add_overlay()
    moved = host.instances.with_name('moved')
    host.instances.rename(moved)
    host.instances.symlink_to(moved)
    (disk,) = only_guest(host).disks
    assert disk.backing and disk.backing.state is STATES.THERE
