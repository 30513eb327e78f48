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

"""The rule `unreadable-configuration`: no verdict on what was not read."""

from __future__ import annotations

from nova_cow_check._i18n import _
from nova_cow_check import findings
from nova_cow_check import origins
from nova_cow_check.rules import rule
from nova_cow_check import settings
from nova_cow_check import text

RULE = rule.Rule(
    'unreadable-configuration',
    rule.Check.IMAGE_SETTINGS,
    findings.Severity.FAILURE,
    rule.NOVA_OPTIONS,
)


def find(unreadable: settings.Unreadable) -> findings.Finding:
    """Return the finding about a host that could not be read."""
    return RULE.finding(
        _(
            'The configuration of this host has not been read, or not all '
            'of it, so nothing is known about its disks: %s.'
        )
        % text.printable(str(unreadable)),
        findings.Replacement(),
        origins.Origin(
            origins.OriginKind.FILE, unreadable.path, unreadable.line
        ),
    )
