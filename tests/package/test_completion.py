# SPDX-License-Identifier: Apache-2.0

"""bash, fish and zsh complete the command line."""

from __future__ import annotations

import argparse
import pathlib

import pytest

from nova_cow_check.cmd import vocabulary
from nova_cow_check.rules import registry
from tests.package import commands
from tests.package import completions
from tests.package import shells

every_shell = pytest.mark.parametrize('shell', shells.SHELLS)

COMMANDS = ['fix', 'report', 'rules', 'upgrade']

#: Command lines up to the word that is completed, and what it can become, in
#: a directory with nova.conf and nova.d.
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


@every_shell
@pytest.mark.parametrize('line', CASES, ids=lambda line: line or 'nothing')
def test_what_is_offered(
    line: str, shell: str, tmp_path: pathlib.Path
) -> None:
    (tmp_path / 'nova.conf').touch()
    (tmp_path / 'nova.d').mkdir()
    words = [vocabulary.PROGRAM, *line.split(' ')]
    assert shells.SHELLS[shell](words, tmp_path) == CASES[line]


def test_each_value_is_completed_or_known_to_nobody() -> None:
    for command in commands.walk(completions.parser(), (), ''):
        for action in command.parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                continue
            if action.nargs != 0 and not action.choices:
                is_completed = hasattr(action, 'complete')
                assert is_completed != (action.metavar in completions.FREE)


@every_shell
@pytest.mark.parametrize(
    'command', commands.nova_cow_check(), ids=lambda one: one.page
)
def test_each_option_is_offered(
    command: commands.Command, shell: str, tmp_path: pathlib.Path
) -> None:
    flags = command.parser._option_string_actions
    offered = shells.SHELLS[shell]([*command.words, '--'], tmp_path)
    assert offered == sorted(flag for flag in flags if flag[:2] == '--')
