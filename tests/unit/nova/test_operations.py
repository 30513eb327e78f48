# SPDX-License-Identifier: Apache-2.0

"""What becomes of disks: the model's tables, their shape, and their sense.

That it does what Nova does is shown by tests/nova.
"""

from __future__ import annotations

import itertools
import pathlib
import re

import pytest

from nova_cow_check.nova import backends
from nova_cow_check.nova import live_migration
from nova_cow_check.nova import operations

Backend, Disk = backends.Backend, operations.Disk
Harm, How = operations.Harm, operations.How
RAW, COW = backends.DiskFormat.RAW, backends.DiskFormat.QCOW2

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


@pytest.mark.parametrize('source', HOSTS)
def test_every_disk_has_a_passage_to_every_host(
    source: backends.Behaviour,
) -> None:
    for destination in HOSTS:
        passages = operations.between(source, destination)
        assert [passage.disk for passage in passages] == list(Disk)


ROOT = Disk.ROOT_FROM_RAW_IMAGE
NEW_RAW = operations.DiskFile(ROOT, RAW, RAW, RAW, None, None)
NEW_OVERLAY = operations.DiskFile(ROOT, COW, COW, COW, RAW, RAW)


@pytest.mark.parametrize('disk', Disk)
def test_new(disk: Disk) -> None:
    assert operations.new(disk, FLAT) == NEW_RAW._replace(disk=disk)
    assert operations.new(disk, QCOW2) == NEW_OVERLAY._replace(disk=disk)


def test_force_raw_images_is_about_images_that_are_not_raw() -> None:
    as_is = QCOW2._replace(force_raw_images=False)
    backing = {disk: operations.new(disk, as_is).backing for disk in Disk}
    assert backing.pop(Disk.ROOT_FROM_QCOW2_IMAGE) is COW
    assert set(backing.values()) == {RAW}


@pytest.mark.parametrize(
    'file, host, xml',
    [
        # The flat backend obeys disk.info.
        (NEW_RAW, FLAT, RAW),
        (NEW_OVERLAY, FLAT, COW),
        (NEW_RAW._replace(format=COW, xml=COW), FLAT_WITH_COW, RAW),
        # The qcow2 backend obeys nothing.
        (NEW_RAW, QCOW2, COW),
        (NEW_OVERLAY, QCOW2_WITHOUT_COW, COW),
    ],
)
def test_restarted(
    file: operations.DiskFile,
    host: backends.Behaviour,
    xml: backends.DiskFormat,
) -> None:
    after = operations.restarted(file, host)
    assert after.xml is xml
    assert after.header_is_guests is (file.xml is RAW)
    assert after._replace(xml=file.xml, header_is_guests=False) == file


@pytest.mark.parametrize('is_shared', [False, True], ids=['block', 'shared'])
@pytest.mark.parametrize('source', FILES)
@pytest.mark.parametrize('destination', FILES)
def test_live_migrated_is_what_is_documented(
    source: backends.Behaviour,
    destination: backends.Behaviour,
    is_shared: bool,
) -> None:
    """Of a root disk from a raw image, an ephemeral and a swap disk."""
    names = source.backend.value, destination.backend.value
    page = pathlib.Path(__file__).parents[3] / 'doc/source/proof.rst'
    # A table for each.
    row = [
        line
        for line in page.read_text().splitlines()
        if tuple(line.split()[:2]) == names
    ][is_shared]
    for disk in set(Disk) - {Disk.ROOT_FROM_QCOW2_IMAGE}:
        made = operations.new(disk, source)
        moved = (
            made if is_shared else operations.live_migrated(made, destination)
        )
        if moved is None:
            told = ('QEMU refuses', 'stays where it is, and boots there')
        elif (
            operations.restarted(moved, destination).format
            is operations.restarted(moved, destination).xml
        ):
            told = ('it runs on', 'boots')
        else:
            told = ('it runs on', 'libvirt refuses it (ERROR)')
        assert re.split(r'  +', row)[2:] == list(told)


@pytest.mark.parametrize('source', FILES)
@pytest.mark.parametrize('destination', FILES)
def test_a_guest_with_a_root_disk_alone_goes_where_others_do_not(
    source: backends.Behaviour, destination: backends.Behaviour
) -> None:
    """The flat backend makes its disk of the image, as that is."""
    disk = Disk.ROOT_FROM_QCOW2_IMAGE
    made = operations.new(disk, source)
    moved = operations.live_migrated(made, destination)
    is_refused = (
        source.backend is Backend.QCOW2
        and destination.backend is Backend.FLAT
        and destination.force_raw_images
    )
    assert (moved is None) is is_refused
    if moved is not None and destination.backend is Backend.FLAT:
        after = operations.restarted(moved, destination)
        assert (after.backing, after.xml) == (None, made.format)


