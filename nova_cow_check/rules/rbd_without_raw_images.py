# SPDX-License-Identifier: Apache-2.0

"""The rule `rbd-without-raw-images`: nova-compute does not start."""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check._i18n import _
from nova_cow_check.rules import existing_guests
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings


def _look(
    this: rule.Rule, host: host_settings.ImageSettings
) -> Iterator[findings.Finding]:
    force_raw_images = host.force_raw_images
    if not rule.behaviour_of(host).is_refused:
        return
    yield this.finding(
        _(
            'nova-compute does not start with %(images_type)s and '
            '%(force_raw_images)s: this backend takes raw images only.'
        )
        % wording.by_name(host)
        + ' '
        + existing_guests.after_fix(this.name),
        [findings.set_to(force_raw_images, True)],
        force_raw_images.origin,
        host.images_type.origin,
    )


RULE = rule.HostRule(
    'rbd-without-raw-images',
    rule.Check.IMAGE_BACKEND,
    findings.Severity.FAILURE,
    'https://bugs.launchpad.net/nova/+bug/1816686',
    _look,
)
