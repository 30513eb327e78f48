# SPDX-License-Identifier: Apache-2.0

"""The sdist has what a clone has, and works as one."""

from __future__ import annotations

import os
import pathlib
import sys

import pytest

from tests.package import building

#: What setuptools adds.
ADDED = ('PKG-INFO', 'nova_cow_check.egg-info/')

#: What setuptools ends with lines of its own.
CHANGED = 'setup.cfg'

#: Tests that read files beside them, as a part of all tests; .ci/run has the
#: rest of them run in an sdist.
TESTS = (
    'tests/functional/test_modules.py',
    'tests/unit/fixer/test_golden.py',
)


@pytest.fixture(scope='module')
def names(sdist: pathlib.Path) -> set[str]:
    return building.names_in(sdist)


def test_it_has_every_file_of_the_tree(
    names: set[str], tree: pathlib.Path
) -> None:
    assert sorted(set(building.files_in(tree)) - names) == []


@pytest.mark.parametrize(
    'path',
    [
        '.ci/run',
        'CONTRIBUTING.rst',
        'LICENSE',
        'README.rst',
        'doc/source/conf.py',
        'releasenotes/notes',
        'samples/nova.conf',
        'share/nova-cow-check',
        'tests/unit/golden',
        'tox.ini',
    ],
)
def test_packagers_find(path: str, names: set[str]) -> None:
    assert any(f'{name}/'.startswith(f'{path}/') for name in names)


def test_it_has_no_other_file(names: set[str], tree: pathlib.Path) -> None:
    more = names - set(building.files_in(tree))
    assert [name for name in more if not name.startswith(ADDED)] == []


def test_files_are_what_they_were(
    tree: pathlib.Path, unpacked: pathlib.Path
) -> None:
    found = building.files_in(unpacked)
    for name, path in building.files_in(tree).items():
        if name != CHANGED:
            assert found[name].read_bytes() == path.read_bytes(), name
            assert os.access(found[name], os.X_OK) == os.access(path, os.X_OK)


def test_tests_run_in_it(unpacked: pathlib.Path) -> None:
    words = [sys.executable, '-m', 'pytest', '-q', '-p', 'no:cacheprovider']
    said = building.run([*words, *TESTS], unpacked)
    assert ' passed' in said


def test_an_sdist_of_it_is_the_same(
    unpacked: pathlib.Path, names: set[str], tmp_path: pathlib.Path
) -> None:
    again = building.build(unpacked, 'sdist', tmp_path)
    found = building.names_in(again)
    # What a run of the tests there may have left.
    left = {n for n in found if '__pycache__' in n or n.startswith('.hypo')}
    assert found - left == names
