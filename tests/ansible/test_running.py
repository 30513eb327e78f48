# SPDX-License-Identifier: Apache-2.0

"""The process that runs on a host, and the command in its container."""

from __future__ import annotations

import contextlib
import pathlib
import shutil
import subprocess

import pytest

from tests.ansible import playbooks
from tests.ansible import settings
from tests.functional import conftest
from tests.functional import processes

#: ENGINE exec CONTAINER COMMAND: with the files of the container in the
#: place of the host's, for nobody but the command.
ENGINE = """\
#!/bin/sh -e
[ "$1" = exec ]
container={directory}/containers/$2
shift 2
[ -d "$container" ] || {{ echo "no such container" >&2; exit 125; }}
exec unshare {options} sh -ec '
    mount --bind "$0" {directory}/hosts
    exec "$@"
' "$container" "$@"
"""


def test_what_runs_on_a_host_is_read(
    controller: playbooks.Controller, tmp_path: pathlib.Path
) -> None:
    script = processes.write_script(tmp_path / 'bin' / 'nova-compute')
    with contextlib.ExitStack() as running:
        running.enter_context(processes.alone())
        for name, conf in (
            ('compute-1', settings.GOOD),
            ('compute-2', settings.CONVERTED),
        ):
            root = tmp_path / 'roots' / name
            (root / 'etc' / 'nova').mkdir(parents=True)
            (root / 'etc' / 'nova' / 'nova.conf').write_text(conf)
            pid = running.enter_context(
                processes.started(
                    (processes.PYTHON, str(script)),
                    {'TEST_ROOT': str(root)},
                    tmp_path,
                )
            )
            controller.add(name, '')
            # One machine has the processes of both.
            controller.hosts[name]['nova_cow_check_arguments'] = [
                f'--running={pid}'
            ]
        result = controller.play(groups={'2': ['compute-2']})
    assert result.code == 2
    assert controller.rules == {
        'compute-1': set(),
        'compute-2': {'flat-disks-converted'},
    }
    files = [host['files'] for host in controller.report['hosts']]
    assert all(path.endswith('/root/etc/nova/nova.conf') for (path,) in files)


def test_where_none_runs_the_verdict_is_the_one_of_the_manual(
    controller: playbooks.Controller,
) -> None:
    controller.add('compute-1', settings.GOOD)
    controller.add('compute-2', settings.DEFAULT)
    controller.add('compute-3', '')
    del controller.hosts['compute-3']['nova_cow_check_arguments']
    with processes.alone():
        result = controller.play()
    (block,) = playbooks.PAGE.blocks_in('text')
    kept = block.text.replace(
        '/var/lib/nova-cow-check', str(controller.reports)
    )
    assert playbooks.Result(2, kept).summary == result.summary


@pytest.fixture
def engine(tmp_path: pathlib.Path) -> str:
    """A container engine that can do no more than the role needs."""
    options = '--user --map-root-user --mount'
    done = subprocess.run(['unshare', *options.split(), 'true'])
    conftest.required(
        shutil.which('unshare') is not None and done.returncode == 0,
        'needs namespaces',
    )
    path = tmp_path / 'podman'
    path.write_text(ENGINE.format(directory=tmp_path, options=options))
    path.chmod(0o755)
    return str(path)


def test_in_a_container_its_files_count(
    engine: str, controller: playbooks.Controller, tmp_path: pathlib.Path
) -> None:
    controller.add('compute-1', settings.CONVERTED)
    controller.add('compute-2', settings.CONVERTED)
    inside = tmp_path / 'containers' / 'nova_compute' / 'compute-1'
    inside.mkdir(parents=True)
    (inside / 'nova.conf').write_text(settings.GOOD)
    controller.hosts['compute-2']['nova_cow_check_container'] = 'banana'
    result = controller.play(container='nova_compute', container_engine=engine)
    assert result.code == 2
    assert controller.rules == {
        'compute-1': set(),
        'compute-2': {'unreadable-configuration'},
    }
    assert 'not checked: compute-2: no such container' in result.summary
