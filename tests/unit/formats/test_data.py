#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.


"""The document of a report: as its schema says, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
import copy
import json
import pathlib
from typing import Any

import hypothesis
from hypothesis import strategies as st
import jsonschema
import pytest
import yaml

from nova_cow_check import backends
from nova_cow_check import drivers
from nova_cow_check import findings
from nova_cow_check.formats import data
from nova_cow_check.formats import interface
from nova_cow_check.formats import json as json_format
from nova_cow_check.formats import yaml as yaml_format
from nova_cow_check import opts
from nova_cow_check import origins
from nova_cow_check import report
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule
from tests.unit import hosts
from tests.unit import reports
from tests.unit import strategies

GOLDEN = pathlib.Path(__file__).parents[1] / 'golden'
SCHEMA: dict[str, Any] = json.loads(
    pathlib.Path(data.__file__).with_name('report-1.schema.json').read_text()
)
DEFINITIONS = SCHEMA['$defs']


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every part of a schema that describes an object."""
    if isinstance(schema, dict):
        if 'properties' in schema:
            yield schema
        for value in schema.values():
            yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that refuses what it does not describe."""
    schema = copy.deepcopy(schema)
    for one in objects(schema):
        one['additionalProperties'] = False
    return schema


VALIDATOR = jsonschema.Draft202012Validator(
    closed(SCHEMA),
    format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
)


@pytest.mark.parametrize('waivers', [(), reports.VARIED])
@pytest.mark.parametrize(
    'path', sorted(GOLDEN.glob('*.conf')), ids=lambda path: path.stem
)
def test_a_report_is_valid(path: pathlib.Path, waivers: Any) -> None:
    host = hosts.Host({path.name: path.read_text()})
    VALIDATOR.validate(data.of(reports.of(host, waivers)))


@hypothesis.settings(deadline=None, max_examples=50)
@hypothesis.given(
    strategies.files(st.sampled_from(strategies.VALUES)),
    strategies.environments(st.sampled_from(strategies.ODD_VALUES)),
)
def test_any_report_is_valid_and_yaml_is_the_same_data(
    content: str, environment: dict[str, str]
) -> None:
    host = hosts.host(content.replace('\r\n', '\n'), environment)
    whole = reports.of(host, reports.VARIED)
    document = data.of(whole)
    VALIDATOR.validate(document)
    appearance = interface.Appearance()
    as_json = ''.join(json_format.render(whole, appearance))
    as_yaml = ''.join(yaml_format.render(whole, appearance))
    assert as_json.isascii() and as_yaml.isascii()
    assert json.loads(as_json) == yaml.safe_load(as_yaml) == document


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_name_is_described_and_required() -> None:
    found = list(objects(SCHEMA))
    assert len(found) == len(DEFINITIONS) + 3 - len(
        {'result', 'rule', 'format'}
    )
    for one in found:
        assert sorted(one['required']) == sorted(one['properties'])


ENUMS = {
    'rule': list(registry.RULES),
    'result': [one.value for one in report.Result],
    'format': [one.value for one in backends.DiskFormat],
    'setting.name': [option.name for option in opts.OPTIONS],
    'setting.group': ['DEFAULT', 'libvirt'],
    'host.driver': [kind.value for kind in drivers.Kind],
    'host.backend': [*(one.value for one in backends.Backend), None],
    'place.kind': [kind.value for kind in origins.OriginKind],
    'check.name': [check.value for check in rule.Check],
    'finding.severity': [one.name.lower() for one in findings.Severity],
    'change.action': [action.value for action in findings.Action],
    'move.effect': [
        one.name.lower().replace('_', '-') for one in backends.Effect
    ],
}


@pytest.mark.parametrize('name', ENUMS)
def test_it_knows_every_word_of_the_code(name: str) -> None:
    definition, _dot, of_property = name.partition('.')
    described = DEFINITIONS[definition]
    if of_property:
        described = described['properties'][of_property]
    assert described['enum'] == ENUMS[name]


def test_it_knows_every_value_of_fail_on() -> None:
    described = SCHEMA['properties']['fail_on']['enum']
    assert described == [one.value for one in report.FailOn]


#: The names of version 1. They are never renamed or removed: this list only
#: ever grows.
NAMES = """
: report_version program created result fail_on exit_code hosts
    unused_waivers
: name version
host: name result driver files settings backend new_disks moves checks
setting: group name value shown is_set is_valid place
place: kind name line
new_disk: image disk backing_file
move: arriving_disk disk guest_expects effect
check: name result is_judged facts findings
finding: rule severity counts places explanation replacement alternative
    waiver reference
: replacement effects
change: action group name value place
waiver: rule hosts reason expires is_expired place
"""


def test_no_name_of_version_1_has_gone() -> None:
    described = [set(one['properties']) for one in objects(SCHEMA)]
    lines = NAMES.replace('\n    ', ' ').strip().splitlines()
    assert len(lines) == len(described)
    for names, line in zip(described, lines):
        assert names >= set(line.partition(':')[2].split())


def test_a_reference_in_compute_driver_has_no_value() -> None:
    host = hosts.host(
        '[DEFAULT]\ncompute_driver = ${libvirt.images_type}\n'
        '[libvirt]\nimages_type = qcow2\n'
    )
    driver = data.of(reports.of(host))['hosts'][0]['settings'][0]
    assert driver['value'] is None
    assert driver['shown'] == '${libvirt.images_type}'


def test_every_string_is_printable() -> None:
    name = '\x1b[2J\udcff<script>"\u202e'
    host = hosts.Host({name: '[default]\n"use_cow\x9b_images" = True\n'})
    waiver = reports.waiver('ignored-setting', name, reason=name)
    whole = reports.of(host, [waiver], name=name)
    document = json.dumps(data.of(whole), ensure_ascii=False)
    assert document.isprintable()
    shown = '\\x1b[2J\\xff<script>"\\u202e'
    (found,) = data.of(whole)['hosts']
    assert found['name'] == shown
    assert found['files'] == [shown]
    assert found['checks'][0]['findings'][0]['waiver']['reason'] == shown
