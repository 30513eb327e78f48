# SPDX-License-Identifier: Apache-2.0

"""--guests: the disks of guests that exist, looked at and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import pytest

from tests.functional import conftest
from tests.functional import processes
from tests.unit.guests import disk_headers
from tests.unit.guests import instance_files

UUID, OTHER = instance_files.UUID, instance_files.OTHER
GIB = instance_files.GIB
ROWS = ['Image settings', 'Image backend', 'Resize and cold migration']

CONF = """\
[DEFAULT]
compute_driver = libvirt.LibvirtDriver
use_cow_images = False
state_path = {state_path}
[libvirt]
images_type = flat
"""


@pytest.fixture
def host(tmp_path: pathlib.Path) -> instance_files.Host:
    host = instance_files.Host(tmp_path / 'nova')
    (tmp_path / 'nova.conf').write_text(
        CONF.format(state_path=tmp_path / 'nova')
    )
    return host


def words(host: instance_files.Host, *more: str) -> list[str]:
    conf = host.instances.parents[1] / 'nova.conf'
    return [
        '--config-file',
        str(conf),
        '--guests',
        '--domains',
        str(host.domains),
        *more,
    ]


def add_converted(
    host: instance_files.Host, uuid: str = UUID, number: int = 1
) -> pathlib.Path:
    """Add a guest that a move has broken."""
    return host.add(
        {'disk': (disk_headers.header(), 196_616)},
        {'disk': 'raw'},
        {'disk': 'raw'},
        uuid,
        number,
    )


def text_of(result: subprocess.CompletedProcess[str]) -> str:
    return ' '.join(result.stdout.split())


def test_sound_guests_are_a_success(
    run: conftest.Run, host: instance_files.Host
) -> None:
    host.add_raw()
    host.add_overlay(OTHER, 2)
    result = run('upgrade', 'check', *words(host))
    assert (result.returncode, result.stderr) == (0, '')
    rows = conftest.rows(result)
    assert list(rows) == [*ROWS, 'Guests']
    assert rows['Guests'][1] == 'Result: Success'
    assert 'instances: 2. Domains in' in ' '.join(rows['Guests'])
    result = run('report', *words(host))
    assert (result.returncode, result.stderr) == (0, '')
    assert f'Guests Guests looked at in {host.instances}: 2.' in text_of(
        result
    )


def test_a_broken_guest_is_a_failure_with_what_to_do(
    run: conftest.Run, host: instance_files.Host
) -> None:
    add_converted(host)
    host.add_raw(OTHER, 2)
    result = run('upgrade', 'check', '--json', *words(host))
    assert result.returncode == 2
    *others, guests = json.loads(result.stdout)['checks']
    assert [one['check'] for one in others] == ROWS
    assert [one['result'] for one in others] == [0, 0, 0]
    assert (guests['check'], guests['result']) == ('Guests', 2)
    assert 'Failure: guest-disk-converted' in guests['details']
    assert UUID in guests['details'] and OTHER not in guests['details']
    assert 'report --guests shows the commands' in guests['details']
    assert 'qemu-img' not in guests['details']
    report = run('report', *words(host))
    assert report.returncode == 2
    assert 'guest-disk-converted' in report.stdout
    # As they are written, a line each.
    lines = report.stdout.splitlines()
    assert f'openstack server stop {UUID}' in lines
    assert f'cd {host.folder()} &&' in lines
    assert f'openstack server reboot --hard {UUID}' in lines
    for option in ('--fail-on', 'never'), ('--fail-on', 'failure'):
        code = run('report', *words(host, *option)).returncode
        assert code == (0 if option[1] == 'never' else 2)


def test_the_list_is_folded(
    run: conftest.Run, host: instance_files.Host
) -> None:
    for number in range(1, 31):
        add_converted(host, f'{UUID[:-3]}{number:03d}', number)
    shown = text_of(run('report', *words(host)))
    assert '29 more guests are alike: ' in shown
    assert 'and 10 more (--output json names all of them)' in shown
    assert 'Failures: 30, ' in shown
    assert shown.count('openstack server stop') == 1


def test_without_the_option_nothing_of_guests_is_read(
    run: conftest.Run, host: instance_files.Host
) -> None:
    add_converted(host)
    conf = ['--config-file', words(host)[1]]
    result = run('report', *conf)
    assert result.returncode == 0
    assert 'Guests that exist were not looked at' in result.stdout
    assert UUID not in result.stdout
    result = run('upgrade', 'check', *conf)
    assert list(conftest.rows(result)) == ROWS
    shutil.rmtree(host.instances.parent)
    assert run('upgrade', 'check', *conf).stdout == result.stdout


def test_a_waiver_accepts_the_guests_that_it_names(
    run: conftest.Run, host: instance_files.Host, write: Callable[..., str]
) -> None:
    add_converted(host)
    waivers = write(
        '- rule: guest-disk-converted\n'
        f'  guests: [{UUID}]\n  reason: known\n'
        '- rule: guest-header-believed\n'
        f'  guests: [{OTHER}]\n  reason: unused\n',
        'waivers.yaml',
    )
    more = '--waivers', waivers
    result = run('upgrade', 'check', *words(host, *more))
    assert result.returncode == 0
    cell = ' '.join(conftest.rows(result)['Guests'])
    assert 'Failure, waived: guest-disk-converted' in cell
    assert 'Waivers that matched nothing: guest-header-believed' in cell
    report = run('report', *words(host, *more))
    assert report.returncode == 0
    assert 'matched nothing: guest-header-believed' in text_of(report)
    # Nobody has looked: nothing is known of it.
    conf = words(host)[:2]
    for command in ('report',), ('upgrade', 'check'):
        unasked = run(*command, *conf, *more)
        assert 'matched nothing' not in text_of(unasked)


def take_disk(host: instance_files.Host) -> None:
    (host.folder(OTHER) / 'disk').chmod(0)


def take_folder(host: instance_files.Host) -> None:
    host.folder(OTHER).chmod(0)


def take_domain(host: instance_files.Host) -> None:
    (host.domains / 'instance-00000002.xml').chmod(0)


def break_xml(host: instance_files.Host) -> None:
    path = host.domains / 'instance-00000002.xml'
    path.write_text(path.read_text()[:300])


def expand_xml(host: instance_files.Host) -> None:
    (host.domains / 'instance-00000002.xml').write_text(
        '<!DOCTYPE domain [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n'
        '<domain><uuid>&a;</uuid></domain>'
    )


def replaced(path: pathlib.Path) -> pathlib.Path:
    path.unlink()
    return path


def put_fifo(host: instance_files.Host) -> None:
    os.mkfifo(replaced(host.folder(OTHER) / 'disk'))


def put_link(host: instance_files.Host) -> None:
    link = replaced(host.folder(OTHER) / 'disk')
    link.symlink_to('/etc/passwd')


def put_fifo_as_info(host: instance_files.Host) -> None:
    os.mkfifo(replaced(host.folder(OTHER) / 'disk.info'))


def put_link_as_folder(host: instance_files.Host) -> None:
    shutil.rmtree(host.folder(OTHER))
    host.folder(OTHER).symlink_to('/etc')


def put_large_info(host: instance_files.Host) -> None:
    os.truncate(host.folder(OTHER) / 'disk.info', 1 << 40)


#: What keeps one guest from being read -> what is told of it.
OBSTACLES = {
    take_disk: 'disk: cannot be read: Permission denied',
    take_folder: f'{OTHER}: cannot be read: Permission denied',
    take_domain: '00000002.xml: cannot be read: Permission denied',
    break_xml: '00000002.xml: not valid XML',
    expand_xml: '00000002.xml: it has a document type declaration',
    put_fifo: 'disk: cannot be read: not a regular file',
    put_link: 'disk: cannot be read: a symbolic link, which is not followed',
    put_fifo_as_info: 'disk.info: cannot be read: not a regular file',
    put_link_as_folder: f'{OTHER}: cannot be read: Not a directory',
    put_large_info: 'disk.info: larger than',
}


def test_where_nothing_is_mounted_there_is_no_success(
    run: conftest.Run, host: instance_files.Host
) -> None:
    """libvirt knows guests whose disks would be in a directory there."""
    shutil.rmtree(host.add_raw())
    result = run('report', *words(host))
    assert result.returncode == 1
    assert f'{UUID}: it is not there.' in text_of(result)
    assert 'Warning: guest-not-read' in result.stdout


@pytest.mark.parametrize('obstacle', OBSTACLES, ids=lambda one: one.__name__)
def test_what_cannot_be_read_is_told_and_is_no_success(
    obstacle: Callable[[instance_files.Host], None],
    run: conftest.Run,
    host: instance_files.Host,
) -> None:
    add_converted(host)
    host.add_raw(OTHER, 2)
    obstacle(host)
    before = conftest.without_privileges()
    result = run('report', *words(host), before=before)
    assert (result.returncode, result.stderr) == (2, '')
    shown = text_of(result)
    assert OBSTACLES[obstacle] in shown
    assert 'Warning: guest-not-read' in shown
    assert f'Guest {OTHER}' in shown
    # The other one is told of all the same.
    assert f'openstack server stop {UUID}' in shown
    assert 'root:' not in result.stdout
    shutil.rmtree(host.folder())
    (host.domains / 'instance-00000001.xml').unlink()
    result = run('upgrade', 'check', *words(host), before=before)
    assert result.returncode == 1


def take_all(host: instance_files.Host) -> None:
    host.instances.chmod(0)


def take_domains(host: instance_files.Host) -> None:
    host.domains.chmod(0)


def remove_all(host: instance_files.Host) -> None:
    shutil.rmtree(host.instances)


def remove_domains(host: instance_files.Host) -> None:
    shutil.rmtree(host.domains)


def put_file(host: instance_files.Host) -> None:
    shutil.rmtree(host.instances)
    host.instances.write_text('')


@pytest.mark.parametrize(
    'obstacle',
    [take_all, take_domains, remove_all, remove_domains, put_file],
)
def test_a_directory_that_cannot_be_read_is_a_failure(
    obstacle: Callable[[instance_files.Host], None],
    run: conftest.Run,
    host: instance_files.Host,
) -> None:
    host.add_raw()
    obstacle(host)
    before = conftest.without_privileges()
    try:
        result = run('upgrade', 'check', *words(host), before=before)
        report = run('report', *words(host), before=before)
    finally:
        for path in (host.instances, host.domains):
            with contextlib.suppress(FileNotFoundError):
                path.chmod(0o755)
    assert (result.returncode, report.returncode) == (2, 2)
    assert result.stderr == report.stderr == ''
    assert 'Failure: guests' in report.stdout
    for one in result, report:
        shown = re.sub(r'[ |]+', ' ', text_of(one))
        assert 'cannot be read: ' in shown


def test_where_they_are_has_to_be_known(
    run: conftest.Run, host: instance_files.Host, write: Callable[..., str]
) -> None:
    host.add_raw()
    conf = CONF.replace('state_path = {state_path}\n', '')
    named = [
        '--config-file',
        write(conf, 'other.conf'),
        *words(host)[2:],
    ]
    result = run('report', *named)
    assert result.returncode == 2
    assert 'Give --instances-path' in text_of(result)
    path = '--instances-path', str(host.instances)
    result = run('report', *named, *path)
    assert result.returncode == 0
    # Relative to where it is given, as a shell completes it.
    relative = os.path.relpath(host.instances)
    assert run('report', *named, '--instances-path', relative).returncode == 0


def test_settings_that_no_libvirt_driver_reads_or_that_are_faulty(
    run: conftest.Run, host: instance_files.Host, write: Callable[..., str]
) -> None:
    add_converted(host)
    for change, code in (
        (('libvirt.LibvirtDriver', 'vmwareapi.VMwareVCDriver'), 0),
        (('images_type = flat', 'images_type = banana'), 2),
    ):
        conf = CONF.replace(*change).format(state_path=host.instances.parent)
        named = ['--config-file', write(conf, 'other.conf'), *words(host)[2:]]
        for command in ('report',), ('upgrade', 'check'):
            result = run(*command, *named)
            assert (result.returncode, result.stderr) == (code, '')
            assert UUID not in result.stdout


#: Runs the command on a file system that does not answer for one guest.
UNANSWERED = f"""
import functools, sys, threading
from nova_cow_check.cmd import main
from nova_cow_check.sources import existing, strict_folder
folder = strict_folder.Folder.folder
def hang(self, name):
    if name == '{UUID}':
        threading.Event().wait()
    return folder(self, name)
