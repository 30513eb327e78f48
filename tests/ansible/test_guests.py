# SPDX-License-Identifier: Apache-2.0

"""The guests of the hosts, which are looked at where that is asked for."""

from __future__ import annotations

import json

from tests.ansible import playbooks
from tests.ansible import settings
from tests.unit.guests import instance_files


def add(controller: playbooks.Controller, name: str) -> instance_files.Host:
    """Add a host with a guest that another backend has made."""
    found = instance_files.Host(controller.directory / 'guests' / name)
    found.add_raw()
    controller.add(
        name,
        settings.GOOD,
        nova_cow_check_guests_arguments=[
            f'--instances-path={found.instances}',
            f'--domains={found.domains}',
        ],
    )
    return found


def test_guests_are_looked_at_where_that_is_asked_for(
    controller: playbooks.Controller,
) -> None:
    add(controller, 'compute-1')
    add(controller, 'compute-2')
    controller.hosts['compute-2']['nova_cow_check_guests'] = False
    result = controller.play(guests=True)
    assert result.code == 2, result.output
    assert controller.rules == {
        'compute-1': {'guest-backend-changed'},
        'compute-2': set(),
    }
    (concerned,) = controller.report['fleet']['guests']
    assert concerned['hosts'] == [
        {'name': 'compute-1', 'guests': [instance_files.UUID]}
    ]
    text = controller.kept['report.txt'].decode()
    assert 'Guests were looked at on 1 of 2 hosts: 1.' in text
    assert 'failure: compute-1' in result.summary


def test_without_it_nothing_is_asked(
    controller: playbooks.Controller,
) -> None:
    add(controller, 'compute-1')
    assert controller.play().code == 0
    kept = json.loads(controller.kept['hosts/compute-1.json'])
    assert kept['hosts'][0]['guests'] is None


def test_what_cannot_be_looked_at_stops_the_gate(
    controller: playbooks.Controller,
) -> None:
    add(controller, 'compute-1')
    controller.hosts['compute-1']['nova_cow_check_guests_arguments'] = [
        '--instances-path=/no/such',
        '--domains=/no/such',
    ]
    result = controller.play(guests=True, fail_on='failure')
    assert result.code == 2
    check = controller.report['hosts'][0]['checks'][-1]
    assert (check['name'], check['is_judged']) == ('guests', False)
