# SPDX-License-Identifier: Apache-2.0

"""Every cause has its exit code, whatever way the command is written."""

from __future__ import annotations

from collections.abc import Callable
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

from tests.functional import conftest
from tests.functional import moments
from tests.functional import processes

DRIVER = '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'

#: Name -> nova.conf, exit code.
VERDICTS = {
    'named and consistent': (
        DRIVER + '[libvirt]\nimages_type = qcow2\n',
        0,
    ),
    'not a compute service': ('[DEFAULT]\nmy_ip = 192.0.2.1\n', 0),
    'empty file': ('', 0),
    'another driver': ('[DEFAULT]\ncompute_driver = fake.FakeDriver\n', 0),
    'a note only': (
        DRIVER + 'use_cow_images = True\n[libvirt]\nimages_type = rbd\n',
        0,
    ),
    'nothing written': (DRIVER, 1),
    'written default': (DRIVER + '[libvirt]\nimages_type = default\n', 1),
    'implicit flat': (DRIVER + 'use_cow_images = False\n', 1),
    'flat disks converted': (DRIVER + '[libvirt]\nimages_type = flat\n', 1),
    'raw opened as qcow2': (
        DRIVER + 'use_cow_images = no\n[libvirt]\nimages_type = qcow2\n',
        2,
    ),
    'ignored line': (
        DRIVER + 'images_type = raw\n[libvirt]\nimages_type = qcow2\n',
        1,
    ),
    'removed driver': ('[DEFAULT]\ncompute_driver = hyperv.driver.D\n', 1),
    'invalid choice': (DRIVER + '[libvirt]\nimages_type = zfs\n', 2),
    'invalid boolean': (DRIVER + 'use_cow_images = maybe\n', 2),
    'rbd without raw images': (
        DRIVER + 'force_raw_images = False\n[libvirt]\nimages_type = rbd\n',
        2,
    ),
    'unloadable driver': ('[DEFAULT]\ncompute_driver = libvirt\n', 2),
}

CHECK = ('upgrade', 'check')

#: Command line -> a part of the reason for which there is no verdict.
#: {conf} is a good file, {missing} is not there, {pid} is this process.
NO_VERDICT = {
    'banana': 'banana',
    '--host a upgrade': 'a command is missing: upgrade check;',
    '--config-file {conf}': 'a command is missing: upgrade check, report,',
    'check --config-file {conf}': 'upgrade check?); see nova-cow-check --help',
    'help': 'nova-cow-check --help',
    '-V': 'nova-cow-check --version',
    '{conf}': 'report PATH or upgrade check --config-file PATH',
    'upgrade banana': 'banana',
    'upgrade check banana --config-file {conf}': 'banana',
    '--banana upgrade check': '--banana',
    'upgrade check --banana --config-file {conf}': '--banana',
    'upgrade check --config-fil {conf}': '--config-fil',
    'upgrade check --config-file': '--config-file',
    'upgrade check --config-file --json': '--config-file',
    'upgrade check --config-dir': '--config-dir',
    'upgrade check --config-file=': '--config-file: it is empty',
    '--config-dir= upgrade check': '--config-dir: it is empty',
    'upgrade check --config-file {conf} --host=': '--host: it is empty',
    '--waivers= report --config-file {conf}': '--waivers: it is empty',
    'upgrade check --config-file {missing}': '{missing}',
    'upgrade check --config-file {conf} --config-file {missing}': '{missing}',
    'upgrade check --config-dir {missing}': '{missing}',
    'upgrade check --config-dir {conf}': '{conf}',
    'upgrade check --running --config-file {conf}': '--running',
    'upgrade check --config-dir {empty} --running': '--running',
    'upgrade check --running=banana': 'banana',
    'upgrade check --running banana': 'banana',
    'upgrade check --running -1': '-1',
    'upgrade check --running {pid}': 'nova-compute',
    'upgrade check --running': 'no nova-compute is running',
    '--running upgrade check': 'no nova-compute is running',
    '--running {pid} upgrade check': 'nova-compute',
    'upgrade --running check': 'no nova-compute is running',
    'upgrade check --config-dir {empty}': '{empty}',
    'upgrade check --output json --config-file {conf}': 'mean --json or',
    'upgrade check {conf}': 'mean report PATH or --config-file PATH?); see '
    'nova-cow-check upgrade check --help',
    'upgrade check --fail-on never --config-file {conf}': '--fail-on',
    'upgrade check --waivers': '--waivers',
    'upgrade check --host': '--host',
    'report --config-file {missing}': '{missing}',
    'report --fail-on never --config-file {missing}': '{missing}',
    'report --config-file {conf} --waivers {missing}': '{missing}',
    'report --json --config-file {conf}': (
        'mean --output json?); see nova-cow-check report --help'
    ),
    'report --output jsn --config-file {conf}': (
        'no format is called "jsn" (did you mean json?); see nova-cow-check '
        'report --help'
    ),
    'report --running': 'no nova-compute is running',
    'report --config-dir {empty}': '{empty}',
    'fix --config-file {missing}': '{missing}',
    'fix --write --config-file {missing}': '{missing}',
    'fix --config-file {conf} --waivers {missing}': '{missing}',
    'fix --config-dir {empty}': '{empty}',
    'fix --running': 'no nova-compute is running',
    'fix banana --config-file {conf}': 'PATH does not go with',
    'fix --banana --config-file {conf}': '--banana',
    'fix --wri --config-file {conf}': '--wri',
    'fix --json --config-file {conf}': '--json',
    'fix --rule': '--rule',
    'fix --rule= --config-file {conf}': 'no rule is called ""',
    'fix --rule banana --config-file {conf}': 'rules lists all',
    'fix --rule ignored-settings --config-file {missing}': (
        'no rule is called "ignored-settings" (did you mean ignored-setting'
    ),
    'fix --rule ignored-setting --rule x --config-file {conf}': '"x"',
    'fix --for': '--for',
    'fix --for banana --config-file {conf}': 'sunbeam',
    'fix --for sunbeam --write --config-file {conf}': 'not allowed with',
    'fix --write --for sunbeam --config-file {conf}': 'not allowed with',
    'fix --backup': '--backup',
    'fix --backup= --config-file {conf}': '--backup: it is empty',
    'fix --backup .conf --config-file {conf}': '".conf"',
    'fix --backup a/b --write --config-file {conf}': '"a/b"',
    'fix --backup .b --no-backup --config-file {conf}': 'not allowed with',
    '--write upgrade check --config-file {conf}': '--write',
    'upgrade check --write --config-file {conf}': '--write',
    'rules banana': 'banana',
    'rules driver-removed use-cow-images-unused': 'use-cow-images-unused',
}