strict_folder.Folder.folder = hang
existing.read = functools.partial(existing.read, patience=0.2)
sys.exit(main.main())
"""


def test_who_does_not_answer_is_not_waited_for(
    host: instance_files.Host, tmp_path: pathlib.Path
) -> None:
    host.add_raw()
    host.add_raw(OTHER, 2)
    before = time.monotonic()
    done = subprocess.run(
        [sys.executable, '-c', UNANSWERED, 'report', *words(host)],
        env=conftest.environment(tmp_path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert time.monotonic() - before < 60
    assert (done.returncode, done.stderr) == (1, '')
    shown = text_of(done)
    assert 'the file system did not answer' in shown
    assert f'{OTHER}: not looked at, since {UUID} does not answer' in shown
    assert 'One more guest is alike' in shown


def test_nothing_but_files_below_is_opened_and_nothing_run(
    command: str, host: instance_files.Host, tmp_path: pathlib.Path
) -> None:
    """The whole command, watched from outside."""
    conftest.required(shutil.which('strace') is not None, 'needs strace')
    hostile = tmp_path / 'outside'
    hostile.write_text('s3cret')
    host.add_overlay(OTHER, 2)
    host.add(
        {'disk': (disk_headers.header(os.fsencode(hostile)), 196_616)},
        {'disk': 'qcow2'},
        {'disk': 'qcow2'},
    )
    os.mkfifo(host.folder() / 'disk.swap')
    (host.folder() / 'disk.eph0').symlink_to(hostile)
    (host.cache / 'link').symlink_to(hostile)
    trace = tmp_path / 'trace'
    calls = 'trace=open,openat,execve,flock,fcntl,connect,creat,rename,unlink'
    done = subprocess.run(
        ['strace', '-f', '-y', '-o', str(trace), '-e', calls]
        + [command, 'report', *words(host)],
        env=conftest.environment(tmp_path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2, done.stderr
    assert 'guest-disk-foreign' in done.stdout
    lines = trace.read_text().splitlines()
    assert len([one for one in lines if 'execve(' in one]) == 1
    assert not [one for one in lines if 'connect(' in one]
    assert not [one for one in lines if 'F_SETLK' in one or 'flock(' in one]
    below = [one for one in lines if str(tmp_path / 'nova') in one]
    assert below
    for line in below:
        assert 'O_WRONLY' not in line and 'O_RDWR' not in line, line
    opened = [one for one in lines if str(hostile) in one]
    assert opened == []
    # Looked at, and not opened.
    for line in below:
        if 'disk.swap' in line or 'disk.eph0' in line:
            assert 'O_PATH' in line, line


@pytest.fixture
def start(tmp_path: pathlib.Path) -> Iterator[Callable[..., int]]:
    """Return a function that starts what stands in for a program."""
    with contextlib.ExitStack() as running:
        running.enter_context(processes.alone())

        def start_one(name: str, *arguments: str, **environment: str) -> int:
            script = processes.write_script(tmp_path / 'bin' / name)
            program = script
            if name != 'nova-compute':
                # libvirt's are no scripts.
                program = tmp_path / 'bin' / 'python' / name
                program.parent.mkdir(exist_ok=True)
                program.symlink_to(sys.executable)
                first: tuple[str, ...] = (str(program), str(script))
            else:
                first = (sys.executable, str(program))
            return running.enter_context(
                processes.started((*first, *arguments), environment, tmp_path)
            )

        yield start_one


INSIDE = pathlib.Path('/var/lib/nova/instances')


class Containers:
    """nova-compute in one root, and libvirt in another."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.compute, self.libvirt = folder / 'compute', folder / 'libvirt'
        host = instance_files.Host(folder / 'made')
        add_converted(host)
        # As Nova names them in there.
        for path in (*host.domains.iterdir(), host.folder() / 'disk.info'):
            text = path.read_text()
            path.write_text(text.replace(str(host.instances), str(INSIDE)))
        shutil.copytree(host.instances, self.compute / INSIDE.relative_to('/'))
        shutil.copytree(host.domains, self.libvirt / 'etc/libvirt/qemu')
        conf = self.compute / 'etc/nova/nova.conf'
        conf.parent.mkdir(parents=True)
        conf.write_text(CONF.format(state_path='/var/lib/nova'))

    def require(self, result: subprocess.CompletedProcess[str]) -> None:
        """Require that the guest was found."""
        assert result.returncode == 2, result
        shown = text_of(result)
        assert 'Failure: guest-disk-converted' in shown
        assert f'looked at in {INSIDE}: 1. Domains in /' in shown
        assert '/qemu: 1.' in shown
        assert f'cd {INSIDE}/{UUID} &&' in result.stdout.splitlines()


