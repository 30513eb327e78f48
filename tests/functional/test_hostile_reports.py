# SPDX-License-Identifier: Apache-2.0

"""Reports of hosts that lie, are broken or mean harm, in a whole run."""

from __future__ import annotations

from collections.abc import Callable
import json
import os
import pathlib
import subprocess
from typing import Any

import pytest
import yaml

from nova_cow_check.settings import lookalikes
from tests.functional import conftest
from tests.functional import documents
from tests.functional import passwords
from tests.functional import test_exit_codes

HEALTHY = test_exit_codes.DRIVER + '[libvirt]\nimages_type = qcow2\n'

SICK = test_exit_codes.DRIVER + '[libvirt]\nimages_type = raw\n'

MANY = 1000

#: Nothing of it may come out as more than text.
HARM = (
    '\x1b]0;title\x07\x1b[2J\u202e\u2028\x9b31m\x00\n<script>alert(1)'
    '</script>]]>&"\'{{0}}![a](http://x)\n---\n!!python/object/apply:os.x'
)

Report = dict[str, Any]


@pytest.fixture
def made_on(run: conftest.Run, write: Callable[..., str]) -> Report:
    """Return the report that a host makes of itself, with a finding."""
    place = ('--config-file', write(SICK))
    result = run('report', *place, '--output', 'json', '--fail-on', 'never')
    assert (result.returncode, result.stderr) == (0, '')
    found: Report = json.loads(result.stdout)
    return found


def host(found: Report) -> Any:
    return found['hosts'][0]


def with_harm(found: Any) -> Any:
    """Return a document with harm in each of its strings."""
    if isinstance(found, dict):
        return {key: with_harm(value) for key, value in found.items()}
    if isinstance(found, list):
        return list(map(with_harm, found))
    return found + HARM if isinstance(found, str) else found


def named_with_harm(found: Report) -> Report:
    """Return a document that fits together, with harm in free text."""
    for setting in host(found)['settings']:
        for place in (setting['place'], *setting['places']):
            if place['kind'] == 'file':
                place['name'] += HARM
    host(found)['name'] = HARM
    host(found)['files'] = [HARM]
    finding = host(found)['checks'][2]['findings'][0]
    finding['explanation'] = HARM
    finding['waiver'] = {
        'rule': finding['rule'],
        'hosts': [HARM],
        'reason': HARM,
        'expires': None,
        'is_expired': False,
        'place': {'kind': 'file', 'name': HARM, 'line': 1},
    }
    return found


def many_ignored(found: Report) -> Report:
    place = {'kind': 'file', 'name': 'nova.conf', 'line': 9}
    ignored = {
        'group': 'api',
        'name': 'use_cow_images',
        'intended': 'use_cow_images',
        'mistake': 'wrong-group',
        'value': None,
        'place': place,
    }
    host(found)['ignored'] = [ignored] * MANY
    return found


def changed(found: Report, **values: object) -> Report:
    return {**found, **values}


#: What is no report of a host, made of one.
NO_REPORTS: dict[str, Callable[[Report], bytes]] = {
    'empty': lambda found: b'',
    'cut': lambda found: json.dumps(found).encode()[:-100],
    'another-json': lambda found: json.dumps([passwords.ON_THE_LINE]).encode(),
    'a-nova-conf': lambda found: passwords.ON_THE_LINE.encode(),
    'not-utf-8': lambda found: b'{"a": "\xff\xfe"}',
    'deep': lambda found: b'[' * 2_000_000,
    'long-number': lambda found: b'9' * 2_000_000,
    'not-a-number': lambda found: b'{"report_version": NaN}',
    'twice': lambda found: b'{"report_version": 1, "report_version": 1}',
    'too-large': lambda found: b' ' * (16 * 1024 * 1024 + 1),
    'version': lambda found: json.dumps(
        changed(found, report_version=2)
    ).encode(),
    'no-host': lambda found: json.dumps(changed(found, hosts=[])).encode(),
    'strings': lambda found: json.dumps(with_harm(found)).encode(),
    'surrogates': lambda found: json.dumps(
        changed(found, program={'name': '\ud800\udc00\udfff'})
    ).encode(),
}

