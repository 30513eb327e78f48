# SPDX-License-Identifier: Apache-2.0

"""Collected hosts as a person reads them.

tests/unit/golden/formats/text/fleet-varied.txt has all of it.
"""

from __future__ import annotations

import re

import hypothesis
from hypothesis import strategies as st
import pytest

from nova_cow_check.formats import interface
from nova_cow_check.formats import text
from nova_cow_check.reports import host_groups
from nova_cow_check.reports import report
from nova_cow_check.settings import host_settings
from tests.unit import fleets
from tests.unit import hosts
from tests.unit import sample_reports
from tests.unit import strategies

ESCAPE = re.compile('\x1b' + r'\[[\d;]+m')


def rendered(
    whole: report.Report, width: int = 80, has_colour: bool = False
) -> str:
    return ''.join(text.render(whole, interface.Appearance(width, has_colour)))


def sentences(whole: report.Report, width: int = 80) -> str:
    """Return the text with its paragraphs unwrapped."""
    return ' '.join(rendered(whole, width).split())


class TestVerdict:
    def test_the_fleet_comes_first(self) -> None:
        lines = rendered(fleets.varied()).split('\n')
        assert lines[:7] == [
            '34 hosts: FAILURE',
            '   2 not read',
            '   7 with a failure',
            '   8 with warnings',
            '  15 fine',
            '   2 not concerned: without the libvirt driver',
            '',
        ]

    def test_what_there_is_none_of_is_left_out(self) -> None:
        lines = rendered(fleets.alike()).split('\n')
        assert lines[:3] == ['3 hosts: SUCCESS', '  3 fine', '']

    def test_one_collected_host_is_a_fleet(self) -> None:
        whole = fleets.of({'compute1': fleets.QCOW2})
        assert rendered(whole).startswith('1 host: SUCCESS\n')

    def test_the_summary_counts_the_findings_of_all_hosts(self) -> None:
        whole = fleets.of(fleets.numbered(1, 7, hosts.nova_conf()))
        assert rendered(whole).endswith(
            '\nnova-cow-check rules NAME tells more about a finding.\n'
            '\n'
            'Failures: 0, warnings: 7, notes: 0, waived: 0.\n'
            'Exit code 1, with --fail-on warning.\n'
        )

    def test_without_a_finding_there_is_nothing_more_to_read(self) -> None:
        assert 'rules NAME' not in rendered(fleets.alike())


class TestOrder:
    def test_the_worst_first_and_before_all_what_was_not_read(self) -> None:
        shown = rendered(fleets.varied())
        starts = [
            'Failure: unreadable-configuration, 1 host\n',
            'FAILURE, 3 hosts: ',
            'WARNING, 8 hosts: ',
            'SUCCESS, 12 hosts: ',
            'Resize and cold migration in the group cell2\n',
            'Resize and cold migration of the other hosts\n',
            'Failures: ',
        ]
        places = [shown.index(f'\n{start}') for start in starts]
        assert places == sorted(places)

    def test_a_waived_host_that_was_not_read_is_among_these(self) -> None:
        whole = fleets.of(
            {
                'compute1': hosts.nova_conf(),
                'compute2': host_settings.Unreadable('It is on fire'),
            },
            accepted=[sample_reports.waiver('unreadable-configuration')],
        )
        shown = rendered(whole)
        assert shown.index('compute2 (') < shown.index('  compute1\n')


class TestGroups:
    def test_a_group_without_a_libvirt_host_has_no_moves(self) -> None:
        ironic = hosts.nova_conf(compute_driver='ironic.IronicDriver')
        whole = fleets.of(
            {'metal1': ironic, 'compute1': fleets.QCOW2},
            [host_groups.Group('metal', ('metal*',))],
        )
        shown = rendered(whole)
        assert 'SUCCESS, 1 host of metal: not concerned\n' in shown
        assert 'in the group metal' not in shown

    def test_a_finding_is_shown_once_for_hosts_alike(self) -> None:
        whole = fleets.of(fleets.numbered(1, 5000, hosts.nova_conf()))
        shown = rendered(whole)
        assert shown.count('Warning: implicit-image-backend') == 1
        assert shown.count('\n') < 40


#: Names that people give to hosts, and such that nobody ought to.
NAMES = st.one_of(
    st.builds('compute{:03}'.format, st.integers(0, 400)),
    st.builds('r{}-c{}.example.org'.format, *[st.integers(0, 99)] * 2),
    strategies.HOSTILE,
)

VALUES = st.sampled_from([None, 'True', 'False', 'maybe', 'qcow2', 'flat'])

CONFIGURATIONS = st.one_of(
    st.builds(
        hosts.nova_conf,
        st.sampled_from([None, hosts.LIBVIRT, 'ironic.IronicDriver', 'x.Y']),
        st.sampled_from([None, 'default', 'qcow2', 'raw', 'rbd', 'lvm']),
        VALUES,
        VALUES,
    ),
    st.builds(
        host_settings.Unreadable,
        st.sampled_from(['no such file', 'not UTF-8 text'])
        | strategies.HOSTILE,
        st.sampled_from(['', 'nova.conf']) | strategies.HOSTILE,
        st.integers(0, 9),
    ),
)

GROUPS = st.sampled_from([(), (host_groups.Group('a \x1bcell', ('c*1',)),)])


@st.composite
def any_fleet(draw: st.DrawFn) -> report.Report:
    found = draw(st.dictionaries(NAMES, CONFIGURATIONS, min_size=1))
    rule = draw(
        st.sampled_from(['unreadable-configuration', 'mixed-image-backends'])
    )
    return fleets.of(found, draw(GROUPS), [sample_reports.waiver(rule)])


WIDTHS = st.integers(40, 100)


@hypothesis.given(any_fleet(), WIDTHS)
def test_lines_fit_the_terminal(whole: report.Report, width: int) -> None:
    for line in rendered(whole, width).split('\n'):
        # An option is whole, to be copied.
        can_break = ' ' in line.strip() and not line.startswith('--group ')
        assert len(line) <= width or not can_break, line


@hypothesis.given(any_fleet(), WIDTHS)
def test_nothing_can_act_on_a_terminal(
    whole: report.Report, width: int
) -> None:
    assert rendered(whole, width).replace('\n', '').isprintable()


@hypothesis.given(any_fleet(), WIDTHS)
def test_colour_changes_no_word(whole: report.Report, width: int) -> None:
    coloured = rendered(whole, width, has_colour=True)
    assert ESCAPE.sub('', coloured) == rendered(whole, width)


@hypothesis.given(any_fleet())
def test_every_host_that_was_not_read_is_named(whole: report.Report) -> None:
    shown = sentences(whole)
    for host in whole.hosts:
        if (
            isinstance(host.known, host_settings.Unreadable)
            and host.name.isalnum()
        ):
            assert f' {host.name} (' in shown


@pytest.mark.parametrize('width', [40, 80])
def test_no_line_ends_with_a_space(width: int) -> None:
    for line in rendered(fleets.varied(), width).split('\n'):
        assert line == line.rstrip()
