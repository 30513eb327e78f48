# SPDX-License-Identifier: Apache-2.0

"""The rule `flat-disks-converted`: to qcow2, while the guest expects raw."""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check._i18n import _
from nova_cow_check.nova import operations
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from nova_cow_check.settings import host_settings


def _look(
    this: rule.Rule, host: host_settings.ImageSettings
) -> Iterator[findings.Finding]:
    return rule.arriving_disks(
        this,
        host,
        operations.Harm.NEVER_BOOTS,
        _(
            '%(images_type)s makes raw disks, but %(use_cow_images)s '
            'makes every resize and cold migration to this host convert '
            'them to qcow2. Nova still tells the guest that they are raw: '
            'it never boots, while Nova reports it ACTIVE, with no error '
            'anywhere (Launchpad bug 2038898).'
        ),
    )


RULE = rule.HostRule(
    'flat-disks-converted',
    rule.Check.MOVES,
    findings.Severity.WARNING,
    rule.BUG_OF_MOVES,
    _look,
)
