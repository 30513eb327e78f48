# SPDX-License-Identifier: Apache-2.0

"""The rule `use-cow-images-unused`: a line without effect."""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check._i18n import _
from nova_cow_check.nova import operations
from nova_cow_check.rules import existing_guests
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings


def _look(
    this: rule.Rule, host: host_settings.ImageSettings
) -> Iterator[findings.Finding]:
    use_cow_images = host.use_cow_images
    backend = rule.behaviour_of(host).backend
    has_effect = operations.safe_use_cow_images(backend) is not None
    if has_effect or not use_cow_images.is_written:
        return
    yield this.finding(
        _(
            '%(use_cow_images)s has no effect with %(images_type)s, and the '
            'option is to be deprecated.'
        )
        % wording.by_name(host)
        + ' '
        + existing_guests.after_fix(this.name),
        findings.remove_all(use_cow_images),
        use_cow_images.origin,
    )


RULE = rule.HostRule(
    'use-cow-images-unused',
    rule.Check.IMAGE_SETTINGS,
    findings.Severity.NOTE,
    rule.BUG_OF_MOVES,
    _look,
)
