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

"""What a move does to the disks of an instance, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nova_cow_check._i18n import _
from nova_cow_check import pairs


#: Root disks, whatever they are made from.
_ROOTS = (pairs.Disk.ROOT_FROM_RAW_IMAGE, pairs.Disk.ROOT_FROM_QCOW2_IMAGE)


def sentence(passage: pairs.Passage) -> str:
    """Return for example ``Swap disk: fine.``."""
    return sentences([passage])[0]


def sentences(passages: Iterable[pairs.Passage]) -> tuple[str, ...]:
    """Return a sentence for each harm, about all disks that meet it."""
    disks: dict[pairs.Harm, list[pairs.Disk]] = {}
    for disk, harm in passages:
        disks.setdefault(harm, []).append(disk)
    return tuple(
        _('%(disks)s: %(harm)s')
        % {'disks': _named(met), 'harm': _harms()[harm]}
        for harm, met in disks.items()
    )


def _named(disks: Sequence[pairs.Disk]) -> str:
    names = {
        pairs.Disk.ROOT_FROM_RAW_IMAGE: _('root disk from a raw image'),
        pairs.Disk.ROOT_FROM_QCOW2_IMAGE: _('root disk from a qcow2 image'),
        pairs.Disk.EPHEMERAL: _('ephemeral disk'),
        pairs.Disk.SWAP: _('swap disk'),
    }
    if set(disks).issuperset(_ROOTS):
        names.update(dict.fromkeys(_ROOTS, _('root disk')))
    words = ', '.join(dict.fromkeys(names[disk] for disk in disks))
    return words[0].upper() + words[1:]


def _harms() -> dict[pairs.Harm, str]:
    return {
        pairs.Harm.FINE: _('fine.'),
        pairs.Harm.STALE_DISK_INFO: _(
            'fine after this move, but disk.info still says raw, which '
            'breaks it on a later host with the flat backend.'
        ),
        pairs.Harm.CANNOT_GROW: _(
            'a resize that makes it larger fails (Nova 30.3.0, 31.3.0, '
            '32.2.0, 33.0.0 and later). Any other move is fine, but '
            'disk.info still says raw, which breaks it on a later host with '
            'the flat backend.'
        ),
        pairs.Harm.DOES_NOT_START: _(
            'the guest does not start, because its XML names a format that '
            'the disk does not have.'
        ),
        pairs.Harm.UNREADABLE: _(
            'the guest starts, but finds a qcow2 header where its data was.'
        ),
        pairs.Harm.MISSING_BACKING_FILE: _(
            'the guest does not start, because nothing makes the backing '
            'file of the disk on the destination.'
        ),
        pairs.Harm.UNREADABLE_BACKING_FILE: _(
            'the guest does not start if the image is not cached on the '
            'destination, which makes the backing file raw, not qcow2.'
        ),
        pairs.Harm.REFUSED: _('Nova refuses to move it.'),
        pairs.Harm.MOVE_FAILS: _(
            'the move fails and leaves the instance in the state ERROR.'
        ),
        pairs.Harm.NOVA_COMPUTE_STOPPED: _(
            'not moved, because nova-compute does not start with rbd and '
            '[DEFAULT]/force_raw_images = False.'
        ),
        pairs.Harm.WRONG_DATA: _(
            'the guest reads wrong bytes if the image is not cached on the '
            'destination, which makes the backing file qcow2, not raw.'
        ),
        pairs.Harm.READS_HOST_FILES: _(
            'the guest does not start, or reads files of the host if it '
            'wrote a qcow2 header to the disk beforehand.'
        ),
        pairs.Harm.DATA_LOST: _(
            'the guest gets a new disk in its place, without what it wrote.'
        ),
    }
