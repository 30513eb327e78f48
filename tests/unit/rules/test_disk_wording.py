# SPDX-License-Identifier: Apache-2.0

"""Sentences about disks, and what becomes of them."""

from __future__ import annotations

import pytest

from nova_cow_check.nova import backends
from nova_cow_check.nova import operations
from nova_cow_check.rules import disk_wording


@pytest.mark.parametrize(
    'backend, force_raw_images, sentences',
    [
        (
            'qcow2',
            True,
            'A new disk from a raw or qcow2 image is qcow2, with a raw '
            'backing file.',
        ),
        (
            'qcow2',
            False,
            'A new disk from a raw image is qcow2, with a raw backing file. '
            'A new disk from a qcow2 image is qcow2, with a qcow2 backing '
            'file.',
        ),
        (
            'flat',
            False,
            'A new disk from a raw image is raw, without a backing file. '
            'A new disk from a qcow2 image is qcow2, without a backing file.',
        ),
        ('rbd', False, ''),
    ],
)
def test_new_disks(
    backend: str, force_raw_images: bool, sentences: str
) -> None:
    novas = backends.Behaviour(
        backends.Backend(backend), True, force_raw_images
    )
    assert ' '.join(disk_wording.new_disks(novas)) == sentences


RAW_IS_FINE = 'A raw disk that arrives stays raw, as the guest expects it.'
QCOW2_IS_FINE = (
    'A qcow2 disk that arrives stays qcow2, as the guest expects it.'
)
QCOW2_ON_FLAT = (
    'A qcow2 root disk that arrives stays qcow2, as the guest expects it.',
    'libvirt refuses to start a guest from a host with the qcow2 backend '
    '(ERROR) if it has an ephemeral disk, whose backing file nothing makes '
    'here, or a swap disk, which is made anew as raw.',
)


@pytest.mark.parametrize('force_raw_images', [True, False])
@pytest.mark.parametrize(
    'backend, use_cow_images, sentences',
    [
        (
            'qcow2',
            True,
            (
                'A raw root or ephemeral disk that arrives is converted to '
                'qcow2, as the guest expects it; disk.info still says raw, '
                'which breaks it on a later host with the flat backend.',
                'A resize that makes a raw root disk larger fails (Nova '
                '30.3.0, 31.3.0, 32.2.0, 33.0.0 and later, and builds of '
                'vendors or unmaintained branches with the fix of '
                'CVE-2026-24708).',
                'In place of a raw swap disk, Nova makes a qcow2 one, and '
                'converts that, too: the guest boots, but finds a qcow2 '
                'header in its swap.',
                QCOW2_IS_FINE,
            ),
        ),
        (
            'qcow2',
            False,
            (
                'A raw disk that arrives stays raw, but the guest is told '
                'that it is qcow2: libvirt refuses to start it (ERROR), or '
                'it reads or changes files of this host if it wrote a qcow2 '
                'header.',
                QCOW2_IS_FINE,
            ),
        ),
        (
            'flat',
            True,
            (
                'A raw disk that arrives is converted to qcow2, but the '
                'guest is told that it is raw: it never boots, while Nova '
                'reports it ACTIVE, with no error anywhere.',
                'If only its ephemeral or swap disk is raw, the guest '
                'boots, but finds a qcow2 header where its data was.',
                *QCOW2_ON_FLAT,
            ),
        ),
        ('flat', False, (RAW_IS_FINE, *QCOW2_ON_FLAT)),
        (
            'lvm',
            True,
            ('Nova refuses to resize or cold migrate from this backend.',),
        ),
        ('rbd', True, ('use_cow_images has no effect with this backend.',)),
        ('ploop', True, ('use_cow_images has no effect with this backend.',)),
    ],
)
def test_arrivals(
    backend: str,
    use_cow_images: bool,
    force_raw_images: bool,
    sentences: tuple[str, ...],
) -> None:
    novas = backends.Behaviour(
        backends.Backend(backend), use_cow_images, force_raw_images
    )
    assert disk_wording.arrivals(novas) == sentences


