# SPDX-License-Identifier: Apache-2.0

"""Waivers: what is accepted is shown, and does not count."""

from __future__ import annotations

from collections.abc import Callable
import datetime
import json
import pathlib
import socket
import subprocess
import sys
from typing import Any

import pytest

from tests.functional import conftest
from tests.functional import documents
from tests.functional import test_exit_codes

SICK = test_exit_codes.DRIVER + '[libvirt]\nimages_type = raw\n'
RULE = 'flat-disks-converted'
WAIVER = f'- rule: {RULE}\n  reason: One host, no moves.\n'
OPTION = '[nova_cow_check]\nwaivers_file = {}\n'

#: Where it is about noon: no midnight comes while the tests run.
NOW = datetime.datetime.now(datetime.timezone.utc)
ZONE = f'NOON{NOW.hour - 12:+}'

TODAY = (NOW + datetime.timedelta(hours=12 - NOW.hour)).date()
YESTERDAY = TODAY - datetime.timedelta(days=1)
TOMORROW = TODAY + datetime.timedelta(days=1)

#: Takes waivers, what differs in the run; gives the report and its code.
Report = Callable[..., tuple[int, Any]]


@pytest.fixture(autouse=True)
def zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('TZ', ZONE)


@pytest.fixture
def report(run: conftest.Run, write: Callable[..., str]) -> Report:
    """Return a function that reports on `SICK` with waivers."""

    def report_with(
        content: str, *arguments: str, conf: str = SICK
    ) -> tuple[int, Any]:
        waivers = write(content, 'waivers.yaml')
        place = ('--config-file', write(conf), '--host', 'compute1')
        accepted = ('--waivers', waivers, '--output', 'json')
        result = run('report', *place, *accepted, *arguments)
        assert result.stderr == ''
        return result.returncode, documents.of(json.loads(result.stdout))

    return report_with


def found(content: Any) -> dict[str, Any]:
    """Return the findings of a report of one host, by rule."""
    return {
        finding['rule']: finding
        for check in content['hosts'][0]['checks']
        for finding in check['findings']
    }


#: Name -> what the waiver has besides rule and reason, whether it holds for
#: compute1 now.
HOLDS = {
    'all hosts': ('', True),
    'this host': ('hosts: compute1', True),
    'this host, listed': ('hosts: [a, compute1]', True),
    'another case': ('hosts: COMPUTE1', True),
    'pattern': ('hosts: "comp*[0-3]"', True),
    'another host': ('hosts: compute', False),
    'another pattern': ('hosts: ["compute?1", "*.org"]', False),
    'tomorrow': (f'expires: {TOMORROW}', True),
    'last day': (f'expires: {TODAY}', True),
    'last day, quoted': (f'expires: "{TODAY}"', True),
    'expired': (f'expires: {YESTERDAY}', False),
    'expired, this host': (f'hosts: c*\n  expires: {YESTERDAY}', False),
}


@pytest.mark.parametrize('name', HOLDS)
def test_a_finding_that_is_waived_is_shown_and_does_not_count(
    name: str, report: Report
) -> None:
    more, holds = HOLDS[name]
    code, content = report(f'{WAIVER}  {more}\n')
    assert code == content['exit_code'] == (0 if holds else 1)
    finding = found(content)[RULE]
    assert finding['counts'] is not holds
    assert finding['severity'] == 'warning'
    is_meant = holds or 'expires' in more
    assert bool(finding['waiver']) is is_meant
    assert len(content['unused_waivers']) == (0 if is_meant else 1)
    if is_meant:
        assert finding['waiver']['reason'] == 'One host, no moves.'
        assert finding['waiver']['is_expired'] is not holds
        assert finding['waiver']['place']['line'] == 1


#: Name -> waivers.yaml that is fine, number of rules that are waived.
FINE: dict[str, tuple[str | bytes, int]] = {
    'empty': ('', 0),
    'only a comment': ('# none\n', 0),
    'empty list': ('[]\n', 0),
    'JSON': (f'[{{"rule": "{RULE}", "reason": "x"}}]', 1),
    'CRLF': (WAIVER.replace('\n', '\r\n'), 1),
    'byte order mark': (f'\ufeff{WAIVER}', 1),
    'UTF-16': (WAIVER.encode('utf-16'), 1),
    'anchors': (f'{WAIVER}  hosts: &all [compute1]\n{WAIVER}  hosts: *all', 1),
    'one that holds after one that does not': (
        f'{WAIVER}  expires: {YESTERDAY}\n{WAIVER}',
        1,
    ),
}


