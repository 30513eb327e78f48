# SPDX-License-Identifier: Apache-2.0

"""The rule `mixed-image-backends`: moves between them fail, or break."""

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
    peers: rule.Peers,
    is_shared: bool,
) -> Iterator[findings.Finding]:
    common = rule.common_backend(peers)
    if own.backend is common:
        return
    counted = rule.by_backend(peers)
    others = [one for one in peers if one.backend is not own.backend]
    further = _sharing(is_shared)
    if operations.FILE_BACKENDS.issuperset((own.backend, common)):
        changes = _changes(host, own, common, peers, is_shared)
        effect = existing_guests.after_change(own.backend, common)
        alternative = rule.on_an_empty_host(changes, effect)
    else:
        alternative = None
        further += ' ' + _(
            'No setting makes moves between these two possible: let no '
            'instance go from one to the other.'
        )
    yield this.finding(
        _(
            '%(images_type)s and %(use_cow_images)s: this host uses the '
            '%(own)s backend, as %(few)d of %(all)d hosts that exchange '
            'instances do; %(many)d use %(common)s. Resizes and cold '
            'migrations between the two fail, or leave guests that libvirt '
            'refuses to start (ERROR), that never boot while Nova reports '
            'them ACTIVE, or that lose their data, at once or after a later '
            'move.'
        )
        % {
            **wording.by_name(host),
            'own': own.backend.value,
            'few': counted[own.backend],
            'all': sum(counted.values()),
            'many': counted[common],
            'common': common.value,
        }
        + further,
        (),
        host.images_type.origin,
        host.use_cow_images.origin,
        alternative=alternative,
        outcome=rule.exchanged(own, others, is_shared),
    )


def _sharing(is_shared: bool) -> str:
    """Return what somebody has said of the hosts, if anything."""
    if not is_shared:
        return ''
    return ' ' + _(
        'They are judged as hosts that share instances_path, as --shared says.'
    )


RULE = rule.FleetRule(
    'mixed-image-backends',
    rule.Check.MOVES,
    findings.Severity.FAILURE,
    rule.BUG_OF_MOVES,
    _look,
)


def _changes(
    host: host_settings.ImageSettings,
    own: backends.Behaviour,
    backend: backends.Backend,
    peers: rule.Peers,
    is_shared: bool,
) -> Iterator[findings.Change]:
    """Yield the settings that give a host the backend, and break no move."""
    yield findings.set_to(host.images_type, backend.value)
    yield from rule.use_cow_images_for(backend, host.use_cow_images, own)
    if backend is backends.Backend.QCOW2 and not is_shared:
        needed = rule.common_force_raw_images(peers)
        if own.force_raw_images is not needed:
            yield findings.set_to(host.force_raw_images, needed)
