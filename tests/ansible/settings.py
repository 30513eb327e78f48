# SPDX-License-Identifier: Apache-2.0

"""Settings of hosts."""

from __future__ import annotations

_LIBVIRT = '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'

GOOD = _LIBVIRT + '[libvirt]\nimages_type = qcow2\n'
DEFAULT = _LIBVIRT
CONVERTED = _LIBVIRT + '[libvirt]\nimages_type = flat\n'
OPENED = _LIBVIRT + 'use_cow_images = False\n[libvirt]\nimages_type = qcow2\n'
NO_COMPUTE_HOST = '[DEFAULT]\ndebug = False\n'
FAILING = _LIBVIRT + 'force_raw_images = False\n[libvirt]\nimages_type = rbd\n'
