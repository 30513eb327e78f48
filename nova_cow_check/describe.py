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

"""Settings and their places, in words and safe to show."""

from __future__ import annotations

from nova_cow_check._i18n import _
from nova_cow_check import backends
from nova_cow_check import origins
from nova_cow_check import settings
from nova_cow_check import text
from nova_cow_check import waivers


def place(origin: origins.Origin) -> str:
    """Return for example ``/etc/nova/nova.conf:12``."""
    kinds = origins.OriginKind
    name = text.printable(origin.name)
    if origin.kind is kinds.FILE:
        if not name:
            return _('all of it')
        return f'{name}:{origin.line}' if origin.line else name
    if origin.kind is kinds.ENVIRONMENT:
        return _('environment variable %s') % name
    if origin.kind is kinds.CONFIG_SOURCE:
        return _('config_source %s') % name
    if origin.kind is kinds.OVERRIDE:
        return _('set by the program')
    if origin.kind is kinds.UNKNOWN:
        return _('set, place not known')
    return _('not set')


def setting(item: settings.AnySetting) -> str:
    """Return for example ``[libvirt]/images_type = raw (nova.conf:3)``."""
    if item.value is None and not item.is_written:
        return f'{item.option} ({place(item.origin)})'
    return f'{item.option} = {item.shown} ({place(item.origin)})'


def by_name(host: settings.ImageSettings) -> dict[str, str]:
    """Return all settings of a host in words, by the option's name."""
    return {item.option.name: setting(item) for item in host.all}


def waiver(one: waivers.Waiver) -> str:
    """Return for example ``Waived until 2027-01-31 (waivers.yaml:3): why``."""
    words = {
        'day': one.expires,
        'place': place(one.origin),
        'reason': text.printable(' '.join(one.reason.split())),
    }
    if one.is_expired:
        sentence = _(
            'Counts: its waiver expired on %(day)s (%(place)s): %(reason)s'
        )
    elif one.expires:
        sentence = _('Waived until %(day)s (%(place)s): %(reason)s')
    else:
        sentence = _('Waived (%(place)s): %(reason)s')
    return sentence % words


def new_disks(
    backend: backends.Backend, force_raw_images: bool
) -> tuple[str, ...]:
    """Return what the root disk of a new instance is, a sentence each."""
    by_disk: dict[backends.NewDisk, list[str]] = {}
    made = backends.new_disks(backend, force_raw_images)
    for image, disk in made.items():
        by_disk.setdefault(disk, []).append(image.value)
    return tuple(
        _('A new disk from a %(image)s image is %(disk)s, %(backing)s.')
        % {
            'image': _(' or ').join(images),
            'disk': disk.disk.value,
            'backing': _('with a %s backing file') % disk.backing.value
            if disk.backing
            else _('without a backing file'),
        }
        for disk, images in by_disk.items()
    )


def moves(backend: backends.Backend, use_cow_images: bool) -> tuple[str, ...]:
    """Return what a resize or cold migration does, a sentence each."""
    if backend in backends.REFUSING_MOVES:
        return (
            _('Nova refuses to resize or cold migrate from this backend.'),
        )
    found = backends.moves_to(backend, use_cow_images)
    if not found:
        return (_('use_cow_images has no effect with this backend.'),)
    return tuple(_move(arriving, move) for arriving, move in found.items())


def _move(arriving: backends.DiskFormat, move: backends.Move) -> str:
    effects = backends.Effect
    words = {'arriving': arriving.value, 'xml': move.xml.value}
    if move.disk is arriving:
        happens = _('A %(arriving)s disk that arrives stays %(arriving)s')
    else:
        words['disk'] = move.disk.value
        happens = _(
            'A %(arriving)s disk that arrives is converted to %(disk)s'
        )
    outcome = {
        effects.FINE: _(', as the guest expects it.'),
        effects.STALE_DISK_INFO: _(
            ', as the guest expects it; disk.info still says %(arriving)s, '
            'which breaks it on a later host with the flat backend.'
        ),
        effects.DOES_NOT_START: _(
            ', but the guest is told that it is %(xml)s: it does not start.'
        ),
        effects.READS_HOST_FILES: _(
            ', but the guest is told that it is %(xml)s: it does not start, '
            'or reads files of this host if it writes a %(xml)s header.'
        ),
    }[move.effect]
    return (happens + outcome) % words
