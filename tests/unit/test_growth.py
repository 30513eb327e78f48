# SPDX-License-Identifier: Apache-2.0

"""What a host costs grows with its files, and no faster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import sys

from oslo_config import cfg
import pytest

from nova_cow_check.formats import interface
from nova_cow_check.settings import host_config
from tests.unit.fixer import fixes
from tests.unit import fleets
from tests.unit import hosts

_START = f'[DEFAULT]\ncompute_driver = {hosts.LIBVIRT}\n'

Files = dict[str, bytes]


def one_file(text: str) -> Files:
    return {'nova.conf': (_START + text).encode()}


#: What there is much of -> files with so many of it.
KINDS: dict[str, Callable[[int], Files]] = {
    'an option set again': lambda n: one_file('use_cow_images = True\n' * n),
    'invalid values': lambda n: one_file('use_cow_images = maybe\n' * n),
    'an option to remove': lambda n: one_file(
        '[libvirt]\nimages_type = rbd\n[DEFAULT]\n'
        + 'use_cow_images = True\nx = 1\n' * n
    ),
    'another option set again': lambda n: one_file('a=b\n' * n),
    'other options': lambda n: one_file(
        ''.join(f'a{one}=b\n' for one in range(n))
    ),
    'sections': lambda n: one_file(
        ''.join(f'[s{one}]\na=b\n' for one in range(n))
    ),
    'a section again': lambda n: one_file('[libvirt]\na=b\n' * n),
    'lines of a value': lambda n: one_file('a=\n' + ' b\n' * n),
    'lines of an own value': lambda n: one_file(
        'use_cow_images = True\n' + ' b\n' * n
    ),
    'ignored lines': lambda n: one_file('images_type = raw\n' * n),
    'ignored names': lambda n: one_file(
        ''.join(f'[s{one}]\nimages_type = raw\n' for one in range(n))
    ),
    'comments': lambda n: one_file('#use_cow_images = True\n' * n),
    'files': lambda n: {
        f'{one}.conf': (_START + 'use_cow_images = True\n').encode()
        for one in range(n)
    },
    'references': lambda n: one_file('use_cow_images = $a\na = True\n' * n),
}

MORE = 16

#: Where the work grows with the square, it is 256 times as much.
MOST = 24


@pytest.mark.parametrize('kind', [one for one in KINDS if one != 'files'])
def test_reading_is_as_much_more_work_as_there_is_more(kind: str) -> None:
    _require_linear(fixes.judged, KINDS[kind], 200)


@pytest.mark.parametrize('kind', KINDS)
def test_fix_is_as_much_more_work_as_there_is_more(kind: str) -> None:
    _require_linear(fixes.make, KINDS[kind], 100)


def _require_linear(
    run: Callable[[Files], object], make: Callable[[int], Files], number: int
) -> None:
    # What is loaded and remembered at first is no part of it.
    run(make(1))
    few, more = make(number), make(number * MORE)
    # In this order: what is remembered of the few makes no more of it.
    before = _counted(run, few)
    assert _counted(run, more) < MOST * before


def _counted(run: Callable[[Files], object], contents: Files) -> int:
    """Return how many calls it takes: the same however fast they are.

    What one call copies is not seen; the bench shows that.
    """
    calls = 0

    def count(_frame: object, _event: str, _argument: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        run(contents)
    finally:
        sys.setprofile(None)
    return calls


def _reports(text: str) -> Iterator[int]:
    whole = fleets.of({'compute1': _START + text})
    for name in ('html', 'journal', 'json', 'junit', 'sarif', 'text', 'yaml'):
        pieces = interface.load(name)(whole, interface.Appearance())
        yield len(''.join(pieces))


def test_a_report_tells_no_more_than_people_can_read() -> None:
    few, more = (
        list(_reports('images_type = raw\n' * number))
        for number in (101, 100_000)
    )
    for size, larger in zip(few, more):
        assert larger < 1.1 * size


def test_values_of_an_option_in_many_files_are_in_order() -> None:
    found = fixes.read(
        {str(n): f'[x]\na = {n}\na = b\n'.encode() for n in range(3)}
    )
    conf = host_config.HostConfig(found)
    conf.register_opt(cfg.MultiStrOpt('a'), group='x')
    assert conf.x.a == ['0', 'b', '1', 'b', '2', 'b']
