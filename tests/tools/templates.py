# SPDX-License-Identifier: Apache-2.0

"""Write nova.conf as openstack-ansible does, by its plugin config_template.

The role os_nova is not on PyPI: its template is made up here, its task is as
tasks/nova_post_install.yml has it.
"""

from __future__ import annotations

import json
import pathlib
import sys

from tests.tools import ansible

_PLUGINS = pathlib.Path(sys.prefix) / 'share' / 'ansible' / 'plugins'

#: With the header that the plugin drops.
_TEMPLATE = """\
# {{ ansible_managed }}

[DEFAULT]
# Logs / State
use_journal = True
{% if 'nova_compute' in group_names %}
compute_driver = libvirt.LibvirtDriver
{% endif %}

[oslo_concurrency]
lock_path = /var/lock/nova
"""

#: Default of the role.
_DEFAULT = {'nova_nova_conf_overrides': {}}


def write(directory: pathlib.Path, *arguments: str) -> None:
    """Write the nova.conf of each host of an inventory.

    :param directory: ``openstack_deploy`` in it is /etc/openstack_deploy;
        ``HOST.conf`` is written there
    """
    role = directory / 'roles' / 'os_nova'
    for part, content in (
        ('templates/nova.conf.j2', _TEMPLATE),
        ('defaults/main.yml', json.dumps(_DEFAULT)),
        ('tasks/main.yml', json.dumps([_task(directory)])),
    ):
        (role / part).parent.mkdir(parents=True, exist_ok=True)
        (role / part).write_text(content)
    playbook = directory / 'playbook.json'
    play = {'hosts': 'all', 'gather_facts': False, 'roles': ['os_nova']}
    playbook.write_text(json.dumps([play]))
    inventory = directory / 'openstack_deploy' / 'inventory.ini'
    # As scripts/openstack-ansible.sh does.
    files = sorted(inventory.parent.glob('user_*.yml'))
    extra = [word for path in files for word in ('-e', f'@{path}')]
    ansible.play(
        directory,
        *('-i', str(inventory), *extra, *arguments, str(playbook)),
        ANSIBLE_ACTION_PLUGINS=str(_PLUGINS / 'action'),
        ANSIBLE_LIBRARY=str(_PLUGINS / 'modules'),
    )


def _task(directory: pathlib.Path) -> dict[str, object]:
    return {
        'name': 'Write nova.conf',
        'config_template': {
            'src': 'nova.conf.j2',
            'dest': f'{directory}/{{{{ inventory_hostname }}}}.conf',
            'mode': '0640',
            'config_overrides': '{{ nova_nova_conf_overrides }}',
            'config_type': 'ini',
        },
    }
