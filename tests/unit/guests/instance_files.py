# SPDX-License-Identifier: Apache-2.0

"""Directories of instances and of domains, as small sparse files."""

from __future__ import annotations

from collections.abc import Mapping
import json
import os
import pathlib

from tests.unit.guests import disk_headers

GIB = 1024**3

UUID = 'c0ffee00-0000-4000-8000-000000000001'
OTHER = 'c0ffee00-0000-4000-8000-000000000002'

BASE_NAME = '0123456789' * 4

_DOMAIN = """<!-- WARNING: THIS IS AN AUTO-GENERATED FILE. -->
<domain type='kvm'>
  <name>instance-{number:08x}</name>
  <uuid>{uuid}</uuid>
  <metadata>
    <nova:instance xmlns:nova="http://openstack.org/xmlns/libvirt/nova/1.1">
      <nova:flavor name="m1.small">
        <nova:memory>64</nova:memory>
        <nova:disk>{root_gb}</nova:disk>
        <nova:swap>{swap_mb}</nova:swap>
        <nova:ephemeral>{ephemeral_gb}</nova:ephemeral>
        <nova:vcpus>1</nova:vcpus>
      </nova:flavor>
    </nova:instance>
  </metadata>
  <devices>
{disks}  </devices>
</domain>
"""

_DISK = """    <disk type='file' device='disk'>
      <driver name='qemu' type='{format}'/>
      <source file='{path}'/>
    </disk>
"""


def domain(uuid: str, disks: Mapping[str, str], number: int = 1) -> str:
    """Return the XML of a domain.

    :param disks: path -> format
    """
    return _DOMAIN.format(
        number=number,
        uuid=uuid,
        root_gb=1,
        swap_mb=8,
        ephemeral_gb=1,
        disks=''.join(
            _DISK.format(format=name, path=path)
            for path, name in disks.items()
        ),
    )


def sparse(path: pathlib.Path, start: bytes, size: int) -> None:
    """Make a file that has some bytes, and a size."""
    path.write_bytes(start)
    os.truncate(path, size)


class Host:
    """A directory with `instances` and `domains` in it."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.instances = folder / 'instances'
        self.domains = folder / 'domains'
        self.cache = self.instances / '_base'
        for one in (self.instances, self.domains, self.cache):
            one.mkdir(parents=True, exist_ok=True)
        self.base = self.cache / BASE_NAME

    def folder(self, uuid: str = UUID) -> pathlib.Path:
        return self.instances / uuid

    def add(
        self,
        disks: Mapping[str, tuple[bytes, int]],
        recorded: Mapping[str, str] | None,
        xml: Mapping[str, str] | None,
        uuid: str = UUID,
        number: int = 1,
    ) -> pathlib.Path:
        """Add a guest.

        :param disks: name -> first bytes and size
        :param recorded: name -> format in disk.info, None for no file
        :param xml: name -> format in the domain, None for no domain
        """
        folder = self.folder(uuid)
        folder.mkdir()
        for name, (start, size) in disks.items():
            sparse(folder / name, start, size)
        if recorded is not None:
            entries = {str(folder / name): f for name, f in recorded.items()}
            (folder / 'disk.info').write_text(json.dumps(entries) + '\n')
        if xml is not None:
            paths = {str(folder / name): f for name, f in xml.items()}
            text = domain(uuid, paths, number)
            (self.domains / f'instance-{number:08x}.xml').write_text(text)
        return folder

    def add_raw(self, uuid: str = UUID, number: int = 1) -> pathlib.Path:
        """Add a sound guest of the flat backend."""
        return self.add(
            {'disk': (b'', GIB)},
            {'disk': 'raw'},
            {'disk': 'raw'},
            uuid,
            number,
        )

    def add_overlay(self, uuid: str = UUID, number: int = 1) -> pathlib.Path:
        """Add a sound guest of the qcow2 backend."""
        sparse(self.base, b'', GIB)
        start = disk_headers.header(
            os.fsencode(self.base), disk_headers.RAW_EXTENSION
        )
        return self.add(
            {'disk': (start, 196_616)},
            {'disk': 'qcow2'},
            {'disk': 'qcow2'},
            uuid,
            number,
        )
