# SPDX-License-Identifier: Apache-2.0

"""Collected hosts in any number, as deployment tools would write them.

Every nova.conf has 300 lines: what all hosts of a cloud have in common, and
what is each one's own. The same numbers give the same files.
"""

from __future__ import annotations

from collections.abc import Iterator
import itertools
import pathlib
import string

#: Lines of each nova.conf.
LINES = 300

_DRIVER = 'compute_driver = libvirt.LibvirtDriver'

#: Lines of [DEFAULT] and of [libvirt] about images; a host has those of its
#: number, modulo how many there are. Most hosts have Nova's defaults.
_IMAGE_SETTINGS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    *((((), ()),) * 12),
    *((((), ('images_type = qcow2',)),) * 4),
    *((((), ('images_type = rbd', 'images_rbd_pool = vms')),) * 3),
    (('use_cow_images = True', 'force_raw_images = True'), ()),
    (('use_cow_images = False',), ()),
    (('use_cow_images = False',), ('images_type = flat',)),
    ((), ('images_type = raw',)),
    (('force_raw_images = False',), ('images_type = qcow2',)),
    (('force_raw_images: no', 'use-cow-images = off'), ()),
    (('use_cow_images = maybe',), ('images_type = "qcow2"',)),
)

_DEFAULT = (
    'my_ip = $ip',
    'host = $name',
    'state_path = /var/lib/nova',
    'log_dir = /var/log/nova',
    'debug = False',
    'transport_url = rabbit://nova:$password@192.0.2.10:5672,'
    'nova:$password@192.0.2.11:5672//',
    'rpc_response_timeout = 180',
    'instance_usage_audit = True',
    'instance_usage_audit_period = hour',
    'resume_guests_state_on_host_boot = True',
    'reserved_host_memory_mb = 4096',
    'cpu_allocation_ratio = 4.0',
    'ram_allocation_ratio = 1.0',
    'block_device_allocate_retries = 300',
    'default_schedule_zone = zone$zone',
)

_LIBVIRT = (
    'virt_type = kvm',
    'cpu_mode = custom',
    'cpu_models = Cascadelake-Server-noTSX',
    'live_migration_inbound_addr = $ip',
    'live_migration_permit_auto_converge = True',
    'rbd_user = nova',
    'rbd_secret_uuid = 0b51c5fa-93a0-4d5f-8c3e-9d7fd0b12e6f',
    'disk_cachemodes = "network=writeback"',
    'hw_disk_discard = unmap',
    'num_pcie_ports = 16',
)

_OTHERS = {
    'vnc': (
        'enabled = True',
        'server_listen = $ip',
        'server_proxyclient_address = $ip',
        'novncproxy_base_url = https://console.example.org/vnc_lite.html',
    ),
    'compute': ('cpu_dedicated_set = 2-31', 'cpu_shared_set = 0-1'),
    'pci': ('alias = { "name": "nic", "device_type": "type-VF" }',),
    'oslo_concurrency': ('lock_path = /var/lib/nova/tmp',),
    'oslo_messaging_rabbit': (
        'heartbeat_in_pthread = False',
        'rabbit_quorum_queue = True',
        'ssl = True',
    ),
    'oslo_messaging_notifications': (
        'driver = messagingv2',
        'transport_url = rabbit://nova:$password@192.0.2.10:5672//',
    ),
    'workarounds': ('skip_cpu_compare_on_dest = True',),
}

#: Sections with the credentials of a service's client.
_CLIENTS = (
    'keystone_authtoken', 'placement', 'neutron', 'glance', 'cinder',
    'barbican', 'barbican_service_user', 'cyborg', 'ironic', 'keystone',
    'service_user', 'vendordata_dynamic_auth',
)  # fmt: skip

_CLIENT = (
    'auth_url = https://identity.example.org:5000',
    'auth_type = password',
    'project_domain_name = Default',
    'user_domain_name = Default',
    'project_name = service',
    'username = nova',
    'password = $password',
    'region_name = RegionOne',
    'valid_interfaces = internal',
    'cafile = /etc/ssl/certs/ca-certificates.crt',
    'connect_retries = 3',
    'timeout = 60',
)


