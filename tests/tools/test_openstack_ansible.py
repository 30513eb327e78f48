# SPDX-License-Identifier: Apache-2.0

"""config_template writes what is printed, from where it is told to be."""

from __future__ import annotations

from collections.abc import Mapping
import json
import pathlib
import sys

import pytest

from tests.tools import cases
from tests.tools import templates

VARIABLE = 'nova_nova_conf_overrides'
GROUP = 'group_vars/nova_compute.yml'
USER = 'user_variables.yml'

INVENTORY = f"""\
[all:vars]
ansible_connection = local
ansible_python_interpreter = {sys.executable}
[nova_conductor]
api
[nova_compute]
"""


class Cloud:
    """An /etc/openstack_deploy, and what it leads to."""

    def __init__(self, directory: pathlib.Path, *hosts: str) -> None:
        self.directory = directory
        self.write('inventory.ini', INVENTORY + '\n'.join(hosts))

    def write(self, path: str, content: str) -> None:
        file = self.directory / 'openstack_deploy' / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)

    def deploy(self) -> None:
        templates.write(self.directory)

    def conf(self, host: str) -> pathlib.Path:
        return self.directory / f'{host}.conf'

    def printed(self, host: str) -> str:
        return cases.printed(self.conf(host), 'openstack-ansible')


def variable(settings: cases.Settings) -> str:
    return json.dumps({VARIABLE: settings})


@pytest.fixture(scope='module')
def fleet(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Cloud, Mapping[str, set[str]]]:
    """A host for each case; what is printed is added for that host."""
    hosts = [*cases.CASES, cases.UNUSED_RULE]
    cloud = Cloud(tmp_path_factory.mktemp('osa'), *hosts)
    files = {}
    for case, (settings, _rule, _wanted) in cases.CASES.items():
        files[case] = variable(settings)
    files[cases.UNUSED_RULE] = variable(cases.UNUSED)
    for host, content in files.items():
        cloud.write(f'host_vars/{host}.yml', content)
    cloud.deploy()
    before = {host: cases.rules(cloud.conf(host)) for host in hosts}
    for host in cases.CASES:
        both = cases.merged(files[host], cloud.printed(host))
        cloud.write(f'host_vars/{host}.yml', both)
    left = variable({'libvirt': cases.UNUSED['libvirt']})
    cloud.write(f'host_vars/{cases.UNUSED_RULE}.yml', left)
    cloud.deploy()
    return cloud, before


@pytest.mark.parametrize('case', cases.CASES)
def test_the_finding_is_gone(
    case: str, fleet: tuple[Cloud, Mapping[str, set[str]]]
) -> None:
    cloud, before = fleet
    _settings, rule, wanted = cases.CASES[case]
    assert before[case] == {rule}
    assert cases.rules(cloud.conf(case)) == set()
    for group, values in wanted.items():
        for name, value in values.items():
            assert cases.value(cloud.conf(case), group, name) == value


def test_a_setting_is_removed(
    fleet: tuple[Cloud, Mapping[str, set[str]]],
) -> None:
    cloud, before = fleet
    assert before[cases.UNUSED_RULE] == {cases.UNUSED_RULE}
    assert cases.rules(cloud.conf(cases.UNUSED_RULE)) == set()


#: Files of the operator -> images_type of the compute host and of the API's.
PLACES = [
    ({GROUP: 'qcow2'}, 'qcow2', None),
    ({USER: 'raw'}, 'raw', 'raw'),
    ({GROUP: 'qcow2', USER: 'raw'}, 'raw', 'raw'),
    ({GROUP: 'qcow2', 'user_nova.yml': 'raw'}, 'raw', 'raw'),
    ({GROUP: 'qcow2', 'others.yml': 'raw'}, 'qcow2', None),
]


@pytest.mark.parametrize('files, compute, api', PLACES)
def test_which_variable_is_whose_and_beats_which(
    files: Mapping[str, str],
    compute: str,
    api: str | None,
    tmp_path: pathlib.Path,
) -> None:
    cloud = Cloud(tmp_path, 'compute')
    for path, value in files.items():
        cloud.write(path, variable({'libvirt': {'images_type': value}}))
    cloud.deploy()
    for host, expected in (('compute', compute), ('api', api)):
        found = cases.value(cloud.conf(host), 'libvirt', 'images_type')
        assert found == expected


def test_two_variables_are_not_merged(tmp_path: pathlib.Path) -> None:
    cloud = Cloud(tmp_path, 'compute')
    cloud.write(USER, variable(cases.FLAT))
    cloud.deploy()
    text = cloud.printed('compute')
    assert cases.printed_by_itself(cloud.conf('compute')) == text
    told = cases.introduction(text)
    assert f'/etc/openstack_deploy/{GROUP}.' in told
    assert f'user_*.yml in /etc/openstack_deploy, such as {USER}' in told
    assert 'are not merged' in told
    cloud.write(GROUP, text)
    cloud.deploy()
    assert cases.rules(cloud.conf('compute')) == {'implicit-image-backend'}
    cloud.write(USER, cases.merged(variable(cases.FLAT), text))
    cloud.deploy()
    assert cases.rules(cloud.conf('compute')) == set()
