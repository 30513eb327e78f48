# SPDX-License-Identifier: Apache-2.0

"""report --fragment FILE...: only what is written in them is judged."""

from __future__ import annotations

from collections.abc import Callable
import json
import os
import pathlib
import re
import subprocess
from typing import Any

import pytest

from tests.functional import conftest
from tests.functional import documents

UNSAFE = '[DEFAULT]\nuse_cow_images = False\n[libvirt]\nimages_type = qcow2\n'
SOUND = '[libvirt]\nimages_type = qcow2\n'
DEFAULT = '[libvirt]\nimages_type = default\n'

Write = Callable[..., str]


def rules_in(result: subprocess.CompletedProcess[str]) -> dict[str, list[str]]:
    """Return the rules that hold, by the name of the fragment."""
    return {
        host['name']: [
            finding['rule']
            for check in host['checks']
            for finding in check['findings']
        ]
        for host in json.loads(result.stdout)['hosts']
    }


@pytest.mark.parametrize(
    ('text', 'code', 'rules'),
    [
        ('', 0, []),
        ('[neutron]\npassword = hunter2\n', 0, []),
        (SOUND, 0, []),
        ('[DEFAULT]\nuse_cow_images = False\n', 0, []),
        (UNSAFE, 2, ['raw-disks-opened-as-qcow2']),
        (DEFAULT, 1, ['implicit-image-backend']),
        ('[libvirt]\nimages_type = {{ images_type }}\n', 0, []),
        ('[DEFAULT]\nconfig_source = x\n' + SOUND, 0, []),
        ('{% if x %}\n', 2, ['unreadable-configuration']),
    ],
)
def test_exit_codes_are_those_of_any_report(
    text: str, code: int, rules: list[str], run: conftest.Run, write: Write
) -> None:
    path = write(text, 'nova-compute.conf')
    result = run(
        'report',
        '--fragment',
        path,
        '--output=json',
        # Nothing of this machine counts.
        OS_LIBVIRT__IMAGES_TYPE='raw',
    )
    assert (result.returncode, result.stderr) == (code, '')
    assert documents.is_success('json', result.stdout) is (code == 0)
    assert rules_in(result) == {path: rules}
    assert 'hunter2' not in result.stdout
    again = run('report', path, '--fragment', '--fail-on=never')
    assert again.returncode == 0


def test_each_is_judged_by_itself(run: conftest.Run, write: Write) -> None:
    one = write('[libvirt]\nimages_type = qcow2\n', 'nova.conf')
    other = write('[DEFAULT]\nuse_cow_images = no\n', 'nova/nova-compute.conf')
    flat = write('[libvirt]\nimages_type = flat\n', 'flat.conf')
    result = run('report', '--fragment', one, other, flat, one)
    assert result.returncode == 0
    assert result.stdout.startswith('3 files: SUCCESS\n')
    assert 'mixed' not in result.stdout
    assert 'exchange' not in result.stdout


FORMATS = ('text', 'json', 'yaml', 'html', 'sarif', 'junit', 'journal')


@pytest.mark.parametrize('name', FORMATS)
def test_every_format_names_the_file(
    name: str,
    run: conftest.Run,
    write: Write,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for path in ('a/nova-compute.conf', 'b/nova-compute.conf'):
        write(UNSAFE, path)
    write(DEFAULT, 'c.conf')
    write('x\n', 'broken.conf')
    paths = ['a/nova-compute.conf', 'b/nova-compute.conf', 'c.conf']
    monkeypatch.chdir(tmp_path)
    result = run(
        'report', '--fragment', *paths, 'broken.conf', '--output', name
    )
    assert (result.returncode, result.stderr) == (2, '')
    for path in [*paths, 'broken.conf']:
        assert path in result.stdout
    assert 'Not compared' not in result.stdout


def test_a_page_counts_files(run: conftest.Run, write: Write) -> None:
    paths = [
        *(write(UNSAFE, name) for name in ('a.conf', 'b.conf')),
        write(SOUND, 'c.conf'),
        write('x\n', 'd.conf'),
    ]
    page = run('report', '--fragment', *paths, '--output=html').stdout
    assert '<h1>Image settings of 4 files</h1>' in page
    assert '<title>Files: not read 1, with a failure 2, ' in page
    assert '<h3>2 files ' in page
    texts = set(map(str.strip, re.sub('<[^>]*>', '\n', page).splitlines()))
    assert {
        'Files',
        'All files',
        '4 files',
        '1 file fine',
        '2 files with a failure',
        ': files: 2',
        f'The lines named below are those of {paths[0]}; in the others of '
        'these files, the same is written elsewhere.',
        'Files that were not read, or not fully',
        'Files, by settings and findings',
    } <= texts
    of_hosts = re.compile(r'\d+ hosts?|(Hosts|All hosts|Hosts and groups)$')
    assert not any(map(of_hosts.match, texts))


def test_a_file_without_any_of_the_settings_is_not_called_settled(
    run: conftest.Run, write: Write
) -> None:
    path = write('[DEFAULT]\nmy_ip = ::1\n')
    result = run('report', '--fragment', path)
    assert result.returncode == 0
    assert (
        'SUCCESS, 1 file: no image setting is written -> the rest is not '
        'known\n'
    ) in result.stdout


def test_a_report_on_fragments_is_none_on_hosts(
    run: conftest.Run, write: Write
) -> None:
    whole = (
        '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'
        f'use_cow_images = True\nforce_raw_images = True\n{SOUND}'
    )
    result = run('report', '--fragment', write(whole), '--output=json')
    assert result.returncode == 0
    told = run('report', write(result.stdout, 'a.json'), '--output=json')
    assert told.returncode == 2
    host: Any = json.loads(told.stdout)['hosts'][0]
    assert 'it is not what a host is read from' in host['unreadable']['reason']


@pytest.mark.parametrize(
    ('words', 'because'),
    [
        (['--fragment'], '--fragment names no file: give those to judge as'),
        (['--fragment', '{c}', '--group', 'a=b'], '--fragment does not go'),
        (['--fragment', '{c}', '--expected', 'f'], '--fragment does not go'),
        (['--fragment', '{c}', '--compare', 'f'], '--fragment does not go'),
        (['--fragment', '{c}', '--shared'], '--fragment does not go with'),
        (['--fragment', '{c}', '--guests'], 'PATH does not go with --guests'),
        (['--fragment', '{c}', '--running'], 'PATH does not go with --config'),
        (['--fragment', '{c}', '--config-file', 'f'], 'PATH does not go with'),
        (['--fragment', 'none.conf'], 'none.conf: cannot be read: No such'),
        (['--fragment', '{d}'], '{d}: a directory, and no fragment: name'),
    ],
)
def test_what_makes_no_sense_is_told(
    words: list[str], because: str, run: conftest.Run, write: Write
) -> None:
    path = write(SOUND, 'd/c.conf')
    places = {'c': path, 'd': os.path.dirname(path)}
    result = run('report', *(word.format(**places) for word in words))
    assert because.format(**places) in conftest.reason_of_last(result)


def test_waivers_name_files(run: conftest.Run, write: Write) -> None:
    path = write(UNSAFE, 'nova-compute.conf')
    waivers = write(
        '- rule: raw-disks-opened-as-qcow2\n'
        "  hosts: ['*/nova-compute.conf']\n  reason: known\n",
        'waivers.yaml',
    )
    result = run('report', '--fragment', path, '--waivers', waivers)
    assert result.returncode == 0, result
