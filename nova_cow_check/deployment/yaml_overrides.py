#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

"""Overrides of the tools that take YAML."""

from __future__ import annotations

from collections.abc import Mapping
import json
from typing import Union

from nova_cow_check._i18n import _
from nova_cow_check.deployment import pages
from nova_cow_check.deployment import wanted as wants
from nova_cow_check import opts

_Tree = Mapping[str, Union[str, '_Tree']]

#: Values that YAML takes for nothing but text.
_PLAIN = frozenset(opts.IMAGES_TYPES)


def openstack_ansible(wanted: wants.Wanted) -> str:
    """Return a variable of Ansible."""
    # Text: config_template writes what str() makes of a value.
    tree = {
        group: {name: _text(value) for name, value in values.items()}
        for group, values in wanted.settings.items()
    }
    return pages.page(
        wanted,
        where=_(
            'openstack-ansible: put this into '
            '/etc/openstack_deploy/group_vars/nova_compute.yml. Where '
            'user_variables.yml has nova_nova_conf_overrides, add it there: '
            'that one beats the group. Two variables of this name are not '
            'merged.'
        ),
        body=_tree({'nova_nova_conf_overrides': tree}),
        removal=_(
            'openstack-ansible: remove %s from nova_nova_conf_overrides '
            'below /etc/openstack_deploy, wherever it is.'
        ),
        deploy=(
            'openstack-ansible openstack.osa.nova --tags nova-config '
            '--limit nova_compute',
            _('# with older releases, the playbook is os-nova-install.yml'),
        ),
    )


#: Parameters of puppet-nova, from manifests/compute.pp and
#: manifests/compute/libvirt.pp.
_HIERA = {
    ('libvirt', 'images_type'): 'nova::compute::libvirt::images_type',
    ('DEFAULT', 'use_cow_images'): 'nova::compute::use_cow_images',
    ('DEFAULT', 'force_raw_images'): 'nova::compute::force_raw_images',
}


def puppet_nova(wanted: wants.Wanted) -> str:
    """Return parameters for hiera."""
    keys: dict[str, str] = {}
    notes = ''
    for group, values in wanted.settings.items():
        for name, value in values.items():
            key = _HIERA.get((group, name))
            if key is not None:
                keys[key] = _scalar(value)
            else:
                notes += _no_parameter(f'[{group}]/{name} = {value}')
    if not keys and not wanted.removed:
        return notes
    return notes + pages.page(
        wanted if keys else wanted._replace(settings={}),
        where=_(
            'puppet-nova: put this into the hiera data of the compute hosts. '
            'With TripleO, put it below parameter_defaults, '
            'ComputeExtraConfig, and deploy the overcloud.'
        ),
        body=_tree(keys),
        removal=_(
            'puppet-nova: remove the parameter of %s from the hiera data, if '
            'there is one; the line of nova.conf goes with it. A line that '
            'no parameter wrote stays until somebody removes it.'
        ),
        deploy=('puppet agent --test',),
    )


def _no_parameter(setting: str) -> str:
    return pages.comment(
        _(
            'puppet-nova: no parameter of nova::compute or '
            'nova::compute::libvirt is for %s.'
        )
        % setting
    )


def openstack_helm(wanted: wants.Wanted) -> str:
    """Return values of the chart."""
    tree = {
        group: {name: _scalar(value) for name, value in values.items()}
        for group, values in wanted.settings.items()
    }
    return pages.page(
        wanted,
        where=_(
            'openstack-helm: put this into a file with values for the chart '
            'nova, such as nova-image-settings.yaml.'
        ),
        body=_tree({'conf': {'nova': tree}}),
        removal=_(
            'openstack-helm: remove %s from conf.nova in the values of the '
            'chart nova, wherever it is.'
        ),
        deploy=(
            'helm upgrade nova openstack-helm/nova --namespace openstack \\',
            '  --values YOUR-VALUES.yaml --values nova-image-settings.yaml',
        ),
    )


def _tree(tree: _Tree, indent: str = '') -> str:
    """Return mappings as YAML; the leaves are YAML already."""
    lines = ''
    for key, value in tree.items():
        if isinstance(value, str):
            lines += f'{indent}{key}: {value}\n'
        else:
            lines += f'{indent}{key}:\n{_tree(value, indent + "  ")}'
    return lines


def _scalar(value: str) -> str:
    """Return a value as a boolean of YAML, or as text."""
    return value.lower() if value in ('True', 'False') else _text(value)


def _text(value: str) -> str:
    """Return a value as text in YAML, in quotes if it is not plainly one."""
    if value in _PLAIN:
        return value
    # JSON's quotes are YAML's, too.
    return json.dumps(value, ensure_ascii=False)
