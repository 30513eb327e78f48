# SPDX-License-Identifier: Apache-2.0

"""Which command lines are nova-compute's."""

from __future__ import annotations

import os

import pytest

from nova_cow_check import errors
from nova_cow_check.sources import arguments
from nova_cow_check.sources import owners
from nova_cow_check.sources import running

NOVA = owners.Owner(64060, 'nova', True)
STRANGER = owners.Owner(1000, 'eve', False)

#: Command line -> nova-compute's arguments.
NOVA_COMPUTE = {
    'nova-compute': '',
    '/usr/bin/nova-compute --config-file a': '--config-file a',
    '/usr/bin/python3 /usr/bin/nova-compute': '',
    'python3 /usr/bin/nova-compute --config-file=a b': '--config-file=a b',
    'python nova-compute -v': '-v',
    '/opt/venv/bin/python3.12 ./nova-compute --config-dir d': '--config-dir d',
    'python3 -u -E /usr/bin/nova-compute x': 'x',
    'python3 -W ignore -X dev /usr/bin/nova-compute x': 'x',
    'python3 -Wignore -Xdev /usr/bin/nova-compute x': 'x',
    '/snap/bin/python3-wrapped /snap/bin/nova-compute': '',
}

OTHERS = (
    '',
    'grep nova-compute',
    'sh -c nova-compute',
    'sh /usr/bin/nova-compute',
    'vim nova-compute',
    'tail -f /var/log/nova/nova-compute.log',
    'python3',
    'python3 -m',
    'python3 -c nova-compute',
    'python3 -c pass nova-compute',
    'python3 -m pdb nova-compute',
    'python3 -u -m nova.cmd.api nova-compute',
    'python3 /usr/bin/nova-api nova-compute',
    'python3 /usr/bin/nova-cow-check upgrade check --running nova-compute',
    'python3 /usr/bin/nova-compute-ironic',
    'python3 -W nova-compute',
    '/usr/bin/nova-compute-wrapper nova-compute',
    'nova-compute.py',
    'sudo -u nova nova-compute',
    'dumb-init -- nova-compute --config-file a',
)


@pytest.mark.parametrize('line', NOVA_COMPUTE)
def test_the_arguments_of_nova_compute(line: str) -> None:
    found = running._arguments(line.split())
    assert found is not None
    assert ' '.join(found) == NOVA_COMPUTE[line]


@pytest.mark.parametrize('line', OTHERS)
def test_the_command_line_of_another_program(line: str) -> None:
    assert running._arguments(line.split()) is None


@pytest.mark.parametrize(
    ('line', 'expected'),
    [
        ('', ()),
        ('--config-file a', ((False, 'a'),)),
        ('--config-file=a --config-dir=b', ((False, 'a'), (True, 'b'))),
        ('--config-dir b -d --config-file a', ((True, 'b'), (False, 'a'))),
        ('--log-file x --debug a --config-file=', ((False, ''),)),
        # oslo.config's own parser takes an unambiguous start of a name.
        ('--config-f a', ((False, 'a'),)),
    ],
)
def test_the_places_that_a_process_was_given(
    line: str, expected: tuple[tuple[bool, str], ...]
) -> None:
    process = running.Process(42, tuple(line.split()), NOVA)
    assert tuple(place[:2] for place in process.places) == expected


def test_a_flag_that_is_not_whole_leaves_the_defaults() -> None:
    words = ('--config-fil', 'a', '--config-dir=b')
    process = running.Process(42, words, NOVA)
    assert [place.keeps_defaults for place in process.places] == [True, False]


def test_a_process_is_shown_with_its_places_only() -> None:
    words = '--config-file a --log-file secret --config-dir=b'
    process = running.Process(42, tuple(words.split()), NOVA)
    shown = 'process 42 of user nova (--config-file a --config-dir b)'
    assert str(process) == shown
    assert str(running.Process(42, (), NOVA)) == 'process 42 of user nova'


@pytest.mark.parametrize('line', ['--config-file a', '--config-file'])
def test_of_a_stranger_nothing_is_told_and_nothing_can_fail(line: str) -> None:
    process = running.Process(42, tuple(line.split()), STRANGER)
    assert str(process) == 'process 42 of user eve'


def test_of_many_processes_some_are_listed() -> None:
    many = [running.Process(one, (), STRANGER) for one in range(1000)]
    listed = running.listed(many)
    assert listed.startswith('process 0 of user eve, process 1 of user eve, ')
    assert listed.endswith('process 9 of user eve, ...')
    assert running.listed(many[:2]).endswith('process 1 of user eve')


def test_a_command_line_that_was_cut_off() -> None:
    process = running.Process(42, ('--config-file',), NOVA)
    with pytest.raises(errors.ConfigurationError) as caught:
        process.places
    assert str(caught.value).startswith('/proc/42/cmdline: ')


@pytest.mark.parametrize(
    ('root', 'directory', 'expected'),
    [
        ('/', '/', '/'),
        ('/', '/var/lib', '/var/lib'),
        ('/srv/root', '/srv/root', '/'),
        ('/srv/root', '/srv/root/var/lib', '/var/lib'),
        ('/srv/root', '/srv/root2', '/srv/root2'),
        ('/srv/root', '/', '/'),
    ],
)
def test_a_working_directory_is_told_from_the_root_of_its_process(
    root: str,
    directory: str,
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # chroot(2) takes root; tests/functional does it for some of these.
    links = {'/proc/42/root': root, '/proc/42/cwd': directory}
    monkeypatch.setattr(os, 'readlink', links.__getitem__)
    found = running._working_directory(42)
    assert os.path.normpath(found) == expected


def test_what_proc_says_about_this_process() -> None:
    pid = os.getpid()
    assert running._parent(pid) == os.getppid()
    assert running._process(pid) is None
    with open('/proc/self/environ', 'rb') as stream:
        names = [v.split(b'=')[0] for v in stream.read().split(b'\0') if v]
    environment = running._environment(pid)
    assert list(environment) == list(dict.fromkeys(map(os.fsdecode, names)))


def test_a_process_that_has_ended_is_none() -> None:
    gone = 2**22 + 1
    assert running._process(gone) is None
    assert running._parent(gone) is None
    with pytest.raises(errors.ConfigurationError, match=f'/proc/{gone}/'):
        running._environment(gone)


def test_arguments_of_a_process_are_places() -> None:
    (place,) = running.Process(1, ('--config-dir=x',), NOVA).places
    assert place == arguments.Place(is_directory=True, path='x')
