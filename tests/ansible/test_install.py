# SPDX-License-Identifier: Apache-2.0

"""The command is installed where it is missing, from a wheel made here."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import zipfile

import pytest

from tests.ansible import playbooks
from tests.ansible import settings
from tests.functional import manual


@pytest.fixture(scope='module')
def wheels(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A directory with our wheel, and with those it needs."""
    source = tmp_path_factory.mktemp('source') / 'nova-cow-check'
    manual.copy_tree(manual.README, source)
    directory = tmp_path_factory.mktemp('wheels')
    subprocess.run(
        [sys.executable, '-m', 'pip', 'wheel', '--quiet', str(source)],
        cwd=directory,
        check=True,
    )
    return directory


@pytest.fixture(scope='module')
def wheel(wheels: pathlib.Path) -> pathlib.Path:
    (path,) = wheels.glob('nova_cow_check-*.whl')
    return path


#: What makes a collection of share/ansible. The package installs into what can
#: be /usr/share/ansible, which is everybody's.
OF_THE_COLLECTION = {
    'CHANGELOG.md',
    'README.md',
    'galaxy.yml',
    'meta/runtime.yml',
    'playbooks/check.yml',
}


def test_the_package_has_every_file_of_ours(wheel: pathlib.Path) -> None:
    with zipfile.ZipFile(wheel) as content:
        packed = {
            name.partition('.data/data/')[2]: content.read(name)
            for name in content.namelist()
            if '.data/data/share/' in name
        }
    share = playbooks.ROOT / 'share'
    assert packed == {
        str(path.relative_to(playbooks.ROOT)): path.read_bytes()
        for path in share.rglob('*')
        if path.is_file()
        and path not in map(playbooks.SHARE.joinpath, OF_THE_COLLECTION)
    }


def test_it_is_installed_from_a_wheel_of_the_controller(
    controller: playbooks.Controller, wheels: pathlib.Path, wheel: pathlib.Path
) -> None:
    home = controller.directory
    controller.add('compute-1', settings.GOOD)
    # Two hosts would share the directory: they are one machine here.
    variables = {
        'command': f'{home}/host/bin/nova-cow-check',
        'install': True,
        'virtualenv': f'{home}/host',
        'package': str(wheel),
        # Little of what is installed runs.
        'pip_arguments': [
            *('--no-compile', '--no-index'),
            *('--find-links', str(wheels)),
        ],
        'python': sys.executable,
        'controller_install': True,
    }
    checked = controller.play('--check', **variables)
    assert checked.code == 2
    assert not (home / 'host').exists()
    first = controller.play(**variables)
    assert first.code == 0, first.output
    assert (home / '.local/share/nova-cow-check/bin/nova-cow-check').exists()
    second = controller.play(**variables)
    assert (second.code, second.total('changed')) == (0, 0)
    assert controller.play('--check', **variables).total('changed') == 0


#: Name of a host -> what is to be installed there, why that fails.
FAULTS: dict[str, tuple[dict[str, object], str]] = {
    'nothing': ({'package': ''}, 'nova_cow_check_package does not say what'),
    'no-wheel': ({'package': '/no/such.whl'}, '/no/such.whl'),
    'no-python': ({'python': '/no/python'}, 'Error executing command'),
    'no-package': (
        {'pip_arguments': ['--no-index', '--find-links', '/no']},
        'No matching distribution found for no-such-package',
    ),
}


def test_where_it_cannot_be_installed_is_told_why(
    controller: playbooks.Controller,
) -> None:
    for name, (variables, _reason) in FAULTS.items():
        controller.add(
            name,
            settings.GOOD,
            nova_cow_check_virtualenv=f'{controller.directory}/{name}',
            **playbooks.prefixed(variables),
        )
    controller.add('good', settings.GOOD, nova_cow_check_install=False)
    result = controller.play(
        install=True, package='no-such-package', python=sys.executable
    )
    assert (result.code, result.total('failed')) == (2, 1)
    assert 'success: good' in result.summary
    for name, (_variables, reason) in FAULTS.items():
        begin = f'not checked: {name}: '
        (line,) = [one for one in result.summary if one.startswith(begin)]
        assert reason in line
