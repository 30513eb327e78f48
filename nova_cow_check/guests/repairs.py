# SPDX-License-Identifier: Apache-2.0

"""What to do about a guest that is broken: which way, and the commands.

Nothing here is ever run by this package. The commands are those of the pages
of flat-disks-converted and raw-disks-opened-as-qcow2, where tests/nova runs
them: a guest that runs can write any header between a look and a repair, so
that it is stopped first and looked at again, and no backing file is read
whatever the header says by then.
"""

from __future__ import annotations

import enum
import shlex

from nova_cow_check.guests import conditions
from nova_cow_check.guests import inventory
from nova_cow_check.guests import prospects
from nova_cow_check.guests import signs
from nova_cow_check.nova import backends
from nova_cow_check.nova import harms

_C = conditions.Condition
_FINE = harms.Outcome.FINE


class Way(enum.Enum):
    """How a guest is repaired."""

    #: The source still has the disks as they were.
    REVERT = 'revert'
    #: Nova makes the XML anew, from what is right on the host.
    REBOOT = 'reboot'
    #: qcow2 to raw, as before the move.
    CONVERT_TO_RAW = 'convert-to-raw'
    #: raw to qcow2, as the move should have done.
    CONVERT_TO_QCOW2 = 'convert-to-qcow2'
    #: Settings of the host as they were when the disks were made.
    BACKEND_BACK = 'backend-back'
    #: disk.info is written by hand, once the disk is known.
    WRITE_DISK_INFO = 'write-disk-info'
    #: The backing file is put back, in the format that the disk names.
    BACKING_BACK = 'backing-back'
    #: Do not touch, and do not start: it may be an attack.
    INCIDENT = 'incident'
    #: Somebody has to look first.
    LOOK = 'look'
    #: Nothing, as long as it stays where it is.
    NOTHING = 'nothing'


_ALWAYS = {
    _C.HEADER_BELIEVED: Way.INCIDENT,
    _C.FOREIGN: Way.INCIDENT,
    _C.HEADER_WRITTEN: Way.NOTHING,
    _C.INFO_UNUSABLE: Way.WRITE_DISK_INFO,
    _C.INFO_WRONG: Way.WRITE_DISK_INFO,
    _C.INFO_MISSING: Way.WRITE_DISK_INFO,
    _C.BACKING_MISSING: Way.BACKING_BACK,
    _C.BACKING_WRONG: Way.BACKING_BACK,
    _C.BACKEND_CHANGED: Way.BACKEND_BACK,
    _C.BREAKS_AT_MOVE: Way.NOTHING,
    _C.MOVE_UNCONFIRMED: Way.REVERT,
    _C.WITHOUT_DOMAIN: Way.NOTHING,
    _C.NOT_READ: Way.LOOK,
}

_LOOK = """\
name={name}
stat -c '%s bytes' $name
od -A d -v -t x1 -w8 -N 80 $name"""

_PREPARE = 'install -d -o libvirt-qemu -m 700 repair'

_TO_RAW = """\
sudo -u libvirt-qemu qemu-img convert -O raw \\
    'json:{"driver": "qcow2", "backing": null, "file":
     {"driver": "file", "filename": "'$name'"}}' repair/$name"""

_TO_QCOW2 = """\
sudo -u libvirt-qemu qemu-img convert -f raw -O qcow2 \\
    $name repair/$name"""

_REPLACE = """\
chown --reference=$name repair/$name
chmod --reference=$name repair/$name
mv repair/$name $name
rmdir repair"""

_CONVERSIONS = {
    Way.CONVERT_TO_RAW: _TO_RAW,
    Way.CONVERT_TO_QCOW2: _TO_QCOW2,
}


def way_of(
    trouble: conditions.Trouble,
    ahead: prospects.GuestProspects,
    host: backends.Behaviour,
) -> Way:
    """Return how a trouble of a guest is ended.

    :param ahead: what the trouble was found in
    :param host: what Nova goes by on the host now
    """
    if trouble.condition in _ALWAYS:
        return _ALWAYS[trouble.condition]
    if not trouble.is_certain:
        return Way.LOOK
    its = [one for one in ahead.disks if one.disk.name in trouble.disks]
    if all(one.restart.outcome is _FINE for one in its):
        return Way.REBOOT
    is_flat = host.backend is backends.Backend.FLAT
    if trouble.condition is _C.CONVERTED:
        return Way.CONVERT_TO_RAW if is_flat else Way.LOOK
    is_raw = all(
        one.reading.sign is signs.Sign.RAW and one.disk.recorded == 'raw'
        for one in its
    )
    is_qcow2 = host.backend is backends.Backend.QCOW2
    return Way.CONVERT_TO_QCOW2 if is_raw and is_qcow2 else Way.LOOK


def stop(guest: inventory.Guest) -> str:
    """Return the command to stop a guest."""
    return f'openstack server stop {guest.uuid}'


def look(guest: inventory.Guest, name: str, instances_path: str) -> str:
    """Return the commands to look at a disk, with nothing that believes it.

    :param instances_path: as Nova names it
    """
    folder = shlex.quote(f'{instances_path.rstrip("/")}/{guest.uuid}')
    return f'cd {folder}\n' + _LOOK.format(name=shlex.quote(name))


def convert(way: Way) -> str:
    """Return the commands to convert the disk that `look` was about.

    Owner and mode of the file stay.

    :raises KeyError: for a way that converts nothing
    """
    return '\n'.join([_PREPARE, _CONVERSIONS[way], _REPLACE])


def reboot(guest: inventory.Guest) -> str:
    """Return the command that has Nova make the XML anew."""
    return f'openstack server reboot --hard {guest.uuid}'


def revert(guest: inventory.Guest) -> str:
    """Return the command to take a move back that is not confirmed."""
    return f'openstack server resize revert {guest.uuid}'


def commands(
    way: Way,
    guest: inventory.Guest,
    names: tuple[str, ...],
    instances_path: str,
) -> tuple[str, ...]:
    """Return all commands of a repair, in order; none where none are known.

    :param names: of the disks concerned
    :param instances_path: as Nova names it
    """
    if way is Way.REVERT:
        return (revert(guest),)
    if way is Way.REBOOT:
        return (reboot(guest),)
    if way not in _CONVERSIONS:
        return ()
    steps = [stop(guest)]
    for name in names:
        steps += [look(guest, name, instances_path), convert(way)]
    return (*steps, reboot(guest))
