# SPDX-License-Identifier: Apache-2.0

"""What starts sooner says what the installed command says."""

from __future__ import annotations

from collections.abc import Callable
import pathlib
import subprocess

import pytest

from tests.functional import conftest
from tests.functional import fixes
from tests.functional import prepared

#: Words, and more of the environment.
RUNS: list[tuple[tuple[str, ...], dict[str, str]]] = [
    (('report', '--config-file', 'nova.conf'), {}),
    (('report', '--config-file', 'nova.conf', '--wide'), {'COLUMNS': '60'}),
    (('report', '--config-file', 'nova.conf', '--output', 'html'), {}),
    (('report', '--config-file', '~/nova.conf'), {}),
    (('upgrade', 'check', '--config-file', 'nova.conf', '--json'), {}),
    (('upgrade', 'check'), {'OS_DEFAULT__IMAGES_TYPE': 'raw'}),
    (('fix', '--config-file', 'nova.conf'), {}),
    (('rules', 'implicit-qcow2'), {}),
    (('banana',), {}),
    ((), {}),
]


@pytest.mark.parametrize(('words', 'more'), RUNS)
def test_it_says_the_same(
    words: tuple[str, ...],
    more: dict[str, str],
    command: str,
    server: prepared.Server,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(fixes.SICK)
    monkeypatch.chdir(tmp_path)
    environment = conftest.environment(tmp_path, **more)
    found = server.run([command, *words], environment)
    started = subprocess.run(
        [command, *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert (found.returncode, found.stdout, found.stderr) == (
        started.returncode,
        started.stdout,
        started.stderr,
    )


@pytest.mark.parametrize(
    'name', ['LANG', 'LANGUAGE', 'LC_CTYPE', 'PYTHONPATH', 'PYTHONUTF8']
)
def test_what_python_heeds_at_its_start_it_cannot_give(
    name: str, server: prepared.Server, tmp_path: pathlib.Path
) -> None:
    own = conftest.environment(tmp_path)
    assert server.can_start({**own, 'COLUMNS': '60'})
    assert not server.can_start({**own, name: 'other'})
