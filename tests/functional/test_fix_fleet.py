# SPDX-License-Identifier: Apache-2.0

"""fix PATH...: the files of collected hosts."""

from __future__ import annotations

from collections.abc import Callable
import json
import pathlib
import shlex
import subprocess

import pytest

from tests.functional import conftest
from tests.functional import fixes

PENDING = (
    'take the files to their hosts and restart nova-compute there for the '
    'settings to take effect; that changes no guest that exists, and a '
    'broken one stays broken: nova-cow-check rules NAME tells of the next '
    'restart and move, and of repairs'
)
QCOW2 = '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n[libvirt]\n'
NAMED = QCOW2 + 'images_type = qcow2\n'


@pytest.fixture
def fleet(tmp_path: pathlib.Path, write: Callable[..., str]) -> pathlib.Path:
    """Three hosts alike, two of which need a line more."""
    write(QCOW2, 'fleet/compute1.conf')
    write(QCOW2, 'fleet/compute2/nova.conf')
    write('[neutron]\n', 'fleet/compute2/nova-compute.conf')
    write(NAMED, 'fleet/compute3.conf')
    return tmp_path / 'fleet'


def test_it_shows_then_writes_and_then_nothing_is_left(
    run: conftest.Run, fleet: pathlib.Path
) -> None:
    before = fixes.snapshot(fleet)
    shown = run('fix', str(fleet))
    assert shown.returncode == 1
    assert fixes.snapshot(fleet) == before
    assert [
        line.partition(' ')[2]
        for line in shown.stdout.splitlines()
        if line.startswith('+++')
    ] == [f'{fleet}/compute1.conf', f'{fleet}/compute2/nova.conf']

    written = run('fix', str(fleet), '--write', '--no-backup')
    assert (written.returncode, written.stdout) == (0, shown.stdout)
    assert fixes.said(written)[-1] == PENDING
    for name in ('compute1.conf', 'compute2/nova.conf'):
        assert (fleet / name).read_text() == NAMED
    assert fixes.snapshot(fleet).keys() == before.keys()

    again = run('fix', str(fleet))
    assert (again.returncode, again.stdout) == (0, '')
    assert fixes.said(again) == [fixes.NOTHING]
    assert run('report', str(fleet)).returncode == 0


def test_a_host_that_cannot_be_fixed_never_stops_the_others(
    run: conftest.Run, fleet: pathlib.Path, write: Callable[..., str]
) -> None:
    broken = write('hunter2\n', 'fleet/compute0.conf')
    generated = write('# Ansible managed\n' + QCOW2, 'fleet/compute8.conf')
    sources = write(
        '[DEFAULT]\nconfig_source = x\n' + QCOW2, 'fleet/compute9.conf'
    )
    before = fixes.snapshot(fleet)
    result = run('fix', str(fleet), '--write')
    assert result.returncode == 2
    said = fixes.said(result)
    assert [line for line in said if line.startswith('compute')] == [
        f'compute0: unreadable-configuration: {broken}:1: not a valid '
        'configuration file: the line has neither "=" nor ":"',
        # The worst come first: what is not read, before a warning.
        next(line for line in said if f'{sources}:2: ' in line),
        next(line for line in said if f'{generated} is generated' in line),
    ]
    assert 'hunter2' not in result.stdout + result.stderr
    changed = {
        name
        for name, there in fixes.snapshot(fleet).items()
        if before.get(name, there) != there
    }
    assert changed == {'compute1.conf', 'compute2/nova.conf'}


def test_a_host_that_was_not_read_is_left_whatever_is_asked_for(
    run: conftest.Run, fleet: pathlib.Path, write: Callable[..., str]
) -> None:
    write('broken\n', 'fleet/compute0.conf')
    expected = write('compute9\n', 'expected')
    words = ('--rule', 'flat-disks-converted', '--expected', expected)
    for more in ((), ('--for', 'kolla-ansible')):
        result = run('fix', str(fleet), *words, *more)
        assert (result.returncode, result.stdout) == (2, '')
        assert [line.split(': ')[:2] for line in fixes.said(result)] == [
            ['compute0', 'unreadable-configuration'],
            ['compute9', 'unreadable-configuration'],
        ]


def test_what_cannot_be_shown_is_not_written(
    command: str, fleet: pathlib.Path
) -> None:
    stopped = subprocess.run(
        f'{shlex.quote(command)} fix --write {fleet} > /dev/full',
        shell=True,
        capture_output=True,
        text=True,
    )
    assert stopped.returncode == 255
    assert 'written before that' not in stopped.stderr
    assert (fleet / 'compute1.conf').read_text() == QCOW2


#: What differs on compute4 -> what is told of it. rbd has no settings to
#: propose.
LEFT = {
    'force_raw_images': (
        f'{NAMED}[DEFAULT]\nforce_raw_images = no\n',
        'mixed-force-raw-images is left: to say with --group that hosts '
        'exchange no instances, or to write what the report proposes for a '
        'host without instances, is your choice',
    ),
    'rbd': (
        NAMED.replace('qcow2', 'rbd'),
        'mixed-image-backends is left: whether these hosts exchange '
        'instances is not known here; if they do not, say so with --group',
    ),
}


@pytest.mark.parametrize('name', LEFT)
def test_what_needs_an_empty_host_is_left(
    name: str,
    run: conftest.Run,
    fleet: pathlib.Path,
    write: Callable[..., str],
) -> None:
    content, told = LEFT[name]
    path = write(content, 'fleet/compute4.conf')
    before = pathlib.Path(path).read_text()
    result = run('fix', str(fleet), '--write')
    assert result.returncode == 2
    (left,) = (line for line in fixes.said(result) if 'compute4' in line)
    assert left == f'compute4: {told}'
    assert pathlib.Path(path).read_text() == before

    apart = run('fix', str(fleet), '--group', 'other=compute4')
    assert apart.returncode == 0