@pytest.mark.parametrize('name', VERDICTS)
def test_a_verdict_has_its_code_in_both_forms(
    name: str, run: conftest.Run, write: Callable[..., str]
) -> None:
    content, code = VERDICTS[name]
    path = write(content)
    table = run(*CHECK, '--config-file', path)
    printed = run(*CHECK, '--config-file', path, '--json')
    assert (table.returncode, table.stderr) == (code, '')
    assert (printed.returncode, printed.stderr) == (code, '')
    results = json.loads(printed.stdout)
    assert list(results) == ['name', 'checks']
    assert results['name'] == 'Upgrade Check Results'
    words = ('Success', 'Warning', 'Failure')
    assert {
        row['check']: f'Result: {words[row["result"]]}'
        for row in results['checks']
    } == {name: cell[1] for name, cell in conftest.rows(table).items()}
    for row in results['checks']:
        assert list(row) == ['check', 'result', 'details']
    assert max(row['result'] for row in results['checks']) == code


@pytest.mark.parametrize('line', NO_VERDICT)
def test_without_a_verdict_the_code_is_255(
    line: str,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / 'empty').mkdir()
    words = {
        'conf': write(DRIVER),
        'missing': str(tmp_path / 'missing.conf'),
        'empty': str(tmp_path / 'empty'),
        'pid': str(os.getpid()),
    }
    if '{empty}' in line:
        conftest.no_own_configuration()
    with processes.alone():
        result = run(*line.format(**words).split())
    assert NO_VERDICT[line].format(**words) in conftest.reason(result)


@pytest.mark.parametrize('line', ['', 'upgrade'])
def test_who_asks_for_nothing_gets_the_help_and_no_verdict(
    line: str, run: conftest.Run
) -> None:
    result = run(*line.split())
    assert (result.returncode, result.stderr) == (255, '')
    assert result.stdout == run(*line.split(), '--help').stdout
    assert '\nexamples:\n  nova-cow-check upgrade check\n' in result.stdout


def test_nothing_to_read_is_no_success(run: conftest.Run) -> None:
    conftest.no_own_configuration()
    with processes.alone():
        reason = conftest.reason(run(*CHECK))
    for name in ('nova', 'nova-compute'):
        for directory in ('/etc/nova', '/etc'):
            assert f'{directory}/{name}.conf,' in reason
            assert f'{directory}/{name}.conf.d' in reason
    assert 'nova-cow-check.conf' not in reason
    assert 'nova-status.conf' not in reason


def test_an_interrupt_is_no_verdict(
    command: str, tmp_path: pathlib.Path
) -> None:
    pipe = tmp_path / 'pipe'
    os.mkfifo(pipe)
    words = [command, *CHECK, '--config-file', str(pipe)]
    # Opened once it is read, and then there is nothing to read.
    with moments.started(words, tmp_path) as process, open(pipe, 'wb'):
        assert moments.interrupted(process) == (
            255,
            '',
            'nova-cow-check: interrupted\n',
        )


