# SPDX-License-Identifier: Apache-2.0

"""JUnit XML, read with an independent reader: junitparser."""

from __future__ import annotations

import dataclasses
import datetime
import pathlib
import re
from xml.etree import ElementTree

import hypothesis
import junitparser
import pytest

from nova_cow_check.formats import interface
from nova_cow_check.formats import junit
from nova_cow_check.reports import report
from nova_cow_check.reports import verdict
from nova_cow_check.rules import rule
from tests.unit import fleets
from tests.unit import hosts
from tests.unit import sample_reports
from tests.unit import strategies

GOLDEN = pathlib.Path(__file__).parents[1] / 'golden'
FLAT = hosts.nova_conf(images_type='flat')
LVM = hosts.nova_conf(images_type='lvm', use_cow_images='True')

SETTINGS, BACKEND, MOVES = (check.value for check in rule.SETTINGS_CHECKS)


def rendered(whole: report.Report) -> str:
    text = ''.join(junit.render(whole, interface.Appearance()))
    assert text.isascii() and text.endswith('>\n')
    return text


def suites(whole: report.Report) -> list[junitparser.TestSuite]:
    return list(junitparser.JUnitXml.fromstring(rendered(whole).encode()))


def cases(
    content: str, environment: dict[str, str] | None = None, **kwargs: object
) -> dict[str, junitparser.TestCase]:
    """Return the test cases of one host, by name."""
    whole = sample_reports.of(hosts.host(content, environment), **kwargs)
    (suite,) = suites(whole)
    return {case.name: case for case in suite}


class TestSuite:
    def test_a_host_is_a_suite_and_a_check_is_a_case(self) -> None:
        (suite,) = suites(sample_reports.of(hosts.host(FLAT)))
        assert suite.name == suite.hostname == 'compute1'
        assert [case.name for case in suite] == [
            'image-settings',
            'image-backend',
            'resize-and-cold-migration',
        ]

    def test_the_cases_are_counted(self) -> None:
        whole = sample_reports.of(hosts.host(FLAT))
        other = sample_reports.of(hosts.host('[libvirt]\nimages_type = no\n'))
        whole = dataclasses.replace(whole, hosts=whole.hosts + other.hosts)
        found = junitparser.JUnitXml.fromstring(rendered(whole).encode())
        assert [
            (one.tests, one.failures, one.errors, one.skipped)
            for one in (found, *found)
        ] == [(6, 4, 0, 0), (3, 1, 0, 0), (3, 3, 0, 0)]
        assert found.time == 0

    def test_the_time_is_utc_and_says_no_zone(self) -> None:
        zone = datetime.timezone(datetime.timedelta(hours=-3))
        created = datetime.datetime(2026, 1, 31, 22, 0, 0, 5, tzinfo=zone)
        whole = sample_reports.of(hosts.host(FLAT))
        (suite,) = suites(dataclasses.replace(whole, created=created))
        assert suite.timestamp == '2026-02-01T01:00:00'

    def test_it_has_what_the_verdict_depends_on(self) -> None:
        (suite,) = suites(sample_reports.of(hosts.host(FLAT)))
        assert {one.name: one.value for one in suite.properties()} == {
            'version': '1.2.3',
            'fail_on': 'warning',
        }

    def test_waivers_that_match_nothing_are_told(self) -> None:
        waivers = [sample_reports.waiver('driver-removed', line=4)]
        whole = sample_reports.of(hosts.host(FLAT), waivers)
        (suite,) = ElementTree.fromstring(rendered(whole))
        assert suite.findtext('system-out') == (
            'Waivers that matched nothing: driver-removed (waivers.yaml:4).'
        )

    def test_without_them_nothing_is_told(self) -> None:
        whole = sample_reports.of(hosts.host(FLAT))
        (suite,) = ElementTree.fromstring(rendered(whole))
        assert suite.find('system-out') is None

    def test_without_a_host_there_is_none(self) -> None:
        whole = sample_reports.of(
            hosts.host(FLAT), [sample_reports.waiver('a-rule')]
        )
        assert suites(dataclasses.replace(whole, hosts=())) == []

    @pytest.mark.parametrize(
        ('host', 'class_name'),
        [
            ('compute1', 'nova-cow-check.compute1'),
            ('c1.example.org', 'nova-cow-check.c1_example_org'),
        ],
    )
    def test_the_host_is_one_class_of_one_package(
        self, host: str, class_name: str
    ) -> None:
        (suite,) = suites(sample_reports.of(hosts.host(FLAT), name=host))
        assert {case.classname for case in suite} == {class_name}
        assert suite.name == host


