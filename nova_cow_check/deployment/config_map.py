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

"""The override of RHOSO: a ConfigMap of Kubernetes."""

from __future__ import annotations

import textwrap

from nova_cow_check._i18n import _
from nova_cow_check.deployment import pages
from nova_cow_check.deployment import wanted as wants

#: Behind 01-nova.conf and 02-nova-host-specific.conf, which it has to beat.
_CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: nova-extra-config
  namespace: openstack
data:
  30-nova-image-settings.conf: |
"""

_DEPLOYMENT = """\
---
apiVersion: dataplane.openstack.org/v1beta1
kind: OpenStackDataPlaneDeployment
metadata:
  name: nova-image-settings
  namespace: openstack
spec:
  nodeSets:
    - openstack-edpm
  servicesOverride:
    - nova
"""


def rhoso(wanted: wants.Wanted) -> str:
    """Return a ConfigMap, and the deployment that takes it."""
    # edpm-ansible, roles/edpm_nova: config.json.j2 takes *nova*.conf.
    return pages.page(
        wanted,
        where=_(
            'RHOSO: save this as nova-image-settings.yaml, with the names of '
            'your node sets and of their service for nova. If the ConfigMap '
            'nova-extra-config exists, add the key to it instead: oc apply '
            'can drop its other keys.'
        ),
        body=_CONFIG_MAP + textwrap.indent(wanted.ini, '    '),
        removal=_(
            'RHOSO: remove %s from the keys of the ConfigMap '
            'nova-extra-config, wherever it is. Save what follows as '
            'nova-image-settings.yaml, with the names of your node sets and '
            'of their service for nova.'
        ),
        deploy=('oc apply -f nova-image-settings.yaml',),
        trailer=_DEPLOYMENT,
    )
