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
"""Bytes that must stay: each kind of change to them is refused."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from nova_cow_check.fixer import lines
from nova_cow_check.fixer import proof
from nova_cow_check.fixer import remainder
from nova_cow_check.sources import files

BEFORE = (
    b'# comment \n\n[DEFAULT]\r\npassword = secret\nuse_cow_images = 1\n'
    b'other  =  1 \n[x]\ny = 1'
)

RIGHT = BEFORE.replace(b'images = 1', b'images = 0')

HUNK = lines.Hunk(5, (b'use_cow_images = 1\n',), 5, (b'use_cow_images = 0\n',))

OUTSIDE = 'bytes outside the edited lines would change in f'
ANOTHER = 'a line of another option would be edited in f'


def check(
    after: bytes, hunks: Iterable[lines.Hunk], before: bytes = BEFORE
) -> None:
    remainder.check(
        files.parse('f', before),
        files.parse('f', after),
        before,
        after,
        tuple(hunks),
        {('DEFAULT', 'use_cow_images'), ('libvirt', 'images_type')},
    )


def refusal(
    after: bytes, hunks: Iterable[lines.Hunk], before: bytes = BEFORE
) -> str:
    with pytest.raises(proof.NotProven) as raised:
        check(after, hunks, before)
    assert 'secret' not in str(raised.value)
    return str(raised.value).partition(': ')[2]


def test_the_right_edit() -> None:
    check(RIGHT, [HUNK])
    check(BEFORE, [])


@pytest.mark.parametrize(
    'old, new',
    [
        (b'# comment ', b'# Comment '),
        (b'# comment \n', b'# comment\n'),
        (b'# comment \n', b''),
        (b'\n\n', b'\n'),
        (b'\n\n', b'\n\n\n'),
        (b'\r\n', b'\n'),
        (b'\r\n', b'\r'),
        (b'other  =  1 ', b'other = 1'),
        (b'other  =  1 ', b'other  =  1'),
        (b'y = 1', b'y: 1'),
        (b'y = 1', b'"y" = 1'),
        (b'y = 1', b'y = "1"'),
        (b'y = 1', b'y =\n 1'),
        (b'[x]\n', b'[x]\n\n'),
        (b'[x]', b'[X]'),
        (b'images = 0\n', b'images = 0\n\n'),
    ],
)
def test_a_change_outside(old: bytes, new: bytes) -> None:
    assert old in RIGHT
    assert refusal(RIGHT.replace(old, new), [HUNK]) == OUTSIDE


@pytest.mark.parametrize(
    'hunks',
    [
        [],
        [HUNK._replace(before=4, after=4)],
        [HUNK._replace(after=6)],
        [HUNK._replace(removed=(b'use_cow_images = 2\n',))],
        [HUNK._replace(added=(b'use_cow_images = 2\n',))],
        [HUNK._replace(removed=())],
        [HUNK._replace(added=())],
        [HUNK, HUNK],
    ],
)
def test_wrong_hunks(hunks: list[lines.Hunk]) -> None:
    assert refusal(RIGHT, hunks) == OUTSIDE


@pytest.mark.parametrize(
    'old, new',
    [
        (b'password = secret\n', b''),
        (b'password = secret\n', b'# password = secret\n'),
        (b'password = secret\n', b'password = secret\n# made up\n'),
        (b'password = secret\n', b'password = secret\nmore = secret\n'),
        (b'password = secret\n', b'password = secret\n[more]\n'),
        (b'\n[DEFAULT]\r\n', b'[DEFAULT]\r\n'),
        (b'# comment \n', b''),
        (b'[x]\n', b''),
    ],
)
def test_a_hunk_with_a_line_of_something_else(old: bytes, new: bytes) -> None:
    after = BEFORE.replace(old, new)
    before = lines.split(BEFORE)
    number = next(
        one.number for one in before if BEFORE.find(old) < end_of(one)
    )
    assert number is not None
    hunk = lines.Hunk(
        number,
        tuple(line.data for line in lines.split(old)),
        number,
        tuple(line.data for line in lines.split(new)),
    )
    assert refusal(after, [hunk]) == ANOTHER


def end_of(line: lines.Line) -> int:
    above = lines.split(BEFORE)[: line.number]
    return sum(len(one.data) for one in above)


@pytest.mark.parametrize(
    'added', [b'# made up\n', b'; made up\n', b'more = 1\n', b'[more]\n']
)
def test_a_hunk_that_adds_something_else(added: bytes) -> None:
    after = BEFORE.replace(b'use_cow', added + b'use_cow')
    assert refusal(after, [lines.Hunk(5, (), 5, (added,))]) == ANOTHER


@pytest.mark.parametrize(
    'added',
    [
        (b'use_cow_images: 0\n',),
        (b'# why\n', b'use_cow_images = 0\n'),
        (b'\n', b'[DEFAULT]\n', b'use_cow_images = 0\n'),
    ],
)
def test_what_an_edit_may_add(added: tuple[bytes, ...]) -> None:
    before = b'[DEFAULT]\nuse_cow_images = 1 # why\n'
    after = b'[DEFAULT]\n' + b''.join(added)
    hunk = lines.Hunk(2, (b'use_cow_images = 1 # why\n',), 2, added)
    check(after, [hunk], before)


def test_a_last_line_may_get_an_end_when_another_one_follows() -> None:
    added = (b'[libvirt]\n', b'images_type = raw')
    hunk = lines.Hunk(9, (), 9, added)
    check(BEFORE + b'\n' + b''.join(added), [hunk])


@pytest.mark.parametrize('end', [b'\n', b'\r\n'])
def test_a_last_line_gets_no_end_otherwise(end: bytes) -> None:
    assert refusal(RIGHT + end, [HUNK]) == OUTSIDE


def test_a_last_line_keeps_its_end() -> None:
    after = (RIGHT + b'\n')[:-1]
    assert refusal(after, [HUNK], BEFORE + b'\n') == OUTSIDE
