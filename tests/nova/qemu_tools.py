# SPDX-License-Identifier: Apache-2.0

"""The real qemu-img and qemu-io, seen from the host and from the guest."""

from __future__ import annotations

from collections.abc import Mapping
import json
import os
import pathlib
import subprocess
import tempfile
from typing import Any

from nova_cow_check.nova import backends

#: Where copies need not reach a disk, though qemu-img asks for that.
_MEMORY = '/dev/shm' if os.path.isdir('/dev/shm') else None
#: How much of a disk is looked at.
SIZE = 64 * 1024
#: What a qcow2 file begins with.
QCOW2_MAGIC = b'QFI\xfb'


def run(*command: str | pathlib.Path) -> str:
    """Run a command and return what it printed."""
    return subprocess.run(
        [str(word) for word in command],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ).stdout


def info(path: pathlib.Path) -> dict[str, Any]:
    """Return what qemu-img finds out about a disk by itself."""
    report = run('qemu-img', 'info', '--output=json', '-U', path)
    result: dict[str, Any] = json.loads(report)
    return result


def format_of(path: pathlib.Path) -> backends.DiskFormat:
    """Return the format that a disk really has."""
    return backends.DiskFormat(info(path)['format'])


def backing_format_of(path: pathlib.Path) -> backends.DiskFormat | None:
    """Return the format that a disk's backing file really has, if any.

    The format recorded in the overlay is left aside: it is the backing file
    itself that is inspected.
    """
    backing = info(path).get('full-backing-filename')
    return None if backing is None else format_of(pathlib.Path(backing))


def guest_reads(
    path: pathlib.Path, xml: backends.DiskFormat, size: int = SIZE
) -> bytes:
    """Return the first bytes that a guest with this disk reads.

    :param xml: the format that the guest's XML tells QEMU to expect
    :raises subprocess.CalledProcessError: when QEMU cannot open the disk
    """
    return read_as(path, xml.value, size)


def read_as(path: pathlib.Path, name: str, size: int = SIZE) -> bytes:
    """The same, for any format that QEMU knows."""
    with tempfile.TemporaryDirectory(dir=_MEMORY) as folder:
        copy = pathlib.Path(folder, 'copy')
        # fmt: off
        run(
            'qemu-img', 'dd', '-U', '-f', name, '-O', 'raw',
            f'bs={size}', 'count=1', f'if={path}', f'of={copy}',
        )
        # fmt: on
        return copy.read_bytes()


def guest_writes(
    path: pathlib.Path,
    xml: backends.DiskFormat,
    data: bytes,
    offset: int = 0,
) -> None:
    """Write what a guest with this disk writes."""
    with tempfile.NamedTemporaryFile(dir=_MEMORY) as source:
        source.write(data)
        source.flush()
        write = f'write -q -s {source.name} {offset} {len(data)}'
        run('qemu-io', '-f', xml.value, '-c', write, path)


def make_image(
    path: pathlib.Path,
    image: backends.DiskFormat,
    content: Mapping[int, bytes],
) -> None:
    """Make an 8 MiB image, such as Glance would hand out.

    :param content: what is where in it, as a guest sees it
    """
    plain = path.with_suffix('.plain')
    with plain.open('wb') as file:
        for offset, data in content.items():
            file.seek(offset)
            file.write(data)
        file.truncate(8 * 1024**2)
    run('qemu-img', 'convert', '-f', 'raw', '-O', image.value, plain, path)
    plain.unlink()
