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

from nova_cow_check.rules import image_backend
from nova_cow_check.rules import image_settings
from nova_cow_check.rules import mixed
from nova_cow_check.rules import moves
from nova_cow_check.rules import rule
from nova_cow_check.rules import unreadable_configuration

#: Those about one host, in the order in which their findings are shown.
HOST_RULES: tuple[rule.HostRule, ...] = (
    *image_settings.RULES,
    *image_backend.RULES,
    *moves.RULES,
)

#: Those that compare hosts.
FLEET_RULES: tuple[rule.FleetRule, ...] = mixed.RULES

RULES: Mapping[str, rule.Rule] = types.MappingProxyType(
    {
        one.name: one
        for one in (
            unreadable_configuration.UNREADABLE_CONFIGURATION,
            *HOST_RULES,
            *FLEET_RULES,
        )
    }
)
