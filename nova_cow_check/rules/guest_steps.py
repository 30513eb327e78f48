# SPDX-License-Identifier: Apache-2.0

"""What to do about a guest, in words, with the commands for it.

The commands are those of `guests.repairs`.
"""

from __future__ import annotations

from collections.abc import Mapping
import functools

from nova_cow_check._i18n import _
from nova_cow_check.guests import conditions
from nova_cow_check.guests import inventory
from nova_cow_check.guests import prospects
from nova_cow_check.guests import repairs
from nova_cow_check.guests import signs
from nova_cow_check.nova import backends
from nova_cow_check.rules import extras

_C = conditions.Condition
_Task, _Way = repairs.Task, repairs.Way

#: What a move has done, and can be taken back until it is confirmed.
_MADE_BY_MOVES = (_C.CONVERTED, _C.OPENED_AS_QCOW2)


def of(
    trouble: conditions.Trouble,
    ahead: prospects.GuestProspects,
    host: backends.Behaviour,
    place: repairs.Place,
) -> tuple[extras.Step, ...]:
    """Return what to do about a trouble of a guest, in order.

    :param ahead: what the trouble was found in
    :param host: what Nova goes by on the host now
    :param place: where the disks are
    """
    way = repairs.way_of(trouble, ahead, host)
    steps = tuple(
        extras.Step(_words(one, trouble), one.commands)
        for one in repairs.steps(way, ahead, trouble.disks, place)
    )
    if steps and way is not _Way.BACKEND_BACK:
        return steps
    return *steps, extras.Step(_advice(way, trouble, ahead, host))


def _advice(
    way: repairs.Way,
    trouble: conditions.Trouble,
    ahead: prospects.GuestProspects,
    host: backends.Behaviour,
) -> str:
    """Return what to do where there is no command for it."""
    if way is _Way.INCIDENT:
        return incident(trouble)
    if way is _Way.BACKEND_BACK:
        return _backend_back(trouble, ahead, host)
    if trouble.condition is _C.NOT_READ:
        return _(
            'Look again as root, and where root may not read NFS, on its '
            'server; what could not be read is told with its reason.'
        )
    if way is _Way.AFTER_THE_INCIDENT:
        return _(
            'Do not start the guest: another disk of it may be an attack, as '
            'the other findings about it tell. Look into that first.'
        )
    if way is _Way.AFTERWARDS:
        return _(
            'First convert the disks, as the other findings about this guest '
            'tell, and then look again.'
        )
    if way is _Way.LOOK:
        return _(
            'Do not restart, move or convert it until somebody has looked at '
            'the disk and at what wrote it: the page of this rule tells what '
            'to look for.'
        )
    return _nothing()[trouble.condition]


def incident(trouble: conditions.Trouble) -> str:
    """Return what to do about what may be an attack."""
    if trouble.is_certain:
        return _(
            'Do not touch the disk, do not start the guest, take no snapshot '
            'of it and do not rescue it: treat it as an incident. Stop the '
            'guest if it runs, keep a copy of the disk, and look into it.'
        )
    return _(
        'Look at the disk before anything starts it, as the page of this rule '
        'tells; until then, take no snapshot of it and do not rescue it.'
    )


def _backend_back(
    trouble: conditions.Trouble,
    ahead: prospects.GuestProspects,
    host: backends.Behaviour,
) -> str:
    its = [one for one in ahead.disks if one.disk.name in trouble.disks]
    raw = (signs.Sign.RAW, signs.Sign.WRITTEN)
    # The qcow2 backend has not made what it cannot start.
    is_qcow2 = host.backend is backends.Backend.QCOW2
    if is_qcow2 or any(one.reading.sign in raw for one in its):
        return _(
            'Do not stop the guest. Set the backend back that made its '
            'disks, with [libvirt]/images_type = flat and '
            '[DEFAULT]/use_cow_images = False, and restart nova-compute: '
            'then the next hard reboot starts it. Take no snapshot of it '
            'before that.'
        )
    if host.backend is backends.Backend.FLAT:
        return _(
            'Do not stop the guest before somebody has looked at disk.info, '
            'which a host with the flat backend goes by.'
        )
    return _(
        'Do not stop the guest. Set the backend back that made its disks, '
        'with [libvirt]/images_type = qcow2 and [DEFAULT]/use_cow_images = '
        'True, and restart nova-compute: then the next hard reboot starts it.'
    )


