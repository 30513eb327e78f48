# SPDX-License-Identifier: Apache-2.0

"""What becomes of a guest, in words: outcome, harm, and how it shows."""

from __future__ import annotations

from collections.abc import Mapping
import enum
import types


class Outcome(enum.IntEnum):
    """How bad an operation is, the worst last."""

    FINE = 0
    #: The guest does not start, never boots or lacks a disk, or the move
    #: fails.
    BREAKS = 1
    #: The guest reads or changes files of the host, reads wrong bytes, or
    #: loses its data.
    UNSAFE = 2


class How(enum.Enum):
    """What somebody sees who looks for a guest that is not fine.

    Run with guests that boot, on a real libvirt and QEMU.
    """

    #: The guest stays as it is.
    NOVA_REFUSES = 'Nova refuses'
    #: The instance is in the state ERROR.
    MOVE_FAILS = 'move fails'
    #: QEMU cannot open a disk: the instance is in the state ERROR.
    LIBVIRT_REFUSES = 'libvirt refuses'
    #: Nova reports ACTIVE, the console stays silent, nothing logs an error.
    NEVER_BOOTS = 'never boots'
    #: The guest boots, and cannot use one of its disks.
    LACKS_A_DISK = 'lacks a disk'
    WRONG_DATA = 'wrong data'
    DATA_LOST = 'data lost'
    #: If the guest prepared that. If not, libvirt refuses, but for a disk that
    #: an earlier move has made qcow2, which is fine.
    HOST_FILES = 'host files'
    #: The live migration ends, and the guest stays where it is, as it is.
    LIVE_REFUSED = 'live migration refused'
    #: Nova finds no disk of the guest: the instance is in the state ERROR.
    START_FAILS = 'start fails'
    #: The guest runs on until it is stopped and started, or rebooted hard.
    AT_RESTART = 'at the next restart'


#: What only live migrations, and starts after them, lead to.
OF_LIVE_MIGRATIONS = frozenset(
    {How.LIVE_REFUSED, How.START_FAILS, How.AT_RESTART}
)


class Harm(enum.Enum):
    """What becomes of a disk."""

    FINE = 'fine'
    #: disk.info names a format that the disk no longer has: the next host
    #: with the flat backend will believe it.
    STALE_DISK_INFO = 'stale disk.info'
    #: The same, and a resize that makes the disk larger fails.
    CANNOT_GROW = 'cannot grow'
    #: The XML says qcow2, or ploop, and the disk is none: QEMU cannot open it.
    DOES_NOT_START = 'does not start'
    #: What the guest is to boot from begins with a qcow2 header.
    NEVER_BOOTS = 'never boots'
    #: The guest starts, and finds a qcow2 header where its data was.
    UNREADABLE = 'unreadable'
    MISSING_BACKING_FILE = 'missing backing file'
    #: The backing file is raw, and the disk expects qcow2.
    UNREADABLE_BACKING_FILE = 'unreadable backing file'
    #: Nova refuses what is asked for, and the instance stays as it is; one
    #: that was to be restarted is stopped by then.
    REFUSED = 'refused'
    #: The instance ends in the state ERROR.
    MOVE_FAILS = 'move fails'
    #: QEMU refuses a live migration, and the guest stays as it is.
    LIVE_REFUSED = 'live migration refused'
    #: Nova looks for the disk where another backend would have put it.
    START_FAILS = 'start fails'
    #: One of the hosts has settings with which nova-compute does not start.
    NOVA_COMPUTE_STOPPED = 'nova-compute stopped'
    #: The backing file is qcow2, and is read as if it were raw.
    WRONG_DATA = 'wrong data'
    #: The guest owns the bytes that QEMU takes for a qcow2 header: it reads
    #: or changes files of the host.
    READS_HOST_FILES = 'reads host files'
    #: The guest gets a new disk in place of the one that it had.
    DATA_LOST = 'data lost'

    # Asked of each disk of a host; that of enum.Enum is made in Python.
    __hash__ = object.__hash__

    @property
    def outcome(self) -> Outcome:
        """How bad it is."""
        return _OUTCOMES[self]

    @property
    def how(self) -> How | None:
        """How it shows, None if the guest is fine where it is."""
        return _HOWS[self]


_HOWS: Mapping[Harm, How | None] = types.MappingProxyType(
    {
        Harm.FINE: None,
        Harm.STALE_DISK_INFO: None,
        Harm.CANNOT_GROW: How.MOVE_FAILS,
        Harm.DOES_NOT_START: How.LIBVIRT_REFUSES,
        Harm.NEVER_BOOTS: How.NEVER_BOOTS,
        Harm.UNREADABLE: How.LACKS_A_DISK,
        Harm.MISSING_BACKING_FILE: How.LIBVIRT_REFUSES,
        Harm.UNREADABLE_BACKING_FILE: How.LIBVIRT_REFUSES,
        Harm.REFUSED: How.NOVA_REFUSES,
        Harm.MOVE_FAILS: How.MOVE_FAILS,
        Harm.LIVE_REFUSED: How.LIVE_REFUSED,
        Harm.START_FAILS: How.START_FAILS,
        Harm.NOVA_COMPUTE_STOPPED: How.NOVA_REFUSES,
        Harm.WRONG_DATA: How.WRONG_DATA,
        Harm.READS_HOST_FILES: How.HOST_FILES,
        Harm.DATA_LOST: How.DATA_LOST,
    }
)

_OUTCOMES: Mapping[Harm, Outcome] = types.MappingProxyType(
    {
        **dict.fromkeys(Harm, Outcome.BREAKS),
        Harm.FINE: Outcome.FINE,
        Harm.STALE_DISK_INFO: Outcome.FINE,
        Harm.WRONG_DATA: Outcome.UNSAFE,
        Harm.READS_HOST_FILES: Outcome.UNSAFE,
        Harm.DATA_LOST: Outcome.UNSAFE,
    }
)
