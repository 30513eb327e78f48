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

"""Rules about hosts that exchange instances, and differ."""

from __future__ import annotations

import collections
from collections.abc import Iterator, Mapping
from typing import TypeVar

from nova_cow_check._i18n import _
from nova_cow_check import backends
from nova_cow_check import describe
from nova_cow_check import findings
from nova_cow_check.rules import rule
from nova_cow_check import settings

T = TypeVar('T')

#: Which one is taken where as many hosts have one as the other: Nova's
#: default comes first.
_BACKENDS = tuple(backends.Backend)
_FORCE_RAW_IMAGES = (True, False)


def common_backend(peers: rule.Peers) -> backends.Backend:
    """Return the backend that most of the hosts have."""
    return _most(_by_backend(peers), _BACKENDS)


def common_force_raw_images(peers: rule.Peers) -> bool:
    """Return the value that most of the hosts with qcow2 have.

    True, Nova's default, if there are none, or if they are to become hosts
    with rbd, on which nova-compute does not start with False.
    """
    if (common_backend(peers), False) in backends.REFUSED_AT_START:
        return True
    return _most(_by_force_raw_images(peers), _FORCE_RAW_IMAGES)


def _mixed_image_backends(
    this: rule.Rule,
    image_settings: settings.ImageSettings,
    own: backends.Behaviour,
    peers: rule.Peers,
) -> Iterator[findings.Finding]:
    common = common_backend(peers)
    if own.backend is common:
        return
    counted = _by_backend(peers)
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
            **describe.by_name(image_settings),
            'own': own.backend.value,
            'few': counted[own.backend],
            'all': sum(counted.values()),
            'many': counted[common],
            'common': common.value,
        }
        + _needs(common),
        findings.Replacement(
            tuple(_changes(image_settings, own, common, peers))
        ),
        image_settings.images_type.origin,
        image_settings.use_cow_images.origin,
    )


def _needs(backend: backends.Backend) -> str:
    """Return what a backend needs beside the settings proposed.

    Source: nova/conf/libvirt.py.
    """
    needs = {
        backends.Backend.LVM: _('[libvirt]/images_volume_group'),
        backends.Backend.RBD: _(
            '[libvirt]/images_rbd_pool, rbd_user, rbd_secret_uuid and the '
            'file of images_rbd_ceph_conf'
        ),
    }
    if backend not in needs:
        return ''
    return ' ' + _('It needs %s as well, as on the others.') % needs[backend]


MIXED_IMAGE_BACKENDS = rule.FleetRule(
    'mixed-image-backends',
    rule.Check.MOVES,
    findings.Severity.FAILURE,
    rule.BUG_OF_MOVES,
    _mixed_image_backends,
)


def _mixed_force_raw_images(
    this: rule.Rule,
    image_settings: settings.ImageSettings,
    own: backends.Behaviour,
    peers: rule.Peers,
) -> Iterator[findings.Finding]:
    common = common_force_raw_images(peers)
    counted = _by_force_raw_images(peers)
    is_qcow2 = own.backend is backends.Backend.QCOW2
    if not is_qcow2 or own.force_raw_images is common or not counted[common]:
        return
    setting = image_settings.force_raw_images
    yield this.finding(
        _(
            '%(force_raw_images)s, as on %(few)d of %(all)d hosts with the '
            'qcow2 backend that exchange instances; on %(many)d it is '
            '%(common)s. They keep the images that disks are based on in '
            'different formats: after a resize or cold migration, a guest '
            'made from a qcow2 image reads wrong data or does not start. '
            'Disks that exist are not converted: once no instance is left '
            'on this host, write what follows. If it exchanges instances '
            'with none of the others, say so with --group.'
        )
        % {
            **describe.by_name(image_settings),
            'few': counted[own.force_raw_images],
            'all': sum(counted.values()),
            'many': counted[common],
            'common': common,
        },
        findings.Replacement(
            (findings.set_to(setting.option, common, setting.origin),)
        ),
        setting.origin,
    )


MIXED_FORCE_RAW_IMAGES = rule.FleetRule(
    'mixed-force-raw-images',
    rule.Check.MOVES,
    findings.Severity.FAILURE,
    rule.BUG_OF_MOVES,
    _mixed_force_raw_images,
)


def _changes(
    host: settings.ImageSettings,
    own: backends.Behaviour,
    backend: backends.Backend,
    peers: rule.Peers,
) -> Iterator[findings.Change]:
    """Yield the settings that give a host the backend, and break no move."""
    images_type = host.images_type
    yield findings.set_to(
        images_type.option, backend.value, images_type.origin
    )
    yield from _use_cow_images(host, own, backend)
    force_raw_images = host.force_raw_images
    needed = own.force_raw_images
    if backend is backends.Backend.QCOW2:
        needed = common_force_raw_images(peers)
    elif (backend, needed) in backends.REFUSED_AT_START:
        needed = True
    if own.force_raw_images is not needed:
        yield findings.set_to(
            force_raw_images.option, needed, force_raw_images.origin
        )


def _use_cow_images(
    host: settings.ImageSettings,
    own: backends.Behaviour,
    backend: backends.Backend,
) -> Iterator[findings.Change]:
    use_cow_images = host.use_cow_images
    option, origin = use_cow_images.option, use_cow_images.origin
    safe = backends.safe_use_cow_images(backend)
    proposed = backends.safe_use_cow_images(own.backend)
    if safe is None:
        yield from findings.remove_all(use_cow_images)
    elif own.use_cow_images is not safe:
        yield findings.set_to(option, safe, origin)
    elif use_cow_images.is_written:
        yield findings.keep(option, safe, origin)
    elif proposed is (not safe):
        # Another finding proposes that; written below it, this beats it.
        yield findings.set_to(option, safe, origin)


def _by_backend(peers: rule.Peers) -> collections.Counter[backends.Backend]:
    counted: collections.Counter[backends.Backend] = collections.Counter()
    for behaviour, hosts in peers.items():
        counted[behaviour.backend] += hosts
    return counted


def _by_force_raw_images(peers: rule.Peers) -> collections.Counter[bool]:
    counted: collections.Counter[bool] = collections.Counter()
    for behaviour, hosts in peers.items():
        if behaviour.backend is backends.Backend.QCOW2:
            counted[behaviour.force_raw_images] += hosts
    return counted


def _most(counted: Mapping[T, int], preferred: tuple[T, ...]) -> T:
    """Return the most frequent one; max takes the first of equal ones."""
    return max(preferred, key=lambda one: counted.get(one, 0))


RULES = (MIXED_IMAGE_BACKENDS, MIXED_FORCE_RAW_IMAGES)
