# SPDX-License-Identifier: Apache-2.0

"""Trees of hosts, as Ansible, sos and kolla leave them."""

from __future__ import annotations

from collections.abc import Callable
import json
import pathlib
import subprocess
from typing import Any

import pytest

from tests.functional import conftest
from tests.functional import fixes
from tests.unit import hosts

QCOW2 = hosts.nova_conf(images_type='qcow2')
DRIVER = '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n[libvirt]\n'

SOS = 'sosreport-compute2-2026-11-27-abcdefg'
TREES = {
    'compute1': 'etc/nova/nova.conf',
    SOS: 'etc/nova/nova.conf',
    'compute3': 'etc/kolla/nova-compute/nova.conf',
}


@pytest.fixture
def fleet(tmp_path: pathlib.Path, write: Callable[..., str]) -> pathlib.Path:
    """Trees, and a host that is none."""
    for name, path in TREES.items():
        write(DRIVER, f'fleet/{name}/{path}')
    write('', f'fleet/{SOS}/sos_commands/nova/nova_service-list')
    more = '[libvirt]\nimages_type = qcow2\n'
    write(more, f'fleet/{SOS}/etc/nova/nova.conf.d/a.conf')
    write(QCOW2, 'fleet/compute4/nova.conf')
    return tmp_path / 'fleet'


def hosts_in(result: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    return {host['name']: host for host in json.loads(result.stdout)['hosts']}


def test_a_folder_of_trees_is_a_fleet(
    run: conftest.Run, fleet: pathlib.Path
) -> None:
    result = run('report', str(fleet), '--output=json')
    assert (result.returncode, result.stderr) == (1, '')
    found = hosts_in(result)
    assert {name: host['result'] for name, host in found.items()} == {
        'compute1': 'warning',
        SOS: 'success',
        'compute3': 'warning',
        'compute4': 'success',
    }
    for name, path in TREES.items():
        assert found[name]['files'][0] == f'{fleet}/{name}/{path}'


@pytest.mark.parametrize('name', [*TREES])
def test_a_tree_can_be_named_itself(
    name: str, run: conftest.Run, fleet: pathlib.Path
) -> None:
    whole = hosts_in(run('report', str(fleet), '--output=json'))
    alone = hosts_in(run('report', f'{fleet}/{name}/', '--output=json'))
    assert alone[name]['result'] == whole[name]['result']
    assert [*alone] == [name]


@pytest.mark.parametrize('path', ['nova.conf', 'etc/nova/nova.conf'])
def test_files_are_hosts_named_by_their_folders(
    path: str, run: conftest.Run, write: Callable[..., str]
) -> None:
    paths = [write(QCOW2, f'fleet/{name}/{path}') for name in 'ab']
    result = run('report', *paths, '--output=json')
    assert (result.returncode, result.stderr) == (0, '')
    assert [*hosts_in(result)] == ['a', 'b']


def test_two_places_that_differ_are_no_verdict_on_that_host(
    run: conftest.Run, fleet: pathlib.Path, write: Callable[..., str]
) -> None:
    write(QCOW2, 'fleet/compute3/etc/nova/nova.conf')
    before = fixes.snapshot(fleet)
    result = run('report', str(fleet), '--output=json')
    assert result.returncode == 2
    found = hosts_in(result)
    assert found['compute1']['result'] == 'warning'
    (finding,) = found['compute3']['checks'][0]['findings']
    assert finding['rule'] == 'unreadable-configuration'
    assert (
        'etc/nova/nova.conf, etc/kolla/nova-compute/nova.conf, and they '
        'differ' in finding['explanation']
    )
    fixed = run('fix', f'{fleet}/compute3', '--write')
    assert fixed.returncode == 2
    assert 'and they differ' in conftest.only_line(fixed.stderr)
    assert fixes.snapshot(fleet) == before


def test_what_is_in_neither_place_is_told_as_ever(
    run: conftest.Run, write: Callable[..., str], tmp_path: pathlib.Path
) -> None:
    write(QCOW2, 'fleet/a.conf')
    write(QCOW2, 'fleet/b/etc/neutron/nova.conf')
    result = run('report', str(tmp_path / 'fleet'), '--output=json')
    (finding,) = hosts_in(result)['b']['checks'][0]['findings']
    assert 'found no configuration to read' in finding['explanation']


def test_fix_edits_the_file_of_the_tree(
    run: conftest.Run, fleet: pathlib.Path
) -> None:
    result = run('fix', f'{fleet}/compute1', '--write', '--no-backup')
    assert result.returncode == 0, result
    edited = fleet / 'compute1' / TREES['compute1']
    assert edited.read_text() == f'{DRIVER}images_type = qcow2\n'
    assert run('report', f'{fleet}/compute1').returncode == 0


def test_fix_leaves_to_kolla_what_kolla_writes(
    run: conftest.Run, fleet: pathlib.Path
) -> None:
    before = fixes.snapshot(fleet)
    result = run('fix', f'{fleet}/compute3', '--write')
    assert result.returncode == 2
    assert 'is generated: kolla-ansible writes the files at this place' in (
        result.stderr
    )
    # What to write where kolla-ansible takes it from.
    assert 'images_type = qcow2' in result.stdout
    assert fixes.snapshot(fleet) == before
