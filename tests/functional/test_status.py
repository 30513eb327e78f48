# SPDX-License-Identifier: Apache-2.0

"""nova-cow-status where there is no Nova: it says so."""

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
