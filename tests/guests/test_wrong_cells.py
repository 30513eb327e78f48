# SPDX-License-Identifier: Apache-2.0

"""The tests fail if the model is wrong: each kind of them does."""

from __future__ import annotations

from collections.abc import Callable
import pathlib
from typing import Any

import pytest

from nova_cow_check.nova import backends
from nova_cow_check.nova import operations
from tests.guests import cloud
from tests.guests import intruders
from tests.guests import journeys
from tests.guests import test_boots
from tests.guests import test_live_migration
from tests.guests import test_moves
from tests.guests import test_repairs
from tests.guests import test_replacements
from tests.guests import test_shared_storage
from tests.guests import test_unsafe
from tests.nova import cases
from tests.nova import pages

_OTHER = {
    backends.DiskFormat.RAW: backends.DiskFormat.QCOW2,
    backends.DiskFormat.QCOW2: backends.DiskFormat.RAW,
}

FLAT = cases.Settings('flat', False, True)
QCOW2 = cases.Settings('qcow2', True, True)


def journey(*route: cases.Settings) -> journeys.Journey:
    return journeys.Journey('raw', cloud.ALL_DISKS, route)


def boot(two_hosts: cloud.Cloud, _folder: pathlib.Path) -> None:
    test_boots.test_boot(two_hosts, cases.Boot(FLAT, cases.RAW))


def restart(two_hosts: cloud.Cloud, _folder: pathlib.Path) -> None:
    test_boots.test_restart(two_hosts, journey(FLAT, FLAT))


def move(two_hosts: cloud.Cloud, _folder: pathlib.Path) -> None:
    test_moves.test_cold_migration(two_hosts, journey(FLAT, FLAT))


def in_place(two_hosts: cloud.Cloud, _folder: pathlib.Path) -> None:
    test_moves.test_resize_in_place(two_hosts, journey(FLAT, FLAT))


def two_moves(two_hosts: cloud.Cloud, _folder: pathlib.Path) -> None:
    moves = journey(QCOW2, QCOW2, FLAT)._replace(flavor=cloud.Flavor())
    test_moves.test_two_cold_migrations(two_hosts, moves)


def growing(two_hosts: cloud.Cloud, _folder: pathlib.Path) -> None:
    grown = journey(FLAT, FLAT)._replace(flavor=cloud.Flavor())
    test_moves.test_growing(two_hosts, grown)


def revert(two_hosts: cloud.Cloud, _folder: pathlib.Path) -> None:
    test_moves.test_revert(two_hosts, journey(FLAT, FLAT))


def live(two_hosts: cloud.Cloud, _folder: pathlib.Path) -> None:
    test_live_migration.test_live_migration(two_hosts, journey(FLAT, FLAT))


def replacement(two_hosts: cloud.Cloud, _folder: pathlib.Path) -> None:
    test_replacements.test_guest_lives_on(
        two_hosts, test_replacements.CASES[0]
    )


def repair(two_hosts: cloud.Cloud, folder: pathlib.Path) -> None:
    stand_ins = pages.install_stand_ins(folder / 'bin')
    test_repairs.test_convert(two_hosts, stand_ins, test_repairs.CASES[0])


def unsafe(two_hosts: cloud.Cloud, folder: pathlib.Path) -> None:
    intruder = intruders.Intruder(two_hosts, folder)
    test_unsafe.test_hard_reboot(intruder, FLAT)


#: The function of the model that gives a wrong disk, and what finds it.
KINDS: dict[str, tuple[str, Callable[[cloud.Cloud, pathlib.Path], None]]] = {
    'boot': ('new', boot),
    'restart': ('restarted', restart),
    'cold migration': ('moved', move),
    'in place': ('moved', in_place),
    'two hops': ('moved', two_moves),
    'growing': ('moved', growing),
    'revert': ('moved', revert),
    'live migration': ('live_migrated', live),
    'replacement': ('restarted', replacement),
    'repair': ('restarted', repair),
    'unsafe': ('restarted', unsafe),
}

#: One of them each time: they are the same tests as above.
_MARKS = {
    kind: pytest.mark.repeats for kind in KINDS if kind != 'live migration'
}


@pytest.mark.parametrize(
    'name, test',
    [
        pytest.param(*KINDS[kind], id=kind, marks=_MARKS.get(kind, ()))
        for kind in KINDS
    ],
)
def test_is_found(
    two_hosts: cloud.Cloud,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    test: Callable[[cloud.Cloud, pathlib.Path], None],
) -> None:
    """With the model as it is, the same case is seen as it is told."""
    if name == 'new':
        monkeypatch.setattr(backends, 'NEW_DISKS', wrong_new_disks())
    else:
        its_function = getattr(operations, name)
        monkeypatch.setattr(operations, name, wrong(its_function))
    # A comparison fails, and not a host that does not answer.
    with pytest.raises(AssertionError, match='^assert '):
        test(two_hosts, tmp_path)


@pytest.mark.parametrize(
    'name, test',
    [
        ('restarted', test_shared_storage.test_live_migration),
        ('restarted', test_shared_storage.test_evacuation),
        ('moved', test_shared_storage.test_cold_migration),
    ],
)
@pytest.mark.repeats
def test_is_found_on_shared_storage(
    sharing_hosts: cloud.Cloud,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    test: Callable[[cloud.Cloud, journeys.Journey], None],
) -> None:
    monkeypatch.setattr(operations, name, wrong(getattr(operations, name)))
    with pytest.raises(AssertionError, match='^assert '):
        test(sharing_hosts, journey(FLAT, FLAT))


def wrong_new_disks() -> dict[Any, backends.NewDisk]:
    return {
        made_on: disk._replace(xml=_OTHER[disk.xml])
        for made_on, disk in backends.NEW_DISKS.items()
        if disk.xml in _OTHER
    }


def wrong(
    function: Callable[..., operations.DiskFile | None],
) -> Callable[..., operations.DiskFile | None]:
    """Return a function of the model that is wrong about the XML."""

    def other(
        file: operations.DiskFile, host: backends.Behaviour, *is_shared: bool
    ) -> operations.DiskFile | None:
        made = function(file, host, *is_shared)
        if function.__name__ == 'live_migrated' or made is None:
            return None
        return made._replace(xml=_OTHER[made.xml])

    return other
