# SPDX-License-Identifier: Apache-2.0

"""A fleet of all kinds of hosts is checked, and reported on as one."""

from __future__ import annotations

import html
import json

import pytest

from tests.ansible import playbooks
from tests.ansible import settings
from tests.functional import documents
from tests.functional import passwords

#: Hosts of one cell, so that they are not compared with the others.
CELLS = {'converted': ['converted'], 'opened': ['opened*']}

#: Name -> settings, None for a host that is away; the rules that hold.
HOSTS: dict[str, tuple[str | None, set[str]]] = {
    'good': (settings.GOOD + passwords.CONFIGURATION, set()),
    'default': (settings.DEFAULT, {'implicit-image-backend'}),
    'converted': (settings.CONVERTED, {'flat-disks-converted'}),
    'opened': (settings.OPENED, {'raw-disks-opened-as-qcow2'}),
    'controller': (settings.NO_COMPUTE_HOST, {'unreadable-configuration'}),
    'unreadable': (
        f'[DEFAULT]\n{passwords.ON_THE_LINE}\n',
        {'unreadable-configuration'},
    ),
    'away': (None, {'unreadable-configuration'}),
}

#: Those that were not checked -> the end of why.
REASONS = {
    'unreadable': '.conf:2: not a valid configuration file: ',
    'away': 'it was not checked: unreachable: ',
}
UNCHECKED = tuple(REASONS)


@pytest.fixture(scope='module')
def fleet(
    tmp_path_factory: pytest.TempPathFactory,
) -> playbooks.Controller:
    controller = playbooks.Controller(tmp_path_factory.mktemp('fleet'))
    for name, (content, _rules) in HOSTS.items():
        if content is None:
            controller.add(name, settings.GOOD, **playbooks.AWAY)
        else:
            controller.add(name, content)
    return controller


@pytest.fixture(scope='module')
def first(fleet: playbooks.Controller) -> playbooks.Result:
    """The first run, as chatty as it can be."""
    return fleet.play('-vvv', groups=CELLS)


@pytest.fixture(scope='module')
def kept(
    fleet: playbooks.Controller, first: playbooks.Result
) -> dict[str, bytes]:
    """The files that the first run has left."""
    return fleet.kept


class TestFirstRun:
    def test_it_fails_once_and_at_the_end(
        self, first: playbooks.Result
    ) -> None:
        assert first.code == 2
        assert first.total('failed') == 1
        assert first.total('unreachable') == 0

    def test_the_report_has_what_is_wrong_on_every_host(
        self, fleet: playbooks.Controller, first: playbooks.Result
    ) -> None:
        assert fleet.rules == {
            name: rules for name, (_conf, rules) in HOSTS.items()
        }
        assert documents.of(fleet.report)['result'] == 'failure'

    @pytest.mark.parametrize('name', ['report.txt', 'report.html'])
    def test_people_find_every_host_in_it(
        self, name: str, kept: dict[str, bytes]
    ) -> None:
        for host in HOSTS:
            assert host in kept[name].decode()

    def test_the_reports_of_the_hosts_are_at_hand(
        self, kept: dict[str, bytes]
    ) -> None:
        names = {path[6:] for path in kept if path.startswith('hosts/')}
        checked = HOSTS.keys() - set(UNCHECKED)
        reasons = {f'{host}.unchecked' for host in UNCHECKED}
        assert names == {f'{host}.json' for host in checked} | reasons
        for host in checked:
            (one,) = documents.of(json.loads(kept[f'hosts/{host}.json']))[
                'hosts'
            ]
            # Nobody asked for its guests.
            assert (one['name'], one['guests']) == (host, None)

    @pytest.mark.parametrize('name', UNCHECKED)
    def test_why_a_host_was_not_checked_is_in_every_form(
        self, name: str, fleet: playbooks.Controller, kept: dict[str, bytes]
    ) -> None:
        reason = fleet.unreadable[name]
        assert REASONS[name] in reason
        # Text is wrapped, and html has marks of its own for quotes.
        text = ' '.join(kept['report.txt'].decode().split())
        assert f'{reason}. {name} (hosts/{name}.unchecked)' in text
        assert reason in html.unescape(kept['report.html'].decode())

    def test_the_verdict_says_what_to_look_at(
        self, fleet: playbooks.Controller, first: playbooks.Result
    ) -> None:
        conf = fleet.conf('unreadable')
        *said, unreadable, away, report, code = first.summary
        assert said == [
            'Image settings of 7 hosts: failure',
            'failure: controller, opened',
            'warning: converted, default',
            'success: good',
        ]
        assert unreadable.startswith(
            f'not checked: unreadable: nova-cow-check: {conf}:2: '
            'not a valid configuration file'
        )
        assert away.startswith('not checked: away: unreachable: ')
        assert 'port 1: Connection refused' in away
        assert report == f'report: {fleet.reports}/report.txt'
        assert code == 'exit code 2, with --fail-on warning'

    def test_no_password_is_seen(
        self, first: playbooks.Result, kept: dict[str, bytes]
    ) -> None:
        written = b'\n'.join(kept.values()).decode()
        assert not passwords.TOKEN.search(first.output + written)


#: Name -> a variable of the plays, the environment of ansible-playbook.
WAYS = {
    'one by one, and any error is fatal': (
        'nova_cow_check_serial=1',
        {'ANSIBLE_ANY_ERRORS_FATAL': '1'},
    ),
    'in batches, and free': (
        'nova_cow_check_serial=30%',
        {'ANSIBLE_STRATEGY': 'free'},
    ),
}


@pytest.mark.parametrize('name', WAYS)
def test_another_run_is_the_same_however_it_is_run(
    name: str,
    fleet: playbooks.Controller,
    first: playbooks.Result,
    kept: dict[str, bytes],
) -> None:
    extra, environment = WAYS[name]
    result = fleet.play('-e', extra, environment=environment, groups=CELLS)
    assert (result.code, result.total('changed')) == (first.code, 0)
    assert result.summary == first.summary
    assert fleet.kept == kept


def test_check_mode_judges_what_is_there_and_writes_nothing(
    fleet: playbooks.Controller, kept: dict[str, bytes]
) -> None:
    before = fleet.conf('default').read_text()
    fleet.conf('default').write_text(settings.GOOD)
    result = fleet.play('--check', '--diff', groups=CELLS, fail_on='failure')
    fleet.conf('default').write_text(before)
    assert fleet.kept == kept
    assert (result.code, result.total('changed')) == (2, 1)
    assert 'failure: controller, opened' in result.summary
    assert 'warning: converted' in result.summary
    assert result.summary[-2:] == [
        'check mode: the report is left as it is',
        'exit code 2, with --fail-on failure',
    ]
    removed = [
        line for line in result.output.splitlines() if line.startswith('-')
    ]
    assert any('implicit-image-backend' in line for line in removed)
