#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.
from __future__ import annotations

import pytest

from nova_cow_check import findings
from nova_cow_check.fixer import assignments
from nova_cow_check import origins
from nova_cow_check.sources import files
from tests.unit.fixer import fixes

FILE = files.parse(
    'f', b'[DEFAULT]\na = 1\nb = 1\na = 2\n[Libvirt]\na = 1\n  2\n'
)


def change(value: str | None, number: int) -> findings.Change:
    """Return the change of an assignment of the file, by its number."""
    found = FILE.assignments[number]
    action = findings.Action.SET if value else findings.Action.REMOVE
    return findings.Change(
        action, found.group, found.name, value, found.origin
    )


def test_a_key_has_the_group_as_oslo_config_looks_it_up() -> None:
    assert list(map(assignments.key_of, FILE.assignments)) == [
        ('DEFAULT', 'a'),
        ('DEFAULT', 'b'),
        ('DEFAULT', 'a'),
        ('libvirt', 'a'),
    ]
    assert assignments.keys_of([change('x', 0), change(None, 3)]) == {
        ('DEFAULT', 'a'),
        ('libvirt', 'a'),
    }


def test_others_are_as_written() -> None:
    assert assignments.others(FILE, {('DEFAULT', 'a')}) == [
        ('DEFAULT', 'b', '1'),
        ('Libvirt', 'a', '1\n2'),
    ]


@pytest.mark.parametrize(
    'changes, expected',
    [
        ([], ['a=1', 'b=1', 'a=2', 'a=1\n2']),
        ([change('x', 2)], ['a=1', 'b=1', 'a=x', 'a=1\n2']),
        ([change(None, 0), change('x', 3)], ['b=1', 'a=2', 'a=x']),
    ],
)
def test_expected(changes: list[findings.Change], expected: list[str]) -> None:
    after = assignments.expected(FILE, changes)
    assert [f'{name}={text}' for _group, name, text in after] == expected


def test_without_takes_an_addition_away_once() -> None:
    nowhere = origins.Origin(origins.OriginKind.DEFAULT)
    found, missing = (
        findings.Change(findings.Action.SET, group, 'a', '1\n2', nowhere)
        for group in ('libvirt', 'DEFAULT')
    )
    rest, added = assignments.without(FILE, [found, missing])
    assert added == [found]
    assert rest == assignments.others(FILE, {('libvirt', 'a')})


def test_without_leaves_an_addition_that_is_there_twice() -> None:
    content = b'[libvirt]\na = 1\na = 1\n'
    nowhere = origins.Origin(origins.OriginKind.DEFAULT)
    added = findings.Change(findings.Action.SET, 'libvirt', 'a', '1', nowhere)
    rest, found = assignments.without(files.parse('f', content), [added])
    assert (rest, found) == ([('libvirt', 'a', '1')], [added])


def test_a_file_that_is_read_twice_is_compared_once() -> None:
    before = fixes.read({'a': b'', 'b': b''}, order=['a', 'b', 'a'])
    pairs = list(assignments.pairs(before, before))
    assert [old.path for old, _new in pairs] == ['a', 'b']
