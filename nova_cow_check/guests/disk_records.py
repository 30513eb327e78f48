# SPDX-License-Identifier: Apache-2.0

"""disk.info: which format each disk had when Nova saw it first.

Only Nova writes it. A guest cannot, but a full disk, an editor and a moved
instances_path leave it in any state. Source:
nova/virt/libvirt/imagebackend.py, Image.resolve_driver_format.
"""

from __future__ import annotations

import json

from nova_cow_check.guests import inventory

#: Bytes. A few disks take less than 1 KiB.
LARGEST = 64 * 1024


def parse(data: bytes) -> inventory.Records:
    """Return what Nova makes of a disk.info.

    :param data: all of it
    """
    states = inventory.RecordState
    try:
        text = data.decode('utf-8').rstrip()
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return inventory.Records(states.UNUSABLE)
    if not text:
        return inventory.Records(states.EMPTY)
    if not isinstance(found, dict):
        return inventory.Records(states.UNUSABLE)
    entries = tuple(
        (path, name if isinstance(name, str) else '')
        for path, name in found.items()
    )
    return inventory.Records(states.READ, entries)
