# SPDX-License-Identifier: Apache-2.0

"""The rule `backend-changed`: guests from before have other disks."""

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
    _is_shared: bool,
) -> Iterator[findings.Finding]:
    if own.backend is earlier.backend:
        return
    outcome = _next_start(own, earlier)
    pair = earlier.backend, own.backend
    found = this.finding(
        _(
            '%(images_type)s and %(use_cow_images)s: this host uses the '
            '%(own)s backend; in the earlier report, it used %(earlier)s.'
        )
        % {
            **wording.by_name(host),
            'own': own.backend.value,
            'earlier': earlier.backend.value,
        }
        + ' '
        + existing_guests.after_change(*pair)
        + _before_a_start(host),
        (),
        host.images_type.origin,
        host.use_cow_images.origin,
        alternative=findings.Alternative(
            findings.Replacement(tuple(_way_back(host, own, earlier))),
            effects=(existing_guests.after_way_back(*pair),),
            condition=_(
                'If guests from before the change are still on this host, go '
                'back, and write in nova.conf:'
            ),
        ),
        outcome=outcome,
    )
    if outcome is operations.Outcome.FINE:
        found = found._replace(severity=findings.Severity.WARNING)
    yield found


def _before_a_start(host: host_settings.ImageSettings) -> str:
    """Return what is to be done while nova-compute has not read the change."""
    if host.process is None or not host.process.changed:
        return ''
    return ' ' + _(
        'nova-compute was started before files were changed '
        '(changes-not-in-effect): if that was this change, undo it before '
        'nova-compute is started again, and no guest meets it.'
    )


def _next_start(
    own: backends.Behaviour, earlier: backends.Behaviour
) -> operations.Outcome:
    """Return the worst that a guest from before meets when it is started."""
    if not operations.FILE_BACKENDS.issuperset((own.backend, earlier.backend)):
        # Its disks are not where Nova looks for them.
        return operations.Outcome.BREAKS
    return max(
        operations.harm_of(
            operations.restarted(operations.new(disk, earlier), own)
        ).outcome
        for disk in operations.Disk
    )


def _way_back(
    host: host_settings.ImageSettings,
    own: backends.Behaviour,
    earlier: backends.Behaviour,
) -> Iterator[findings.Change]:
    """Yield the settings that give a host its backend back."""
    yield findings.set_to(host.images_type, earlier.backend.value)
    yield from rule.use_cow_images_for(
        earlier.backend, host.use_cow_images, own
    )
    if own.force_raw_images is not earlier.force_raw_images:
        yield findings.set_to(host.force_raw_images, earlier.force_raw_images)


RULE = rule.ChangeRule(
    'backend-changed',
    rule.Check.IMAGE_BACKEND,
    findings.Severity.FAILURE,
    f'{rule.NOVA_OPTIONS}#libvirt.images_type',
    _look,
    milder=(findings.Severity.WARNING,),
)
