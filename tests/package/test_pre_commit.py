# SPDX-License-Identifier: Apache-2.0

"""The hooks of .pre-commit-hooks.yaml, run by pre-commit itself."""

from __future__ import annotations

from collections.abc import Mapping
import os
import pathlib
import shutil
import subprocess
import sys
from typing import Any

import pytest
import yaml

from tests.functional import conftest
from tests.functional import manual

DRIVER = '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'
UNSAFE = 'use_cow_images = False\n[libvirt]\nimages_type = qcow2\n'
SOUND = '[libvirt]\nimages_type = qcow2\n'


def git(directory: pathlib.Path, *words: str) -> None:
    identity = ('-c', 'user.name=t', '-c', 'user.email=t@example.org')
    subprocess.run(
        ['git', *identity, *words],
        cwd=directory,
        check=True,
        capture_output=True,
    )


def committed(directory: pathlib.Path) -> pathlib.Path:
    """Make a repository of all that is in a directory."""
    git(directory, 'init', '--quiet')
    git(directory, 'add', '--all')
    git(directory, 'commit', '--quiet', '--message', 'All of it')
    return directory


@pytest.fixture(scope='module')
def project(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """This project as a repository, be it unpacked from an sdist."""
    copy = tmp_path_factory.mktemp('project') / 'nova-cow-check'
    # Which shows no file that would have to be in the copy.
    document = manual.Document(manual.ROOT / 'CONTRIBUTING.rst')
    manual.copy_tree(document, copy)
    return committed(copy)


@pytest.fixture(scope='module')
def pre_commit() -> str:
    beside = str(pathlib.Path(sys.executable).parent)
    path = os.pathsep.join([beside, os.environ.get('PATH', '')])
    found = shutil.which('pre-commit', path=path)
    conftest.required(found is not None, 'needs pre-commit')
    assert found is not None
    return found


def hooks() -> Mapping[str, Mapping[str, Any]]:
    text = (manual.ROOT / '.pre-commit-hooks.yaml').read_text(encoding='utf-8')
    return {hook['id']: hook for hook in yaml.safe_load(text)}


def tried(
    pre_commit: str,
    project: pathlib.Path,
    directory: pathlib.Path,
    files: Mapping[str, str],
) -> tuple[int, dict[str, str]]:
    """Run all hooks on files.

    :returns: the exit code, and what was printed by each hook
    """
    for path, text in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text, encoding='utf-8')
    committed(directory)
    done = subprocess.run(
        [pre_commit, 'try-repo', str(project), '--verbose', '--all-files'],
        cwd=directory,
        capture_output=True,
        text=True,
        env={**os.environ, 'PRE_COMMIT_HOME': f'{directory}-home'},
    )
    printed: dict[str, str] = {}
    names = {f'{hook["name"]}.': key for key, hook in hooks().items()}
    current = None
    for line in done.stdout.splitlines(keepends=True):
        begun = [key for name, key in names.items() if line.startswith(name)]
        current = begun[0] if begun else current
        if current:
            printed[current] = printed.get(current, '') + line
    assert printed.keys() == hooks().keys(), (done.stdout, done.stderr)
    return done.returncode, printed


def test_bad_files_stop_a_commit(
    pre_commit: str, project: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    code, printed = tried(
        pre_commit,
        project,
        tmp_path,
        {
            'a/nova.conf': DRIVER + UNSAFE,
            'b/nova.conf': DRIVER + SOUND,
            'nova/nova-compute.conf': '[DEFAULT]\n' + UNSAFE,
        },
    )
    assert code == 1
    whole, fragments = printed.values()
    assert 'Failed' in whole and 'exit code: 2' in whole
    # Hosts, named by their folders.
    assert '2 hosts: FAILURE' in whole
    assert 'Failure: raw-disks-opened-as-qcow2 (nova.conf:3)' in whole
    assert 'Failed' in fragments and 'exit code: 2' in fragments
    assert '3 files: FAILURE' in fragments
    assert 'nova/nova-compute.conf' in fragments


def test_good_files_pass(
    pre_commit: str, project: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    code, printed = tried(
        pre_commit,
        project,
        tmp_path,
        {
            'a/nova.conf': DRIVER + SOUND,
            'b/etc/nova/nova.conf': DRIVER + SOUND,
            # As whole files, these would be none of a compute host.
            'nova/nova-compute.conf': '[neutron]\nx = 1\n',
            'other.conf': 'no configuration\n',
        },
    )
    assert code == 0, printed
    assert all('Passed' in words for words in printed.values())
