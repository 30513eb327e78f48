# SPDX-License-Identifier: Apache-2.0

"""What the page for packagers says is done, and what is built is run."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

import pytest

import nova_cow_check
from tests.functional import conftest
from tests.functional import manual
from tests.package import building

SAMPLE = manual.ROOT / 'samples' / 'nova.conf'

#: Only what Debian has: dh would take another Python that comes first.
SYSTEM = '/usr/sbin:/usr/bin:/sbin:/bin'

#: Those that install wheels here run little of what is in them.
UNCOMPILED = {'PIP_COMPILE': '0'}

#: Programs and modules, and the packages of Debian that have them.
NEEDED = {
    '/usr/bin/dh': 'debhelper',
    '/usr/bin/dh_python3': 'dh-python',
    '/usr/bin/dpkg-buildpackage': 'dpkg-dev',
    '/usr/bin/fakeroot': 'fakeroot',
    '/usr/share/doc/pybuild-plugin-pyproject': 'pybuild-plugin-pyproject',
    '/usr/share/doc/python3-all': 'python3-all',
    '/usr/lib/python3/dist-packages/setuptools': 'python3-setuptools',
    '/usr/lib/python3/dist-packages/wheel': 'python3-wheel',
}

#: What the package depends on, and so what has to be there to run it.
LIBRARIES = {
    'python3-jinja2': 'jinja2',
    'python3-oslo.config': 'oslo_config',
    'python3-oslo.i18n': 'oslo_i18n',
    'python3-oslo.upgradecheck': 'oslo_upgradecheck',
    'python3-prettytable': 'prettytable',
    'python3-stevedore': 'stevedore',
    'python3-yaml': 'yaml',
}


def run_commands(mark: str, directory: pathlib.Path, **more: str) -> None:
    """Run the page's commands that have some words."""
    words = ['bash', '-euc', building.commands(mark)]
    building.run(words, directory, **more)


def require_works(
    command: list[str], directory: pathlib.Path, **more: str
) -> None:
    """Fail unless a command works: its version, verdicts and formats."""
    version = building.run([*command, '--version'], directory, **more)
    assert version == f'nova-cow-check {nova_cow_check.__version__}\n'
    sample = f'--config-file={SAMPLE}'
    checked = [*command, sample, 'upgrade', 'check']
    shown = building.run(checked, directory, codes=(1,), **more)
    assert 'images_type = flat' in shown
    outputs = [f'--output={name}:{name}' for name in ('html', 'json')]
    reported = [*command, sample, 'report', *outputs]
    building.run(reported, directory, codes=(1,), **more)
    assert json.loads((directory / 'json').read_text())['result'] == 'warning'
    assert '</html>' in (directory / 'html').read_text()
    rules = [*command, 'rules', 'backend-changed']
    page = building.run(rules, directory, **more)
    assert 'backend-changed' in page


def with_documents(directory: pathlib.Path) -> pathlib.Path:
    """Return a copy of the tree with the files that the page shows."""
    tree = directory / 'tree'
    manual.copy_tree(building.PAGE, tree)
    return tree


def require_debian() -> None:
    conftest.required(
        pathlib.Path('/usr/bin/dpkg').exists(), 'Debian builds packages of it'
    )
    missing = [
        name for path, name in NEEDED.items() if not os.path.exists(path)
    ]
    imports = '; '.join(f'import {name}' for name in LIBRARIES.values())
    found = subprocess.run(
        ['/usr/bin/python3', '-c', imports], capture_output=True
    )
    if found.returncode:
        missing += LIBRARIES
    conftest.required(not missing, f'install {" ".join(missing)}')


class TestDebian:
    @pytest.fixture(scope='class')
    def package(
        self, tmp_path_factory: pytest.TempPathFactory
    ) -> pathlib.Path:
        """The package, as dpkg-buildpackage makes it."""
        require_debian()
        directory = tmp_path_factory.mktemp('debian')
        tree = with_documents(directory)
        run_commands('dpkg-buildpackage', tree, PATH=SYSTEM)
        (built,) = directory.glob('*.deb')
        return built

    def test_it_is_of_this_version(self, package: pathlib.Path) -> None:
        words = ['dpkg-deb', '--field', package, 'Version']
        version = building.run(words, package.parent)
        # Its own changelog says so; another version would need another one.
        assert version == f'{nova_cow_check.__version__}-1\n'

    def test_dh_python3_finds_what_it_depends_on(
        self, package: pathlib.Path
    ) -> None:
        words = ['dpkg-deb', '--field', package, 'Depends']
        depends = building.run(words, package.parent).split(', ')
        named = {one.split()[0] for one in depends}
        assert named == {'python3:any', *LIBRARIES}

    def test_it_works_with_libraries_of_debian(
        self, package: pathlib.Path, tmp_path: pathlib.Path
    ) -> None:
        root = tmp_path / 'root'
        building.run(['dpkg-deb', '--extract', package, root], tmp_path)
        command = ['/usr/bin/python3', str(root / 'usr/bin/nova-cow-check')]
        path = str(root / 'usr/lib/python3/dist-packages')
        more = {'PATH': SYSTEM, 'PYTHONPATH': path}
        sample = f'--config-file={SAMPLE}'
        words = [*command, sample, 'report', '--output=html']
        assert '</html>' in building.run(words, tmp_path, codes=(1,), **more)

    def test_what_the_wheel_has_in_share_is_below_usr(
        self, package: pathlib.Path, wheel: pathlib.Path
    ) -> None:
        listed = building.run(['dpkg-deb', '-c', package], package.parent)
        with zipfile.ZipFile(wheel) as archive:
            names = [
                name.partition('.data/data/')[2] for name in archive.namelist()
            ]
        shared = [name for name in names if name.startswith('share/')]
        assert shared
        for name in shared:
            # dh compresses pages of manuals.
            assert f' ./usr/{name}' in listed


class TestWheelhouse:
    def test_it_installs_without_an_index(
        self, tree: pathlib.Path, tmp_path: pathlib.Path
    ) -> None:
        copy = tmp_path / 'tree'
        shutil.copytree(tree, copy)
        python = building.path_with(pathlib.Path(sys.executable).parent)
        run_commands('pip wheel', copy, PATH=python)
        elsewhere = tmp_path / 'elsewhere'
        elsewhere.mkdir()
        (copy / 'wheelhouse').rename(elsewhere / 'wheelhouse')
        # An index that answers to nobody.
        nowhere = {'PIP_INDEX_URL': 'http://127.0.0.1:9/', 'PATH': python}
        run_commands('--no-index', elsewhere, **nowhere, **UNCOMPILED)
        commands = elsewhere / 'nova-cow-check' / 'bin'
        require_works([str(commands / 'nova-cow-check')], elsewhere)
        require_works(
            [str(commands / 'python'), '-m', 'nova_cow_check'], elsewhere
        )


class TestOneFile:
    def test_it_works_by_itself(
        self, tree: pathlib.Path, tmp_path: pathlib.Path
    ) -> None:
        copy = tmp_path / 'tree'
        shutil.copytree(tree, copy)
        python = building.path_with(pathlib.Path(sys.executable).parent)
        run_commands('zipapp', copy, PATH=python, **UNCOMPILED)
        alone = tmp_path / 'alone'
        alone.mkdir()
        (copy / 'nova-cow-check.pyz').rename(alone / 'nova-cow-check.pyz')
        shutil.rmtree(copy)
        # Nothing that is installed for this Python is seen.
        words = [sys.executable, '-I', '-S', 'nova-cow-check.pyz']
        require_works(words, alone)
