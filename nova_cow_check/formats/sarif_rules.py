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

"""The rules, as a SARIF document describes them."""

from __future__ import annotations

from nova_cow_check.formats import sarif_objects
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule
from nova_cow_check.sources import pages


def descriptors() -> list[sarif_objects.Object]:
    """Return a reportingDescriptor of every rule, in the registry's order."""
    return [_descriptor(one) for one in registry.RULES.values()]


def _descriptor(one: rule.Rule) -> sarif_objects.Object:
    page = pages.read(one.name)
    return {
        'id': one.name,
        # SARIF has names for people in PascalCase, and lets ids be stable.
        'name': one.name.title().replace('-', ''),
        'shortDescription': sarif_objects.message(page.summary),
        # Code scanning services ask for both.
        'fullDescription': sarif_objects.message(page.summary),
        'help': sarif_objects.message(page.text),
        'helpUri': one.reference,
        'defaultConfiguration': {'level': sarif_objects.LEVELS[one.severity]},
        'properties': {'check': one.check.value},
    }
