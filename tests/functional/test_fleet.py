# SPDX-License-Identifier: Apache-2.0

"""Collected hosts, as the command reads them from what is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
import http.server
import json
import os
import pathlib
import subprocess
import sys
import threading
from typing import Any

import pytest

from tests.functional import conftest
from tests.functional import documents
from tests.functional import passwords
from tests.functional import terminals
from tests.unit import hosts

QCOW2 = hosts.nova_conf(images_type='qcow2')
RBD = hosts.nova_conf(images_type='rbd')
SICK = hosts.nova_conf(images_type='raw')

Write = Callable[..., str]


@pytest.fixture
def fleet(write: Write, tmp_path: pathlib.Path) -> str:
    """A folder with hosts that have no finding."""
    for name in ('a/nova.conf', 'b.conf', 'c.conf'):
        write(QCOW2, f'fleet/{name}')
    return str(tmp_path / 'fleet')


def hosts_in(result: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Return the hosts of a JSON report, by name."""
    return {host['name']: host for host in json.loads(result.stdout)['hosts']}


def findings_in(host: Mapping[str, Any]) -> dict[str, str]:
    """Return the explanations of a host's findings, by rule."""
    return {
        finding['rule']: finding['explanation']
        for check in host['checks']
        for finding in check['findings']
    }


def test_only_what_was_collected_counts(
    run: conftest.Run, fleet: str, write: Write, tmp_path: pathlib.Path
) -> None:
    write(SICK, 'home/nova.conf')
    result = run(
        'report',
        fleet,
        '--output=json',
        OS_DEFAULT__USE_COW_IMAGES='False',
        OS_LIBVIRT__IMAGES_TYPE='raw',
        OS_DEFAULT__CONFIG_SOURCE='remote',
        SNAP=str(tmp_path),
    )
    assert (result.returncode, result.stderr) == (0, '')
    assert set(hosts_in(result)) == {'a', 'b', 'c'}
    assert not any(map(findings_in, hosts_in(result).values()))


@pytest.mark.parametrize(
    'locale',
    [
        {'LC_ALL': 'C', 'PYTHONUTF8': '0', 'PYTHONCOERCECLOCALE': '0'},
        {'LC_ALL': 'en_US.ISO-8859-1', 'PYTHONUTF8': '0'},
        {'LC_ALL': 'C.UTF-8'},
    ],
)
def test_the_locale_does_not_count(
    locale: Mapping[str, str], run: conftest.Run, write: Write
) -> None:
    write(f'# caf\u00e9\n{QCOW2}', 'fleet/a.conf')
    latin = write(b'# caf\xe9\n[DEFAULT]\n', 'fleet/b.conf')
    folder = os.path.dirname(latin)
    result = run('report', folder, '--output=json', **locale)
    assert result.returncode == 2
    found = hosts_in(result)
    assert found['a']['result'] == 'success'
    assert 'not valid UTF-8 text' in str(findings_in(found['b']))


def test_a_source_is_not_asked(run: conftest.Run, write: Write) -> None:
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        port = server.server_address[1]
        path = write(
            f'{QCOW2}force_raw_images = True\n'
            '[DEFAULT]\nuse_cow_images = True\nconfig_source = remote\n'
            '[remote]\ndriver = remote_file\n'
            f'uri = http://127.0.0.1:{port}/{passwords.ON_THE_LINE}.conf\n',
            'a.conf',
        )
        result = run('report', path, '--output=json', no_proxy='127.0.0.1')
        server.shutdown()
        thread.join()
    assert asked == []
    assert result.returncode == 2
    (explanation,) = findings_in(hosts_in(result)['a']).values()
    assert 'config_source' in explanation
    assert '--output json' in explanation
    passwords.assert_hidden(result)


def test_what_is_passed_over_is_told(
    run: conftest.Run, fleet: str, write: Write
) -> None:
    for number in range(6):
        write('', f'fleet/note{number}\x1b[2J.txt')
    result = run('report', fleet)
    assert result.returncode == 0
    line = conftest.only_line(result.stderr)
    assert line.startswith('nova-cow-check: passed over, for it is no host: ')
    assert line.count('\\x1b') == 5
    assert line.endswith(' and 1 more')


def test_hosts_that_are_expected_must_be_there(
    run: conftest.Run, fleet: str, write: Write
) -> None:
    there = write('a\nb # in repair\nc\na\n', 'there')
    assert run('report', fleet, '--expected', there).returncode == 0
    more = write('a\nb\nc\nd\n', 'more')
    result = run('report', fleet, '--expected', more, '--output=json')
    assert (result.returncode, result.stderr) == (2, '')
    found = hosts_in(result)
    assert [name for name in found if findings_in(found[name])] == ['d']
    alone = run('report', fleet, '--expected', fleet + '/missing')
    assert conftest.reason(alone).endswith(
        'missing: cannot be read: No such file or directory'
    )


def test_hosts_that_differ_are_a_failure_unless_they_never_meet(
    run: conftest.Run, fleet: str, write: Write
) -> None:
    write(RBD, 'fleet/ceph1.conf')
    assert run('report', fleet).returncode == 2
    assert run('report', fleet, '--group', 'ceph=CEPH*').returncode == 0
    both = run('report', fleet, '--group=ceph=ceph*', '--group=all=*')
    assert conftest.reason(both).startswith('ceph1 is in more than one group')
    empty = run('report', fleet, '--group=ceph=ceph*', '--group=new=new*')
    assert empty.returncode == 0
    assert conftest.only_line(empty.stderr) == (
        'nova-cow-check: no host is in the group new'
    )


