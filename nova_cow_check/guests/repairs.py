# SPDX-License-Identifier: Apache-2.0

"""What to do about a guest that is broken: which way, step by step.

Nothing here is ever run by this package. The commands that look at a disk
and convert it are those of the pages of flat-disks-converted and
raw-disks-opened-as-qcow2. A guest that runs can write any header between a
look and a repair, so that it is stopped first and looked at again, and no
backing file is read whatever the header says by then. tests/nova runs all
commands.
"""

from __future__ import annotations

from collections.abc import Iterator
import enum
import re
import shlex
from typing import NamedTuple

from nova_cow_check.guests import conditions
from nova_cow_check.guests import inventory
from nova_cow_check.guests import new_records
from nova_cow_check.guests import prospects
from nova_cow_check.guests import signs
from nova_cow_check.nova import backends
from nova_cow_check.nova import harms

_C = conditions.Condition
_RAW = backends.DiskFormat.RAW
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
    #: disk.info is written anew, with what the disks are.
    WRITE_DISK_INFO = 'write-disk-info'
    #: The same, once the disks have been converted.
    AFTERWARDS = 'afterwards'
    #: The backing file is put back, in the format that the disk names.
    BACKING_BACK = 'backing-back'
    #: The disk is told the format that its backing file has.
    NAME_BACKING = 'name-backing'
    #: Do not touch, and do not start: it may be an attack.
    INCIDENT = 'incident'
    #: Another disk of the guest may be an attack: nothing starts it.
    AFTER_THE_INCIDENT = 'after-the-incident'
    #: Somebody has to look first.
    LOOK = 'look'
    #: Nothing, as long as it stays where it is.
    NOTHING = 'nothing'


class Task(enum.Enum):
    """What one step of a repair does."""

    STOP = 'stop'
    #: Look at a disk that should be qcow2, made by a conversion.
    LOOK_FOR_CONVERTED = 'look-for-converted'
    #: Look at a disk that should be raw.
    LOOK_FOR_RAW = 'look-for-raw'
    CONVERT = 'convert'
    WRITE_DISK_INFO = 'write-disk-info'
    #: Make the backing file of a swap disk, as Nova does.
    MAKE_SWAP = 'make-swap'
    #: Fetch the image that a backing file was made from.
    FETCH_IMAGE = 'fetch-image'
    #: Copy a backing file that cannot be made anew.
    COPY_BACKING = 'copy-backing'
    NAME_BACKING = 'name-backing'
    REBOOT = 'reboot'
    REVERT = 'revert'


class Step(NamedTuple):
    """One step, for a shell of root's."""

    task: Task
    commands: str
    #: What it is done to; None where that is the guest.
    disk: inventory.GuestDisk | None = None


class Place(NamedTuple):
    """Where the disks of a host are, as Nova names it."""

    instances_path: str
    #: Name of the image cache in it.
    cache: str = inventory.CACHE

    def folder(self, uuid: str) -> str:
        """Return the directory of a guest."""
        return f'{self.instances_path.rstrip("/")}/{uuid}'

    @property
    def cache_folder(self) -> str:
        return self.folder(self.cache)


_ALWAYS = {
    _C.HEADER_BELIEVED: Way.INCIDENT,
    _C.FOREIGN: Way.INCIDENT,
    _C.HEADER_WRITTEN: Way.NOTHING,
    _C.BACKEND_CHANGED: Way.BACKEND_BACK,
    _C.BREAKS_AT_MOVE: Way.NOTHING,
    _C.MOVE_UNCONFIRMED: Way.REVERT,
    _C.WITHOUT_DOMAIN: Way.NOTHING,
    _C.NOT_READ: Way.LOOK,
}

_ABOUT_RECORDS = frozenset({_C.INFO_UNUSABLE, _C.INFO_WRONG, _C.INFO_MISSING})

#: After their repair, a disk has another format.
_CONVERTED = frozenset({_C.CONVERTED, _C.OPENED_AS_QCOW2})

