# SPDX-License-Identifier: Apache-2.0

"""The rule `force-raw-images-changed`: other backing files than before."""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check._i18n import _
from nova_cow_check.nova import backends
from nova_cow_check.nova import operations
from nova_cow_check.rules import existing_guests
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings


def _look(
    this: rule.Rule,
    host: host_settings.ImageSettings,
    own: backends.Behaviour,
    earlier: backends.Behaviour,
    is_shared: bool,
) -> Iterator[findings.Finding]:
    is_qcow2 = {own.backend, earlier.backend} == {backends.Backend.QCOW2}
    if not is_qcow2 or own.force_raw_images is earlier.force_raw_images:
        return
    outcome = operations.worst(
        operations.between(earlier, own, is_shared=is_shared)
    )
    if outcome is operations.Outcome.FINE:
        # Where instances_path is shared, the backing files are there.
        return
    setting = host.force_raw_images
    yield this.finding(
        _(
            '%(force_raw_images)s, with the qcow2 backend; in the earlier '
            'report, it was %(earlier)s.'
        )
        % {**wording.by_name(host), 'earlier': earlier.force_raw_images}
        + ' '
        + existing_guests.after_change_of_images(own.force_raw_images),
        (),
        setting.origin,
        alternative=findings.Alternative(
            findings.Replacement(
                (findings.set_to(setting, earlier.force_raw_images),)
            ),
            effects=(
                _(
                    'For guests made since then, it is a change like this '
                    'one, the other way round.'
                ),
            ),
            condition=_(
                'If guests from before the change are still on this host, go '
                'back, and write in nova.conf:'
            ),
        ),
        outcome=outcome,
    )


RULE = rule.ChangeRule(
    'force-raw-images-changed',
    rule.Check.MOVES,
    findings.Severity.WARNING,
    f'{rule.NOVA_OPTIONS}#DEFAULT.force_raw_images',
    _look,
)
