# SPDX-License-Identifier: Apache-2.0

"""--running: what was changed after nova-compute was started.

The processes are stand-ins. They only wait.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import contextlib
import datetime
import json
import os
import pathlib
import subprocess
import time
from typing import Any

import pytest

from tests.functional import conftest
from tests.functional import fixes
from tests.functional import processes
from tests.functional import test_running

container = test_running.container
no_other = test_running.no_other
start = test_running.start

RULE = 'changes-not-in-effect'

QCOW2 = test_running.conf('qcow2')

CONF = '/etc/nova/nova.conf'

#: Seconds.
HOUR = 3600


def report(
    result: subprocess.CompletedProcess[str],
) -> Mapping[str, Any]:
    """Return what a report tells of its host."""
    assert result.returncode in (0, 1, 2), result
    (host,) = json.loads(result.stdout)['hosts']
    found: Mapping[str, Any] = host
    return found


def look(run: conftest.Run, *more: str) -> Mapping[str, Any]:
    return report(run('--running', 'report', '--output', 'json', *more))


def rules(host: Mapping[str, Any]) -> list[str]:
    return [one['rule'] for row in host['checks'] for one in row['findings']]


def changed(host: Mapping[str, Any]) -> list[str]:
    return [one['path'] for one in host['process']['changed']]


def wait_until_later(pid: int) -> None:
    """Wait until what is changed is later than the start of a process.

    Both clocks go in steps.
    """
    stat = pathlib.Path(f'/proc/{pid}/stat').read_text()
    started = int(stat.rpartition(')')[2].split()[19])
    steps = os.sysconf('SC_CLK_TCK')
    while time.clock_gettime(time.CLOCK_BOOTTIME) * steps < started + 5:
        time.sleep(1 / steps)


def moment(words: str) -> float:
    return datetime.datetime.fromisoformat(words).timestamp()


def test_a_file_is_changed_and_the_process_restarted(
    run: conftest.Run, write: Callable[..., str], tmp_path: pathlib.Path
) -> None:
    script = processes.write_script(tmp_path / 'bin' / 'nova-compute')
    path = write(QCOW2)
    words = (processes.PYTHON, str(script), '--config-file', path)
    before = time.time()
    with processes.started(words, {}, tmp_path) as pid:
        host = look(run)
        assert (rules(host), host['result']) == ([], 'success')
        assert host['process'] == {
            'started': None,
            'changed': [],
            'installed': None,
            'not_known': [],
        }
        after = time.time()
        wait_until_later(pid)
        write(QCOW2 + '# Another line.\n')
        host = look(run)
        assert (rules(host), host['result']) == ([RULE], 'warning')
        assert changed(host) == [path]
        assert before - 1 <= moment(host['process']['started']) <= after
        (one,) = host['process']['changed']
        assert abs(moment(one['time']) - os.stat(path).st_mtime) < 1
        shown = run('upgrade', 'check', '--running')
        assert shown.returncode == 1
        assert f'Warning: {RULE}' in shown.stdout
    with processes.started(words, {}, tmp_path):
        host = look(run)
        assert (rules(host), host['process']['changed']) == ([], [])


def restore(path: str) -> None:
    """Bring back a file with the times that it had, as backups do."""
    os.utime(path, (0, 0))


def replace(path: str) -> None:
    """Put an older file in its place, as `mv` does."""
    os.rename(path + '.old', path)


def link(path: str) -> None:
    """Make a link to an older file of it."""
    os.rename(path + '.link', path)


def remove(path: str) -> None:
    os.unlink(os.path.join(os.path.dirname(path), 'z.conf'))


def touch_ahead(path: str) -> None:
    """Touch it with a time that is still to come."""
    os.utime(path, (time.time() + HOUR,) * 2)


#: What is done to a file of a directory of configuration files -> whether
#: the file, and whether the directory is told.
CHANGES: dict[str, tuple[Callable[[str], None], bool, bool]] = {
    'nothing': (lambda path: None, False, False),
    'read': (lambda path: print(pathlib.Path(path).read_text()), False, False),
    'touched': (os.utime, True, False),
    'a clock in the past': (restore, True, False),
    'a clock ahead': (touch_ahead, True, False),
    'mode': (lambda path: os.chmod(path, 0o640), True, False),
    'replaced': (replace, True, True),
    'a link to an older file': (link, True, True),
    'another one is gone': (remove, False, True),
}


@pytest.mark.parametrize('name', CHANGES)
def test_what_is_a_change(
    name: str,
    start: processes.Start,
    run: conftest.Run,
    write: Callable[..., str],
) -> None:
    path = write(QCOW2, 'd/nova.conf')
    for other in ('nova.conf.old', 'z.conf'):
        write(QCOW2, f'd/{other}')
    os.symlink(f'{path}.old', f'{path}.link')
    # A clock that was ahead when it was written is no change.
    os.utime(path, (time.time() + 2 * HOUR,) * 2)
    directory = os.path.dirname(path)
    pid = start('--config-dir', directory)
    wait_until_later(pid)
    change, is_file, is_directory = CHANGES[name]
    change(path)
    host = look(run)
    expected = [path] * is_file + [directory] * is_directory
    assert changed(host) == expected
    assert rules(host) == [RULE] * bool(expected)


def test_a_link_on_the_way_is_one_as_well(
    start: processes.Start,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    write(QCOW2, 'new/nova.conf')
    write(QCOW2, 'old/nova.conf')
    (tmp_path / 'etc').symlink_to('old')
    (tmp_path / 'waiting').symlink_to('new')
    path = str(tmp_path / 'etc/nova.conf')
    pid = start('--config-file', path)
    wait_until_later(pid)
    assert rules(look(run)) == []
    os.rename(tmp_path / 'waiting', tmp_path / 'etc')
    assert changed(look(run)) == [path]


def test_within_a_container_it_is_looked_up_there(
    start: processes.Start,
    container: Callable[[test_running.Tree], str],
    run: conftest.Run,
) -> None:
    tree = {CONF: f'-> /opt{CONF}', f'/opt{CONF}': QCOW2}
    pid = start(TEST_ROOT=container(tree))
    wait_until_later(pid)
    assert rules(look(run)) == []
    container({f'/opt{CONF}': QCOW2})
    host = look(run)
    assert changed(host) == [f'/proc/{pid}/root{CONF}']
    assert rules(host) == [RULE]
    container({'/etc/nova/nova-compute.conf': '[libvirt]\n'})
    assert len(changed(look(run))) == 2


def test_the_shell_of_a_container_is_older_than_its_files(
    start: processes.Start,
    container: Callable[[test_running.Tree], str],
    run: conftest.Run,
) -> None:
    """kolla's copies are not: nothing is told by their times."""
    source = '/var/lib/kolla/config_files'
    copied = [
        {'source': f'{source}/nova.conf', 'dest': CONF},
        {'source': f'{source}/ceph.*', 'dest': '/etc/ceph/'},
        {'source': f'{source}/a.conf', 'dest': '/etc/nova/nova.conf.d/'},
    ]
    tree = {
        CONF: QCOW2,
        f'{source}/nova.conf': QCOW2,
        f'{source}/a.conf': '[libvirt]\nvirt_type = kvm\n',
        f'{source}/config.json': json.dumps(
            {'command': 'nova-compute', 'config_files': copied}
        ),
    }
    pid = start(TEST_ROOT=container(tree), KOLLA_CONFIG_STRATEGY='COPY_ALWAYS')
    wait_until_later(pid)
    inside = f'/proc/{pid}/root'
    # What kolla does by now.
    container({CONF: QCOW2})
    container({'/etc/nova/nova.conf.d/a.conf': '[libvirt]\nvirt_type = kvm\n'})
    host = look(run)
    assert (rules(host), host['process']['not_known']) == ([], [])
    # The next deployment, before it restarts the container.
    container({f'{source}/nova.conf': test_running.conf('flat')})
    host = look(run)
    assert host['process']['changed'] == [
        {
            'path': inside + CONF,
            'time': None,
            'source': f'{inside}{source}/nova.conf',
        }
    ]
    assert rules(host) == [RULE]
    assert host['backend'] == 'qcow2'
    # What it was told to copy does not tell.
    container({f'{source}/config.json': 'banana'})
    host = look(run)
    assert rules(host) == []
    assert len(host['process']['not_known']) == 2
    assert 'cannot be told of all of it' in ' '.join(
        host['checks'][0]['facts']
    )


