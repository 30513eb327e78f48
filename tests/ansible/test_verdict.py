# SPDX-License-Identifier: Apache-2.0

"""The verdict is on what is there now, and the gate is the operator's."""

from __future__ import annotations

import pytest

from tests.ansible import playbooks
from tests.ansible import settings


def test_the_verdict_is_on_what_is_there_now(
    controller: playbooks.Controller,
) -> None:
    controller.add('compute-1', settings.GOOD)
    controller.add('compute-2', settings.GOOD)
    assert controller.play().code == 0
    before = controller.kept
    # A host that was checked before is not taken for a new one.
    controller.hosts['compute-2'].update(playbooks.AWAY)
    assert controller.play().code == 2
    assert controller.rules['compute-2'] == {'unreadable-configuration'}
    assert 'hosts/compute-2.json' not in controller.kept
    assert 'unreachable: ' in controller.unreadable['compute-2']
    # It is there again, and why it was not does not count any more. What
    # changed meanwhile is written anew, and nothing else.
    for name in playbooks.AWAY:
        del controller.hosts['compute-2'][name]
    controller.conf('compute-2').write_text(settings.DEFAULT)
    assert controller.play().code == 2
    assert controller.rules['compute-2'] == {'implicit-image-backend'}
    after = controller.kept
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]} == {
        'hosts/compute-2.json',
        'report.html',
        'report.json',
        'report.txt',
    }
    # Nobody is there any more.
    for host in controller.hosts.values():
        host.update(playbooks.AWAY)
    result = controller.play()
    assert (result.code, result.total('failed')) == (2, 1)
    assert 'success' not in {
        host['result'] for host in controller.report['hosts']
    }


def test_a_limit_is_the_whole_fleet_of_that_run(
    controller: playbooks.Controller,
) -> None:
    controller.add('compute-1', settings.GOOD)
    controller.add('compute-2', settings.DEFAULT)
    # What an earlier run has left, which was of both.
    hosts = controller.reports / 'hosts'
    hosts.mkdir(parents=True)
    (hosts / 'compute-2.json').write_text('{}')
    # As a clone has it, where no collection is installed.
    playbook = playbooks.SHARE / 'playbooks' / 'check.yml'
    result = controller.play('--limit', 'compute-1', playbook=playbook)
    assert result.code == 0
    assert result.recap.keys() == {'compute-1'}
    assert controller.rules == {'compute-1': set()}
    assert 'hosts/compute-2.json' not in controller.kept
    # What somebody removed from a report that stays the same comes back.
    (controller.reports / 'report.html').unlink()
    (hosts / 'compute-1.json').write_text('{')
    assert controller.play('--limit', 'compute-1').code == 0
    assert '<html' in controller.kept['report.html'].decode()
    assert controller.rules == {'compute-1': set()}


def test_groups_waivers_and_formats_reach_the_report(
    controller: playbooks.Controller,
) -> None:
    controller.add('compute-1', settings.GOOD)
    controller.add('compute-2', settings.CONVERTED)
    waivers = controller.directory / 'waivers.yaml'
    waivers.write_text('- rule: flat-disks-converted\n  reason: "Why not?"\n')
    result = controller.play(
        groups={'left': ['*-1', 'x'], 'right': ['*-2']},
        waivers='waivers.yaml',
        outputs={'junit': 'report.xml'},
        report_directory='reports/today',
    )
    assert result.code == 0, result.output
    assert 'success: compute-1, compute-2' in result.summary
    today = controller.directory / 'reports' / 'today'
    assert {path.name for path in today.iterdir()} == {
        'hosts',
        'hosts.txt',
        'report.json',
        'report.xml',
    }


@pytest.mark.parametrize(
    ('arguments', 'reason'),
    [
        (('-e', 'nova_cow_check_hosts=banana'), 'matches banana'),
        (('--limit', 'control'), 'No host of this run matches compute'),
        (('-e', 'nova_cow_check_fail_on=banana'), 'got: banana'),
        (
            ('-e', 'nova_cow_check_controller_command=/no/such'),
            '/no/such cannot be run on the controller',
        ),
    ],
)
def test_a_run_that_can_check_nothing_fails_at_once(
    arguments: tuple[str, ...],
    reason: str,
    controller: playbooks.Controller,
) -> None:
    controller.add('compute-1', settings.GOOD)
    result = controller.play(*arguments)
    assert (result.code, result.total('failed')) == (2, 1)
    assert reason in result.output
    assert not controller.reports.exists()


def test_waivers_that_cannot_be_read_give_no_verdict(
    controller: playbooks.Controller,
) -> None:
    controller.add('compute-1', settings.GOOD)
    result = controller.play(waivers='missing.yaml', fail_on='never')
    assert (result.code, result.total('failed')) == (2, 1)
    assert 'missing.yaml: cannot be read' in result.output


def test_who_never_fails_is_told_of_failures(
    controller: playbooks.Controller,
) -> None:
    conf = settings.CONVERTED + '[DEFAULT]\nuse_cow_images = False\n'
    for name, release in (('compute-1', '29.2.0'), ('compute-2', '33.0.0')):
        controller.add(name, conf, nova_cow_check_nova_release=release)
    controller.add('compute-3', conf)
    controller.add('compute-4', settings.FAILING)
    result = controller.play(fail_on='never')
    assert (result.code, result.total('failed')) == (0, 0)
    assert controller.report['fail_on'] == 'never'
    assert controller.report['result'] == 'failure'
    assert result.summary[-1].endswith(', with --fail-on never')
    assert controller.rules == {
        # The release of a host's Nova is said.
        'compute-1': {'unsafe-flat-resize'},
        'compute-2': set(),
        'compute-3': set(),
        # Without groups, their backends must not differ.
        'compute-4': {'mixed-image-backends', 'rbd-without-raw-images'},
    }