class TestFailure:
    @pytest.mark.parametrize('fail_on', report.FailOn)
    @pytest.mark.parametrize(
        'path', sorted(GOLDEN.glob('*.conf')), ids=lambda path: path.stem
    )
    def test_there_is_one_if_and_only_if_the_gate_stops(
        self, path: pathlib.Path, fail_on: report.FailOn
    ) -> None:
        host = hosts.Host({path.name: path.read_text()})
        whole = sample_reports.of(host, fail_on=fail_on)
        (suite,) = suites(whole)
        assert bool(suite.failures) is bool(whole.exit_code)

    def test_it_has_the_severity_the_reason_and_the_details(self) -> None:
        (failure,) = cases(FLAT)[MOVES].result
        assert isinstance(failure, junitparser.Failure)
        assert failure.type == 'warning'
        assert failure.message.startswith(
            'flat-disks-converted: [libvirt]/images_type = flat (nova.conf:4) '
        )
        (_first, _second, row) = hosts.host(FLAT).rows()
        assert failure.text == verdict.as_text(row)

    def test_only_what_stops_the_gate_is_a_reason(self) -> None:
        content = LVM + 'use_cow_images = False\n'
        (failure,) = cases(content)[SETTINGS].result
        assert failure.message.startswith('ignored-setting: ')
        assert 'use-cow-images-unused' not in failure.message
        (failure,) = cases(content, fail_on=report.FailOn.NOTE)[
            SETTINGS
        ].result
        assert ' use-cow-images-unused: ' in failure.message

    def test_what_is_waived_is_no_reason(self) -> None:
        case = cases(
            LVM + 'use_cow_images = False\n',
            accepted=[sample_reports.waiver('ignored-setting')],
            fail_on=report.FailOn.NOTE,
        )[SETTINGS]
        (failure,) = case.result
        assert failure.message.startswith('use-cow-images-unused: ')
        assert 'ignored-setting: ' not in failure.message
        # The line is that of the reason too.
        assert TestPlace.place(case) == ('nova.conf', '3')

    def test_a_check_that_could_not_be_made_fails(self) -> None:
        found = cases(hosts.nova_conf(images_type='no'))
        (failure,) = found[BACKEND].result
        assert failure.type == 'failure'
        assert failure.message.startswith('invalid-setting: ')
        assert failure.text.startswith('Not judged: ')

    def test_a_waived_one_is_told_and_does_not_fail(self) -> None:
        waivers = [sample_reports.waiver('flat-disks-converted')]
        case = cases(FLAT, accepted=waivers)[MOVES]
        assert case.is_passed
        assert '\nWarning, waived: flat-disks-converted\n' in case.system_out

    def test_a_note_is_told_and_does_not_fail(self) -> None:
        case = cases(LVM)[SETTINGS]
        assert case.is_passed
        assert '\nNote: use-cow-images-unused\n' in case.system_out


class TestPlace:
    @staticmethod
    def place(case: junitparser.TestCase) -> tuple[str | None, str | None]:
        element = ElementTree.fromstring(case.tostring())
        return element.get('file'), element.get('line')

    def test_it_is_the_first_line_of_what_stops_the_gate(self) -> None:
        content = LVM + '[api]\nforce_raw_images = True\n'
        case = cases(content)[SETTINGS]
        assert self.place(case) == ('nova.conf', '7')

    def test_of_a_case_that_passes_it_is_that_of_a_note(self) -> None:
        assert self.place(cases(LVM)[SETTINGS]) == ('nova.conf', '3')

    def test_a_file_is_named_even_if_the_environment_comes_first(self) -> None:
        found = cases(FLAT, {'OS_DEFAULT__USE_COW_IMAGES': 'True'})
        assert self.place(found[MOVES]) == ('nova.conf', '4')

    def test_without_a_line_there_is_none(self) -> None:
        content = hosts.nova_conf()
        assert self.place(cases(content)[BACKEND]) == (None, None)
        assert self.place(cases(content)[SETTINGS]) == (None, None)


