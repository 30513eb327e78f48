# SPDX-License-Identifier: Apache-2.0

"""The bytes of real files, read a second time."""

from __future__ import annotations

from collections.abc import Callable
import os
import pathlib

import pytest

from nova_cow_check import errors
from nova_cow_check.settings import host_config
from nova_cow_check.sources import arguments
from nova_cow_check.sources import editable_files
from nova_cow_check.sources import roots
from nova_cow_check.sources import search

CONTENT = b'# \xc3\xa9\r\n[libvirt]\r\nimages_type = raw'

#: Happens between the first reading and the second -> what is said.
CHANGES: dict[str, tuple[Callable[[pathlib.Path], object], str]] = {
    'another value': (
        lambda path: path.write_bytes(CONTENT.replace(b'raw', b'rbd')),
        'changed while it was read',
    ),
    'another line number': (
        lambda path: path.write_bytes(b'\n' + CONTENT),
        'changed while it was read',
    ),
    'one option more': (
        lambda path: path.write_bytes(CONTENT + b'\nx = y'),
        'changed while it was read',
    ),
    'no configuration': (
        lambda path: path.write_bytes(b'x'),
        'not a valid configuration file',
    ),
    'gone': (
        lambda path: path.unlink(),
        'cannot be read: No such file or directory',
    ),
    'a pipe': (
        lambda path: (path.unlink(), os.mkfifo(path)),
        'not a regular file, and cannot be edited',
    ),
    'a directory': (
        lambda path: (path.unlink(), path.mkdir()),
        'not a regular file, and cannot be edited',
    ),
}


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / 'root' / 'etc' / 'nova.conf'
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    return path


def load(
    *paths: object, root: roots.Root = roots.Root()
) -> host_config.Configuration:
    named = [arguments.Place(False, str(path)) for path in paths]
    surroundings = search.Surroundings(root, {}, '/', '/')
    return search.read(named, surroundings)


def test_they_are_those_of_the_file(path: pathlib.Path) -> None:
    (original,) = editable_files.read(load(path), roots.Root())
    assert original.root.is_own
    assert original.path_inside == original.path == str(path)
    assert original.data == CONTENT


def test_a_file_that_is_read_twice_is_one(
    path: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    other = tmp_path / 'other.conf'
    other.write_text('')
    found = editable_files.read(load(path, other, path), roots.Root())
    assert [one.path for one in found] == [str(path), str(other)]


def test_a_link_is_named_as_it_was_given(
    path: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    link = tmp_path / 'link.conf'
    link.symlink_to(path)
    (original,) = editable_files.read(load(link), roots.Root())
    assert original.path == original.path_inside == str(link)


def test_in_another_root_links_are_followed_inside(
    path: pathlib.Path,
) -> None:
    directory = str(path.parents[1])
    (path.parent / 'link.conf').symlink_to('/etc/nova.conf')
    root = roots.Root(directory)
    judged = load('/etc/link.conf', root=root)
    (original,) = editable_files.read(judged, root)
    assert original.path == f'{directory}/etc/link.conf'
    assert original.root is root
    assert original.path_inside == '/etc/link.conf'
    assert original.data == CONTENT


@pytest.mark.parametrize('name', CHANGES)
def test_a_file_that_is_another_by_now_is_refused(
    name: str, path: pathlib.Path
) -> None:
    change, reason = CHANGES[name]
    judged = load(path)
    change(path)
    with pytest.raises(errors.ConfigurationError) as caught:
        list(editable_files.read(judged, roots.Root()))
    assert str(caught.value).startswith(str(path))
    assert reason in str(caught.value)


def test_a_comment_that_changes_between_is_that_of_now(
    path: pathlib.Path,
) -> None:
    judged = load(path)
    data = CONTENT.replace(b'# \xc3\xa9', b'# now')
    path.write_bytes(data)
    (original,) = editable_files.read(judged, roots.Root())
    assert original.data == data
