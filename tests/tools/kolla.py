# SPDX-License-Identifier: Apache-2.0

"""Write nova.conf as kolla-ansible does: its roles' own task and templates.

Of each role, only the task that merges nova.conf is run. What it needs to
know of a cloud is made up.
"""

from __future__ import annotations

from collections.abc import Mapping
import dataclasses
import json
import pathlib
import sys
from typing import Any

import yaml

from tests.tools import ansible

SHARE = pathlib.Path(sys.prefix) / 'share' / 'kolla-ansible'
_ANSIBLE = SHARE / 'ansible'

#: Role -> the group whose hosts it is for, and the service to look at.
_ROLES = {'nova-cell': ('compute', 'nova-compute'), 'nova': ('nova-api',) * 2}

_FACTS = {
    'architecture': 'x86_64',
    'eth0': {'ipv4': {'address': '127.0.0.1'}},
    'hostname': 'host',
    'processor_vcpus': 2,
}


def task(role: str) -> dict[str, Any]:
    """Return the task of a role that writes nova.conf."""
    path = _ANSIBLE / 'roles' / role / 'tasks' / 'config.yml'
    tasks = yaml.safe_load(path.read_text())
    (found,) = [one for one in tasks if 'merge_configs' in one]
    return found


@dataclasses.dataclass(frozen=True)
class Deployment:
    """A directory to deploy from; each host has an /etc/kolla of its own."""

    directory: pathlib.Path
    #: Name of a host -> its role.
    hosts: dict[str, str] = dataclasses.field(default_factory=dict)

    def add(
        self, host: str, files: Mapping[str, str], role: str = 'nova-cell'
    ) -> None:
        """Add a host.

        :param files: path below /etc/kolla/config -> content
        """
        self.hosts[host] = role
        self.conf(host).parent.mkdir(parents=True)
        for path, content in files.items():
            self.write(host, path, content)

    def write(self, host: str, path: str, content: str) -> None:
        """Write a file of the operator."""
        file = self._kolla(host) / 'config' / path.replace('HOST', host)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)

    def conf(self, host: str) -> pathlib.Path:
        """Return the nova.conf that kolla-ansible writes."""
        _group, service = _ROLES[self.hosts[host]]
        return self._kolla(host) / service / 'nova.conf'

    def _kolla(self, host: str) -> pathlib.Path:
        return self.directory / host / 'etc' / 'kolla'

    def deploy(self) -> None:
        """Write the nova.conf of each host."""
        groups: dict[str, Any] = {}
        for role, (group, _service) in _ROLES.items():
            self._lay(role)
            groups[group] = {
                'hosts': {
                    host: {
                        'node_config_directory': str(self._kolla(host)),
                        'node_custom_config': str(
                            self._kolla(host) / 'config'
                        ),
                    }
                    for host, one in self.hosts.items()
                    if one == role
                }
            }
        inventory = self.directory / 'inventory.json'
        inventory.write_text(json.dumps({'all': {'children': groups}}))
        variables = self.directory / 'variables.json'
        variables.write_text(json.dumps(_variables()))
        playbook = self.directory / 'playbook.json'
        playbook.write_text(
            json.dumps(
                [
                    {
                        'hosts': f'{group}:!localhost',
                        'gather_facts': False,
                        'roles': [role],
                    }
                    for role, (group, _service) in _ROLES.items()
                ]
            )
        )
        ansible.play(
            self.directory,
            *('-i', str(_ANSIBLE / 'inventory' / 'all-in-one')),
            *('-i', str(inventory), '-e', f'@{variables}', str(playbook)),
            ANSIBLE_ACTION_PLUGINS=str(_ANSIBLE / 'action_plugins'),
            ANSIBLE_FILTER_PLUGINS=str(_ANSIBLE / 'filter_plugins'),
            ANSIBLE_LIBRARY=str(_ANSIBLE / 'library'),
        )

    def _lay(self, role: str) -> None:
        """Lay a role that has one task of the real one."""
        variables = self.directory / 'group_vars'
        if not variables.exists():
            variables.symlink_to(_ANSIBLE / 'group_vars')
        place = self.directory / 'roles' / role
        if place.exists():
            return
        (place / 'tasks').mkdir(parents=True)
        for part in ('defaults', 'templates', 'vars'):
            real = _ANSIBLE / 'roles' / role / part
            if real.exists():
                (place / part).symlink_to(real)
        (place / 'tasks' / 'main.yml').write_text(yaml.safe_dump([task(role)]))


def _variables() -> dict[str, Any]:
    passwords = yaml.safe_load(
        (SHARE / 'etc_examples' / 'kolla' / 'passwords.yml').read_text()
    )
    return {
        **dict.fromkeys(passwords, 'banana'),
        'ansible_become': False,
        'ansible_connection': 'local',
        'ansible_facts': _FACTS,
        'ansible_python_interpreter': sys.executable,
        'kolla_internal_fqdn': 'localhost',
        'kolla_internal_vip_address': '127.0.0.1',
        **{
            f'{role.replace("-", "_")}_services': {
                service: {'enabled': True, 'group': group}
            }
            for role, (group, service) in _ROLES.items()
        },
        # Is worked out with a collection that is not there.
        'kolla_same_external_internal_vip': True,
    }
