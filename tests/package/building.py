# SPDX-License-Identifier: Apache-2.0

"""What is shipped, built of a copy of the tree, and tried elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
import os
import pathlib
import subprocess
import sys
import tarfile

import nova_cow_check
from tests.functional import conftest
from tests.functional import manual

#: The page whose commands are run here.
PAGE = manual.Document(manual.ROOT / 'doc' / 'source' / 'packagers.rst')

NAME = f'nova_cow_check-{nova_cow_check.__version__}'


def run(
    words: Sequence[str | pathlib.Path],
    directory: pathlib.Path,
    codes: Sequence[int] = (0,),
    **more: str,
) -> str:
    """Run a command, and return what it prints, errors and all.

    :param directory: where; also its home, so that nobody's own
        configuration counts
    :param codes: exit codes that are expected
    :param more: variables of its environment
    """
    done = subprocess.run(
        words,
        cwd=directory,
        env=conftest.environment(directory, **more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
    )
    assert done.returncode in codes, done.stdout
    return done.stdout


def build(tree: pathlib.Path, kind: str, into: pathlib.Path) -> pathlib.Path:
    """Build of a tree what pip takes, with what is installed here.

    :param kind: sdist or wheel
    :returns: the file
    """
    into.mkdir(exist_ok=True)
    words = [sys.executable, '-m', 'build', '--no-isolation', f'--{kind}']
    # Of the tree, nothing is to be seen later but what was there before.
    without = {'PYTHONDONTWRITEBYTECODE': '1'}
    run([*words, '--outdir', into, tree], into, **without)
    (built,) = into.iterdir()
    return built


def unpack(sdist: pathlib.Path, into: pathlib.Path) -> pathlib.Path:
    """Unpack an sdist, and return its directory."""
    with tarfile.open(sdist) as archive:
        archive.extractall(into)
    # An older setuptools names it by the project, a newer by the package.
    (directory,) = into.iterdir()
    return directory


def names_in(sdist: pathlib.Path) -> set[str]:
    """Return the paths of all files in an sdist, in its one directory."""
    with tarfile.open(sdist) as archive:
        members = [one for one in archive.getmembers() if not one.isdir()]
    parts = [one.name.partition('/') for one in members]
    assert len({root for root, _slash, _name in parts}) == 1
    return {name for _root, _slash, name in parts}


def files_in(directory: pathlib.Path) -> dict[str, pathlib.Path]:
    """Return all files in a directory, by their paths in there."""
    return {
        str(path.relative_to(directory)): path
        for path in sorted(directory.rglob('*'))
        if path.is_file()
    }


def commands(mark: str) -> str:
    """Return the block of commands on the page that has some words."""
    (block,) = [b for b in PAGE.blocks_in('bash') if mark in b.text]
    return block.text


def path_with(directory: pathlib.Path) -> str:
    """Return a PATH that begins with a directory."""
    return os.pathsep.join([str(directory), os.environ['PATH']])
