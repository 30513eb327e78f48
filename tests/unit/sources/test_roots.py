# SPDX-License-Identifier: Apache-2.0

"""Paths as another process sees them, on real trees of symbolic links."""

from __future__ import annotations

import errno
import os
import pathlib

import pytest

from nova_cow_check.sources import roots

#: Path inside the root -> text of the symbolic link there; None: a file.
TREE = {
    '/etc/nova/nova.conf': None,
    '/etc/empty/x': None,
    '/opt/relative': '../etc/nova',
    '/opt/absolute': '/etc/nova',
    '/opt/above': '../../../../etc',
    '/opt/chain': 'absolute',
    '/opt/dots': './/relative/.././nova/',
    '/opt/to-root': '/',
    '/opt/dangling': '/nowhere',
    '/opt/host': '{outside}',
    '/opt/loop': 'loop',
    '/opt/loop-a': '/opt/loop-b',
    '/opt/loop-b': 'loop-a',
    '/opt/file': '/etc/nova/nova.conf',
}

#: Path inside the root -> where it leads.
FOUND = {
    '/': '/',
    '/etc/nova/nova.conf': '/etc/nova/nova.conf',
    '//etc/./nova//nova.conf': '/etc/nova/nova.conf',
    '/etc/empty/../nova/nova.conf': '/etc/nova/nova.conf',
    '/../../etc/nova/nova.conf': '/etc/nova/nova.conf',
    '/opt/relative/nova.conf': '/etc/nova/nova.conf',
    '/opt/absolute/nova.conf': '/etc/nova/nova.conf',
    '/opt/above/nova/nova.conf': '/etc/nova/nova.conf',
    '/opt/chain/nova.conf': '/etc/nova/nova.conf',
    '/opt/dots/nova.conf': '/etc/nova/nova.conf',
    '/opt/to-root/etc/nova/nova.conf': '/etc/nova/nova.conf',
    '/opt/to-root/../etc/nova/nova.conf': '/etc/nova/nova.conf',
    # Not /opt/nova/nova.conf: ".." is the parent of what the link means.
    '/opt/relative/../nova/nova.conf': '/etc/nova/nova.conf',
    '/opt/file': '/etc/nova/nova.conf',
}

#: Path inside the root -> what opening it there says.
NOT_FOUND = {
    '/nowhere': errno.ENOENT,
    '/opt/dangling': errno.ENOENT,
    '/opt/host': errno.ENOENT,
    '/opt/loop': errno.ELOOP,
    '/opt/loop-a': errno.ELOOP,
    '/etc/nova/nova.conf/x': errno.ENOTDIR,
}


@pytest.fixture
def tree(tmp_path: pathlib.Path) -> str:
    outside = tmp_path / 'outside'
    outside.write_text('')
    for path, link in TREE.items():
        place = tmp_path / 'root' / path[1:]
        place.parent.mkdir(parents=True, exist_ok=True)
        if link is None:
            place.write_text(path)
        else:
            place.symlink_to(link.format(outside=outside))
    return str(tmp_path / 'root')


@pytest.mark.parametrize('path', FOUND)
def test_links_lead_to_what_they_mean_inside(path: str, tree: str) -> None:
    root = roots.Root(tree)
    with root.looked_at(path) as seen:
        assert os.path.samestat(seen.status, os.stat(tree + FOUND[path]))
        assert os.path.samestat(seen.status, os.fstat(seen.descriptor))
    place = tree + FOUND[path] if FOUND[path] != '/' else tree
    assert seen.place == place
    assert root.find(path) == path


def test_a_root_may_be_named_with_a_slash_at_its_end(tree: str) -> None:
    # Places that a tool writes to are known by their paths.
    root = roots.Root(f'{tree}/')
    for path in ('/etc/nova/nova.conf', '/opt/relative/nova.conf'):
        with root.looked_at(path) as seen:
            assert seen.place == f'{tree}/etc/nova/nova.conf'


@pytest.mark.parametrize('path', NOT_FOUND)
def test_what_is_not_inside_is_not_found(path: str, tree: str) -> None:
    root = roots.Root(tree)
    with pytest.raises(OSError) as caught:
        root.read(path)
    assert caught.value.errno == NOT_FOUND[path]
    assert root.find(path) is None


def test_as_many_links_as_the_kernel_follows(tree: str) -> None:
    target = 'etc'
    for number in range(41):
        os.symlink(target, os.path.join(tree, f'link{number}'))
        target = f'link{number}'
    root = roots.Root(tree)
    for name in ('link39', 'link40'):
        followed = os.path.exists(os.path.join(tree, name))
        assert (root.find('/' + name) is not None) is followed
    assert not os.path.exists(os.path.join(tree, 'link40'))


def test_our_own_root_changes_no_path(tree: str) -> None:
    root = roots.Root()
    assert root.is_own
    assert not roots.Root(tree).is_own
    for path in ('nova.conf', f'{tree}/opt/../etc', f'{tree}/opt/loop'):
        assert root.of_shown(path)[1] == path
        assert root.shown_path(path) == path
    assert root.find(f'{tree}/opt/relative') == f'{tree}/opt/relative'
    assert root.find(f'{tree}/opt/loop') is None


def test_the_short_path_is_shown_only_if_it_is_the_same_file(
    tree: str, tmp_path: pathlib.Path
) -> None:
    path = '/etc/nova/nova.conf'
    other = roots.Root(tree)
    assert other.shown_path(path) == tree + path
    # As /proc/PID/root of a process that shares our root directory.
    (tmp_path / 'same').symlink_to('/')
    same = roots.Root(str(tmp_path / 'same'))
    path = tree + path
    assert same.shown_path(path) == path
    assert same.shown_path('/nowhere').endswith('same/nowhere')
