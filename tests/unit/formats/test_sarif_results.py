# SPDX-License-Identifier: Apache-2.0

"""What a result of SARIF says of a finding."""

from __future__ import annotations

from collections.abc import Iterator
import dataclasses
import datetime
from typing import Any

import pytest

from nova_cow_check.formats import sarif
from nova_cow_check.formats import sarif_choice
from nova_cow_check.nova import opts
from nova_cow_check.reports import report
from nova_cow_check.settings import host_settings
from tests.unit import fleets
from tests.unit import hosts
from tests.unit import sample_reports

FLAT = hosts.nova_conf(images_type='flat')


def made(whole: report.Report) -> Iterator[dict[str, Any]]:
    return sarif.results(sarif_choice.of(whole).shown)


def results(
    host: hosts.Host, *args: Any, **kwargs: Any
) -> list[dict[str, Any]]:
    return list(made(sample_reports.of(host, *args, **kwargs)))


def result(
    content: str, environment: dict[str, str] | None = None, *args: Any
) -> dict[str, Any]:
    (only,) = results(hosts.host(content, environment), *args)
    return only


def place(location: dict[str, Any]) -> tuple[str, int]:
    physical = location['physicalLocation']
    return (
        physical['artifactLocation']['uri'],
        physical['region']['startLine'],
    )


@pytest.mark.parametrize(
    ('content', 'level'),
    [
        (
            hosts.nova_conf(images_type='rbd', force_raw_images='False'),
            'error',
        ),
        (FLAT, 'warning'),
        (
            hosts.nova_conf(images_type='lvm', use_cow_images='True'),
            'note',
        ),
    ],
)
def test_the_level_is_the_severity(content: str, level: str) -> None:
    assert result(content)['level'] == level


class TestMessage:
    def test_it_tells_why_first_and_what_to_write(self) -> None:
        text = result(FLAT)['message']['text']
        assert text.startswith('[libvirt]/images_type = flat (nova.conf:4) ')
        assert text.endswith(
            '\nWrite in nova.conf:\n[DEFAULT]\nuse_cow_images = False'
        )

    def test_it_has_what_to_write_if_a_line_was_meant(self) -> None:
        content = hosts.nova_conf(images_type='qcow2')
        text = result(content + 'use_cow_images = yes\n')['message']['text']
        assert '\nIf it was meant, write in its place:\n' in text

    def test_braces_name_no_argument(self) -> None:
        content = hosts.nova_conf(images_type='${0}')
        text = results(hosts.host(content))[0]['message']['text']
        assert '[libvirt]/images_type = ${{0}} ' in text

    def test_a_name_makes_no_link(self) -> None:
        content = '[a](http://b)]\nimages_type = raw\n'
        text = result(content)['message']['text']
        assert '[a] (http://b)]/images_type' in text


