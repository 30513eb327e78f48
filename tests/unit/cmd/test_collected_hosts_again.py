# SPDX-License-Identifier: Apache-2.0

"""A report on a fleet that is a PATH comes to the same verdict."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import tempfile
from typing import Any

import hypothesis
from hypothesis import strategies as st
import pytest

from nova_cow_check.cmd import collected_hosts
from nova_cow_check.cmd import command_line
from nova_cow_check.document import writer
from nova_cow_check.reports import host_groups
from nova_cow_check.reports import report
from tests.unit import fleets
from tests.unit import hosts
from tests.unit.reports import test_comparison

GROUPS = (
    host_groups.Group('a', ('a*',)),
    host_groups.Group('b*', ('b1', 'c1')),
)
SHARING = [frozenset(), frozenset({'a'}), frozenset({'', 'a', 'b*'})]


def again(whole: report.Report, *words: str) -> report.Report:
    """Return what a report becomes that is read and rendered anew."""
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory, 'fleet.json')
        path.write_text(json.dumps(writer.of(whole)), encoding='utf-8')
        options = command_line.parse(['report', str(path), *words])
        found = collected_hosts.load(options)
    return dataclasses.replace(
        whole,
        hosts=found.hosts,
        waivers_read=found.waivers,
        compared=found.compared,
    )


def told(whole: report.Report) -> dict[str, Any]:
    """Return what there is to a verdict, by host."""
    document = writer.of(whole)
    # Places are those of that run.
    return {
        one['name']: (
            one['group'],
            one['result'],
            one['backend'],
            one['earlier'],
            [
                (found['rule'], found['severity'], found['counts'])
                for check in one['checks']
                for found in check['findings']
            ],
        )
        for one in document['hosts']
    } | {'groups': document['fleet'] and document['fleet']['groups']}


@hypothesis.given(
    test_comparison.SOME,
    st.sampled_from([(), GROUPS]),
    test_comparison.WAIVERS,
    st.sampled_from(SHARING),
)
def test_a_fleet_is_what_it_was(
    some: dict[str, fleets.Known],
    groups: tuple[host_groups.Group, ...],
    accepted: list[Any],
    sharing: frozenset[str],
) -> None:
    names = {'', *(one.name for one in groups)}
    whole = fleets.of(some, groups, accepted, sharing=sharing & names)
    anew = again(whole)
    assert told(anew) == told(whole)
    assert anew.exit_code == whole.exit_code


@hypothesis.given(test_comparison.SOME, test_comparison.SOME)
# nova-compute did not start with it, and its guests are those of rbd.
@hypothesis.example({'a1': test_comparison.RBD}, {'a1': fleets.QCOW2})
def test_what_changed_is_found_again(
    before: dict[str, fleets.Known], now: dict[str, fleets.Known]
) -> None:
    whole = fleets.since(before, now)
    anew = again(whole)
    assert told(anew) == told(whole)
    assert anew.exit_code == whole.exit_code
    assert anew.compared is None


APART = {'a1': fleets.QCOW2, 'b1': fleets.FLAT}


@pytest.mark.parametrize(
    'words, holds',
    [
        ((), False),
        (('--group', 'x=a1,b1'), True),
        (('--shared',), True),
        (('--group', 'x=a1'), False),
    ],
)
def test_an_option_decides_all_anew(
    words: tuple[str, ...], holds: bool
) -> None:
    anew = again(fleets.of(APART, GROUPS[:1]), *words)
    rules = {rule for host in anew.hosts for rule in host.rules}
    assert ('mixed-image-backends' in rules) is holds


def test_a_release_before_the_field_lost_what_was_earlier() -> None:
    whole = fleets.since({'a1': fleets.FLAT}, {'a1': fleets.QCOW2})
    document = writer.of(whole)
    del document['hosts'][0]['earlier']
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory, 'fleet.json')
        path.write_text(json.dumps(document), encoding='utf-8')
        options = command_line.parse(['report', str(path)])
        (host,) = collected_hosts.load(options).hosts
    assert host.image_settings is not None and not host.rules


EARLIER = {'backend': 'flat', 'use_cow_images': False}


@pytest.mark.parametrize(
    'field, value',
    [
        ('earlier', 'x'),
        ('earlier', {}),
        ('earlier.force_raw_images', {**EARLIER, 'force_raw_images': 1}),
        (
            'earlier.backend',
            {**EARLIER, 'backend': 'x\x1b', 'force_raw_images': True},
        ),
        ('group', 7),
    ],
)
def test_what_cannot_be_is_a_host_that_was_not_read(
    field: str, value: Any
) -> None:
    document = writer.of(fleets.of({'a': hosts.nova_conf()}))
    document['hosts'][0][field.partition('.')[0]] = value
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory, 'fleet.json')
        path.write_text(json.dumps(document), encoding='utf-8')
        options = command_line.parse(['report', str(path)])
        (host,) = collected_hosts.load(options).hosts
    assert host.image_settings is None
    (finding,) = host.found
    assert f'hosts[0].{field}' in finding.explanation
    assert finding.explanation.isprintable()


@pytest.mark.parametrize('value', [False, 0, 'x', [], 7])
def test_a_fleet_is_an_object_or_none(
    value: Any, tmp_path: pathlib.Path
) -> None:
    document = writer.of(fleets.of({'a': hosts.nova_conf()}))
    document['fleet'] = value
    path = tmp_path / 'a.json'
    path.write_text(json.dumps(document), encoding='utf-8')
    options = command_line.parse(['report', str(path)])
    (host,) = collected_hosts.load(options).hosts
    assert host.image_settings is None
    assert 'fleet' in host.found[0].explanation
