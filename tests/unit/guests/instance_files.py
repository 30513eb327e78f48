# SPDX-License-Identifier: Apache-2.0

"""Directories of instances and of domains, as small sparse files."""

from __future__ import annotations

from collections.abc import Mapping
import json
import os
import pathlib
import string

from tests.unit.guests import disk_headers

GIB = 1024**3

UUID = 'c0ffee00-0000-4000-8000-000000000001'
OTHER = 'c0ffee00-0000-4000-8000-000000000002'

BASE_NAME = '0123456789' * 4

#: As long as what Nova asks for and libvirt fills in: some 130 elements.
#: Sources: nova/virt/libvirt/driver.py, _get_guest_config; libvirt's
#: src/conf/domain_conf.c, virDomainDefFormatInternal.
_DOMAIN = """<!--
WARNING: THIS IS AN AUTO-GENERATED FILE. CHANGES TO IT ARE LIKELY TO BE
OVERWRITTEN AND LOST.
-->

<domain type='kvm'>
  <name>instance-{number:08x}</name>
  <uuid>{uuid}</uuid>
  <metadata>
    <nova:instance xmlns:nova="http://openstack.org/xmlns/libvirt/nova/1.1">
      <nova:package version="34.0.0"/>
      <nova:name>guest-{number}</nova:name>
      <nova:creationTime>2026-01-02 03:04:05</nova:creationTime>
      <nova:flavor name="m1.small">
        <nova:memory>64</nova:memory>
        <nova:disk>{root_gb}</nova:disk>
        <nova:swap>{swap_mb}</nova:swap>
        <nova:ephemeral>{ephemeral_gb}</nova:ephemeral>
        <nova:vcpus>1</nova:vcpus>
      </nova:flavor>
      <nova:owner>
        <nova:user uuid="0123456789abcdef0123456789abcdef">one</nova:user>
        <nova:project uuid="fedcba9876543210fedcba9876543210">a</nova:project>
      </nova:owner>
      <nova:root type="image" uuid="decade00-0000-4000-8000-000000000001"/>
      <nova:ports>
        <nova:port uuid="facade00-0000-4000-8000-{number:012x}">
          <nova:ip type="fixed" address="192.0.2.7" ipVersion="4"/>
        </nova:port>
      </nova:ports>
    </nova:instance>
  </metadata>
  <memory unit='KiB'>65536</memory>
  <currentMemory unit='KiB'>65536</currentMemory>
  <vcpu placement='static'>1</vcpu>
  <cputune>
    <shares>1024</shares>
  </cputune>
  <sysinfo type='smbios'>
    <system>
      <entry name='manufacturer'>OpenStack Foundation</entry>
      <entry name='product'>OpenStack Nova</entry>
      <entry name='version'>34.0.0</entry>
      <entry name='serial'>{uuid}</entry>
      <entry name='uuid'>{uuid}</entry>
      <entry name='family'>Virtual Machine</entry>
    </system>
  </sysinfo>
  <os>
    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>
    <boot dev='hd'/>
    <smbios mode='sysinfo'/>
  </os>
  <features>
    <acpi/>
    <apic/>
    <vmcoreinfo state='on'/>
  </features>
  <cpu mode='host-model' check='partial'>
    <topology sockets='1' dies='1' cores='1' threads='1'/>
  </cpu>
  <clock offset='utc'>
    <timer name='pit' tickpolicy='delay'/>
    <timer name='rtc' tickpolicy='catchup'/>
    <timer name='hpet' present='no'/>
  </clock>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
{disks}{controllers}    <interface type='bridge'>
      <mac address='fa:16:3e:00:00:01'/>
      <source bridge='br-int'/>
      <virtualport type='openvswitch'>
        <parameters interfaceid='facade00-0000-4000-8000-{number:012x}'/>
      </virtualport>
      <target dev='tapfacade00-00'/>
      <model type='virtio'/>
      <driver name='vhost' rx_queue_size='512'/>
      <mtu size='1450'/>
      <address type='pci' domain='0x0000' bus='0x01' slot='0x00'/>
    </interface>
    <serial type='pty'>
      <log file='/var/lib/nova/instances/{uuid}/console.log' append='off'/>
      <target type='isa-serial' port='0'>
        <model name='isa-serial'/>
      </target>
    </serial>
    <console type='pty'>
      <log file='/var/lib/nova/instances/{uuid}/console.log' append='off'/>
      <target type='serial' port='0'/>
    </console>
    <input type='tablet' bus='usb'>
      <address type='usb' bus='0' port='1'/>
    </input>
    <input type='mouse' bus='ps2'/>
    <input type='keyboard' bus='ps2'/>
    <graphics type='vnc' port='-1' autoport='yes' listen='192.0.2.1'>
      <listen type='address' address='192.0.2.1'/>
    </graphics>
    <audio id='1' type='none'/>
    <video>
      <model type='virtio' heads='1' primary='yes'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x01'/>
    </video>
    <memballoon model='virtio'>
      <stats period='10'/>
      <address type='pci' domain='0x0000' bus='0x05' slot='0x00'/>
    </memballoon>
    <rng model='virtio'>
      <backend model='random'>/dev/urandom</backend>
      <address type='pci' domain='0x0000' bus='0x06' slot='0x00'/>
    </rng>
  </devices>
</domain>
"""

_DISK = """    <disk type='file' device='disk'>
      <driver name='qemu' type='{format}' cache='none'/>
      <source file='{path}'/>
      <target dev='vd{letter}' bus='virtio'/>
      <address type='pci' domain='0x0000' bus='{bus:#04x}' slot='0x00'/>
    </disk>
"""

_CONTROLLER = """\
    <controller type='pci' index='{index}' model='pcie-root-port'>
      <model name='pcie-root-port'/>
      <target chassis='{index}' port='{port:#x}'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x02'/>
    </controller>
"""

#: Those of a machine of type q35: as many ports as devices, and a few spare.
_CONTROLLERS = ''.join(
    _CONTROLLER.format(index=index, port=15 + index) for index in range(1, 10)
)


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
            _DISK.format(
                format=name,
                path=path,
                letter=string.ascii_lowercase[at],
                bus=at + 2,
            )
            for at, (path, name) in enumerate(disks.items())
        ),
        controllers=_CONTROLLERS,
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
