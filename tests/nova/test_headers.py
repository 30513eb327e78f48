# SPDX-License-Identifier: Apache-2.0

"""What is read of a header is what qemu-img reads, wherever it accepts one."""

from __future__ import annotations

import json
import pathlib
import random
import subprocess
from typing import Any

import pytest

from nova_cow_check.guests import headers
from tests.nova import qemu_tools
from tests.unit.guests import disk_headers

SECTOR = 512
#: More than the tables of a header point to.
SIZE = 1024**2


def told(path: pathlib.Path) -> dict[str, Any] | None:
    """Return what qemu-img tells of a file, None if it refuses it."""
    result = subprocess.run(
        ['qemu-img', 'info', '--output=json', path],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    return json.loads(result.stdout) if result.returncode == 0 else None


def shown(name: str | None) -> str | None:
    """Return a name as qemu-img does, which shows no bytes but text."""
    if not name:
        return None
    data = name.encode('utf-8', 'surrogateescape')
    return data.decode('utf-8', 'replace')


def assert_read_alike(path: pathlib.Path) -> bool:
    """Compare with qemu-img, and return whether that accepts the file."""
    expected = told(path)
    if expected is None:
        return False
    with path.open('rb') as file:
        start = file.read(headers.PROBED)
        start += file.read(headers.wanted(start) - len(start))
    found = headers.parse(start)
    assert found.name == expected['format']
    if found.name != 'qcow2':
        return True
    assert found.is_valid
    assert found.virtual_size is not None
    sectors = found.virtual_size // SECTOR
    assert sectors == expected['virtual-size'] // SECTOR
    assert shown(found.backing) == expected.get('backing-filename')
    details = expected['format-specific']['data']
    assert found.data_file == details.get('data-file')
    return True


CREATED = (
    '-f raw {path} 1G',
    '-f qcow2 {path} 1G',
    '-f qcow2 -o compat=0.10 {path} 1G',
    '-f qcow2 -o cluster_size=2M {path} 20G',
    '-f qcow2 -o cluster_size=512 {path} 64M',
    '-f qcow2 -o lazy_refcounts=on,extended_l2=on {path} 1G',
    '-f qcow2 -o compression_type=zstd {path} 1G',
    '-f qcow2 -b {base} -F raw {path}',
    '-f qcow2 -b {base} -F raw -o compat=0.10 {path} 2G',
    '-f qcow2 -o data_file={other} {path} 1G',
    '-f qcow2 -o data_file={other},data_file_raw=on {path} 1G',
    '-f qed {path} 1G',
    '-f vmdk {path} 1G',
    '-f vmdk -o subformat=monolithicFlat {path} 1G',
    '-f vdi {path} 1G',
    '-f vhdx {path} 64M',
    '-f vpc {path} 64M',
    '-f parallels {path} 64M',
    '-f qcow {path} 64M',
)


@pytest.mark.parametrize('options', CREATED)
def test_what_qemu_img_makes(options: str, tmp_path: pathlib.Path) -> None:
    base, path = tmp_path / 'base', tmp_path / 'disk'
    base.write_bytes(bytes(SIZE))
    words = options.format(path=path, base=base, other=tmp_path / 'other')
    qemu_tools.run('qemu-img', 'create', '-q', *words.split(' '))
    assert assert_read_alike(path)


PROBED = {name: start for name, (start, _name) in disk_headers.PROBED.items()}


@pytest.mark.parametrize('start', PROBED.values(), ids=PROBED)
def test_what_is_probed(start: bytes, tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'disk'
    path.write_bytes(start.ljust(SIZE, b'\0'))
    assert_read_alike(path)


def altered(generator: random.Random) -> bytes:
    """Return a header that a guest could write, of a file made by qemu-img."""
    extensions = b''.join(
        generator.choice(
            [
                disk_headers.RAW_EXTENSION,
                disk_headers.DATA_EXTENSION,
                disk_headers.extension(0x6803F857, bytes(48)),
                disk_headers.extension(generator.getrandbits(32), b'x' * 9),
            ]
        )
        for _number in range(generator.randrange(4))
    )
    start = bytearray(
        disk_headers.header(
            generator.choice([b'', b'/base', b'b' * 1023, b'\xff"\\x']),
            extensions,
            generator.choice([None, None, 3000]),
            version=generator.choice([2, 3]),
            cluster_bits=generator.choice([16, 16, 16, 12, 21]),
        )
    )
    for _number in range(generator.randrange(3)):
        at = generator.randrange(4, len(start))
        start[at] = generator.choice([0, 1, 4, 8, generator.getrandbits(8)])
    return bytes(start)


def test_what_a_guest_could_write(tmp_path: pathlib.Path) -> None:
    """The tables behind the header are those of an empty file."""
    generator = random.Random(2038898)
    path = tmp_path / 'disk'
    qemu_tools.run('qemu-img', 'create', '-q', '-f', 'qcow2', path, '1G')
    tables = path.read_bytes()
    accepted = 0
    for _number in range(400):
        start = altered(generator)
        path.write_bytes(start + tables[len(start) :])
        accepted += assert_read_alike(path)
    assert accepted > 50
