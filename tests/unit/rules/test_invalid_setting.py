# SPDX-License-Identifier: Apache-2.0

"""Values that Nova cannot use, and what is proposed for them."""

from __future__ import annotations

import pytest

from tests.unit import hosts

# Written values -> the values that are proposed; None where that is to
# remove the option.
TABLE = [
    # The value that was meant, where it can be told.
    ({'images_type': 'QCOW2'}, {'images_type': 'qcow2'}),
    ({'images_type': 'qcow'}, {'images_type': 'qcow2'}),
    ({'images_type': 'rdb'}, {'images_type': 'rbd'}),
    ({'images_type': 'Flat'}, {'images_type': 'flat'}),
    ({'images_type': 'raw # why'}, {'images_type': 'raw'}),
    ({'images_type': '"raw'}, {'images_type': 'raw'}),
    ({'images_type': 'Default'}, {'images_type': 'default'}),
    ({'use_cow_images': 'y'}, {'use_cow_images': 'True'}),
    ({'use_cow_images': 'F'}, {'use_cow_images': 'False'}),
    ({'use_cow_images': 'False # why'}, {'use_cow_images': 'False'}),
    ({'force_raw_images': 'no;'}, {'force_raw_images': 'False'}),
    (
        {'compute_driver': 'nova.virt.libvirt.LibvirtDriver'},
        {'compute_driver': 'libvirt.LibvirtDriver'},
    ),
    (
        {'compute_driver': 'libvirt.LibvirtDriver # why'},
        {'compute_driver': 'libvirt.LibvirtDriver'},
    ),
    (
        {'compute_driver': 'nova.virt.ironic.IronicDriver'},
        {'compute_driver': 'ironic.IronicDriver'},
    ),
    # Where it cannot, what nova-compute does without the value.
    ({'images_type': ''}, {'images_type': 'qcow2'}),
    ({'images_type': 'file', 'use_cow_images': 'no'}, {'images_type': 'flat'}),
    ({'use_cow_images': ''}, {'use_cow_images': 'True'}),
    ({'use_cow_images': 'maybe'}, {'use_cow_images': 'True'}),
    ({'force_raw_images': 'maybe'}, {'force_raw_images': 'True'}),
    ({'compute_driver': '$none'}, {'compute_driver': 'libvirt.LibvirtDriver'}),
    ({'images_type': '$none'}, {'images_type': 'qcow2'}),
    # Never a value that is dangerous beside the others.
    (
        {'use_cow_images': 'y', 'images_type': 'flat'},
        {'use_cow_images': 'False'},
    ),
    (
        {'use_cow_images': 'n', 'images_type': 'qcow2'},
        {'use_cow_images': 'True'},
    ),
    (
        {'force_raw_images': 'n', 'images_type': 'rbd'},
        {'force_raw_images': 'True'},
    ),
    ({'use_cow_images': 'n', 'images_type': 'rbd'}, {'use_cow_images': None}),
    # Another driver reads it, whatever images_type is.
    (
        {
            'compute_driver': 'hyperv.HyperVDriver',
            'use_cow_images': 'n',
            'images_type': 'rbd',
        },
        {'use_cow_images': 'False'},
    ),
    # All at once.
    (
        {'use_cow_images': 'f', 'images_type': 'x', 'force_raw_images': 'x'},
        {
            'images_type': 'flat',
            'use_cow_images': 'False',
            'force_raw_images': 'True',
        },
    ),
]


@pytest.mark.parametrize('options, proposed', TABLE, ids=str)
def test_proposal(
    options: dict[str, str], proposed: dict[str, str | None]
) -> None:
    host = hosts.host(hosts.nova_conf(**options))
    found = hosts.find('invalid-setting', host)
    changes = hosts.changes(*found)
    assert {change.name: change.value for change in changes} == proposed
    after = host.edited(changes)
    assert hosts.find('invalid-setting', after) == []