@pytest.mark.parametrize(
    'disk, words',
    [
        (
            operations.Disk.ROOT_FROM_RAW_IMAGE,
            'Root disk from a raw image: fine.',
        ),
        (
            operations.Disk.ROOT_FROM_QCOW2_IMAGE,
            'Root disk from a qcow2 image: fine.',
        ),
        (operations.Disk.EPHEMERAL, 'Ephemeral disk: fine.'),
        (operations.Disk.SWAP, 'Swap disk: fine.'),
    ],
)
def test_every_disk_has_a_name(disk: operations.Disk, words: str) -> None:
    assert (
        disk_wording.passage(operations.Passage(disk, operations.Harm.FINE))
        == words
    )


def test_every_harm_has_its_sentence() -> None:
    sentences = {
        disk_wording.passage(operations.Passage(operations.Disk.SWAP, harm))
        for harm in operations.Harm
    }
    assert len(sentences) == len(operations.Harm)
    for sentence in sentences:
        assert sentence.startswith('Swap disk: ')
        assert sentence.endswith('.')


SHOWS = {
    operations.How.LIBVIRT_REFUSES: 'libvirt refuses to start the guest (ERR',
    operations.How.HOST_FILES: 'reads or changes files of the host',
    operations.How.NEVER_BOOTS: 'the guest never boots, while Nova reports it',
    operations.How.LACKS_A_DISK: 'the guest boots, but',
    operations.How.LIVE_REFUSED: 'the guest stays where it is',
    operations.How.START_FAILS: 'the start fails (ERROR)',
}


@pytest.mark.parametrize('harm', operations.Harm)
def test_a_sentence_says_how_the_harm_shows(harm: operations.Harm) -> None:
    passage = operations.Passage(operations.Disk.SWAP, harm)
    sentence = disk_wording.passage(passage)
    if harm.how in SHOWS:
        assert SHOWS[harm.how] in sentence
    elif harm is not operations.Harm.NOVA_COMPUTE_STOPPED:
        assert 'start' not in sentence


# A word that an operator needs, to know what it depends on.
@pytest.mark.parametrize(
    'harm, words',
    [
        (
            operations.Harm.STALE_DISK_INFO,
            'a later host with the flat backend',
        ),
        (operations.Harm.CANNOT_GROW, 'a resize that makes it larger fails'),
        (operations.Harm.WRONG_DATA, 'if the image is not cached'),
        (
            operations.Harm.UNREADABLE_BACKING_FILE,
            'if the image is not cached',
        ),
        (operations.Harm.READS_HOST_FILES, 'if it wrote a qcow2 header'),
        (operations.Harm.NOVA_COMPUTE_STOPPED, '[DEFAULT]/force_raw_images'),
    ],
)
def test_circumstances(harm: operations.Harm, words: str) -> None:
    passage = operations.Passage(operations.Disk.ROOT_FROM_RAW_IMAGE, harm)
    assert words in disk_wording.passage(passage)


SENTENCES = {
    'one kind of root disk': (
        [('ROOT_FROM_RAW_IMAGE', 'REFUSED'), ('SWAP', 'FINE')],
        [
            'Root disk from a raw image: Nova refuses to move it, and the '
            'guest stays as it is.',
            'Swap disk: fine.',
        ],
    ),
    'all root disks': (
        [
            ('ROOT_FROM_RAW_IMAGE', 'REFUSED'),
            ('ROOT_FROM_QCOW2_IMAGE', 'REFUSED'),
            ('EPHEMERAL', 'REFUSED'),
            ('SWAP', 'FINE'),
        ],
        [
            'Root disk, ephemeral disk: Nova refuses to move it, and the '
            'guest stays as it is.',
            'Swap disk: fine.',
        ],
    ),
    'root disks that differ': (
        [
            ('ROOT_FROM_RAW_IMAGE', 'FINE'),
            ('ROOT_FROM_QCOW2_IMAGE', 'REFUSED'),
        ],
        [
            'Root disk from a raw image: fine.',
            'Root disk from a qcow2 image: Nova refuses to move it, and the '
            'guest stays as it is.',
        ],
    ),
}


@pytest.mark.parametrize('name', SENTENCES)
def test_disks_that_fare_the_same_share_a_sentence(name: str) -> None:
    found, expected = SENTENCES[name]
    passages_found = [
        operations.Passage(operations.Disk[disk], operations.Harm[harm])
        for disk, harm in found
    ]
    assert list(disk_wording.passages(passages_found)) == expected
