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

"""The text to write for a deployment tool, in place of an edit.

Each text is a file or a script of that tool's as it stands: what there is to
know about it is in comments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from nova_cow_check.deployment import config_map
from nova_cow_check.deployment import ini_overrides
from nova_cow_check.deployment import juju
from nova_cow_check.deployment import tools
from nova_cow_check.deployment import wanted as wants
from nova_cow_check.deployment import yaml_overrides
from nova_cow_check import findings

#: Name of a tool -> what its override is made with.
_OVERRIDES: Mapping[str, Callable[[wants.Wanted], str]] = {
    'kolla-ansible': ini_overrides.kolla_ansible,
    'openstack-ansible': yaml_overrides.openstack_ansible,
    'puppet-nova': yaml_overrides.puppet_nova,
    'openstack-helm': yaml_overrides.openstack_helm,
    'charm-nova-compute': juju.script,
    'sunbeam': ini_overrides.sunbeam,
    'rhoso': config_map.rhoso,
}


def override(tool: tools.Tool, changes: Iterable[findings.Change]) -> str:
    """Return what to write for a tool, where, and how to deploy it.

    :param changes: those of one host; what is to be kept is written, too
    :return: lines, each with its end; none if nothing is to be done
    """
    wanted = wants.of(changes)
    if not wanted.settings and not wanted.removed:
        return ''
    return _OVERRIDES[tool.name](wanted)