@pytest.mark.parametrize('name', FINE)
def test_any_yaml_will_do(name: str, report: Report) -> None:
    content, waived = FINE[name]
    code, written = report(content)
    assert code == 1 - waived
    assert written['unused_waivers'] == []


def test_every_format_shows_the_reason_and_what_matched_nothing(
    run: conftest.Run, write: Callable[..., str], tmp_path: pathlib.Path
) -> None:
    waivers = write(
        '- rule: flat-disks-converted\n'
        '  reason: "One host:\\n no \\e[31mmoves"\n'
        f'  expires: {TOMORROW}\n'
        '- rule: ignored-setting\n  reason: Old tools.\n'
        f'  expires: {YESTERDAY}\n'
        '- {rule: driver-removed, reason: Gone soon.}\n',
        'waivers.yaml',
    )
    place = ('--config-file', write(f'{SICK}[x]\nimages_type = raw\n'))
    for name in documents.NAMES:
        words = ('--waivers', waivers, '--output', f'{name}:{tmp_path}/{name}')
        assert run('report', *place, *words).returncode == 1
        shown = (tmp_path / name).read_text()
        assert documents.is_clean(shown)
        assert not documents.is_success(name, shown)
        assert 'One host:' in shown, name
        assert 'Old tools.' in shown, name
    for words in (('report',), ('upgrade', 'check')):
        result = run(*words, *place, '--waivers', waivers)
        assert result.returncode == 1
        shown = ' '.join(result.stdout.replace('|', ' ').split())
        assert 'Warning, waived: flat-disks-converted' in shown
        assert f'Waived until {TOMORROW} ({waivers}:1): One host: no' in shown
        assert 'Warning: ignored-setting' in shown
        assert (
            f'Counts: its waiver expired on {YESTERDAY} ({waivers}:4): '
            'Old tools.' in shown
        )
        assert (
            f'Waivers that matched nothing: driver-removed ({waivers}:7).'
            in shown
        )


@pytest.mark.parametrize('choice', ['note', 'warning'])
def test_fail_on_leaves_out_what_is_waived(
    choice: str, report: Report
) -> None:
    assert report(WAIVER, '--fail-on', choice)[0] == 0


def test_what_could_not_be_judged_does_not_count_if_the_reason_is_waived(
    report: Report,
) -> None:
    conf = test_exit_codes.DRIVER + '[libvirt]\nimages_type = zfs\n'
    code, content = report('[]', conf=conf)
    assert code == 2
    rows = content['hosts'][0]['checks']
    assert {row['result'] for row in rows} == {'failure'}
    assert [row['is_judged'] for row in rows] == [True, False, False]
    code, content = report(
        '- {rule: invalid-setting, reason: Not in use yet.}\n', conf=conf
    )
    assert code == 0
    rows = content['hosts'][0]['checks']
    assert {row['result'] for row in rows} == {'success'}
    # Nothing is said to be judged that was not.
    assert [row['is_judged'] for row in rows] == [True, False, False]


@pytest.mark.parametrize('form', [(), ('--json',)])
def test_they_apply_to_the_upgrade_check(
    form: tuple[str, ...], run: conftest.Run, write: Callable[..., str]
) -> None:
    place = ('--config-file', write(SICK), '--host', 'compute1', *form)
    waivers = write(f'{WAIVER}  hosts: compute1\n', 'waivers.yaml')
    sick = run('upgrade', 'check', *place)
    well = run('upgrade', 'check', *place, '--waivers', waivers)
    assert (sick.returncode, well.returncode) == (1, 0)
    assert 'One host, no moves.' in well.stdout
    if form:
        results = [row['result'] for row in json.loads(well.stdout)['checks']]
        assert results == [0, 0, 0]
    elsewhere = run(
        'upgrade', 'check', *place, '--waivers', waivers, '--host', 'other'
    )
    assert elsewhere.returncode == 1
    assert 'Waivers that matched nothing' in elsewhere.stdout


