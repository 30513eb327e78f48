# SPDX-License-Identifier: Apache-2.0

"""Every combination of settings, as a table.

Compare with the tables of what Nova does: boot (backend), and resize and
cold migration (the rules flat-disks-converted, raw-disks-opened-as-qcow2).
"""

from __future__ import annotations

import itertools

import pytest

from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from nova_cow_check.rules import wording
from tests.unit import hosts

# With the libvirt driver; "-" is not written. force_raw_images counts in the
# lines with rbd alone.
LIBVIRT_TABLE = """
images_type  use_cow_images  backend  rules that hold
-            -               qcow2    implicit-image-backend
-            True            qcow2    implicit-image-backend
-            False           flat     implicit-image-backend
default      -               qcow2    implicit-image-backend
default      True            qcow2    implicit-image-backend
default      False           flat     implicit-image-backend
qcow2        -               qcow2
qcow2        True            qcow2
qcow2        False           qcow2    raw-disks-opened-as-qcow2
flat         -               flat     flat-disks-converted
flat         True            flat     flat-disks-converted
flat         False           flat
raw          -               flat     flat-disks-converted
raw          True            flat     flat-disks-converted
raw          False           flat
rbd          -               rbd
rbd          True            rbd      use-cow-images-unused
rbd          False           rbd      use-cow-images-unused
lvm          -               lvm
lvm          True            lvm      use-cow-images-unused
lvm          False           lvm      use-cow-images-unused
ploop        -               ploop
ploop        True            ploop    use-cow-images-unused
ploop        False           ploop    use-cow-images-unused
"""

SPELLINGS = ('libvirt.LibvirtDriver', 'libvirt.driver.LibvirtDriver')


def rows_of(table: str) -> list[list[str]]:
    _header, *lines = table.strip().splitlines()
    return [line.split() for line in lines]


def written(word: str) -> str | None:
    return None if word == '-' else word


@pytest.mark.parametrize('driver', SPELLINGS)
@pytest.mark.parametrize('force_raw_images', ['-', 'True', 'False'])
@pytest.mark.parametrize('row', rows_of(LIBVIRT_TABLE), ids=' '.join)
def test_libvirt(row: list[str], force_raw_images: str, driver: str) -> None:
    images_type, use_cow_images, backend, *rules = row
    host = hosts.host(
        hosts.nova_conf(
            driver,
            written(images_type),
            written(use_cow_images),
            written(force_raw_images),
        )
    )
    if images_type == 'rbd' and force_raw_images == 'False':
        rules = sorted([*rules, 'rbd-without-raw-images'])
    assert host.rules() == rules
    assert rule.behaviour_of(host.settings()).backend.value == backend
    facts = host.rows()[1].facts
    assert facts[0] == f'Nova uses the {backend} backend.'


def test_the_table_has_every_combination() -> None:
    images_types = '- default qcow2 flat raw rbd lvm ploop'.split()
    expected = set(itertools.product(images_types, ('-', 'True', 'False')))
    assert {(row[0], row[1]) for row in rows_of(LIBVIRT_TABLE)} == expected


# No image option is written, or use_cow_images = False and images_type = qcow2
# are: what each driver makes of it.
DRIVER_TABLE = """
compute_driver                nothing-written  both-written
libvirt.LibvirtDriver         implicit-image-backend raw-disks-opened-as-qcow2
libvirt.driver.LibvirtDriver  implicit-image-backend raw-disks-opened-as-qcow2
-                             -                raw-disks-opened-as-qcow2
custom.CustomDriver           -                raw-disks-opened-as-qcow2
hyperv.HyperVDriver           driver-removed   driver-removed
hyperv.driver.HyperVDriver    driver-removed   driver-removed
xenapi.XenAPIDriver           driver-removed   driver-removed
powervm.PowerVMDriver         -                -
vmwareapi.VMwareVCDriver      -                -
ironic.IronicDriver           -                -
zvm.ZVMDriver                 -                -
fake.FakeDriver               -                -
"""


@pytest.mark.parametrize('row', rows_of(DRIVER_TABLE), ids=lambda row: row[0])
def test_drivers(row: list[str]) -> None:
    driver, *expected = row
    found = [
        hosts.host(hosts.nova_conf(written(driver), *options)).rules()
        for options in ((), ('qcow2', 'False'))
    ]
    assert found == [[rule] if rule != '-' else [] for rule in expected]


