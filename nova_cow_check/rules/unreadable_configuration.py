# SPDX-License-Identifier: Apache-2.0

"""The rule `unreadable-configuration`: no verdict on what was not read."""

from __future__ import annotations

from nova_cow_check._i18n import _
from nova_cow_check import printing
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing

RULE = rule.Rule(
    'unreadable-configuration',
    rule.Check.IMAGE_SETTINGS,
    findings.Severity.FAILURE,
    rule.NOVA_OPTIONS,
)


def find(unreadable: host_settings.Unreadable) -> findings.Finding:
    """Return the finding about a host that could not be read."""
    return RULE.finding(
        _(
            'The configuration of this host has not been read, or not all '
            'of it, so nothing is known about its disks: %s.'
        )
        % printing.printable(str(unreadable)),
        (),
        parsing.Origin(
            parsing.OriginKind.FILE, unreadable.path, unreadable.line
        ),
    )
