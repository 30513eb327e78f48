# SPDX-License-Identifier: Apache-2.0

"""Guests that are there when `fix --write` changes their host's nova.conf.

The nova.conf is the one that nova-compute's driver reads.
"""

from __future__ import annotations

import itertools
import json
import pathlib
import subprocess
import sys
from typing import Any, NamedTuple

import pytest

from tests.guests import choice
from tests.guests import cloud
from tests.guests import compute
from tests.guests import fates
from tests.guests import journeys
from tests.nova import cases

COMMAND = str(pathlib.Path(sys.executable).with_name('nova-cow-check'))

FLAT = ('use_cow_images = False', 'images_type = flat')
QCOW2 = ('use_cow_images = True', 'images_type = qcow2')


class Case(NamedTuple):
    """A rule whose finding is fixed, and a host that has it."""

    rule: str
    #: Lines of [DEFAULT] and of [libvirt] that the guest is made with.
    before: tuple[str, str]
    #: Those that are fixed.
    faulty: tuple[str, str]
    image: str

    def __str__(self) -> str:
        lines = '; '.join(filter(None, self.faulty)) or 'nothing written'
        return f'{self.rule}, {self.image} image: {lines}'


_FAULTS: tuple[tuple[str, tuple[str, str], tuple[str, str]], ...] = (
    ('implicit-image-backend', ('', ''), ('', '')),
    (
        'implicit-image-backend',
        ('use_cow_images = False', ''),
        ('use_cow_images = False', ''),
    ),
    (
        'flat-disks-converted',
        ('', 'images_type = flat'),
        ('', 'images_type = flat'),
    ),
    (
        'raw-disks-opened-as-qcow2',
        ('use_cow_images = False', 'images_type = qcow2'),
        ('use_cow_images = False', 'images_type = qcow2'),
    ),
    (
        'invalid-setting',
        FLAT,
        ('use_cow_images = False # as said', 'images_type = flat'),
    ),
    (
        'invalid-setting',
        QCOW2,
        ('use_cow_images = True', 'images_type = QCOW2'),
    ),
    (
        'ignored-setting',
        FLAT,
        ('use_cow_images = False\nimages_type = qcow2', 'images_type = flat'),
    ),
)

CASES = [
    Case(*fault, image)
    for fault, image in itertools.product(_FAULTS, ('raw', 'qcow2'))
]

#: With force_raw_images, which is not written, the two images make the same.
ONE_EACH = choice.one_each(CASES, lambda case: {case[:3]})

INVALID = [case for case in CASES if case.rule == 'invalid-setting']


@pytest.mark.parametrize('case', ONE_EACH)
def test_guest_lives_on(two_hosts: cloud.Cloud, case: Case) -> None:
    """Stopped and started, rebooted, resized and moved, it counts on."""
    first, second = two_hosts.hosts
    first.configure(lines(*case.before))
    made_on = settings_of(first)
    guest = two_hosts.spawn(case.image, cloud.ALL_DISKS)
    counts = fates.counts(guest)
    first.write(lines(*case.faulty))
    assert rules_on(first) == [case.rule]
    fix(first, case.rule)
    assert rules_on(first) == []
    first.restart()
    sound = fates.sound(cloud.ALL_DISKS)
    assert told(case.image, made_on, settings_of(first)) == sound

    guest.do('stop')
    started = fates.see(guest, lambda: guest.do('power_on'), counts)
    assert started == sound
    assert fates.see(guest, lambda: guest.do('hard_reboot')) == sound
    larger = cloud.Flavor(ephemeral_gb=1, swap=8, memory_mb=48)
    assert fates.see(guest, lambda: guest.resize(first, larger)) == sound
    guest.confirm()
    second.configure(first.nova_conf.read_text())
    assert fates.see(guest, lambda: guest.resize(second)) == sound


@pytest.mark.parametrize(
    'case', choice.one_each(INVALID, lambda case: {case[:3]})
)
def test_nova_does_not_start_before(
    two_hosts: cloud.Cloud, case: Case
) -> None:
    """A setting that is not valid keeps nova-compute from starting."""
    two_hosts.first.write(lines(*case.faulty))
    with pytest.raises(compute.Refused, match='ConfigFileValueError'):
        two_hosts.first.restart()


def told(image: str, *route: cases.Settings) -> fates.Fate:
    """Return what is told of a guest that is made, started, and moved on."""
    made_on, now = route
    journey = journeys.Journey(image, cloud.ALL_DISKS, (made_on, now, now))
    started = fates.told(journeys.restarted(journey))
    moved = fates.told(journeys.moved(journey))
    assert started == moved
    return moved


def lines(default: str, libvirt: str) -> str:
    """Return image settings as a nova.conf has them."""
    return (
        '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'
        f'{default}\n[libvirt]\n{libvirt}\n'
    )


def report_on(host: compute.Compute) -> dict[str, Any]:
    """Return what the tool reports of a host."""
    words = ('report', f'--config-file={host.nova_conf}', '--output=json')
    (found,) = json.loads(run(*words).stdout)['hosts']
    return dict(found)


def rules_on(host: compute.Compute) -> list[str]:
    """Return the rules that find something on a host."""
    return [
        finding['rule']
        for check in report_on(host)['checks']
        for finding in check['findings']
    ]


def settings_of(host: compute.Compute) -> cases.Settings:
    """Return the settings that the tool reads on a host."""
    values = {one['name']: one['value'] for one in report_on(host)['settings']}
    return cases.Settings(
        values['images_type'],
        values['use_cow_images'],
        values['force_raw_images'],
    )


def fix(host: compute.Compute, rule: str) -> None:
    """Have the findings of a rule on a host fixed."""
    path = f'--config-file={host.nova_conf}'
    done = run('fix', '--write', '--no-backup', '--rule', rule, path)
    assert done.returncode == 0, done.stderr


def run(*words: str) -> subprocess.CompletedProcess[Any]:
    """Run nova-cow-check."""
    return subprocess.run(
        [COMMAND, *words], capture_output=True, text=True, check=False
    )
