# SPDX-License-Identifier: Apache-2.0

"""The report of a fleet, read wherever one of a host is."""

from __future__ import annotations

import json
import pathlib

import pytest

from nova_cow_check.reports import report
from nova_cow_check.settings import host_settings
from nova_cow_check.sources import collected
from nova_cow_check.sources import collection
from tests.unit.document import test_reader
from tests.unit import fleets

DATA = test_reader.written(fleets.of({'a': fleets.QCOW2, 'b': fleets.FLAT}))


def settled(*paths: str, expected: str | None = None) -> dict[str, object]:
    """Return the backends of hosts, or why they were not read."""
    found = collection.find(paths, expected)
    read = collected.settled(collected.read_all(found.hosts), found.expected)
    return {one.name: backend(one.found.known) for one in read}


def backend(known: host_settings.Known) -> object:
    if isinstance(known, host_settings.Unreadable):
        return known.reason
    return known.images_type.value


@pytest.fixture(autouse=True)
def here(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'cells').mkdir()
    (tmp_path / 'cells/cell1.json').write_bytes(DATA)


@pytest.mark.parametrize('path', ['cells', 'cells/cell1.json'])
def test_its_hosts_are_there_by_their_names(path: str) -> None:
    assert settled(path) == {'a': 'qcow2', 'b': 'flat'}


def test_several_are_one_fleet(tmp_path: pathlib.Path) -> None:
    other = test_reader.written(fleets.of({'c': fleets.QCOW2}))
    (tmp_path / 'cell2.json').write_bytes(other)
    (tmp_path / 'd.conf').write_text(fleets.FLAT)
    assert settled('cells', 'cell2.json', 'd.conf') == {
        'a': 'qcow2',
        'b': 'flat',
        'c': 'qcow2',
        'd': 'flat',
    }


def test_of_one_host_it_is_named_by_it_all_the_same(
    tmp_path: pathlib.Path,
) -> None:
    other = test_reader.written(fleets.of({'c': fleets.QCOW2}))
    (tmp_path / 'yesterday.json').write_bytes(other)
    assert settled('yesterday.json') == {'c': 'qcow2'}


def test_a_host_that_is_there_twice_is_not_read(
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / 'a.conf').write_text(fleets.QCOW2)
    assert settled('cells', 'a.conf') == {
        'a': 'the host is there more than once: cells/cell1.json, a.conf',
        'b': 'flat',
    }
    twice = json.loads(DATA)
    twice['hosts'].append(twice['hosts'][0])
    (tmp_path / 'twice.json').write_text(json.dumps(twice))
    assert settled('twice.json')['b'] == (
        'the host is there more than once: twice.json, twice.json'
    )


def test_the_name_of_the_file_is_that_of_no_host(
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / 'cell1.conf').write_text(fleets.QCOW2)
    assert settled('cells', 'cell1.conf') == {
        'a': 'qcow2',
        'b': 'flat',
        'cell1': 'qcow2',
    }


def test_its_hosts_can_be_expected(tmp_path: pathlib.Path) -> None:
    (tmp_path / 'list').write_text('A\nb\ncell1\n')
    assert settled('cells', expected='list') == {
        'a': 'qcow2',
        'b': 'flat',
        'cell1': 'it is expected, but there is nothing of it',
    }


def test_a_damaged_one_is_one_host_that_is_not_read(
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / 'cells/cell1.json').write_bytes(DATA[:-9])
    (reason,) = settled('cells').values()
    assert 'not valid JSON' in str(reason)
    assert list(settled('cells')) == ['cell1']


def test_by_itself_it_is_no_host() -> None:
    source = report.Source(report.SourceKind.REPORT, 'cells/cell1.json')
    assert backend(collected.read(source).known) == (
        'a report on 2 hosts, not on one'
    )
