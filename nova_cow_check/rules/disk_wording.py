# SPDX-License-Identifier: Apache-2.0

"""The sentences about disks: what Nova makes, and what moves do to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nova_cow_check._i18n import _
from nova_cow_check.nova import backends
from nova_cow_check.nova import operations


def backend(novas: backends.Behaviour) -> tuple[str, ...]:
    """Return what the disks of a host are made by, and what they are."""
    uses = _('Nova uses the %s backend.') % novas.backend.value
    return (uses, *new_disks(novas))


def new_disks(novas: backends.Behaviour) -> tuple[str, ...]:
    """Return what the root disk of a new instance is, a sentence each."""
    images: dict[backends.NewDisk, list[backends.DiskFormat]] = {}
    made = backends.new_disks(novas.backend, novas.force_raw_images)
    for image, disk in made.items():
        images.setdefault(disk, []).append(image)
    return tuple(_new_disk(*one) for one in images.items())


def _new_disk(
    made: backends.NewDisk, images: Sequence[backends.DiskFormat]
) -> str:
    if len(images) > 1 and made.backing:
        sentence = _(
            'A new disk from a raw or qcow2 image is %(disk)s, with a '
            '%(backing)s backing file.'
        )
    elif len(images) > 1:
        sentence = _(
            'A new disk from a raw or qcow2 image is %(disk)s, without a '
            'backing file.'
        )
    elif made.backing:
        sentence = _(
            'A new disk from a %(image)s image is %(disk)s, with a '
            '%(backing)s backing file.'
        )
    else:
        sentence = _(
            'A new disk from a %(image)s image is %(disk)s, without a '
            'backing file.'
        )
    return sentence % {
        'image': images[0].value,
        'disk': made.disk.value,
        'backing': made.backing and made.backing.value,
    }


def arrivals(novas: backends.Behaviour) -> tuple[str, ...]:
    """Return what a resize or cold migration to a host does, in sentences."""
    if novas.backend in backends.REFUSING_MOVES:
        return (
            _('Nova refuses to resize or cold migrate from this backend.'),
        )
    found = operations.arrivals(novas)
    if not found:
        return (_('use_cow_images has no effect with this backend.'),)
    return tuple(sentence for one in found for sentence in _arrival(one))


def _arrival(arrival: operations.Arrival) -> tuple[str, ...]:
    """Return whole sentences for what the model says of all its disks."""
    is_raw = arrival.arriving is backends.DiskFormat.RAW
    sentences = _raw_arrivals() if is_raw else _qcow2_arrivals()
    return sentences[tuple(one.harm for one in arrival.passages)]


def _raw_arrivals() -> dict[tuple[operations.Harm, ...], tuple[str, ...]]:
    harms = operations.Harm
    return {
        # root disk, ephemeral disk, swap disk
        (harms.FINE, harms.FINE, harms.FINE): (
            _('A raw disk that arrives stays raw, as the guest expects it.'),
        ),
        (harms.CANNOT_GROW, harms.STALE_DISK_INFO, harms.UNREADABLE): (
            _(
                'A raw root or ephemeral disk that arrives is converted to '
                'qcow2, as the guest expects it; disk.info still says raw, '
                'which breaks it on a later host with the flat backend.'
            ),
            _(
                'A resize that makes a raw root disk larger fails (Nova '
                '30.3.0, 31.3.0, 32.2.0, 33.0.0 and later, and builds of '
                'vendors or unmaintained branches with the fix of '
                'CVE-2026-24708).'
            ),
            _(
                'In place of a raw swap disk, Nova makes a qcow2 one, and '
                'converts that, too: the guest boots, but finds a qcow2 '
                'header in its swap.'
            ),
        ),
        (harms.READS_HOST_FILES, harms.READS_HOST_FILES, harms.FINE): (
            _(
                'A raw disk that arrives stays raw, but the guest is told '
                'that it is qcow2: libvirt refuses to start it (ERROR), or '
                'it reads or changes files of this host if it wrote a qcow2 '
                'header.'
            ),
        ),
        (harms.NEVER_BOOTS, harms.UNREADABLE, harms.UNREADABLE): (
            _(
                'A raw disk that arrives is converted to qcow2, but the '
                'guest is told that it is raw: it never boots, while Nova '
                'reports it ACTIVE, with no error anywhere.'
            ),
            _(
                'If only its ephemeral or swap disk is raw, the guest '
                'boots, but finds a qcow2 header where its data was.'
            ),
        ),
    }


def _qcow2_arrivals() -> dict[tuple[operations.Harm, ...], tuple[str, ...]]:
    harms = operations.Harm
    return {
        # root disk, ephemeral disk, swap disk
        (harms.FINE, harms.FINE, harms.FINE): (
            _(
                'A qcow2 disk that arrives stays qcow2, as the guest expects '
                'it.'
            ),
        ),
        (harms.FINE, harms.MISSING_BACKING_FILE, harms.DOES_NOT_START): (
            _(
                'A qcow2 root disk that arrives stays qcow2, as the guest '
                'expects it.'
            ),
            _(
                'libvirt refuses to start a guest from a host with the '
                'qcow2 backend (ERROR) if it has an ephemeral disk, whose '
                'backing file nothing makes here, or a swap disk, which is '
                'made anew as raw.'
            ),
        ),
    }


def passage(one: operations.Passage) -> str:
    """Return for example ``Swap disk: fine.``."""
    return passages([one])[0]


def passages(several: Iterable[operations.Passage]) -> tuple[str, ...]:
    """Return a sentence for each harm, about all disks that meet it."""
    disks: dict[operations.Harm, list[operations.Disk]] = {}
    for disk, harm in several:
        disks.setdefault(harm, []).append(disk)
    sentences = _harms()
    return tuple(
        sentences[harm] % {'disks': _named(met)} for harm, met in disks.items()
    )


def _named(disks: Sequence[operations.Disk]) -> str:
    names = {
        operations.Disk.ROOT_FROM_RAW_IMAGE: _('root disk from a raw image'),
        operations.Disk.ROOT_FROM_QCOW2_IMAGE: _(
            'root disk from a qcow2 image'
        ),
        operations.Disk.EPHEMERAL: _('ephemeral disk'),
        operations.Disk.SWAP: _('swap disk'),
    }
    if operations.ROOTS.issubset(disks):
        names.update(dict.fromkeys(operations.ROOTS, _('root disk')))
    words = ', '.join(dict.fromkeys(names[disk] for disk in disks))
    return words[0].upper() + words[1:]


def _harms() -> dict[operations.Harm, str]:
    harms = operations.Harm
    return {
        **_failed_moves(),
        **_failed_starts(),
        harms.FINE: _('%(disks)s: fine.'),
        harms.STALE_DISK_INFO: _(
            '%(disks)s: fine after this move, but disk.info still says raw, '
            'which breaks it on a later host with the flat backend.'
        ),
        harms.CANNOT_GROW: _(
            '%(disks)s: a resize that makes it larger fails (Nova 30.3.0, '
            '31.3.0, 32.2.0, 33.0.0 and later, and builds of vendors or '
            'unmaintained branches with the fix of CVE-2026-24708). Any '
            'other move is fine, but '
            'disk.info still says raw, which breaks it on a later host with '
            'the flat backend.'
        ),
        harms.UNREADABLE: _(
            '%(disks)s: the guest boots, but finds a qcow2 header where its '
            'data was.'
        ),
        harms.WRONG_DATA: _(
            '%(disks)s: the guest reads wrong bytes if the image is not '
            'cached on the destination, which makes the backing file qcow2, '
            'not raw.'
        ),
        harms.DATA_LOST: _(
            '%(disks)s: the guest gets a new disk in its place, without what '
            'it wrote.'
        ),
    }


def _failed_starts() -> dict[operations.Harm, str]:
    harms = operations.Harm
    return {
        harms.DOES_NOT_START: _(
            '%(disks)s: libvirt refuses to start the guest (ERROR), because '
            'its XML names a format that the disk does not have.'
        ),
        harms.NEVER_BOOTS: _(
            '%(disks)s: the guest never boots, while Nova reports it ACTIVE, '
            'with no error anywhere, because it finds a qcow2 header where '
            'its data was.'
        ),
        harms.MISSING_BACKING_FILE: _(
            '%(disks)s: libvirt refuses to start the guest (ERROR), because '
            'nothing makes the backing file of the disk on the destination.'
        ),
        harms.UNREADABLE_BACKING_FILE: _(
            '%(disks)s: libvirt refuses to start the guest (ERROR) if the '
            'image is not cached on the destination, which makes the '
            'backing file raw, not qcow2.'
        ),
        harms.START_FAILS: _(
            '%(disks)s: the start fails (ERROR), because Nova looks for it '
            'where the backend of that host keeps its own.'
        ),
        harms.READS_HOST_FILES: _(
            '%(disks)s: libvirt refuses to start the guest (ERROR), or it '
            'reads or changes files of the host if it wrote a qcow2 header '
            'to the disk beforehand.'
        ),
    }


def _failed_moves() -> dict[operations.Harm, str]:
    harms = operations.Harm
    return {
        harms.REFUSED: _(
            '%(disks)s: Nova refuses to move it, and the guest stays as it is.'
        ),
        harms.LIVE_REFUSED: _(
            '%(disks)s: QEMU refuses the live migration of a guest with it, '
            'and the guest stays where it is, as it is.'
        ),
        harms.MOVE_FAILS: _(
            '%(disks)s: the move fails and leaves the instance in the state '
            'ERROR.'
        ),
        harms.NOVA_COMPUTE_STOPPED: _(
            '%(disks)s: not moved, because nova-compute does not start with '
            'rbd and [DEFAULT]/force_raw_images = False.'
        ),
    }
