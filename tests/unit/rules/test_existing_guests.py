# SPDX-License-Identifier: Apache-2.0

"""What is said of the guests that exist; tests/nova shows that it is so."""

from __future__ import annotations

import itertools

import pytest

from nova_cow_check.nova import backends
from nova_cow_check.rules import existing_guests
from nova_cow_check.rules import registry
from tests.unit import hosts

#: Rule -> a host on which it holds, words that its finding has to have.
RULES = {
    'implicit-image-backend': (
        {'use_cow_images': 'no'},
        'changes nothing, neither at a restart nor at a move',
    ),
    'flat-disks-converted': (
        {'images_type': 'flat'},
        'changes nothing at a restart',
    ),
    'raw-disks-opened-as-qcow2': (
        {'images_type': 'qcow2', 'use_cow_images': 'no'},
        'changes nothing at a restart',
    ),
    'rbd-without-raw-images': (
        {'images_type': 'rbd', 'force_raw_images': 'no'},
        'changes nothing',
    ),
    'use-cow-images-unused': (
        {'images_type': 'lvm', 'use_cow_images': 'no'},
        'changes nothing',
    ),
    'invalid-setting': (
        {'images_type': 'Raw'},
        'need the image backend that made their disks',
    ),
}


@pytest.mark.parametrize('name', RULES)
def test_a_finding_tells_of_the_guests_once(name: str) -> None:
    options, words = RULES[name]
    host = hosts.host(hosts.nova_conf(**options))
    (finding,) = hosts.find(name, host)
    assert words in finding.explanation
    assert finding.explanation.lower().count('guests that exist') == 1


def test_no_rule_that_proposes_a_setting_is_silent() -> None:
    # The others propose to remove a line that Nova ignores, to keep one, or
    # compare hosts, and are silent only where no backend changes. Those about
    # a process propose none.
    others = {'ignored-setting', 'driver-removed', *registry.PROCESS_RULES}
    assert {one.name for one in registry.HOST_RULES} - others == set(RULES)


@pytest.mark.parametrize(
    'name, words',
    [
        ('flat-disks-converted', 'repaired first'),
        ('raw-disks-opened-as-qcow2', 'repair such guests first'),
        ('raw-disks-opened-as-qcow2', 'leave a raw swap disk unreadable'),
        ('raw-disks-opened-as-qcow2', 'qcow2 inside qcow2'),
    ],
)
def test_the_next_move_is_told_where_it_matters(name: str, words: str) -> None:
    assert words in existing_guests.after_fix(name)


@pytest.mark.parametrize(
    'old, new, words',
    [
        ('flat', 'qcow2', 'libvirt refuses to start those with a raw disk'),
        ('flat', 'qcow2', 'read or change files of the host'),
        ('qcow2', 'flat', 'never boots, while Nova reports it ACTIVE'),
        ('qcow2', 'flat', 'libvirt refuses those with a swap disk'),
        ('qcow2', 'rbd', 'the start fails (ERROR)'),
    ],
)
def test_a_change_of_backend_says_how_guests_fail(
    old: str, new: str, words: str
) -> None:
    pair = backends.Backend(old), backends.Backend(new)
    assert words in existing_guests.after_change(*pair)


def test_no_sentence_calls_a_change_of_backend_harmless() -> None:
    for pair in itertools.permutations(backends.Backend, 2):
        sentence = existing_guests.after_change(*pair)
        assert sentence.startswith('Guests that exist')
        assert '(ERROR)' in sentence
