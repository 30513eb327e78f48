# SPDX-License-Identifier: Apache-2.0

"""What can be copied ends what was found, and says where it goes."""

from __future__ import annotations

import dataclasses
import datetime

import hypothesis
import pytest

from nova_cow_check.formats import pasteable
from nova_cow_check.rules import findings
from nova_cow_check.settings import limits
from nova_cow_check.settings import parsing
from tests.unit import hosts
from tests.unit.rules import test_choices

A, B = '/etc/nova/nova.conf', '/etc/nova/nova.conf.d/b.conf'
DRIVER = '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'

#: What a host reads -> what is shown.
SHOWN = {
    'nothing to write': (
        hosts.Host({A: f'{DRIVER}[libvirt]\nimages_type = qcow2\n'}),
        [],
    ),
    'a line to replace': (
        hosts.Host({A: f'{DRIVER}[libvirt]\nimages_type = Raw\n'}),
        [
            f'# {A}',
            '[DEFAULT]',
            'use_cow_images = False',
            '[libvirt]',
            '# in place of line 4:',
            'images_type = raw',
        ],
    ),
    'what is kept is not written': (
        hosts.Host({A: f'{DRIVER}use_cow_images = False\n'}),
        [f'# {A}', '[libvirt]', 'images_type = flat'],
    ),
    'two files': (
        hosts.Host({A: '[libvirt]\nimages_type = Raw\n', B: DRIVER}),
        [
            f'# {A}',
            '[libvirt]',
            '# in place of line 2:',
            'images_type = raw',
            '',
            f'# {B}',
            '[DEFAULT]',
            'use_cow_images = False',
        ],
    ),
    'a variable': (
        hosts.Host(
            {A: f'{DRIVER}use_cow_images = False\n'},
            {'OS_LIBVIRT__IMAGES_TYPE': 'Raw'},
        ),
        [
            '# environment variable OS_LIBVIRT__IMAGES_TYPE, which beats '
            'nova.conf',
            '[libvirt]',
            'images_type = raw',
        ],
    ),
}


@pytest.mark.parametrize('name', SHOWN)
def test_what_is_shown(name: str) -> None:
    host, expected = SHOWN[name]
    shown = pasteable.lines(host.findings(), host.settings())
    assert list(shown) == expected


def test_what_a_waiver_covers_is_not_to_be_written() -> None:
    host = SHOWN['a line to replace'][0]
    origin = parsing.Origin(parsing.OriginKind.FILE, 'waivers.yaml', 1)
    waiver = findings.Waiver('x', (), 'why', None, False, origin)
    past = waiver._replace(expires=datetime.date.min, is_expired=True)
    found = host.findings()
    assert found
    waived = [one._replace(waiver=waiver) for one in found]
    assert pasteable.lines(waived, host.settings()) == ()
    expired = [one._replace(waiver=past) for one in found]
    assert pasteable.lines(expired, host.settings())


def test_a_generated_file_is_not_to_be_edited() -> None:
    host = SHOWN['a line to replace'][0]
    generated = limits.Limits(generated='the path is that of a tool')
    known = dataclasses.replace(host.settings(), limits=((A, generated),))
    shown = pasteable.lines(host.findings(), known)
    assert shown[:2] == (
        f'# {A}',
        '# It is generated: the path is that of a tool. Write it where that '
        'tool takes it from.',
    )


@hypothesis.given(test_choices.CONFS)
def test_pasted_at_the_end_of_the_file_it_ends_what_was_found(
    content: str,
) -> None:
    host = hosts.Host({A: content})
    shown = pasteable.lines(host.findings(), host.settings())
    pasted = hosts.Host({A: '\n'.join([content, *shown, ''])})
    left = [
        change
        for one in pasted.findings()
        for change in one.replacement.changes
        if change.action is findings.Action.SET
    ]
    assert left == []
