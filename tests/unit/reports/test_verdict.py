# SPDX-License-Identifier: Apache-2.0

"""Every combination of settings, as a table.

Compare with the tables of what Nova does: boot (backend), and resize and
cold migration (the rules flat-disks-converted, raw-disks-opened-as-qcow2).
"""

from __future__ import annotations

import itertools

import pytest

from nova_cow_check.reports import verdict
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
cloud.LibvirtDriver           implicit-image-backend raw-disks-opened-as-qcow2
custom.CustomDriver           -                -
powervm_ext.PowerVMDriver     -                -
lxd.LXDDriver                 -                -
compute_hyperv.HyperVDriver   -                -
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
        assert [row.check for row in rows] == list(rule.SETTINGS_CHECKS)

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
        assert moves.facts[-1] == (
            'Judged with the values that invalid-setting proposes: '
            'flat-disks-converted.'
        )


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


#: compute_driver -> what is said of it, in every row.
NOT_LIBVIRTS = {
    'powervm_ext.driver.PowerVMDriver': "is not Nova's; whether it reads",
    'lxd.LXDDriver': "is not Nova's; whether it reads",
    'compute_hyperv.driver.HyperVDriver': 'leave that option as it is',
    'ironic.IronicDriver': 'is not the libvirt driver.',
}


@pytest.mark.parametrize('driver', NOT_LIBVIRTS)
def test_a_driver_that_is_not_libvirts_is_a_success(driver: str) -> None:
    host = hosts.host(hosts.nova_conf(driver, 'qcow2', 'False', 'False'))
    for row in host.rows():
        assert row.worst is None
        (fact,) = row.facts
        assert fact.startswith('Does not apply')
        assert NOT_LIBVIRTS[driver] in fact
    assert verdict.compared_as(host.settings()) is None


#: nova.conf -> the place of what shows a compute service; None without.
EVIDENCE = {
    '[libvirt]\nvirt_type = kvm\n': 'nova.conf:2',
    '[LIBVIRT]\n# x\ncpu_mode: none\nvirt_type = kvm\n': 'nova.conf:3',
    '[libvirt]\n[api]\n[libvirt]\nunknown = kvm\n': 'nova.conf:4',
    '[libvirt]\nimages_rbd_pool =\n  vms\n': 'nova.conf:2',
    '[libvirt]\nuse_cow_images = False\n': 'nova.conf:2',
    '[DEFAULT]\nuse_cow_images = False\n[libvirt]\na = b\n': 'nova.conf:4',
    '[DEFAULT]\ncompute_driver =\n[libvirt]\na = b\n': 'nova.conf:4',
    '[DEFAULT]\nuse_cow_images = False\n': 'nova.conf:2',
    '[DEFAULT]\nforce_raw_images = True\n': 'nova.conf:2',
    '': None,
    '[DEFAULT]\nmy_ip = ::1\n': None,
    '[libvirt]\n#virt_type = kvm\n': None,
    '[DEFAULT]\nlibvirt = kvm\nlibvirt_type = kvm\n': None,
}


@pytest.mark.parametrize('content', EVIDENCE)
def test_what_shows_a_compute_service_is_told_with_its_place(
    content: str,
) -> None:
    host = hosts.host(content)
    evidence = EVIDENCE[content]
    fact = host.rows()[0].facts[0]
    if evidence is None:
        assert fact.startswith("Does not apply: not a compute service's")
        assert host.rows()[1].worst is None
        return
    assert fact.startswith('Judged as the libvirt driver, which is assumed')
    assert f'({evidence})' in fact
    told = (
        'nothing is to be done: tools write image settings for other services'
        if '[libvirt]' not in content.lower()
        else 'nothing of this applies: tools write [libvirt] for other'
    )
    assert f'If no nova-compute reads these files, {told}' in fact
    assert host.rows()[1].facts[0].startswith('Nova uses the ')
    assert verdict.compared_as(host.settings()) is None


def test_a_variable_shows_a_compute_service_too() -> None:
    host = hosts.host('', {'OS_LIBVIRT__VIRT_TYPE': 'kvm'})
    fact = host.rows()[0].facts[0]
    assert '(environment variable OS_LIBVIRT__VIRT_TYPE)' in fact


def test_no_name_and_no_value_of_what_shows_it_is_kept() -> None:
    host = hosts.host('[libvirt]\nS3cr3t = S3cr3t\n')
    assert 'S3cr3t' not in repr((host.settings(), host.rows()))


def test_a_driver_that_is_named_after_libvirts_is_assumed_to_be_one() -> None:
    host = hosts.host(hosts.nova_conf('cloud.LibvirtDriver', 'flat', 'False'))
    assert host.rows()[0].facts == (
        'Judged as the libvirt driver, which is assumed, and compared with no '
        'other host: [DEFAULT]/compute_driver = cloud.LibvirtDriver '
        '(nova.conf:2), whose name has libvirt in it. If this driver does not '
        'read these options, nothing of this applies, and nothing is to be '
        'done: accept what is found with a waiver.',
    )
    assert host.rows()[1].facts[0] == 'Nova uses the flat backend.'


def test_what_is_assumed_is_told_of_a_host_with_a_faulty_value() -> None:
    host = hosts.host('[libvirt]\nimages_type = zfs\n')
    assert 'which is assumed' in host.rows()[0].facts[0]
    assert host.rows()[1].facts[0].startswith('Not judged: nova-compute')


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
