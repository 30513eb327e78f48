# SPDX-License-Identifier: Apache-2.0

"""share/ansible is a collection, and its playbook runs from where it lands."""

from __future__ import annotations

from importlib import metadata
import pathlib
import re
import shlex
import shutil
import subprocess
import tarfile
from typing import Any

import pytest
import yaml

from tests.ansible import playbooks
from tests.ansible import settings
from tests.functional import conftest

GALAXY: dict[str, Any] = yaml.safe_load(
    (playbooks.SHARE / 'galaxy.yml').read_text()
)
NAME = f'{GALAXY["namespace"]}.{GALAXY["name"]}'
PLAYBOOK = f'{NAME}.check'
VERSION = metadata.version('nova-cow-check')
TARBALL = f'{NAME.replace(".", "-")}-{VERSION}.tar.gz'

#: Where the manual has a clone of the repository.
CLONE = '/opt/src/nova-cow-check'

#: What works leave in a checkout.
JUNK = (
    '.ansible/roles/x.yml',
    'nova-cow-check-report/hosts/compute-1.json',
    'nova_cow_check-compute-0.0.1.tar.gz',
    'nova_cow_check.retry',
    'playbooks/check.yml~',
    'roles/nova_cow_check/tasks/.main.yml.swp',
)


class Home:
    """A home in which collections are installed as the manual tells."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.directory = directory
        self.clone = directory / 'clone'
        self.share = self.clone / 'share' / 'ansible'
        self.collections = directory / 'collections'
        shutil.copytree(playbooks.SHARE, self.share)

    def run(self, *words: str) -> None:
        subprocess.run(
            words,
            cwd=self.directory,
            env=conftest.environment(
                self.directory,
                ANSIBLE_COLLECTIONS_PATH=str(self.collections),
                # No server is asked, and nobody's settings count.
                ANSIBLE_GALAXY_SERVER='http://127.0.0.1:1',
                GIT_CONFIG_GLOBAL='/dev/null',
            ),
            stdin=subprocess.DEVNULL,
            check=True,
        )

    def commit(self) -> None:
        """Make the clone one of git."""
        git = ('git', '-C', str(self.clone))
        who = ('-c', 'user.name=x', '-c', 'user.email=x@example.org')
        self.run(*git, 'init', '--quiet')
        self.run(*git, 'add', '--all')
        self.run(*git, *who, 'commit', '--quiet', '--message', 'x')

    def install(self, block: str) -> None:
        """Run the commands of a block of the manual."""
        blocks = playbooks.PAGE.blocks_in('bash')
        (text,) = [one.text for one in blocks if block in one.text]
        text = text.replace(CLONE, str(self.clone))
        for line in text.splitlines():
            command, *words = shlex.split(line)
            if command != 'ansible-playbook':
                self.run(str(playbooks.BIN / command), *words)

    @property
    def installed(self) -> dict[str, bytes]:
        """The files of the collection, but for what galaxy made of them."""
        root = self.collections / 'ansible_collections'
        root = root / GALAXY['namespace'] / GALAXY['name']
        return files_below(root, {'MANIFEST.json', 'FILES.json'})


def files_below(
    root: pathlib.Path, without: set[str] = frozenset()
) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob('*')
        if path.is_file() and path.name not in without
    }


#: Name -> what the block of the manual that installs it has, and no other.
WAYS = {'git': 'git+file:', 'tarball': 'collection build'}


@pytest.fixture(scope='module')
def cloned(tmp_path_factory: pytest.TempPathFactory) -> Home:
    conftest.required(shutil.which('git') is not None, 'needs git')
    made = Home(tmp_path_factory.mktemp('git'))
    made.commit()
    made.install(WAYS['git'])
    return made


@pytest.fixture(scope='module')
def packed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a tarball that is made of a checkout with junk in it."""
    made = Home(tmp_path_factory.mktemp('tarball'))
    for name in JUNK:
        path = made.share / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    made.install(WAYS['tarball'])
    return made


def test_it_is_installed_whole(cloned: Home, packed: Home) -> None:
    # What ansible-galaxy reads, and writes as MANIFEST.json.
    expected = files_below(playbooks.SHARE, {'galaxy.yml'})
    assert cloned.installed == packed.installed == expected


def test_its_playbook_does_what_the_other_one_does(
    packed: Home, controller: playbooks.Controller
) -> None:
    controller.add('compute-1', settings.GOOD)
    controller.add('compute-2', settings.DEFAULT)
    # Of the same name, and in reach: it is not the one that is meant.
    decoy = controller.directory / 'roles' / 'nova_cow_check' / 'tasks'
    decoy.mkdir(parents=True)
    for name in ('prepare', 'main', 'report'):
        (decoy / f'{name}.yml').write_text('- ansible.builtin.fail:\n')
    result = controller.play(
        playbook=PLAYBOOK,
        environment={'ANSIBLE_COLLECTIONS_PATH': str(packed.collections)},
    )
    assert f'TASK [{NAME}.nova_cow_check : Give the verdict]' in result.output
    assert result.code == 2
    assert controller.rules == {
        'compute-1': set(),
        'compute-2': {'implicit-image-backend'},
    }
    *said, _report, _code = result.summary
    assert said == [
        'Image settings of 2 hosts: warning',
        'warning: compute-2',
        'success: compute-1',
    ]


def test_what_works_leave_is_not_in_the_tarball(packed: Home) -> None:
    (tarball,) = packed.directory.glob('*.tar.gz')
    assert tarball.name == TARBALL
    with tarfile.open(tarball) as content:
        names = {member.name for member in content if member.isfile()}
    assert names == packed.installed.keys() | {'MANIFEST.json', 'FILES.json'}


def test_its_version_is_that_of_the_package() -> None:
    assert GALAXY['version'] == VERSION


@pytest.mark.parametrize('part', ['namespace', 'name'])
def test_galaxy_takes_its_name(part: str) -> None:
    # The rule of Galaxy, which ansible-galaxy does not ask of a tarball.
    assert re.fullmatch(r'[a-z][a-z0-9]*(_[a-z0-9]+)*', GALAXY[part])


@pytest.mark.parametrize(
    'path',
    [playbooks.PAGE.path, playbooks.SHARE / GALAXY['readme']],
    ids=lambda path: path.name,
)
def test_the_documents_call_it_by_its_names(path: pathlib.Path) -> None:
    text = path.read_text()
    assert PLAYBOOK in text
    assert f'{NAME}.nova_cow_check' in text
    tarballs = re.findall(r'\S+\.tar\.gz', text)
    assert set(tarballs) == {TARBALL}
