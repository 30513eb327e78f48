# SPDX-License-Identifier: Apache-2.0

"""Which hosts are alike, and in which order they are shown."""

from __future__ import annotations

import pytest

from nova_cow_check.reports import fleet
from nova_cow_check.reports import host_groups
from nova_cow_check.rules import findings
from nova_cow_check.settings import host_settings
from tests.unit import fleets
from tests.unit import hosts
from tests.unit import sample_reports

IMPLICIT = hosts.nova_conf()
IGNORED = IMPLICIT + 'use_cow_images = no\n'


def grouped(
    some_fleet: dict[str, fleets.Known],
    *named: host_groups.Group,
    accepted: tuple[findings.Waiver, ...] = (),
) -> list[list[str]]:
    found = fleet.alike(fleets.of(some_fleet, named, accepted).hosts)
    return [[host.name for host in alike.hosts] for alike in found]


# Two nova.conf whose hosts are alike.
ALIKE = {
    'the same': (IMPLICIT, IMPLICIT),
    'another place': (IMPLICIT, '\n# Here.\n' + IMPLICIT),
    'another ignored line': (IGNORED, IMPLICIT + '\nuse_cow_images = no\n'),
    'another option of Nova': (IMPLICIT, '[vnc]\nenabled = 0\n' + IMPLICIT),
}

# Two whose hosts are not.
DIFFERENT = {
    'a value': (
        hosts.nova_conf(images_type='raw', use_cow_images='False'),
        hosts.nova_conf(images_type='flat', use_cow_images='False'),
    ),
    'the spelling of a value': (
        hosts.nova_conf(use_cow_images='no'),
        hosts.nova_conf(use_cow_images='False'),
    ),
    'written or not': (hosts.nova_conf(images_type='default'), IMPLICIT),
    'an ignored line': (IMPLICIT, IGNORED),
    'the value of an ignored line': (
        IGNORED,
        IMPLICIT + 'use_cow_images = yes\n',
    ),
}


@pytest.mark.parametrize('first, second', ALIKE.values(), ids=list(ALIKE))
def test_hosts_that_are_alike(first: str, second: str) -> None:
    some_fleet = fleets.of({'a': first, 'b': second})
    (alike,) = fleet.alike(some_fleet.hosts)
    assert alike.example.name == 'a'
    assert alike.are_places_alike is (first == second)


@pytest.mark.parametrize(
    'first, second', DIFFERENT.values(), ids=list(DIFFERENT)
)
def test_hosts_that_are_not(first: str, second: str) -> None:
    assert len(grouped({'a': first, 'b': second})) == 2


def test_hosts_that_were_not_read_are_alike_by_the_reason() -> None:
    broken = host_settings.Unreadable('broken', 'nova.conf', 3)
    assert grouped(
        {
            'a': broken,
            'b': broken._replace(line=9),
            'c': broken._replace(reason='gone'),
        }
    ) == [['a', 'b'], ['c']]


def test_hosts_of_different_groups_are_not_alike() -> None:
    cell = host_groups.Group('cell', ('a',))
    some_fleet = {'a': fleets.QCOW2, 'b': fleets.QCOW2}
    assert grouped(some_fleet, cell) == [['a'], ['b']]


def test_hosts_with_different_waivers_are_not_alike() -> None:
    """Each waiver is shown, with its reason."""
    accepted = (
        sample_reports.waiver(
            'implicit-image-backend', 'a', reason='Retired.'
        ),
        sample_reports.waiver('implicit-image-backend', 'b', reason='Tested.'),
    )
    some_fleet = dict.fromkeys('abc', IMPLICIT)
    assert grouped(some_fleet, accepted=accepted) == [['c'], ['a'], ['b']]


def test_the_worst_come_first_and_then_the_most() -> None:
    found = grouped(
        {
            'fine1': fleets.QCOW2,
            'fine2': fleets.QCOW2,
            'warning10': IMPLICIT,
            'warning9': IMPLICIT,
            'warning3': hosts.nova_conf(images_type='default'),
            'note1': hosts.nova_conf(images_type='lvm', use_cow_images='1'),
            'unread1': host_settings.Unreadable('gone'),
        },
        host_groups.Group('lvm', ('note*',)),
    )
    assert found == [
        ['unread1'],
        ['warning9', 'warning10'],
        ['warning3'],
        ['note1'],
        ['fine1', 'fine2'],
    ]


def test_names_are_folded() -> None:
    some_fleet = fleets.of(fleets.numbered(1, 3, IMPLICIT))
    (alike,) = fleet.alike(some_fleet.hosts)
    assert alike.folded == ['compute[001-003]']
