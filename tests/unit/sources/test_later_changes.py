# SPDX-License-Identifier: Apache-2.0

"""When a process was started, and what is later than that."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import time
from typing import Any

import pytest

from nova_cow_check.settings import host_config
from nova_cow_check.settings import parsing
from nova_cow_check.sources import later_changes
from nova_cow_check.sources import roots
from nova_cow_check.sources import search
from tests.unit import hosts

COPIED = 'var/lib/kolla/config_files/config.json'

DAY = 86400.0


@pytest.mark.parametrize('name', ['python', 'a) 1 2 (b', ') R 1'])
def test_when_a_process_was_started(name: str, tmp_path: pathlib.Path) -> None:
    program = tmp_path / name
    program.symlink_to(pathlib.Path(sys.executable).resolve())
    before = time.time()
    with subprocess.Popen(
        [program, '-S', '-c', 'input()'],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    ) as process:
        start = later_changes._start(process.pid)
        after = time.time()
        process.communicate(b'\n')
    # It can have been later by what it is counted in, and never earlier.
    assert before <= start.at + start.tick
    assert start.at <= after
    assert not start.is_before(before)
    assert start.is_before(after + 2 * start.tick)


def test_a_clock_that_was_wrong_before_does_no_harm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = later_changes._start(os.getpid()).at
    ahead = time.time() + DAY
    monkeypatch.setattr(time, 'time', lambda: ahead)
    # Set right by now: what was started an hour ago was so by this clock.
    assert later_changes._start(os.getpid()).at == pytest.approx(
        right + DAY, abs=60
    )


NOW = 1_790_000_000.0


def seen(mode: int, ctime: float, mtime: float, link: float) -> roots.Seen:
    status = os.stat_result((mode, 0, 0, 1, 0, 0, 0, 0, mtime, ctime))
    return roots.Seen((), status, '/a', link)


FILE, DIRECTORY = 0o100600, 0o040700

#: Mode, what the file system noted, what it says of the content, the newest
#: link on the way -> when it was changed.
TIMES = {
    (FILE, NOW - 9, NOW - 9, 0.0): NOW - 9,
    # Written back, by a clock in the past or as a backup does.
    (FILE, NOW - 5, 0.0, 0.0): NOW - 5,
    (FILE, NOW - 5, -1.0, 0.0): NOW - 5,
    # Only the owner or the mode.
    (FILE, NOW - 5, NOW - 9, 0.0): NOW - 5,
    # Where the file system notes nothing.
    (FILE, 0.0, NOW - 5, 0.0): NOW - 5,
    # A time to come is none of a change here.
    (FILE, NOW - 9, NOW + DAY, 0.0): NOW - 9,
    # But what the file system noted is: the clock was set back.
    (FILE, NOW + DAY, NOW - 9, 0.0): NOW + DAY,
    (FILE, NOW - 9, NOW - 9, NOW - 3): NOW - 3,
    # A directory with another in it, and one put in place of another.
    (DIRECTORY, NOW - 9, NOW - 5, 0.0): NOW - 5,
    (DIRECTORY, NOW - 1, NOW - 9, 0.0): NOW - 1,
}


@pytest.mark.parametrize('case', TIMES)
def test_when_something_was_changed(
    case: tuple[int, float, float, float],
) -> None:
    found = later_changes._changed(seen(*case), NOW)
    assert found == pytest.approx(TIMES[case])


@pytest.mark.parametrize('when', [-1e18, -1.0, 0.0, 1e12, 1e18, 1e300])
def test_a_time_that_no_calendar_has_is_one(when: float) -> None:
    assert 1970 <= later_changes._time(when).year <= 9999


def around(root: pathlib.Path, **environment: str) -> search.Surroundings:
    return search.Surroundings(roots.Root(str(root)), environment, '/', '/')


def entry(source: Any, dest: Any) -> Any:
    return {'source': source, 'dest': dest, 'owner': 'nova', 'perm': '0600'}


#: What a container was told to copy -> what is known of its copies.
LISTS: list[tuple[Any, dict[str, str]]] = [
    ([entry('/k/nova.conf', '/etc/nova/nova.conf')],
     {'/etc/nova/nova.conf': '/k/nova.conf'}),
    ([entry('/k/a.conf', '/etc/nova/nova.conf.d/')],
     {'/etc/nova/nova.conf.d/a.conf': '/k/a.conf'}),
    ([entry('/k/nova.conf', '/etc//nova/./nova.conf')],
     {'/etc/nova/nova.conf': '/k/nova.conf'}),
    # The last one is what there is in the end.
    ([entry('/k/a', '/a'), entry('/k/b', '/a')], {'/a': '/k/b'}),
    ([entry('/k/*.conf', '/etc/nova/'), entry('/k/b', '/b')], {'/b': '/k/b'}),
    ([entry('k/a', '/a')], {}),
    ([entry(7, '/a')], {}),
    ([entry('/k/a', None)], {}),
    ([{'dest': '/a'}], {}),
    (['banana'], {}),
    ([None], {}),
    ('banana', {}),
    (None, {}),
    (7, {}),
    ({}, {}),
]  # fmt: skip


@pytest.mark.parametrize('listed, expected', LISTS)
def test_what_a_container_was_told_to_copy(
    listed: Any, expected: dict[str, str], tmp_path: pathlib.Path
) -> None:
    path = tmp_path / COPIED
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({'command': 'x', 'config_files': listed}))
    assert later_changes._sources(around(tmp_path)) == expected


@pytest.mark.parametrize(
    'content',
    ['', '[]', '7', 'banana', '{"config_files":', '[' * 100_000,
     '{"config_files": []}' + ' ' * 300_000, '\udcff', '{}', 'null'],
)  # fmt: skip
def test_a_list_that_is_none(content: str, tmp_path: pathlib.Path) -> None:
    path = tmp_path / COPIED
    path.parent.mkdir(parents=True)
    path.write_bytes(content.encode('utf-8', 'surrogateescape'))
    assert later_changes._sources(around(tmp_path)) == {}


def test_no_source_leads_out_of_the_container(tmp_path: pathlib.Path) -> None:
    root = tmp_path / 'root'
    path = root / COPIED
    path.parent.mkdir(parents=True)
    copied = [entry('/k/a', '/a'), entry('/k/b', '/b'), entry('/k/c', '/c')]
    path.write_text(json.dumps({'config_files': copied}))
    outside = tmp_path / 'outside'
    outside.write_text('x')
    (root / 'k').mkdir()
    (root / 'k' / 'a').symlink_to(outside)
    os.mkfifo(root / 'k' / 'b')
    for name in 'abc':
        (root / name).write_text('x')
    found = host_config.Configuration(
        tuple(
            parsing.parse(f'{root}/{name}', hosts.lines_of(''))
            for name in 'abc'
        ),
        {},
    )
    process = later_changes.of(
        os.getpid(),
        host_config.HostConfig(found),
        around(root, KOLLA_CONFIG_STRATEGY='COPY_ONCE'),
        is_trusted=True,
    )
    assert process.changed == ()
    assert process.not_known == tuple(f'{root}/{name}' for name in 'abc')
