# SPDX-License-Identifier: Apache-2.0

"""What guests that have prepared their root disk read of their host."""

from __future__ import annotations

from collections.abc import Callable
import pathlib
import subprocess
from typing import Any

import pytest

from nova_cow_check.nova import operations
from tests.guests import choice
from tests.guests import cloud
from tests.guests import intruders
from tests.nova import cases

#: What the model knows of such a guest's root disk.
_RAW_DISK = operations.new(
    operations.Disk.ROOT_FROM_RAW_IMAGE, intruders.FLAT.behaviour
)


@pytest.fixture
def intruder(
    two_hosts: cloud.Cloud, tmp_path: pathlib.Path
) -> intruders.Intruder:
    return intruders.Intruder(two_hosts, tmp_path)


def restarted(settings: cases.Settings) -> operations.DiskFile:
    """Return the disk when the host has other settings."""
    return operations.restarted(_RAW_DISK, settings.behaviour)


def moved(settings: cases.Settings) -> operations.DiskFile:
    """Return the disk on another host."""
    return operations.moved(_RAW_DISK, settings.behaviour)


def is_unsafe(file: operations.DiskFile) -> bool:
    """Tell whether the guest gets what it wants, as is told beforehand."""
    return operations.harm_of(file) is operations.Harm.READS_HOST_FILES


def one_each(
    become: Callable[[cases.Settings], operations.DiskFile],
) -> list[Any]:
    return choice.one_each(cases.HOSTS, lambda one: frozenset({become(one)}))


@pytest.mark.parametrize('settings', one_each(restarted))
def test_hard_reboot(
    intruder: intruders.Intruder, settings: cases.Settings
) -> None:
    """The host has got other settings since."""
    intruder.guest.host.configure(cloud.settings_text(settings))
    intruder.guest.do('hard_reboot')
    assert intruder.reads_host() is is_unsafe(restarted(settings))


@pytest.mark.parametrize('settings', one_each(moved))
def test_cold_migration(
    two_hosts: cloud.Cloud,
    intruder: intruders.Intruder,
    settings: cases.Settings,
) -> None:
    two_hosts.second.configure(cloud.settings_text(settings))
    intruder.guest.resize(two_hosts.second)
    assert intruder.reads_host() is is_unsafe(moved(settings))


@pytest.mark.parametrize('settings', one_each(restarted))
def test_rescue(
    intruder: intruders.Intruder, settings: cases.Settings
) -> None:
    """A guest in rescue has its own disk as the second one."""
    intruder.guest.host.configure(cloud.settings_text(settings))
    intruder.guest.do('rescue')
    words = intruder.guest.words((cloud.Disk.RESCUE, cloud.Disk.ROOT))
    assert words is not None
    assert words.disks[cloud.Disk.RESCUE].text == cloud.TEXT
    assert (
        words.disks[cloud.Disk.ROOT].text == intruders.SECRET
    ) is is_unsafe(restarted(settings))


@pytest.mark.parametrize('is_running', [True, False])
@pytest.mark.parametrize('settings', one_each(restarted))
def test_snapshot(
    intruder: intruders.Intruder, settings: cases.Settings, is_running: bool
) -> None:
    """What Glance gets of a guest, be it a cold or a live snapshot."""
    intruder.guest.host.configure(cloud.settings_text(settings))
    intruder.guest.do('hard_reboot')
    intruder.guest.words()
    if not is_running:
        intruder.guest.do('stop')
    made = pathlib.Path(intruder.guest.do('snapshot'))
    plain = made.with_suffix('.plain')
    # Nova has read it as the XML says, and made it of that format. Of a raw
    # one, qemu-img must not believe the header, either.
    made_as = 'qcow2' if settings.images_type == 'qcow2' else 'raw'
    words = ['qemu-img', 'convert', '-f', made_as, '-O', 'raw', made, plain]
    subprocess.run(words, check=True)
    has_secret = intruders.SECRET.encode() in plain.read_bytes()
    assert has_secret is is_unsafe(restarted(settings))
