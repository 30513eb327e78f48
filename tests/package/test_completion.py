# SPDX-License-Identifier: Apache-2.0

"""bash, fish and zsh complete the command line."""

from __future__ import annotations

import argparse

import pytest

from nova_cow_check.cmd import status
from nova_cow_check.cmd import vocabulary
from nova_cow_check.rules import registry
from tests.package import commands
from tests.package import completions
from tests.package import shells

COMMANDS = ['fix', 'report', 'rules', 'upgrade']

#: What follows the program up to the word that is completed, and what it can
#: become, in a directory with nova.conf and nova.d.
CASES = {
    '': COMMANDS,
    'rep': ['report'],
    'upgrade ': ['check'],
    'upgrade check --js': ['--json'],
    '--ver': ['--version'],
    '--config-file /etc/nova/nova.conf rep': ['report'],
    '--running rep': ['report'],
    'report --fa': ['--fail-on'],
    'report --fail-on ': sorted(vocabulary.FAIL_ON),
    'report --fail-on wa': ['warning'],
    'report --output js': ['json'],
    'fix --for pup': ['puppet-nova'],
    'fix --rule rbd': ['rbd-without-raw-images'],
    'rules rbd': ['rbd-without-raw-images'],
    'rules ': sorted(registry.RULES),
    '--config-file nova': ['nova.conf', 'nova.d'],
    'upgrade check --config-dir nova': ['nova.d'],
    'report --waivers nova': ['nova.conf', 'nova.d'],
    'report nova': ['nova.conf', 'nova.d'],
    'report other.conf nova': ['nova.conf', 'nova.d'],
    'report nova.d --exp': ['--expected'],
}


CASES_OF_STATUS = {
    '': ['upgrade', 'version'],
    'upgrade ': ['check'],
    '--config-file nova.conf up': ['upgrade'],
    'upgrade check --js': ['--json'],
    'upgrade check --domains nova': ['nova.d'],
}


LINES = {
    **{f'{vocabulary.PROGRAM} {line}': CASES[line] for line in CASES},
    **{
        f'{status.PROGRAM} {line}': CASES_OF_STATUS[line]
        for line in CASES_OF_STATUS
    },
}


#: What begins an option of each command.
OPTIONS = {
    ' '.join([*command.words, '--']): command
    for command in commands.nova_cow_check()
}


@pytest.fixture(scope='module', params=shells.SHELLS)
def offered(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[str]]:
    """What a shell offers for each line."""
    directory = tmp_path_factory.mktemp(request.param)
    (directory / 'nova.conf').touch()
    (directory / 'nova.d').mkdir()
    lines = [*LINES, *OPTIONS]
    found = shells.SHELLS[request.param](lines, directory)
    assert len(found) == len(lines)
    return dict(zip(lines, found))


@pytest.mark.parametrize('line', LINES)
def test_what_is_offered(line: str, offered: dict[str, list[str]]) -> None:
    assert offered[line] == LINES[line]


def test_each_value_is_completed_or_known_to_nobody() -> None:
    ours, _status = completions.parsers()
    for command in commands.walk(ours, (), ''):
        for action in command.parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                continue
            if action.nargs != 0 and not action.choices:
                is_completed = hasattr(action, 'complete')
                assert is_completed != (action.metavar in completions.FREE)


@pytest.mark.parametrize('line', OPTIONS)
def test_each_option_is_offered(
    line: str, offered: dict[str, list[str]]
) -> None:
    flags = OPTIONS[line].parser._option_string_actions
    assert offered[line] == sorted(flag for flag in flags if flag[:2] == '--')
