# SPDX-License-Identifier: Apache-2.0

"""--running: the configuration of a nova-compute, in a container or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
import contextlib
import json
import os
import pathlib
import re

import pytest

from tests.functional import conftest
from tests.functional import processes

RUNNING = ('upgrade', 'check', '--json', '--running')

#: A file of a host, or the text of a symbolic link.
Tree = Mapping[str, str]

PASSWD = f'nova:x:{os.getuid()}:0::/var/lib/nova:/bin/sh\n'


def conf(images_type: str) -> str:
    return (
        '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'
        f'[libvirt]\nimages_type = {images_type}\n'
    )


@pytest.fixture(autouse=True)
def no_other() -> Iterator[None]:
    with processes.alone():
        yield


@pytest.fixture
def start(tmp_path: pathlib.Path) -> Iterator[processes.Start]:
    """Return a function that starts a nova-compute, and ends it after."""
    script = processes.write_script(tmp_path / 'bin' / 'nova-compute')
    with contextlib.ExitStack() as running:

        def start_one(
            *arguments: str,
            words: tuple[str, ...] = (processes.PYTHON, str(script)),
            directory: pathlib.Path = tmp_path,
            **environment: str,
        ) -> int:
            return running.enter_context(
                processes.started((*words, *arguments), environment, directory)
            )

        yield start_one


@pytest.fixture
def container(tmp_path: pathlib.Path) -> Callable[[Tree], str]:
    """Return a function that makes the root directory of a container."""

    def make(tree: Tree) -> str:
        for path, content in tree.items():
            place = tmp_path / 'root' / path.lstrip('/')
            place.parent.mkdir(parents=True, exist_ok=True)
            if content.startswith('-> '):
                place.symlink_to(content[3:])
            else:
                place.write_text(content)
        return str(tmp_path / 'root')

    return make


def backend(output: str) -> str:
    """Return the backend that a report names."""
    details = json.loads(output)['checks'][1]['details']
    named = re.match(r'Nova uses the (\w+) backend\.', details)
    return named[1] if named else details


#: Name -> arguments; flat.conf, rbd.conf, d/1.conf (lvm) are at hand.
ARGUMENTS = {
    'one file': ('--config-file {flat}', 'flat'),
    'an equals sign': ('--config-file={flat}', 'flat'),
    'the last file wins': ('--config-file {flat} --config-file {rbd}', 'rbd'),
    'a directory': ('--config-dir {d}', 'lvm'),
    'a directory in between': (
        '--config-file {flat} --config-dir={d} --config-file {rbd}',
        'rbd',
    ),
    'a directory after': ('--config-file {flat} --config-dir {d}', 'lvm'),
    'other arguments': ('--debug --config-file {flat} --log-file x', 'flat'),
    'an abbreviation': ('--config-fil {flat}', 'flat'),
    'a relative path': ('--config-file rbd.conf', 'rbd'),
    'a relative directory': ('--config-dir ./d/../d', 'lvm'),
}


@pytest.mark.parametrize('name', ARGUMENTS)
def test_its_arguments_are_read_in_their_order(
    name: str,
    start: processes.Start,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    line, expected = ARGUMENTS[name]
    words = {
        'flat': write(conf('flat'), 'flat.conf'),
        'rbd': write(conf('rbd'), 'rbd.conf'),
        'd': os.path.dirname(write(conf('lvm'), 'd/1.conf')),
    }
    pid = start(*line.format(**words).split())
    result = run(*RUNNING)
    assert backend(result.stdout) == expected
    said = conftest.only_line(result.stderr)
    assert said.startswith(
        f'nova-cow-check: read nova-compute, process {pid} of user '
        f'{processes.USER}: {tmp_path}/'
    )
    # In this root directory, so the short paths are right.
    assert '/proc/' not in result.stdout + said


def test_it_says_which_files_were_read_and_the_report_is_apart(
    start: processes.Start, run: conftest.Run, write: Callable[..., str]
) -> None:
    first, second = write(conf('raw'), 'a.conf'), write('', 'b.conf')
    pid = start('--config-file', first, '--config-file', second)
    result = run('upgrade', 'check', '--running')
    assert result.stderr == (
        f'nova-cow-check: read nova-compute, process {pid} of user '
        f'{processes.USER}: {first}, {second}\n'
    )
    assert result.stdout.startswith('+--')
    assert len(conftest.rows(result)) == 3


def test_its_environment_counts_and_ours_does_not(
    start: processes.Start, run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(conf('raw') + '[DEFAULT]\nuse_cow_images = False\n')
    start('--config-file', path, OS_LIBVIRT__IMAGES_TYPE='rbd')
    result = run(
        *RUNNING,
        OS_LIBVIRT__IMAGES_TYPE='lvm',
        OS_DEFAULT__USE_COW_IMAGES='banana',
    )
    assert (result.returncode, backend(result.stdout)) == (0, 'rbd')
    assert 'variable OS_LIBVIRT__IMAGES_TYPE' in result.stdout
    assert 'banana' not in result.stdout


@pytest.mark.parametrize(
    'words',
    [(processes.PYTHON, '-u', '-W', 'ignore', '{script}'), ('{script}',)],
    ids=' '.join,
)
def test_it_is_found_however_it_was_started(
    words: tuple[str, ...],
    start: processes.Start,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    script = processes.write_script(tmp_path / 'nova-compute')
    script.write_text(f'#!{processes.PYTHON}\n{script.read_text()}')
    script.chmod(0o755)
    start(
        '--config-file',
        write(conf('rbd')),
        words=tuple(word.format(script=script) for word in words),
    )
    assert backend(run(*RUNNING).stdout) == 'rbd'


#: Name -> files of a container, what differs in starting it, the backend.
#: Its root directory has no Nova but what is given here.
CONTAINERS: dict[str, tuple[Tree, tuple[str, ...], Mapping[str, str], str]] = {
    'default places': (
        {'/etc/nova/nova.conf': conf('flat')},
        (),
        {},
        'flat',
    ),
    'default places in order': (
        {
            '/etc/nova/nova.conf': conf('raw'),
            '/etc/nova/nova-compute.conf': conf('qcow2'),
            '/etc/nova/nova.conf.d/b.conf': conf('rbd'),
            '/etc/nova/nova.conf.d/a.conf': conf('lvm'),
        },
        (),
        {},
        'rbd',
    ),
    'last default place': (
        {
            '/etc/nova/nova.conf': conf('raw'),
            '/etc/nova-compute.conf.d/a.conf': conf('lvm'),
        },
        (),
        {},
        'lvm',
    ),
    'home': (
        {
            '/etc/nova/nova.conf': conf('raw'),
            '/var/lib/nova/.nova/nova.conf': conf('lvm'),
        },
        (),
        {'HOME': '/var/lib/nova'},
        'lvm',
    ),
    'home of the user': (
        {
            '/etc/passwd': PASSWD,
            '/var/lib/nova/.nova/nova.conf': conf('lvm'),
        },
        (),
        {},
        'lvm',
    ),
    'snap': (
        {'/var/snap/x/etc/nova/nova.conf': conf('lvm')},
        (),
        {'SNAP_COMMON': '/var/snap/x'},
        'lvm',
    ),
    'absolute link': (
        {
            '/etc/nova/nova.conf': '-> /etc/kolla/nova.conf',
            '/etc/kolla/nova.conf': '-> ../real/./nova.conf',
            '/etc/real/nova.conf': conf('rbd'),
        },
        (),
        {},
        'rbd',
    ),
    'link to a directory': (
        {
            '/etc/nova': '-> /opt/etc/nova',
            '/opt/etc': '-> ../srv/etc',
            '/srv/etc/nova/nova.conf': conf('rbd'),
        },
        ('--config-file', '/etc/nova/nova.conf'),
        {},
        'rbd',
    ),
    'above its root': (
        {
            '/etc/nova/nova.conf': '-> ../../../../../../opt/nova.conf',
            '/opt/nova.conf': conf('rbd'),
        },
        ('--config-file', '/../../etc/../etc/nova/nova.conf'),
        {},
        'rbd',
    ),
    'relative path': (
        {'/srv/a/nova.conf': conf('rbd'), '/nova.conf': conf('raw')},
        ('--config-file', 'a/nova.conf'),
        {'TEST_DIRECTORY': '/srv'},
        'rbd',
    ),
    'path below home': (
        {'/srv/nova.conf': conf('rbd'), '/nova.conf': conf('raw')},
        ('--config-file', '~/nova.conf'),
        {'HOME': '/srv'},
        'rbd',
    ),
    'its environment': (
        {'/etc/nova/nova.conf': conf('rbd')},
        (),
        {'OS_LIBVIRT__IMAGES_TYPE': 'lvm'},
        'lvm',
    ),
}


@pytest.mark.parametrize('name', CONTAINERS)
def test_in_a_container_everything_is_looked_up_inside(
    name: str,
    start: processes.Start,
    container: Callable[[Tree], str],
    run: conftest.Run,
    write: Callable[..., str],
) -> None:
    tree, arguments, environment, expected = CONTAINERS[name]
    pid = start(*arguments, TEST_ROOT=container(tree), **environment)
    # What lies at the same places of this host must not be taken.
    write('[DEFAULT]\ncompute_driver = banana\n', 'home/.nova/nova.conf')
    result = run(*RUNNING, OS_LIBVIRT__IMAGES_TYPE='ploop')
    assert backend(result.stdout) == expected, result.stderr
    said = conftest.only_line(result.stderr)
    assert f'process {pid} of user ' in said
    assert f': /proc/{pid}/root/' in said
    assert 'banana' not in result.stdout


DRIVER = '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'

#: Files of a container in which it has compute_driver nowhere.
WITHOUT_A_DRIVER: dict[str, Tree] = {
    'nothing of it': {'/etc/nova/nova.conf': '[DEFAULT]\n'},
    'a backend': {'/etc/nova/nova.conf': '[libvirt]\nimages_type = rbd\n'},
    'an empty value': {'/etc/nova/nova.conf': '[DEFAULT]\ncompute_driver =\n'},
    'a name in vain': {'/etc/nova/nova.conf': DRIVER.replace('DEF', 'def')},
    'several files': {
        '/etc/nova/nova.conf': '[libvirt]\nvirt_type = kvm\n',
        '/etc/nova/nova-compute.conf': '[api]\n',
    },
}


@pytest.mark.parametrize('is_of_rdo', [False, True])
@pytest.mark.parametrize('name', WITHOUT_A_DRIVER)
def test_a_nova_compute_without_a_driver_was_not_read_as_a_whole(
    name: str,
    is_of_rdo: bool,
    start: processes.Start,
    container: Callable[[Tree], str],
    run: conftest.Run,
) -> None:
    tree = WITHOUT_A_DRIVER[name]
    vendor_file = '/usr/share/nova/nova-dist.conf'
    more = {vendor_file: DRIVER} if is_of_rdo else {}
    pid = start(TEST_ROOT=container({**tree, **more}))
    root = f'/proc/{pid}/root'
    reason = conftest.reason(run(*RUNNING))
    assert re.search(rf'process {pid} of user \S+ is a nova-compute', reason)
    assert f'({", ".join(root + path for path in tree)})' in reason
    assert 'not all that this process reads was read' in reason
    words = ' '.join(f'--config-file {root}{path}' for path in tree)
    given = f'--config-file {root}{vendor_file} {words}'
    assert reason.endswith(given) is is_of_rdo
    by_hand = 'in the order in which nova-compute reads them'
    assert reason.endswith(by_hand) is not is_of_rdo
    if is_of_rdo and name != 'an empty value':
        result = run(*given.split(), 'upgrade', 'check', '--json')
        assert 'compute_driver = libvirt.LibvirtDriver' in result.stdout


def test_a_driver_in_the_environment_is_one(
    start: processes.Start, container: Callable[[Tree], str], run: conftest.Run
) -> None:
    content = '[libvirt]\nimages_type = rbd\n'
    start(
        TEST_ROOT=container({'/etc/nova/nova.conf': content}),
        OS_DEFAULT__COMPUTE_DRIVER='libvirt.LibvirtDriver',
    )
    assert backend(run(*RUNNING).stdout) == 'rbd'


def test_an_abbreviated_flag_leaves_it_the_defaults(
    start: processes.Start, container: Callable[[Tree], str], run: conftest.Run
) -> None:
    tree = {
        '/etc/nova/nova.conf': DRIVER,
        '/etc/x.conf': '[libvirt]\nimages_type = rbd\n',
    }
    start('--config-fil', '/etc/x.conf', TEST_ROOT=container(tree))
    assert backend(run(*RUNNING).stdout) == 'rbd'


#: Name -> files of a container, the path that the reason names.
UNREADABLE: dict[str, tuple[Tree, str]] = {
    'link loop': (
        {'/etc/a': '-> b', '/etc/b': '-> /etc/a'},
        '/etc/a: cannot be read: Too many levels of symbolic links',
    ),
    'link out of the container': (
        {'/etc/a': '-> {host_file}'},
        '/etc/a: cannot be read: No such file or directory',
    ),
    'pipe': (
        {'/etc/b': ''},
        '/etc/a: cannot be read: not a regular file',
    ),
    'directory': (
        {'/etc/a/b': ''},
        '/etc/a: cannot be read: ',
    ),
    'below a file': (
        {'/etc': ''},
        '/etc/a: cannot be read: Not a directory',
    ),
    'not a configuration': (
        {'/etc/a': 'banana\n'},
        '/root/etc/a:1: not a valid configuration file',
    ),
}


@pytest.mark.parametrize('name', UNREADABLE)
def test_what_cannot_be_read_in_a_container_is_named(
    name: str,
    start: processes.Start,
    container: Callable[[Tree], str],
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    host_file = write(conf('rbd'))
    tree, expected = UNREADABLE[name]
    root = container(
        {
            path: content.format(host_file=host_file)
            for path, content in tree.items()
        }
    )
    if name == 'pipe':
        # Opening it would wait for a writer for ever.
        os.mkfifo(tmp_path / 'root' / 'etc' / 'a')
    start('--config-file', '/etc/a', TEST_ROOT=root)
    assert expected in conftest.reason(run(*RUNNING))


def test_a_source_that_a_container_names_is_not_followed(
    start: processes.Start, container: Callable[[Tree], str], run: conftest.Run
) -> None:
    # It can name files, and inside the container these are others.
    content = '[DEFAULT]\nconfig_source = a\n[a]\ndriver = ini\n'
    pid = start(TEST_ROOT=container({'/etc/nova.conf': content}))
    reason = conftest.reason(run(*RUNNING))
    assert reason.startswith(f'/proc/{pid}/root/etc/nova.conf:2: ')
    assert 'cannot read all sources' in reason
    container(
        {
            '/etc/nova-compute.conf': f'{conf("rbd")}[DEFAULT]\n'
            'force_raw_images = 1\nuse_cow_images = 1\n'
        }
    )
    assert backend(run(*RUNNING).stdout) == 'rbd'


def test_a_container_without_configuration_gives_no_verdict(
    start: processes.Start,
    container: Callable[[Tree], str],
    run: conftest.Run,
    write: Callable[..., str],
) -> None:
    write(conf('rbd'), 'home/nova.conf')
    pid = start(TEST_ROOT=container({'/srv/kept': ''}), HOME='/srv')
    reason = conftest.reason(run(*RUNNING))
    # Not what the same paths are on the host.
    looked = f'looked for /proc/{pid}/root/srv/.nova/'
    assert f'found no configuration to read; {looked}' in reason
    assert ' /etc/' not in reason


def test_one_of_several_is_chosen_by_its_id(
    start: processes.Start, run: conftest.Run, write: Callable[..., str]
) -> None:
    flat, rbd = write(conf('flat'), 'a.conf'), write(conf('rbd'), 'b.conf')
    first = start('--config-file', flat)
    second = start('--config-file', rbd)
    reason = conftest.reason(run(*RUNNING))
    listed = (
        f'process {first} of user {processes.USER} (--config-file {flat})',
        f'process {second} of user {processes.USER} (--config-file {rbd})',
    )
    for process in listed:
        assert process in reason
    assert backend(run(*RUNNING, str(first)).stdout) == 'flat'
    assert backend(run(*RUNNING[:-1], f'--running={second}').stdout) == 'rbd'
    reason = conftest.reason(run(*RUNNING, '1'))
    assert reason.startswith('process 1 is not nova-compute')
    for process in listed:
        assert process in reason


def test_a_child_that_it_forked_is_not_another_one(
    start: processes.Start, run: conftest.Run, write: Callable[..., str]
) -> None:
    pid = start('--config-file', write(conf('rbd')), TEST_FORK='1')
    result = run(*RUNNING)
    assert backend(result.stdout) == 'rbd'
    assert f'process {pid} of user ' in result.stderr


def test_a_process_that_only_mentions_nova_compute_is_not_one(
    start: processes.Start, run: conftest.Run, tmp_path: pathlib.Path
) -> None:
    other = str(processes.write_script(tmp_path / 'bin' / 'other'))
    python = processes.PYTHON
    for words in (
        (python, other, 'nova-compute'),
        (python, other, '--config-file', '/etc/nova-compute'),
        (python, '-c', pathlib.Path(other).read_text(), 'nova-compute'),
        ('sh', '-c', 'echo ready; exec cat', 'nova-compute'),
        ('sh', '-c', 'echo ready; exec grep nova-compute'),
    ):
        start(words=words)
    assert 'no nova-compute is running' in conftest.reason(run(*RUNNING))


def test_a_process_that_may_not_be_looked_into_gives_no_verdict(
    start: processes.Start,
    run: conftest.Run,
    write: Callable[..., str],
) -> None:
    path = write(conf('rbd'))
    pid = start('--config-file', path, TEST_SECLUDED='1')
    result = run(*RUNNING, before=conftest.without_privileges())
    reason = conftest.reason(result)
    assert reason.startswith(f'/proc/{pid}/')
    assert 'permission denied; run as root or as the user' in reason


def test_where_nothing_is_found_a_running_one_is_suggested(
    start: processes.Start, run: conftest.Run, write: Callable[..., str]
) -> None:
    conftest.no_own_configuration()
    path = write(conf('rbd'))
    # Its command line is for all to see.
    pid = start('--config-file', path, TEST_SECLUDED='1')
    result = run('upgrade', 'check', before=conftest.without_privileges())
    reason = conftest.reason(result)
    assert 'looked for' in reason
    assert (
        'nova-compute is running here, add --running: '
        f'process {pid} of user {processes.USER} (--config-file {path})'
    ) in reason


def test_it_is_read_as_it_is_now(
    start: processes.Start, run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(conf('rbd'))
    start('--config-file', path)
    os.unlink(path)
    assert path in conftest.reason(run(*RUNNING))
