# SPDX-License-Identifier: Apache-2.0

"""The rule `implicit-image-backend`: use_cow_images chooses it."""

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
    images_type = host.images_type
    use_cow_images = host.use_cow_images
    if images_type.value != 'default':
        return
    backend = rule.behaviour_of(host).backend
    changes = [findings.set_to(images_type, backend.value)]
    # Nova's default for use_cow_images must not take over: without the
    # line, a resize or cold migration would convert disks.
    if use_cow_images.value is not use_cow_images.option.opt.default:
        changes.append(findings.keep(use_cow_images))
    yield this.finding(
        _(
            '%(images_type)s leaves the choice of the image backend to '
            '%(use_cow_images)s, and Nova takes the %(backend)s backend. The '
            'value "default" and use_cow_images are to be deprecated: name '
            'the backend.'
        )
        % {**wording.by_name(host), 'backend': backend.value}
        + ' '
        + existing_guests.after_fix(this.name),
        changes,
        images_type.origin,
        use_cow_images.origin,
    )


RULE = rule.HostRule(
    'implicit-image-backend',
    rule.Check.IMAGE_BACKEND,
    findings.Severity.WARNING,
    rule.BUG_OF_MOVES,
    _look,
)