class TestLocations:
    def test_the_most_telling_line_is_first(self) -> None:
        content = hosts.nova_conf(images_type='flat', use_cow_images='yes')
        found = result(content)
        (location,) = found['locations']
        (related,) = found['relatedLocations']
        assert place(location) == ('nova.conf', 3)
        assert place(related) == ('nova.conf', 5)

    def test_a_host_is_named(self) -> None:
        (location,) = result(FLAT)['locations']
        assert location['logicalLocations'] == [
            {'name': 'compute1', 'kind': 'host'}
        ]

    def test_what_is_not_written_is_where_it_would_be(self) -> None:
        found = result(
            '[DEFAULT]\n\ncompute_driver = fake\n[libvirt]\n\na=1\n'.replace(
                'fake', hosts.LIBVIRT
            )
        )
        (location,) = found['locations']
        assert place(location) == ('nova.conf', 6)
        assert 'relatedLocations' not in found

    def test_a_file_comes_before_a_variable(self) -> None:
        environment = {opts.USE_COW_IMAGES.variable: 'True'}
        found = result(FLAT, environment)
        (location,) = found['locations']
        (related,) = found['relatedLocations']
        assert place(location) == ('nova.conf', 4)
        assert related == {
            'logicalLocations': [
                {
                    'name': 'OS_DEFAULT__USE_COW_IMAGES',
                    'kind': 'environment',
                }
            ],
            'message': {
                'text': 'environment variable OS_DEFAULT__USE_COW_IMAGES'
            },
        }

    def test_where_it_would_be_written_comes_before_a_variable(self) -> None:
        environment = {opts.IMAGES_TYPE.variable: 'flat'}
        found = result(hosts.nova_conf(), environment)
        (location,) = found['locations']
        assert place(location) == ('nova.conf', 2)
        (related,) = found['relatedLocations']
        (variable,) = related['logicalLocations']
        assert variable['name'] == 'OS_LIBVIRT__IMAGES_TYPE'

    def test_without_any_place_there_is_the_host(self) -> None:
        environment = {opts.COMPUTE_DRIVER.variable: hosts.LIBVIRT}
        (found,) = results(hosts.Host({}, environment))
        assert found['locations'] == [
            {'logicalLocations': [{'name': 'compute1', 'kind': 'host'}]}
        ]

    def test_without_a_file_there_is_the_variable(self) -> None:
        environment = {opts.IMAGES_TYPE.variable: 'default'}
        found = result(hosts.nova_conf(), environment)
        (location,) = found['locations']
        assert 'physicalLocation' not in location
        assert [one['name'] for one in location['logicalLocations']] == [
            'OS_LIBVIRT__IMAGES_TYPE',
            'compute1',
        ]

    @pytest.mark.parametrize(
        ('path', 'uri'),
        [
            ('/etc/nova/nova.conf', 'file:///etc/nova/nova.conf'),
            ('nova.conf', 'nova.conf'),
            ('c:nova.conf', 'c%3Anova.conf'),
            ('/a b/100%#?.conf', 'file:///a%20b/100%25%23%3F.conf'),
            (
                '/\udcff\N{LATIN SMALL LETTER E WITH ACUTE}',
                'file:///%FF%C3%A9',
            ),
            ('//etc/nova.conf', 'file:////etc/nova.conf'),
        ],
    )
    def test_a_path_becomes_a_uri(self, path: str, uri: str) -> None:
        (found,) = results(hosts.Host({path: FLAT}))
        assert place(found['locations'][0]) == (uri, 4)


class TestFleet:
    unreadable = host_settings.Unreadable('cannot be read', 'nova.conf', 7)

    def result(
        self, known: host_settings.Known, kind: report.SourceKind
    ) -> dict[str, Any]:
        """Return the first result of a host called a."""
        source = report.Source(kind, 'fleet/a')
        host = report.judge(report.ReadHost('a', known, source=source))
        whole = dataclasses.replace(fleets.alike(), hosts=(host,))
        found: dict[str, Any] = next(made(whole))
        return found

    @pytest.mark.parametrize(
        ('kind', 'artifact'),
        [
            ('FILE', {'uri': 'fleet/a'}),
            ('DIRECTORY', {'uri': 'fleet/a/etc/nova.conf'}),
            ('REPORT', {'uri': 'etc/nova.conf', 'uriBaseId': 'a'}),
        ],
    )
    def test_a_line_is_in_the_file_that_there_is(
        self, kind: str, artifact: dict[str, str]
    ) -> None:
        path = '/etc/nova.conf' if kind == 'REPORT' else 'etc/nova.conf'
        known = hosts.Host({path: FLAT}).settings()
        found = self.result(known, report.SourceKind[kind])
        (location,) = found['locations']
        assert location['physicalLocation'] == {
            'artifactLocation': artifact,
            'region': {'startLine': 4},
        }

    @pytest.mark.parametrize('kind', ['FILE', 'DIRECTORY'])
    def test_a_fix_is_of_the_file_that_there_is(self, kind: str) -> None:
        known = hosts.host(FLAT).settings()
        found = self.result(known, report.SourceKind[kind])
        ((change,),) = [fix['artifactChanges'] for fix in found['fixes']]
        uris = {'FILE': 'fleet/a', 'DIRECTORY': 'fleet/a/nova.conf'}
        assert change['artifactLocation'] == {'uri': uris[kind]}

    def test_a_file_on_another_machine_has_no_fix(self) -> None:
        known = hosts.host(FLAT).settings()
        found = self.result(known, report.SourceKind.REPORT)
        assert 'fixes' not in found

    def test_what_could_not_be_read_has_its_line(self) -> None:
        found = self.result(self.unreadable, report.SourceKind.DIRECTORY)
        assert found['ruleId'] == 'unreadable-configuration'
        assert place(found['locations'][0]) == ('fleet/a/nova.conf', 7)
        assert 'fixes' not in found

    @pytest.mark.parametrize('kind', report.SourceKind)
    def test_or_is_all_that_there_is_of_the_host(
        self, kind: report.SourceKind
    ) -> None:
        found = self.result(host_settings.Unreadable('cannot be read'), kind)
        (location,) = found['locations']
        assert location['physicalLocation'] == {
            'artifactLocation': {'uri': 'fleet/a'},
            'region': {'startLine': 1},
        }

    def test_or_is_named_on_a_line_of_a_list(self) -> None:
        source = report.Source(report.SourceKind.LIST, 'hosts.txt', 3)
        known = host_settings.Unreadable('it is expected')
        host = report.judge(report.ReadHost('a', known, (), source))
        whole = sample_reports.of(hosts.host(''))
        whole = dataclasses.replace(whole, hosts=(host,))
        (found,) = made(whole)
        assert place(found['locations'][0]) == ('hosts.txt', 3)


