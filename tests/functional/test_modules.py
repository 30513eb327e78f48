# SPDX-License-Identifier: Apache-2.0

"""The commands, run as modules of Python; and the version they tell."""

from __future__ import annotations

from importlib import metadata
import pathlib
import re
import subprocess
import sys

import pytest

import nova_cow_check
from tests.functional import conftest

ROOT = pathlib.Path(__file__).parents[2]

#: The second one is what somebody tries who reads a traceback.
MODULES = ('nova_cow_check', 'nova_cow_check.cmd.main')

STATUS = 'nova_cow_check.cmd.status'


def run_module(
    module: str, *words: str, home: pathlib.Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, '-m', module, *words],
        cwd=home,
        env=conftest.environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )


@pytest.mark.parametrize(
    'line',
    ['--help', '--version', 'upgrade chekc', 'upgrade check {path} --json'],
)
@pytest.mark.parametrize('module', MODULES)
def test_a_module_is_the_command(
    module: str, line: str, run: conftest.Run, tmp_path: pathlib.Path
) -> None:
    path = f'--config-file={ROOT / "samples/nova.conf"}'
    words = line.format(path=path).split()
    found = run_module(module, *words, home=tmp_path)
    expected = run(*words)
    assert (found.returncode, found.stdout, found.stderr) == (
        expected.returncode,
        expected.stdout,
        expected.stderr,
    )
    assert found.stdout or found.stderr


def test_nova_cow_status_is_a_module_as_well(tmp_path: pathlib.Path) -> None:
    command = pathlib.Path(sys.executable).with_name('nova-cow-status')
    expected = subprocess.run(
        [command, 'upgrade', 'chekc'],
        cwd=tmp_path,
        env=conftest.environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=600,
    )
    found = run_module(STATUS, 'upgrade', 'chekc', home=tmp_path)
    assert found.returncode == expected.returncode == 255
    # The reason names Python, by either of its names.
    by_name = re.compile(r'bin/python[\d.]*')
    assert by_name.sub('', found.stderr) == by_name.sub('', expected.stderr)
    assert found.stderr.startswith('nova-cow-status: ')


def test_the_version_is_that_of_the_package(run: conftest.Run) -> None:
    version = nova_cow_check.__version__
    assert metadata.version('nova-cow-check') == version
    assert run('--version').stdout == f'nova-cow-check {version}\n'
    path = ROOT / 'samples/nova.conf'
    report = run('report', '--output=json', f'--config-file={path}')
    assert f'"version": "{version}"' in report.stdout


def test_the_version_stands_in_one_place() -> None:
    files = [
        ROOT / 'setup.cfg',
        ROOT / 'pyproject.toml',
        *(ROOT / 'nova_cow_check').rglob('*.py'),
        *(ROOT / 'doc' / 'source').glob('*.py'),
    ]
    version = nova_cow_check.__version__
    found = [path for path in files if version in path.read_text()]
    assert found == [ROOT / 'nova_cow_check' / '__init__.py']
