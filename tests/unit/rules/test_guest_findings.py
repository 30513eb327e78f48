# SPDX-License-Identifier: Apache-2.0

"""What is said of guests, and what to do about each.

After a change that is meant, write the golden files anew with
``UPDATE_GOLDEN=1 pytest tests/unit/rules/test_guest_findings.py`` and read
the diff.
"""

from __future__ import annotations

import os
import pathlib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from nova_cow_check.guests import inventory
from nova_cow_check.guests import prospects
from nova_cow_check.guests import repairs
from nova_cow_check.nova import backends
from nova_cow_check.rules import findings
from nova_cow_check.rules import guest_findings
from nova_cow_check.rules import registry
from nova_cow_check.rules import wording
from tests.unit.guests import disks
from tests.unit.guests import test_conditions
from tests.unit.guests import test_prospects
from tests.unit.guests import test_signs

GOLDEN = pathlib.Path(__file__).parents[1] / 'golden' / 'guests'
PLACE = repairs.Place('/var/lib/nova/instances')
STATES = inventory.RecordState
FLAT, QCOW2 = test_prospects.FLAT, test_prospects.QCOW2
UNFORCED = test_prospects.QCOW2_UNFORCED


def found(
    guest: inventory.Guest, host: backends.Behaviour
) -> tuple[findings.Finding, ...]:
    ahead = prospects.of_guest(guest, host)
    return guest_findings.of_guest(ahead, host, PLACE)


def shown(one: findings.Finding) -> str:
    """Return a finding as all formats have its words."""
    lines = [wording.heading(one)]
    lines += [paragraph.text for paragraph in wording.body(one)]
    return '\n'.join([*lines, ''])


def guest(*its: inventory.GuestDisk, **changed: Any) -> inventory.Guest:
    return disks.guest(*its, **changed)


SWAP_GONE = test_prospects.MISSING_SWAP._replace(
    backing=test_prospects.MISSING._replace(path='/x/_base/swap_8')
)
EPHEMERAL_GONE = test_prospects.MISSING_EPHEMERAL._replace(
    backing=test_prospects.MISSING._replace(
        path='/x/_base/ephemeral_1_40d1d2c'
    )
)
NOT_NAMED = disks.overlay(
    backing=test_prospects.MISSING._replace(path='/x/_base/a b')
)

#: Name of a golden file -> a guest and its host. It begins with the name of
#: the rule that holds.
GUESTS = {
    'guest-disk-info-unusable': (
        guest(disks.overlay(), records=inventory.Records(STATES.UNUSABLE)),
        QCOW2,
    ),
    'guest-disk-info-unusable, unknown': (
        guest(
            disks.qcow2(recorded=None, flavor_size=2 * disks.GIB),
            records=inventory.Records(STATES.UNUSABLE),
        ),
        QCOW2,
    ),
    'guest-disk-info-wrong': (
        guest(disks.overlay(recorded='raw')),
        FLAT,
    ),
    'guest-disk-info-wrong, lost': (
        guest(disks.raw(recorded='qcow2', size=9)),
        FLAT,
    ),
    'guest-disk-info-wrong, stale': (guest(test_prospects.STALE), QCOW2),
    'guest-disk-info-wrong, rescue': (
        guest(disks.raw(), rescue_recorded='qcow2'),
        FLAT,
    ),
    'guest-disk-info-wrong, rescued': (
        guest(
            disks.raw(),
            disks.overlay(name='disk.rescue'),
            rescue_recorded='qcow2',
        ),
        FLAT,
    ),
    'guest-header-believed': (guest(test_prospects.WRITTEN), QCOW2),
    'guest-header-believed, vmdk': (
        guest(test_conditions.VMDK._replace(recorded=None)),
        FLAT,
    ),
    'guest-header-believed, possible': (
        guest(test_conditions.DOUBTFUL),
        QCOW2,
    ),
    'guest-disk-foreign': (guest(test_prospects.FOREIGN), QCOW2),
    'guest-disk-converted': (
        guest(
            *(
                test_prospects.CONVERTED._replace(name=name)
                for name in ('disk', 'disk.eph0')
            )
        ),
        FLAT,
    ),
    'guest-disk-converted, possible': (
        guest(test_prospects.CONVERTED._replace(flavor_size=None)),
        FLAT,
    ),
    'guest-disk-opened-as-qcow2': (guest(disks.raw(xml='qcow2')), QCOW2),
    'guest-disk-opened-as-qcow2, flat': (
        guest(disks.raw(xml='qcow2')),
        FLAT,
    ),
    'guest-backing-file-missing': (
        guest(test_prospects.MISSING_ROOT),
        UNFORCED,
    ),
    'guest-backing-file-missing, restart': (
        guest(test_prospects.MISSING_ROOT),
        QCOW2,
    ),
    'guest-backing-file-missing, others': (
        guest(EPHEMERAL_GONE, SWAP_GONE),
        QCOW2,
    ),
    'guest-backing-file-missing, name': (guest(NOT_NAMED), QCOW2),
    'guest-backing-file-wrong': (guest(test_conditions.WRONG_BASE), QCOW2),
    'guest-backend-changed': (guest(disks.raw()), QCOW2),
    'guest-backend-changed, unrecorded': (
        guest(disks.raw(recorded=None)),
        QCOW2,
    ),
    'guest-backend-changed, vmdk': (
        guest(test_conditions.VMDK._replace(recorded='vmdk', xml='vmdk')),
        QCOW2,
    ),
    'guest-backend-changed, damaged': (
        guest(
            disks.overlay(header=disks.OVERLAY._replace(is_valid=False)),
        ),
        QCOW2,
    ),
    'guest-backend-changed, rbd': (
        guest(disks.overlay()),
        test_prospects.RBD,
    ),
    'guest-breaks-at-move': (
        guest(disks.raw()),
        test_prospects.FLAT_WITH_COW,
    ),
    'guest-move-unconfirmed': (guest(disks.raw(), is_sent=True), FLAT),
    'guest-move-unconfirmed, away': (
        guest(is_sent=True, has_directory=False),
        FLAT,
    ),
    'guest-not-read': (guest(disks.raw(header=None)), FLAT),
    'guest-disk-info-missing': (guest(disks.raw(recorded=None)), FLAT),
    'guest-disk-info-missing, leftover': (
        guest(disks.overlay(recorded=None)),
        QCOW2,
    ),
    'guest-header-written': (guest(test_prospects.WRITTEN), FLAT),
    'guest-without-domain': (guest(disks.raw(), has_domain=False), FLAT),
}