@functools.cache
def _nothing() -> Mapping[conditions.Condition, str]:
    return {
        _C.HEADER_WRITTEN: _(
            'There is nothing to do as long as disk.info says raw and the '
            'host keeps the flat backend. Never convert the disk with '
            '"qemu-img convert -f qcow2", and never write qcow2 for it into '
            'disk.info.'
        ),
        _C.BREAKS_AT_MOVE: _(
            'There is nothing to do as long as it stays. Do not resize or '
            'cold migrate it before the settings are those that the findings '
            'about this host ask for; a swap disk that was made by the other '
            'backend breaks all the same.'
        ),
        _C.WITHOUT_DOMAIN: _(
            'If another host runs it, that host judges it. If it is on this '
            'host and its status is ERROR, its disks are not judged: Nova '
            'removes the domain of a guest whose start is refused. If no '
            'instance of the cloud has this UUID, the directory is left over.'
        ),
    }


def _words(step: repairs.Step, trouble: conditions.Trouble) -> str:
    """Return what a step is for, and when to go on."""
    if step.task is _Task.LOOK_FOR_CONVERTED and step.disk:
        return _look_for_converted(step.disk)
    if step.task is _Task.LOOK_FOR_RAW and step.disk:
        return _look_for_raw(step.disk)
    if step.task is _Task.STOP and trouble.condition in _MADE_BY_MOVES:
        return _(
            'If its status is VERIFY_RESIZE, take the move back, with '
            '"openstack server resize revert", and nothing else is needed: '
            'the source still has the disks as they were. If it is not, stop '
            'the guest, and wait until it is SHUTOFF. What was seen before '
            'that does not count, since a guest that runs can write to its '
            'disks:'
        )
    if step.task is _Task.REBOOT and trouble.condition is _C.BACKING_MISSING:
        return _(
            'Have Nova make the XML anew; where the backing file is missing '
            'still, it makes that, too:'
        )
    return _of_tasks()[step.task]


@functools.cache
def _of_tasks() -> Mapping[repairs.Task, str]:
    return {**_of_guests(), **_of_files(), **_of_backing_files()}


def _of_guests() -> Mapping[repairs.Task, str]:
    return {
        _Task.STOP: _(
            'Stop the guest, and wait until it is SHUTOFF. What was seen '
            'before that does not count, since a guest that runs can write '
            'to its disks:'
        ),
        _Task.REBOOT: _('Start it, so that Nova makes the XML anew:'),
        _Task.REVERT: _(
            'If the guest works where it is now, confirm the move, with '
            '"openstack server resize confirm". If it does not, take the '
            'move back: the disks are here as they were before.'
        ),
    }


def _of_files() -> Mapping[repairs.Task, str]:
    return {
        _Task.CONVERT: _(
            "Convert it as QEMU's user, which is called qemu on some systems; "
            'owner and mode stay:'
        ),
        _Task.WRITE_DISK_INFO: _(
            'As root, write disk.info anew, as Nova writes it: for nova, and '
            'with mode 0644. Nova must not be busy with the guest meanwhile:'
        ),
    }


def _of_backing_files() -> Mapping[repairs.Task, str]:
    return {
        _Task.MAKE_SWAP: _(
            'As root, make the backing file of the swap disk, as Nova does:'
        ),
        _Task.FETCH_IMAGE: _(
            'As root, put the image back that the guest was made from, in '
            'the format that the disk expects. "openstack server show" tells '
            'its ID; if it is not the right one, nothing is done. An image '
            'that is neither raw nor qcow2, or is gone from Glance, has to '
            'come from another host: copy the file of the same name and '
            'format from its image cache.'
        ),
        _Task.COPY_BACKING: _(
            'As root, copy the backing file back, which QEMU has open as '
            'long as the guest runs. If it does not run, copy the file of '
            'the same name from the host that it came from, or from a '
            'backup: one that is formatted anew does not fit.'
        ),
        _Task.NAME_BACKING: _(
            'As root, write into the header of the disk which format the '
            "backing file has; QEMU's user is called qemu on some systems. "
            'Owner and mode stay, and nothing but the header changes:'
        ),
    }


def _look_for_converted(disk: inventory.GuestDisk) -> str:
    sentence = _(
        'As root, look at %(disk)s again. Go on only if all of this is true, '
        'else leave it alone, as it may be an attack: the size of the file '
        'is not %(size)d bytes; 0000000 has 51 46 49 fb 00 00 00 03; 0000008 '
        'and 0000072 are 00 throughout, and so are the first halves of '
        '0000016 and 0000032; 0000024 has %(bytes)s.'
    )
    size = disk.flavor_size or 0
    return sentence % {
        'disk': disk.name,
        'size': size,
        'bytes': size.to_bytes(8, 'big').hex(' '),
    }


def _look_for_raw(disk: inventory.GuestDisk) -> str:
    sentence = _(
        'As root, look at %(disk)s again. Go on only if 0000000 does not '
        'begin with 51 46 49 fb; if it does, the guest has written that '
        'since, and it may be an attack.'
    )
    return sentence % {'disk': disk.name}