@pytest.mark.parametrize(
    'line',
    [
        '--version',
        '--help',
        '-h',
        'upgrade --help',
        'upgrade check --help',
        '--config-file missing upgrade check --help',
        'report --help',
        'fix --help',
        '--config-file missing fix --help',
        '--config-file missing report --help',
        'rules --help',
    ],
)
def test_help_and_version_succeed(line: str, run: conftest.Run) -> None:
    result = run(*line.split())
    assert (result.returncode, result.stderr) == (0, '')
    assert 'nova-cow-check' in result.stdout


@pytest.mark.parametrize(
    'line',
    [
        '{a} {b} upgrade check --json',
        'upgrade {a} check {b} --json',
        'upgrade check --json {a} {b}',
        '{a} upgrade check --json {b}',
        '{a} upgrade {b} check {b} --json',
        '--config-file={raw} upgrade check --config-file={qcow2} --json',
        '{directory} {a} upgrade check {b} --json',
        '{a} upgrade check {directory} --json --json',
    ],
)
def test_options_may_stand_anywhere_and_the_last_one_wins(
    line: str,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    raw = write(DRIVER + '[libvirt]\nimages_type = raw\n', 'raw.conf')
    qcow2 = write(DRIVER + '[libvirt]\nimages_type = qcow2\n', 'qcow2.conf')
    write('[libvirt]\nimages_type = raw\n', 'd/1.conf')
    write('[libvirt]\nimages_type = qcow2\n', 'd/2.conf')
    words = {
        'raw': raw,
        'qcow2': qcow2,
        'a': f'--config-file {raw}',
        'b': f'--config-file {qcow2}',
        'directory': f'--config-dir {tmp_path / "d"}',
    }
    result = run(*line.format(**words).split())
    assert (result.returncode, result.stderr) == (0, '')
    backend = json.loads(result.stdout)['checks'][1]['details']
    assert backend.startswith('Nova uses the qcow2 backend.')


#: A program of another project, as oslo.upgradecheck's manual has it.
OTHER_PROGRAM = """
import sys
from oslo_config import cfg
from oslo_upgradecheck import upgradecheck
from nova_cow_check import checks

conf = cfg.ConfigOpts()

class Commands(upgradecheck.UpgradeCommands):
    _upgrade_checks = tuple(
        (name, (check, {'conf': conf}))
        for name, check in checks.Checks().get_checks()
    )

sys.exit(upgradecheck.main(conf, 'nova', Commands(), sys.argv[1:]))
"""


@pytest.mark.parametrize(
    'name', ['nothing written', 'ignored line', 'rbd without raw images']
)
def test_json_is_that_of_oslo_upgradecheck(
    name: str,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    content, code = VERDICTS[name]
    arguments = ('--config-file', write(content), *CHECK, '--json')
    theirs = subprocess.run(
        [sys.executable, '-c', OTHER_PROGRAM, *arguments],
        env=conftest.environment(tmp_path),
        stdout=subprocess.PIPE,
        text=True,
        timeout=600,
    )
    ours = run(*arguments)
    assert ours.stdout == theirs.stdout
    assert ours.returncode == theirs.returncode == code


@pytest.mark.parametrize(
    ('images_type', 'use_cow_images', 'force_raw_images', 'code'),
    [
        ('default', 'True', 'True', 1),
        ('default', 'False', 'True', 1),
        ('flat', 'True', 'True', 1),
        ('raw', 'yes', 'False', 1),
        ('qcow2', 'False', 'True', 2),
        ('rbd', 'False', 'False', 2),
        ('qcwo2', 'True', 'True', 2),
    ],
)
def test_what_the_table_advises_can_be_pasted_and_cures(
    images_type: str,
    use_cow_images: str,
    force_raw_images: str,
    code: int,
    run: conftest.Run,
    write: Callable[..., str],
) -> None:
    content = (
        f'{DRIVER}use_cow_images = {use_cow_images}\n'
        f'force_raw_images = {force_raw_images}\n'
        f'[libvirt]\nimages_type = {images_type}\n'
    )
    path = write(content)
    sick = run(*CHECK, '--config-file', path)
    assert sick.returncode == code
    advice = [
        line
        for cell in conftest.rows(sick).values()
        for line in _settings_to_write(cell)
    ]
    assert advice
    write('\n'.join([content, *advice, '']))
    cured = run(*CHECK, '--config-file', path)
    assert cured.returncode == 0, cured.stdout


def _settings_to_write(cell: list[str]) -> list[str]:
    """Return what an operator pastes: groups and settings, as they are."""
    advised = False
    pasted = []
    for line in cell:
        if line == 'Write in nova.conf:':
            advised = True
        elif not re.fullmatch(r'\[\w+\]|\w+ = \w+', line):
            advised = False
        elif advised:
            pasted.append(line)
    return pasted