class TestRows:
    def test_there_is_a_row_for_each_check(self) -> None:
        rows = hosts.host(hosts.nova_conf()).rows()
        assert [row.check for row in rows] == list(rule.Check)

    def test_the_severity_is_the_worst_of_the_findings(self) -> None:
        host = hosts.host(hosts.nova_conf(None, 'rbd', 'True', 'False'))
        assert [row.worst for row in host.rows()] == [
            findings.Severity.NOTE,
            findings.Severity.FAILURE,
            None,
        ]

    def test_nothing_is_judged_when_nova_compute_does_not_start(self) -> None:
        host = hosts.host(
            hosts.nova_conf(images_type='qcow', use_cow_images='True')
        )
        settings, backend, moves = host.rows()
        assert [f.rule for f in settings.found] == ['invalid-setting']
        for row in (backend, moves):
            assert row.worst is findings.Severity.FAILURE
            assert row.facts[0].startswith('Not judged: nova-compute does')

    def test_findings_behind_an_invalid_value_are_for_what_replaces_it(
        self,
    ) -> None:
        host = hosts.host(hosts.nova_conf(images_type='Flat'))
        _settings, _backend, moves = host.rows()
        assert [f.rule for f in moves.found] == ['flat-disks-converted']
        assert moves.facts[-1].startswith('With the values proposed')


class TestNoComputeService:
    """The configuration of an API or a conductor."""

    def test_its_defaults_are_not_judged(self) -> None:
        rows = hosts.host('[api]\nauth_strategy = keystone\n').rows()
        for row in rows:
            assert row.worst is None
            assert "not a compute service's configuration" in row.facts[0]

    def test_an_empty_driver_is_none(self) -> None:
        assert hosts.host(hosts.nova_conf('')).rules() == []

    def test_a_written_option_is_judged_and_that_is_said(self) -> None:
        host = hosts.host(hosts.nova_conf(None, use_cow_images='False'))
        assert host.rules() == ['implicit-image-backend']
        fact = host.rows()[0].facts[0]
        assert fact.startswith('Judged as the libvirt driver, which is assum')

    def test_an_ignored_line_is_reported(self) -> None:
        host = hosts.host('[DEFAULT]\nimages_type = raw\n')
        assert host.rules() == ['ignored-setting']


def test_a_driver_that_is_not_novas_may_be_based_on_libvirts() -> None:
    for row in hosts.host(hosts.nova_conf('custom.CustomDriver')).rows():
        assert 'If it is based on the libvirt driver' in row.facts[0]


@pytest.mark.parametrize('driver', ['ironic.IronicDriver', 'zvm.ZVMDriver'])
def test_other_drivers_are_told_that_it_does_not_apply(driver: str) -> None:
    rows = hosts.host(hosts.nova_conf(driver, 'flat', 'True')).rows()
    for row in rows:
        assert row.facts[0].startswith('Does not apply: ')
        assert driver in row.facts[0]


def test_every_value_and_its_place_is_a_fact() -> None:
    host = hosts.host(
        '[DEFAULT]\nuse_cow_images = no\n',
        {'OS_LIBVIRT__IMAGES_TYPE': 'flat'},
    )
    assert host.rows()[0].read == (
        '[DEFAULT]/compute_driver (not set)',
        '[libvirt]/images_type = flat '
        '(environment variable OS_LIBVIRT__IMAGES_TYPE)',
        '[DEFAULT]/use_cow_images = no (nova.conf:2)',
        '[DEFAULT]/force_raw_images = True (not set)',
        'Files read: nova.conf',
    )


def test_describing_never_needs_a_value() -> None:
    host = hosts.host(hosts.nova_conf('$none', '$none', '$none', '$none'))
    assert [wording.setting(s) for s in host.settings().all] == [
        '[DEFAULT]/compute_driver = $none (nova.conf:2)',
        '[libvirt]/images_type = $none (nova.conf:6)',
        '[DEFAULT]/use_cow_images = $none (nova.conf:3)',
        '[DEFAULT]/force_raw_images = $none (nova.conf:4)',
    ]
