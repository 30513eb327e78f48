# SPDX-License-Identifier: Apache-2.0

"""A nova.conf as full of passwords as real ones, each one recognizable."""

from __future__ import annotations

from collections.abc import Iterator
import itertools
import re
import subprocess

#: Matches every password here, and no word of the command's own.
TOKEN = re.compile(r'S3cr3t-?\d*', re.IGNORECASE)

_numbers = itertools.count(100)

#: One more, for the line that a test is about.
ON_THE_LINE = 'S3cr3t-1'

#: Sections with the options that hold passwords in them; %s is one.
_OPTIONS = {
    'DEFAULT': (
        'transport_url = rabbit://nova:%s@192.0.2.1:5672//',
        'sql_connection = mysql://nova:%s@192.0.2.2/nova',
        'metadata_proxy_shared_secret = "%s"',
        "rabbit_password = '%s'",
        'my_ip = %s',
        '# admin_password = %s',
        '; old_password = %s',
    ),
    'database': (
        'connection = mysql+pymysql://nova:%s@192.0.2.2/nova',
        'slave_connection: mysql+pymysql://nova:%s@192.0.2.3/nova',
    ),
    'libvirt': (
        'rbd_user = %s',
        'rbd_secret_uuid = %s',
        'images_rbd_pool = %s',
        'connection_uri = qemu+tls://%s/system',
        'vtpm_passphrase =\n  %s\n  %s',
    ),
    'vnc': ('vencrypt_client_key = /etc/%s.pem', 'password: %s'),
    'unknown group': ('password=%s', 'token = ${DEFAULT.my_ip}%s'),
    **dict.fromkeys(
        (
            'api_database',
            'barbican',
            'cinder',
            'cyborg',
            'glance',
            'ironic',
            'key_manager',
            'keystone',
            'keystone_authtoken',
            'neutron',
            'oslo_messaging_notifications',
            'oslo_messaging_rabbit',
            'placement',
            'service_user',
            'vendordata_dynamic_auth',
        ),
        (
            'auth_url = https://%s@identity.example.org/v3',
            'username = %s',
            'password = %s',
            'memcache_secret_key=%s',
            'connection: mysql://nova:%s@192.0.2.2/nova_api',
            'transport_url = rabbit://nova:%s@192.0.2.1//',
        ),
    ),
}


def _lines() -> Iterator[str]:
    for group, options in _OPTIONS.items():
        yield f'[{group}]'
        for option in options:
            for _hole in range(option.count('%s')):
                option = option.replace('%s', f'S3cr3t-{next(_numbers)}', 1)
            yield option


#: No image setting is among them.
CONFIGURATION = '\n'.join([*_lines(), ''])

#: Its number of lines: the number of the last line that is not a test's.
LINES = CONFIGURATION.count('\n')

ENVIRONMENT = {
    f'OS_{group.upper()}__{name}': f'S3cr3t-{next(_numbers)}'
    for group, name in (
        ('DEFAULT', 'TRANSPORT_URL'),
        ('DATABASE', 'CONNECTION'),
        ('KEYSTONE_AUTHTOKEN', 'PASSWORD'),
        ('LIBVIRT', 'RBD_USER'),
    )
}


def assert_hidden(result: subprocess.CompletedProcess[str]) -> None:
    """Fail if any password, or a part of one, has been printed."""
    output = result.stdout + result.stderr
    assert output
    assert not TOKEN.search(output), TOKEN.findall(output)
