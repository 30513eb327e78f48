# SPDX-License-Identifier: Apache-2.0

"""nova-cow-status where there is no Nova, or one that ends the program."""

from __future__ import annotations

from importlib import util
import pathlib
import subprocess
import sys

import pytest

from tests.functional import conftest


@pytest.mark.parametrize(
    'line', ['upgrade check', 'upgrade check --json', '--help', '', '--debug']
)
def test_without_nova_it_says_that_nova_is_missing(
    line: str, tmp_path: pathlib.Path
) -> None:
    conftest.required(util.find_spec('nova') is None, 'Nova is installed')
    command = pathlib.Path(sys.executable).with_name('nova-cow-status')
    result = subprocess.run(
        [command, *line.split()],
        env=conftest.environment(tmp_path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert (result.returncode, result.stdout) == (255, '')
    *traceback, said = result.stderr.splitlines()
    assert bool(traceback) == (line == '--debug')
    assert said.startswith('nova-cow-status: Nova is not installed for ')
    assert sys.executable in said
    assert 'nova-cow-check[nova] here' in said
    assert 'run nova-cow-check, which needs no Nova' in said


#: What Nova does when it is imported -> what is said.
ENDING = {
    'raise SystemExit(0)': 'Nova refuses to start',
    'raise SystemExit(1)': 'Nova refuses to start',
    'raise GeneratorExit': 'GeneratorExit; --debug shows where',
    'raise type("GreenletExit", (BaseException,), {})': 'GreenletExit',
    'raise ValueError("S3cr3t")': 'ValueError; --debug shows where',
    'raise KeyboardInterrupt': 'interrupted',
}


@pytest.mark.parametrize('ending', ENDING)
def test_what_ends_nova_is_no_verdict(
    ending: str, tmp_path: pathlib.Path
) -> None:
    conftest.required(util.find_spec('nova') is None, 'Nova is installed')
    package = tmp_path / 'site' / 'nova' / 'cmd'
    package.mkdir(parents=True)
    for folder in (package, package.parent):
        (folder / '__init__.py').touch()
    (package / 'status.py').write_text(ending)
    conf = tmp_path / 'nova.conf'
    conf.touch()
    command = pathlib.Path(sys.executable).with_name('nova-cow-status')
    result = subprocess.run(
        [command, '--config-file', conf, 'upgrade', 'check'],
        env=conftest.environment(tmp_path, PYTHONPATH=str(tmp_path / 'site')),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert (result.returncode, result.stdout) == (255, '')
    assert ENDING[ending] in conftest.only_line(result.stderr)
    assert 'S3cr3t' not in result.stderr
