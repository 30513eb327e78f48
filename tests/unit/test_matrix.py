#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.


"""Who may move to whom: the sides of a fleet, by domain."""

from __future__ import annotations

from nova_cow_check import backends
from nova_cow_check import domains
from nova_cow_check import matrix
from nova_cow_check import moves
from nova_cow_check import settings
from tests.unit import fleets
from tests.unit import hosts

QCOW2 = backends.Behaviour(backends.Backend.QCOW2, True, True)
FLAT = backends.Behaviour(backends.Backend.FLAT, False, True)
UNREAD = settings.Unreadable('gone')


def of(
    some_fleet: dict[str, fleets.Known], *named: domains.Domain
) -> tuple[matrix.Matrix, ...]:
    return matrix.of(fleets.of(some_fleet, named).hosts)


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
    assert found == matrix.Matrix(
        '',
        (
            matrix.Side(FLAT, ('c6', 'c7', 'c8')),
            matrix.Side(QCOW2, ('c9', 'c10')),
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
    assert found == matrix.Matrix('', (), ('c9', 'c10'))


def test_a_matrix_for_each_domain_that_without_a_name_last() -> None:
    found = of(
        {'c1': fleets.FLAT, 'b1': fleets.QCOW2, 'a1': UNREAD},
        domains.Domain('cell2', ('b*',)),
        domains.Domain('cell10', ('a*',)),
        domains.Domain('empty', ('x*',)),
    )
    assert found == (
        matrix.Matrix('cell2', (matrix.Side(QCOW2, ('b1',)),), ()),
        matrix.Matrix('cell10', (), ('a1',)),
        matrix.Matrix('', (matrix.Side(FLAT, ('c1',)),), ()),
    )


def test_the_worst_is_that_of_all_moves() -> None:
    unsafe = hosts.nova_conf(images_type='qcow2', use_cow_images='False')
    some_fleet: dict[str, fleets.Known] = {'a': fleets.QCOW2}
    for name, conf, worst in [
        ('b', fleets.QCOW2, moves.Outcome.FINE),
        ('c', fleets.FLAT, moves.Outcome.BREAKS),
        ('d', unsafe, moves.Outcome.UNSAFE),
    ]:
        some_fleet[name] = conf
        (found,) = of(some_fleet)
        assert found.worst is worst


def test_a_move_is_from_the_row_to_the_column() -> None:
    raw, as_is = (
        matrix.Side(QCOW2._replace(force_raw_images=force), ('a',))
        for force in (True, False)
    )
    assert matrix.outcome(raw, as_is) is moves.Outcome.UNSAFE
    assert matrix.outcome(as_is, raw) is moves.Outcome.BREAKS
