# SPDX-License-Identifier: Apache-2.0

"""fix --running: the files of a nova-compute, in a container or not.

The processes are stand-ins. They only wait.
"""

from __future__ import annotations

from collections.abc import Callable
import pathlib

import pytest

from tests.functional import conftest
from tests.functional import fixes
from tests.functional import processes
from tests.functional import test_running

container = test_running.container
no_other = test_running.no_other
start = test_running.start

MODES = pytest.mark.parametrize('mode', [(), ('--write',)])

CONF = '/etc/nova/nova.conf'

#: What kolla-ansible's template writes for every service.
KOLLA = f'{fixes.SICK}[DEFAULT]\nlog_dir = /var/log/kolla/nova\n'


def test_the_files_it_was_started_with_are_written(
    start: processes.Start, run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(fixes.SICK, 'etc/nova-cpu.conf')
    pid = start('--config-file', 'etc/nova-cpu.conf')
    title = f'process {pid} of user {processes.USER}'
    read = f'read nova-compute, {title}: {path}'
    shown = run('fix', '--running')
    assert shown.returncode == 1
    assert fixes.said(shown)[0] == read
    written = run('fix', '--running', '--write')
    assert (written.returncode, written.stdout) == (0, shown.stdout)
    assert shown.stdout.startswith(f'--- {path}\n')
    assert fixes.said(written)[-1] == fixes.RESTART
    assert pathlib.Path(path).read_text() == fixes.CURED
    assert pathlib.Path(path + fixes.SUFFIX).read_text() == fixes.SICK
    # Until it is restarted, it goes by what was there before.
    check = run('upgrade', 'check', '--running')
    assert check.stdout.count('Warning: ') == 1
    assert 'Warning: changes-not-in-effect' in check.stdout


def test_its_environment_beats_its_files_and_ours_does_not(
    start: processes.Start, run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(fixes.SICK)
    start('--config-file', path, OS_DEFAULT__USE_COW_IMAGES='True')
    ours = {'OS_DEFAULT__USE_COW_IMAGES': 'False'}
    result = run('fix', '--running', '--write', **ours)
    assert (result.returncode, result.stdout) == (2, '')
    assert 'OS_DEFAULT__USE_COW_IMAGES' in fixes.said(result)[-1]
    assert pathlib.Path(path).read_text() == fixes.SICK


#: Name -> tree of a container, the reason, what the override begins with.
CONTAINERS = {
    'of any kind': (
        {CONF: fixes.SICK},
        'it is inside a container',
        '',
    ),
    'of kolla-ansible': (
        {CONF: KOLLA},
        'it is inside a container',
        '# kolla-ansible: ',
    ),
    'of a tool, as a link tells': (
        {
            CONF: '-> /var/lib/kolla/config_files/nova.conf',
            '/var/lib/kolla/config_files/nova.conf': fixes.SICK,
        },
        'kolla-ansible writes the files at this place',
        '# kolla-ansible: ',
    ),
}


@MODES
@pytest.mark.parametrize('name', CONTAINERS)
def test_a_file_inside_a_container_is_not_edited(
    name: str,
    mode: tuple[str, ...],
    start: processes.Start,
    container: Callable[[test_running.Tree], str],
    run: conftest.Run,
    tmp_path: pathlib.Path,
) -> None:
    tree, reason, override = CONTAINERS[name]
    pid = start(TEST_ROOT=container(tree))
    before = fixes.snapshot(tmp_path / 'root')
    result = run('fix', '--running', *mode)
    assert result.returncode == 255
    path = f'/proc/{pid}/root{CONF}'
    sentence = fixes.said(result)[-1]
    assert sentence.startswith(f'{path} is generated: {reason}')
    assert result.stdout.startswith(override)
    assert bool(result.stdout) is bool(override)
    assert fixes.snapshot(tmp_path / 'root') == before


def test_for_a_tool_what_runs_in_a_container_is_judged(
    start: processes.Start,
    container: Callable[[test_running.Tree], str],
    run: conftest.Run,
) -> None:
    start(TEST_ROOT=container({CONF: KOLLA}))
    result = run('fix', '--running', '--for', 'kolla-ansible')
    assert result.returncode == 1
    assert '\n[DEFAULT]\nuse_cow_images = False\n' in result.stdout


@MODES
def test_what_a_container_leads_to_outside_is_not_touched(
    mode: tuple[str, ...],
    start: processes.Start,
    container: Callable[[test_running.Tree], str],
    run: conftest.Run,
    write: Callable[..., str],
) -> None:
    ours = write(fixes.SICK, 'ours.conf')
    start(TEST_ROOT=container({CONF: f'-> {ours}', '/etc/x': ''}))
    result = run('fix', '--running', *mode)
    assert result.returncode == 255
    assert pathlib.Path(ours).read_text() == fixes.SICK
