# SPDX-License-Identifier: Apache-2.0

"""Hosts that give no verdict are told of, and stop no other."""

from __future__ import annotations

import json
import os
import pathlib

import pytest

from tests.ansible import playbooks
from tests.ansible import settings
from tests.functional import passwords

#: Looks like templates, and like what acts on a terminal.
TEMPLATE = "{{ lookup('ansible.builtin.pipe', 'touch %s') }}"
ESCAPE = '\x1b]0;banana\x07'
#: On one line, and with what Ansible prints as it is.
HARM = 'é\x9b31m\u202e\u200b\u2066 ' + ESCAPE


def script(path: pathlib.Path, output: str, code: int = 0) -> str:
    """Write a command that prints this, and return its path."""
    content = path.with_suffix('.out')
    content.write_text(output)
    path.write_text(f'#!/bin/sh\ncat {content}\nexit {code}\n')
    path.chmod(0o755)
    return str(path)


def document(name: str, **more: object) -> str:
    return json.dumps({'report_version': 1, 'hosts': [{'name': name}], **more})


#: Name of the host -> what its command prints.
HOSTILE = {
    'empty': '',
    'words': 'no report',
    'cut': document('cut')[:-2],
    'list': '[]',
    'nothing': '{}',
    'null': '{"hosts": null}',
    'number': '{"hosts": 7}',
    'other': document('good'),
    'two': '{"hosts": [{"name": "two"}, {"name": "good"}]}',
    'deep': '{"hosts": ' + '[' * 100_000 + ']' * 100_000 + '}',
    'escape': ESCAPE,
}


@pytest.fixture(scope='module')
def fleet(
    tmp_path_factory: pytest.TempPathFactory,
) -> playbooks.Controller:
    controller = playbooks.Controller(tmp_path_factory.mktemp('unchecked'))
    directory = controller.directory
    controller.add('good', settings.GOOD)
    for name, output in HOSTILE.items():
        command = script(directory / name, output)
        controller.add(name, settings.GOOD, nova_cow_check_command=command)
    # For the role, this is one; for the report on all hosts, it is none.
    template = document('template', created=TEMPLATE % (directory / 'made'))
    for name, command, code in (
        ('template', template, 0),
        ('verdict', document('verdict'), 2),
    ):
        path = script(directory / name, command, code)
        controller.add(name, settings.GOOD, nova_cow_check_command=path)
    said = directory / 'said'
    said.write_text(
        f'{HARM}{TEMPLATE % (directory / "made")}', encoding='utf-8'
    )
    path = directory / 'stderr'
    path.write_text(f'#!/bin/sh\ncat {said} >&2\nexit 255\n')
    path.chmod(0o755)
    controller.add('stderr', '', nova_cow_check_command=str(path))
    # A sound report, but on another host.
    borrowed = directory / 'borrowed'
    borrowed.write_text(
        f'#!/bin/sh\nexec {playbooks.COMMAND} --config-file '
        f'{controller.conf("good")} report --host good --output json\n'
    )
    borrowed.chmod(0o755)
    controller.add('borrowed', '', nova_cow_check_command=str(borrowed))
    controller.add('missing', '', nova_cow_check_command='/no/such/command')
    controller.add('python', '', ansible_python_interpreter='/no/python')
    controller.add('hangs', '', nova_cow_check_timeout=2)
    controller.conf('hangs').unlink()
    os.mkfifo(controller.conf('hangs'))
    controller.add('talks', passwords.CONFIGURATION)
    controller.hosts['talks']['nova_cow_check_arguments'] = ['--debug']
    return controller


@pytest.fixture(scope='module')
def result(fleet: playbooks.Controller) -> playbooks.Result:
    return fleet.play('-v')


def test_nobody_stops_the_others(
    fleet: playbooks.Controller, result: playbooks.Result
) -> None:
    assert (result.code, result.total('failed')) == (2, 1)
    rules = fleet.rules
    assert rules.pop('good') == set()
    assert rules == dict.fromkeys(
        fleet.hosts.keys() - {'good'}, {'unreadable-configuration'}
    )


def test_nothing_of_theirs_is_run_or_shown(
    fleet: playbooks.Controller, result: playbooks.Result
) -> None:
    assert not (fleet.directory / 'made').exists()
    assert all(map(str.isprintable, result.summary))
    # What -v shows of a result is Ansible's.
    shown = fleet.play()
    assert shown.output.replace('\n', '').isprintable()
    assert not (fleet.directory / 'made').exists()
    assert '\x1b' not in result.output
    assert not passwords.TOKEN.search(result.output)


#: Name of a host -> why it is not checked.
REASONS = {
    'empty': 'no report was printed',
    'words': 'no report was printed',
    'other': 'what was printed is not a report on this host',
    'verdict': '/verdict: non-zero return code, exit code 2',
    'missing': '/no/such/command: ',
    'python': '/no/python',
    'hangs': 'Timed out after 2 second',
    'talks': 'nova_cow_check_arguments must not have --debug',
    'stderr': 'é?31m??? ?]0;banana?{{ lookup(',
}


@pytest.mark.parametrize('name', REASONS)
def test_the_reason_is_told(name: str, result: playbooks.Result) -> None:
    said = result.output.partition('Note why the host is not checked')[2]
    (line,) = [
        line for line in said.splitlines() if line.startswith(f'ok: [{name}]')
    ]
    assert REASONS[name] in line
    assert line.isprintable()


@pytest.mark.parametrize('name', REASONS)
def test_the_reason_is_in_the_report(
    name: str, fleet: playbooks.Controller, result: playbooks.Result
) -> None:
    reason = fleet.unreadable[name]
    assert reason.startswith('it was not checked: ')
    assert REASONS[name] in reason
    assert reason.isprintable()
    # The role has cut it.
    assert len(reason) < 350
    kept = fleet.kept[f'hosts/{name}.unchecked']
    assert kept.decode().count('\n') == 1


def test_no_password_is_kept(
    fleet: playbooks.Controller, result: playbooks.Result
) -> None:
    written = b'\n'.join(fleet.kept.values()).decode()
    assert not passwords.TOKEN.search(written)


def test_a_verdict_names_some_and_counts_the_rest(
    fleet: playbooks.Controller, result: playbooks.Result
) -> None:
    named = [
        line for line in result.summary if line.startswith('not checked: ')
    ]
    assert len(named) == 11
    # The role has no fault to find with two of them.
    assert named[-1] == f'not checked: {len(fleet.hosts) - 2 - 10} more'
