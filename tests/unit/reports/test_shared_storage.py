# SPDX-License-Identifier: Apache-2.0

"""Guests that several hosts see: the one that runs them tells of them."""

from __future__ import annotations

import time

import pytest

from nova_cow_check.guests import inventory
from nova_cow_check.reports import audit
from nova_cow_check.reports import report
from tests.unit import fleets
from tests.unit.guests import disks
from tests.unit import sample_guests

NFS = sample_guests.NFS

A, B = sample_guests.uuid(1), sample_guests.uuid(2)
BROKEN = sample_guests.alike(2)


def seen(
    *own: str, guests: tuple[inventory.Guest, ...] = BROKEN, **changed: object
) -> audit.Audit:
    """Return what a host tells that runs some of the guests that it sees."""
    return sample_guests.audit_of(
        [one._replace(has_domain=one.uuid in own) for one in guests],
        **{'file_system': NFS, **changed},
    )


def told(whole: report.Report) -> dict[str, list[tuple[str, str]]]:
    """Return rules and guests, by host."""
    return {
        host.name: sorted(
            (one.rule, one.guest.uuid) for one in host.found if one.guest
        )
        for host in whole.hosts
    }


CONVERTED, ALONE = 'guest-disk-converted', 'guest-without-domain'


def test_the_host_that_runs_a_guest_tells_of_it() -> None:
    whole = sample_guests.fleet_of({'a': seen(A), 'b': seen(B)})
    assert told(whole) == {'a': [(CONVERTED, A)], 'b': [(CONVERTED, B)]}
    for host in whole.hosts:
        assert isinstance(host.guests, audit.Audit)
        assert [one.uuid for one in host.guests.guests] == [
            one.guest.uuid for one in host.found if one.guest
        ]


#: What both hosts say of the place -> whether it is one place.
PLACES = [
    ({'file_system': NFS}, {'file_system': NFS}, True),
    ({'file_system': 'h1,h2:6789:/'}, {'file_system': 'h1,h2:6789:/'}, True),
    ({'file_system': 'a@f.fs=/n'}, {'file_system': 'a@f.fs=/n'}, True),
    ({'file_system': '//h/share'}, {'file_system': '//h/share'}, True),
    ({'file_system': NFS}, {'file_system': 'nfs2:/export/nova'}, False),
    (
        {'file_system': NFS},
        {'file_system': NFS, 'instances_path': '/mnt'},
        False,
    ),
    ({'file_system': '/dev/sda1'}, {'file_system': '/dev/sda1'}, False),
    ({'file_system': '/dev/a:b'}, {'file_system': '/dev/a:b'}, False),
    ({'file_system': 'tank/nova'}, {'file_system': 'tank/nova'}, False),
    ({'file_system': None}, {'file_system': None}, False),
]


@pytest.mark.parametrize(('left', 'right', 'is_one'), PLACES)
def test_a_place_is_known_by_what_is_mounted(
    left: dict[str, object], right: dict[str, object], is_one: bool
) -> None:
    # A guest was made meanwhile.
    more = sample_guests.alike(1, 7)
    whole = sample_guests.fleet_of(
        {
            'a': seen(A, **left),
            'b': seen(B, guests=(*BROKEN, *more), **right),
        }
    )
    assert ((ALONE, B) in told(whole)['a']) is not is_one
    assert ((ALONE, A) in told(whole)['b']) is not is_one


@pytest.mark.parametrize('system', [None, '/dev/mapper/shared', 'gpfs0'])
def test_a_place_is_known_by_its_directories(system: str | None) -> None:
    whole = sample_guests.fleet_of(
        {
            name: seen(own, file_system=system)
            for name, own in (('a', A), ('b', B))
        }
    )
    assert told(whole) == {'a': [(CONVERTED, A)], 'b': [(CONVERTED, B)]}


def test_a_guest_that_runs_nowhere_is_told_by_all() -> None:
    whole = sample_guests.fleet_of({'a': seen(A), 'b': seen()})
    assert told(whole) == {
        'a': [(CONVERTED, A), (ALONE, B)],
        'b': [(ALONE, B)],
    }


def test_a_directory_that_a_move_has_left_is_no_other_hosts() -> None:
    left = disks.guest(disks.raw(), uuid=A)
    here = sample_guests.audit_of([left])
    there = sample_guests.audit_of(
        [left._replace(has_domain=False), *sample_guests.alike(1, 5)]
    )
    whole = sample_guests.fleet_of({'a': here, 'b': there})
    assert (ALONE, A) in told(whole)['b']


def test_a_move_on_shared_storage_is_told_once() -> None:
    guest = disks.guest(disks.raw(), uuid=A, is_sent=True)
    whole = sample_guests.fleet_of(
        {
            name: seen(own, guests=(guest,))
            for name, own in (('a', A), ('b', ''))
        }
    )
    assert told(whole) == {'a': [('guest-move-unconfirmed', A)], 'b': []}


def test_two_hosts_that_run_a_guest_both_tell() -> None:
    whole = sample_guests.fleet_of({'a': seen(A, B), 'b': seen(B)})
    assert (CONVERTED, B) in told(whole)['a']
    assert (CONVERTED, B) in told(whole)['b']


def test_hosts_without_guests_are_as_they_were() -> None:
    whole = sample_guests.fleet_of(
        {'a': seen(A), 'b': None, 'c': audit.NotLooked('x.')}
    )
    assert told(whole)['b'] == told(whole)['c'] == []
    assert fleets.named(whole, 'c').failed == ('x.',)


def test_many_hosts_of_one_place_are_no_square() -> None:
    guests = sample_guests.alike(1000)
    number = 20
    some = {
        f'c{i}': seen(
            *(one.uuid for one in guests[i * 50 : i * 50 + 50]), guests=guests
        )
        for i in range(number)
    }
    started = time.process_time()
    whole = sample_guests.fleet_of(some)
    # Each host sees all of them, which is what was read.
    assert time.process_time() - started < 10
    assert all(len(found) == 50 for found in told(whole).values())
