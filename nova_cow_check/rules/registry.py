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

"""All rules, by name."""

from __future__ import annotations

from collections.abc import Mapping
import types

from nova_cow_check.rules import driver_removed
from nova_cow_check.rules import flat_disks_converted
from nova_cow_check.rules import ignored_setting
from nova_cow_check.rules import implicit_image_backend
from nova_cow_check.rules import invalid_setting
from nova_cow_check.rules import mixed_force_raw_images
from nova_cow_check.rules import mixed_image_backends
from nova_cow_check.rules import raw_disks_opened_as_qcow2
from nova_cow_check.rules import rbd_without_raw_images
from nova_cow_check.rules import rule
from nova_cow_check.rules import unreadable_configuration
from nova_cow_check.rules import use_cow_images_unused

#: All of them, once, in the order in which their findings are shown.
_ALL: tuple[rule.Rule, ...] = (
    unreadable_configuration.RULE,
    invalid_setting.RULE,
    ignored_setting.RULE,
    driver_removed.RULE,
    use_cow_images_unused.RULE,
    rbd_without_raw_images.RULE,
    implicit_image_backend.RULE,
    raw_disks_opened_as_qcow2.RULE,
    flat_disks_converted.RULE,
    mixed_image_backends.RULE,
    mixed_force_raw_images.RULE,
)

RULES: Mapping[str, rule.Rule] = types.MappingProxyType(
    {one.name: one for one in _ALL}
)

#: Those about one host.
HOST_RULES = tuple(one for one in _ALL if isinstance(one, rule.HostRule))

#: Those that compare hosts.
FLEET_RULES = tuple(one for one in _ALL if isinstance(one, rule.FleetRule))
