# SPDX-License-Identifier: Apache-2.0

"""What Nova makes of disks that are there, whatever state they are in.

`operations` is the model, for all that a guest could do to a disk. Here it
is asked about one that somebody has looked at: what happens if the guest
writes nothing more. tests/nova compares it with Nova. Paths are those of
Nova 34.0.0.
"""

from __future__ import annotations

from nova_cow_check.nova import backends
from nova_cow_check.nova import harms
from nova_cow_check.nova import operations

_B = backends.Backend
_RAW, _QCOW2 = backends.DiskFormat.RAW, backends.DiskFormat.QCOW2
_H = harms.Harm

#: Nova's own program reads the disk then, and fails; the guest goes on.
_UNREADABLE_BY_QEMU_IMG = frozenset(
    {
        _H.DOES_NOT_START,
        _H.MISSING_BACKING_FILE,
        _H.UNREADABLE_BACKING_FILE,
    }
)


def restart(
    file: operations.DiskFile,
    host: backends.Behaviour,
    is_opaque: bool = False,
) -> harms.Harm:
    """Return what a guest meets that is stopped and started now.

    By a user: the start of the host makes no missing backing files.

    :param host: one with a backend of operations.FILE_BACKENDS
    :param is_opaque: whether qemu-img fails on the disk if it is not told
        that it is raw

    Source: nova/virt/libvirt/driver.py, _hard_reboot,
    _get_instance_disk_info_from_config and _create_images_and_backing.
    """
    after = operations.restarted(file, host)
    if is_opaque and after.xml is _QCOW2:
        # Nova asks qemu-img for its size.
        return _H.REFUSED
    if after.backing is None or after.base is not None:
        return _as_it_is(after)
    is_qcow2 = host.backend is _B.QCOW2
    if file.disk is operations.Disk.SWAP and is_qcow2:
        # "swap_8" looks like an image of 8 GiB of an old release; Nova wants
        # to make a larger one of it, of which only qcow2 is made.
        return _H.REFUSED
    if file.disk in operations.ROOTS or is_qcow2:
        made_by = host._replace(backend=_B.QCOW2)
        after = after._replace(base=operations.new(file.disk, made_by).base)
    return _as_it_is(after)


def move(file: operations.DiskFile, host: backends.Behaviour) -> harms.Harm:
    """Return what a guest meets after a cold migration to a host.

    :param host: one with a backend of operations.FILE_BACKENDS, which has
        none of its backing files yet
    """
    harm = _as_it_is(operations.moved(file, host))
    # The flavor, and with it the size, stays.
    return _H.STALE_DISK_INFO if harm is _H.CANNOT_GROW else harm


def snapshot(file: operations.DiskFile) -> harms.Harm:
    """Return what becomes of a snapshot of a guest that is stopped.

    NEVER_BOOTS is said of what is made of the image; READS_HOST_FILES of a
    disk whose header puts files of the host into the image.

    Source: nova/virt/libvirt/driver.py, snapshot, which has the backend read
    the disk that the XML names: that of raw goes by disk.info.
    """
    if file.xml not in (_RAW, _QCOW2):
        # There is no backend of that name.
        return _H.REFUSED
    backend = _B.FLAT if file.xml is _RAW else _B.QCOW2
    read_by = backends.Behaviour(backend, False, True)
    harm = _as_it_is(operations.restarted(file, read_by))
    if harm in _UNREADABLE_BY_QEMU_IMG:
        return _H.REFUSED
    return _H.FINE if harm.outcome is harms.Outcome.FINE else harm


def second_rescue(
    recorded: backends.DiskFormat,
    disk: operations.Disk,
    host: backends.Behaviour,
) -> harms.Harm:
    """Return what a guest meets that is rescued again.

    The disk of the first rescue is gone, its entry in disk.info is not.

    :param recorded: what that says
    :param disk: which image the guest is rescued with
    :param host: one with a backend of operations.FILE_BACKENDS
    """
    made = operations.new(disk, host)._replace(recorded=recorded)
    return _as_it_is(operations.restarted(made, host))


def _as_it_is(file: operations.DiskFile) -> harms.Harm:
    """Return what a guest meets that writes nothing beforehand.

    A header that it wrote already is all that it can have believed.
    """
    is_believed = file.looks is not None and file.looks is file.xml
    harm = operations.harm_of(file._replace(header_is_guests=is_believed))
    return _H.STALE_DISK_INFO if harm is _H.CANNOT_GROW else harm
