# SPDX-License-Identifier: Apache-2.0

"""What Nova hears of qemu-img at less cost is what qemu-img says."""

from __future__ import annotations

from collections.abc import Callable
import os
import pathlib
from unittest import mock

from nova.privsep import qemu
from oslo_concurrency import processutils
import pytest

from tests.nova import commands
from tests.nova import qemu_tools

Change = Callable[[pathlib.Path], object]


def _cut(path: pathlib.Path) -> None:
    with path.open('r+b') as stream:
        stream.truncate(20)


def _fill(path: pathlib.Path) -> None:
    with path.open('r+b') as stream:
        stream.seek(512 * 1024)
        stream.write(b'x' * 8192)
        stream.flush()
        # The file system says only then how much there is.
        os.fsync(stream.fileno())


def _snapshot(path: pathlib.Path, *words: str) -> None:
    qemu_tools.run('qemu-img', 'snapshot', *words, path)


#: What is done to a disk -> its format before.
CHANGES: dict[str, tuple[str, Change]] = {
    'larger': (
        'qcow2',
        lambda path: qemu_tools.run(
            *('qemu-img', 'resize', '-q', '-f', 'qcow2', path, '2M')
        ),
    ),
    'a backing file': (
        'qcow2',
        lambda path: qemu_tools.run(
            *('qemu-img', 'rebase', '-u', '-f', 'qcow2', '-F', 'raw'),
            *('-b', f'{path}.raw', path),
        ),
    ),
    'another version': (
        'qcow2',
        lambda path: qemu_tools.run(
            *('qemu-img', 'amend', '-f', 'qcow2', '-o', 'compat=0.10', path)
        ),
    ),
    'a snapshot': ('qcow2', lambda path: _snapshot(path, '-c', 'one')),
    'data': (
        'qcow2',
        lambda path: qemu_tools.run(
            *('qemu-io', '-f', 'qcow2', '-c', 'write -q 0 64k', path)
        ),
    ),
    'raw data': ('raw', _fill),
    'no header': ('qcow2', lambda path: path.write_bytes(bytes(4096))),
    'half a header': ('qcow2', _cut),
    'no file': ('raw', pathlib.Path.unlink),
}


def heard(path: pathlib.Path, name: str) -> str:
    """Return what Nova is told of a disk, or what it raises."""
    try:
        return str(qemu.unprivileged_qemu_img_info(str(path), format=name))
    except Exception as error:
        return repr(error)


@pytest.mark.parametrize('change', CHANGES)
def test_of_a_disk_that_changed_it_is_asked_anew(
    change: str, tmp_path: pathlib.Path
) -> None:
    name, make = CHANGES[change]
    path = tmp_path / 'disk'
    qemu_tools.run('qemu-img', 'create', '-q', '-f', name, path, '1M')
    with commands.ask_qemu_img_once():
        before = heard(path, name)
        make(path)
        after = heard(path, name)
        again = heard(path, name)
    assert before != after == again == heard(path, name)


def test_of_a_disk_with_snapshots_it_is_always_asked(
    tmp_path: pathlib.Path,
) -> None:
    """They are told of, and are elsewhere in the file."""
    path = tmp_path / 'disk'
    qemu_tools.run('qemu-img', 'create', '-q', '-f', 'qcow2', path, '1M')
    _snapshot(path, '-c', 'one')
    with commands.ask_qemu_img_once():
        assert '"one"' in heard(path, 'qcow2')
        with path.open('r+b') as stream:
            stream.seek(stream.read().index(b'1one'))
            stream.write(b'1two')
        assert '"two"' in heard(path, 'qcow2')


@pytest.mark.parametrize('name', ['qcow2', 'raw'])
def test_of_a_disk_that_is_as_it_was_it_is_not(
    name: str, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / 'disk'
    qemu_tools.run('qemu-img', 'create', '-q', '-f', name, path, '1M')
    with commands.ask_qemu_img_once():
        before = heard(path, name)
        with mock.patch.object(processutils, 'execute') as execute:
            assert heard(path, name) == before
    execute.assert_not_called()
