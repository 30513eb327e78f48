# SPDX-License-Identifier: Apache-2.0

"""--running beside processes of users other than root and nova.

The command runs as root, and what it looks at was chosen by somebody else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import itertools
import os
import pathlib
import pwd
import stat
import subprocess
import sys

import pytest

from tests.functional import conftest
from tests.functional import fixes
from tests.functional import processes
from tests.functional import test_running

container = test_running.container
no_other = test_running.no_other
start = test_running.start

RUNNING = test_running.RUNNING
UID = str(processes.STRANGER.pw_uid)
EVE = processes.STRANGER.pw_name

#: What a container of nova-compute has; the stranger has nova's number.
NOVA = f'root:x:0:0::/root:/bin/sh\nnova:x:{UID}:{UID}::/:/bin/sh\n'
NOVA_CONF = {'/etc/nova/nova.conf': test_running.conf('rbd')}


@pytest.fixture(autouse=True)
def as_root() -> None:
    conftest.required(os.geteuid() == 0, 'needs root')
    there = {one.pw_uid for one in pwd.getpwall() if one.pw_name == 'nova'}
    conftest.required(int(UID) not in there, 'nobody is nova here')


def test_without_an_id_a_strangers_process_is_named_and_not_chosen(
    start: processes.Start, run: conftest.Run, write: Callable[..., str]
) -> None:
    flat, rbd = write(test_running.conf('flat'), 'a'), write('broken', 'b')
    pid = start('--config-file', flat)
    # Its command line would not be understood, either.
    stranger = start('--config-file', rbd, '--config-file', TEST_USER=UID)
    result = run(*RUNNING)
    assert test_running.backend(result.stdout) == 'flat'
    said = fixes.said(result)
    assert said == [
        f'read nova-compute, process {pid} of user root: {flat}',
        'not chosen, as of neither root nor nova: '
        f'process {stranger} of user {EVE}',
    ]


def test_where_there_is_no_other_it_is_not_chosen_either(
    start: processes.Start, run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(test_running.conf('rbd'))
    pid = start('--config-file', path, TEST_USER=UID)
    reason = conftest.reason(run(*RUNNING))
    assert reason.startswith('no nova-compute of root or nova is running')
    assert reason.endswith(f': process {pid} of user {EVE}')
    result = run(*RUNNING, str(pid))
    assert test_running.backend(result.stdout) == 'rbd'
    assert fixes.said(result) == [
        f'read nova-compute, process {pid} of user {EVE}: {path}'
    ]


def test_its_files_are_not_written(
    start: processes.Start, run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(fixes.SICK)
    pid = start('--config-file', path, TEST_USER=UID)
    shown = run('fix', '--running', str(pid))
    assert (shown.returncode, shown.stdout[:4]) == (1, '--- ')
    result = run('fix', '--running', str(pid), '--write')
    assert (result.returncode, result.stdout) == (255, '')
    assert 'of neither root nor nova' in fixes.said(result)[-1]
    assert pathlib.Path(path).read_text() == fixes.SICK


def test_what_its_config_source_names_is_not_asked_for(
    start: processes.Start, run: conftest.Run, write: Callable[..., str]
) -> None:
    content = '[DEFAULT]\nconfig_source = a\n[a]\ndriver = remote_file\n'
    path = write(f'{content}uri = http://192.0.2.1/\n')
    pid = start('--config-file', path, TEST_USER=UID)
    reason = conftest.reason_of_last(run(*RUNNING, str(pid)))
    assert reason.startswith(f'{path}:2: cannot read all sources')
    assert reason.endswith('of a user other than root and nova')


def _is_ours(folder: pathlib.Path) -> bool:
    return not folder.stat().st_mode & stat.S_ISVTX


def _of_root(root: pathlib.Path) -> None:
    pass


def _owned(name: str) -> Callable[[pathlib.Path], None]:
    def give(root: pathlib.Path) -> None:
        os.chown(root / name, int(UID), 0)

    return give


def _writable(root: pathlib.Path) -> None:
    (root / 'etc').chmod(0o777)


def _linked(root: pathlib.Path) -> None:
    (root / 'etc' / 'passwd').rename(root / 'etc' / 'other')
    (root / 'etc' / 'passwd').symlink_to('other')


#: Name -> what differs in a container with a nova of its own; whether that
#: one is nova.
CONTAINERS: dict[
    str, tuple[Callable[[pathlib.Path], None], Mapping[str, str], bool]
] = {
    'made by root': (_of_root, {}, True),
    'a file of the user': (_owned('etc/passwd'), {}, False),
    'a folder of the user': (_owned('etc'), {}, False),
    'a root of the user': (_owned('.'), {}, False),
    'a folder for all to write in': (_writable, {}, False),
    'a link': (_linked, {}, False),
    'a user namespace': (_of_root, {'TEST_NAMESPACE': UID}, False),
    'root of a user namespace': (_of_root, {'TEST_NAMESPACE': '0'}, False),
}


@pytest.mark.parametrize('name', CONTAINERS)
def test_who_is_nova_in_a_container_is_told_by_roots_files_alone(
    name: str,
    start: processes.Start,
    container: Callable[[test_running.Tree], str],
    run: conftest.Run,
) -> None:
    change, environment, is_nova = CONTAINERS[name]
    root = container({**NOVA_CONF, '/etc/passwd': NOVA})
    for folder in itertools.takewhile(_is_ours, pathlib.Path(root).parents):
        # The stranger is to find its root there.
        folder.chmod(0o711)
    change(pathlib.Path(root))
    place = 'TEST_INNER_ROOT' if environment else 'TEST_ROOT'
    pid = start(**{**environment, place: root, 'TEST_USER': UID})
    result = run(*RUNNING)
    if is_nova:
        assert test_running.backend(result.stdout) == 'rbd'
        (said,) = fixes.said(result)
        assert f'process {pid} of user nova' in said
        return
    reason = conftest.reason(result)
    assert reason.endswith(f'process id: process {pid} of user {EVE}')
    chosen = run(*RUNNING, str(pid))
    assert test_running.backend(chosen.stdout) == 'rbd'


@pytest.mark.parametrize('device', ['/dev/ptmx', '/dev/tty', '/dev/zero'])
def test_a_device_is_not_read(
    device: str,
    start: processes.Start,
    container: Callable[[test_running.Tree], str],
    run: conftest.Run,
) -> None:
    root = container({'/etc/nova/nova.conf': f'-> {device}', '/dev/x': ''})
    there = os.stat(device)
    os.mknod(f'{root}{device}', there.st_mode, there.st_rdev)
    pid = start(TEST_ROOT=root)
    assert conftest.reason(run(*RUNNING)) == (
        f'/proc/{pid}/root/etc/nova/nova.conf: cannot be read: '
        'not a regular file'
    )
    assert conftest.reason(
        run('upgrade', 'check', '--config-file', device)
    ).endswith('not a regular file')


#: Exchanges a directory and a link, until it is killed.
EXCHANGER = """
import ctypes
import sys

