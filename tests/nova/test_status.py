# SPDX-License-Identifier: Apache-2.0

"""nova-cow-status, on databases that nova-manage has made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
import contextlib
import json
import os
import pathlib
import re
import subprocess

import pytest

from tests.functional import conftest
from tests.functional import passwords
from tests.nova import controller as controllers
from tests.nova import placement
from tests.unit.guests import instance_files

CHECK = ('upgrade', 'check')
OWN_ROWS = ['Image settings', 'Image backend', 'Resize and cold migration']
NOVA_ROWS = 7
OTHER = instance_files.OTHER
SECRET = passwords.ON_THE_LINE

#: What makes a compute host's configuration of a controller's.
COMPUTE = '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'
NAMED = COMPUTE + '[libvirt]\nimages_type = qcow2\n'

#: Body of a check.
LOGS = f'''\
import logging
    logging.getLogger("theirs").error("{SECRET}")
    return upgradecheck.Result(0)
'''


@pytest.fixture(scope='session')
def controller(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[controllers.Controller]:
    shared = tmp_path_factory.getbasetemp()
    if 'PYTEST_XDIST_WORKER' in os.environ:
        shared = shared.parent
    databases = shared / 'databases'
    databases.mkdir(exist_ok=True)
    with placement.running() as port:
        host = controllers.Controller(
            tmp_path_factory.mktemp('controller'), port, databases
        )
        with contextlib.closing(host):
            host.make_databases()
            yield host


@pytest.fixture
def add_plugin(
    controller: controllers.Controller,
) -> Iterator[Callable[[str, str], None]]:
    """Return a function that installs a check, until the test is over."""
    names: list[str] = []

    def add(title: str, body: str) -> None:
        names.append(f'plugin{len(names)}')
        controller.install_plugin(names[-1], title, body)

    yield add
    for name in names:
        (controller.site / f'{name}-1.0.dist-info/entry_points.txt').unlink()


def compared(
    result: subprocess.CompletedProcess[str],
) -> dict[str, tuple[str, str]]:
    """Return result and details of the rows of a printed table.

    Without white space: nova-status breaks its lines elsewhere.
    """
    return {
        name: (cell[1], ''.join(''.join(cell[2:]).split()))
        for name, cell in conftest.rows(result).items()
    }


def parsed(
    result: subprocess.CompletedProcess[str],
) -> dict[str, tuple[int, str | None]]:
    """Return result and details of the rows of the JSON form."""
    rows = json.loads(result.stdout)['checks']
    found = {row['check']: (row['result'], row['details']) for row in rows}
    assert len(found) == len(rows)
    return found


def reason(result: subprocess.CompletedProcess[str]) -> str:
    """Return why there is no verdict, and fail if there is one."""
    assert (result.returncode, result.stdout) == (255, '')
    passwords.assert_hidden(result)
    line = conftest.only_line(result.stderr)
    assert line.startswith('nova-cow-status: ') and line.isprintable()
    return line.partition(': ')[2]


@pytest.mark.parametrize(
    ('omitted', 'worst'), [('', 0), ('send_service_user_token = True', 2)]
)
def test_the_rows_of_nova_status_stand_before_ours(
    omitted: str, worst: int, controller: controllers.Controller
) -> None:
    content = controller.healthy.replace(omitted, '') + NAMED
    place = ('--config-file', controller.write(content))
    theirs = controller.run('nova-status', *place, *CHECK)
    table = controller.run('nova-cow-status', *place, *CHECK)
    printed = controller.run('nova-cow-status', *place, *CHECK, '--json')
    assert [r.returncode for r in (theirs, table, printed)] == [worst] * 3
    assert (table.stderr, printed.stderr) == ('', '')
    nova_rows = compared(theirs)
    assert len(nova_rows) == NOVA_ROWS
    rows = compared(table)
    assert list(rows) == [*nova_rows, *OWN_ROWS]
    assert {name: rows[name] for name in nova_rows} == nova_rows
    words = ('Success', 'Warning', 'Failure')
    assert rows == {
        name: (
            f'Result: {words[code]}',
            'Details:' + ''.join(str(details).split()),
        )
        for name, (code, details) in parsed(printed).items()
    }


@pytest.mark.parametrize(
    'sick',
    [
        COMPUTE + 'use_cow_images = False\n',
        COMPUTE + '[libvirt]\nimages_type = raw\n',
    ],
)
def test_the_settings_to_write_make_a_warning_vanish(
    sick: str, controller: controllers.Controller
) -> None:
    before = controller.check(controller.healthy + sick)
    assert (before.returncode, before.stderr) == (1, '')
    settings = [
        line
        for cell in conftest.rows(before).values()
        for line in cell
        if re.fullmatch(r'\[\w+\]|\w+ = \w+', line)
    ]
    assert settings
    remedy = '\n'.join(settings)
    after = controller.check(controller.healthy + sick + remedy)
    assert (after.returncode, after.stderr) == (0, ''), after.stdout


def test_waivers_count_and_faulty_ones_are_no_verdict(
    controller: controllers.Controller, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / 'waivers.yaml'
    option = f'[nova_cow_check]\nwaivers_file = {path}\n'
    sick = COMPUTE + '[libvirt]\nimages_type = raw\n' + option
    place = ('--config-file', controller.write(controller.healthy + sick))
    path.write_text('- rule: flat-disks-converted\n  reason: One host.\n')
    result = controller.run('nova-cow-status', *place, *CHECK)
    assert (result.returncode, result.stderr) == (0, '')
    assert 'Warning, waived: flat-disks-converted' in result.stdout
    path.write_text('- rule: flat-disks-converted\n')
    result = controller.run('nova-cow-status', *place, *CHECK)
    assert reason(result) == f'{path}:1: the waiver has no reason'


def test_guests_are_a_row_where_they_are_asked_for(
    controller: controllers.Controller, tmp_path: pathlib.Path
) -> None:
    host = instance_files.Host(tmp_path / 'nova')
    host.add_raw()
    content = controller.healthy + COMPUTE + 'use_cow_images = False\n'
    content += f'[DEFAULT]\nstate_path = {tmp_path}/nova\n'
    content += '[libvirt]\nimages_type = flat\n'
    words = ('--guests', '--domains', str(host.domains))
    result = controller.check(content, *words)
    assert (result.returncode, result.stderr) == (0, ''), result.stdout
    cells = conftest.rows(result)
    assert list(cells)[-4:] == [*OWN_ROWS, 'Guests']
    assert f'{host.instances}: 1.' in ' '.join(cells['Guests'])
    assert 'Guests' not in conftest.rows(controller.check(content))
    host.add({'disk': (b'', 1)}, {'disk': 'raw'}, {'disk': 'qcow2'}, OTHER, 2)
    assert controller.check(content, *words).returncode == 2
    # On a controller, nothing of it applies.
    result = controller.check(controller.healthy, *words)
    assert result.returncode == 0
    place = ('--config-file', controller.write(content))
    alone = (*place, *CHECK, *words[1:])
    result = controller.run('nova-cow-status', *alone)
    assert 'go with --guests' in reason(result)


@pytest.mark.parametrize('more', ['', '[libvirt]\nvirt_type = kvm\n'])
def test_a_controller_is_told_where_to_check(
    more: str, controller: controllers.Controller
) -> None:
    result = controller.check(controller.healthy + more)
    assert result.returncode == 0
    cells = conftest.rows(result)
    for name in OWN_ROWS:
        assert cells[name][1] == 'Result: Success'
        details = ' '.join(cells[name][2:])
        assert "not a compute service's configuration" in details
        assert 'on each compute host' in details


def test_a_check_that_fails_loses_no_other_and_prints_into_no_report(
    controller: controllers.Controller,
    add_plugin: Callable[[str, str], None],
) -> None:
    add_plugin('Raises', f'raise ValueError("{SECRET}")')
    add_plugin('Image backend', 'return upgradecheck.Result(1)')
    add_plugin('Talks', 'print("talk")\n    return upgradecheck.Result(0)')
    add_plugin('Logs', LOGS)
    content = controller.healthy + NAMED
    site = str(controller.site)
    result = controller.check(content, '--json', PYTHONPATH=site)
    assert (result.returncode, result.stderr) == (2, 'talk\n')
    rows = [
        (row['check'], row['result'])
        for row in json.loads(result.stdout)['checks']
    ]
    assert rows[NOVA_ROWS:][:3] == [(name, 0) for name in OWN_ROWS]
    assert sorted(rows[NOVA_ROWS:][3:]) == [
        ('Image backend', 1),
        ('Logs', 0),
        ('Raises', 2),
        ('Talks', 0),
    ]
    assert 'could not run: ValueError; --debug' in result.stdout


def test_a_check_of_novas_that_raises_loses_no_other(
    controller: controllers.Controller,
    add_plugin: Callable[[str, str], None],
) -> None:
    empty = f'sqlite:///{controller.directory}/{SECRET}.sqlite'
    content = re.sub('sqlite:.*api.sqlite', empty, controller.healthy) + NAMED
    result = controller.check(content, '--json')
    assert (result.returncode, result.stderr) == (2, '')
    rows = parsed(result)
    assert len(rows) == NOVA_ROWS + len(OWN_ROWS)
    assert rows['Cells v2'][0] == 2
    details = rows['Cells v2'][1]
    assert details and re.fullmatch(
        r'This check could not run: \w+; --debug shows where\.', details
    )
    assert [rows[name][0] for name in OWN_ROWS] == [0, 0, 0]
    place = ('--config-file', controller.write(content))
    words = ('--debug', *place, *CHECK, '--json')
    add_plugin('Logs', LOGS)
    site = str(controller.site)
    debugged = controller.run('nova-cow-status', *words, PYTHONPATH=site)
    assert debugged.returncode == 2
    assert parsed(debugged)['Cells v2'] == (
        2,
        details.replace('; --debug shows where', ''),
    )
    assert 'Traceback' in debugged.stderr
    assert f'ERROR:theirs:{SECRET}' in debugged.stderr


def _missing(_path: pathlib.Path) -> None:
    pass


def _malformed(path: pathlib.Path) -> None:
    path.write_text(f'{passwords.CONFIGURATION}{SECRET}\n')


def _binary(path: pathlib.Path) -> None:
    path.write_bytes(b'[DEFAULT]\n\xff\xfe' + SECRET.encode())


def _unreadable(path: pathlib.Path) -> None:
    path.write_text(passwords.CONFIGURATION)
    path.chmod(0)


#: What is in place of the file -> what is said of it, behind its name.
NOT_READ: Mapping[Callable[[pathlib.Path], None], str] = {
    _missing: ': cannot be read: No such file or directory',
    _malformed: f':{passwords.LINES + 1}: not a valid configuration file',
    _binary: ':2: not valid UTF-8 text',
    _unreadable: ': cannot be read: Permission denied',
    pathlib.Path.mkdir: ': not a regular file',
    os.mkfifo: ': not a regular file',
}


@pytest.mark.parametrize(
    ('make', 'place'),
    [
        (make, place)
        for make in NOT_READ
        for place in ('--config-file', '--config-dir', '')
        # Nothing else names a file that is not there.
        if make is not _missing or place == '--config-file'
    ],
)
def test_a_file_that_cannot_be_read_is_no_verdict(
    make: Callable[[pathlib.Path], None],
    place: str,
    controller: controllers.Controller,
    tmp_path: pathlib.Path,
) -> None:
    path = tmp_path / '.nova' / 'nova.conf'
    path.parent.mkdir()
    make(path)
    words = {
        '--config-file': ('--config-file', str(path)),
        '--config-dir': ('--config-dir', str(path.parent)),
        '': (),
    }[place]
    result = controllers.finished(
        controller.start(
            'nova-cow-status',
            *words,
            *CHECK,
            before=conftest.without_privileges(),
            HOME=str(tmp_path),
        )
    )
    assert reason(result).startswith(f'{path}{NOT_READ[make]}')


#: Lines of nova.conf -> a part of the reason that there is no verdict.
NOT_USED = {
    f'debug = {SECRET}\n': 'the value of the option debug cannot be used',
    f'transport_url = {SECRET}://nova:{SECRET}@192.0.2.1\n': (
        'Nova cannot work with this configuration: DriverLoadFailure; --debug'
    ),
    (
        'config_source = remote\n[remote]\ndriver = remote_file\n'
        f'uri = http://127.0.0.1:1/{SECRET}\n'
    ): 'cannot read all sources that [DEFAULT]/config_source names',
}


@pytest.mark.parametrize('lines', NOT_USED)
def test_a_value_with_which_nova_does_not_start_is_no_verdict(
    lines: str, controller: controllers.Controller
) -> None:
    result = controller.check(f'{controller.healthy}[DEFAULT]\n{lines}')
    assert NOT_USED[lines] in reason(result)


@pytest.mark.parametrize(
    ('line', 'because'),
    [
        ('', 'the following arguments are required: category'),
        ('upgrade check banana', 'unrecognized arguments: banana'),
        ('--config-file', '--config-file: expected one argument'),
    ],
)
def test_a_usage_error_is_no_verdict(
    line: str, because: str, controller: controllers.Controller
) -> None:
    result = controller.run('nova-cow-status', *line.split())
    said = reason(result)
    assert because in said
    assert said.endswith('; see nova-cow-status --help')


@pytest.mark.parametrize(
    'line', ['version', '--version', 'bash-completion upgrade', '--help']
)
def test_what_nova_status_prints_without_a_configuration_is_printed(
    line: str, controller: controllers.Controller
) -> None:
    theirs, ours = map(
        controllers.finished,
        [
            controller.start(program, *line.split())
            for program in ('nova-status', 'nova-cow-status')
        ],
    )
    assert (theirs.returncode, ours.returncode, ours.stderr) == (0, 0, '')
    # The lines of the usage depend on the length of the name.
    expected = theirs.stdout.replace('usage: nova-', 'usage: nova-cow-')
    assert ours.stdout.split() == expected.split()


def test_the_default_files_are_those_of_nova_status(
    controller: controllers.Controller, tmp_path: pathlib.Path
) -> None:
    configuration = tmp_path / '.nova'
    for name, content in {
        'nova.conf': controller.healthy + COMPUTE,
        'nova-status.conf': '[libvirt]\nimages_type = rbd\n',
        'nova-status.conf.d/1.conf': '[libvirt]\nimages_type = lvm\n',
        'nova-cow-status.conf': '[libvirt]\nimages_type = flat\n',
        'nova-cow-status.conf.d/1.conf': '[libvirt]\nimages_type = flat\n',
        'nova-compute.conf': '[libvirt]\nimages_type = flat\n',
    }.items():
        (configuration / name).parent.mkdir(exist_ok=True)
        (configuration / name).write_text(content)
    result = controller.run(
        'nova-cow-status', *CHECK, '--json', HOME=str(tmp_path)
    )
    assert (result.returncode, result.stderr) == (0, '')
    backend = parsed(result)['Image backend'][1]
    assert backend and backend.startswith('Nova uses the lvm backend.')


def test_nothing_to_read_is_no_verdict(
    controller: controllers.Controller,
) -> None:
    conftest.no_own_configuration()
    said = reason(controller.run('nova-cow-status', *CHECK))
    assert said.startswith('found no configuration to read; ')
    assert 'nova-status.conf' in said


def test_a_closed_pipe_ends_it_quietly(
    controller: controllers.Controller,
) -> None:
    place = ('--config-file', controller.write(controller.healthy))
    reading, writing = os.pipe()
    os.close(reading)
    process = controller.start(
        'nova-cow-status', *place, *CHECK, stdout=writing
    )
    os.close(writing)
    result = controllers.finished(process)
    assert (result.returncode, result.stderr) == (255, '')
