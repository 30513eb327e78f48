# SPDX-License-Identifier: Apache-2.0

"""Fragments: what is told holds for each host that can have them."""

from __future__ import annotations

from collections.abc import Iterator
import itertools

import pytest

from nova_cow_check.nova import opts
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.settings import fragments
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing
from tests.unit import hosts

LIBVIRT = f'compute_driver = {hosts.LIBVIRT}'

#: Lines of [DEFAULT] and of [libvirt]; '' for what is not written.
DRIVERS = ('', LIBVIRT, 'compute_driver = ironic.IronicDriver')
IMAGES_TYPES = (
    '',
    *(f'images_type = {one}' for one in opts.IMAGES_TYPES),
    'images_type = qcow',
    'images_type = {{ images }}',
)
COW = (
    '',
    'use_cow_images = True',
    'use_cow_images = no',
    'use_cow_images = x',
)
FORCE = ('', 'force_raw_images = True', 'force_raw_images = False')
#: What Nova ignores.
IGNORED = ('', 'use_cow_images = False')


def known_of(*lines: str) -> host_settings.ImageSettings:
    text = '\n'.join(lines) + '\n'
    file = parsing.parse('a.conf', text.splitlines(keepends=True))
    configuration = host_config.Configuration((file,), {})
    conf = host_config.HostConfig(configuration)
    return host_settings.read(conf, configuration)


def lines_of(
    driver: str, images_type: str, cow: str, force: str, ignored: str
) -> list[str]:
    # Each on a line of its own in all variants.
    return ['[DEFAULT]', driver, cow, force, '[libvirt]', images_type, ignored]


def found(known: host_settings.ImageSettings) -> list[findings.Finding]:
    rows = verdict.judge(known)
    assert not any(row.failed for row in rows)
    return [one for row in rows for one in row.found]


def keys(some: list[findings.Finding]) -> set[object]:
    """Return what is found, by rule and the places where it is written."""
    return {
        (
            one.rule,
            tuple(
                origin
                for origin in one.origins
                if origin.kind is parsing.OriginKind.FILE
            ),
        )
        for one in some
    }


def completions(
    driver: str, images_type: str, cow: str, force: str, ignored: str
) -> Iterator[host_settings.ImageSettings]:
    """Yield all hosts that have a fragment, and write what it does not."""
    rest = [
        [f'images_type = {one}' for one in opts.IMAGES_TYPES],
        ['use_cow_images = True', 'use_cow_images = False'],
        ['force_raw_images = True', 'force_raw_images = False'],
    ]
    given = [images_type, cow, force]
    choices = [
        [one] if one and '{{' not in one else more
        for one, more in zip(given, rest)
    ]
    for one in itertools.product(*choices):
        yield known_of(*lines_of(driver or LIBVIRT, *one, ignored))


def written_in(keys_of: set[object], lines: list[str]) -> set[object]:
    """Return keys without the places of what a completion added."""
    return {
        (rule, tuple(one for one in origins if lines[one.line - 1]))
        for rule, origins in keys_of
    }


FRAGMENTS = [
    *itertools.product(DRIVERS[:2], IMAGES_TYPES, COW, FORCE, IGNORED),
    *itertools.product(
        DRIVERS[2:], IMAGES_TYPES[::5], COW[:2], FORCE[:1], IGNORED
    ),
]


@pytest.mark.parametrize('driver', DRIVERS)
def test_what_holds_for_all_hosts_that_can_have_it_is_told_and_no_more(
    driver: str,
) -> None:
    for fragment in FRAGMENTS:
        if fragment[0] != driver:
            continue
        lines = lines_of(*fragment)
        plain = ['' if '{{' in line else line for line in lines]
        told = found(fragments.of(known_of(*lines)))
        all_of_them = [
            written_in(keys(found(host)), plain)
            for host in completions(*fragment)
        ]
        expected = {one for one in set.intersection(*all_of_them) if one[1]}
        assert keys(told) == expected, lines


def rules_of(*lines: str) -> list[str]:
    return [one.rule for one in found(fragments.of(known_of(*lines)))]


RAW_AS_QCOW2 = (
    '[libvirt]\nimages_type = qcow2\n[DEFAULT]\nuse_cow_images = False'
)
CASES = {
    '': [],
    '[libvirt]\nvirt_type = kvm': [],
    '[libvirt]\nimages_type = qcow2': [],
    '[DEFAULT]\nuse_cow_images = False': [],
    RAW_AS_QCOW2: ['raw-disks-opened-as-qcow2'],
    '[libvirt]\nimages_type = raw\n[DEFAULT]\nuse_cow_images = True': [
        'flat-disks-converted'
    ],
    '[libvirt]\nimages_type = raw': [],
    '[libvirt]\nimages_type = rbd\n[DEFAULT]\nforce_raw_images = False': [
        'rbd-without-raw-images'
    ],
    '[libvirt]\nimages_type = rbd\n[DEFAULT]\nuse_cow_images = False': [
        'use-cow-images-unused'
    ],
    '[libvirt]\nimages_type = default': ['implicit-image-backend'],
    '[libvirt]\nimages_type = flatt': ['invalid-setting'],
    '[DEFAULT]\nimages_type = flat': ['ignored-setting'],
    '[DEFAULT]\ncompute_driver = libvirt': ['invalid-setting'],
    f'{RAW_AS_QCOW2}\ncompute_driver = ironic.IronicDriver': [],
    # Values that are not known here.
    '[libvirt]\nimages_type = {{ images_type }}': [],
    '[libvirt]\nimages_type = $images': [],
    '[DEFAULT]\nuse_cow_images = $force_raw_images\n'
    '[libvirt]\nimages_type = raw': [],
    '[DEFAULT]\ncompute_driver = {{ driver }}\n' + RAW_AS_QCOW2: [
        'raw-disks-opened-as-qcow2'
    ],
}


@pytest.mark.parametrize('text', CASES)
def test_only_what_is_written_is_judged(text: str) -> None:
    assert rules_of(*text.split('\n')) == CASES[text]


def test_nothing_that_is_told_rests_on_a_default() -> None:
    for fragment in FRAGMENTS:
        known = fragments.of(known_of(*lines_of(*fragment)))
        for one in found(known):
            assert '(not set)' not in one.explanation.replace(
                '[DEFAULT]/compute_driver (not set)', ''
            ), fragment
            kinds = {origin.kind for origin in one.origins}
            assert kinds == {parsing.OriginKind.FILE}


def test_words_that_all_have_in_common_are_told() -> None:
    known = fragments.of(known_of('[libvirt]', 'use_cow_images = False'))
    (finding,) = found(known)
    assert finding.explanation == (
        'Nova ignores [libvirt]/use_cow_images (a.conf:2). Nova reads '
        'use_cow_images in the group [DEFAULT] only.'
    )
    assert finding.replacement.changes and finding.alternative is None
    known = fragments.of(known_of('[libvirt]', 'images_type = default'))
    (finding,) = found(known)
    assert finding.replacement.changes == ()
    assert 'default' in finding.explanation
