# SPDX-License-Identifier: Apache-2.0

"""The tables of bug.rst: what the one model says of settings and moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import itertools

from nova_cow_check.nova import backends
from nova_cow_check.nova import harms
from nova_cow_check.nova import live_migration
from nova_cow_check.nova import operations
from nova_cow_check.nova import opts
from nova_cow_check.nova import ways_out
from nova_cow_check.rules import disk_wording
from tests.functional import written
from tests.unit import hosts

PAGE = 'bug.rst'

BOTH = (True, False)
RAW, QCOW2 = backends.DiskFormat.RAW, backends.DiskFormat.QCOW2
Behaviour, Disk = backends.Behaviour, operations.Disk

DISKS = ('From a raw image', 'From a qcow2 image', 'Ephemeral', 'Swap')


def settings() -> str:
    """Return which backend each pair means, and which rules find it."""
    rows = []
    for images_type, cow in itertools.product(opts.IMAGES_TYPES, BOTH):
        content = hosts.nova_conf(
            images_type=images_type, use_cow_images=str(cow)
        )
        rules = hosts.host(content).rules()
        backend = backends.backend_of(images_type, cow).value
        links = ', '.join(f':doc:`rules/{rule}`' for rule in rules)
        rows.append((images_type, str(cow), backend, links or 'none'))
    return _table(
        ('images_type', 'use_cow_images', 'Backend', 'Found by'), rows, [1]
    )


def new_disks() -> str:
    """Return the root disk that each backend makes."""
    rows = [
        (
            backend.value,
            str(force),
            _new(backend, force, RAW),
            _new(backend, force, QCOW2),
        )
        for backend, force in itertools.product(backends.Backend, BOTH)
    ]
    heading = ('Backend', 'force_raw_images', *DISKS[:2])
    return _table(heading, rows, [1])


def _new(
    backend: backends.Backend, force: bool, image: backends.DiskFormat
) -> str:
    if Behaviour(backend, True, force).is_refused:
        return 'nova-compute does not start'
    made = backends.NEW_DISKS.get((backend, force, image))
    if made is None:
        return 'none'
    # The page says so of all of them.
    assert made.xml is made.disk
    if made.backing is None:
        return made.disk.value
    return f'{made.disk.value}, on {made.backing.value}'


def arrivals() -> str:
    """Return what a move does to disks, by the settings of the destination."""
    rows = []
    for backend, cow in _files():
        found = operations.arrivals(Behaviour(backend, cow, True))
        # The table has no column for it.
        assert [(one.arriving, one.passages) for one in found] == [
            (one.arriving, one.passages)
            for one in operations.arrivals(Behaviour(backend, cow, False))
        ]
        for one in found:
            met = _harms(passage.harm for passage in one.passages)
            rows.append((backend.value, str(cow), one.arriving.value, *met))
    heading = (
        'Backend there',
        'use_cow_images',
        'Arriving',
        'Root disk',
        *DISKS[2:],
    )
    return _table(heading, rows, [])


def moves() -> str:
    """Return what a resize or cold migration does, for each two backends."""
    rows = [
        (
            source.value,
            to.value,
            str(cow),
            *_harms(
                passage.harm
                for passage in operations.between(
                    Behaviour(source, True, True), Behaviour(to, cow, True)
                )
            ),
        )
        for source, to, cow in _pairs()
    ]
    return _table(('From', 'To', 'use_cow_images', *DISKS), rows, [2])


def force_raw_images() -> str:
    """Return what a move does where hosts with qcow2 differ in that."""
    rows = [
        (
            str(source),
            str(to),
            *_harms(
                passage.harm
                for passage in operations.between(
                    Behaviour(backends.Backend.QCOW2, True, source),
                    Behaviour(backends.Backend.QCOW2, True, to),
                )
            ),
        )
        for source, to in itertools.product(BOTH, BOTH)
    ]
    return _table(('From', 'To', *DISKS), rows, [])


def restarts() -> str:
    """Return what a guest meets whose host has another backend by now."""
    rows = []
    for (earlier, _cow), (now, cow) in itertools.product(_files(), _files()):
        for force in BOTH:
            host = Behaviour(now, cow, force)
            made = Behaviour(earlier, True, force)
            met = _harms(
                operations.harm_of(
                    operations.restarted(operations.new(disk, made), host)
                )
                for disk in Disk
            )
            rows.append((earlier.value, now.value, str(cow), str(force), *met))
    alike = written.without_what_is_alike([*dict.fromkeys(rows)], [2, 3])
    # No column for what changes nothing at a restart.
    assert {row[2] for row in alike} == {'any'}
    rows = [(*row[:2], *row[3:]) for row in alike]
    return _table(('Made by', 'Now', 'force_raw_images', *DISKS), rows, [])


def live_migrations() -> str:
    """Return what a live migration leads to, for each two backends."""
    rows = []
    for source, to, cow in _pairs():
        pair = Behaviour(source, True, True), Behaviour(to, cow, True)
        found = [
            _live(live_migration.between(*pair, is_shared=is_shared))
            for is_shared in (False, True)
        ]
        rows.append((source.value, to.value, str(cow), *found))
    alike = written.without_what_is_alike(rows, [2])
    assert {row[2] for row in alike} == {'any'}
    rows = [(*row[:2], *row[3:]) for row in alike]
    return _table(
        ('From', 'To', 'Block migration', 'On a shared instances_path'),
        rows,
        [],
    )


def _live(one: live_migration.LiveMigration) -> str:
    if one.outcome is None:
        return 'not known'
    if one.how is None:
        return harms.Harm.FINE.value
    worst = max(
        (passage.harm for passage in one.passages), key=lambda h: h.outcome
    )
    if one.how is harms.How.LIVE_REFUSED:
        return worst.value
    return f'{one.how.value}: {worst.value}'


def ways() -> str:
    """Return the safe way between each two backends."""
    rows = []
    for source, to, cow in _pairs():
        pair = Behaviour(source, True, True), Behaviour(to, cow, True)
        found = [
            _way(ways_out.between(*pair, is_shared=is_shared))
            for is_shared in (False, True)
        ]
        rows.append((source.value, to.value, str(cow), *found))
    heading = (
        'From',
        'To',
        'use_cow_images',
        'Safe',
        'On a shared instances_path',
    )
    return _table(heading, rows, [2])


def _way(one: ways_out.WayOut | None) -> str:
    if one is None:
        return 'any move'
    return f'{one.way.value} [1]_' if one.destination_breaks else one.way.value


def meanings() -> str:
    """Return a definition of each word for a harm."""
    lines: list[str] = []
    for harm in [one for one in harms.Harm if one is not harms.Harm.FINE]:
        said = disk_wording.passage(
            operations.Passage(Disk.ROOT_FROM_RAW_IMAGE, harm)
        )
        _disk, _colon, sentence = said.partition(': ')
        lines += [
            f'{harm.value} ({harm.outcome.name.lower()})',
            *written.wrapped(sentence, indent=4),
            '',
        ]
    return '\n'.join(lines).rstrip()


def _files() -> Iterator[tuple[backends.Backend, bool]]:
    """Yield backends whose disks are files, and values of use_cow_images."""
    for backend in backends.Backend:
        if backend in operations.FILE_BACKENDS:
            yield from ((backend, cow) for cow in BOTH)


def _pairs() -> Iterator[tuple[backends.Backend, backends.Backend, bool]]:
    """Yield two backends, and use_cow_images of the destination."""
    yield from itertools.product(backends.Backend, backends.Backend, BOTH)


def _harms(found: Iterable[harms.Harm]) -> tuple[str, ...]:
    return tuple(harm.value for harm in found)


def _table(
    heading: written.Row, rows: list[tuple[str, ...]], columns: list[int]
) -> str:
    return written.table(heading, written.without_what_is_alike(rows, columns))


PARTS = [
    written.Part(PAGE, make.__name__.replace('_', '-'), make)
    for make in (
        settings,
        new_disks,
        arrivals,
        moves,
        force_raw_images,
        restarts,
        live_migrations,
        ways,
        meanings,
    )
]