AT_FDCWD, RENAME_EXCHANGE = -100, 2
exchange = ctypes.CDLL(None).renameat2
first, second = (path.encode() for path in sys.argv[1:])
print('ready', flush=True)
while True:
    exchange(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE)
"""


def test_a_directory_that_is_exchanged_for_a_link_never_leads_out(
    start: processes.Start,
    container: Callable[[test_running.Tree], str],
    run: conftest.Run,
    write: Callable[..., str],
) -> None:
    outside = os.path.dirname(write('ours\n', 'outside/nova.conf'))
    tree = {
        '/d/nova.conf': test_running.conf('rbd'),
        '/l': f'-> {outside}',
    }
    root = container(tree)
    start('--config-file', '/d/nova.conf', TEST_ROOT=root)
    words = [sys.executable, '-c', EXCHANGER, f'{root}/d', f'{root}/l']
    with subprocess.Popen(words, stdout=subprocess.PIPE) as exchanger:
        assert exchanger.stdout is not None
        assert exchanger.stdout.readline() == b'ready\n'
        try:
            results = [run(*RUNNING) for _try in range(20)]
        finally:
            exchanger.kill()
    for result in results:
        # Where the link is, there is nothing for who is inside.
        if result.returncode == 255:
            assert 'No such file or directory' in conftest.reason(result)
        else:
            assert test_running.backend(result.stdout) == 'rbd'
