# SPDX-License-Identifier: Apache-2.0

"""Earlier reports: which of them counts, and what is none."""

from __future__ import annotations

from collections.abc import Mapping
import dataclasses
import datetime
import json
import os
import pathlib
from typing import Any

import pytest

from nova_cow_check import errors
from nova_cow_check.reports import report
from nova_cow_check.settings import host_settings
from nova_cow_check.sources import earlier
from tests.unit.document import test_reader
from tests.unit import fleets
from tests.unit import hosts
from tests.unit import sample_reports

FLAT, QCOW2 = fleets.FLAT, fleets.QCOW2

RBD = hosts.nova_conf(images_type='rbd')


@pytest.fixture(autouse=True)
def here(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(path: str, whole: report.Report, day: int = 1) -> str:
    """Write a report, made on a day of the month."""
    created = datetime.datetime(2026, 11, day, tzinfo=datetime.timezone.utc)
    place = pathlib.Path(path)
    place.parent.mkdir(exist_ok=True)
    made = dataclasses.replace(whole, created=created)
    place.write_bytes(test_reader.written(made))
    return path


def on_host(name: str, conf: str) -> report.Report:
    return sample_reports.of(hosts.host(conf), name=name)


def told(found: earlier.Reports) -> dict[str, object]:
    """Return the backend of each host, or why it is not known."""
    return {
        host.name: host.known.reason
        if isinstance(host.known, host_settings.Unreadable)
        else host.known.images_type.value
        for host in found.earlier.hosts
    }


def read(*paths: str, only: str | None = None) -> dict[str, object]:
    return told(earlier.read(paths, only))


def refusal(*paths: str) -> str:
    with pytest.raises(errors.ConfigurationError) as caught:
        earlier.read(paths)
    return str(caught.value)


def test_it_is_a_report_of_a_fleet_of_a_host_or_a_folder() -> None:
    write('fleet.json', fleets.of({'a': FLAT, 'b': QCOW2}))
    write('folder/c.json', on_host('own', RBD))
    write('folder/more.json', fleets.of({'d': QCOW2}))
    write('yesterday', on_host('own', QCOW2))
    assert read('fleet.json', 'folder', 'yesterday') == {
        'a': 'flat',
        'b': 'qcow2',
        'c': 'rbd',
        'd': 'qcow2',
        'yesterday': 'qcow2',
    }


def test_on_the_host_itself_its_own_name_counts() -> None:
    write('yesterday.json', on_host('compute1', FLAT))
    write('other.json', on_host('compute2', RBD))
    write('fleet.json', fleets.of({'compute3': QCOW2}))
    paths = 'yesterday.json', 'other.json', 'fleet.json'
    assert read(*paths, only='compute1') == {'compute1': 'flat'}
    assert read(*paths, only='Compute3') == {'compute3': 'qcow2'}
    found = earlier.read(paths, 'compute4')
    assert told(found) == {}
    # It can be said since when nothing is known of it.
    assert found.earlier.oldest.day == 1


def test_of_two_the_later_one_counts_and_that_is_said() -> None:
    write('new.json', fleets.of({'a': QCOW2, 'b': QCOW2}), day=9)
    write('old.json', fleets.of({'a': FLAT, 'c': FLAT}), day=2)
    write('older/a.json', on_host('x', RBD), day=1)
    found = earlier.read(['new.json', 'old.json', 'older'])
    assert told(found) == {'a': 'qcow2', 'b': 'qcow2', 'c': 'flat'}
    (repeated,) = found.earlier.repeated
    assert repeated == ('a', 'new.json', ('old.json', 'older/a.json'))
    # When those that count were made.
    assert found.earlier.oldest.day == 2
    assert found.earlier.newest.day == 9


def test_it_is_the_time_that_counts_in_whatever_zone() -> None:
    east, west = (
        datetime.timezone(datetime.timedelta(hours=hours)) for hours in (9, -9)
    )
    for name, zone, conf in (('east', east, FLAT), ('west', west, QCOW2)):
        whole = dataclasses.replace(
            fleets.of({'a': conf}),
            created=datetime.datetime(2026, 11, 1, 12, tzinfo=zone),
        )
        data = test_reader.written(whole)
        pathlib.Path(f'{name}.json').write_bytes(data)
    assert read('west.json', 'east.json') == {'a': 'qcow2'}


def test_of_two_of_one_time_the_last_one_given_counts() -> None:
    write('one.json', fleets.of({'a': FLAT}))
    write('other.json', fleets.of({'a': QCOW2}))
    assert read('one.json', 'other.json') == {'a': 'qcow2'}
    assert read('other.json', 'one.json') == {'a': 'flat'}


def test_capital_letters_make_no_other_host() -> None:
    write('old.json', fleets.of({'Compute1': FLAT}), day=1)
    write('new.json', fleets.of({'compute1': QCOW2}), day=2)
    found = earlier.read(['new.json', 'old.json'])
    assert told(found) == {'compute1': 'qcow2'}
    assert found.earlier.repeated == (('compute1', 'new.json', ('old.json',)),)
    # Unless one report has both.
    write('both.json', fleets.of({'compute1': FLAT, 'COMPUTE1': RBD}), day=3)
    assert read('new.json', 'old.json', 'both.json') == {
        'COMPUTE1': 'rbd',
        'compute1': 'flat',
        'Compute1': 'flat',
    }


def test_the_same_file_twice_is_one() -> None:
    write('folder/a.json', on_host('a', FLAT))
    os.symlink('folder/a.json', 'link.json')
    found = earlier.read(['folder', 'folder/a.json', 'link.json'])
    assert told(found) == {'a': 'flat'}
    assert found.earlier.repeated == ()


def test_a_host_that_one_report_tells_of_twice_is_not_known() -> None:
    write('fleet.json', fleets.of({'a': FLAT, 'b': FLAT}))
    content = json.loads(pathlib.Path('fleet.json').read_text())
    content['hosts'].append(content['hosts'][0])
    pathlib.Path('fleet.json').write_text(json.dumps(content))
    found = read('fleet.json')
    assert found['b'] == 'flat'
    assert str(found['a']).startswith('the host is there more than once')


def changed(**fields: object) -> Any:
    return {
        **json.loads(test_reader.written(on_host('a', FLAT))),
        **fields,
    }


#: What is no report, and why.
BAD: Mapping[str, tuple[bytes, str]] = {
    'empty': (b'', 'not valid JSON, in line 1'),
    'a nova.conf': (QCOW2.encode(), 'not valid JSON'),
    'another document': (b'{"a": 1}', 'at report_version: it is missing'),
    'another version': (
        json.dumps(changed(report_version=2)).encode(),
        'at report_version: it is not 1',
    ),
    'no time': (
        json.dumps(changed(created='yesterday')).encode(),
        'at created: it is not a time',
    ),
    'no host': (json.dumps(changed(hosts=[])).encode(), 'on 0 hosts'),
    'deep': (b'[' * 100_000, 'not JSON that can be a report'),
    'not text': (b'\xff\xfe', 'not UTF-8 text'),
}


@pytest.mark.parametrize('name', BAD)
def test_what_is_named_has_to_be_a_report(name: str) -> None:
    data, reason = BAD[name]
    pathlib.Path('a.json').write_bytes(data)
    words = refusal('a.json')
    assert words.startswith('a.json: ') and reason in words
    assert words.isprintable()


@pytest.mark.parametrize('name', BAD)
def test_in_a_folder_it_is_a_host_that_is_not_known(name: str) -> None:
    data, reason = BAD[name]
    write('folder/b.json', on_host('b', FLAT))
    pathlib.Path('folder/a.json').write_bytes(data)
    found = read('folder')
    assert found['b'] == 'flat'
    assert reason in str(found['a'])
    # Another one that tells of it counts.
    write('other/a.json', on_host('a', RBD))
    assert read('other', 'folder')['a'] == 'rbd'


def test_there_has_to_be_a_report() -> None:
    assert refusal('none.json') == (
        'none.json: cannot be read: No such file or directory'
    )
    pathlib.Path('folder').mkdir()
    pathlib.Path('folder/a.conf').write_text(QCOW2)
    assert refusal('folder') == (
        'folder: found no report there: a name ends with .json'
    )
    os.mkfifo('pipe.json')
    assert refusal('pipe.json').endswith('not a regular file')
    pathlib.Path('folder/a.json').write_text('{}')
    assert refusal('folder') == 'folder: no report could be read there'


def test_what_is_passed_over_is_told() -> None:
    write('folder/a.json', on_host('a', FLAT))
    for name in ('b.conf', 'c.yaml', '.hidden'):
        pathlib.Path('folder', name).touch()
    pathlib.Path('folder/d').mkdir()
    found = earlier.read(['folder'])
    assert found.passed_over == ('folder/b.conf', 'folder/c.yaml', 'folder/d')


def test_waivers_of_both_times_hold() -> None:
    then = sample_reports.waiver('flat-disks-converted', 'a')
    now = (
        sample_reports.waiver('implicit-image-backend', 'a'),
        sample_reports.waiver('implicit-image-backend', 'b'),
    )
    conf = hosts.nova_conf(images_type='flat')
    write('fleet.json', fleets.of({'a': conf}, accepted=(then,)))
    (host,) = earlier.read(['fleet.json'], accepted=now).earlier.hosts
    assert [one.rule for one in host.accepted] == [
        'implicit-image-backend',
        'flat-disks-converted',
    ]
    assert host.source == report.Source(report.SourceKind.REPORT, 'fleet.json')