def test_hosts_that_share_instances_path_are_judged_so(
    run: conftest.Run, write: Write, tmp_path: pathlib.Path
) -> None:
    for number, force in enumerate(('True', 'False')):
        conf = QCOW2 + f'[DEFAULT]\nforce_raw_images = {force}\n'
        write(conf, f'cell/c{number}.conf')
    folder = str(tmp_path / 'cell')
    apart = run('report', folder)
    assert apart.returncode == 2
    assert 'UNSAFE' in apart.stdout and '--shared' in apart.stdout
    for words in (
        ['--shared', folder],
        [folder, '--shared'],
        ['--group', 'a=c*', '--shared', 'a', folder],
    ):
        shared = run('report', *words)
        assert shared.returncode == 0, shared.stderr
        assert 'They share instances_path, as --shared says.' in shared.stdout
        assert 'UNSAFE' not in shared.stdout
    other = run('report', folder, '--group=a=x*', '--shared=a')
    assert other.returncode == 2
    unknown = run('report', folder, '--shared=a')
    assert conftest.reason(unknown).startswith('--shared names no --group: a')


@pytest.mark.parametrize('path', ['', 'missing', 'empty', 'file', 'closed'])
def test_without_a_host_there_is_no_verdict(
    path: str, run: conftest.Run, tmp_path: pathlib.Path
) -> None:
    (tmp_path / 'empty').mkdir()
    (tmp_path / 'file').touch()
    (tmp_path / 'closed').mkdir(mode=0)
    result = run(
        'report',
        path and str(tmp_path / path),
        before=conftest.without_privileges(),
    )
    assert path in conftest.reason(result)


def test_one_host_without_permission_does_not_keep_others_from_being_read(
    run: conftest.Run, fleet: str
) -> None:
    os.chmod(f'{fleet}/a', 0)
    os.chmod(f'{fleet}/b.conf', 0)
    result = run(
        'report', fleet, '--output=json', before=conftest.without_privileges()
    )
    assert (result.returncode, result.stderr) == (2, '')
    found = {
        name: findings_in(host) for name, host in hosts_in(result).items()
    }
    assert 'Permission denied' in str(found['a'])
    assert 'Permission denied' in str(found['b'])
    assert found['c'] == {}


@pytest.mark.parametrize('name', ['\x1b[2J', 'a\nb', '\udcff', '<b>&', '"'])
def test_a_name_may_be_anything(
    name: str, run: conftest.Run, write: Write, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / 'fleet' / f'{name}.conf'
    path.parent.mkdir()
    path.write_text(SICK)
    for one in documents.NAMES:
        result = run('report', str(path.parent), '--output', one)
        assert (result.returncode, result.stderr) == (1, '')
        assert all(map(str.isprintable, result.stdout.split('\n')))


def many(folder: pathlib.Path, count: int = 250) -> str:
    """Make a folder of hosts, which take a moment to read."""
    folder.mkdir()
    for number in range(count):
        (folder / f'{number}.conf').write_text(QCOW2)
    return str(folder)


@pytest.mark.parametrize(
    'redirection', ['', '<&-', '>&-', '2>&-', '<&- >&- 2>&-']
)
def test_streams_may_be_missing(
    redirection: str, command: str, tmp_path: pathlib.Path
) -> None:
    script = f'exec "$@" {redirection}'
    report = tmp_path / 'report.json'
    done = subprocess.run(
        ['sh', '-c', script, 'sh', command, 'report', many(tmp_path / 'fleet')]
        + ['--output=text', f'--output=json:{report}'],
        env=conftest.environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert (done.returncode, done.stderr) == (0, '')
    assert bool(done.stdout) is (' >&-' not in f' {redirection}')
    assert len(json.loads(report.read_text())['hosts']) == 250


def test_a_report_that_finds_no_room_to_wait_in_is_told(
    command: str, tmp_path: pathlib.Path
) -> None:
    done = subprocess.run(
        ['sh', '-c', 'ulimit -f 1; exec "$@"', 'sh', command, 'report']
        + [many(tmp_path / 'fleet', 900), '--output=json'],
        env=conftest.environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert (done.returncode, done.stdout) == (255, '')
    assert conftest.only_line(done.stderr) == (
        'nova-cow-check: cannot keep the report in a temporary file: '
        'File too large'
    )


#: Shows at once how far it is, and not only what takes long.
IMPATIENT = """
from nova_cow_check.cmd import collected_hosts
from nova_cow_check.cmd import main
collected_hosts._PATIENCE = 0
collected_hosts._INTERVAL = 0
raise SystemExit(main.main())
"""


@pytest.mark.parametrize('has_tqdm', [True, False])
def test_progress_is_shown_at_a_terminal_and_goes_away(
    has_tqdm: bool, tmp_path: pathlib.Path
) -> None:
    more = {}
    if not has_tqdm:
        (tmp_path / 'tqdm.py').write_text('raise ImportError')
        more['PYTHONPATH'] = str(tmp_path)
    code, shown = terminals.run(
        [sys.executable, '-c', IMPATIENT, 'report', many(tmp_path / 'fleet')],
        conftest.environment(tmp_path, **more),
        80,
    )
    assert code == 0
    assert ('/250 ' in shown) is has_tqdm
    assert (' of 250 hosts read' in shown) is not has_tqdm
    # As a terminal shows it: a carriage return overwrites the line.
    lines = [line.rpartition('\r')[2] for line in shown.split('\n')]
    assert '250 hosts' in lines[0]
    assert not any('%|' in line or ' read' in line for line in lines)


def test_no_progress_is_written_into_a_file(
    tmp_path: pathlib.Path,
) -> None:
    done = subprocess.run(
        [sys.executable, '-c', IMPATIENT, 'report', many(tmp_path / 'fleet')],
        env=conftest.environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert (done.returncode, done.stderr) == (0, '')
    assert '\r' not in done.stdout
