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

"""What happens to disks between hosts: the table's shape, and its sense.

That it says what Nova does is shown by tests/nova.
"""

from __future__ import annotations

import itertools

import pytest

from nova_cow_check import backends
from nova_cow_check import pairs

Backend, Disk, Harm = backends.Backend, pairs.Disk, pairs.Harm

HOSTS = [
    backends.Behaviour(backend, cow, force)
    for backend, cow, force in itertools.product(
        Backend, (True, False), (True, False)
    )
]
FILES = [h for h in HOSTS if h.backend in {Backend.QCOW2, Backend.FLAT}]

QCOW2 = backends.Behaviour(Backend.QCOW2, True, True)
QCOW2_WITHOUT_COW = backends.Behaviour(Backend.QCOW2, False, True)
FLAT = backends.Behaviour(Backend.FLAT, False, True)
FLAT_WITH_COW = backends.Behaviour(Backend.FLAT, True, True)
RBD = backends.Behaviour(Backend.RBD, True, True)
RBD_WITHOUT_FORCE = backends.Behaviour(Backend.RBD, True, False)
LVM = backends.Behaviour(Backend.LVM, False, True)
LVM_WITH_COW = backends.Behaviour(Backend.LVM, True, True)
PLOOP = backends.Behaviour(Backend.PLOOP, False, True)

#: What MOVES says about the disk that arrives, and what that makes of it.
EFFECTS = {
    backends.Effect.FINE: Harm.FINE,
    backends.Effect.STALE_DISK_INFO: Harm.CANNOT_GROW,
    backends.Effect.DOES_NOT_START: Harm.DOES_NOT_START,
    backends.Effect.READS_HOST_FILES: Harm.READS_HOST_FILES,
}


@pytest.mark.parametrize('source', HOSTS)
def test_every_disk_has_a_passage_to_every_host(
    source: backends.Behaviour,
) -> None:
    for destination in HOSTS:
        passages = pairs.between(source, destination)
        assert [passage.disk for passage in passages] == list(Disk)


@pytest.mark.parametrize(
    'image, disk',
    [
        (backends.DiskFormat.RAW, Disk.ROOT_FROM_RAW_IMAGE),
        (backends.DiskFormat.QCOW2, Disk.ROOT_FROM_QCOW2_IMAGE),
    ],
)
def test_root_disks_fare_as_the_table_of_moves_says(
    image: backends.DiskFormat, disk: Disk
) -> None:
    """MOVES is about hosts whose force_raw_images is the same."""
    for source, destination in itertools.product(FILES, FILES):
        force = source.force_raw_images
        if destination.force_raw_images != force:
            continue
        new_disk = backends.NEW_DISKS[source.backend, force, image].disk
        move = backends.MOVES[
            destination.backend, destination.use_cow_images, new_disk
        ]
        passages = dict(pairs.between(source, destination))
        assert passages[disk] is EFFECTS[move.effect]


# between(source, destination): root from raw, root from qcow2, ephemeral, swap
@pytest.mark.parametrize(
    'source, destination, harms',
    [
        (QCOW2, QCOW2, 'fine, fine, fine, fine'),
        (FLAT, FLAT, 'fine, fine, fine, fine'),
        (
            FLAT,
            QCOW2,
            'cannot grow, cannot grow, stale disk.info, unreadable',
        ),
        (QCOW2, FLAT, 'fine, fine, missing backing file, does not start'),
        (
            FLAT_WITH_COW,
            FLAT_WITH_COW,
            'does not start, does not start, unreadable, unreadable',
        ),
        (
            FLAT,
            QCOW2_WITHOUT_COW,
            'reads host files, reads host files, reads host files, fine',
        ),
        (
            QCOW2,
            QCOW2._replace(force_raw_images=False),
            'fine, wrong data, fine, fine',
        ),
        (
            QCOW2._replace(force_raw_images=False),
            QCOW2,
            'fine, unreadable backing file, fine, fine',
        ),
        (QCOW2, RBD, 'move fails, move fails, data lost, fine'),
        (FLAT, RBD, 'move fails, move fails, data lost, move fails'),
        (QCOW2, LVM_WITH_COW, 'data lost, data lost, data lost, fine'),
        (FLAT, LVM, 'data lost, data lost, data lost, fine'),
        (FLAT, LVM_WITH_COW, 'data lost, data lost, data lost, move fails'),
        (
            QCOW2,
            PLOOP,
            'does not start, does not start, does not start, fine',
        ),
        (
            FLAT,
            PLOOP,
            'does not start, does not start, does not start, fine',
        ),
        (
            FLAT,
            PLOOP._replace(use_cow_images=True),
            'does not start, does not start, does not start, does not start',
        ),
        (RBD, QCOW2, 'data lost, data lost, data lost, fine'),
        (RBD, FLAT, 'data lost, data lost, data lost, fine'),
        (RBD, PLOOP, 'data lost, data lost, data lost, fine'),
        (RBD, LVM, 'data lost, data lost, data lost, fine'),
        (RBD, RBD, 'fine, fine, fine, fine'),
        (PLOOP, PLOOP, 'fine, fine, fine, fine'),
        (
            PLOOP,
            QCOW2,
            'does not start, does not start, does not start, fine',
        ),
        (
            PLOOP,
            FLAT,
            'does not start, does not start, does not start, fine',
        ),
        (PLOOP, RBD, 'move fails, move fails, data lost, fine'),
        (PLOOP, LVM, 'data lost, data lost, data lost, fine'),
    ],
)
def test_between(
    source: backends.Behaviour, destination: backends.Behaviour, harms: str
) -> None:
    passages = pairs.between(source, destination)
    assert ', '.join(passage.harm.value for passage in passages) == harms


