# SPDX-License-Identifier: Apache-2.0

"""What is opened of guests, whatever lies in the place of their files."""

from __future__ import annotations

from collections.abc import Callable
import os
import pathlib
import stat
import tracemalloc

import hypothesis
from hypothesis import strategies as st
import pytest

from nova_cow_check.guests import inventory
from nova_cow_check.sources import existing
from nova_cow_check.sources import roots
from tests.unit.guests import disk_headers
from tests.unit.guests import instance_files
from tests.unit.sources import openings

UUID, OTHER = instance_files.UUID, instance_files.OTHER
GIB = instance_files.GIB
STATE = inventory.RecordState
STATES = inventory.BackingState


@pytest.fixture
def host(tmp_path: pathlib.Path) -> instance_files.Host:
    return instance_files.Host(tmp_path)


def read(host: instance_files.Host) -> inventory.Inventory:
    root = roots.Root()
    return existing.read(
        existing.Place(str(host.instances), root),
        existing.Place(str(host.domains), root),
    )


def make_fifo(path: pathlib.Path) -> None:
    os.mkfifo(path)


def make_folder(path: pathlib.Path) -> None:
    path.mkdir()


def make_socket(path: pathlib.Path) -> None:
    os.mknod(path, stat.S_IFSOCK | 0o600)


def make_device(path: pathlib.Path) -> None:
    if os.geteuid():
        pytest.skip('needs root')
    os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5))


def make_link(path: pathlib.Path) -> None:
    outside = path.parents[3] / 'outside'
    outside.write_text('{}')
    path.symlink_to(outside)


def make_dangling_link(path: pathlib.Path) -> None:
    path.symlink_to('/nowhere')


MAKERS = (
    make_fifo,
    make_folder,
    make_socket,
    make_device,
    make_link,
    make_dangling_link,
)

#: Every place in which something can lie that is not what it should be.
PLACES = (
    f'instances/{UUID}/disk',
    f'instances/{UUID}/disk.info',
    'domains/instance-00000001.xml',
)


@pytest.mark.parametrize('place', PLACES)
@pytest.mark.parametrize('make', MAKERS)
def test_only_files_are_opened(
    host: instance_files.Host,
    place: str,
    make: Callable[[pathlib.Path], None],
) -> None:
    host.add_raw()
    host.add_raw(OTHER, 2)
    path = host.instances.parent / place
    path.unlink()
    with openings.watched(host.instances.parent) as opened:
        make(path)
        found = read(host)
    assert opened.outside == []
    (lost,) = found.not_read
    assert lost.path == str(path)
    assert lost.reason.startswith('cannot be read: ')
    # The other guest is read all the same.
    assert found.guests[1].disks[0].header is not None
    assert found.guests[1].records.state is STATE.READ


@pytest.mark.parametrize('make', MAKERS)
def test_a_backing_file_is_a_file(
    host: instance_files.Host, make: Callable[[pathlib.Path], None]
) -> None:
    backing = os.fsencode(host.base)
    start = disk_headers.header(backing, disk_headers.RAW_EXTENSION)
    host.add({'disk': (start, 4096)}, None, None)
    with openings.watched(host.instances.parent) as opened:
        (host.cache / 'x' / 'y').mkdir(parents=True)
        make(host.base)
        ((disk,),) = (one.disks for one in read(host).guests)
    assert opened.outside == []
    assert disk.backing and disk.backing.state is STATES.NOT_READ


@pytest.mark.parametrize('name', [UUID, '_base'])
def test_links_in_place_of_directories(
    host: instance_files.Host, name: str
) -> None:
    host.add_overlay(OTHER, 2)
    elsewhere = host.instances.parent / 'elsewhere'
    elsewhere.mkdir()
    (elsewhere / 'disk').touch()
    path = host.instances / name
    if path.exists():
        path.rename(host.instances.parent / 'moved')
    path.symlink_to(elsewhere)
    with openings.watched(host.instances.parent) as opened:
        found = read(host)
    assert opened.outside == []
    if name == UUID:
        (lost,) = found.not_read
        assert lost.path == str(path)
        assert found.guests[0].disks == ()
    else:
        backing = found.guests[0].disks[0].backing
        assert backing and backing.state is STATES.NOT_READ


def test_a_watcher_sees_what_is_opened(tmp_path: pathlib.Path) -> None:
    inside = tmp_path / 'inside'
    inside.touch()
    os.symlink('/etc/passwd', tmp_path / 'link')
    with openings.watched(tmp_path) as opened:
        for path in ('/etc/passwd', str(inside)):
            os.close(os.open(path, os.O_RDONLY))
        folder = os.open(tmp_path, os.O_RDONLY)
        os.close(os.open('link', os.O_RDONLY, dir_fd=folder))
        os.close(folder)
    assert opened.outside == ['/etc/passwd', 'link']


def test_sparse_files_of_any_size(host: instance_files.Host) -> None:
    """As large as file systems have them."""
    start = disk_headers.header(b'/x', backing_at=2**20, cluster_bits=21)
    largest = 2**44 - 2**16
    host.add(
        {'disk': (b'', largest), 'disk.eph0': (start, largest)},
        {},
        {'disk': 'raw'},
    )
    os.truncate(host.instances / UUID / 'disk.info', 0)
    instance_files.sparse(host.domains / 'x.xml', b'', largest)
    tracemalloc.start()
    found = read(host)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 16 * 1024**2
    assert [disk.size for disk in found.guests[0].disks] == [largest] * 2
    (lost,) = found.not_read
    assert lost.reason == 'larger than 4096 KiB'


def test_disk_info_that_is_too_large(host: instance_files.Host) -> None:
    folder = host.add_raw()
    os.truncate(folder / 'disk.info', 2**40)
    found = read(host)
    assert found.not_read == (
        inventory.NotRead(f'{folder}/disk.info', 'larger than 64 KiB'),
    )
    assert found.guests[0].records.state is STATE.NOT_READ


@hypothesis.settings(
    max_examples=60,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
@hypothesis.given(st.data())
def test_no_files_are_too_odd(
    host: instance_files.Host, data: st.DataObject
) -> None:
    """Whatever is in them, all that is opened is below the two directories."""
    folder = host.folder()
    folder.mkdir(exist_ok=True)
    headers = st.builds(
        disk_headers.header,
        st.binary(max_size=40)
        | st.sampled_from([b'/etc/passwd', os.fsencode(host.base)]),
        st.sampled_from([b'', disk_headers.DATA_EXTENSION]),
        incompatible=st.sampled_from([0, 4]),
        cluster_bits=st.integers(0, 2**32 - 1) | st.sampled_from([9, 16, 21]),
    )
    contents = st.binary(max_size=100) | headers
    host.base.write_bytes(data.draw(contents))
    for name in ('disk', 'disk.eph0', 'disk.info'):
        (folder / name).write_bytes(data.draw(contents))
    xml = instance_files.domain(UUID, {'/etc/passwd/disk': 'raw'}).encode()
    (host.domains / 'x.xml').write_bytes(
        xml.replace(b'raw', data.draw(st.binary(max_size=20)))
    )
    with openings.watched(host.instances.parent) as opened:
        found = read(host)
    assert opened.outside == []
    assert [guest.uuid for guest in found.guests] == [UUID]
