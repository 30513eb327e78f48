# SPDX-License-Identifier: Apache-2.0

"""Which Nova it is: of a process, of a HOST.json, or as it is said.

The processes are stand-ins. They only wait.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import os
import pathlib
import subprocess
import sys
import sysconfig

import pytest

from tests.functional import conftest
from tests.functional import processes
from tests.functional import test_running
from tests.functional import test_running_changes as changes
from tests.unit.sources import test_installed_nova as layouts

container = test_running.container
no_other = test_running.no_other
start = test_running.start

RULE = 'unsafe-flat-resize'
FLAT = test_running.conf('flat') + '[DEFAULT]\nuse_cow_images = False\n'

PYTHON = f'python{sysconfig.get_python_version()}'
PACKAGES = f'lib/{PYTHON}/site-packages'


def installed(directory: pathlib.Path, version: str) -> pathlib.Path:
    """Install the metadata of a Nova, and nothing else."""
    path = directory / f'nova-{version}.dist-info' / 'METADATA'
    path.parent.mkdir(parents=True)
    path.write_text(layouts.metadata(version))
    return path


@pytest.fixture
def python(tmp_path: pathlib.Path) -> str:
    """Return the Python of a virtual environment with nothing in it."""
    base = pathlib.Path(sys.executable).resolve()
    venv = tmp_path / 'venv'
    (venv / 'bin').mkdir(parents=True)
    (venv / 'bin' / 'python3').symlink_to(base)
    (venv / 'pyvenv.cfg').write_text(f'home = {base.parent}\n')
    return str(venv / 'bin' / 'python3')


def seen_by(python: str, **environment: str) -> str:
    """Return the version that Python itself finds."""
    code = 'import importlib.metadata as m; print(m.version("nova"))'
    words = [python, '-c', code]
    done = subprocess.run(
        words, env=environment, stdout=subprocess.PIPE, check=True
    )
    return done.stdout.decode().strip()


@pytest.mark.parametrize('has_path', [False, True])
def test_it_is_the_one_that_its_python_finds(
    has_path: bool,
    python: str,
    start: processes.Start,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    installed(tmp_path / 'venv' / PACKAGES, '29.2.0')
    installed(tmp_path / 'more', '30.3.0')
    environment = {'PYTHONPATH': str(tmp_path / 'more')} if has_path else {}
    script = str(tmp_path / 'bin' / 'nova-compute')
    words = ('--config-file', write(FLAT))
    start(*words, words=(python, script), **environment)
    host = changes.look(run)
    assert host['nova_release'] == seen_by(python, **environment)
    expected = [] if has_path else [RULE]
    assert changes.rules(host) == expected
    fact = f'Judged as Nova {host["nova_release"]}, by its number.'
    assert fact in host['checks'][0]['facts']


def test_where_none_is_installed_it_is_not_known(
    python: str,
    start: processes.Start,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    script = str(tmp_path / 'bin' / 'nova-compute')
    start('--config-file', write(FLAT), words=(python, script))
    host = changes.look(run)
    assert (host['nova_release'], changes.rules(host)) == (None, [])
    said = changes.look(run, '--nova-release', '29.2.0')
    assert (said['nova_release'], changes.rules(said)) == ('29.2.0', [RULE])


def test_one_that_was_installed_later_is_not_in_effect(
    python: str,
    start: processes.Start,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    old = installed(tmp_path / 'venv' / PACKAGES, '29.2.0')
    script = str(tmp_path / 'bin' / 'nova-compute')
    pid = start('--config-file', write(FLAT), words=(python, script))
    changes.wait_until_later(pid)
    assert changes.look(run)['process']['installed'] is None
    old.unlink()
    old.parent.rmdir()
    installed(tmp_path / 'venv' / PACKAGES, '33.0.0')
    host = changes.look(run)
    assert host['nova_release'] == '33.0.0'
    assert host['process']['installed'] is not None
    assert changes.rules(host) == [changes.RULE]
    shown = run('upgrade', 'check', '--running')
    assert 'goes on with the code' in ' '.join(
        shown.stdout.replace('|', ' ').split()
    )


def test_in_a_container_it_is_its_own(
    start: processes.Start,
    container: Callable[[test_running.Tree], str],
    run: conftest.Run,
    tmp_path: pathlib.Path,
) -> None:
    # Its program is from outside here, where this is installed.
    installed(tmp_path / PACKAGES, '33.0.0')
    inside = f'{tmp_path}/{PACKAGES}/nova-29.2.0.dist-info/METADATA'
    start(
        TEST_ROOT=container(
            {
                '/etc/nova/nova.conf': FLAT,
                inside: layouts.metadata('29.2.0'),
            }
        )
    )
    host = changes.look(run)
    assert (host['nova_release'], changes.rules(host)) == ('29.2.0', [RULE])


#: What is given -> what each host is judged for. `a` was reported with
#: 29.2.0, `b` without a release, `c` is a file.
GIVEN: dict[tuple[str, ...], Mapping[str, str | None]] = {
    (): {'a': '29.2.0', 'b': None, 'c': None},
    ('--nova-release', '33.0.0'): dict.fromkeys('abc', '33.0.0'),
    ('--nova-release=28.3.1',): dict.fromkeys('abc', '28.3.1'),
}


@pytest.mark.parametrize('given', GIVEN)
def test_collected_hosts_have_their_own_unless_it_is_said(
    given: tuple[str, ...],
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    path = write(FLAT, 'fleet/c.conf')
    for name, words in (('a', ('--nova-release', '29.2.0')), ('b', ())):
        to = f'json:{tmp_path}/fleet/{name}.json'
        run('--config-file', path, 'report', *words, '--output', to)
    result = run('report', os.path.dirname(path), '--output', 'json', *given)
    found = {
        host['name']: (host['nova_release'], changes.rules(host) == [RULE])
        for host in changes.json.loads(result.stdout)['hosts']
    }
    assert found == {
        name: (release, release not in (None, '33.0.0'))
        for name, release in GIVEN[given].items()
    }


def test_the_check_takes_it_and_fix_does_not(
    run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(FLAT)
    words = ('--config-file', path, 'upgrade', 'check')
    assert run(*words).returncode == 0
    result = run(*words, '--nova-release', '32.1.0')
    assert result.returncode == 1
    assert f'Warning: {RULE}' in result.stdout
    assert run(*words, '--nova-release', '32.2.0').returncode == 0
    reason = conftest.reason(run('fix', '--nova-release', '32.1.0'))
    assert '--nova-release' in reason


@pytest.mark.parametrize('words', ['', '33', '2026.1', 'flamingo', '33.0.x'])
def test_what_is_no_release_is_refused(
    words: str, run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(FLAT)
    result = run('--config-file', path, 'report', f'--nova-release={words}')
    reason = conftest.reason(result)
    assert 'not the number of a release such as 29.2.0' in reason
