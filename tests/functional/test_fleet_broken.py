# SPDX-License-Identifier: Apache-2.0

"""A fleet of which some hosts cannot be read: the others are, all the same."""

from __future__ import annotations

from collections.abc import Callable
import json
import os
import pathlib
import socket
import sys
from typing import Any

import pytest

from tests.functional import conftest
from tests.functional import documents
from tests.functional import passwords
from tests.functional import test_bad_input

SECRET = passwords.ON_THE_LINE
RULE = 'unreadable-configuration'

#: What all hosts have: passwords, and settings without a finding.
CONFIGURATION = (
    f'{passwords.CONFIGURATION}[DEFAULT]\n'
    'compute_driver = libvirt.LibvirtDriver\n'
    '[libvirt]\nimages_type = qcow2\n'
)

Make = Callable[[pathlib.Path], object]


def directory(name: str, make: Make) -> Make:
    """Return what makes a host's directory with something in it."""

    def make_host(path: pathlib.Path) -> None:
        path = path.with_suffix('')
        place = path / name
        place.parent.mkdir(parents=True)
        if not (path / 'nova.conf').exists() and name != 'nova.conf':
            (path / 'nova.conf').write_text(CONFIGURATION)
        make(place)

    return make_host


def text(content: str | bytes) -> Make:
    data = content.encode() if isinstance(content, str) else content
    return lambda path: path.write_bytes(data)


def a_report(content: str | bytes) -> Make:
    """Return what makes a HOST.json."""
    make = text(content)
    return lambda path: make(path.with_suffix('.json'))


def bind(path: pathlib.Path) -> None:
    with socket.socket(socket.AF_UNIX) as end:
        # Its name may be longer than an address can be.
        here = os.getcwd()
        os.chdir(path.parent)
        end.bind(path.name)
        os.chdir(here)


def no_permission(path: pathlib.Path) -> None:
    path.write_text(CONFIGURATION)
    path.chmod(0)


def no_permission_for_it_all(path: pathlib.Path) -> None:
    directory('nova.conf', text(CONFIGURATION))(path)
    path.with_suffix('').chmod(0)


def twice(path: pathlib.Path) -> None:
    path.write_text(CONFIGURATION)
    directory('nova.conf', text(CONFIGURATION))(path)


def source(path: pathlib.Path) -> None:
    path.write_text(
        f'{CONFIGURATION}[DEFAULT]\nconfig_source = {SECRET}\n'
        f'[{SECRET}]\ndriver = remote_file\nuri = http://192.0.2.1/{SECRET}\n'
    )


def link(target: str) -> Make:
    return lambda path: path.symlink_to(target)


def huge(path: pathlib.Path) -> None:
    with path.open('wb') as stream:
        stream.truncate(17 * 1024**2)


FILES: dict[str, Make] = {
    **{
        kind: text(content)
        for kind, (content, _line) in test_bad_input.NOT_PARSED.items()
    },
    'directory': pathlib.Path.mkdir,
    'pipe': os.mkfifo,
    'socket': bind,
    'device': link('/dev/zero'),
    'terminal': link('/dev/tty'),
    'dangling': link('nowhere'),
    'loop': lambda path: path.symlink_to(path.name),
    'no permission': no_permission,
    'huge': huge,
    'binary': text(pathlib.Path(sys.executable).read_bytes()[:100_000]),
    'source': source,
}

#: Name of a kind of bad input -> what makes a host of it.
KINDS: dict[str, Make] = {
    # As a file by itself, a directory is a host of another name.
    **{name: make for name, make in FILES.items() if name != 'directory'},
    **{
        f'{name} in a directory': directory('nova.conf', make)
        for name, make in FILES.items()
    },
    **{
        f'{name} among others': directory('nova.conf.d/50.conf', make)
        for name, make in FILES.items()
    },
    'empty directory': lambda path: path.with_suffix('').mkdir(),
    'directory without permission': no_permission_for_it_all,
    'link out of it': directory('nova.conf', link('/etc/passwd')),
    'file in place of drop-ins': directory('nova.conf.d', text('')),
    'there twice': twice,
    'empty report': a_report(''),
    'report cut off': a_report(f'{{"report_version": 1, "x": "{SECRET}'),
    'report of another program': a_report(f'{{"password": "{SECRET}"}}'),
    'report of another version': a_report('{"report_version": 2}'),
    'report that is a list': a_report(f'["{SECRET}"]'),
    'report that is no JSON': a_report(CONFIGURATION),
    'report in latin-1': a_report(b'{"caf\xe9": 1}'),
    'report without an end': a_report('[' * 1_000_000),
    'report with a huge number': a_report('{"report_version": ' + '9' * 9999),
}

#: One host of a hundred is broken.
GOOD = 99 * len(KINDS)


@pytest.fixture(scope='module')
def fleet(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp('fleet')
    for number in range(GOOD):
        (folder / f'good{number}.conf').write_text(CONFIGURATION)
    for kind, make in KINDS.items():
        make(folder / f'{name_of(kind)}.conf')
    return folder


def name_of(kind: str) -> str:
    return kind.replace(' ', '-')


def test_those_that_can_be_read_are_and_the_others_are_named(
    fleet: pathlib.Path, run: conftest.Run, tmp_path: pathlib.Path
) -> None:
    words = []
    for name in documents.NAMES:
        words += ['--output', f'{name}:{tmp_path}/{name}']
    result = run(
        'report', str(fleet), *words, before=conftest.without_privileges()
    )
    assert (result.returncode, result.stdout, result.stderr) == (2, '', '')
    broken = set(map(name_of, KINDS))
    hosts = json.loads((tmp_path / 'json').read_text())['hosts']
    assert len(hosts) == GOOD + len(broken)
    assert {host['name'] for host in hosts if RULE in rules(host)} == broken
    fine = {host['name'] for host in hosts if host['result'] == 'success'}
    assert fine == {f'good{number}' for number in range(GOOD)}
    for name in documents.NAMES:
        document = (tmp_path / name).read_text()
        assert [host for host in broken if host not in document] == [], name
        assert passwords.TOKEN.findall(document) == [], name


def rules(host: dict[str, Any]) -> set[str]:
    return {
        finding['rule']
        for check in host['checks']
        for finding in check['findings']
    }


@pytest.mark.parametrize(
    'kind', ['pipe', 'dangling', 'report cut off', 'there twice']
)
def test_a_fleet_of_nothing_else_is_a_failure(
    kind: str, run: conftest.Run, tmp_path: pathlib.Path
) -> None:
    folder = tmp_path / 'fleet'
    folder.mkdir()
    KINDS[kind](folder / 'a.conf')
    result = run('report', str(folder))
    assert (result.returncode, result.stderr) == (2, '')
    assert RULE in result.stdout
