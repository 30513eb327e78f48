# SPDX-License-Identifier: Apache-2.0

"""Values that Nova cannot use, and what is proposed for them."""

from __future__ import annotations

import pytest

from nova_cow_check.nova import opts
from tests.unit import hosts

# Written values -> the values that are proposed; None where that is to
# remove the option.
PROPOSED: list[tuple[dict[str, str], dict[str, str | None]]] = [
    ({'images_type': 'QCOW2'}, {'images_type': 'qcow2'}),
    ({'images_type': 'qcow'}, {'images_type': 'qcow2'}),
    ({'images_type': 'rdb'}, {'images_type': 'rbd'}),
    ({'images_type': 'Flat'}, {'images_type': 'flat'}),
    ({'images_type': 'raw # why'}, {'images_type': 'raw'}),
    ({'images_type': '"raw'}, {'images_type': 'raw'}),
    # The choice that was meant is named: else, another finding would ask.
    ({'images_type': 'Default'}, {'images_type': 'qcow2'}),
    (
        {'images_type': 'Default', 'use_cow_images': 'no'},
        {'images_type': 'flat', 'use_cow_images': 'False'},
    ),
    ({'use_cow_images': 'y'}, {'use_cow_images': 'True'}),
    ({'use_cow_images': 'F'}, {'use_cow_images': 'False'}),
    ({'use_cow_images': 'Flase'}, {'use_cow_images': 'False'}),
    ({'use_cow_images': 'disabled'}, {'use_cow_images': 'False'}),
    ({'use_cow_images': 'no.'}, {'use_cow_images': 'False'}),
    ({'use_cow_images': 'False,'}, {'use_cow_images': 'False'}),
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
    (
        {'compute_driver': 'libvirt'},
        {'compute_driver': 'libvirt.LibvirtDriver'},
    ),
    # "default" is never written: what it stands for is.
    ({'images_type': 'Default'}, {'images_type': 'qcow2'}),
    (
        {'images_type': 'defaut', 'use_cow_images': 'no'},
        {'images_type': 'flat', 'use_cow_images': 'False'},
    ),
    (
        {'images_type': 'defualt', 'use_cow_images': 'n'},
        {'images_type': 'flat', 'use_cow_images': 'False'},
    ),
    # Safe beside the others.
    (
        {'use_cow_images': 'n', 'images_type': 'flat'},
        {'use_cow_images': 'False'},
    ),
    (
        {'use_cow_images': 'y', 'images_type': 'QCOW2'},
        {'use_cow_images': 'True', 'images_type': 'qcow2'},
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
]

# Written values -> the values that are proposed all the same.
NOT_PROPOSED: list[tuple[dict[str, str], dict[str, str | None]]] = [
    # Which of two that contradict each other is right, is not evident.
    ({'images_type': 'qcow', 'use_cow_images': 'False'}, {}),
    ({'images_type': 'QCOW2', 'use_cow_images': 'no'}, {}),
    ({'images_type': 'QCOW2', 'use_cow_images': 'n'}, {}),
    ({'images_type': 'qcow', 'use_cow_images': 'False,'}, {}),
    # Nothing was evidently meant.
    ({'images_type': ''}, {}),
    ({'images_type': 'ceph'}, {}),
    ({'images_type': 'file', 'use_cow_images': 'no'}, {}),
    ({'images_type': '{{ nova_images_type }}'}, {}),
    ({'images_type': '$none'}, {}),
    ({'use_cow_images': ''}, {}),
    ({'use_cow_images': 'maybe'}, {}),
    ({'use_cow_images': '(False)'}, {}),
    ({'use_cow_images': '0.0'}, {}),
    ({'use_cow_images': '<%= @cow %>'}, {}),
    ({'force_raw_images': 'maybe'}, {}),
    ({'compute_driver': '$none'}, {}),
    ({'compute_driver': '{{ compute_driver }}'}, {}),
    ({'compute_driver': 'nova.virt.fake.FakeConnection'}, {}),
    ({'compute_driver': 'nova.virt.hyperv.HyperVDriver'}, {}),
    # An earlier value of the option is no evidence.
    ({'images_type': 'qcow2\nimages_type = ceph'}, {}),
    # What was meant would be dangerous beside the others.
    ({'use_cow_images': 'y', 'images_type': 'flat'}, {}),
    ({'use_cow_images': 'n', 'images_type': 'qcow2'}, {}),
    ({'force_raw_images': 'n', 'images_type': 'rbd'}, {}),
    # What it would stand for is not known.
    ({'use_cow_images': 'maybe', 'images_type': 'Default'}, {}),
    (
        {'use_cow_images': 'f', 'images_type': 'x', 'force_raw_images': 'x'},
        {'use_cow_images': 'False'},
    ),
]


@pytest.mark.parametrize('options, proposed', PROPOSED + NOT_PROPOSED, ids=str)
def test_proposal(
    options: dict[str, str], proposed: dict[str, str | None]
) -> None:
    host = hosts.host(hosts.nova_conf(**options))
    found = hosts.find('invalid-setting', host)
    changes = hosts.changes(*found)
    assert {change.name: change.value for change in changes} == proposed
    left = [one for one in found if not one.replacement.changes]
    after = host.edited(changes)
    assert len(hosts.find('invalid-setting', after)) == len(left)


@pytest.mark.parametrize('options, _proposed', PROPOSED, ids=str)
def test_one_round_of_edits_is_enough(
    options: dict[str, str], _proposed: dict[str, str | None]
) -> None:
    host = hosts.host(hosts.nova_conf(**options))
    after = host.edited(hosts.changes(*host.findings()))
    assert set(after.rules()) <= {'driver-removed'}


@pytest.mark.parametrize('options, _proposed', PROPOSED, ids=str)
def test_no_two_findings_want_another_value(
    options: dict[str, str], _proposed: dict[str, str | None]
) -> None:
    host = hosts.host(hosts.nova_conf(**options))
    wanted = {
        (change.group, change.name, change.value)
        for change in hosts.changes(*host.findings())
    }
    assert len({one[:2] for one in wanted}) == len(wanted)


@pytest.mark.parametrize('options, _proposed', NOT_PROPOSED, ids=str)
def test_nothing_else_is_judged_then(
    options: dict[str, str], _proposed: dict[str, str | None]
) -> None:
    host = hosts.host(hosts.nova_conf(**options))
    assert set(host.rules()) == {'invalid-setting'}
    _settings, *others = host.rows()
    for row in others:
        assert row.blocked_by
        (fact,) = row.facts
        assert fact.startswith('Not judged: nova-compute does not start with')


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
            'flat, qcow2, lvm, rbd, ploop, default. What was meant is not '
            'evident, and none is proposed: only the operator knows what '
            'this host had before. Guests that exist need the image backend '
            'that made their disks: write the value with which nova-compute '
            'ran before.'
        )

    def test_it_has_the_drivers_of_nova(self) -> None:
        assert self.explanation(compute_driver='libvirt') == (
            '[DEFAULT]/compute_driver = libvirt (nova.conf:2) is no driver '
            'that Nova can load: nova-compute does not start. The drivers of '
            'Nova: libvirt.LibvirtDriver, ironic.IronicDriver, '
            'vmwareapi.VMwareVCDriver, zvm.ZVMDriver.'
        )

    @pytest.mark.parametrize('option', opts.OPTIONS, ids=str)
    @pytest.mark.parametrize(
        'value', ['{{ x }}', '{% x %}', '<%= x %>', '@X@', '{{ $x }}']
    )
    def test_it_tells_of_a_template(
        self, option: opts.Option, value: str
    ) -> None:
        explanation = self.explanation(**{option.name: value})
        assert f'{option} = {value} (nova.conf:' in explanation
        assert 'is a template that was not rendered' in explanation

    def test_it_tells_what_was_meant_and_is_not_safe(self) -> None:
        assert (
            'False was evidently meant, but is not safe beside '
            '[libvirt]/images_type = qcow2 (nova.conf:5): none is proposed, '
            'because only the operator knows which of the two is right.'
        ) in self.explanation(use_cow_images='n', images_type='qcow2')

    def test_it_tells_of_two_that_contradict_each_other(self) -> None:
        assert (
            'qcow2 was evidently meant, but is not safe beside '
            '[DEFAULT]/use_cow_images = False (nova.conf:3): none is proposed'
        ) in self.explanation(use_cow_images='False', images_type='qcow')

    @pytest.mark.parametrize(
        ('images_type', 'is_told'),
        [(None, True), ('default', True), ('lvm', False), ('raw', False)],
    )
    def test_it_tells_of_guests_where_the_backend_depends_on_it(
        self, images_type: str | None, is_told: bool
    ) -> None:
        explanation = self.explanation(
            use_cow_images='no.', images_type=images_type
        )
        assert ('Guests that exist need' in explanation) is is_told

    def test_it_tells_what_was_meant_and_stops_nova_compute(self) -> None:
        assert self.explanation(
            force_raw_images='n', images_type='rbd'
        ).endswith(
            'False was evidently meant, but nova-compute does not start with '
            'it beside [libvirt]/images_type = rbd (nova.conf:5): write True, '
            'or another images_type if rbd was not meant.'
        )

    def test_it_points_at_a_comment(self) -> None:
        assert (
            'A comment needs a line of its own: here it is a part of the '
            'value.'
        ) in self.explanation(use_cow_images='no # x')

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


COMMENT = 'A comment needs a line of its own'
MORE = 'A line below it starts with white space'


@pytest.mark.parametrize(
    'value, told',
    [
        ('x', []),
        ('no;', []),
        ('x;y', []),
        ('x # why', [COMMENT]),
        ('x ; why', [COMMENT]),
        ('x\n  more', [MORE]),
        ('\n  more', [MORE]),
        ('x # why\n  more', [COMMENT, MORE]),
        # A value that is long, and no more than that.
        ('x' * 100, []),
        ('x' * 100 + '\n  more', []),
        ('x' * 50 + ' # why', [COMMENT]),
    ],
)
def test_what_stands_behind_a_value_is_told(
    value: str, told: list[str]
) -> None:
    host = hosts.host(hosts.nova_conf(images_type=value))
    (finding,) = hosts.find('invalid-setting', host)
    words = [one for one in (COMMENT, MORE) if one in finding.explanation]
    assert words == told
