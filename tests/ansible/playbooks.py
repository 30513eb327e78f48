# SPDX-License-Identifier: Apache-2.0

"""Run the playbook with the real ansible-playbook, over hosts made here."""

from __future__ import annotations

from collections.abc import Mapping
import dataclasses
import json
import os
import pathlib
import re
import subprocess
import sys
from typing import Any, NamedTuple

import yaml

from tests.functional import conftest
from tests.functional import manual

ROOT = manual.ROOT
SHARE = ROOT / 'share' / 'ansible'
PLAYBOOK = SHARE / 'nova_cow_check.yml'
ROLE = SHARE / 'roles' / 'nova_cow_check'
PAGE = manual.Document(ROOT / 'doc' / 'source' / 'ansible.rst')

#: Of the Python that runs the tests.
BIN = pathlib.Path(sys.executable).parent
COMMAND = str(BIN / 'nova-cow-check')

#: A host that nobody answers for.
AWAY = {
    'ansible_connection': 'ssh',
    'ansible_host': '127.0.0.1',
    'ansible_port': 1,
    # Else it depends on who is faster what ssh says.
    'ansible_pipelining': False,
}

_RECAP = re.compile(r'^(\S+) +: ((?:\w+=\d+ *)+)$', re.MULTILINE)
_CREATED = re.compile(r'"created": "[^"]*"')


class Result(NamedTuple):
    """What a run of ansible-playbook came to."""

    code: int
    output: str

    @property
    def recap(self) -> dict[str, dict[str, int]]:
        """The counts of each host, by their names."""
        return {
            host: {
                name: int(count)
                for name, count in re.findall(r'(\w+)=(\d+)', counts)
            }
            for host, counts in _RECAP.findall(self.output)
        }

    def total(self, name: str) -> int:
        return sum(counts[name] for counts in self.recap.values())

    @property
    def summary(self) -> list[str]:
        """The lines of the verdict."""
        # In a collection, the role has a longer name.
        said = self.output.partition('nova_cow_check : Give the verdict]')[2]
        match = re.search(r'"msg": (\[.*?\n    \])', said, re.DOTALL)
        assert match, self.output
        return json.loads(match[1])


@dataclasses.dataclass(frozen=True)
class Controller:
    """Where ansible-playbook is run, with an inventory of its own."""

    directory: pathlib.Path
    #: Variables of the hosts, by their names.
    hosts: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)

    @property
    def reports(self) -> pathlib.Path:
        return self.directory / 'nova-cow-check-report'

    def add(self, name: str, conf: str, **variables: Any) -> None:
        """Add a host, with a nova.conf of its own."""
        path = self.conf(name)
        path.parent.mkdir(parents=True)
        path.write_text(conf)
        self.hosts[name] = {
            'nova_cow_check_arguments': ['--config-file', str(path)],
            **variables,
        }

    def conf(self, name: str) -> pathlib.Path:
        return self.directory / 'hosts' / name / 'nova.conf'

    def play(
        self,
        *arguments: str,
        playbook: pathlib.Path | str = PLAYBOOK,
        environment: Mapping[str, str] | None = None,
        **variables: Any,
    ) -> Result:
        """Run a playbook.

        :param playbook: a file, or the name of one in a collection
        :param variables: of all hosts, without their prefix
        """
        inventory = self.directory / 'inventory.json'
        inventory.write_text(json.dumps(self._inventory(variables)))
        done = subprocess.run(
            [
                str(BIN / 'ansible-playbook'),
                *('-i', str(inventory), *arguments, str(playbook)),
            ],
            cwd=self.directory,
            env={
                **conftest.environment(self.directory),
                'PATH': f'{BIN}:{os.environ["PATH"]}',
                'PWD': str(self.directory),
                'TMPDIR': str(self._temporary()),
                'ANSIBLE_CONFIG': str(self._empty_file('ansible.cfg')),
                'ANSIBLE_FORKS': '8',
                'ANSIBLE_PIPELINING': '1',
                'ANSIBLE_NOCOLOR': '1',
                **(environment or {}),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=900,
        )
        assert list(self._temporary().glob('nova-cow-check.*')) == []
        return Result(done.returncode, done.stdout)

    def _empty_file(self, name: str) -> pathlib.Path:
        path = self.directory / name
        path.touch()
        return path

    def _temporary(self) -> pathlib.Path:
        path = self.directory / 'tmp'
        path.mkdir(exist_ok=True)
        return path

    def _inventory(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        return {
            'all': {
                'children': {
                    'compute': {
                        'hosts': self.hosts,
                        'vars': {
                            'ansible_connection': 'local',
                            'ansible_python_interpreter': sys.executable,
                            'nova_cow_check_become': False,
                            'nova_cow_check_command': COMMAND,
                            **prefixed(variables),
                        },
                    },
                    'control': {'hosts': {'control-1': AWAY}},
                },
            },
        }

    @property
    def report(self) -> dict[str, Any]:
        """The kept report on all hosts."""
        return json.loads((self.reports / 'report.json').read_text())

    @property
    def rules(self) -> dict[str, set[str]]:
        """The rules that hold on each host of the kept report."""
        return {
            host['name']: {
                finding['rule']
                for check in host['checks']
                for finding in check['findings']
            }
            for host in self.report['hosts']
        }

    @property
    def unreadable(self) -> dict[str, str]:
        """Why hosts of the kept report were not read, by their names."""
        return {
            host['name']: host['unreadable']['reason']
            for host in self.report['hosts']
            if host['unreadable'] is not None
        }

    @property
    def kept(self) -> dict[str, bytes]:
        """All kept files, by their names."""
        return {
            str(path.relative_to(self.reports)): path.read_bytes()
            for path in sorted(self.reports.rglob('*'))
            if path.is_file()
        }

    @property
    def content(self) -> str:
        """The kept report, but for its time."""
        return _CREATED.sub('', (self.reports / 'report.json').read_text())


def prefixed(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return variables of the role by their whole names."""
    return {f'nova_cow_check_{name}': v for name, v in variables.items()}


def defaults() -> dict[str, Any]:
    """Return the variables of the role, and what they are without change."""
    return yaml.safe_load((ROLE / 'defaults' / 'main.yml').read_text())