def test_a_report_has_no_files_to_edit(
    run: conftest.Run, tmp_path: pathlib.Path, write: Callable[..., str]
) -> None:
    conf = write(QCOW2)
    for name, text in (('sick', QCOW2), ('well', NAMED)):
        write(text)
        path = tmp_path / 'fleet' / f'{name}.json'
        path.parent.mkdir(exist_ok=True)
        words = ('report', '--config-file', conf, '--output', f'json:{path}')
        assert run(*words).returncode < 2
        assert json.loads(path.read_text())['hosts']
    result = run('fix', str(tmp_path / 'fleet'))
    assert (result.returncode, result.stdout) == (2, '')
    assert fixes.said(result) == [
        f'sick: {tmp_path}/fleet/sick.json: its files are not here; fix it '
        'on the host'
    ]


def test_waivers_are_for_the_hosts_that_they_name(
    run: conftest.Run, fleet: pathlib.Path, write: Callable[..., str]
) -> None:
    waivers = write(
        '- rule: implicit-image-backend\n'
        '  hosts: [compute1]\n  reason: Retired soon.\n',
        'waivers.yaml',
    )
    result = run('fix', str(fleet), '--waivers', waivers)
    assert result.returncode == 1
    assert 'compute1.conf' not in result.stdout
    assert 'compute2/nova.conf' in result.stdout


def test_the_override_of_hosts_alike_is_shown_once(
    run: conftest.Run, fleet: pathlib.Path
) -> None:
    (fleet / 'compute3.conf').unlink()
    result = run('fix', str(fleet), '--for', 'openstack-ansible')
    assert result.returncode == 1
    assert result.stdout.count('images_type') == 1
    assert 'Only for' not in result.stdout
    assert 'for compute[1-2]:' in fixes.said(result)


def test_an_override_that_is_not_for_all_hosts_says_so_itself(
    run: conftest.Run, fleet: pathlib.Path, write: Callable[..., str]
) -> None:
    write(f'{NAMED}[DEFAULT]\nuse_cow_images = no\n', 'fleet/compute4.conf')
    result = run('fix', str(fleet), '--for', 'kolla-ansible')
    assert result.returncode == 1
    _nothing, second, first = result.stdout.split('\n# Only for ')
    assert first.startswith('compute[1-2]. Other hosts here need something')
    assert 'images_type = qcow2' in first
    assert second.startswith('compute4. Other hosts here need something')
    assert 'use_cow_images = True' in second


@pytest.mark.parametrize(
    'rule',
    [
        'mixed-image-backends',
        'mixed-force-raw-images',
        'unreadable-configuration',
    ],
)
def test_a_rule_that_no_edit_ends_is_refused(
    rule: str, run: conftest.Run, fleet: pathlib.Path
) -> None:
    why = conftest.reason(run('fix', '--rule', rule, str(fleet)))
    assert why.startswith(f'{rule} is about more than the settings of a host')


def test_the_backups_of_fix_are_not_told_as_passed_over(
    run: conftest.Run, fleet: pathlib.Path, write: Callable[..., str]
) -> None:
    for suffix in ('', '.1', '.12'):
        write('', f'fleet/compute1.conf{fixes.SUFFIX}{suffix}')
    for command in ('fix', 'report'):
        assert 'passed over' not in run(command, str(fleet)).stderr
    write('', 'fleet/compute1.conf.bak')
    (told,) = (
        line
        for line in fixes.said(run('fix', str(fleet)))
        if 'passed over' in line
    )
    assert told.endswith(f': {fleet}/compute1.conf.bak')


#: Name -> what is a link in the folder, and to where; whether it is written.
LINKS = {
    'HOST.conf in its folder': ('compute9.conf', 'compute1.conf', True),
    'HOST.conf out of it': ('compute9.conf', '../other/nova.conf', False),
    'HOST.conf, absolute': ('compute9.conf', '{other}/nova.conf', False),
    'HOST out of it': ('compute9', '../other', False),
    'HOST, absolute': ('compute9', '{other}', False),
}


@pytest.mark.parametrize('name', LINKS)
def test_a_link_out_of_the_folder_is_read_and_not_written(
    name: str,
    run: conftest.Run,
    tmp_path: pathlib.Path,
    write: Callable[..., str],
) -> None:
    link, target, is_fine = LINKS[name]
    other = pathlib.Path(write(QCOW2, 'other/nova.conf'))
    inside = pathlib.Path(write(QCOW2, 'fleet/compute1.conf'))
    if is_fine:
        inside.rename(tmp_path / 'fleet' / 'compute1.txt')
        inside, target = tmp_path / 'fleet' / 'compute1.txt', 'compute1.txt'
    folder = tmp_path / 'fleet'
    (folder / link).symlink_to(target.format(other=other.parent))
    assert run('report', str(folder)).returncode == 1
    for place in (folder, folder / link):
        result = run('fix', '--write', str(place))
        if is_fine:
            assert (result.returncode, inside.read_text()) == (0, NAMED)
            continue
        assert result.returncode == 2
        assert (
            f'compute9: {folder}/{link}: not written: it is a symbolic link '
            'that is absolute or leads out of its folder; fix the file that '
            'it leads to, where it is'
        ) in fixes.said(result)
        assert other.read_text() == QCOW2
