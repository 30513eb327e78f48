# SPDX-License-Identifier: Apache-2.0

"""The model is the one that was held against Nova, in each case.

If this differs, it is another one: run each case of it against both Novas,
``tox -e nova,nova-28 -- --together 99``. If they agree, write the cases anew
with ``UPDATE_GOLDEN=1 pytest tests/unit/nova/test_model.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
import functools
import itertools
import os
import pathlib

from nova_cow_check.nova import backends
from nova_cow_check.nova import operations

GOLDEN = pathlib.Path(__file__).with_name('model.txt')

HOSTS = [
    backends.Behaviour(backend, use_cow_images, force_raw_images)
    for backend, use_cow_images, force_raw_images in itertools.product(
        (backends.Backend.QCOW2, backends.Backend.FLAT),
        (True, False),
        (True, False),
    )
]

Operation = Callable[
    [operations.DiskFile, backends.Behaviour], 'operations.DiskFile | None'
]

OPERATIONS: Mapping[str, Operation] = {
    'moved': operations.moved,
    'moved, shared': functools.partial(operations.moved, is_shared=True),
    'restarted': operations.restarted,
    'live migrated': operations.live_migrated,
}


def beginnings() -> Iterator[operations.DiskFile]:
    """Yield new disks, also without an entry and with a guest's header."""
    for disk, host in itertools.product(operations.Disk, HOSTS):
        file = operations.new(disk, host)
        yield file
        yield file._replace(recorded=None)
        if file.xml is backends.DiskFormat.RAW:
            looks = backends.DiskFormat.QCOW2
            yield file._replace(recorded=None, looks=looks)


def reached(files: Iterable[operations.DiskFile]) -> list[operations.DiskFile]:
    """Return these disks, and all that the operations make of them."""
    found = dict.fromkeys(files)
    left = list(found)
    while left:
        file = left.pop(0)
        for operate, host in itertools.product(OPERATIONS.values(), HOSTS):
            made = operate(file, host)
            if made is not None and made not in found:
                found[made] = None
                left.append(made)
    return list(found)


def described(file: operations.DiskFile) -> str:
    """Return a disk as a line: what it is, and what a guest meets."""
    formats = [
        f'{name} {value.value if value else "none"}'
        for name in ('format', 'xml', 'recorded', 'backing', 'base', 'looks')
        for value in [getattr(file, name)]
    ]
    flags = [n for n in ('header_is_guests', 'is_nested') if getattr(file, n)]
    harm = operations.harm_of(file).name
    return ', '.join([file.disk.name, *formats, *flags, harm])


def listed() -> Iterator[str]:
    """Yield the lines: each disk, and the number of what becomes of it."""
    files = reached(beginnings())
    numbers = {file: str(number) for number, file in enumerate(files)}
    for file, number in numbers.items():
        yield f'{number}: {described(file)}'
        for name, operate in OPERATIONS.items():
            made = (operate(file, host) for host in HOSTS)
            row = (numbers[one] if one else 'refused' for one in made)
            yield f'    {name}: {" ".join(row)}'


def test_every_case_is_as_nova_was_seen_to_do_it() -> None:
    found = ''.join(f'{line}\n' for line in listed())
    if os.environ.get('UPDATE_GOLDEN'):
        GOLDEN.write_text(found, encoding='utf-8')
    assert found == GOLDEN.read_text(encoding='utf-8')