@pytest.mark.parametrize('options, _proposed', TABLE, ids=str)
def test_one_round_of_edits_is_enough(
    options: dict[str, str], _proposed: dict[str, str | None]
) -> None:
    host = hosts.host(hosts.nova_conf(**options))
    after = host.edited(hosts.changes(*host.findings()))
    assert set(after.rules()) <= {'driver-removed'}


VALID = [
    *(('use_cow_images', value) for value in ('True', '1', 'ON', 'yes')),
    *(('use_cow_images', value) for value in ('FALSE', '0', 'off', 'No')),
    *(('force_raw_images', value) for value in ('"yes"', "'0'")),
    *(('images_type', value) for value in ('"rbd"', "'qcow2'")),
    ('compute_driver', 'libvirt.driver.LibvirtDriver'),
]


@pytest.mark.parametrize('option, value', VALID)
def test_valid(option: str, value: str) -> None:
    host = hosts.host(hosts.nova_conf(**{option: value}))
    assert hosts.find('invalid-setting', host) == []


class TestExplanation:
    def explanation(self, **options: str) -> str:
        host = hosts.host(hosts.nova_conf(**options))
        (finding,) = hosts.find('invalid-setting', host)
        return finding.explanation

    def test_it_has_the_place_and_the_valid_values(self) -> None:
        assert self.explanation(images_type='foo') == (
            '[libvirt]/images_type = foo (nova.conf:4) is not a value that '
            'Nova can use: nova-compute does not start. Valid values: raw, '
            'flat, qcow2, lvm, rbd, ploop, default.'
        )

    def test_it_has_the_spellings_of_the_libvirt_driver(self) -> None:
        assert self.explanation(compute_driver='libvirt') == (
            '[DEFAULT]/compute_driver = libvirt (nova.conf:2) is no driver '
            'that Nova can load: nova-compute does not start. The libvirt '
            'driver is: libvirt.LibvirtDriver, libvirt.driver.LibvirtDriver.'
        )

    def test_it_points_at_a_comment(self) -> None:
        assert self.explanation(use_cow_images='no # x').endswith(
            'A comment needs a line of its own: here it is a part of the '
            'value.'
        )

    def test_it_does_not_see_a_comment_in_a_wrong_value(self) -> None:
        assert 'comment' not in self.explanation(use_cow_images='maybe')

    def test_it_shows_a_reference_and_not_what_it_stands_for(self) -> None:
        explanation = self.explanation(images_type='$compute_driver')
        assert '[libvirt]/images_type = $compute_driver (' in explanation
        assert hosts.LIBVIRT not in explanation

    def test_it_does_not_say_what_nova_does_with_an_unknown_reference(
        self,
    ) -> None:
        explanation = self.explanation(use_cow_images='$flag')
        assert 'If Nova does not know it either' in explanation


def test_only_the_first_line_of_a_value_is_shown() -> None:
    host = hosts.host('[libvirt]\nimages_type = raw\n  password = hunter2\n')
    (finding,) = hosts.find('invalid-setting', host)
    assert 'images_type = raw... (nova.conf:2)' in finding.explanation


def test_a_reference_to_itself_is_unresolved() -> None:
    host = hosts.host(hosts.nova_conf(use_cow_images='$use_cow_images'))
    assert 'cannot be resolved' in host.findings()[0].explanation


@pytest.mark.parametrize(
    'value, is_told',
    [
        ('x', False),
        ('x # why', True),
        ('x ; why', True),
        ('x\n  more', True),
        ('\n  more', False),
        # A value that is long, and no more than that.
        ('x' * 100, False),
        ('x' * 100 + '\n  more', False),
        ('x' * 50 + ' # why', True),
    ],
)
def test_what_stands_behind_a_value_is_told(value: str, is_told: bool) -> None:
    host = hosts.host(hosts.nova_conf(images_type=value))
    (finding,) = hosts.find('invalid-setting', host)
    words = 'A comment needs a line of its own'
    assert (words in finding.explanation) is is_told
