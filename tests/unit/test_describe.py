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

from nova_cow_check import backends
from nova_cow_check import describe
from nova_cow_check import moves
from nova_cow_check import opts
from nova_cow_check import origins
from nova_cow_check import settings

KINDS = origins.OriginKind


@pytest.mark.parametrize(
    'origin, words',
    [
        (origins.Origin(KINDS.FILE, '/etc/a.conf', 3), '/etc/a.conf:3'),
        (origins.Origin(KINDS.FILE, 'a\n.conf', 3), 'a\\n.conf:3'),
        (
            origins.Origin(KINDS.ENVIRONMENT, 'OS_X__Y'),
            'environment variable OS_X__Y',
        ),
        (origins.Origin(KINDS.CONFIG_SOURCE, 'a, b'), 'config_source a, b'),
        (origins.Origin(KINDS.OVERRIDE), 'set by the program'),
        (origins.Origin(KINDS.UNKNOWN), 'set, place not known'),
        (origins.Origin(KINDS.DEFAULT), 'not set'),
    ],
)
def test_place(origin: origins.Origin, words: str) -> None:
    assert describe.place(origin) == words


SOURCE = origins.Origin(KINDS.CONFIG_SOURCE, 'remote')
NOWHERE = origins.Origin(KINDS.DEFAULT)


@pytest.mark.parametrize(
    'setting, words',
    [
        (
            settings.Setting(opts.IMAGES_TYPE, 'raw', SOURCE, 'raw'),
            '[libvirt]/images_type = raw (config_source remote)',
        ),
        (
            settings.Setting(
                opts.USE_COW_IMAGES,
                None,
                SOURCE,
                '(not shown)',
                fault=settings.Fault.INVALID,
            ),
            '[DEFAULT]/use_cow_images = (not shown) (config_source remote)',
        ),
        (
            settings.Setting(opts.USE_COW_IMAGES, True, NOWHERE, 'True'),
            '[DEFAULT]/use_cow_images = True (not set)',
        ),
        (
            settings.Setting(opts.COMPUTE_DRIVER, None, NOWHERE, '(none)'),
            '[DEFAULT]/compute_driver (not set)',
        ),
        (
            settings.Setting(
                opts.COMPUTE_DRIVER,
                None,
                origins.Origin(KINDS.OVERRIDE),
                '(none)',
            ),
            '[DEFAULT]/compute_driver = (none) (set by the program)',
        ),
    ],
)
def test_setting(setting: settings.Setting, words: str) -> None:
    assert describe.setting(setting) == words


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
    assert ' '.join(describe.new_disks(novas)) == sentences


RAW_IS_FINE = 'A raw disk that arrives stays raw, as the guest expects it.'
QCOW2_IS_FINE = (
    'A qcow2 disk that arrives stays qcow2, as the guest expects it.'
)
QCOW2_ON_FLAT = (
    'A qcow2 root disk that arrives stays qcow2, as the guest expects it.',
    'A guest from a host with the qcow2 backend does not start if it has an '
    'ephemeral disk, whose backing file nothing makes here, or a swap disk, '
    'which is made anew as raw.',
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
                '30.3.0, 31.3.0, 32.2.0, 33.0.0 and later).',
                'In place of a raw swap disk, Nova makes a qcow2 one, and '
                'converts that, too: the guest starts, but finds a qcow2 '
                'header in its swap.',
                QCOW2_IS_FINE,
            ),
        ),
        (
            'qcow2',
            False,
            (
                'A raw disk that arrives stays raw, but the guest is told '
                'that it is qcow2: it does not start, or reads files of this '
                'host if it writes a qcow2 header.',
                QCOW2_IS_FINE,
            ),
        ),
        (
            'flat',
            True,
            (
                'A raw disk that arrives is converted to qcow2, but the '
                'guest is told that it is raw: it does not start.',
                'If only its ephemeral or swap disk is raw, the guest '
                'starts, but finds a qcow2 header where its data was.',
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
    assert describe.arrivals(novas) == sentences


@pytest.mark.parametrize(
    'disk, words',
    [
        (moves.Disk.ROOT_FROM_RAW_IMAGE, 'Root disk from a raw image: fine.'),
        (
            moves.Disk.ROOT_FROM_QCOW2_IMAGE,
            'Root disk from a qcow2 image: fine.',
        ),
        (moves.Disk.EPHEMERAL, 'Ephemeral disk: fine.'),
        (moves.Disk.SWAP, 'Swap disk: fine.'),
    ],
)
def test_every_disk_has_a_name(disk: moves.Disk, words: str) -> None:
    assert describe.passage(moves.Passage(disk, moves.Harm.FINE)) == words


def test_every_harm_has_its_sentence() -> None:
    sentences = {
        describe.passage(moves.Passage(moves.Disk.SWAP, harm))
        for harm in moves.Harm
    }
    assert len(sentences) == len(moves.Harm)
    for sentence in sentences:
        assert sentence.startswith('Swap disk: ')
        assert sentence.endswith('.')


# A word that an operator needs, to know what it depends on.
@pytest.mark.parametrize(
    'harm, words',
    [
        (moves.Harm.STALE_DISK_INFO, 'a later host with the flat backend'),
        (moves.Harm.CANNOT_GROW, 'a resize that makes it larger fails'),
        (moves.Harm.WRONG_DATA, 'if the image is not cached'),
        (moves.Harm.UNREADABLE_BACKING_FILE, 'if the image is not cached'),
        (moves.Harm.READS_HOST_FILES, 'if it wrote a qcow2 header'),
        (moves.Harm.NOVA_COMPUTE_STOPPED, '[DEFAULT]/force_raw_images'),
    ],
)
def test_circumstances(harm: moves.Harm, words: str) -> None:
    passage = moves.Passage(moves.Disk.ROOT_FROM_RAW_IMAGE, harm)
    assert words in describe.passage(passage)


SENTENCES = {
    'one kind of root disk': (
        [('ROOT_FROM_RAW_IMAGE', 'REFUSED'), ('SWAP', 'FINE')],
        [
            'Root disk from a raw image: Nova refuses to move it.',
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
            'Root disk, ephemeral disk: Nova refuses to move it.',
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
            'Root disk from a qcow2 image: Nova refuses to move it.',
        ],
    ),
}


@pytest.mark.parametrize('name', SENTENCES)
def test_disks_that_fare_the_same_share_a_sentence(name: str) -> None:
    found, expected = SENTENCES[name]
    passages_found = [
        moves.Passage(moves.Disk[disk], moves.Harm[harm])
        for disk, harm in found
    ]
    assert list(describe.passages(passages_found)) == expected
