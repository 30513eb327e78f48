# SPDX-License-Identifier: Apache-2.0

"""What becomes of guests that are live migrated: the table, and its sense.

That it does what Nova does is shown by tests/nova and tests/guests.
"""

from __future__ import annotations

import itertools

import pytest

from nova_cow_check.nova import backends
from nova_cow_check.nova import harms
from nova_cow_check.nova import live_migration
from nova_cow_check.nova import operations

Backend, Disk = backends.Backend, operations.Disk
Harm, How, Outcome = harms.Harm, harms.How, harms.Outcome

HOSTS = [
    backends.Behaviour(backend, cow, force)
    for backend, cow, force in itertools.product(
        Backend, (True, False), (True, False)
    )
]
FILES = [h for h in HOSTS if h.backend in operations.FILE_BACKENDS]
BOTH = pytest.mark.parametrize(
    'is_shared', [False, True], ids=['block', 'shared']
)

QCOW2 = backends.Behaviour(Backend.QCOW2, True, True)
QCOW2_AS_IS = QCOW2._replace(force_raw_images=False)
FLAT = backends.Behaviour(Backend.FLAT, False, True)
FLAT_AS_IS = FLAT._replace(force_raw_images=False)
RBD = backends.Behaviour(Backend.RBD, True, True)
LVM = backends.Behaviour(Backend.LVM, True, True)
PLOOP = backends.Behaviour(Backend.PLOOP, True, True)

_REFUSED = 'live migration refused'
_READS = 'reads host files'

# between(source, destination): root from raw, root from qcow2, ephemeral, swap
TABLE = [
    # Whatever use_cow_images is: nothing is converted.
    (FLAT, FLAT._replace(use_cow_images=True), 'fine, fine, fine, fine'),
    (FLAT_AS_IS, FLAT, 'fine, fine, fine, fine'),
    (QCOW2, QCOW2._replace(use_cow_images=False), 'fine, fine, fine, fine'),
    # The destination makes backing files of its own.
    (QCOW2, QCOW2_AS_IS, 'fine, fine, fine, fine'),
    (QCOW2_AS_IS, QCOW2, 'fine, fine, fine, fine'),
    (FLAT, QCOW2, f'{_READS}, {_READS}, {_READS}, {_READS}'),
    (FLAT_AS_IS, QCOW2, f'{_READS}, fine, {_READS}, {_READS}'),
    (QCOW2, FLAT, f'{_REFUSED}, {_REFUSED}, {_REFUSED}, {_REFUSED}'),
    # It copies the image, which is qcow2, as the guest expects.
    (QCOW2, FLAT_AS_IS, f'{_REFUSED}, fine, {_REFUSED}, {_REFUSED}'),
]


@pytest.mark.parametrize('source, destination, harms_of_disks', TABLE)
def test_block_migration(
    source: backends.Behaviour,
    destination: backends.Behaviour,
    harms_of_disks: str,
) -> None:
    found = live_migration.between(source, destination)
    assert ', '.join(p.harm.value for p in found.passages) == harms_of_disks


@pytest.mark.parametrize(
    'source, destination, harms_of_disks',
    [
        *(row for row in TABLE if Backend.FLAT is not row[0].backend),
        (FLAT, QCOW2, f'{_READS}, {_READS}, {_READS}, {_READS}'),
        # Either may have fetched the image.
        (FLAT_AS_IS, QCOW2, f'{_READS}, {_READS}, {_READS}, {_READS}'),
        (FLAT_AS_IS, QCOW2_AS_IS, f'{_READS}, fine, {_READS}, {_READS}'),
        (FLAT, FLAT, 'fine, fine, fine, fine'),
    ],
)
def test_on_shared_storage_nothing_is_refused(
    source: backends.Behaviour,
    destination: backends.Behaviour,
    harms_of_disks: str,
) -> None:
    found = live_migration.between(source, destination, True)
    told = ', '.join(p.harm.value for p in found.passages)
    assert told == harms_of_disks.replace(_REFUSED, 'fine')


@BOTH
@pytest.mark.parametrize(
    'source, destination', [*itertools.product(HOSTS, HOSTS)]
)
def test_use_cow_images_counts_for_no_live_migration(
    source: backends.Behaviour,
    destination: backends.Behaviour,
    is_shared: bool,
) -> None:
    found = live_migration.between(source, destination, is_shared)
    assert found == live_migration.between(
        source._replace(use_cow_images=True),
        destination._replace(use_cow_images=True),
        is_shared,
    )


# block, on shared storage: all disks fare alike
@pytest.mark.parametrize(
    'source, destination, block, shared',
    [
        (RBD, RBD, 'fine', 'fine'),
        (FLAT, RBD, 'start fails', 'start fails'),
        (QCOW2, RBD, _REFUSED, 'start fails'),
        (RBD, FLAT, 'start fails', 'start fails'),
        (RBD, LVM, 'start fails', 'start fails'),
        (LVM, LVM, _REFUSED, _REFUSED),
        (LVM, QCOW2, _REFUSED, _REFUSED),
        (QCOW2, PLOOP, _REFUSED, 'start fails'),
        (
            RBD._replace(force_raw_images=False),
            RBD,
            'nova-compute stopped',
            'nova-compute stopped',
        ),
        (
            PLOOP,
            RBD._replace(force_raw_images=False),
            'nova-compute stopped',
            'nova-compute stopped',
        ),
    ],
)
def test_disks_that_are_no_files(
    source: backends.Behaviour,
    destination: backends.Behaviour,
    block: str,
    shared: str,
) -> None:
    for is_shared, harm in ((False, block), (True, shared)):
        found = live_migration.between(source, destination, is_shared)
        assert {passage.harm.value for passage in found.passages} == {harm}


@BOTH
def test_only_of_ploop_nothing_is_known(is_shared: bool) -> None:
    for source, destination in itertools.product(HOSTS, HOSTS):
        found = live_migration.between(source, destination, is_shared)
        is_known = found.outcome is not None
        assert is_known is not (
            source.backend is Backend.PLOOP and not destination.is_refused
        )
        assert [p.disk for p in found.passages] == [*Disk] * is_known


@pytest.mark.parametrize(
    'source, destination, outcome, how',
    [
        (QCOW2, QCOW2, Outcome.FINE, None),
        (QCOW2, FLAT_AS_IS, Outcome.BREAKS, How.LIVE_REFUSED),
        (FLAT, QCOW2, Outcome.UNSAFE, How.AT_RESTART),
        (FLAT, RBD, Outcome.BREAKS, How.AT_RESTART),
        (LVM, FLAT, Outcome.BREAKS, How.LIVE_REFUSED),
        (
            RBD._replace(force_raw_images=False),
            RBD,
            Outcome.BREAKS,
            How.LIVE_REFUSED,
        ),
        (PLOOP, PLOOP, None, None),
    ],
)
def test_what_stays_is_told_from_what_breaks_later(
    source: backends.Behaviour,
    destination: backends.Behaviour,
    outcome: Outcome | None,
    how: How | None,
) -> None:
    found = live_migration.between(source, destination)
    assert (found.outcome, found.how) == (outcome, how)


@BOTH
def test_what_is_not_fine_shows(is_shared: bool) -> None:
    for source, destination in itertools.product(HOSTS, HOSTS):
        found = live_migration.between(source, destination, is_shared)
        is_fine = found.outcome in (Outcome.FINE, None)
        assert (found.how is None) is is_fine
