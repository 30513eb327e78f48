# SPDX-License-Identifier: Apache-2.0

"""The rule `mixed-image-backends`: moves between them fail, or break."""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check._i18n import _
from nova_cow_check.nova import backends
from nova_cow_check.nova import operations
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings


def _look(
    this: rule.Rule,
    host: host_settings.ImageSettings,
    own: backends.Behaviour,
    peers: rule.Peers,
) -> Iterator[findings.Finding]:
    common = rule.common_backend(peers)
    if own.backend is common:
        return
    counted = rule.by_backend(peers)
    yield this.finding(
        _(
            '%(images_type)s and %(use_cow_images)s: this host uses the '
            '%(own)s backend, as %(few)d of %(all)d hosts that exchange '
            'instances do; %(many)d use %(common)s. Resizes and cold '
            'migrations between the two fail, or leave guests that do not '
            'start or lose their data, at once or after a later move. Disks '
            'that exist are not converted: once no instance is left on this '
            'host, write what follows, whatever other findings propose. If '
            'it exchanges instances with none of the others, say so with '
            '--group.'
        )
        % {
            **wording.by_name(host),
            'own': own.backend.value,
            'few': counted[own.backend],
            'all': sum(counted.values()),
            'many': counted[common],
            'common': common.value,
        }
        + _needs(common),
        _changes(host, own, common, peers),
        host.images_type.origin,
        host.use_cow_images.origin,
    )


RULE = rule.FleetRule(
    'mixed-image-backends',
    rule.Check.MOVES,
    findings.Severity.FAILURE,
    rule.BUG_OF_MOVES,
    _look,
)


def _needs(backend: backends.Backend) -> str:
    """Return what a backend needs beside the settings proposed, if anything.

    Source: nova/conf/libvirt.py.
    """
    needs = {
        backends.Backend.LVM: _(
            'It needs [libvirt]/images_volume_group as well, as on the others.'
        ),
        backends.Backend.RBD: _(
            'It needs [libvirt]/images_rbd_pool, rbd_user, rbd_secret_uuid '
            'and the file of images_rbd_ceph_conf as well, as on the others.'
        ),
    }
    return ' ' + needs[backend] if backend in needs else ''


def _changes(
    host: host_settings.ImageSettings,
    own: backends.Behaviour,
    backend: backends.Backend,
    peers: rule.Peers,
) -> Iterator[findings.Change]:
    """Yield the settings that give a host the backend, and break no move."""
    yield findings.set_to(host.images_type, backend.value)
    yield from _use_cow_images(host.use_cow_images, own, backend)
    needed = own.force_raw_images
    if backend is backends.Backend.QCOW2:
        needed = rule.common_force_raw_images(peers)
    elif (backend, needed) in backends.REFUSED_AT_START:
        needed = True
    if own.force_raw_images is not needed:
        yield findings.set_to(host.force_raw_images, needed)


def _use_cow_images(
    setting: host_settings.Setting[bool],
    own: backends.Behaviour,
    backend: backends.Backend,
) -> Iterator[findings.Change]:
    safe = operations.safe_use_cow_images(backend)
    proposed = operations.safe_use_cow_images(own.backend)
    if safe is None:
        yield from findings.remove_all(setting)
    elif own.use_cow_images is not safe:
        yield findings.set_to(setting, safe)
    elif setting.is_written:
        yield findings.keep(setting)
    elif proposed is (not safe):
        # Another finding proposes that; written below it, this beats it.
        yield findings.set_to(setting, safe)
