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
    found = describe.new_disks(backends.Backend(backend), force_raw_images)
    assert ' '.join(found) == sentences


@pytest.mark.parametrize(
    'backend, sentence',
    [
        ('lvm', 'Nova refuses to resize or cold migrate from this backend.'),
        ('rbd', 'use_cow_images has no effect with this backend.'),
        ('ploop', 'use_cow_images has no effect with this backend.'),
    ],
)
def test_moves_of_other_backends(backend: str, sentence: str) -> None:
    assert describe.moves(backends.Backend(backend), True) == (sentence,)
