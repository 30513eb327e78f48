# SPDX-License-Identifier: Apache-2.0

"""Each repair that is proposed of a guest brings its bytes back."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess

import pytest

from nova_cow_check.guests import conditions
from nova_cow_check.guests import prospects
from nova_cow_check.guests import repairs
from nova_cow_check.nova import operations
from tests.nova import audits
from tests.nova import cases
from tests.nova import guests
from tests.nova import harness
from tests.nova import test_guests
from tests.nova import test_repairs

Way = repairs.Way
HARM = operations.Harm
FLAT, QCOW2 = test_guests.FLAT, test_guests.QCOW2

#: The same stand-ins for what needs another user.
stand_ins = test_repairs.stand_ins


def proposed(
    told: prospects.GuestProspects, host: cases.Settings, folder: str
) -> tuple[set[repairs.Way], list[str]]:
    """Return the ways that are proposed, and their commands."""
    ways, steps = set(), []
    for trouble in conditions.of_guest(told):
        if trouble.grade is not conditions.Grade.NOW:
            continue
        way = repairs.way_of(trouble, told, host.behaviour)
        ways.add(way)
        steps += repairs.commands(way, told.guest, trouble.disks, folder)
    return ways, steps


def run(step: str, above: pathlib.Path, stand_ins: pathlib.Path) -> None:
    """Run one step in one shell with those before it, but for OpenStack's."""
    subprocess.run(
        ['bash', '-eu'],
        input=step,
        cwd=above,
        env={'PATH': f'{stand_ins}:/usr/sbin:/usr/bin:/sbin:/bin'},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )


def write_disk_info(
    told: prospects.GuestProspects, folder: pathlib.Path
) -> None:
    """Record of each disk what it is."""
    path = folder / 'disk.info'
    entries = json.loads(path.read_text())
    for one in told.disks:
        assert one.disk.format and one.reading.is_certain
        entries[str(folder / one.disk.name)] = one.disk.format.value
    path.write_text(json.dumps(entries))


#: Where a guest has been, the settings of its host now, how it is repaired.
BROKEN = {
    'converted': (
        (FLAT, test_guests.FLAT_WITH_COW),
        FLAT,
        {Way.CONVERT_TO_RAW},
    ),
    'raw on qcow2': (
        (FLAT, test_guests.QCOW2_WITHOUT_COW),
        QCOW2,
        {Way.CONVERT_TO_QCOW2},
    ),
    'raw on qcow2 that is flat now': (
        (FLAT, test_guests.QCOW2_WITHOUT_COW),
        FLAT,
        # The swap disk is the qcow2 host's, and recorded as raw.
        {Way.REBOOT, Way.WRITE_DISK_INFO},
    ),
}


@pytest.mark.parametrize('route, settings, ways', BROKEN.values(), ids=BROKEN)
def test_as_printed(
    cloud: harness.Cloud,
    route: tuple[cases.Settings, ...],
    settings: cases.Settings,
    ways: set[repairs.Way],
    stand_ins: pathlib.Path,
    tmp_path: pathlib.Path,
) -> None:
    guest = test_guests.arrive(cloud, route, cases.RAW)
    audited = audits.Audited(cloud, guest, settings)
    told = audited.told(tmp_path / 'domains')
    folder = str(guest.folder.parent)
    found, steps = proposed(told, settings, folder)
    assert found == ways
    shell = [one for one in steps if not one.startswith('openstack ')]
    run('\n'.join(shell), tmp_path, stand_ins)
    if Way.WRITE_DISK_INFO in ways:
        write_disk_info(told, guest.folder)
    after = test_repairs.look_at(cloud, cloud.hard_reboot(guest, settings))
    fine = operations.Outcome.FINE
    assert {harm.outcome for harm in after.values()} == {fine}
    assert not re.search('repair', ' '.join(map(str, guest.folder.iterdir())))


def test_the_backend_set_back(
    cloud: harness.Cloud, tmp_path: pathlib.Path
) -> None:
    guest = test_guests.arrive(cloud, (FLAT,), cases.RAW)
    told = audits.Audited(cloud, guest, QCOW2).told(tmp_path / 'domains')
    ways, steps = proposed(told, QCOW2, str(guest.folder.parent))
    assert (ways, steps) == ({Way.BACKEND_BACK}, [])
    broken = cloud.hard_reboot(guest, QCOW2)
    back = test_repairs.look_at(cloud, cloud.hard_reboot(broken, FLAT))
    assert set(back.values()) == {HARM.FINE}


def test_revert(cloud: harness.Cloud, tmp_path: pathlib.Path) -> None:
    """As the source is while a move waits for a confirmation."""
    guest = cloud.copy(cloud.boot(cases.Boot(FLAT, cases.RAW, all_disks=True)))
    cloud.cold_migrate(guest, test_guests.FLAT_WITH_COW)
    told = audits.Audited(cloud, guest, FLAT).told(tmp_path / 'domains')
    (trouble,) = conditions.of_guest(told)
    way = repairs.way_of(trouble, told, FLAT.behaviour)
    assert way is Way.REVERT
    (command,) = repairs.commands(way, told.guest, (), '/x')
    assert command == f'openstack server resize revert {guests.UUID}'
    back = test_repairs.look_at(cloud, cloud.revert(guest))
    assert set(back.values()) == {HARM.FINE}