class TestFleet:
    def case(self, host: report.HostReport) -> tuple[str | None, str | None]:
        """Return the place of the first case of a host."""
        whole = dataclasses.replace(fleets.varied(), hosts=(host,))
        ((case, *_others),) = suites(whole)
        return TestPlace.place(case)

    def host(self, name: str) -> report.HostReport:
        (found,) = [h for h in fleets.varied().hosts if h.name == name]
        return found

    def test_every_host_is_a_suite(self) -> None:
        whole = fleets.varied()
        found = suites(whole)
        assert [suite.name for suite in found] == [h.name for h in whole.hosts]

    @pytest.mark.parametrize('fail_on', report.FailOn)
    def test_failures_are_counted(self, fail_on: report.FailOn) -> None:
        whole = dataclasses.replace(fleets.varied(), fail_on=fail_on)
        root = ElementTree.fromstring(rendered(whole))
        for element in (root, *root):
            assert element.get('tests') == str(
                len(list(element.iter('testcase')))
            )
            assert element.get('failures') == str(
                len(list(element.iter('failure')))
            )
        assert (root.get('failures') != '0') is bool(whole.exit_code)

    def test_waivers_that_match_nothing_are_told_once(self) -> None:
        unused = sample_reports.waiver('driver-removed')
        whole = dataclasses.replace(fleets.alike(), waivers_read=(unused,))
        assert rendered(whole).count('Waivers that matched nothing') == 1

    def test_a_line_is_in_a_file_of_this_machine(self) -> None:
        place = self.case(self.host('compute028'))
        assert place == ('fleet/compute028.conf', '3')

    def test_one_in_a_report_is_in_a_file_of_its_host(self) -> None:
        source = report.Source(report.SourceKind.REPORT, 'fleet/a.json')
        host = dataclasses.replace(self.host('compute028'), source=source)
        assert self.case(host) == ('fleet/a.json', None)

    def test_what_could_not_be_read_may_have_no_line(self) -> None:
        place = self.case(self.host('compute029'))
        assert place == ('fleet/compute029.conf', '7')
        place = self.case(self.host('compute030'))
        assert place == ('fleet/compute030.conf', None)

    def test_a_host_that_could_not_be_read_fails_everywhere(self) -> None:
        whole = dataclasses.replace(
            fleets.varied(), hosts=(self.host('compute030'),)
        )
        (suite,) = suites(whole)
        assert suite.failures == 3
        for case in suite:
            (failure,) = case.result
            assert failure.message.startswith('unreadable-configuration: ')

    def test_suites_come_one_by_one(self) -> None:
        pieces = list(junit.render(fleets.varied(), interface.Appearance()))
        assert len(pieces) == len(fleets.varied().hosts) + 2


@hypothesis.given(
    strategies.hostile_hosts(), strategies.HOSTILE, strategies.HOSTILE
)
def test_hostile_names_and_values_are_valid_xml(
    host: hosts.Host, name: str, reason: str
) -> None:
    waivers = [
        sample_reports.waiver('ignored-setting', reason=reason),
        sample_reports.waiver('driver-removed', name),
    ]
    text = rendered(sample_reports.of(host, waivers, name=name))
    assert text.replace('\n', '').isprintable()
    references = re.findall('&#(\\d+);', text)
    # XML 1.0, section 2.2; those that nobody sees are escaped already.
    assert all(
        number == '10' or chr(int(number)).isprintable()
        for number in references
    )
    root = ElementTree.fromstring(text)
    assert [len(suite.findall('testcase')) for suite in root] == [3]


def test_markup_stays_text() -> None:
    markup = '"]]></failure><script>\'&amp;'
    content = hosts.nova_conf(images_type=markup)
    whole = sample_reports.of(
        hosts.Host({'<a>&"': content}), name='<b>&"\N{EURO SIGN}'
    )
    (suite,) = suites(whole)
    assert suite.name == '<b>&"\N{EURO SIGN}'
    (case, *_others) = suite
    (failure,) = case.result
    assert f'images_type = {markup} (<a>&":4)' in failure.text
    assert f'images_type = {markup} (<a>&":4)' in failure.message