@pytest.mark.parametrize(
    'file, destination, after',
    [
        # The disk is converted, and disk.info is not corrected.
        (NEW_RAW, QCOW2, NEW_RAW._replace(format=COW, xml=COW, base=RAW)),
        # The guest had written to it while it was raw.
        (NEW_RAW, FLAT, NEW_RAW._replace(base=RAW, header_is_guests=True)),
        # Nothing makes the backing file there.
        (
            NEW_OVERLAY._replace(disk=Disk.EPHEMERAL),
            FLAT,
            NEW_OVERLAY._replace(disk=Disk.EPHEMERAL, base=None),
        ),
        # A new disk, with the old line in disk.info.
        (
            NEW_OVERLAY._replace(disk=Disk.SWAP),
            FLAT,
            NEW_RAW._replace(disk=Disk.SWAP, xml=COW, recorded=COW),
        ),
        # A new qcow2 disk is converted as if it were the old raw one.
        (
            NEW_RAW._replace(disk=Disk.SWAP),
            QCOW2,
            operations.DiskFile(
                Disk.SWAP, COW, COW, RAW, None, RAW, is_nested=True
            ),
        ),
        # Converted a second time, because the XML still said raw.
        (
            NEW_RAW._replace(format=COW),
            FLAT_WITH_COW,
            NEW_RAW._replace(format=COW, base=RAW, is_nested=True),
        ),
        # What has gone wrong stays wrong.
        (
            NEW_RAW._replace(format=COW, xml=COW, is_nested=True),
            QCOW2,
            NEW_RAW._replace(format=COW, xml=COW, base=RAW, is_nested=True),
        ),
        (
            NEW_RAW._replace(xml=COW, header_is_guests=True),
            QCOW2,
            NEW_RAW._replace(xml=COW, base=RAW, header_is_guests=True),
        ),
    ],
)
def test_moved(
    file: operations.DiskFile,
    destination: backends.Behaviour,
    after: operations.DiskFile,
) -> None:
    assert operations.moved(file, destination) == after


ARRIVALS = """
backend  use_cow_images  arrives  disk   xml    effect
qcow2    True            raw      qcow2  qcow2  stale-disk.info
qcow2    True            qcow2    qcow2  qcow2  fine
qcow2    False           raw      raw    qcow2  reads-host-files
qcow2    False           qcow2    qcow2  qcow2  fine
flat     True            raw      qcow2  raw    never-boots
flat     True            qcow2    qcow2  qcow2  fine
flat     False           raw      raw    raw    fine
flat     False           qcow2    qcow2  qcow2  fine
"""


@pytest.mark.parametrize('force_raw_images', [True, False])
def test_arrivals_of_root_disks(force_raw_images: bool) -> None:
    """The rows about a host, written once more from what was seen."""
    _header, *lines = ARRIVALS.strip().splitlines()
    assert [
        [
            host.backend.value,
            str(host.use_cow_images),
            one.arriving.value,
            one.root.format.value,
            one.root.xml.value,
            one.effect.value.replace(' ', '-'),
        ]
        for host in HOSTS
        if host.force_raw_images is force_raw_images
        for one in operations.arrivals(host)
    ] == [line.split() for line in lines]


@pytest.mark.parametrize('destination', FILES)
def test_the_row_of_a_host_cannot_contradict_the_matrix(
    destination: backends.Behaviour,
) -> None:
    """What it says of each disk is what comes from a host that makes such.

    Hosts whose force_raw_images differ are a matter between hosts.
    """
    told = {
        (arrival.arriving, kind(passage.disk)): passage.harm
        for arrival in operations.arrivals(destination)
        for passage in arrival.passages
    }
    assert len(told) == 2 * 3
    met = {}
    for source in FILES:
        if source.force_raw_images is destination.force_raw_images:
            for disk, harm in operations.between(source, destination):
                arriving = operations.new(disk, source).format
                met.setdefault((arriving, kind(disk)), set()).add(harm)
    assert met == {key: {harm} for key, harm in told.items()}


def kind(disk: Disk) -> str:
    return 'root disk' if disk in operations.ROOTS else disk.value


@pytest.mark.parametrize(
    'backend, safe',
    [
        (Backend.QCOW2, True),
        (Backend.FLAT, False),
        (Backend.RBD, None),
        (Backend.LVM, None),
        (Backend.PLOOP, None),
    ],
)
def test_safe_use_cow_images(backend: Backend, safe: bool | None) -> None:
    assert operations.safe_use_cow_images(backend) is safe


def test_where_no_arrivals_are_told_use_cow_images_makes_nothing_worse() -> (
    None
):
    for source, destination in itertools.product(HOSTS, HOSTS):
        if not operations.arrivals(destination):
            other = destination._replace(
                use_cow_images=not destination.use_cow_images
            )
            assert operations.worst(
                operations.between(source, destination)
            ) is operations.worst(operations.between(source, other))


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
            'never boots, never boots, unreadable, unreadable',
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
    passages = operations.between(source, destination)
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
    passages = operations.between(source, destination)
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
        outcome = operations.worst(operations.between(source, destination))
        assert (outcome is operations.Outcome.FINE) == is_fine


