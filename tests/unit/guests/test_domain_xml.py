# SPDX-License-Identifier: Apache-2.0

"""What the XML of a domain tells, and what it cannot do."""

from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st
import pytest

from nova_cow_check import errors
from nova_cow_check.guests import domain_xml
from nova_cow_check.guests import inventory

UUID = 'c0ffee00-0000-4000-8000-000000000001'
FOLDER = f'/var/lib/nova/instances/{UUID}'

DISK = f"""<disk type='file' device='disk'>
  <driver name='qemu' type='qcow2' cache='none'/>
  <source file='{FOLDER}/disk' index='1'/>
  <backingStore type='file' index='2'>
    <format type='raw'/>
    <source file='/var/lib/nova/instances/_base/x'/>
    <driver type='vmdk'/>
  </backingStore>
  <target dev='vda' bus='virtio'/>
</disk>"""

FLAVOR = """<nova:flavor name="m1.small">
  <nova:memory>512</nova:memory>
  <nova:disk>1</nova:disk>
  <nova:swap>8</nova:swap>
  <nova:ephemeral>2</nova:ephemeral>
  <nova:vcpus>1</nova:vcpus>
</nova:flavor>"""

NOVA = 'http://openstack.org/xmlns/libvirt/nova'


def domain(
    disks: str = DISK,
    flavor: str = FLAVOR,
    uuid: str = UUID,
    version: str = '1.1',
) -> str:
    return f"""<!--
WARNING: THIS IS AN AUTO-GENERATED FILE.
-->
<domain type='kvm'>
  <name>instance-00000001</name>
  <uuid>{uuid}</uuid>
  <metadata>
    <nova:instance xmlns:nova="{NOVA}/{version}">
      <nova:name>a</nova:name>
      {flavor}
    </nova:instance>
  </metadata>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    {disks}
  </devices>
</domain>
"""


def parse(text: str | bytes) -> inventory.Domain | None:
    data = text if isinstance(text, bytes) else text.encode()
    return domain_xml.parse(data, 'instance-00000001.xml')


@pytest.mark.parametrize('version', ['1.0', '1.1', '9.9'])
def test_a_domain(version: str) -> None:
    disk = inventory.DomainDisk(f'{FOLDER}/disk', 'qcow2')
    flavor = inventory.Flavor(1, 2, 8)
    expected = inventory.Domain(UUID, (disk,), flavor)
    assert parse(domain(version=version)) == expected


@pytest.mark.parametrize(
    'flavor',
    [
        '',
        FLAVOR.replace('<nova:swap>8</nova:swap>', ''),
        FLAVOR.replace('>8<', '>-8<'),
        FLAVOR.replace('>8<', '>' + '8' * 5000 + '<'),
        FLAVOR.replace('>8<', '>eight<'),
        FLAVOR.replace('nova:', ''),
        f'<nova:old>{FLAVOR}</nova:old>',
    ],
)
def test_no_flavor(flavor: str) -> None:
    found = parse(domain(flavor=flavor))
    assert found and found.flavor is None


#: Disks, and what is told of them.
DISKS = (
    ('', ()),
    (DISK.replace("type='file' device", "type='block' device"), ()),
    (DISK.replace("<source file='" + FOLDER, "<source dev='"), ()),
    (
        DISK.replace("type='qcow2'", ''),
        (inventory.DomainDisk(f'{FOLDER}/disk', ''),),
    ),
    (
        DISK + DISK.replace("/disk'", "/disk.eph0'").replace('qcow2', 'raw'),
        (
            inventory.DomainDisk(f'{FOLDER}/disk', 'qcow2'),
            inventory.DomainDisk(f'{FOLDER}/disk.eph0', 'raw'),
        ),
    ),
    (f'<a>{DISK}</a>', ()),
    (DISK.replace(FOLDER, '/' * 1_000_000), ()),
)


@pytest.mark.parametrize('disks, expected', DISKS, ids=range(len(DISKS)))
def test_disks(disks: str, expected: tuple[inventory.DomainDisk, ...]) -> None:
    found = parse(domain(disks))
    assert found and found.disks == expected


def test_no_instance() -> None:
    assert parse(domain(uuid='')) is None
    assert parse(domain(uuid='../../etc/passwd')) is None
    assert parse('<domain/>') is None


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + ''.join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(20)
)

#: No XML of a domain, and a part of what is told of it.
BROKEN = {
    'nothing': ('', 'not valid XML: no element found'),
    'a bomb': (f'{BOMB}]><domain>&u;</domain>', 'document type'),
    'an external entity': (
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        '<domain><uuid>&a;</uuid></domain>',
        'document type',
    ),
    'a parameter entity': (
        '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://192.0.2.1/"> %a;]><domain/>',
        'document type',
    ),
    'an external subset': (
        '<!DOCTYPE domain SYSTEM "http://192.0.2.1/x.dtd"><domain/>',
        'document type',
    ),
    'an undefined entity': ('<domain>&a;</domain>', 'undefined entity'),
    'not closed': (domain()[:-12], 'not valid XML'),
    'two roots': (domain() + domain(), 'not valid XML'),
    'of a network': ('<network/>', 'not the XML of a domain'),
    'in a namespace': ('<domain xmlns="x"/>', 'not the XML of a domain'),
    'a million nested': ('<domain>' + '<a>' * 1_000_000, 'too deeply'),
    'null': ('<domain>\0</domain>', 'not valid XML'),
}


@pytest.mark.parametrize('text, reason', BROKEN.values(), ids=BROKEN)
def test_broken(text: str, reason: str) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        parse(text)
    assert reason in caught.value.reason
    assert caught.value.path == 'instance-00000001.xml'


def test_what_is_not_looked_for_takes_no_memory() -> None:
    many = '<a b="c">d</a>' * 200_000
    text = domain(many + DISK).encode()
    tracemalloc.start()
    found = parse(text)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found and len(found.disks) == 1
    assert most < 2 * len(text)


@pytest.mark.parametrize('encoding', ['x', 'zip', 'ascii', 'UTF-8'])
def test_what_is_said_of_the_encoding_is_left_aside(encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding}"?>' + domain()
    assert parse(declared) == parse(domain())


def test_long_names() -> None:
    name = 'x' * 1_000_000
    text = domain(f'<{name} {name}="{name}"/>{DISK}')
    found = parse(text)
    assert found and len(found.disks) == 1


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_are_too_odd(data: bytes) -> None:
    whole = domain().encode()
    for text in (data, whole[:300] + data, whole.replace(b'qcow2', data)):
        try:
            parse(text)
        except errors.ConfigurationError:
            pass
