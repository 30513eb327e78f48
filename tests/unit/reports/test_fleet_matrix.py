# SPDX-License-Identifier: Apache-2.0

"""Who may move to whom: the sides of a fleet, by group."""

from __future__ import annotations

from nova_cow_check.nova import backends
from nova_cow_check.nova import operations
from nova_cow_check.reports import fleet
from nova_cow_check.reports import host_groups
from nova_cow_check.settings import host_settings
from tests.unit import fleets
from tests.unit import hosts

QCOW2 = backends.Behaviour(backends.Backend.QCOW2, True, True)
FLAT = backends.Behaviour(backends.Backend.FLAT, False, True)
UNREAD = host_settings.Unreadable('gone')


def of(
    some_fleet: dict[str, fleets.Known], *named: host_groups.Group
) -> tuple[fleet.Matrix, ...]:
    return fleet.matrices(fleets.of(some_fleet, named).hosts)


def test_a_side_is_the_hosts_that_nova_treats_alike() -> None:
    (found,) = of(
        {
            'c10': fleets.QCOW2,
            'c9': hosts.nova_conf(),
            'c8': fleets.FLAT,
            'c7': hosts.nova_conf(images_type='raw', use_cow_images='0'),
            'c6': hosts.nova_conf(use_cow_images='off'),
        }
    )
    assert found == fleet.Matrix(
        '',
        (
            fleet.Side(FLAT, ('c6', 'c7', 'c8')),
            fleet.Side(QCOW2, ('c9', 'c10')),
        ),
        (),
    )


def test_sides_of_the_same_size_are_in_the_order_of_their_hosts() -> None:
    (found,) = of({'c10': fleets.QCOW2, 'c9': fleets.FLAT})
    assert [side.behaviour for side in found.sides] == [FLAT, QCOW2]


def test_what_is_not_known_is_named_and_what_moves_nothing_is_not() -> None:
    (found,) = of(
        {
            'c10': UNREAD,
            'c9': hosts.nova_conf(images_type='zfs'),
            'metal': hosts.nova_conf(compute_driver='ironic.IronicDriver'),
            'api': hosts.nova_conf(compute_driver=None),
        }
    )
    assert found == fleet.Matrix('', (), ('c9', 'c10'))


def test_a_matrix_for_each_group_that_without_a_name_last() -> None:
    found = of(
        {'c1': fleets.FLAT, 'b1': fleets.QCOW2, 'a1': UNREAD},
        host_groups.Group('cell2', ('b*',)),
        host_groups.Group('cell10', ('a*',)),
        host_groups.Group('empty', ('x*',)),
    )
    assert found == (
        fleet.Matrix('cell2', (fleet.Side(QCOW2, ('b1',)),), ()),
        fleet.Matrix('cell10', (), ('a1',)),
        fleet.Matrix('', (fleet.Side(FLAT, ('c1',)),), ()),
    )


def test_the_worst_is_that_of_all_moves() -> None:
    unsafe = hosts.nova_conf(images_type='qcow2', use_cow_images='False')
    some_fleet: dict[str, fleets.Known] = {'a': fleets.QCOW2}
    for name, conf, worst in [
        ('b', fleets.QCOW2, operations.Outcome.FINE),
        ('c', fleets.FLAT, operations.Outcome.BREAKS),
        ('d', unsafe, operations.Outcome.UNSAFE),
    ]:
        some_fleet[name] = conf
        (found,) = of(some_fleet)
        assert found.worst is worst


def test_a_move_is_from_the_row_to_the_column() -> None:
    raw, as_is = sides = tuple(
        fleet.Side(QCOW2._replace(force_raw_images=force), ('a',))
        for force in (True, False)
    )
    moves = fleet.Matrix('', sides, ())
    assert moves.outcome(raw, as_is) is operations.Outcome.UNSAFE
    assert moves.outcome(as_is, raw) is operations.Outcome.BREAKS
    shared = moves._replace(is_shared=True)
    assert shared.worst is operations.Outcome.FINE


def test_who_shares_instances_path_is_judged_so() -> None:
    some_fleet: dict[str, fleets.Known] = {
        'a1': fleets.QCOW2,
        'a2': hosts.nova_conf(images_type='qcow2', force_raw_images='False'),
        'b1': fleets.QCOW2,
        'b2': hosts.nova_conf(images_type='qcow2', force_raw_images='False'),
    }
    groups = [host_groups.Group(name, (f'{name}*',)) for name in 'ab']
    whole = fleets.of(some_fleet, groups, sharing=['a'])
    first, second = fleet.matrices(whole.hosts)
    assert (first.is_shared, second.is_shared) == (True, False)
    assert first.worst is operations.Outcome.FINE
    assert second.worst is operations.Outcome.UNSAFE