#: What is taken, whatever it says.
REPORTS: dict[str, Callable[[Report], Report]] = {
    'harm': named_with_harm,
    'many': many_ignored,
}


@pytest.fixture
def fleet(tmp_path: pathlib.Path, made_on: Report) -> pathlib.Path:
    """A folder with all of them, a host that is fine and one that is not."""
    folder = tmp_path / 'fleet'
    folder.mkdir()
    (folder / 'healthy.conf').write_text(HEALTHY)
    (folder / 'sick.json').write_text(json.dumps(made_on))
    for name, make in NO_REPORTS.items():
        (folder / f'{name}.json').write_bytes(make(made_on))
    os.mkfifo(folder / 'fifo.json')
    (folder / 'nowhere.json').symlink_to('none')
    for name, change in REPORTS.items():
        found = change(json.loads(json.dumps(made_on)))
        (folder / f'{name}.json').write_text(json.dumps(found))
    return folder


BROKEN = sorted([*NO_REPORTS, 'fifo', 'nowhere'])


@pytest.fixture
def reports(
    run: conftest.Run, fleet: pathlib.Path, tmp_path: pathlib.Path
) -> dict[str, str]:
    """Return what one run says, by format."""
    paths = {name: tmp_path / f'all.{name}' for name in documents.NAMES}
    words = []
    for name, path in paths.items():
        words += ['--output', f'{name}:{path}']
    result: subprocess.CompletedProcess[str] = run(
        'report', str(fleet), *words
    )
    assert (result.returncode, result.stdout, result.stderr) == (2, '', '')
    return {
        name: path.read_text(encoding='utf-8') for name, path in paths.items()
    }


def test_broken_ones_are_findings_and_no_host_is_lost(
    reports: dict[str, str],
) -> None:
    document = documents.of(json.loads(reports['json']))
    found = {one['name']: one for one in document['hosts']}
    assert sorted(found) == sorted([*BROKEN, *REPORTS, 'healthy', 'sick'])
    for name in BROKEN:
        (finding,) = found[name]['checks'][0]['findings']
        assert finding['rule'] == 'unreadable-configuration', name
        (place,) = finding['places']
        assert place['name'].endswith(f'/fleet/{name}.json')
    rules = {
        name: [
            finding['rule']
            for check in one['checks']
            for finding in check['findings']
        ]
        for name, one in found.items()
    }
    # All others that could be read use the flat backend.
    assert rules['healthy'] == ['mixed-image-backends']
    assert 'flat-disks-converted' in rules['sick']
    assert 'flat-disks-converted' in rules['harm']
    # Those that are not told one by one are one more.
    told = lookalikes.MOST + 1
    assert rules['many'].count('ignored-setting') == told < MANY


def test_nothing_comes_out_but_text(reports: dict[str, str]) -> None:
    for name, document in reports.items():
        assert documents.is_clean(document), name
        assert not passwords.TOKEN.search(document), name
    for name in ('html', 'junit'):
        assert '<script' not in reports[name]
    assert yaml.safe_load(reports['yaml']) == json.loads(reports['json'])


def test_a_host_is_judged_as_from_its_files(
    run: conftest.Run, made_on: Report, write: Callable[..., str]
) -> None:
    paths = (
        write(json.dumps(made_on), 'one/compute1.json'),
        write(SICK, 'other/compute1.conf'),
    )
    first, second = (
        json.loads(run('report', path, '--output', 'json').stdout)
        for path in paths
    )
    for document in (first, second):
        (only,) = document['hosts']
        del only['source'], document['created']
        only['files'] = []
    assert without_places(first) == without_places(second)


def without_places(found: Any) -> Any:
    """Return a document without the places of files, and their names."""
    if isinstance(found, dict):
        return {
            key: without_places(value)
            for key, value in found.items()
            if key not in ('place', 'places', 'explanation')
        }
    if isinstance(found, list):
        return list(map(without_places, found))
    return found
