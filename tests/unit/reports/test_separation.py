# SPDX-License-Identifier: Apache-2.0

"""The options --group that are proposed for hosts that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import shlex

import hypothesis
from hypothesis import strategies as st
import pytest

from nova_cow_check.cmd import command_line
from nova_cow_check.reports import fleet_wording
from nova_cow_check.reports import host_groups
from nova_cow_check.reports import report
from nova_cow_check.reports import separation
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings
from tests.unit import fleets
from tests.unit import hosts

AS_IS = hosts.nova_conf(images_type='qcow2', force_raw_images='False')
RBD = hosts.nova_conf(images_type='rbd')
IRONIC = hosts.nova_conf(compute_driver='ironic.IronicDriver')
GONE = host_settings.Unreadable('gone')
#: Of a controller, perhaps: no driver is written.
ASSUMED = '[libvirt]\nimages_type = flat\n'


def options(whole: report.Report) -> list[str]:
    return [
        group.option
        for one in separation.of(whole.hosts)
        for group in one.groups
    ]


def groups(words: Sequence[str]) -> list[host_groups.Group]:
    """Return what the command makes of options, as a shell gives them."""
    given = [word for one in words for word in shlex.split(one)]
    chosen = command_line.parse(['report', 'fleet', *given])
    return [host_groups.Group(*one) for one in chosen.groups.items()]


# Hosts -> the options.
TABLE: list[tuple[Mapping[str, fleets.Known], list[str]]] = [
    (fleets.numbered(1, 9, fleets.QCOW2), []),
    (
        {**fleets.numbered(1, 9, fleets.QCOW2), 'flat7': fleets.FLAT},
        ['--group flat=flat7'],
    ),
    (
        {
            **fleets.numbered(1, 9, fleets.QCOW2),
            **fleets.numbered(21, 24, fleets.FLAT),
            'x': fleets.FLAT,
            'r1': RBD,
            'y': GONE,
            'z': IRONIC,
        },
        ["--group 'flat=compute[021-024],x'", '--group rbd=r1'],
    ),
    # What is not compared is in no group, and counts for none.
    ({**fleets.numbered(1, 2, fleets.QCOW2), 'ctl': ASSUMED}, []),
    (
        {
            **fleets.numbered(1, 2, fleets.QCOW2),
            'ctl1': ASSUMED,
            'ctl2': ASSUMED,
            'x': fleets.FLAT,
        },
        ['--group flat=x'],
    ),
    # Of qcow2 there are two kinds.
    (
        {**fleets.numbered(1, 2, fleets.QCOW2), 'a': AS_IS},
        ['--group qcow2-any-images=a'],
    ),
    (
        {**fleets.numbered(1, 3, fleets.FLAT), 'a': AS_IS, 'b': fleets.QCOW2},
        [
            '--group qcow2-any-images=a',
            '--group qcow2-raw-images=b',
        ],
    ),
    (
        {**fleets.numbered(1, 3, fleets.FLAT), 'a': AS_IS},
        ['--group qcow2=a'],
    ),
    # A name that would be a pattern, two words, or another host's.
    ({'a': fleets.QCOW2, 'b': fleets.QCOW2, 'c*': fleets.FLAT}, []),
    ({'a': fleets.QCOW2, 'b': fleets.QCOW2, 'c,d': fleets.FLAT}, []),
    ({'a': fleets.QCOW2, 'b': fleets.QCOW2, 'c\x1b': fleets.FLAT}, []),
    ({'a': fleets.QCOW2, 'b': fleets.QCOW2, 'B': fleets.FLAT}, []),
    # One of a host that is not named does not matter.
    (
        {'a*': fleets.QCOW2, 'b': fleets.QCOW2, 'c': fleets.FLAT},
        ['--group flat=c'],
    ),
    (
        {'a': fleets.QCOW2, 'b': fleets.QCOW2, "c'$(d)": fleets.FLAT},
        ["""--group 'flat=c'"'"'$(d)'"""],
    ),
]


@pytest.mark.parametrize(('some_fleet', 'expected'), TABLE)
def test_options(
    some_fleet: Mapping[str, fleets.Known], expected: list[str]
) -> None:
    assert sorted(options(fleets.of(some_fleet))) == expected


@pytest.mark.parametrize(
    ('some_fleet', 'expected'),
    [
        ({**fleets.numbered(1, 2, fleets.QCOW2), 'a': AS_IS}, []),
        (
            {
                **fleets.numbered(1, 2, fleets.QCOW2),
                'a': AS_IS,
                'b': fleets.FLAT,
            },
            ['--group flat=b'],
        ),
        (
            {
                **fleets.numbered(1, 3, fleets.FLAT),
                'a': AS_IS,
                'b': fleets.QCOW2,
            },
            ['--group qcow2=a,b'],
        ),
    ],
)
def test_hosts_that_share_instances_path_may_differ_in_force_raw_images(
    some_fleet: Mapping[str, fleets.Known], expected: list[str]
) -> None:
    whole = fleets.of(some_fleet, sharing=[''])
    assert options(whole) == expected


def test_those_of_a_group_take_its_place() -> None:
    some_fleet = {
        **fleets.numbered(1, 5, fleets.QCOW2),
        **fleets.numbered(6, 7, fleets.FLAT),
        'other': fleets.FLAT,
    }
    named = [
        host_groups.Group('cell1', ('compute*',)),
        host_groups.Group('cell1-flat', ('other',)),
    ]
    whole = fleets.of(some_fleet, named)
    (one,) = separation.of(whole.hosts)
    assert one.group == 'cell1'
    assert [group.option for group in one.groups] == [
        "--group 'cell1=compute[001-005]'",
        # There is one of that name.
        "--group 'cell1-flat-2=compute[006-007]'",
    ]
    finding, *_others = fleets.compared(whole.hosts[0])
    words = [part.text for part in wording.body(finding)]
    assert any('in place of --group cell1=...' in one for one in words)
    assert one.groups[0].option in words and one.groups[1].option in words


CONFS = st.sampled_from(
    [fleets.QCOW2, fleets.FLAT, AS_IS, RBD, IRONIC, GONE, ASSUMED]
)
NAMES = st.lists(
    st.builds(
        '{}{}'.format,
        st.sampled_from(['a', 'b-', 'B-', 'x.', 'c*', 'd ']),
        st.integers(0, 12),
    ),
    min_size=1,
    max_size=12,
    unique=True,
)


@hypothesis.given(NAMES, st.data(), st.booleans())
def test_with_them_nothing_is_found_between_hosts(
    names: list[str], data: st.DataObject, is_named: bool
) -> None:
    some_fleet = {name: data.draw(CONFS) for name in names}
    named = [host_groups.Group('a', ('a*',)), host_groups.Group('b', ('b-*',))]
    before = named if is_named else []
    whole = fleets.of(some_fleet, before)
    proposed = separation.of(whole.hosts)
    found = {host.group for host in whole.hosts if fleets.compared(host)}
    assert {one.group for one in proposed} == found
    hypothesis.assume(all(one.groups for one in proposed))
    replaced = [one for one in before if one.name not in found]
    after = fleets.of(some_fleet, [*replaced, *groups(options(whole))])
    assert not any(fleets.compared(host) for host in after.hosts)


class TestWhatIsShown:
    def whole(self, number: int) -> report.Report:
        return fleets.of(
            {
                **{
                    f'host-{n}-x': fleets.FLAT for n in range(0, number * 2, 2)
                },
                **{f'q{n}': fleets.QCOW2 for n in range(number + 1)},
            }
        )

    def test_each_finding_has_the_option_of_its_hosts(self) -> None:
        whole = self.whole(3)
        rows = {id(host.rows) for host in whole.hosts if host.rules}
        # They are still shown once.
        assert len(rows) == 1
        (finding,) = fleets.compared(whole.hosts[0])
        assert finding.apart is not None
        assert list(finding.apart.options) == options(whole)

    def test_what_is_too_long_is_in_the_document_alone(self) -> None:
        whole = self.whole(600)
        (finding,) = fleets.compared(whole.hosts[0])
        assert finding.apart is not None and finding.apart.options == ()
        assert 'say so with --group' in ' '.join(
            part.text for part in wording.body(finding)
        )
        (one,) = separation.of(whole.hosts)
        last = list(fleet_wording.separation(one))[-1]
        assert last.text == (
            '--group flat=... with 600 names, which --output json has'
        )
        assert len(one.groups[0].option) > separation.LONGEST