#: Nova stops it after the command has ended: a minute later, or more.
_STOP = """\
openstack server stop {uuid}
until openstack server show -f value -c status \\
    {uuid} | grep -x SHUTOFF
do sleep 2; done"""

_LOOK = """\
name={name} &&
stat -c '%s bytes' $name &&
od -A d -v -t x1 -w8 -N 80 $name"""

#: Each command goes on to the next one only if it went well: a disk that is
#: converted by half must not take the place of the whole one.
_PREPARE = 'install -d -o libvirt-qemu -m 700 repair &&'

_TO_RAW = """\
sudo -u libvirt-qemu qemu-img convert -O raw \\
    'json:{"driver": "qcow2", "backing": null, "file":
     {"driver": "file", "filename": "'$name'"}}' repair/$name &&"""

_TO_QCOW2 = """\
sudo -u libvirt-qemu qemu-img convert -f raw -O qcow2 \\
    $name repair/$name &&"""

#: Nothing but the header is written, and no backing file opened.
_NAME_BACKING = """\
sudo -u libvirt-qemu cp --sparse=always $name repair/$name &&
sudo -u libvirt-qemu qemu-img rebase -u -f qcow2 -F {format} \\
    -b {backing} repair/$name &&"""

_REPLACE = """\
chown --reference=$name repair/$name &&
chmod --reference=$name repair/$name &&
mv repair/$name $name &&
rmdir repair"""

_CONVERSIONS = {
    Way.CONVERT_TO_RAW: _TO_RAW,
    Way.CONVERT_TO_QCOW2: _TO_QCOW2,
}

#: As Nova writes it: a new file in place of the old one. It is nova's, as
#: the directory is, so that QEMU cannot write it.
_WRITE_DISK_INFO = """\
cd {folder} &&
cat > disk.info.new <<'END' &&
{content}
END
chown --reference=. disk.info.new &&
chmod 644 disk.info.new &&
mv disk.info.new disk.info"""

#: As Nova writes it: nova/virt/libvirt/driver.py, _create_swap.
_MAKE_SWAP = """\
cd {folder} &&
truncate -s {size}M {name} &&
mkswap {name} &&
chown --reference=. {name} &&
chmod 644 {name}"""

#: The name of a backing file is the SHA-1 of the image's id.
_FETCH = """\
image=ID-OF-THE-IMAGE
cd {folder} &&
printf %s $image | sha1sum --check <(echo '{name}  -') &&
install -d -o libvirt-qemu -m 700 repair &&
openstack image save --file repair/image $image &&
chmod 644 repair/image &&"""

_MAKE_RAW = """\
if [ "$(openstack image show -f value -c disk_format $image)" != raw ]; then
    sudo -u libvirt-qemu qemu-img convert -O raw \\
        'json:{{"driver": "qcow2", "backing": null, "file":
         {{"driver": "file", "filename": "repair/image"}}}}' repair/raw &&
    mv repair/raw repair/image
fi &&"""

_PUT_BACK = """\
chown --reference=. repair/image &&
mv repair/image {name} &&
rmdir repair"""

#: What QEMU has open is there as long as the guest runs.
_COPY_BACKING = """\
cd {folder} &&
open=$(find /proc/[0-9]*/fd -lname {open} | head -n 1) &&
mkdir -p repair &&
cp --sparse=always "$open" repair/{name} &&
chown --reference=. repair/{name} &&
chmod 644 repair/{name} &&
mv repair/{name} {name} &&
rmdir repair"""

_SWAP = re.compile(r'swap_([1-9][0-9]{0,8})')
_IMAGE = re.compile(r'[0-9a-f]{40}')

#: A guest can write any other name into a header, and commands do not have
#: it.
_PLAIN = re.compile(r'[0-9A-Za-z_][0-9A-Za-z_.-]{0,254}')


