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

"""Overrides of the tools that take sections of nova.conf."""

from __future__ import annotations

from nova_cow_check._i18n import _
from nova_cow_check.deployment import pages
from nova_cow_check.deployment import wanted as wants


def kolla_ansible(wanted: wants.Wanted) -> str:
    """Return the lines for a file of the operator that is merged."""
    # ansible/roles/nova-cell/tasks/config.yml: the last one wins.
    return pages.page(
        wanted,
        where=_(
            'kolla-ansible: add this to '
            '/etc/kolla/config/nova/nova-compute.conf on the host that '
            'deploys. Only nova/HOST/nova.conf below /etc/kolla/config beats '
            'it.'
        ),
        body=wanted.ini,
        removal=_(
            'kolla-ansible: remove %s from global.conf, nova.conf, '
            'nova/nova-compute.conf and nova/HOST/nova.conf below '
            '/etc/kolla/config on the host that deploys, wherever it is.'
        ),
        deploy=('kolla-ansible reconfigure -i INVENTORY --tags nova',),
    )


def sunbeam(wanted: wants.Wanted) -> str:
    """Return a file of the directory that is the operator's."""
    return pages.page(
        wanted,
        where=_(
            'Sunbeam: write this into '
            '/var/snap/openstack-hypervisor/common/etc/nova/nova.conf.d/'
            '90-image-settings.conf on the compute host. Files there beat '
            'nova.conf; of these, the last in the order of names wins.'
        ),
        body=wanted.ini,
        removal=_(
            'Sunbeam: remove %s from the files in '
            '/var/snap/openstack-hypervisor/common/etc/nova/nova.conf.d on '
            'the compute host, wherever it is.'
        ),
        deploy=('sudo snap restart openstack-hypervisor.nova-compute',),
    )
