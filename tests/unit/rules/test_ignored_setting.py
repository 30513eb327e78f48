# SPDX-License-Identifier: Apache-2.0

"""Lines that Nova passes over."""

from __future__ import annotations

import pytest

from nova_cow_check.nova import backends
from nova_cow_check.rules import existing_guests
from nova_cow_check.rules import findings
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
    ('nova_cow_check', 'waiver_file', 'it has [nova_cow_check]/waivers_file.'),
    ('nova_cow_check', 'waivers', 'no waiver counts because of it.'),
    ('DEFAULT', 'waivers_file', 'it has [nova_cow_check]/waivers_file.'),
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
    assert after.rules() == [
        rule for rule in host.rules() if rule != finding.rule
    ]
    assert [row.facts for row in after.rows()] == [
        row.facts for row in host.rows()
    ]


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
    ('nova_cow_check', 'waivers_file'),
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
        # Alone, it would lead into the bug.
        assert hosts.as_text(changes) == [
            'set [libvirt] images_type = raw @ default',
            'set [DEFAULT] use_cow_images = False @ default',
        ]

    def test_a_change_of_backend_is_told(self) -> None:
        assert self.effects('[default]\nuse_cow_images = no\n') == (
            'Nova uses the flat backend.',
            'A new disk from a raw or qcow2 image is raw, without a backing '
            'file.',
            'A raw disk that arrives stays raw, as the guest expects it.',
            'A qcow2 root disk that arrives stays qcow2, as the guest '
            'expects it.',
            'libvirt refuses to start a guest from a host with the qcow2 '
            'backend (ERROR) if it has an ephemeral disk, whose backing file '
            'nothing makes here, or a swap disk, which is made anew as raw.',
            existing_guests.after_change(
                backends.Backend.QCOW2, backends.Backend.FLAT
            ),
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

    def test_without_a_driver_all_that_nova_does_is_new(self) -> None:
        host = hosts.host(
            '[libvirt]\ncompute_driver = libvirt.LibvirtDriver\n'
        )
        (finding,) = hosts.find('ignored-setting', host)
        assert finding.alternative is not None
        assert finding.alternative.effects[0] == 'Nova uses the qcow2 backend.'

    @pytest.mark.parametrize(
        'line',
        ['use-cow-images = hunter2', 'compute-driver = hunter2'],
    )
    def test_a_value_that_does_not_fit_is_not_shown(self, line: str) -> None:
        host = hosts.host(f'[DEFAULT]\n{line}\n')
        (finding,) = host.findings()
        assert finding.alternative is None
        assert 'hunter2' not in repr(finding)


# Other settings, the line ignored -> what to write if it was meant.
SAFE: list[tuple[dict[str, str], str, list[str]]] = [
    ({}, 'images_type = raw', ['images_type = raw', 'use_cow_images = False']),
    ({}, 'images_type = qcow2', ['images_type = qcow2']),
    ({}, 'images_type = rbd', ['images_type = rbd']),
    (
        {'use_cow_images': 'no'},
        'images_type = flat',
        ['images_type = flat', 'keep use_cow_images = False'],
    ),
    (
        {'use_cow_images': 'no'},
        'images_type = qcow2',
        ['images_type = qcow2', 'use_cow_images = True'],
    ),
    (
        {'force_raw_images': 'no'},
        'images_type = rbd',
        ['images_type = rbd', 'force_raw_images = True'],
    ),
    # "default" is never written: what it stands for is.
    ({}, 'images_type = default', ['images_type = qcow2']),
    (
        {'use_cow_images': 'no'},
        'images_type = default',
        ['images_type = flat', 'keep use_cow_images = False'],
    ),
    # Where it would choose the backend, this is named.
    (
        {},
        'use_cow_images = no',
        ['images_type = flat', 'use_cow_images = False'],
    ),
    (
        {},
        'use_cow_images = yes',
        ['images_type = qcow2', 'use_cow_images = True'],
    ),
    ({'images_type': 'raw'}, 'use_cow_images = 0', ['use_cow_images = False']),
    (
        {'images_type': 'qcow2'},
        'use_cow_images = 1',
        ['use_cow_images = True'],
    ),
    ({}, 'force_raw_images = no', ['force_raw_images = False']),
    # Not safe there, or of no use.
    ({'images_type': 'qcow2'}, 'use_cow_images = no', []),
    ({'images_type': 'flat'}, 'use_cow_images = yes', []),
    ({'images_type': 'rbd'}, 'use_cow_images = no', []),
    ({'images_type': 'rbd'}, 'force_raw_images = no', []),
    # Nothing is known beside a value of which nothing is.
    ({'use_cow_images': 'maybe'}, 'images_type = raw', []),
    ({'images_type': 'ceph'}, 'use_cow_images = no', []),
    # No value of the option.
    ({}, 'use_cow_images = Flase', []),
    ({}, 'images_type = {{ x }}', []),
]


@pytest.mark.parametrize(('options', 'line', 'wanted'), SAFE, ids=str)
def test_what_is_written_if_it_was_meant_is_safe(
    options: dict[str, str], line: str, wanted: list[str]
) -> None:
    host = hosts.host(f'{hosts.nova_conf(**options)}[x]\n{line}\n')
    (finding,) = hosts.find('ignored-setting', host)
    changes = ()
    if finding.alternative is not None:
        changes = finding.alternative.replacement.changes
    written = sorted(
        f'{"keep " if one.action is findings.Action.KEEP else ""}'
        f'{one.name} = {one.value}'
        for one in changes
    )
    assert written == sorted(wanted)
    if changes and options != {'force_raw_images': 'no'}:
        made = [*finding.replacement.changes, *findings.to_make(changes)]
        after = host.edited(reversed(made))
        # What is implicit has a finding of its own.
        assert set(after.rules()) <= {'implicit-image-backend'}
        assert 'images_type' not in line or after.rules() == []


@pytest.mark.parametrize(
    ('options', 'line', 'sentence'),
    [
        (
            {'images_type': 'qcow2'},
            'use_cow_images = no',
            'In its right place it would not be safe beside '
            '[libvirt]/images_type = qcow2 (nova.conf:4).',
        ),
        (
            {'images_type': 'lvm'},
            'use_cow_images = no',
            'In its right place it would have no effect beside '
            '[libvirt]/images_type = lvm (nova.conf:4).',
        ),
        (
            {'images_type': 'rbd'},
            'force_raw_images = no',
            'In its right place it would keep nova-compute from starting, '
            'beside [libvirt]/images_type = rbd (nova.conf:4).',
        ),
    ],
)
def test_why_a_line_is_not_to_be_moved(
    options: dict[str, str], line: str, sentence: str
) -> None:
    host = hosts.host(f'{hosts.nova_conf(**options)}[x]\n{line}\n')
    (finding,) = hosts.find('ignored-setting', host)
    assert finding.explanation.endswith(sentence)


class TestSwallowed:
    """What white space makes a part of the value above."""

    def finding(self, content: str) -> findings.Finding:
        (finding,) = hosts.find('ignored-setting', hosts.host(content))
        assert 'hunter2' not in repr(finding)
        return finding

    @pytest.mark.parametrize('space', [' ', '\t', '    '])
    def test_an_option(self, space: str) -> None:
        finding = self.finding(
            f'[libvirt]\nrbd_secret = hunter2\n{space}images_type = raw\n'
        )
        assert finding.explanation == (
            'Nova ignores images_type (nova.conf:3): white space before it '
            'makes the line a part of the value above it.'
        )
        assert finding.alternative is not None
        assert hosts.as_text(finding.alternative.replacement.changes) == [
            'set [libvirt] images_type = raw @ default',
            'set [DEFAULT] use_cow_images = False @ default',
        ]

    def test_an_option_below_an_empty_value(self) -> None:
        finding = self.finding(
            '[DEFAULT]\ntransport_url =\n  hunter2\n  use_cow_images: no\n'
        )
        assert 'use_cow_images (nova.conf:4)' in finding.explanation

    def test_an_option_below_one_of_these(self) -> None:
        content = hosts.nova_conf(use_cow_images='no\n  force_raw_images = no')
        assert 'force_raw_images (nova.conf:4)' in (
            self.finding(content).explanation
        )

    @pytest.mark.parametrize('header', ['[libvirt]', '[ LibVirt ]'])
    def test_a_header(self, header: str) -> None:
        finding = self.finding(
            f'[DEFAULT]\npassword = hunter2\n  {header}\n\n'
            'virt_type = kvm\nimages_type = raw\n'
        )
        assert finding.explanation.startswith('Nova ignores [DEFAULT]/images')
        assert finding.explanation.endswith(
            'Above it, white space before [libvirt] (nova.conf:3) makes that '
            'header a part of the value above it: remove the white space, if '
            'the section was to begin there.'
        )

    @pytest.mark.parametrize(
        'between',
        [
            # Of another section; followed by a real one; not a header.
            '  [glance]\n',
            '  [libvirt]\n[DEFAULT]\n',
            '  [libvirt] # why\n',
            '# [libvirt]\n',
            '  ["libvirt"]\n',
            '  [\n  libvirt\n  ]\n',
        ],
    )
    def test_a_header_that_has_nothing_to_do_with_it(
        self, between: str
    ) -> None:
        finding = self.finding(
            f'[DEFAULT]\npassword = hunter2\n{between}images_type = raw\n'
        )
        assert 'white space' not in finding.explanation

    @pytest.mark.parametrize(
        'line',
        [
            'images_type raw',
            'old_images_type = raw',
            '# images_type = raw',
            '"images_type": "raw"',
            'images_type\n  = raw',
        ],
    )
    def test_a_line_that_was_meant_for_the_value(self, line: str) -> None:
        host = hosts.host(f'[DEFAULT]\nx = 1\n  {line}\n')
        assert hosts.find('ignored-setting', host) == []


@pytest.mark.parametrize('driver', ['nova.virt.x.Y', 'libvirt.Driver'])
def test_a_driver_that_nova_cannot_load_does_not_hide_it(driver: str) -> None:
    host = hosts.host(hosts.nova_conf(driver) + '[x]\nimages_type = raw\n')
    assert host.rules() == ['ignored-setting', 'invalid-setting']


def test_what_is_written_for_our_own_option_is_not_shown() -> None:
    path = '/etc/nova/waivers.yaml'
    host = hosts.host(
        f'{hosts.nova_conf()}[nova_cow_check]\nwaiver_file = {path}\n'
    )
    (finding,) = hosts.find('ignored-setting', host)
    assert finding.alternative is None
    assert path not in repr(finding)
