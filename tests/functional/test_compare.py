# SPDX-License-Identifier: Apache-2.0

"""Hosts beside earlier reports, and reports of fleets read again."""

from __future__ import annotations

from collections.abc import Callable
import json
import pathlib
import subprocess
from typing import Any

import pytest

from tests.functional import conftest
from tests.functional import documents
from tests.functional import passwords
from tests.functional import test_hostile_reports
from tests.unit import hosts

DEFAULT = hosts.nova_conf(use_cow_images='False')
FLAT = hosts.nova_conf(images_type='flat', use_cow_images='False')
QCOW2 = hosts.nova_conf(images_type='qcow2')

#: nova-compute does not start.
QCOW2_FAULTY = hosts.nova_conf(images_type='qcow2', force_raw_images='maybe')

#: With a finding about moves.
CONVERTING = hosts.nova_conf(images_type='flat')

Write = Callable[..., str]


class Cloud:
    """Hosts, and reports on them that were made before."""

    def __init__(
        self, run: conftest.Run, write: Write, directory: pathlib.Path
    ) -> None:
        self._run, self._write, self._directory = run, write, directory

    def path(self, name: str) -> str:
        return str(self._directory / name)

    def put(self, **confs: str) -> None:
        """Write the nova.conf of hosts."""
        for name, conf in confs.items():
            self._write(conf, f'fleet/{name}.conf')

    def drop(self, name: str) -> None:
        (self._directory / f'fleet/{name}.conf').unlink()

    def keep(self, name: str) -> str:
        """Make the report of now an earlier one, and return its path."""
        path = self.path(name)
        done = self.report('--output', f'json:{path}')
        assert done.stderr == ''
        return path

    def report(
        self, *words: str, of: tuple[str, ...] = ('fleet',)
    ) -> subprocess.CompletedProcess[str]:
        return self._run('report', *map(self.path, of), *words)

    def here(self, conf: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Report on this machine, which is called compute-1."""
        place = ('--config-file', self._write(conf))
        return self._run('report', *place, '--host', 'compute-1', *words)

    def write(self, content: str | bytes, name: str) -> str:
        return self._write(content, name)


@pytest.fixture
def cloud(run: conftest.Run, write: Write, tmp_path: pathlib.Path) -> Cloud:
    return Cloud(run, write, tmp_path)


def compared(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Return what a report in JSON tells of changes, briefly."""
    found = documents.of(json.loads(done.stdout))['compared']
    told = {
        one['name']: (
            one['change'],
            [mark['rule'] for mark in one['came']],
            [mark['rule'] for mark in one['ended']],
        )
        for one in found['hosts']
    }
    return {**found, 'hosts': told}


def rules(done: subprocess.CompletedProcess[str]) -> dict[str, list[str]]:
    document = documents.of(json.loads(done.stdout))
    return {
        host['name']: [
            finding['rule']
            for check in host['checks']
            for finding in check['findings']
        ]
        for host in document['hosts']
    }


class TestThisHost:
    def test_what_broke_its_guests_is_told(self, cloud: Cloud) -> None:
        old = cloud.path('old.json')
        assert cloud.here(FLAT, '--output', f'json:{old}').returncode == 0
        assert cloud.here(QCOW2).returncode == 0
        done = cloud.here(QCOW2, '--compare', old)
        assert (done.returncode, done.stderr) == (2, '')
        first, second, third, fourth, *_others = done.stdout.splitlines()
        assert first == 'compute-1: FAILURE'
        assert second == '  backend-changed'
        assert third.startswith('  Since 20')
        assert third.endswith(': this host is worse.')
        assert fourth == '  Came: backend-changed.'
        assert '\n[libvirt]\nimages_type = flat\n' in done.stdout

    def test_a_waiver_accepts_it(self, cloud: Cloud) -> None:
        old = cloud.path('old.json')
        cloud.here(FLAT, '--output', f'json:{old}')
        waivers = cloud.write(
            '- rule: backend-changed\n  reason: It was empty.\n',
            'waivers.yaml',
        )
        done = cloud.here(QCOW2, '--compare', old, '--waivers', waivers)
        assert (done.returncode, done.stderr) == (0, '')
        assert ': this host is the same.' in done.stdout
        assert 'Waived' in done.stdout

    def test_it_is_known_by_its_name_in_the_report_of_a_fleet(
        self, cloud: Cloud
    ) -> None:
        cloud.put(**{'compute-1': DEFAULT, 'compute-2': QCOW2})
        old = cloud.keep('old.json')
        done = cloud.here(FLAT, '--compare', old, '--output', 'json')
        found = compared(done)
        assert found['numbers'] == {
            'worse': 0,
            'better': 1,
            'same': 0,
            'new': 0,
            'gone': 0,
        }
        assert found['hosts'] == {
            'compute-1': ('better', [], ['implicit-image-backend'])
        }

    def test_of_one_that_is_new_nothing_is_known(self, cloud: Cloud) -> None:
        cloud.put(other=FLAT)
        old = cloud.keep('old.json')
        done = cloud.here(QCOW2, '--compare', old)
        assert (done.returncode, done.stderr) == (0, '')
        assert ' tells nothing of this host.' in done.stdout

    def test_force_raw_images(self, cloud: Cloud) -> None:
        old = cloud.path('old.json')
        cloud.here(QCOW2, '--output', f'json:{old}')
        conf = hosts.nova_conf(images_type='qcow2', force_raw_images='no')
        done = cloud.here(conf, '--compare', old, '--output', 'json')
        assert done.returncode == 1
        assert rules(done) == {'compute-1': ['force-raw-images-changed']}


class TestFleet:
    @pytest.fixture
    def old(self, cloud: Cloud) -> str:
        cloud.put(a=DEFAULT, b=FLAT, c=FLAT, d=FLAT)
        return cloud.keep('old.json')

    @pytest.fixture(autouse=True)
    def now(self, cloud: Cloud, old: str) -> None:
        cloud.put(a=FLAT, b=FLAT, c=QCOW2, e=FLAT)
        cloud.drop('d')

    def test_the_numbers_are_on_top(self, cloud: Cloud, old: str) -> None:
        done = cloud.report('--compare', old)
        assert (done.returncode, done.stderr) == (2, '')
        head = done.stdout.partition('\n\n')[0].splitlines()
        assert head[-1].endswith(
            ': 1 host better, 1 worse, 1 new, 1 gone, 1 the same.'
        )

    def test_json_has_all_of_it(self, cloud: Cloud, old: str) -> None:
        found = compared(cloud.report('--compare', old, '--output', 'json'))
        assert found['numbers'] == dict.fromkeys(found['numbers'], 1)
        assert found['hosts'] == {
            'c': ('worse', ['backend-changed', 'mixed-image-backends'], []),
            'a': ('better', [], ['implicit-image-backend']),
            'e': ('new', [], []),
            'd': ('gone', [], []),
        }
        assert found['repeated'] == []

    @pytest.mark.parametrize('name', documents.NAMES)
    def test_every_format_takes_it(
        self, cloud: Cloud, old: str, name: str
    ) -> None:
        done = cloud.report('--compare', old, '--output', name)
        assert (done.returncode, done.stderr) == (2, '')
        assert not documents.is_success(name, done.stdout)
        assert 'backend-changed' in done.stdout
        if name not in ('json', 'sarif', 'yaml'):
            assert '1 host better, 1 worse' in done.stdout

    def test_it_may_be_a_folder_of_reports_of_hosts(
        self, cloud: Cloud, run: conftest.Run
    ) -> None:
        for name, conf in {'a': DEFAULT, 'C': FLAT, 'd': QCOW2}.items():
            place = cloud.write(conf, 'one.conf')
            output = f'json:{cloud.path("old")}/{name}.json'
            pathlib.Path(cloud.path('old')).mkdir(exist_ok=True)
            run('--config-file', place, 'report', '--output', output)
        cloud.write('', 'old/README')
        done = cloud.report('--compare', cloud.path('old'), '--output', 'json')
        assert done.stderr == (
            'nova-cow-check: passed over, for it is no report: '
            f'{cloud.path("old/README")}\n'
        )
        found = compared(done)
        assert {n: one[0] for n, one in found['hosts'].items()} == {
            'c': 'worse',
            'a': 'better',
            'b': 'new',
            'e': 'new',
            'd': 'gone',
        }

    def test_of_two_the_later_one_counts_and_that_is_said(
        self, cloud: Cloud, old: str
    ) -> None:
        later = cloud.keep('later.json')
        content = json.loads(pathlib.Path(later).read_text())
        content['created'] = '2099-01-01T00:00:00+00:00'
        cloud.write(json.dumps(content), 'later.json')
        for words in (
            ('--compare', later, '--compare', old),
            ('--compare', old, '--compare', later),
        ):
            done = cloud.report(*words)
            assert done.returncode == 2 and done.stderr == ''
            words_of_it = ' '.join(done.stdout.split())
            assert (
                'More than one earlier report tells of a, b, c: of each host, '
                'the one that was made last counts.'
            ) in words_of_it
            assert '0 worse, 0 new, 1 gone, 4 the same.' in words_of_it
            document = compared(cloud.report(*words, '--output', 'json'))
            assert document['repeated'][0] == {
                'name': 'a',
                'path': later,
                'others': [old],
            }

    def test_groups_are_those_of_now(self, cloud: Cloud, old: str) -> None:
        words = ('--compare', old, '--output', 'json', '--group', 'x=c,d')
        found = compared(cloud.report(*words))
        assert found['hosts']['c'] == ('worse', ['backend-changed'], [])

    def test_with_itself_it_says_nothing(self, cloud: Cloud) -> None:
        now = cloud.keep('now.json')
        done = cloud.report('--compare', now)
        assert ': 0 hosts better, 0 worse, 0 new, 0 gone, 4 the ' in (
            done.stdout
        )
        assert 'Changes since' not in done.stdout
        assert 'Came' not in done.stdout and 'Ended' not in done.stdout


class TestWhatChangesNothing:
    """One night without a host hides no change, and no option makes one."""

    @pytest.mark.parametrize('between', [b'use_cow_images', QCOW2_FAULTY])
    def test_a_night_without_the_host(
        self, cloud: Cloud, between: str | bytes
    ) -> None:
        cloud.put(a=FLAT)
        first = cloud.keep('1.json')
        cloud.write(between, 'fleet/a.conf')
        second = cloud.keep('2.json')
        cloud.put(a=QCOW2)
        words = ('--compare', first, '--compare', second)
        done = cloud.report(*words, '--output', 'json')
        assert done.returncode == 2
        assert rules(done) == {'a': ['backend-changed']}
        alone = cloud.report('--compare', second)
        assert alone.returncode == 0
        assert 'Not looked back at, because no earlier' in alone.stdout

    def test_the_release_holds_then_and_now(self, cloud: Cloud) -> None:
        cloud.put(a=FLAT, b=QCOW2)
        earlier = cloud.keep('1.json')
        done = cloud.report(
            *('--compare', earlier, '--nova-release', '29.0.0'),
            *('--output', 'json'),
        )
        assert 'unsafe-flat-resize' in rules(done)['a']
        assert compared(done)['hosts'] == {}

    def test_shared_storage_has_the_backing_files(self, cloud: Cloud) -> None:
        cloud.put(a=QCOW2)
        earlier = cloud.keep('1.json')
        cloud.put(a=hosts.nova_conf(images_type='qcow2', force_raw_images='0'))
        found = [
            rules(cloud.report('--compare', earlier, *words))['a']
            for words in (
                ('--output', 'json'),
                ('--shared', '--output', 'json'),
            )
        ]
        assert found == [['force-raw-images-changed'], []]


class TestFleetsAgain:
    def test_what_changed_is_a_failure_then_too(self, cloud: Cloud) -> None:
        cloud.put(a=FLAT)
        earlier = cloud.keep('1.json')
        cloud.put(a=QCOW2)
        new = cloud.path('2.json')
        words = ('--compare', earlier, '--output', f'json:{new}')
        assert cloud.report(*words).returncode == 2
        done = cloud.report(of=('2.json',))
        assert done.returncode == 2
        assert 'Failure: backend-changed' in done.stdout
        (line,) = done.stderr.splitlines()
        assert line.endswith(
            '2.json: made with --compare; give --compare again to show what '
            'became of its hosts'
        )

    @pytest.mark.parametrize(
        'words', [('--shared',), ('--group', 'x=a', '--group', 'y=b')]
    )
    def test_groups_and_what_they_share_hold(
        self, cloud: Cloud, words: tuple[str, ...]
    ) -> None:
        cloud.put(
            a=QCOW2,
            b=hosts.nova_conf(images_type='qcow2', force_raw_images='0'),
        )
        assert cloud.report().returncode != 0
        new = cloud.path('2.json')
        done = cloud.report(*words, '--output', f'json:{new}')
        assert done.returncode == 0
        done = cloud.report(of=('2.json',))
        assert (done.returncode, done.stderr) == (0, '')

    """`report FLEET.json` renders it anew, and several as one."""

    def test_it_is_the_same_report(self, cloud: Cloud) -> None:
        cloud.put(a=FLAT, b=QCOW2, c=QCOW2, d='[DEFAULT\n')
        kept = cloud.keep('kept.json')
        first = json.loads(pathlib.Path(kept).read_text())
        done = cloud.report('--output', 'json', of=('kept.json',))
        assert done.returncode == first['exit_code'] == 2
        again = json.loads(done.stdout)
        assert again['fleet'] == first['fleet']
        for host, before in zip(again['hosts'], first['hosts']):
            assert host['name'] == before['name']
            assert host['result'] == before['result']
            assert host['source'] == {'kind': 'report', 'path': kept}
        text = cloud.report(of=('kept.json',)).stdout
        assert f'Read from nova.conf on that host, as {kept}' in ' '.join(
            text.split()
        )

    def test_several_cells_are_one_fleet(self, cloud: Cloud) -> None:
        for cell, conf in (('cell1', FLAT), ('cell2', QCOW2)):
            cloud.put(**{f'{cell}-{n}': conf for n in range(2)})
            cloud.keep(f'{cell}.json')
            for n in range(2):
                cloud.drop(f'{cell}-{n}')
        both = ('cell1.json', 'cell2.json')
        mixed = rules(cloud.report('--output', 'json', of=both))
        assert sorted(mixed) == ['cell1-0', 'cell1-1', 'cell2-0', 'cell2-1']
        assert mixed['cell1-0'] == ['mixed-image-backends']
        done = cloud.report('--group', 'cell1=cell1-*', of=both)
        assert (done.returncode, done.stderr) == (0, '')

    def test_a_host_of_two_fleets_is_a_failure(self, cloud: Cloud) -> None:
        cloud.put(a=QCOW2)
        cloud.keep('one.json')
        cloud.keep('other.json')
        done = cloud.report(of=('one.json', 'other.json'))
        assert done.returncode == 2
        assert 'the host is there more than once: ' in ' '.join(
            done.stdout.split()
        )

    def test_fix_leaves_its_hosts_to_themselves(
        self, cloud: Cloud, run: conftest.Run
    ) -> None:
        cloud.put(a=DEFAULT)
        kept = cloud.keep('kept.json')
        done = run('fix', kept)
        assert done.stdout == ''
        assert done.returncode != 0


#: What is no earlier report, and what is said of it.
NONE = {
    'none.json': (None, 'cannot be read: No such file or directory'),
    'empty.json': ('', 'not valid JSON, in line 1'),
    'nova.conf': (QCOW2, 'not valid JSON, in line 1'),
    'other.json': ('{"a": 1}', 'at report_version: it is missing'),
    'folder/nova.conf': ('', None),
}


class TestBad:
    @pytest.mark.parametrize('name', NONE)
    def test_without_it_there_is_no_verdict(
        self, cloud: Cloud, name: str
    ) -> None:
        content, words = NONE[name]
        cloud.put(a=QCOW2)
        path = cloud.path(name)
        if content is not None:
            path = cloud.write(content, name)
        if words is None:
            path = str(pathlib.Path(path).parent)
            words = 'found no report there: a name ends with .json'
        for done in (
            cloud.report('--compare', path),
            cloud.here(QCOW2, '--compare', path),
        ):
            reason = conftest.reason(done)
            assert reason.startswith(f'{path}: ') and reason.endswith(words)

    def test_another_version_is_none(self, cloud: Cloud) -> None:
        cloud.put(a=QCOW2)
        old = cloud.keep('old.json')
        content = json.loads(pathlib.Path(old).read_text())
        content['report_version'] = 2
        cloud.write(json.dumps(content), 'old.json')
        done = cloud.report('--compare', old)
        assert conftest.reason(done).endswith('at report_version: it is not 1')

    @pytest.mark.parametrize('words', [('--compare', ''), ('--compare',)])
    def test_it_needs_a_name(
        self, cloud: Cloud, words: tuple[str, ...]
    ) -> None:
        assert '--compare' in conftest.reason(cloud.report(*words))

    @pytest.mark.parametrize('words', [('upgrade', 'check'), ('fix',)])
    def test_only_a_report_compares(
        self, run: conftest.Run, words: tuple[str, ...]
    ) -> None:
        done = run(*words, '--compare', 'old.json')
        assert '--compare' in conftest.reason(done)

    def test_hosts_that_were_not_read_are_worst(self, cloud: Cloud) -> None:
        cloud.put(a=QCOW2, b='[DEFAULT\n')
        old = cloud.keep('old.json')
        cloud.put(a='[DEFAULT\n', b=QCOW2)
        found = compared(cloud.report('--compare', old, '--output', 'json'))
        assert found['hosts'] == {
            'a': ('worse', ['unreadable-configuration'], []),
            'b': ('better', [], ['unreadable-configuration']),
        }

    def test_what_means_harm_does_none(
        self, cloud: Cloud, tmp_path: pathlib.Path
    ) -> None:
        cloud.put(a=QCOW2, healthy=QCOW2)
        made = json.loads(cloud.here(CONVERTING, '--output', 'json').stdout)
        (tmp_path / 'old').mkdir()
        for name, make in test_hostile_reports.NO_REPORTS.items():
            (tmp_path / 'old' / f'{name}.json').write_bytes(make(made))
        for name, change in test_hostile_reports.REPORTS.items():
            found = change(json.loads(json.dumps(made)))
            text = json.dumps(found)
            (tmp_path / 'old' / f'{name}.json').write_text(text)
        (tmp_path / 'old' / 'a.json').write_text(json.dumps(made))
        for name in documents.NAMES:
            done = cloud.report(
                '--compare', cloud.path('old'), '--output', name
            )
            assert (done.returncode, done.stderr) == (2, ''), name
            assert documents.is_clean(done.stdout)
            assert not passwords.TOKEN.search(done.stdout)
            assert '<script' not in done.stdout