@pytest.mark.parametrize('name', GUESTS)
def test_golden(name: str) -> None:
    (one,) = found(*GUESTS[name])
    assert one.rule == name.partition(',')[0]
    path = GOLDEN / f'{name.replace(", ", "-")}.txt'
    if os.environ.get('UPDATE_GOLDEN'):
        path.write_text(shown(one))
    assert shown(one) == path.read_text()


def test_every_rule_has_a_golden_file_and_no_other_is_left() -> None:
    assert {name for name in GUESTS if ',' not in name} == {
        one.name for one in registry.GUEST_RULES
    }
    assert {path.name for path in GOLDEN.iterdir()} == {
        f'{name.replace(", ", "-")}.txt' for name in GUESTS
    }


def severities_of(name: str) -> list[findings.Severity]:
    (its_rule,) = [one for one in registry.GUEST_RULES if one.name == name]
    return [its_rule.severity, *its_rule.milder]


def test_each_severity_of_a_rule_occurs() -> None:
    occurring = {
        (one.rule, one.severity)
        for its_guest, host in GUESTS.values()
        for one in found(its_guest, host)
    }
    assert occurring == {
        (one.name, severity)
        for one in registry.GUEST_RULES
        for severity in severities_of(one.name)
    }


guests = st.builds(
    guest,
    test_signs.DISKS,
    st.builds(lambda disk: disk._replace(name='disk.eph7'), test_signs.DISKS),
    is_sent=st.booleans(),
    has_directory=st.booleans(),
    has_domain=st.sampled_from([True, True, False, None]),
    rescue_recorded=st.sampled_from([None, 'raw', 'qcow2', 'vmdk']),
    records=st.builds(
        inventory.Records, st.sampled_from([STATES.READ, *STATES])
    ),
)


@given(guests, test_prospects.HOSTS)
def test_every_finding_can_be_acted_on(
    its_guest: inventory.Guest, host: backends.Behaviour
) -> None:
    told = found(its_guest, host)
    severities = [one.severity for one in told]
    assert severities == sorted(severities, reverse=True)
    for one in told:
        assert one.severity in severities_of(one.rule)
        assert disks.UUID in one.explanation
        assert one.guest and one.guest.uuid == disks.UUID
        assert all(name in one.explanation for name in one.guest.disks)
        assert one.guest.steps and all(step.words for step in one.guest.steps)
        assert one.origins and one.counts
        for origin in one.origins:
            assert origin.name.startswith(
                f'{PLACE.instances_path}/{disks.UUID}'
            )
        for paragraph in wording.body(one):
            assert paragraph.text.isprintable()


@given(guests, test_prospects.HOSTS)
def test_what_may_be_an_attack_is_left_alone(
    its_guest: inventory.Guest, host: backends.Behaviour
) -> None:
    for one in found(its_guest, host):
        if one.rule in ('guest-header-believed', 'guest-disk-foreign'):
            assert one.guest
            assert [step.commands for step in one.guest.steps] == ['']