def test_use_cow_images_of_the_source_means_nothing() -> None:
    """Given the backend that it chose, a new disk does not depend on it."""
    for source, destination in itertools.product(HOSTS, HOSTS):
        other = source._replace(use_cow_images=not source.use_cow_images)
        assert operations.between(source, destination) == operations.between(
            other, destination
        )


# later(*hosts): root from raw, root from qcow2, ephemeral, swap
@pytest.mark.parametrize(
    'hosts, harms',
    [
        # disk.info is believed again.
        (
            (FLAT, QCOW2, FLAT),
            'never boots, never boots, unreadable, unreadable',
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
    passages = operations.between(*hosts)
    assert ', '.join(passage.harm.value for passage in passages) == harms


@pytest.mark.parametrize('first', HOSTS)
def test_a_second_move_makes_nothing_better(
    first: backends.Behaviour,
) -> None:
    for second, third in itertools.product(HOSTS, HOSTS):
        before = dict(operations.between(first, second))
        for disk, harm in operations.between(first, second, third):
            assert harm.outcome >= before[disk].outcome


def test_worst() -> None:
    fine = operations.Passage(Disk.SWAP, Harm.FINE)
    breaks = operations.Passage(Disk.EPHEMERAL, Harm.MOVE_FAILS)
    unsafe = operations.Passage(Disk.ROOT_FROM_RAW_IMAGE, Harm.DATA_LOST)
    assert operations.worst(()) is operations.Outcome.FINE
    assert operations.worst((fine,)) is operations.Outcome.FINE
    assert operations.worst((breaks, fine)) is operations.Outcome.BREAKS
    assert (
        operations.worst((breaks, unsafe, fine)) is operations.Outcome.UNSAFE
    )


def test_outcomes() -> None:
    """A harm that nobody has judged is at least one that breaks."""
    by_outcome = {
        outcome: {harm for harm in Harm if harm.outcome is outcome}
        for outcome in operations.Outcome
    }
    assert by_outcome[operations.Outcome.FINE] == {
        Harm.FINE,
        Harm.STALE_DISK_INFO,
    }
    assert by_outcome[operations.Outcome.UNSAFE] == {
        Harm.WRONG_DATA,
        Harm.READS_HOST_FILES,
        Harm.DATA_LOST,
    }


def test_what_libvirt_refuses_is_told_from_what_never_boots() -> None:
    """QEMU opens any file as raw, and no file as qcow2 that is none."""
    for source, destination in itertools.product(FILES, FILES):
        for disk in Disk:
            file = operations.moved(operations.new(disk, source), destination)
            how = operations.harm_of(file).how
            if (file.xml, file.format) == (COW, RAW):
                hows = {How.LIBVIRT_REFUSES, How.HOST_FILES}
            elif (file.xml, file.format) == (RAW, COW):
                is_root = disk in operations.ROOTS
                hows = {How.NEVER_BOOTS if is_root else How.LACKS_A_DISK}
            else:
                hows = set(How) - {How.NEVER_BOOTS, How.HOST_FILES} | {None}
            assert how in hows


def test_what_is_not_fine_shows_somehow() -> None:
    fine = {harm for harm in Harm if harm.outcome is operations.Outcome.FINE}
    assert {harm for harm in Harm if harm.how is None} == fine
    # When something shows is told of a guest, not of a disk.
    assert {harm.how for harm in Harm} == {*How, None} - {How.AT_RESTART}


def test_every_harm_occurs() -> None:
    found = {
        passage.harm
        for source, destination in itertools.product(HOSTS, HOSTS)
        for passage in (
            *operations.between(source, destination),
            *live_migration.between(source, destination).passages,
        )
    }
    assert found == set(Harm)


# on shared storage: root from raw, root from qcow2, ephemeral, swap
@pytest.mark.parametrize(
    'source, destination, harms',
    [
        # The backing files are there.
        (
            QCOW2,
            QCOW2._replace(force_raw_images=False),
            'fine, fine, fine, fine',
        ),
        (
            QCOW2._replace(force_raw_images=False),
            QCOW2,
            'fine, fine, fine, fine',
        ),
        (QCOW2, FLAT, 'fine, fine, fine, does not start'),
        (
            FLAT,
            QCOW2,
            'cannot grow, cannot grow, stale disk.info, unreadable',
        ),
        # Either may have been the first to fetch the image.
        (
            FLAT._replace(force_raw_images=False),
            QCOW2,
            'cannot grow, cannot grow, stale disk.info, unreadable',
        ),
        (
            FLAT._replace(force_raw_images=False),
            QCOW2._replace(force_raw_images=False),
            'cannot grow, fine, stale disk.info, unreadable',
        ),
    ],
)
def test_between_hosts_that_share_instances_path(
    source: backends.Behaviour, destination: backends.Behaviour, harms: str
) -> None:
    passages = operations.between(source, destination, is_shared=True)
    assert ', '.join(passage.harm.value for passage in passages) == harms


def test_to_share_makes_no_move_worse() -> None:
    for source, destination in itertools.product(HOSTS, HOSTS):
        apart = operations.between(source, destination)
        shared = operations.between(source, destination, is_shared=True)
        assert operations.worst(shared) <= operations.worst(apart)
