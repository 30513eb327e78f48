# SPDX-License-Identifier: Apache-2.0

"""Lines that Nova passes over."""

from __future__ import annotations

import pytest

from tests.unit import hosts

# Section, name -> the reason, and the option that was meant.
TABLE = [
    ('DEFAULT', 'images_type', 'in the group [libvirt] only'),
    ('libvirt', 'use_cow_images', 'in the group [DEFAULT] only'),
    ('libvirt', 'force_raw_images', 'in the group [DEFAULT] only'),
    ('compute', 'use_cow_images', 'in the group [DEFAULT] only'),
    ('libvrit', 'images_type', 'in the group [libvirt] only'),
    ('libvirt ', 'images_type', 'in the group [libvirt] only'),
    ('libvirt', 'compute_driver', 'in the group [DEFAULT] only'),
    ('default', 'use_cow_images', 'in capital letters'),
    ('Default', 'compute_driver', 'in capital letters'),
    ('DEFAULT', 'use-cow-images', 'only when spelt use_cow_images'),
    ('DEFAULT', 'Use_Cow_Images', 'only when spelt use_cow_images'),
    ('DEFAULT', '"use_cow_images"', 'only when spelt use_cow_images'),
    ('libvirt', 'images type', 'only when spelt images_type'),
    ('libvirt', 'IMAGES-TYPE', 'only when spelt images_type'),
    ('DEFAULT', 'libvirt_images_type', 'since the Juno release'),
    ('libvirt', 'libvirt_images_type', 'since the Juno release'),
    ('DEFAULT', 'use_cow_image', 'it has [DEFAULT]/use_cow_images'),
    ('DEFAULT', 'force_raw_image', 'it has [DEFAULT]/force_raw_images'),
    ('libvirt', 'image_type', 'it has [libvirt]/images_type'),
    ('libvirt', 'images_typ', 'it has [libvirt]/images_type'),
    ('DEFAULT', 'compute_drivers', 'it has [DEFAULT]/compute_driver'),
]


@pytest.mark.parametrize('group, name, reason', TABLE)
def test_ignored(group: str, name: str, reason: str) -> None:
    value = 'raw' if 'type' in name.lower() else 'False'
    host = hosts.host(f'{hosts.nova_conf()}[{group}]\n{name} = {value}\n')
    (finding,) = hosts.find('ignored-setting', host)
    assert reason in finding.explanation
    assert f'{name} (nova.conf:5)' in finding.explanation
    assert hosts.as_text(finding.replacement.changes) == [
        f'remove [{group}] {name} @ nova.conf:5'
    ]
    after = host.edited(finding.replacement.changes)
    assert hosts.find('ignored-setting', after) == []
    assert after.rows()[1:] == host.rows()[1:]


READ_OR_ANOTHER = [
    ('LIBVIRT', 'images_type'),
    ('Libvirt', 'images_type'),
    ('DEFAULT', 'use_cow_images'),
    ('libvirt', 'images_rbd_pool'),
    ('libvirt', 'images_volume_group'),
    ('libvirt', 'virt_type'),
    ('DEFAULT', 'preallocate_images'),
    ('DEFAULT', 'force_config_drive'),
    ('DEFAULT', 'compute_topic'),
    ('glance', 'image_type'),
    ('DEFAULT', 'libvirt_type'),
]


@pytest.mark.parametrize('group, name', READ_OR_ANOTHER)
def test_not_ignored(group: str, name: str) -> None:
    host = hosts.host(f'[{group}]\n{name} = raw\n')
    assert hosts.find('ignored-setting', host) == []


def test_a_comment_is_no_setting() -> None:
    host = hosts.host('[DEFAULT]\n# images_type = raw\n;images_type = raw\n')
    assert host.rules() == []


def test_an_environment_variable_is_ignored_too() -> None:
    host = hosts.host('', {'OS_DEFAULT__IMAGES_TYPE': 'raw', 'OS_X': '1'})
    (finding,) = host.findings()
    assert 'environment variable OS_DEFAULT__IMAGES_TYPE' in (
        finding.explanation
    )
    assert host.edited(hosts.changes(finding)).environment == {'OS_X': '1'}


class TestIfItWasMeant:
    def effects(self, ignored: str, **options: str) -> tuple[str, ...]:
        host = hosts.host(hosts.nova_conf(**options) + ignored)
        (finding,) = hosts.find('ignored-setting', host)
        assert finding.alternative is not None
        return finding.alternative.effects

    def test_the_right_place_is_given(self) -> None:
        host = hosts.host('[DEFAULT]\nimages_type = raw\n')
        (finding,) = host.findings()
        assert finding.alternative is not None
        changes = finding.alternative.replacement.changes
        assert hosts.as_text(changes) == [
            'set [libvirt] images_type = raw @ default'
        ]

    def test_a_change_of_backend_is_told(self) -> None:
        assert self.effects('[default]\nuse_cow_images = no\n') == (
            'Nova uses the flat backend.',
            'A new disk from a raw or qcow2 image is raw, without a backing '
            'file.',
            'A raw disk that arrives stays raw, as the guest expects it.',
            'A qcow2 root disk that arrives stays qcow2, as the guest '
            'expects it.',
            'A guest from a host with the qcow2 backend does not start if it '
            'has an ephemeral disk, whose backing file nothing makes here, '
            'or a swap disk, which is made anew as raw.',
        )

    def test_a_danger_is_told(self) -> None:
        effects = self.effects(
            '[libvirt]\nuse_cow_images = no\n', images_type='qcow2'
        )
        assert effects == (
            'A raw disk that arrives stays raw, but the guest is told that '
            'it is qcow2: it does not start, or reads files of this host if '
            'it writes a qcow2 header.',
        )

    def test_the_same_value_changes_nothing(self) -> None:
        effects = self.effects(
            '[DEFAULT]\nimages_type = flat\n',
            images_type='flat',
            use_cow_images='no',
        )
        assert effects == ('Nothing changes: it has this value already.',)

    def test_nor_does_what_a_reference_stands_for(self) -> None:
        effects = self.effects(
            '[nova_cow_check]\nwaivers_file = libvirt.LibvirtDriver\n'
            '[libvirt]\ncompute_driver = libvirt.LibvirtDriver\n',
            compute_driver='${nova_cow_check.waivers_file}',
        )
        assert effects == ('Nothing changes: it has this value already.',)

    def test_another_name_for_the_same_does_not_matter(self) -> None:
        effects = self.effects(
            '[DEFAULT]\nimages_type = raw\n',
            images_type='flat',
            use_cow_images='no',
        )
        assert effects == ('What becomes of a disk does not change.',)

    def test_another_driver_would_not_read_them(self) -> None:
        effects = self.effects(
            '[libvirt]\ncompute_driver = ironic.IronicDriver\n'
        )
        assert effects == ('The image settings do not apply.',)

    @pytest.mark.parametrize(
        'line',
        ['use-cow-images = hunter2', 'compute-driver = hunter2'],
    )
    def test_a_value_that_does_not_fit_is_not_shown(self, line: str) -> None:
        host = hosts.host(f'[DEFAULT]\n{line}\n')
        (finding,) = host.findings()
        assert finding.alternative is None
        assert 'hunter2' not in repr(finding)