def way_of(
    trouble: conditions.Trouble,
    ahead: prospects.GuestProspects,
    host: backends.Behaviour,
) -> Way:
    """Return how a trouble of a guest is ended.

    :param ahead: what the trouble was found in
    :param host: what Nova goes by on the host now
    """
    if trouble.condition is _C.BACKEND_CHANGED and not trouble.is_certain:
        return Way.LOOK
    if trouble.condition in _ALWAYS:
        return _ALWAYS[trouble.condition]
    if trouble.condition in _ABOUT_RECORDS:
        return _way_of_records(trouble, ahead, host)
    way = _way_of_disks(trouble, ahead, host)
    told = conditions.of_guest(ahead)
    if way is not Way.LOOK and any(_is_incident(one) for one in told):
        return Way.AFTER_THE_INCIDENT
    return way


def _is_incident(trouble: conditions.Trouble) -> bool:
    return _ALWAYS.get(trouble.condition) is Way.INCIDENT


def _way_of_disks(
    trouble: conditions.Trouble,
    ahead: prospects.GuestProspects,
    host: backends.Behaviour,
) -> Way:
    """Return how disks are repaired, at the end of which the guest starts."""
    its = [one for one in ahead.disks if one.disk.name in trouble.disks]
    names = [one.disk.backing.name for one in its if one.disk.backing]
    if not trouble.is_certain or not all(map(_PLAIN.fullmatch, names)):
        return Way.LOOK
    if trouble.condition is _C.BACKING_WRONG:
        is_qcow2 = all(one.disk.xml == 'qcow2' for one in its)
        return Way.NAME_BACKING if is_qcow2 else Way.LOOK
    if trouble.condition is _C.BACKING_MISSING:
        is_made = all(map(_is_made_by_a_restart, its))
        return Way.REBOOT if is_made else Way.BACKING_BACK
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


def _way_of_records(
    trouble: conditions.Trouble,
    ahead: prospects.GuestProspects,
    host: backends.Behaviour,
) -> Way:
    ways = {
        way_of(one, ahead, host)
        for one in conditions.of_guest(ahead)
        if one.condition in _CONVERTED
    }
    if trouble.condition is not _C.INFO_UNUSABLE and ways & {*_CONVERSIONS}:
        return Way.AFTERWARDS
    is_known = new_records.of(ahead, trouble.disks) is not None
    return Way.WRITE_DISK_INFO if is_known else Way.LOOK


def _is_made_by_a_restart(one: prospects.DiskProspects) -> bool:
    """Return whether Nova makes a backing file anew, with the same bytes.

    That of an ephemeral disk is formatted, and no two file systems are alike.
    """
    is_root = one.disk.kind is inventory.Kind.ROOT
    return is_root and one.restart.outcome is _FINE


def stop(guest: inventory.Guest) -> str:
    """Return the commands to stop a guest, and to wait until it has."""
    return _STOP.format(uuid=guest.uuid)


def look(guest: inventory.Guest, name: str, place: Place) -> str:
    """Return the commands to look at a disk, with nothing that believes it."""
    folder = shlex.quote(place.folder(guest.uuid))
    return f'cd {folder} &&\n' + _LOOK.format(name=shlex.quote(name))


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


def steps(
    way: Way,
    ahead: prospects.GuestProspects,
    names: tuple[str, ...],
    place: Place,
) -> tuple[Step, ...]:
    """Return all steps of a repair, in order; none where none are known.

    :param names: of the disks concerned
    """
    guest = ahead.guest
    its = [one.disk for one in ahead.disks if one.disk.name in names]
    if way is Way.REVERT:
        return (Step(Task.REVERT, revert(guest)),)
    if way is Way.WRITE_DISK_INFO:
        return (_write_disk_info(ahead, names, place),)
    if way is Way.BACKEND_BACK:
        return tuple(_missing_records(ahead, names, place))
    if way is Way.BACKING_BACK:
        return (
            *(
                _backing_back(one.disk, place)
                for one in ahead.disks
                if one.disk in its and not _is_made_by_a_restart(one)
            ),
            Step(Task.REBOOT, reboot(guest)),
        )
    if way is Way.REBOOT:
        return (Step(Task.REBOOT, reboot(guest)),)
    if way is Way.NAME_BACKING or way in _CONVERSIONS:
        return (
            Step(Task.STOP, stop(guest)),
            *_to_files(way, ahead, its, place),
            Step(Task.REBOOT, reboot(guest)),
        )
    return ()


