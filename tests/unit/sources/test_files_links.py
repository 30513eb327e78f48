# SPDX-License-Identifier: Apache-2.0

"""Where a file is that links lead to."""

from __future__ import annotations

import errno
import os
import pathlib

import pytest

from nova_cow_check.sources import roots


def test_a_file_is_where_it_is(tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'nova.conf'
    path.touch()
    assert roots.followed(str(path)) == str(path)


def test_links_of_a_directory_are_the_kernels(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'real' / 'inner').mkdir(parents=True)
    (tmp_path / 'real' / 'nova.conf').touch()
    (tmp_path / 'link').symlink_to('real/inner')
    (tmp_path / 'real' / 'inner' / 'nova.conf').symlink_to('../nova.conf')
    path = f'{tmp_path}/link/nova.conf'
    followed = roots.followed(path)
    assert followed == f'{tmp_path}/link/../nova.conf'
    assert os.path.samefile(followed, tmp_path / 'real' / 'nova.conf')


def test_too_many_links(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'a').symlink_to('b')
    (tmp_path / 'b').symlink_to('a')
    with pytest.raises(OSError) as raised:
        roots.followed(str(tmp_path / 'a'))
    assert raised.value.errno == errno.ELOOP


def test_where_a_file_with_one_name_is(tmp_path: pathlib.Path) -> None:
    path, link = tmp_path / 'nova.conf', tmp_path / 'link'
    path.touch()
    link.symlink_to(path)
    status = path.stat()
    assert roots.is_at(str(path), status)
    assert roots.is_at(f'{tmp_path}/./nova.conf', status)
    assert not roots.is_at(str(link), status)
    assert not roots.is_at(str(tmp_path / 'missing'), status)