@pytest.fixture
def containers(tmp_path: pathlib.Path) -> Containers:
    conftest.required(os.geteuid() == 0, 'needs root')
    return Containers(tmp_path)


RUNNING = 'report', '--running', '--guests'


def test_of_a_process_they_are_in_its_root(
    start: Callable[..., int], run: conftest.Run, containers: Containers
) -> None:
    start('nova-compute', TEST_ROOT=str(containers.compute))
    domains = str(containers.libvirt / 'etc/libvirt/qemu')
    containers.require(run(*RUNNING, '--domains', domains))
    check = 'upgrade', 'check', *RUNNING[1:], '--domains', domains
    result = run(*check)
    assert result.returncode == 2
    assert UUID in ' '.join(conftest.rows(result)['Guests'])
    named = '--domains', domains, '--instances-path', '/nowhere'
    result = run(*RUNNING, *named)
    assert 'Guests were not looked at: /nowhere: cannot be read: ' in text_of(
        result
    )
    # Here it is elsewhere, and Nova calls it as ever.
    instances = str(containers.compute / INSIDE.relative_to('/'))
    named = '--domains', domains, '--instances-path', instances
    containers.require(run(*RUNNING, *named))


def test_domains_are_in_the_root_of_libvirt(
    start: Callable[..., int],
    run: conftest.Run,
    containers: Containers,
    tmp_path: pathlib.Path,
) -> None:
    if libvirt_runs_here():
        # Once more, among processes of its own.
        name = test_domains_are_in_the_root_of_libvirt.__name__
        words = ['unshare', '--pid', '--fork', '--mount-proc', sys.executable]
        pytest_words = ['-m', 'pytest', '-p', 'no:cacheprovider']
        subprocess.run(
            [*words, *pytest_words, f'{__file__}::{name}'],
            # The lock of these tests, which is held here, is of no other.
            env={**os.environ, 'TMPDIR': str(tmp_path)},
            check=True,
        )
        return
    start('nova-compute', TEST_ROOT=str(containers.compute))
    # Those of this host, where there is none.
    assert 'Failure: guests' in run(*RUNNING).stdout
    start('virtqemud', TEST_ROOT=str(containers.libvirt))
    containers.require(run(*RUNNING))
    start('libvirtd', TEST_ROOT=str(containers.compute))
    result = run(*RUNNING)
    assert result.returncode == 2
    assert 'libvirt runs here several times' in text_of(result)


def libvirt_runs_here() -> bool:
    for path in pathlib.Path('/proc').glob('[0-9]*/cmdline'):
        with contextlib.suppress(OSError):
            program = path.read_bytes().partition(b'\0')[0]
            if os.path.basename(program) in (b'libvirtd', b'virtqemud'):
                return True
    return False


def test_nothing_is_read_that_a_stranger_names(
    start: Callable[..., int], run: conftest.Run, containers: Containers
) -> None:
    stranger = str(processes.STRANGER.pw_uid)
    pid = start(
        'nova-compute', TEST_ROOT=str(containers.compute), TEST_USER=stranger
    )
    result = run('report', '--running', str(pid), '--guests')
    assert result.returncode == 2
    assert UUID not in result.stdout
    assert 'nothing is read that it names' in text_of(result)