@pytest.mark.parametrize('name', fleets.FLEETS)
def test_every_file_is_shown_with_a_line(name: str) -> None:
    for one in made(fleets.FLEETS[name]()):
        for location in [*one['locations'], *one.get('relatedLocations', ())]:
            if 'physicalLocation' in location:
                assert place(location)[1] >= 1


class TestSuppressions:
    day = datetime.date(2027, 1, 31)

    def test_a_finding_that_counts_has_none(self) -> None:
        assert result(FLAT)['suppressions'] == []

    def test_a_waiver_suppresses(self) -> None:
        waiver = sample_reports.waiver(
            'flat-disks-converted', expires=self.day
        )
        found = result(FLAT, None, [waiver])
        assert 'aiver' not in found['message']['text']
        (suppression,) = found['suppressions']
        assert place(suppression.pop('location')) == ('waivers.yaml', 1)
        assert suppression == {
            'kind': 'external',
            'status': 'accepted',
            'justification': 'Retired in January.',
            'properties': {'expires': '2027-01-31'},
        }

    def test_one_without_end_has_no_day(self) -> None:
        found = result(
            FLAT, None, [sample_reports.waiver('flat-disks-converted')]
        )
        assert 'properties' not in found['suppressions'][0]

    def test_an_expired_one_is_told_and_does_not_suppress(self) -> None:
        waiver = sample_reports.waiver(
            'flat-disks-converted', expires=datetime.date(2026, 10, 31)
        )
        found = result(FLAT, None, [waiver])
        assert found['suppressions'] == []
        assert found['message']['text'].endswith(
            '\nCounts: its waiver expired on 2026-10-31 (waivers.yaml:1): '
            'Retired in January.'
        )


def fingerprints(content: str, name: str = 'compute1') -> list[str]:
    found = results(hosts.host(content), name=name)
    return [one['partialFingerprints']['novaCowCheck/v1'] for one in found]


class TestFingerprints:
    ignored = '[compute]\nuse_cow_images = False\n'
    content = hosts.nova_conf(images_type='qcow2')

    @pytest.mark.parametrize(
        'changed',
        [
            '# A comment above it.\n' + FLAT,
            FLAT.replace('flat', 'raw'),
            FLAT.replace('images_type', 'virt_type = kvm\nimages_type'),
        ],
    )
    def test_they_outlast_other_lines_and_values(self, changed: str) -> None:
        assert fingerprints(changed) == fingerprints(FLAT)

    @pytest.mark.parametrize(
        'other', [ignored.replace('compute', 'api'), ignored.upper()]
    )
    def test_other_names_have_others(self, other: str) -> None:
        other = other.replace('FALSE', 'False')
        assert fingerprints(self.content + other) != fingerprints(
            self.content + self.ignored
        )

    def test_hosts_have_others(self) -> None:
        assert fingerprints(FLAT, 'a') != fingerprints(FLAT, 'b')

    def test_files_have_others(self) -> None:
        found = {
            one['partialFingerprints']['novaCowCheck/v1']
            for path in ('a.conf', 'b.conf')
            for one in results(hosts.Host({path: FLAT}))
        }
        assert len(found) == 2

    def test_equal_findings_are_told_apart(self) -> None:
        once = fingerprints(self.content + self.ignored)
        twice = fingerprints(self.content + self.ignored * 2)
        assert len(set(twice)) == 2
        assert twice[:1] == once

    def test_they_never_change(self) -> None:
        """Services would take every finding for a new one."""
        assert fingerprints(FLAT) == [
            '09ed3b73a5fb333a22b341ef170893fc36ee960947d136515f3c48e484bbad00'
        ]
