# SPDX-License-Identifier: Apache-2.0

"""Fleets with more findings than services take as results of SARIF."""

from __future__ import annotations

import collections
from collections.abc import Iterator
import copy
import dataclasses
import functools
from typing import Any

import hypothesis
from hypothesis import strategies as st
import pytest

from nova_cow_check.formats import interface
from nova_cow_check.formats import sarif
from nova_cow_check.formats import sarif_choice
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.settings import host_settings
from tests.unit import fleets
from tests.unit.formats import test_sarif
from tests.unit import hosts
from tests.unit import sample_guests
from tests.unit import sample_reports

IMPLICIT = hosts.nova_conf()
RAW_AS_QCOW2 = hosts.nova_conf(images_type='qcow2', use_cow_images='False')
UNUSED = hosts.nova_conf(images_type='lvm', use_cow_images='True')

MOST = sarif_choice.MOST_RESULTS


def fleet_of(*numbers: tuple[int, str]) -> report.Report:
    """Return hosts, as many of each configuration as are asked for.

    Each is in a group with hosts like it alone: none are compared.
    """
    known = {conf: hosts.host(conf).settings() for _number, conf in numbers}
    some = {}
    for number, conf in numbers:
        for _host in range(number):
            some[f'c{len(some):05}'] = known[conf]
    read = [
        report.judge(
            report.ReadHost(
                name,
                one,
                source=report.Source(
                    report.SourceKind.FILE, f'fleet/{name}.conf'
                ),
            )
        )
        for name, one in some.items()
    ]
    return dataclasses.replace(fleets.alike(), hosts=tuple(read))


def held(
    some: Iterator[sarif_choice.Chosen],
) -> collections.Counter[tuple[str, str]]:
    return collections.Counter(
        (one.host.name, one.finding.rule) for each in some for one in each.held
    )


def all_of(whole: report.Report) -> collections.Counter[tuple[str, str]]:
    return collections.Counter(
        (host.name, finding.rule)
        for host in whole.hosts
        for finding in host.found
    )


class TestFewEnough:
    @pytest.mark.parametrize('name', fleets.FLEETS)
    def test_each_finding_is_a_result(self, name: str) -> None:
        whole = fleets.FLEETS[name]()
        choice = sarif_choice.of(whole)
        assert len(choice.shown) == choice.findings
        assert held(iter(choice.shown)) == all_of(whole)
        assert sarif_choice.told(choice) == ''

    def test_as_many_as_are_taken_are_left_as_they_are(self) -> None:
        choice = sarif_choice.of(fleet_of((MOST, IMPLICIT)))
        assert not choice.are_together and not choice.left_out
        assert len(choice.shown) == MOST


@functools.cache
def many() -> report.Report:
    return fleet_of((3000, IMPLICIT), (2500, RAW_AS_QCOW2), (4, UNUSED))


@functools.cache
def document_of_many() -> Any:
    return test_sarif.document(many())


class TestTooMany:
    def test_hosts_alike_are_one_result_with_their_locations(self) -> None:
        (run,) = document_of_many()['runs']
        found = [
            (one['ruleId'], len(one['locations'])) for one in run['results']
        ]
        assert found == [
            ('raw-disks-opened-as-qcow2', 1000),
            ('raw-disks-opened-as-qcow2', 1000),
            ('raw-disks-opened-as-qcow2', 500),
            ('implicit-image-backend', 1000),
            ('implicit-image-backend', 1000),
            ('implicit-image-backend', 1000),
            ('use-cow-images-unused', 4),
        ]
        first = run['results'][0]
        assert [
            one['logicalLocations'][-1]['name'] for one in first['locations']
        ] == [f'c{n:05}' for n in range(3000, 4000)]
        uris = {
            one['physicalLocation']['artifactLocation']['uri']
            for one in first['locations']
        }
        assert len(uris) == 1000
        assert first['message']['text'].endswith(
            '\nThe same holds on 1000 hosts: c[03000-03999].'
        )
        assert 'fixes' not in first

    def test_nothing_is_lost_and_it_is_said(self) -> None:
        choice = sarif_choice.of(many())
        assert held(iter(choice.shown)) == all_of(many())
        (run,) = document_of_many()['runs']
        (invocation,) = run['invocations']
        assert invocation['toolExecutionNotifications'] == [
            {
                'level': 'note',
                'message': {
                    'text': 'SARIF: 5504 findings are more than the 5000 '
                    'results that code scanning shows: those of hosts that '
                    'are alike are one result.'
                },
            }
        ]
        assert invocation['executionSuccessful'] is True

    def test_the_document_is_valid(self) -> None:
        document = copy.deepcopy(document_of_many())
        for one in document['runs'][0]['results']:
            # To validate thousands of them takes long.
            del one['locations'][9:]
        test_sarif.validator().validate(document)

    def test_it_is_the_same_again(self) -> None:
        whole = fleet_of((30, IMPLICIT), (20, RAW_AS_QCOW2), (4, UNUSED))
        once, twice = (
            list(sarif.results(sarif_choice.of(one, most=2).shown))
            for one in (whole, dataclasses.replace(whole))
        )
        assert once == twice and len(once) == 2

    def test_fingerprints_differ(self) -> None:
        (run,) = document_of_many()['runs']
        found = {str(one['partialFingerprints']) for one in run['results']}
        assert len(found) == len(run['results'])

    def test_hosts_that_could_not_be_read_are_together(self) -> None:
        broken = host_settings.Unreadable('cannot be read', 'nova.conf', 3)
        whole = fleets.of({f'c{n:05}': broken for n in range(5001)})
        found = list(sarif.results(sarif_choice.of(whole).shown))
        assert [len(one['locations']) for one in found] == [1000] * 5 + [1]
        assert found[-1]['locations'][0]['physicalLocation'] == {
            'artifactLocation': {'uri': 'fleet/c05000.conf'},
            'region': {'startLine': 3},
        }

    def test_a_waiver_suppresses_all_of_them(self) -> None:
        waiver = sample_reports.waiver('implicit-image-backend')
        whole = fleets.of(fleets.numbered(1, 9, IMPLICIT), accepted=[waiver])
        (one,) = sarif.results(sarif_choice.of(whole, most=8).shown)
        assert len(one['suppressions']) == 1 and len(one['locations']) == 9


