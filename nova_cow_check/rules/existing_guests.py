# SPDX-License-Identifier: Apache-2.0

"""What becomes of guests that exist, once settings are written; sentences.

A restart of nova-compute touches no guest. What counts is the next time that
Nova makes a guest's XML: a hard reboot, a start, the start of the host, each
called a restart here. Source: nova/virt/libvirt/driver.py, _hard_reboot,
which goes by the settings of now; compared with Nova by tests/nova.
"""

from __future__ import annotations

from nova_cow_check._i18n import _
from nova_cow_check.nova import backends


def after_fix(rule: str) -> str:
    """Return what the replacement of a host's own rule does to guests.

    :param rule: the name of one that proposes settings for a backend
    :raises KeyError: for any other rule
    """
    return {
        'implicit-image-backend': _(
            'For guests that exist, to name it changes nothing, neither at a '
            'restart nor at a move.'
        ),
        'use-cow-images-unused': _(
            'For guests that exist, to remove it changes nothing.'
        ),
        'rbd-without-raw-images': _(
            'For guests that exist, force_raw_images = True changes nothing: '
            'their disks are raw in any case.'
        ),
        'flat-disks-converted': _(
            'For guests that exist, use_cow_images = False changes nothing '
            'at a restart; the next move leaves their raw disks raw. A guest '
            'that a move has broken stays broken: its data is intact, and it '
            'should be repaired first, as the page of this rule tells.'
        ),
        'raw-disks-opened-as-qcow2': _(
            'For guests that exist, use_cow_images = True changes nothing at '
            'a restart: a raw disk that has arrived stays broken or unsafe. '
            'Later moves to this host convert raw disks, as they should, '
            'but leave a raw swap disk unreadable, and make qcow2 inside '
            'qcow2 of what flat-disks-converted has broken: repair such '
            'guests first, as the pages of both rules tell.'
        ),
    }[rule]


def after_change(old: backends.Backend, new: backends.Backend) -> str:
    """Return what another backend does to the guests that exist on a host."""
    flat, qcow2 = backends.Backend.FLAT, backends.Backend.QCOW2
    if (old, new) == (flat, qcow2):
        return _(
            'Guests that exist run on until they are stopped and started or '
            'rebooted hard: then libvirt refuses to start those with a raw '
            'disk (ERROR), or they read or change files of the host if they '
            'wrote a qcow2 header beforehand.'
        )
    if (old, new) == (qcow2, flat):
        return _(
            'Guests that exist start again while their backing files are '
            'there, but one whose disk.info says raw never boots, while Nova '
            'reports it ACTIVE. After their next move, libvirt refuses those '
            'with a swap disk and, on another host, those with an ephemeral '
            'disk (ERROR).'
        )
    return _(
        'Guests that exist run on until they are stopped and started or '
        'rebooted hard: then Nova looks for their disks where the new '
        'backend keeps its own, and the start fails (ERROR).'
    )


def after_way_back(old: backends.Backend, new: backends.Backend) -> str:
    """Return what it does to guests to give a host its backend back.

    :param old: what it had, and gets back
    :param new: what it has in between
    """
    flat, qcow2 = backends.Backend.FLAT, backends.Backend.QCOW2
    if (old, new) == (flat, qcow2):
        return _(
            'A guest from before that is broken by then starts after a hard '
            'reboot, if disk.info had its entries. For guests made since '
            'then, it is a change to the flat backend: they start while '
            'their backing files are there.'
        )
    if (old, new) == (qcow2, flat):
        return _(
            'Guests from before are as they were. For guests made since '
            'then, it is a change to the qcow2 backend: when they are '
            'stopped and started or rebooted hard, libvirt refuses to start '
            'those with a raw disk (ERROR), or they read or change files of '
            'the host if they wrote a qcow2 header beforehand.'
        )
    return _(
        'Guests from before start again. For guests made since then, it is '
        'a change like this one.'
    )


def after_change_of_images(force_raw_images: bool) -> str:
    """Return what another force_raw_images does to guests on qcow2.

    :param force_raw_images: what the host has now
    """
    if force_raw_images:
        return _(
            'Guests from before that were made from a qcow2 image expect a '
            'qcow2 backing file. While it is there, they are fine. Where it '
            'is missing, and on another host after a resize or cold '
            'migration, Nova makes a raw one, and libvirt refuses to start '
            'them (ERROR). Guests made from raw images are fine. A live '
            'block migration is safe for all of them.'
        )
    return _(
        'Guests from before that were made from a qcow2 image expect a raw '
        'backing file. While it is there, they are fine. Where it is '
        'missing, and on another host after a resize or cold migration, Nova '
        'makes a qcow2 one, and they read wrong bytes. Guests made from raw '
        'images are fine. A live block migration is safe for all of them.'
    )
