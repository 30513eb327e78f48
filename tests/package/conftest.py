# SPDX-License-Identifier: Apache-2.0

"""A clone, what is built of it, and that unpacked; each is made once."""

from __future__ import annotations

import pathlib

import pytest

from tests.functional import manual
from tests.package import building


@pytest.fixture(scope='session')
def tree(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """All files of a clone, without its history."""
    directory = tmp_path_factory.mktemp('clone') / 'tree'
    # Which shows no file that would have to be in the copy.
    document = manual.Document(manual.ROOT / 'CONTRIBUTING.rst')
    manual.copy_tree(document, directory)
    return directory


@pytest.fixture(scope='session')
def sdist(
    tree: pathlib.Path, tmp_path_factory: pytest.TempPathFactory
) -> pathlib.Path:
    return building.build(tree, 'sdist', tmp_path_factory.mktemp('sdist'))


@pytest.fixture(scope='session')
def unpacked(
    sdist: pathlib.Path, tmp_path_factory: pytest.TempPathFactory
) -> pathlib.Path:
    """The directory that the sdist becomes."""
    return building.unpack(sdist, tmp_path_factory.mktemp('unpacked'))


@pytest.fixture(scope='session')
def wheel(
    unpacked: pathlib.Path, tmp_path_factory: pytest.TempPathFactory
) -> pathlib.Path:
    """The wheel that is built of the sdist, as packagers do."""
    return building.build(unpacked, 'wheel', tmp_path_factory.mktemp('wheel'))
