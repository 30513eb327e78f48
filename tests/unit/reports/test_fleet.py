# SPDX-License-Identifier: Apache-2.0

"""Hosts that exchange instances are compared, and with no others."""

from __future__ import annotations

import pytest

from nova_cow_check import errors
from nova_cow_check.nova import backends
from nova_cow_check.reports import fleet
from nova_cow_check.reports import host_groups
from nova_cow_check.reports import report
from nova_cow_check.reports import verdict
from nova_cow_check.settings import host_settings
from tests.unit import fleets
from tests.unit import hosts

IRONIC = hosts.nova_conf(compute_driver='ironic.IronicDriver')
CONTROLLER = hosts.nova_conf(compute_driver=None)
FAULTY = hosts.nova_conf(images_type='zfs')
UNREAD = host_settings.Unreadable('gone')


def rules(whole: report.Report) -> dict[str, list[str]]:
    """Return what comparing them finds: host -> rules."""
    return {
        host.name: [finding.rule for finding in fleets.compared(host)]
        for host in whole.hosts
        if fleets.compared(host)
    }


@pytest.mark.parametrize(
    'pattern, host, is_in',
    [
        ('compute1', 'compute1', True),
        ('compute1', 'compute10', False),
        ('compute*', 'compute10', True),
        ('COMPUTE*', 'compute10', True),
        ('compute*', 'Compute10', True),
        ('compute?', 'compute10', False),
        ('compute[1-3]', 'compute2', True),
        ('compute[1-3]', 'compute4', False),
        ('*.cell1', 'compute1.cell1', True),
    ],
)
def test_patterns_are_those_of_a_shell(
    pattern: str, host: str, is_in: bool
) -> None:
    assert host_groups.Group('one', ('other', pattern)).has(host) is is_in


class TestCompare:
    cells = (
        host_groups.Group('cell1', ('a*',)),
        host_groups.Group('cell2', ('b*', 'c1')),
    )

    def test_a_host_is_in_the_group_that_has_it(self) -> None:
        whole = fleets.of(dict.fromkeys(['a1', 'c1', 'd1'], ''), self.cells)
        assert [host.group for host in whole.hosts] == ['cell1', 'cell2', '']

    def test_without_groups_all_are_compared(self) -> None:
        some_fleet = {
            'a1': fleets.QCOW2,
            'a2': fleets.QCOW2,
            'b1': fleets.FLAT,
        }
        assert rules(fleets.of(some_fleet)) == {'b1': ['mixed-image-backends']}

    def test_hosts_of_different_groups_are_not(self) -> None:
        some_fleet = {'a1': fleets.QCOW2, 'b1': fleets.FLAT, 'd1': fleets.FLAT}
        assert rules(fleets.of(some_fleet, self.cells)) == {}

    def test_hosts_of_one_group_are(self) -> None:
        some_fleet = {
            'b1': fleets.QCOW2,
            'b2': fleets.QCOW2,
            'c1': fleets.FLAT,
        }
        assert rules(fleets.of(some_fleet, self.cells)) == {
            'c1': ['mixed-image-backends']
        }

    def test_those_in_none_are_compared_with_each_other(self) -> None:
        some_fleet = {
            'a1': fleets.FLAT,
            'd1': fleets.QCOW2,
            'd2': fleets.QCOW2,
            'd3': fleets.FLAT,
        }
        assert rules(fleets.of(some_fleet, self.cells)) == {
            'd3': ['mixed-image-backends']
        }

    def test_a_host_in_two_groups_is_an_error(self) -> None:
        more = (*self.cells, host_groups.Group('cell3', ('?1',)))
        with pytest.raises(errors.UsageError) as raised:
            fleets.of({'d2': fleets.FLAT, 'c1': fleets.FLAT}, more)
        assert str(raised.value) == (
            'c1 is in more than one group: cell2, cell3'
        )

    @pytest.mark.parametrize('other', [IRONIC, CONTROLLER, FAULTY, UNREAD])
    def test_who_has_no_backend_is_not_compared(
        self, other: fleets.Known
    ) -> None:
        some_fleet = {'a': fleets.QCOW2, 'b': other, 'c': other, 'd': other}
        assert rules(fleets.of(some_fleet)) == {}

    def test_hosts_that_are_alike_share_what_is_found(self) -> None:
        found = fleets.of(
            {
                **fleets.numbered(1, 3, fleets.QCOW2),
                **dict.fromkeys(['x', 'y'], fleets.FLAT),
            }
        ).hosts
        assert fleets.compared(found[0])
        assert found[0].rows is found[1].rows


@pytest.mark.parametrize(
    'known, behaviour, is_unaffected',
    [
        (
            fleets.QCOW2,
            backends.Behaviour(backends.Backend.QCOW2, True, True),
            False,
        ),
        (IRONIC, None, True),
        (CONTROLLER, None, True),
        (FAULTY, None, False),
        (IRONIC + 'images_type = zfs\n', None, False),
        (UNREAD, None, False),
    ],
)
def test_what_is_known_of_a_host(
    known: fleets.Known,
    behaviour: backends.Behaviour | None,
    is_unaffected: bool,
) -> None:
    (host,) = fleets.of({'a': known}).hosts
    assert verdict.behaviour_of(host.known) == behaviour
    assert fleet.is_unaffected(host) is is_unaffected