def many_guests(number: int) -> report.Report:
    """Return hosts with a faulty guest each, of which two are unsafe."""
    common = sample_guests.audit_of(sample_guests.alike(number))
    rest = sample_guests.audit_of(
        sample_guests.numbered(sample_guests.VARIED, number + 1)
    )
    return sample_guests.fleet_of({'a1': common, 'z9': rest})


class TestLeftOut:
    def test_the_worst_stays_and_the_rest_is_said(self) -> None:
        whole = many_guests(60)
        choice = sarif_choice.of(whole, most=20)
        assert len(choice.shown) == 20
        everything = sorted(
            (one for host in whole.hosts for one in host.found),
            key=lambda one: one.urgency,
            reverse=True,
        )
        assert sorted(
            (one.finding.urgency for one in choice.shown), reverse=True
        ) == [one.urgency for one in everything[:20]]
        words = sarif_choice.told(choice)
        lost = collections.Counter(
            one.finding.severity for one in choice.left_out
        )
        assert (
            f'Results left out: failures: {lost[findings.Severity.FAILURE]}, '
            f'warnings: {lost[findings.Severity.WARNING]}, '
            f'notes: {lost[findings.Severity.NOTE]}, waived: 0.'
        ) in words
        assert sum(lost.values()) == choice.findings - 20

    def test_it_is_a_warning_of_the_run(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = many_guests(60)
        choice = sarif_choice.of(whole, most=20)
        monkeypatch.setattr(sarif_choice, 'of', lambda _whole: choice)
        document = test_sarif.document(whole)
        test_sarif.validator().validate(document)
        (run,) = document['runs']
        (invocation,) = run['invocations']
        (said,) = invocation['toolExecutionNotifications']
        assert said['level'] == 'warning'
        assert 'Results left out' in said['message']['text']
        assert len(run['results']) == 20

    def test_what_counts_stays_before_what_is_waived(self) -> None:
        waiver = sample_reports.waiver('raw-disks-opened-as-qcow2')
        whole = fleets.of(
            {'a1': RAW_AS_QCOW2, 'a2': UNUSED}, fleets.CELLS, [waiver]
        )
        choice = sarif_choice.of(whole, most=1)
        assert [one.finding.counts for one in choice.shown] == [True]
        assert 'waived: 1' in sarif_choice.told(choice)


CONFS = (
    IMPLICIT,
    RAW_AS_QCOW2,
    UNUSED,
    fleets.QCOW2,
    fleets.FLAT,
    hosts.nova_conf(use_cow_images='maybe'),
    IMPLICIT + '[compute]\nuse_cow_images = no\n',
    '\n# Elsewhere.\n' + IMPLICIT,
)


@hypothesis.given(
    st.lists(st.sampled_from(CONFS), max_size=24),
    st.sets(
        st.sampled_from(['implicit-image-backend', 'mixed-image-backends'])
    ),
    st.integers(1, 30),
)
def test_there_are_never_too_many_and_nothing_is_cut_silently(
    confs: list[str], waived: set[str], most: int
) -> None:
    whole = fleets.of(
        {f'c{number}': conf for number, conf in enumerate(confs)},
        accepted=[sample_reports.waiver(rule) for rule in sorted(waived)],
    )
    choice = sarif_choice.of(whole, most)
    assert len(choice.shown) <= most
    both = held(iter([*choice.shown, *choice.left_out]))
    assert both == all_of(whole)
    assert choice.findings == sum(both.values())
    words = sarif_choice.told(choice)
    assert ('Results left out' in words) is bool(choice.left_out)
    if choice.left_out:
        worst_lost = max(one.finding.urgency for one in choice.left_out)
        assert worst_lost <= min(one.finding.urgency for one in choice.shown)
    made: list[Any] = list(sarif.results(choice.shown))
    assert len(made) == len(choice.shown)


def test_ten_thousand_hosts_make_a_small_file() -> None:
    whole = fleet_of((10_000, IMPLICIT))
    pieces = sarif.render(whole, interface.Appearance())
    assert sum(map(len, pieces)) < 20_000_000
