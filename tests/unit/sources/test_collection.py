# SPDX-License-Identifier: Apache-2.0

"""The hosts under some paths: none is lost, and none is there twice."""

from __future__ import annotations

from collections.abc import Sequence
import os
import pathlib
import socket

import pytest

from nova_cow_check import errors
from nova_cow_check.reports import report
from nova_cow_check.sources import collection
from nova_cow_check.sources import trees

DIRECTORY = report.SourceKind.DIRECTORY
FILE = report.SourceKind.FILE
REPORT = report.SourceKind.REPORT
LIST = report.SourceKind.LIST
UNCHECKED = report.SourceKind.UNCHECKED


@pytest.fixture(autouse=True)
def here(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def make(*paths: str) -> None:
    """Make empty files, and directories where a path ends with a slash."""
    for path in map(pathlib.Path, paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def found(*paths: str, expected: str | None = None) -> dict[str, list[str]]:
    """Return the paths of the hosts, by name."""
    return {
        host.name: [source.path for source in host.sources]
        for host in collection.find(paths, expected).hosts
    }


def kinds(*paths: str) -> list[report.SourceKind]:
    return [host.sources[0].kind for host in collection.find(paths).hosts]


def refusal(*paths: str, expected: str | None = None) -> str:
    with pytest.raises(errors.ConfigurationError) as caught:
        collection.find(paths, expected)
    return str(caught.value)


def test_a_folder_has_hosts_of_every_kind() -> None:
    make('fleet/b/nova.conf', 'fleet/a.example.org.conf', 'fleet/c.json')
    make('fleet/d.example.org.unchecked')
    assert found('fleet') == {
        'a.example.org': ['fleet/a.example.org.conf'],
        'b': ['fleet/b'],
        'c': ['fleet/c.json'],
        'd.example.org': ['fleet/d.example.org.unchecked'],
    }
    assert kinds('fleet') == [FILE, DIRECTORY, REPORT, UNCHECKED]


@pytest.mark.parametrize(
    ('path', 'name', 'kind'),
    [
        ('fleet/b', 'b', DIRECTORY),
        ('fleet/b/', 'b', DIRECTORY),
        ('./fleet/../fleet/b', 'b', DIRECTORY),
        ('fleet/a.conf', 'a', FILE),
        ('fleet/c.json', 'c', REPORT),
        ('fleet/d.unchecked', 'd', UNCHECKED),
        ('fleet/b/nova.conf', 'b', FILE),
        ('fleet/linked', 'linked', DIRECTORY),
        ('fleet/linked.conf', 'linked', FILE),
        ('fleet/t', 't', DIRECTORY),
        ('fleet/t/etc/nova', 'nova', DIRECTORY),
        ('fleet/t/etc/nova/nova.conf', 't', FILE),
    ],
)
def test_a_path_can_be_one_host(
    path: str, name: str, kind: report.SourceKind
) -> None:
    make('fleet/b/nova.conf', 'fleet/a.conf', 'fleet/c.json')
    make('fleet/d.unchecked')
    make('fleet/t/etc/nova/nova.conf')
    os.symlink('b', 'fleet/linked')
    os.symlink('b/nova.conf', 'fleet/linked.conf')
    assert found(path) == {name: [path]}
    assert kinds(path) == [kind]


@pytest.mark.parametrize(
    'name',
    ['nova.conf', 'nova-compute.conf', 'nova.conf.d/', 'nova-compute.conf.d/'],
)
def test_any_file_of_nova_compute_makes_a_directory_a_host(name: str) -> None:
    make(f'b/{name}' + ('x' if name.endswith('/') else ''))
    assert found('b') == {'b': ['b']}
    os.chdir('b')
    assert found('.') == {'b': ['.']}


@pytest.mark.parametrize('place', trees.PLACES)
def test_a_tree_of_a_host_is_one_and_no_folder_of_hosts(place: str) -> None:
    make(f'fleet/a/{place}/nova.conf', 'fleet/b.conf')
    assert found('fleet') == {'a': ['fleet/a'], 'b': ['fleet/b.conf']}
    assert found('fleet/a/') == {'a': ['fleet/a/']}


def test_hosts_are_named_by_the_folders_of_their_files() -> None:
    make('a/etc/nova/nova.conf', 'b/etc/nova/nova.conf', 'c.conf')
    assert found('a/etc/nova/nova.conf', 'b/etc/nova/nova.conf', 'c.conf') == {
        'a': ['a/etc/nova/nova.conf'],
        'b': ['b/etc/nova/nova.conf'],
        'c': ['c.conf'],
    }


def test_a_link_that_leads_nowhere_is_still_a_host() -> None:
    make('fleet/a.conf')
    for name in ('gone', 'gone2.conf', 'gone3.json'):
        os.symlink('nowhere', f'fleet/{name}')
    assert set(found('fleet')) == {'a', 'gone', 'gone2', 'gone3'}
    assert found('fleet/gone') == {'gone': ['fleet/gone']}


def test_what_is_in_a_folder_and_is_no_host_is_passed_over() -> None:
    make('fleet/a.conf', 'fleet/README', 'fleet/b.conf.orig', 'fleet/c.yaml')
    make('fleet/.git/config', 'fleet/.hidden.conf')
    os.mkfifo('fleet/pipe')
    with socket.socket(socket.AF_UNIX) as end:
        end.bind('fleet/socket')
    fleet = collection.find(['fleet'])
    assert [host.name for host in fleet.hosts] == ['a']
    # Hidden files are nobody's mistake.
    assert fleet.passed_over == (
        'fleet/README',
        'fleet/b.conf.orig',
        'fleet/c.yaml',
        'fleet/pipe',
        'fleet/socket',
    )
    assert collection.find(['fleet', 'fleet']).passed_over == fleet.passed_over


def test_what_is_named_as_a_host_is_one_whatever_it_is() -> None:
    # Reading it tells that it cannot be read; passed over, it were a pass.
    make('fleet/empty/.keep', 'fleet/cell1/a/nova.conf')
    os.mkfifo('fleet/pipe.conf')
    assert set(found('fleet')) == {'empty', 'cell1', 'pipe'}


@pytest.mark.parametrize(
    'paths',
    [
        ('fleet', 'fleet'),
        ('fleet', 'fleet/'),
        ('fleet', 'fleet/a.conf', 'fleet/b', 'fleet/c.json'),
        ('fleet/a.conf', './fleet/a.conf', 'fleet/b', 'fleet/b/', 'fleet'),
        ('fleet', 'link'),
        ('fleet', '{here}/link'),
    ],
)
def test_the_same_place_twice_is_one_host(paths: Sequence[str]) -> None:
    make('fleet/a.conf', 'fleet/b/nova.conf', 'fleet/c.json')
    os.symlink('fleet', 'link')
    given = [path.format(here=os.getcwd()) for path in paths]
    hosts = found(*given)
    assert set(hosts) == {'a', 'b', 'c'}
    assert all(len(paths) == 1 for paths in hosts.values())


def test_different_places_with_one_name_are_all_kept() -> None:
    make('old/a.conf', 'old/b.conf', 'new/a.json', 'new/a/nova.conf')
    os.symlink('../old/b.conf', 'new/b.conf')
    assert found('old', 'new') == {
        'a': ['old/a.conf', 'new/a', 'new/a.json'],
        'b': ['new/b.conf'],
    }


@pytest.mark.parametrize(
    'name', ['a\nb', '\x1b[2J', '\udcff', '\u202e', 'a b', '-x', '[1-3]', 'é']
)
def test_any_name_is_a_name(name: str) -> None:
    make(f'fleet/{name}.conf')
    assert list(found('fleet')) == [name]


def test_hosts_that_are_expected_are_there_or_told() -> None:
    make('fleet/a.conf', 'fleet/extra.conf')
    pathlib.Path('list').write_text(
        '# All of them\n\na\n  b  # in repair\nb\r\n\té\n', encoding='utf-8'
    )
    hosts = collection.find(['fleet'], 'list').hosts
    assert [(host.name, host.sources[0].kind) for host in hosts] == [
        ('a', FILE),
        ('extra', FILE),
        ('b', LIST),
        ('é', LIST),
    ]
    assert all(len(host.sources) == 1 for host in hosts)
    assert [host.sources[0].line for host in hosts] == [0, 0, 4, 6]


@pytest.mark.parametrize(
    ('content', 'because'),
    [
        (b'a\nb\xff\n', 'list:2: not valid UTF-8 text'),
        (b'#' * (16 * 1024**2 + 1), 'list: larger than 16 MiB'),
        (None, 'list: cannot be read: No such file or directory'),
    ],
)
def test_a_list_that_cannot_be_read_is_told(
    content: bytes | None, because: str
) -> None:
    make('a.conf')
    if content is not None:
        pathlib.Path('list').write_bytes(content)
    assert refusal('a.conf', expected='list').startswith(because)


def test_what_is_not_there_is_told() -> None:
    make('empty/.hidden', 'file')
    os.symlink('loop', 'loop')
    missing = 'cannot be read: No such file or directory'
    assert refusal('missing') == f'missing: {missing}'
    assert refusal('file/missing') == (
        'file/missing: cannot be read: Not a directory'
    )
    assert refusal('file').startswith('file: not a host: ')
    assert refusal('empty') == 'empty: found no host there'
    assert refusal('empty', 'missing') == f'missing: {missing}'
    assert found('loop') == {'loop': ['loop']}


def test_what_would_be_a_host_beside_the_files_of_one_is_told() -> None:
    make('fleet/nova.conf', 'fleet/nova.conf.d/nova.conf', 'fleet/.a.conf')
    make('fleet/a.conf', 'fleet/b.json', 'fleet/policy.yaml')
    assert found('fleet') == {'fleet': ['fleet']}
    passed_over = collection.find(['fleet']).passed_over
    assert passed_over == ('fleet/a.conf', 'fleet/b.json')