#: Hosts whose settings break no guest that they made.
SOUND_HOSTS = tuple(
    backends.Behaviour(backend, use_cow_images, force_raw_images)
    for backend, use_cow_images in (
        (backends.Backend.FLAT, False),
        (backends.Backend.QCOW2, True),
    )
    for force_raw_images in (True, False)
) + (test_prospects.QCOW2_WITHOUT_COW,)

#: Those that keep no qcow2 or raw files, but for a config drive.
OTHER_HOSTS = tuple(
    backends.Behaviour(backend, use_cow_images, True)
    for backend in backends.Backend
    if backend not in (backends.Backend.FLAT, backends.Backend.QCOW2)
    for use_cow_images in (True, False)
)

SIZES = {'disk': disks.GIB, 'disk.swap': 8 * inventory.MIB}


def made(
    name: str, image: backends.DiskFormat, host: backends.Behaviour
) -> inventory.GuestDisk:
    """Return a disk as a host makes it: nova/backends.py has it from Nova."""
    new = backends.NEW_DISKS[host.backend, host.force_raw_images, image]
    size = SIZES.get(name, disks.GIB)
    if new.disk is disks.RAW:
        return disks.raw(name=name, size=size, flavor_size=size)
    header = disks.HEADER._replace(virtual_size=size)
    disk = disks.qcow2(name=name, header=header, flavor_size=size)
    if new.backing is None:
        return disk
    path = {
        'disk': disks.BASE,
        'disk.swap': '/var/lib/nova/instances/_base/swap_8',
    }.get(name, '/var/lib/nova/instances/_base/ephemeral_1_40d1d2c')
    backing = disks.BACKING._replace(
        path=path, told=new.backing, format=new.backing
    )
    header = header._replace(backing=path, backing_format=new.backing.value)
    return disk._replace(header=header, backing=backing)


def healthy(
    image: backends.DiskFormat, host: backends.Behaviour
) -> list[inventory.Guest]:
    """Return guests in all states that are sound on a host."""
    root = made('disk', image, host)
    others = [
        made(name, disks.RAW, host)
        for name in ('disk.eph0', 'disk.local', 'disk.swap')
    ]
    config = disks.raw(name='disk.config', size=485_376, flavor_size=None)
    rescue = made('disk.rescue', image, host)._replace(flavor_size=None)
    unknown = [one._replace(flavor_size=None) for one in (root, *others)]
    no_xml = [one._replace(xml=None) for one in others]
    entry = rescue.recorded
    absent = inventory.Records(STATES.ABSENT)
    return [
        guest(root),
        guest(root, *others, config),
        # The flavor has no size, or no metadata tells it.
        guest(*unknown, config),
        # Booted from a volume.
        guest(records=absent),
        guest(others[2], config),
        # Rescued, and once rescued.
        guest(root, *no_xml, rescue, rescue_recorded=entry),
        guest(root, *others, config, rescue_recorded=entry),
        # Made larger, and more than the image's size by a qcow2 header.
        guest(root._replace(size=(root.size or 0) + 4096))
        if root.header and root.header.format is disks.QCOW2
        else guest(root),
    ]


@pytest.mark.parametrize('host', SOUND_HOSTS, ids=str)
@pytest.mark.parametrize('image', [disks.RAW, disks.QCOW2])
def test_no_rule_holds_for_a_healthy_guest(
    image: backends.DiskFormat, host: backends.Behaviour
) -> None:
    for its_guest in healthy(image, host):
        assert [one.rule for one in found(its_guest, host)] == []


def test_nor_for_one_whose_image_is_in_another_format() -> None:
    """As Nova makes them where force_raw_images is False."""
    vmdk = inventory.Header(disks.OTHER, 'vmdk')
    root = disks.raw(header=vmdk, recorded='vmdk', xml='vmdk', size=196_616)
    backing = disks.BACKING._replace(told=disks.OTHER, format=disks.OTHER)
    overlay = disks.overlay(
        header=disks.OVERLAY._replace(backing_format='vmdk'), backing=backing
    )
    for disk, host in (
        (root, test_prospects.FLAT_UNFORCED),
        (overlay, UNFORCED),
    ):
        assert found(guest(disk), host) == ()


@pytest.mark.parametrize('host', OTHER_HOSTS, ids=str)
def test_nor_where_disks_are_no_such_files(host: backends.Behaviour) -> None:
    config = disks.raw(name='disk.config', size=485_376, flavor_size=None)
    absent = inventory.Records(STATES.ABSENT)
    its_guests = [guest(records=absent)]
    if host.backend is not backends.Backend.RBD:
        its_guests.append(guest(config))
    for its_guest in its_guests:
        assert [one.rule for one in found(its_guest, host)] == []