class TestOption:
    """[nova_cow_check]/waivers_file."""

    @staticmethod
    def check(run: conftest.Run, path: str, *words: str, **more: str) -> int:
        result = run('report', '--config-file', path, *words, **more)
        assert result.stderr == ''
        return result.returncode

    @pytest.mark.parametrize(
        'written', ['{home}/w.yaml', '~/w.yaml', '"{home}/w.yaml"']
    )
    def test_in_nova_conf(
        self,
        written: str,
        run: conftest.Run,
        write: Callable[..., str],
        tmp_path: pathlib.Path,
    ) -> None:
        write(WAIVER, 'home/w.yaml')
        value = written.format(home=tmp_path / 'home')
        conf = SICK + OPTION.format(value)
        assert self.check(run, write(conf)) == 0
        result = run('upgrade', 'check', '--config-file', write(conf))
        assert result.returncode == 0

    def test_a_relative_path_starts_where_the_command_does(
        self,
        run: conftest.Run,
        write: Callable[..., str],
        tmp_path: pathlib.Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        write(WAIVER, 'there/w.yaml')
        monkeypatch.chdir(tmp_path / 'there')
        assert self.check(run, write(SICK + OPTION.format('./w.yaml'))) == 0

    def test_nothing_after_it_is_no_file(
        self, run: conftest.Run, write: Callable[..., str]
    ) -> None:
        assert self.check(run, write(SICK + OPTION.format(''))) == 1

    def test_the_command_line_beats_the_environment_beats_nova_conf(
        self, run: conftest.Run, write: Callable[..., str]
    ) -> None:
        waivers, none = write(WAIVER, 'w.yaml'), write('[]', 'none.yaml')
        conf = write(SICK + OPTION.format('/missing'))
        variable = {'OS_NOVA_COW_CHECK__WAIVERS_FILE': waivers}
        assert self.check(run, conf, **variable) == 0
        assert self.check(run, conf, '--waivers', none, **variable) == 1
        result = run('report', '--config-file', conf)
        assert conftest.reason(result).startswith('/missing: cannot be read')

    def test_the_last_one_wins(
        self, run: conftest.Run, write: Callable[..., str]
    ) -> None:
        waivers = write(WAIVER, 'w.yaml')
        more = OPTION.format('/missing') + OPTION.format(waivers)
        assert self.check(run, write(SICK + more)) == 0

    def test_the_generator_of_samples_knows_it(self, command: str) -> None:
        generator = pathlib.Path(command).with_name('oslo-config-generator')
        result = subprocess.run(
            [generator, '--namespace', 'nova_cow_check'],
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert result.returncode == 0
        assert '[nova_cow_check]\n' in result.stdout
        assert '\n#waivers_file = <None>\n' in result.stdout


def test_they_apply_in_other_programs(
    write: Callable[..., str], tmp_path: pathlib.Path
) -> None:
    def check(conf: str) -> tuple[int, str]:
        arguments = ('--config-file', write(conf), 'upgrade', 'check')
        done = subprocess.run(
            [
                sys.executable,
                '-c',
                test_exit_codes.OTHER_PROGRAM,
                *arguments,
            ],
            env=conftest.environment(tmp_path),
            stdout=subprocess.PIPE,
            text=True,
            timeout=600,
        )
        # oslo.upgradecheck wraps the details.
        words = done.stdout.replace('|', ' ').split()
        return done.returncode, ' '.join(words)

    waivers = f'{WAIVER}  hosts: {socket.gethostname()}\n'
    option = OPTION.format(write(waivers, 'waivers.yaml'))
    assert check(SICK)[0] == 1
    code, shown = check(SICK + option)
    assert code == 0
    assert 'One host, no moves.' in shown
    assert check(SICK + OPTION.format('/missing'))[0] == 255


@pytest.mark.parametrize('name', ['waiver_file', 'waivers'])
def test_an_option_that_is_misspelt_is_told_in_every_form(
    name: str, run: conftest.Run, write: Callable[..., str]
) -> None:
    waivers = write(WAIVER, 'waivers.yaml')
    option = OPTION.format(waivers)
    place = ('--config-file', write(SICK + option))
    assert run('report', *place).returncode == 0
    write(SICK + option.replace('waivers_file', name))
    told = 'nova-cow-check has no such option; it has'
    table = run('upgrade', 'check', *place)
    assert table.returncode == 1
    assert f'[nova_cow_check]/{name}' in table.stdout
    for form in documents.NAMES:
        result = run('report', *place, '--output', form)
        assert result.returncode == 1
        assert told in ' '.join(result.stdout.split())
        assert waivers not in result.stdout
    # Who reads the host's own report, says the same.
    printed = run('report', *place, '--output', 'json').stdout
    whole = run('report', write(printed, 'fleet/compute1.json'))
    assert whole.returncode == 1
    assert told in ' '.join(whole.stdout.split())
    fixed = run('fix', *place, '--rule', 'ignored-setting', '--write')
    assert fixed.returncode == 0
    assert waivers not in fixed.stdout
    again = run('report', *place, '--output', 'json')
    assert told not in again.stdout
