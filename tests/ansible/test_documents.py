# SPDX-License-Identifier: Apache-2.0

"""What is written about the role is true, and Ansible's own tools like it.

``UPDATE_MANUAL=1 pytest tests/ansible/test_documents.py`` writes the list of
variables anew.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import textwrap
from typing import Any

import pytest
import yaml

from tests.ansible import playbooks
from tests.ansible import settings
from tests.functional import manual

PAGE = playbooks.PAGE

#: What is before it is written by hand.
START = '\nVariables\n=========\n'

DEFAULTS = playbooks.defaults()

SPECS: dict[str, dict[str, Any]] = yaml.safe_load(
    (playbooks.ROLE / 'meta' / 'argument_specs.yml').read_text()
)['argument_specs']

BLOCKS = {block.name: block for block in PAGE.blocks_in('yaml')}

#: Variables of the plays, which are no role's.
OF_PLAYS = {'nova_cow_check_hosts', 'nova_cow_check_serial'}


def options() -> dict[str, dict[str, Any]]:
    return {
        name: option
        for entry_point in SPECS.values()
        for name, option in entry_point['options'].items()
    }


def described(name: str, option: dict[str, Any]) -> str:
    """Return the item of a variable in the list."""
    default = DEFAULTS[name]
    text = option['description'].replace('["', '``["').replace('"]', '"]``')
    # What is computed, the description tells.
    if '{{' not in str(default):
        shown = yaml.safe_dump(default, default_flow_style=True, width=1000)
        shown = shown.partition('\n...')[0].strip()
        text += f' Default: ``{shown}``.' if default != '' else ''
    return f'{name}\n{textwrap.indent(textwrap.fill(text, 74), " " * 4)}\n'


def test_the_list_of_variables_is_that_of_the_role() -> None:
    items = [described(*item) for item in options().items()]
    content = PAGE.content.partition(START)[0] + START
    content = '\n'.join([content, *items])
    if os.environ.get('UPDATE_MANUAL'):
        PAGE.path.write_text(content)
        pytest.skip('the page is written anew: read the diff')
    assert PAGE.content == content


def test_every_variable_is_declared_and_has_a_default() -> None:
    assert options().keys() == DEFAULTS.keys()


def test_ansible_shows_the_variables() -> None:
    done = subprocess.run(
        [
            str(playbooks.BIN / 'ansible-doc'),
            *('--type', 'role', '--json'),
            *('--roles-path', str(playbooks.ROLE.parent), 'nova_cow_check'),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    shown = json.loads(done.stdout)['nova_cow_check']['entry_points']
    assert {name: shown[name]['options'].keys() for name in shown} == {
        name: SPECS[name]['options'].keys() for name in SPECS
    }
    readme = (playbooks.ROLE / 'README.md').read_text()
    for name in SPECS:
        assert f'--entry-point {name} nova_cow_check' in readme


VARIABLES = [name for name in BLOCKS if name != 'upgrade.yml']


@pytest.mark.parametrize('name', VARIABLES)
def test_the_variables_of_the_recipes_are_some(name: str) -> None:
    variables = yaml.safe_load(BLOCKS[name].text)
    for variable, value in variables.items():
        if variable not in OF_PLAYS:
            assert type(value) is type(DEFAULTS[variable]), variable


def test_variables_of_a_file_are_taken(
    controller: playbooks.Controller,
) -> None:
    controller.add('compute-1', settings.DEFAULT)
    controller.add('edge-1', settings.CONVERTED)
    inventory = {'cell1': {'hosts': {'compute-1': {}}}}
    (controller.directory / 'more.json').write_text(json.dumps(inventory))
    text = BLOCKS['nova_cow_check.yml'].text
    for theirs, ours in (
        ('_install: true', '_install: false'),
        ('/var/lib/nova-cow-check', str(controller.reports)),
        ('/etc/nova-cow-check/waivers.yaml', str(controller.reports / 'w')),
        ('compute_cell1', 'cell1'),
    ):
        assert theirs in text
        text = text.replace(theirs, ours)
    (controller.directory / 'variables.yml').write_text(text)
    controller.reports.mkdir()
    (controller.reports / 'w').write_text(
        '- rule: implicit-image-backend\n  reason: "Why not?"\n'
    )
    result = controller.play('-i', 'more.json', '-e', '@variables.yml')
    assert result.code == 0
    # Of two cells, they are not compared.
    assert controller.rules == {
        'compute-1': {'implicit-image-backend'},
        'edge-1': {'flat-disks-converted'},
    }
    assert 'success: compute-1' in result.summary
    assert controller.report['fail_on'] == 'failure'
    assert 'exit code 0, with --fail-on failure' in result.summary


def test_a_playbook_of_ones_own_does_the_same(
    controller: playbooks.Controller,
) -> None:
    controller.add('compute-1', settings.GOOD)
    controller.add('compute-2', settings.GOOD, **playbooks.AWAY)
    path = controller.directory / 'upgrade.yml'
    path.write_text(BLOCKS['upgrade.yml'].text)
    roles = {'ANSIBLE_ROLES_PATH': str(playbooks.ROLE.parent)}
    result = controller.play(playbook=path, environment=roles)
    assert result.code == 2
    assert 'success: compute-1' in result.summary


def test_the_playbook_is_where_the_readme_installs_it() -> None:
    directory = '/opt/nova-cow-check'
    assert f'venv {directory}\n' in manual.README.content
    (path,) = set(re.findall(r'/opt/\S+/nova_cow_check\.yml', PAGE.content))
    assert path == f'{directory}/share/ansible/nova_cow_check.yml'
