# SPDX-License-Identifier: Apache-2.0

"""Sentences about places and settings."""

from __future__ import annotations

import pytest

from nova_cow_check.nova import opts
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing

KINDS = parsing.OriginKind


@pytest.mark.parametrize(
    'origin, words',
    [
        (parsing.Origin(KINDS.FILE, '/etc/a.conf', 3), '/etc/a.conf:3'),
        (parsing.Origin(KINDS.FILE, 'a\n.conf', 3), 'a\\n.conf:3'),
        (
            parsing.Origin(KINDS.ENVIRONMENT, 'OS_X__Y'),
            'environment variable OS_X__Y',
        ),
        (parsing.Origin(KINDS.CONFIG_SOURCE, 'a, b'), 'config_source a, b'),
        (parsing.Origin(KINDS.OVERRIDE), 'set by the program'),
        (parsing.Origin(KINDS.UNKNOWN), 'set, place not known'),
        (parsing.Origin(KINDS.DEFAULT), 'not set'),
    ],
)
def test_place(origin: parsing.Origin, words: str) -> None:
    assert wording.place(origin) == words


SOURCE = parsing.Origin(KINDS.CONFIG_SOURCE, 'remote')
NOWHERE = parsing.Origin(KINDS.DEFAULT)


@pytest.mark.parametrize(
    'setting, words',
    [
        (
            host_settings.Setting(opts.IMAGES_TYPE, 'raw', SOURCE, 'raw'),
            '[libvirt]/images_type = raw (config_source remote)',
        ),
        (
            host_settings.Setting(
                opts.USE_COW_IMAGES,
                None,
                SOURCE,
                '(not shown)',
                fault=host_settings.Fault.INVALID,
            ),
            '[DEFAULT]/use_cow_images = (not shown) (config_source remote)',
        ),
        (
            host_settings.Setting(opts.USE_COW_IMAGES, True, NOWHERE, 'True'),
            '[DEFAULT]/use_cow_images = True (not set)',
        ),
        (
            host_settings.Setting(
                opts.COMPUTE_DRIVER, None, NOWHERE, '(none)'
            ),
            '[DEFAULT]/compute_driver (not set)',
        ),
        (
            host_settings.Setting(
                opts.COMPUTE_DRIVER,
                None,
                parsing.Origin(KINDS.OVERRIDE),
                '(none)',
            ),
            '[DEFAULT]/compute_driver = (none) (set by the program)',
        ),
    ],
)
def test_setting(setting: host_settings.Setting, words: str) -> None:
    assert wording.setting(setting) == words
