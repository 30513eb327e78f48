# SPDX-License-Identifier: Apache-2.0

"""Guests of several hosts: looked at there, and told of together."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
from typing import Any

import pytest

from tests.functional import conftest
from tests.functional import documents
from tests.unit.guests import disk_headers
from tests.unit.guests import instance_files
from tests.unit import hosts

FLAT = hosts.nova_conf(images_type='flat', use_cow_images='False')

SOUND = instance_files.UUID
BROKEN = instance_files.OTHER

CONVERTED = 'guest-disk-converted'


class Cloud:
    """Hosts that look at their guests, and the folder of their reports."""

    def __init__(self, run: conftest.Run, directory: pathlib.Path) -> None:
        self.run = run
        self.directory = directory
        self.reports = directory / 'reports'
        self.reports.mkdir()
        self.conf = directory / 'nova.conf'
        self.conf.write_text(FLAT)

    def host(self, name: str) -> instance_files.Host:
        return instance_files.Host(self.directory / name)

    def look(
        self,
        name: str,
        instances: pathlib.Path | None = None,
        guests: bool = True,
    ) -> int:
        """Make the report of a host; return the exit code."""
        host = self.host(name)
        places = [
            '--guests',
            f'--instances-path={instances or host.instances}',
            f'--domains={host.domains}',
        ]
        done = self.run(
            f'--config-file={self.conf}',
            'report',
            f'--host={name}',
            f'--output=json:{self.reports / name}.json',
            *(places if guests else []),
        )
        assert done.stderr == ''
        return done.returncode

    def report(
        self, *options: str, output: str = 'json'
    ) -> subprocess.CompletedProcess[str]:
        done = self.run(
            *options, 'report', str(self.reports), f'--output={output}'
        )
        assert done.stderr == ''
        return done


@pytest.fixture
def cloud(run: conftest.Run, tmp_path: pathlib.Path) -> Cloud:
    return Cloud(run, tmp_path)


def add_converted(
    host: instance_files.Host, xml: dict[str, str] | None, number: int = 2
) -> None:
    """Add a guest whose disk a move has converted."""
    start = disk_headers.header()
    host.add({'disk': (start, 196_616)}, {'disk': 'raw'}, xml, BROKEN, number)


def told(done: subprocess.CompletedProcess[str]) -> dict[str, set[Any]]:
    """Return rules and guests, by host."""
    document = documents.of(json.loads(done.stdout))
    return {
        host['name']: {
            (finding['rule'], finding['guest']['uuid'])
            for finding in host['guests']['findings']
        }
        if host['guests']
        else set()
        for host in document['hosts']
    }


def test_what_each_host_found_comes_together(cloud: Cloud) -> None:
    cloud.host('a').add_raw()
    add_converted(cloud.host('b'), {'disk': 'raw'})
    assert [cloud.look('a'), cloud.look('b')] == [0, 2]
    assert cloud.look('c', guests=False) == 0
    done = cloud.report()
    assert done.returncode == 2
    assert told(done) == {'a': set(), 'b': {(CONVERTED, BROKEN)}, 'c': set()}
    document = json.loads(done.stdout)
    assert document['fleet']['guests'] == [
        {
            'rule': CONVERTED,
            'severity': 'failure',
            'hosts': [{'name': 'b', 'guests': [BROKEN]}],
        }
    ]
    text = cloud.report(output='text').stdout
    assert 'Guests were looked at on 2 of 3 hosts: 2.' in text
    assert f'b: {BROKEN}' in text
    for name in documents.NAMES:
        made = cloud.report(output=name)
        assert made.returncode == 2
        assert BROKEN in made.stdout
        assert documents.is_clean(made.stdout)


def test_on_shared_storage_the_host_that_runs_a_guest_tells(
    cloud: Cloud,
) -> None:
    shared = cloud.host('a')
    shared.add_raw()
    add_converted(shared, None)
    # The domain of the other guest is on the other host.
    path = str(shared.folder(BROKEN) / 'disk')
    text = instance_files.domain(BROKEN, {path: 'raw'}, 2)
    (cloud.host('b').domains / 'instance-00000002.xml').write_text(text)
    # Nothing but notes: of what other hosts run.
    assert cloud.look('a') == 0
    assert cloud.look('b', shared.instances) == 2
    assert told(cloud.report()) == {'a': set(), 'b': {(CONVERTED, BROKEN)}}
    # Without that host, nobody knows whose it is.
    os.unlink(cloud.reports / 'b.json')
    alone = {('guest-without-domain', BROKEN)}
    assert told(cloud.report()) == {'a': alone}


def test_a_waiver_names_the_guest(cloud: Cloud) -> None:
    add_converted(cloud.host('b'), {'disk': 'raw'})
    cloud.look('b')
    waivers = cloud.directory / 'waivers.yaml'
    for uuid, code in ((BROKEN, 0), (SOUND, 2)):
        waivers.write_text(
            f'- rule: {CONVERTED}\n  guests: [{uuid}]\n  reason: A test.\n'
        )
        done = cloud.report('--waivers', str(waivers))
        assert done.returncode == code
        unused = json.loads(done.stdout)['unused_waivers']
        assert [one['guests'] for one in unused] == [[SOUND]] * bool(code)


def test_what_could_not_be_looked_at_is_no_success_there_or_here(
    cloud: Cloud,
) -> None:
    missing = cloud.directory / 'missing'
    assert cloud.look('a', missing) == 2
    done = cloud.report()
    assert done.returncode == 2
    (host,) = json.loads(done.stdout)['hosts']
    check = host['checks'][3]
    assert (check['name'], check['is_judged']) == ('guests', False)
    assert str(missing) in check['facts'][0]


def test_a_report_that_was_edited_is_refused(cloud: Cloud) -> None:
    add_converted(cloud.host('b'), {'disk': 'raw'})
    cloud.look('b')
    path = cloud.reports / 'b.json'
    path.write_text(path.read_text().replace(BROKEN, SOUND, 1))
    done = cloud.report(output='text')
    assert done.returncode == 2
    assert 'Failure: unreadable-configuration' in done.stdout


def test_the_commands_of_another_host_are_left_there(cloud: Cloud) -> None:
    add_converted(cloud.host('b'), {'disk': 'raw'})
    cloud.look('b')
    path = cloud.reports / 'b.json'
    assert 'qemu-img convert' in path.read_text()
    for name in documents.NAMES:
        made = cloud.report(output=name).stdout
        # Pages of rules have them, which SARIF and html have, too.
        has_pages = name in ('html', 'sarif')
        assert has_pages or 'qemu-img convert' not in made
        assert f'openstack server stop {BROKEN}' not in made


def test_who_reads_hosts_without_guests_loads_nothing_of_them(
    cloud: Cloud,
) -> None:
    cloud.look('a', guests=False)
    done = cloud.run(
        'report',
        str(cloud.reports),
        '--output=text',
        PYTHONVERBOSE='',
        PYTHONPROFILEIMPORTTIME='1',
    )
    assert done.returncode == 0
    assert 'nova_cow_check.reports.fleet' in done.stderr
    for module in ('guests', 'reports.audit', 'document.guest'):
        assert f'nova_cow_check.{module}' not in done.stderr
