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

"""README.rst is true: its commands print what it says.

After a change that is meant, write the outputs anew with
``UPDATE_README=1 pytest tests/functional/test_readme.py``, read the diff,
and run the tests again.
"""

from __future__ import annotations

from collections.abc import Iterator
import os
import pathlib
import re
import shutil
import subprocess
import sys
import textwrap

import pytest
import yaml

from nova_cow_check.rules import registry
from nova_cow_check.rules import rule as rule_module
from tests.functional import conftest
from tests.functional import processes

ROOT = pathlib.Path(__file__).parents[2]
README = ROOT / 'README.rst'
CONTENT = README.read_text()

_BLOCK = re.compile(
    r'^\.\. code-block:: (?P<language>\w+)\n'
    r'(?:   :name: (?P<name>\S+)\n)?'
    r'\n(?P<body>(?:(?:   .*)?\n)+)',
    re.MULTILINE,
)


def blocks(language: str) -> list[re.Match[str]]:
    return [
        match
        for match in _BLOCK.finditer(CONTENT)
        if match['language'] == language
    ]


def body(match: re.Match[str]) -> str:
    return textwrap.dedent(match['body']).strip('\n') + '\n'


def sessions() -> Iterator[tuple[str, str]]:
    """Yield each command of the console blocks with its output."""
    for block in blocks('console'):
        for part in re.split(r'^\$ ', body(block), flags=re.MULTILINE)[1:]:
            command, _newline, output = part.partition('\n')
            yield command, output


FIRST, TESTS, *OTHERS = sessions()


@pytest.fixture(scope='module')
def checkout(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A copy of the source tree, without history and build products."""
    directory = tmp_path_factory.mktemp('clone') / 'nova-cow-check'
    ignored = (ROOT / '.gitignore').read_text().replace('/', '').split()
    shutil.copytree(
        ROOT, directory, ignore=shutil.ignore_patterns('.git', *ignored)
    )
    for block in blocks('python'):
        (directory / block['name']).write_text(body(block))
    return directory


def run(
    command: str,
    directory: pathlib.Path,
    status: int = 0,
    stderr: int = subprocess.STDOUT,
) -> subprocess.CompletedProcess[str]:
    """Run a command in a shell in which the last status was this one."""
    commands = pathlib.Path(sys.executable).parent
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(('OS_', 'PYTHON'))
    }
    environment['PATH'] = f'{commands}:{environment["PATH"]}'
    return subprocess.run(
        ['bash', '-c', f'(exit {status}); {command}'],
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )


def documented(outputs: list[str]) -> str:
    """Return README.rst with these outputs, in order."""
    left = iter(outputs)

    def with_outputs(block: re.Match[str]) -> str:
        if block['language'] != 'console':
            return block[0]
        lines = []
        for line in body(block).splitlines():
            if line.startswith('$ '):
                lines += [line, *next(left).splitlines()]
        text = textwrap.indent('\n'.join(lines) + '\n', '   ')
        return f'.. code-block:: console\n\n{text}\n'

    return _BLOCK.sub(with_outputs, CONTENT)


def no_nova_compute_runs() -> None:
    conftest.required(
        not processes.nova_compute_runs_here(),
        'nova-compute runs on this machine',
    )


def test_the_first_command_in_a_fresh_clone(checkout: pathlib.Path) -> None:
    command, output = FIRST
    # pip may warn of what its configuration names.
    result = run(command, checkout, stderr=subprocess.DEVNULL)
    assert result.returncode == 1
    assert 'Result: Warning' in result.stdout
    assert 'images_type = flat' in result.stdout
    if not os.environ.get('UPDATE_README'):
        assert result.stdout == output


def test_the_commands_and_their_outputs(checkout: pathlib.Path) -> None:
    outputs = []
    status = 0
    for command, _output in OTHERS:
        result = run(command, checkout, status)
        status = result.returncode
        outputs.append(result.stdout)
    if os.environ.get('UPDATE_README'):
        first = run(FIRST[0], checkout, stderr=subprocess.DEVNULL).stdout
        README.write_text(documented([first, '', *outputs]))
        pytest.skip('README.rst is written anew: read the diff')
    assert outputs == [output for _command, output in OTHERS]


def test_ci_runs_the_second_command() -> None:
    command, _output = TESTS
    assert command in (ROOT / '.ci' / 'run').read_text().splitlines()


@pytest.mark.parametrize('rule', registry.RULES.values(), ids=lambda r: r.name)
def test_every_rule_is_there_with_its_severity(rule: rule_module.Rule) -> None:
    assert f'``{rule.name}`` ({rule.severity.name.lower()})' in CONTENT


@pytest.mark.parametrize('block', blocks('shell'), ids=lambda b: body(b)[:40])
def test_commands_for_a_compute_host_are_understood(
    block: re.Match[str], checkout: pathlib.Path
) -> None:
    no_nova_compute_runs()
    # What is said then is all there is to see.
    result = run(body(block), checkout)
    assert result.returncode == 255
    assert 'found no configuration to read' in result.stdout or (
        'no nova-compute is running' in result.stdout
    )


@pytest.mark.parametrize('block', blocks('yaml'), ids=lambda b: body(b)[:30])
def test_the_commands_of_the_gates_are_understood(
    block: re.Match[str], checkout: pathlib.Path
) -> None:
    no_nova_compute_runs()
    commands = list(_commands(yaml.safe_load(body(block))))
    assert commands
    for command in commands:
        shutil.copy(checkout / 'samples/nova.conf', checkout)
        result = run(command, checkout)
        assert 'check' in command.split()
        assert result.returncode == 1 or (
            'no nova-compute is running' in result.stdout
        )


def _commands(node: object) -> Iterator[str]:
    """Yield the strings in a tree of YAML that run our command."""
    if isinstance(node, str) and node.startswith('nova-cow-check '):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from _commands(value)
    elif isinstance(node, list):
        for value in node:
            yield from _commands(value)
