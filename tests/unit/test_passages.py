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

"""What a move does, in words."""

from __future__ import annotations

import pytest

from nova_cow_check import pairs
from nova_cow_check import passages


@pytest.mark.parametrize(
    'disk, words',
    [
        (pairs.Disk.ROOT_FROM_RAW_IMAGE, 'Root disk from a raw image: fine.'),
        (
            pairs.Disk.ROOT_FROM_QCOW2_IMAGE,
            'Root disk from a qcow2 image: fine.',
        ),
        (pairs.Disk.EPHEMERAL, 'Ephemeral disk: fine.'),
        (pairs.Disk.SWAP, 'Swap disk: fine.'),
    ],
)
def test_every_disk_has_a_name(disk: pairs.Disk, words: str) -> None:
    assert passages.sentence(pairs.Passage(disk, pairs.Harm.FINE)) == words


def test_every_harm_has_its_sentence() -> None:
    sentences = {
        passages.sentence(pairs.Passage(pairs.Disk.SWAP, harm))
        for harm in pairs.Harm
    }
    assert len(sentences) == len(pairs.Harm)
    for sentence in sentences:
        assert sentence.startswith('Swap disk: ')
        assert sentence.endswith('.')


# A word that an operator needs, to know what it depends on.
@pytest.mark.parametrize(
    'harm, words',
    [
        (pairs.Harm.STALE_DISK_INFO, 'a later host with the flat backend'),
        (pairs.Harm.CANNOT_GROW, 'a resize that makes it larger fails'),
        (pairs.Harm.WRONG_DATA, 'if the image is not cached'),
        (pairs.Harm.UNREADABLE_BACKING_FILE, 'if the image is not cached'),
        (pairs.Harm.READS_HOST_FILES, 'if it wrote a qcow2 header'),
        (pairs.Harm.NOVA_COMPUTE_STOPPED, '[DEFAULT]/force_raw_images'),
    ],
)
def test_circumstances(harm: pairs.Harm, words: str) -> None:
    passage = pairs.Passage(pairs.Disk.ROOT_FROM_RAW_IMAGE, harm)
    assert words in passages.sentence(passage)


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
        pairs.Passage(pairs.Disk[disk], pairs.Harm[harm])
        for disk, harm in found
    ]
    assert list(passages.sentences(passages_found)) == expected
