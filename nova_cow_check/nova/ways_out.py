# SPDX-License-Identifier: Apache-2.0

"""The safe way from one host to another where a move breaks guests.

It is told from what the moves do, as the model tells it, and from one thing
besides: a guest that is shelved and unshelved gets disks that the destination
makes anew, its root disk from an image of what it was. So its format is
right wherever it goes. tests/nova compares all of it with Nova, and
tests/guests with guests that boot.
"""

from __future__ import annotations

import enum
import functools
from typing import NamedTuple

from nova_cow_check.nova import backends
from nova_cow_check.nova import harms
from nova_cow_check.nova import live_migration
from nova_cow_check.nova import operations

_B = backends.Backend

#: Backends whose disks Nova makes an image of, and makes from any image.
#: Those of ploop take and give images of ploop alone. Of rbd as the source,
#: and of lvm, that was read, not run. Source:
#: nova/virt/libvirt/imagebackend.py, snapshot_extract and create_image.
_SHELVED = frozenset({_B.FLAT, _B.QCOW2, _B.RBD, _B.LVM})

#: A move that ends so leaves the instance in the status VERIFY_RESIZE, from
#: which it can be taken back; any other one leaves it in ERROR. Source:
#: nova/compute/api.py, revert_resize.
_MOVED_ALL_THE_SAME = frozenset(
    {
        harms.How.NEVER_BOOTS,
        harms.How.LACKS_A_DISK,
        harms.How.WRONG_DATA,
    }
)

#: With these, no move begins. Source: nova/virt/libvirt/driver.py,
#: migrate_disk_and_power_off and init_host.
_STAYS = frozenset({harms.Harm.REFUSED, harms.Harm.NOVA_COMPUTE_STOPPED})


class Way(enum.Enum):
    """How a sound guest gets from host to host unharmed."""

    #: The disks are where they were; only the host is another one.
    LIVE_ON_SHARED_STORAGE = 'live migration on shared storage'
    #: The destination makes backing files of its own.
    LIVE_BLOCK = 'live block migration'
    #: An ephemeral disk is lost with it.
    SHELVE = 'shelve and unshelve'
    NONE = 'none'


class WayOut(NamedTuple):
    """What there is to do about guests on a host, instead of what breaks."""

    way: Way
    #: Whether some guests that a resize or cold migration has broken can be
    #: taken back, as long as that is not confirmed.
    can_be_reverted: bool
    #: Whether the next resize or cold migration breaks guests there all the
    #: same, be it to a host like the destination: that one is to be mended
    #: first.
    destination_breaks: bool


@functools.lru_cache(maxsize=4096)
def between(
    source: backends.Behaviour,
    destination: backends.Behaviour,
    is_shared: bool = False,
) -> WayOut | None:
    """Return the safe way from one host to another.

    :param is_shared: whether they share instances_path
    :returns: None if a resize or cold migration between them does no harm
    """
    fine = harms.Outcome.FINE
    moved = operations.between(source, destination, is_shared=is_shared)
    if operations.worst(moved) is fine:
        return None
    if _is_live_safe(source, destination, is_shared):
        way = Way.LIVE_ON_SHARED_STORAGE if is_shared else Way.LIVE_BLOCK
    elif _is_shelved(source) and _is_shelved(destination):
        way = Way.SHELVE
    else:
        way = Way.NONE
    are_files = operations.FILE_BACKENDS.issuperset(
        (source.backend, destination.backend)
    )
    hows = {harm.how for _disk, harm in moved}
    return WayOut(
        way,
        are_files and bool(hows & _MOVED_ALL_THE_SAME),
        _breaks_its_own(destination, is_shared),
    )


def _is_live_safe(
    source: backends.Behaviour,
    destination: backends.Behaviour,
    is_shared: bool,
) -> bool:
    """Return whether live migrated guests fare as those that are made there.

    That is so at their next stop and start, and at their next move. Between
    backends, no live migration is safe: where it succeeds, and the guest
    starts there again, it has disks that the host would not make.
    """
    if source.backend is not destination.backend:
        return False
    live = live_migration.between(source, destination, is_shared)
    if live.outcome is not harms.Outcome.FINE:
        return False
    made_there = operations.between(
        destination, destination, is_shared=is_shared
    )
    return all(
        live_migration.moved_after(
            operations.new(disk, source), destination, is_shared
        ).outcome
        <= harm.outcome
        for disk, harm in made_there
    )


def _breaks_its_own(host: backends.Behaviour, is_shared: bool) -> bool:
    """Return whether moves between hosts like one break its guests.

    Where Nova refuses these moves, the guests stay as they are.
    """
    return any(
        harm.outcome is not harms.Outcome.FINE and harm not in _STAYS
        for _disk, harm in operations.between(host, host, is_shared=is_shared)
    )


def _is_shelved(host: backends.Behaviour) -> bool:
    return host.backend in _SHELVED and not host.is_refused
