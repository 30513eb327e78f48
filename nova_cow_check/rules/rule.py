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

"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
import dataclasses
import enum

from nova_cow_check import backends
from nova_cow_check import drivers
from nova_cow_check import findings
from nova_cow_check import origins
from nova_cow_check import settings


class Check(enum.Enum):
    """The rows of the upgrade check; the values never change."""

    IMAGE_SETTINGS = 'image-settings'
    IMAGE_BACKEND = 'image-backend'
    MOVES = 'resize-and-cold-migration'


#: "image format change during migration breaks instances".
BUG_OF_MOVES = 'https://bugs.launchpad.net/nova/+bug/2038898'

#: Every option of Nova, with its group, type and values.
NOVA_OPTIONS = (
    'https://docs.openstack.org/nova/latest/configuration/config.html'
)

#: Drivers that are judged as libvirt.
AS_LIBVIRT = frozenset(
    {drivers.Kind.LIBVIRT, drivers.Kind.NONE, drivers.Kind.UNKNOWN}
)

#: How many hosts exchange instances, by what Nova goes by on them.
Peers = Mapping[backends.Behaviour, int]


@dataclasses.dataclass(frozen=True)
class Rule:
    """A named condition."""

    #: Kebab-case; never renamed, never used for another condition.
    name: str
    check: Check
    severity: findings.Severity
    #: URL of what explains it best, outside this project.
    reference: str

    def finding(
        self,
        explanation: str,
        replacement: findings.Replacement,
        *places: origins.Origin,
        alternative: findings.Alternative | None = None,
    ) -> findings.Finding:
        """Return a finding of this rule."""
        return findings.Finding(
            self.name,
            self.severity,
            places,
            explanation,
            replacement,
            alternative,
        )


@dataclasses.dataclass(frozen=True)
class HostRule(Rule):
    """A rule about one host, and the function that looks for it."""

    look: Callable[[Rule, settings.ImageSettings], Iterable[findings.Finding]]
    #: Kinds of drivers with which it can hold.
    applies_to: frozenset[drivers.Kind] = AS_LIBVIRT
    #: Whether it can hold where no image setting is written and no driver
    #: is known to read the defaults.
    holds_without_image_settings: bool = False

    def find(
        self, image_settings: settings.ImageSettings
    ) -> tuple[findings.Finding, ...]:
        """Return the findings of this rule on a host."""
        if image_settings.driver not in self.applies_to:
            return ()
        return tuple(self.look(self, image_settings))


@dataclasses.dataclass(frozen=True)
class FleetRule(Rule):
    """A rule about a host beside those that it exchanges instances with."""

    look: Callable[
        [Rule, settings.ImageSettings, backends.Behaviour, Peers],
        Iterable[findings.Finding],
    ]

    def find(
        self,
        image_settings: settings.ImageSettings,
        own: backends.Behaviour,
        peers: Peers,
    ) -> tuple[findings.Finding, ...]:
        """Return the findings of this rule on a host.

        :param own: what Nova goes by on the host
        :param peers: the host itself is among them
        """
        return tuple(self.look(self, image_settings, own, peers))