def commands(
    way: Way,
    ahead: prospects.GuestProspects,
    names: tuple[str, ...],
    place: Place,
) -> tuple[str, ...]:
    """Return all commands of a repair; parameters are those of `steps`."""
    return tuple(one.commands for one in steps(way, ahead, names, place))


def _to_files(
    way: Way,
    ahead: prospects.GuestProspects,
    its: list[inventory.GuestDisk],
    place: Place,
) -> Iterator[Step]:
    """Yield what is done to the disks of a guest that is stopped."""
    for disk in its:
        if way is Way.NAME_BACKING:
            yield Step(
                Task.NAME_BACKING, _name(ahead.guest, disk, place), disk
            )
            continue
        seen = Task.LOOK_FOR_RAW
        if way is Way.CONVERT_TO_RAW:
            seen = Task.LOOK_FOR_CONVERTED
        yield Step(seen, look(ahead.guest, disk.name, place), disk)
        yield Step(Task.CONVERT, convert(way), disk)
    if way is Way.CONVERT_TO_QCOW2:
        names = tuple(disk.name for disk in its)
        yield _write_disk_info(ahead, names, place, frozenset(names))


def _missing_records(
    ahead: prospects.GuestProspects, names: tuple[str, ...], place: Place
) -> Iterator[Step]:
    """Yield how raw disks are recorded that a flat backend would guess."""
    raw = (signs.Sign.RAW, signs.Sign.WRITTEN)
    lacking = tuple(
        one.disk.name
        for one in ahead.disks
        if one.disk.name in names
        and one.disk.recorded is None
        and one.reading.sign in raw
    )
    if lacking and new_records.of(ahead, lacking) is not None:
        yield _write_disk_info(ahead, lacking, place)


def _write_disk_info(
    ahead: prospects.GuestProspects,
    names: tuple[str, ...],
    place: Place,
    made_qcow2: frozenset[str] = frozenset(),
) -> Step:
    records = new_records.of(ahead, names, made_qcow2)
    assert records is not None
    folder = place.folder(ahead.guest.uuid)
    content = new_records.text(records, folder)
    text = _WRITE_DISK_INFO.format(folder=shlex.quote(folder), content=content)
    return Step(Task.WRITE_DISK_INFO, text)


def _name(
    guest: inventory.Guest, disk: inventory.GuestDisk, place: Place
) -> str:
    backing = disk.backing
    assert backing is not None and backing.format is not None
    path = f'{place.cache_folder}/{backing.name}'
    return '\n'.join(
        [
            f'cd {shlex.quote(place.folder(guest.uuid))} &&',
            f'name={shlex.quote(disk.name)} &&',
            _PREPARE,
            _NAME_BACKING.format(
                format=backing.format.value, backing=shlex.quote(path)
            ),
            _REPLACE,
        ]
    )


def _backing_back(disk: inventory.GuestDisk, place: Place) -> Step:
    """Return how a backing file that is missing is put back."""
    backing = disk.backing
    assert backing is not None
    folder, name = shlex.quote(place.cache_folder), shlex.quote(backing.name)
    swap = _SWAP.fullmatch(backing.name)
    if swap:
        text = _MAKE_SWAP.format(folder=folder, size=swap[1], name=name)
        return Step(Task.MAKE_SWAP, text, disk)
    if not _IMAGE.fullmatch(backing.name):
        text = _COPY_BACKING.format(
            folder=folder,
            name=name,
            open=shlex.quote(f'*/{backing.name} (deleted)'),
        )
        return Step(Task.COPY_BACKING, text, disk)
    parts = [_FETCH, _PUT_BACK]
    if backing.told is _RAW:
        parts.insert(1, _MAKE_RAW)
    text = '\n'.join(parts).format(folder=folder, name=name)
    return Step(Task.FETCH_IMAGE, text, disk)