def write(folder: pathlib.Path, first: int, count: int) -> None:
    """Write a directory for each of some hosts into a folder."""
    for number in range(first, first + count):
        host = folder / name(number)
        host.mkdir()
        for path, content in _files(number).items():
            (host / path).parent.mkdir(exist_ok=True)
            (host / path).write_text(content)


def name(number: int) -> str:
    """Return the name of a host."""
    return f'compute{number:05}.example.org'


def _files(number: int) -> dict[str, str]:
    """Return the files of a host."""
    values = {
        'ip': f'198.18.{number // 250}.{number % 250 + 1}',
        'name': name(number),
        'zone': str(number % 3 + 1),
        # Some tools make one for each host.
        'password': f'Pa55-{number if number % 4 == 0 else "w0rd"}',
    }
    shape = (_template, _commented, _packaged)[number % 3]
    files = shape(number)
    return {
        path: string.Template('\n'.join([*lines, ''])).substitute(values)
        for path, lines in files.items()
    }


def _sections(number: int) -> Iterator[tuple[str, list[str]]]:
    """Yield the sections of a nova.conf, the driver not among them."""
    in_default, in_libvirt = _IMAGE_SETTINGS[
        number // 3 % len(_IMAGE_SETTINGS)
    ]
    # Their lines are not the same ones everywhere.
    labels = (f'initial_{n}_label = aggregate{n}' for n in range(number % 5))
    yield 'DEFAULT', [*_DEFAULT, *labels, *in_default]
    yield 'libvirt', [*_LIBVIRT, *in_libvirt]
    for group, lines in _OTHERS.items():
        if group == 'pci' and number % 10 == 0:
            yield group, [*lines, *_continued(number)]
        else:
            yield group, list(lines)
    for group in _CLIENTS:
        yield group, list(_CLIENT)


def _continued(number: int) -> list[str]:
    slots = [f'  0000:{number % 8 + 3:02x}:00.{port}' for port in range(2)]
    return ['device_spec =', *slots]


def _template(number: int) -> dict[str, list[str]]:
    """As an Ansible role's template: no comments, the driver with the rest."""
    lines = ['# Ansible managed', '']
    for group, assignments in _sections(number):
        driver = [_DRIVER] if group == 'DEFAULT' else []
        lines += [f'[{group}]', *driver, *assignments, '']
    return {'nova.conf': _filled(lines)}


def _commented(number: int) -> dict[str, list[str]]:
    """As edited in what a distribution ships; an override in a drop-in."""
    lines = []
    for group, assignments in _sections(number):
        lines += [f'[{group}]', '', f'# Options of {group}', '']
        lines += assignments
    drop_in = ['[DEFAULT]', _DRIVER, 'reserved_host_cpus = 2']
    return {
        'nova.conf': _filled(lines),
        'nova.conf.d/50-compute.conf': drop_in,
    }


def _packaged(number: int) -> dict[str, list[str]]:
    """As Ubuntu's packages: the driver in nova-compute.conf."""
    rule = '#' * 79
    lines = [rule, '# Configuration file maintained by a charm.', rule]
    for group, assignments in _sections(number):
        lines += [f'[{group}]', *assignments, '']
    return {
        'nova.conf': _filled(lines),
        'nova-compute.conf': [
            '[DEFAULT]',
            _DRIVER,
            '[libvirt]',
            'virt_type = kvm',
        ],
    }


def _filled(lines: list[str]) -> list[str]:
    """Fill a file up with defaults, as comments."""
    defaults = (
        words
        for n in itertools.count()
        for words in (f'# Option {n}. (integer value)', f'#option_{n} = {n}')
    )
    missing = LINES - len(lines)
    assert missing >= 0, len(lines)
    return [*lines, *itertools.islice(defaults, missing)]
