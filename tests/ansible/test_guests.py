# SPDX-License-Identifier: Apache-2.0

"""The guests of the hosts, which are looked at where that is asked for."""

from __future__ import annotations

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
    for name in ('compute-1', 'compute-2', 'compute-3'):
        add(controller, name)
    controller.hosts['compute-2']['nova_cow_check_guests'] = False
    controller.hosts['compute-3']['nova_cow_check_guests_arguments'] = [
        '--instances-path=/no/such',
        '--domains=/no/such',
    ]
    result = controller.play(guests=True)
    assert result.code == 2, result.output
    found = {host['name']: host for host in controller.report['hosts']}
    asked, left, missing = (found[name] for name in sorted(found))
    assert controller.rules['compute-1'] == {'guest-backend-changed'}
    assert (controller.rules['compute-2'], left['guests']) == (set(), None)
    # What cannot be looked at stops the gate.
    check = missing['checks'][-1]
    assert (check['name'], check['is_judged']) == ('guests', False)
    assert (asked['result'], missing['result']) == ('failure', 'failure')
    (concerned,) = controller.report['fleet']['guests']
    assert concerned['hosts'] == [
        {'name': 'compute-1', 'guests': [instance_files.UUID]}
    ]
    text = controller.kept['report.txt'].decode()
    assert 'Guests were looked at on 1 of 3 hosts: 1.' in text
    assert 'failure: compute-1, compute-3' in result.summary