# all disks fare alike
@pytest.mark.parametrize(
    'source, destination, harm',
    [
        *((LVM, host, Harm.REFUSED) for host in (QCOW2, FLAT, RBD, LVM)),
        (RBD_WITHOUT_FORCE, RBD, Harm.NOVA_COMPUTE_STOPPED),
        (RBD_WITHOUT_FORCE, QCOW2, Harm.NOVA_COMPUTE_STOPPED),
        (RBD, RBD_WITHOUT_FORCE, Harm.NOVA_COMPUTE_STOPPED),
        (LVM, RBD_WITHOUT_FORCE, Harm.NOVA_COMPUTE_STOPPED),
        (FLAT, RBD_WITHOUT_FORCE, Harm.NOVA_COMPUTE_STOPPED),
    ],
)
def test_instance_that_is_not_moved(
    source: backends.Behaviour, destination: backends.Behaviour, harm: Harm
) -> None:
    passages = pairs.between(source, destination)
    assert {passage.harm for passage in passages} == {harm}


@pytest.mark.parametrize('source', HOSTS)
def test_hosts_between_which_every_disk_is_fine(
    source: backends.Behaviour,
) -> None:
    """One backend, and one force_raw_images between qcow2 hosts."""
    for destination in HOSTS:
        forces = {source.force_raw_images, destination.force_raw_images}
        is_fine = (
            source.backend is destination.backend
            and {
                Backend.QCOW2: len(forces) == 1,
                Backend.FLAT: not destination.use_cow_images,
                Backend.RBD: forces == {True},
                Backend.LVM: False,
                Backend.PLOOP: True,
            }[source.backend]
        )
        outcome = pairs.worst(pairs.between(source, destination))
        assert (outcome is pairs.Outcome.FINE) == is_fine


def test_use_cow_images_of_the_source_means_nothing() -> None:
    """Given the backend that it chose, a new disk does not depend on it."""
    for source, destination in itertools.product(HOSTS, HOSTS):
        other = source._replace(use_cow_images=not source.use_cow_images)
        assert pairs.between(source, destination) == pairs.between(
            other, destination
        )


# later(*hosts): root from raw, root from qcow2, ephemeral, swap
@pytest.mark.parametrize(
    'hosts, harms',
    [
        # disk.info is believed again.
        (
            (FLAT, QCOW2, FLAT),
            'does not start, does not start, unreadable, unreadable',
        ),
        (
            (FLAT, QCOW2, QCOW2),
            'cannot grow, cannot grow, stale disk.info, unreadable',
        ),
        # The guest could write a header while the XML said raw.
        (
            (FLAT, FLAT_WITH_COW, QCOW2_WITHOUT_COW),
            'reads host files, reads host files, reads host files, unreadable',
        ),
        # Back on hosts like the first, but not back to normal.
        (
            (QCOW2, FLAT, QCOW2),
            'fine, fine, missing backing file, does not start',
        ),
        # A new disk is as good on a third host as on the second.
        ((RBD, RBD, LVM), 'data lost, data lost, data lost, fine'),
        ((RBD, FLAT, FLAT), 'data lost, data lost, data lost, fine'),
        ((RBD, FLAT, QCOW2), 'data lost, data lost, data lost, unreadable'),
    ],
)
def test_later(
    hosts: tuple[backends.Behaviour, backends.Behaviour, backends.Behaviour],
    harms: str,
) -> None:
    passages = pairs.later(*hosts)
    assert ', '.join(passage.harm.value for passage in passages) == harms


@pytest.mark.parametrize('first', HOSTS)
def test_a_second_move_makes_nothing_better(
    first: backends.Behaviour,
) -> None:
    for second, third in itertools.product(HOSTS, HOSTS):
        before = dict(pairs.between(first, second))
        for disk, harm in pairs.later(first, second, third):
            assert harm.outcome >= before[disk].outcome


def test_worst() -> None:
    fine = pairs.Passage(Disk.SWAP, Harm.FINE)
    breaks = pairs.Passage(Disk.EPHEMERAL, Harm.MOVE_FAILS)
    unsafe = pairs.Passage(Disk.ROOT_FROM_RAW_IMAGE, Harm.DATA_LOST)
    assert pairs.worst(()) is pairs.Outcome.FINE
    assert pairs.worst((fine,)) is pairs.Outcome.FINE
    assert pairs.worst((breaks, fine)) is pairs.Outcome.BREAKS
    assert pairs.worst((breaks, unsafe, fine)) is pairs.Outcome.UNSAFE


def test_outcomes() -> None:
    """A harm that nobody has judged is at least one that breaks."""
    by_outcome = {
        outcome: {harm for harm in Harm if harm.outcome is outcome}
        for outcome in pairs.Outcome
    }
    assert by_outcome[pairs.Outcome.FINE] == {
        Harm.FINE,
        Harm.STALE_DISK_INFO,
    }
    assert by_outcome[pairs.Outcome.UNSAFE] == {
        Harm.WRONG_DATA,
        Harm.READS_HOST_FILES,
        Harm.DATA_LOST,
    }


def test_every_harm_occurs() -> None:
    found = {
        passage.harm
        for source, destination in itertools.product(HOSTS, HOSTS)
        for passage in pairs.between(source, destination)
    }
    assert found == set(Harm)
