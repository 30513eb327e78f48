# SPDX-License-Identifier: Apache-2.0

"""Which files of a collected tree count, and when that cannot be told."""

from __future__ import annotations

from collections.abc import Mapping
import json
import os
import pathlib

import pytest

from nova_cow_check import errors
from nova_cow_check.sources import host_folders
from nova_cow_check.sources import roots

NOVA = 'etc/nova'
KOLLA = 'etc/kolla/nova-compute'
MOUNTED = '/var/lib/kolla/config_files'


def write(directory: pathlib.Path, content: Mapping[str, str]) -> None:
    for path, text in content.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text)


def paths_in(directory: pathlib.Path) -> list[str]:
    with host_folders.Folder(str(directory)) as root:
        return host_folders.paths_in(root)


def refusal(directory: pathlib.Path) -> str:
    with pytest.raises(errors.ConfigurationError) as caught:
        paths_in(directory)
    return str(caught.value)


def copies(*pairs: tuple[str, str]) -> str:
    files = [{'source': source, 'dest': dest} for source, dest in pairs]
    return json.dumps({'command': 'nova-compute', 'config_files': files})


@pytest.mark.parametrize('place', ['', NOVA, KOLLA])
def test_files_are_read_in_the_order_of_nova_compute(
    place: str, tmp_path: pathlib.Path
) -> None:
    folder = tmp_path / place
    for name in (
        'nova-compute.conf.d/c.conf',
        'nova.conf.d/b.conf',
        'nova.conf.d/a.conf',
        'nova-compute.conf',
        'nova.conf',
        'nova-api.conf',
    ):
        write(folder, {name: ''})
    at = f'/{place}' if place else ''
    assert paths_in(tmp_path) == [
        f'{at}/nova.conf',
        f'{at}/nova-compute.conf',
        f'{at}/nova.conf.d/a.conf',
        f'{at}/nova.conf.d/b.conf',
        f'{at}/nova-compute.conf.d/c.conf',
    ]


@pytest.mark.parametrize(
    ('first', 'second'), [('', NOVA), ('', KOLLA), (NOVA, KOLLA)]
)
def test_two_places_count_only_where_they_say_the_same(
    first: str, second: str, tmp_path: pathlib.Path
) -> None:
    write(tmp_path / first, {'nova.conf': 'x = 1\n'})
    write(tmp_path / second, {'nova.conf': 'x = 1\n'})
    assert paths_in(tmp_path) == [f'/{first}/nova.conf'.replace('//', '/')]
    write(tmp_path / second, {'nova.conf': 'x = 2\n'})
    one = f'{tmp_path}/{first}/nova.conf'.replace('//', '/')
    assert refusal(tmp_path) == (
        f'it has {one}, {tmp_path}/{second}/nova.conf, and they differ: which '
        'of them nova-compute reads cannot be told; leave the one that it '
        'reads'
    )
    write(tmp_path / second, {'nova.conf': 'x = 1\n', 'nova-compute.conf': ''})
    assert 'they differ' in refusal(tmp_path)


def test_a_container_reads_what_kolla_copies(tmp_path: pathlib.Path) -> None:
    write(tmp_path / KOLLA, {'nova.conf': '', 'nova-compute.conf': ''})
    listed = tmp_path / KOLLA / 'config.json'
    listed.write_text(
        copies(
            (f'{MOUNTED}/nova.conf', '/etc/nova/nova.conf'),
            (f'{MOUNTED}/policy.yaml', '/etc/nova/policy.yaml'),
        )
    )
    assert paths_in(tmp_path) == [f'/{KOLLA}/nova.conf']
    # By another name.
    listed.write_text(copies((f'{MOUNTED}/other.conf', '/etc/nova/nova.conf')))
    assert paths_in(tmp_path) == [f'/{KOLLA}/other.conf']
    # Nothing of it is the configuration.
    listed.write_text(copies((f'{MOUNTED}/ceph.conf', '/etc/ceph/ceph.conf')))
    assert refusal(tmp_path).startswith('found no configuration to read')
    elsewhere = '/var/lib/elsewhere/nova.conf', '/etc/nova/nova.conf'
    listed.write_text(copies(elsewhere))
    assert refusal(tmp_path) == (
        f'{listed}: the container copies /etc/nova/nova.conf from elsewhere: '
        'make the report on that host, with --running and --output json'
    )


@pytest.mark.parametrize('content', ['', '[]', '{}', '{"config_files": 1}'])
def test_a_list_that_is_none_is_told(
    content: str, tmp_path: pathlib.Path
) -> None:
    write(tmp_path / KOLLA, {'nova.conf': '', 'config.json': content})
    assert refusal(tmp_path) == (
        f'{tmp_path / KOLLA}/config.json: it is no list of files that kolla '
        'copies'
    )


@pytest.mark.parametrize('link', ['etc', 'etc/nova', 'etc/nova/nova.conf'])
def test_links_of_a_tree_stay_inside_it(
    link: str, tmp_path: pathlib.Path
) -> None:
    outside = tmp_path / 'outside'
    write(outside, {'nova/nova.conf': '', 'nova.conf': ''})
    tree = tmp_path / 'host'
    (tree / link).parent.mkdir(parents=True)
    (tree / link).symlink_to(outside / os.path.relpath(link, 'etc'))
    with host_folders.Folder(str(tree)) as root:
        try:
            paths = host_folders.paths_in(root)
        except errors.ConfigurationError as error:
            assert 'found no configuration' in str(error)
        else:
            # A link that leads nowhere was a file of the host.
            assert paths == ['/etc/nova/nova.conf']
            with pytest.raises(FileNotFoundError):
                root.read(paths[0])
    # The same path, in the tree itself.
    write(tree / outside.relative_to('/'), {'nova/nova.conf': 'x = 1\n'})
    write(tree / outside.relative_to('/'), {'nova.conf': 'x = 1\n'})
    with host_folders.Folder(str(tree)) as root:
        assert root.read(host_folders.paths_in(root)[0]) == b'x = 1\n'


def test_a_place_that_may_not_be_looked_at_is_told(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / NOVA, {'nova.conf': ''})
    real = roots.Root._look

    def refuse(self: roots.Root, path: str) -> roots.Seen:
        if path == f'/{NOVA}':
            raise PermissionError(13, 'Permission denied')
        return real(self, path)

    monkeypatch.setattr(roots.Root, '_look', refuse)
    assert refusal(tmp_path) == (
        'etc/nova/nova.conf: cannot be looked for: Permission denied'
    )