def test_a_report_carries_it_to_a_fleet(
    start: processes.Start,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    path = write(QCOW2)
    pid = start('--config-file', path)
    wait_until_later(pid)
    os.utime(path)
    place = tmp_path / 'fleet' / 'a.json'
    place.parent.mkdir()
    run('--running', 'report', '--output', f'json:{place}')
    fleet = str(place.parent)
    host = report(run('report', fleet, '--output', 'json'))
    assert (rules(host), changed(host)) == ([RULE], [path])
    for words in ((), ('--rule', RULE)):
        result = run('fix', fleet, *words)
        assert (result.returncode, result.stdout) == (0, '')


def test_fix_passes_over_it_and_a_waiver_accepts_it(
    start: processes.Start, run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(QCOW2)
    pid = start('--config-file', path)
    wait_until_later(pid)
    os.utime(path)
    result = run('fix', '--running')
    assert (result.returncode, result.stdout) == (0, '')
    assert not any(RULE in line for line in fixes.said(result))
    waivers = write(f'- rule: {RULE}\n  reason: Restarted tonight.\n', 'w')
    result = run('--waivers', waivers, 'upgrade', 'check', '--running')
    assert result.returncode == 0
    result = run('fix', '--running', '--rule', RULE)
    assert (result.returncode, result.stdout) == (0, '')


def test_nothing_that_a_stranger_names_is_opened(
    start: processes.Start,
    container: Callable[[test_running.Tree], str],
    run: conftest.Run,
    tmp_path: pathlib.Path,
) -> None:
    conftest.required(os.geteuid() == 0, 'needs root')
    source = '/var/lib/kolla/config_files'
    root = container({CONF: QCOW2, f'{source}/nova.conf': ''})
    with contextlib.suppress(FileExistsError):
        # To open it would be to wait for ever.
        os.mkfifo(f'{root}{source}/config.json')
    pid = start(
        TEST_ROOT=root,
        TEST_USER=str(processes.STRANGER.pw_uid),
        KOLLA_CONFIG_STRATEGY='COPY_ALWAYS',
    )
    result = run(f'--running={pid}', 'report', '--output', 'json')
    host = report(result)
    assert host['process']['not_known'] == [f'/proc/{pid}/root{CONF}']
    assert host['nova_release'] is None
