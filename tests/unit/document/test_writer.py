# SPDX-License-Identifier: Apache-2.0

"""The document of a report: as its schema says, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
import copy
import dataclasses
import itertools
import json
import pathlib
from typing import Any

import hypothesis
from hypothesis import strategies as st
import jsonschema
import pytest
import yaml

from nova_cow_check.document import writer
from nova_cow_check.formats import interface
from nova_cow_check.formats import json as json_format
from nova_cow_check.formats import yaml as yaml_format
from nova_cow_check.nova import backends
from nova_cow_check.nova import drivers
from nova_cow_check.nova import harms
from nova_cow_check.nova import live_migration
from nova_cow_check.nova import operations
from nova_cow_check.nova import opts
from nova_cow_check.nova import ways_out
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule
from nova_cow_check.settings import lookalikes
from nova_cow_check.settings import parsing
from tests.unit import fleets
from tests.unit import hosts
from tests.unit import sample_reports
from tests.unit import strategies

GOLDEN = pathlib.Path(__file__).parents[1] / 'golden'
SCHEMA: dict[str, Any] = json.loads(
    pathlib.Path(writer.__file__).with_name('report-1.schema.json').read_text()
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


@pytest.mark.parametrize('waivers', [(), sample_reports.VARIED])
@pytest.mark.parametrize(
    'path', sorted(GOLDEN.glob('*.conf')), ids=lambda path: path.stem
)
def test_a_report_is_valid(path: pathlib.Path, waivers: Any) -> None:
    host = hosts.Host({path.name: path.read_text()})
    VALIDATOR.validate(writer.of(sample_reports.of(host, waivers)))


@pytest.mark.parametrize('name', fleets.FLEETS)
def test_a_report_on_a_fleet_is_valid(name: str) -> None:
    VALIDATOR.validate(writer.of(fleets.FLEETS[name]()))


@hypothesis.settings(max_examples=50)
@hypothesis.given(
    strategies.files(st.sampled_from(strategies.VALUES)),
    strategies.environments(st.sampled_from(strategies.ODD_VALUES)),
)
def test_any_report_is_valid_and_yaml_is_the_same_data(
    content: str, environment: dict[str, str]
) -> None:
    host = hosts.host(content.replace('\r\n', '\n'), environment)
    whole = sample_reports.of(host, sample_reports.VARIED)
    document = writer.of(whole)
    VALIDATOR.validate(document)
    appearance = interface.Appearance()
    as_json = ''.join(json_format.render(whole, appearance))
    as_yaml = ''.join(yaml_format.render(whole, appearance))
    assert as_json.isascii() and as_yaml.isascii()
    assert json.loads(as_json) == yaml.safe_load(as_yaml) == document


#: Names that a format may have to quote, and those that it does not.
NAMES_OF_HOSTS = st.one_of(
    st.sampled_from(['compute1', 'a.example.org', 'no', 'On', '1', '1e3'])
    | strategies.HOSTILE
    | st.text(st.sampled_from('aZ19-./_ '), min_size=1, max_size=200)
)


@st.composite
def reports_on_fleets(draw: st.DrawFn) -> report.Report:
    """Hosts of which some are alike, under any names and paths."""
    chosen = st.sampled_from(fleets.varied().hosts)
    kinds = st.sampled_from(report.SourceKind)
    found = [
        dataclasses.replace(
            host,
            name=draw(NAMES_OF_HOSTS),
            source=report.Source(draw(kinds), draw(NAMES_OF_HOSTS)),
            group=draw(st.sampled_from(['', 'cell1'])),
        )
        for host in draw(st.lists(chosen, max_size=4)) * 2
    ]
    return dataclasses.replace(fleets.varied(), hosts=tuple(found))


@hypothesis.settings(max_examples=50)
@hypothesis.given(reports_on_fleets())
def test_it_is_written_piece_by_piece_as_if_it_were_whole(
    whole: report.Report,
) -> None:
    document = writer.of(whole)
    VALIDATOR.validate(document)
    appearance = interface.Appearance()
    as_json = ''.join(json_format.render(whole, appearance))
    as_yaml = ''.join(yaml_format.render(whole, appearance))
    assert as_json == json.dumps(document, indent=2) + '\n'
    assert as_yaml == yaml.safe_dump(
        document, explicit_start=True, sort_keys=False
    )


@pytest.mark.parametrize('render', [json_format.render, yaml_format.render])
def test_hosts_alike_are_rendered_once(
    render: interface.Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[report.HostReport] = []
    monkeypatch.setattr(
        writer, 'host_data', lambda host: rendered.append(host) or {}
    )
    whole = fleets.of(fleets.numbered(1, 500, fleets.QCOW2))
    (known,) = {host.known for host in whole.hosts}
    shared = [dataclasses.replace(host, known=known) for host in whole.hosts]
    whole = dataclasses.replace(whole, hosts=tuple(shared))
    assert len(list(render(whole, interface.Appearance()))) > 500
    assert len(rendered) == 1


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_name_is_described_and_required() -> None:
    found = list(objects(SCHEMA))
    assert len(found) == len(DEFINITIONS) + 7 - len(
        {
            'result',
            'rule',
            'format',
            'how',
            'uuid',
            'outcome',
            'guest_outcome',
        }
    )
    for one in found:
        assert sorted(one['required']) == sorted(one['properties'])


BEHAVIOURS = [
    backends.Behaviour(*values)
    for values in itertools.product(
        backends.Backend, (True, False), (True, False)
    )
]

#: The harms, and how they show, that live migrations lead to.
LIVE = {
    passage.harm
    for source, destination, is_shared in itertools.product(
        BEHAVIOURS, BEHAVIOURS, (True, False)
    )
    for passage in live_migration.between(
        source, destination, is_shared
    ).passages
}

OF_MOVES = [
    how for how in operations.How if how not in harms.OF_LIVE_MIGRATIONS
]

ENUMS = {
    'rule': list(registry.RULES),
    'result': [one.value for one in report.Result],
    # Of what Nova makes.
    'format': [
        one.value
        for one in backends.DiskFormat
        if one is not backends.DiskFormat.OTHER
    ],
    'setting.fault': [*map(writer.word, writer.FAULTS), None],
    'ignored.intended': [
        option.name for option in (*opts.OPTIONS, opts.WAIVERS_FILE)
    ],
    'ignored.mistake': [writer.word(one) for one in lookalikes.Mistake],
    'source.kind': [kind.value for kind in report.SourceKind],
    'side.backend': [one.value for one in backends.Backend],
    'exchange.outcome': [one.name.lower() for one in operations.Outcome],
    'disk.disk': [
        one.name.lower().replace('_', '-') for one in operations.Disk
    ],
    'disk.harm': [
        one.name.lower().replace('_', '-')
        for one in operations.Harm
        if one is not operations.Harm.NEVER_BOOTS
        and one.how not in harms.OF_LIVE_MIGRATIONS
    ],
    'how': [*map(writer.word, OF_MOVES), None],
    'live_migration.outcome': [*map(writer.word, operations.Outcome), None],
    'live_migration.how': ['live-refused', 'at-restart', None],
    'live_disk.disk': [*map(writer.word, operations.Disk)],
    'live_disk.harm': [
        writer.word(one) for one in operations.Harm if one in LIVE
    ],
    'live_disk.how': [
        *(
            writer.word(how)
            for how in operations.How
            if how in {one.how for one in LIVE}
        ),
        None,
    ],
    'way_out.way': [*map(writer.word, ways_out.Way)],
    'setting.name': [option.name for option in opts.OPTIONS],
    'setting.group': ['DEFAULT', 'libvirt'],
    'host.driver': [*map(writer.word, drivers.Kind), None],
    'host.backend': [*(one.value for one in backends.Backend), None],
    'place.kind': [writer.word(kind) for kind in parsing.OriginKind],
    'check.name': [check.value for check in rule.Check],
    'finding.severity': [writer.word(one) for one in findings.Severity],
    'change.action': [action.value for action in findings.Action],
    # What never boots has no word of its own here.
    'move.effect': [
        'fine',
        'stale-disk-info',
        'does-not-start',
        'reads-host-files',
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
    unused_waivers fleet compared
: name version
compared: oldest newest numbers hosts repeated not_looked_back
numbers: worse better same new gone
changed_host: name change came ended
mark: rule severity is_unsafe guest
repeated_host: name path others
fleet: alike groups guests
concerned: rule severity hosts
concerned_host: name guests
alike: hosts folded group result rules summary
group: name sides moves not_known separation is_shared live_migrations
    ways_out sharing
seen_sharing: file_system instances_path hosts option
group: name hosts folded option
side: backend use_cow_images force_raw_images hosts folded
exchange: from to outcome disks
live_migration: from to outcome how disks
live_disk: disk harm how sentence
way_out: from to way can_be_reverted destination_breaks sentence
disk: disk harm how sentence
behaviour: backend use_cow_images force_raw_images
host: name source group result unreadable driver files settings ignored
    backend new_disks moves checks guests libvirt_option nova_release process
    earlier
guests: instances_path domains_path file_system looked_at directories
    domains not_read findings guests
not_read: path reason
concerned_guest: uuid disks
guest_disk: name format recorded xml backing size_is_flavors restart
    restart_how restart_possible move move_how move_possible snapshot
    snapshot_how snapshot_possible
backing: name state
source: kind path
process: started changed installed not_known
changed: path time source
unreadable: reason place
ignored: group name intended mistake value place
setting: group name value shown is_set is_valid fault meant place places
place: kind name line
new_disk: image disk backing_file
move: arriving_disk disk guest_expects effect how
check: name result is_judged facts findings
finding: rule severity counts places explanation replacement alternative
    waiver reference is_unsafe not_with apart guest
alternative: replacement effects condition not_with
apart: options in_place_of
guest: uuid disks steps
step: words commands
change: action group name value place
waiver: rule hosts guests reason expires is_expired place
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
    driver = writer.of(sample_reports.of(host))['hosts'][0]['settings'][0]
    assert driver['value'] is None
    assert driver['shown'] == '${libvirt.images_type}'


def test_every_string_is_printable() -> None:
    name = '\x1b[2J\udcff<script>"\u202e'
    host = hosts.Host({name: '[default]\n"use_cow\x9b_images" = True\n'})
    waiver = sample_reports.waiver('ignored-setting', name, reason=name)
    whole = sample_reports.of(host, [waiver], name=name)
    document = json.dumps(writer.of(whole), ensure_ascii=False)
    assert document.isprintable()
    shown = '\\x1b[2J\\xff<script>"\\u202e'
    (found,) = writer.of(whole)['hosts']
    assert found['name'] == shown
    assert found['files'] == [shown]
    assert found['checks'][0]['findings'][0]['waiver']['reason'] == shown


class TestFleet:
    """What is told of collected hosts, and only of those."""

    def document(self) -> Any:
        return writer.of(fleets.varied())

    def host(self, name: str) -> Any:
        (found,) = [
            one for one in self.document()['hosts'] if one['name'] == name
        ]
        return found

    def test_a_host_that_reports_on_itself_is_none(self) -> None:
        document = writer.of(sample_reports.of(hosts.host(fleets.QCOW2)))
        assert document['fleet'] is None
        (host,) = document['hosts']
        assert host['source'] is None and host['group'] is None

    def test_places_are_files_of_this_machine(self) -> None:
        found = self.host('compute026')
        path = 'fleet/compute026.conf'
        assert found['source'] == {'kind': 'file', 'path': path}
        assert found['files'] == [path]
        assert found['settings'][1]['place']['name'] == path
        (finding,) = found['checks'][2]['findings']
        assert {one['name'] for one in finding['places']} == {path}
        (change,) = finding['replacement']
        assert change['place']['name'] == path

    def test_places_in_a_report_are_files_of_its_host(self) -> None:
        (host, *_others) = fleets.alike().hosts
        source = report.Source(report.SourceKind.REPORT, 'fleet/a.json')
        found = writer.host_data(dataclasses.replace(host, source=source))
        assert found['source']['path'] == 'fleet/a.json'
        assert found['files'] == ['nova.conf']

    def test_what_could_not_be_read_has_its_reason_and_place(self) -> None:
        found = self.host('compute029')
        assert found['unreadable'] == {
            'reason': 'the line has neither "=" nor ":"',
            'place': {
                'kind': 'file',
                'name': 'fleet/compute029.conf',
                'line': 7,
            },
        }
        assert found['driver'] is None and found['settings'] == []
        assert found['result'] == 'failure'
        place = self.host('compute030')['unreadable']['place']
        assert place == {
            'kind': 'file',
            'name': 'fleet/compute030.conf',
            'line': None,
        }

    def test_hosts_are_in_a_group_or_in_none(self) -> None:
        assert self.host('cell2-compute1')['group'] == 'cell2'
        assert self.host('compute001')['group'] is None

    def test_every_host_is_alike_to_some(self) -> None:
        document = self.document()
        alike = [one['hosts'] for one in document['fleet']['alike']]
        assert sorted(sum(alike, [])) == sorted(
            one['name'] for one in document['hosts']
        )

    def test_the_worst_come_first(self) -> None:
        found = [one['result'] for one in self.document()['fleet']['alike']]
        order = ['failure', 'warning', 'success']
        assert found == sorted(found, key=order.index)

    def test_those_alike_are_told_in_short(self) -> None:
        (found,) = writer.of(fleets.alike())['fleet']['alike']
        assert found == {
            'hosts': ['compute001', 'compute002', 'compute003'],
            'folded': ['compute[001-003]'],
            'group': None,
            'result': 'success',
            'rules': [],
            'summary': 'images_type = qcow2, use_cow_images = True (not set) '
            '-> qcow2',
        }

    def test_moves_are_told_between_all_sides_of_a_group(self) -> None:
        cell, rest = self.document()['fleet']['groups']
        assert (cell['name'], rest['name']) == ('cell2', None)
        assert [one['backend'] for one in cell['sides']] == ['rbd']
        assert rest['not_known'] == ['compute028', 'compute029', 'compute030']
        count = len(rest['sides'])
        pairs = [
            (source, to) for source in range(count) for to in range(count)
        ]
        for name in ('moves', 'live_migrations'):
            told = [(one['from'], one['to']) for one in rest[name]]
            assert told == pairs
        assert [(one['from'], one['to']) for one in rest['ways_out']] == [
            (one['from'], one['to'])
            for one in rest['moves']
            if one['outcome'] != 'fine'
        ]

    def test_a_move_has_the_worst_of_its_disks(self) -> None:
        for group in self.document()['fleet']['groups']:
            for move in group['moves']:
                source, to = (
                    backends.Behaviour(
                        backends.Backend(side['backend']),
                        side['use_cow_images'],
                        side['force_raw_images'],
                    )
                    for side in (
                        group['sides'][move['from']],
                        group['sides'][move['to']],
                    )
                )
                moved = operations.between(source, to)
                assert move['outcome'] == operations.worst(moved).name.lower()
                assert [one['harm'] for one in move['disks']] == [
                    one.harm.name.lower()
                    .replace('_', '-')
                    .replace('never-boots', 'does-not-start')
                    for one in moved
                ]
                assert [one['how'] for one in move['disks']] == [
                    one.harm.how and writer.word(one.harm.how) for one in moved
                ]

    @pytest.mark.parametrize('is_shared', [True, False])
    def test_a_live_migration_is_what_the_table_says(
        self, is_shared: bool
    ) -> None:
        some_fleet: dict[str, fleets.Known] = {
            str(number): hosts.nova_conf(
                images_type=images_type,
                use_cow_images='False',
                force_raw_images=str(force),
            )
            for number, (images_type, force) in enumerate(
                itertools.product(('qcow2', 'flat'), (True, False))
            )
        }
        sharing = [''] if is_shared else []
        whole = fleets.of(some_fleet, sharing=sharing)
        (group,) = writer.of(whole)['fleet']['groups']
        assert group['is_shared'] is is_shared
        for one in group['live_migrations']:
            source, to = (
                backends.Behaviour(
                    backends.Backend(side['backend']),
                    side['use_cow_images'],
                    side['force_raw_images'],
                )
                for side in (
                    group['sides'][one['from']],
                    group['sides'][one['to']],
                )
            )
            told = live_migration.between(source, to, is_shared)
            assert told.outcome is not None
            assert one['outcome'] == writer.word(told.outcome)
            assert one['how'] == (told.how and writer.word(told.how))
            assert [disk['harm'] for disk in one['disks']] == [
                writer.word(passage.harm) for passage in told.passages
            ]


class TestSetting:
    def test_every_place_is_told_the_one_that_counts_last(self) -> None:
        host = hosts.host(
            '[DEFAULT]\nuse_cow_images = 1\nuse_cow_images = 0\n'
        )
        (found,) = writer.of(sample_reports.of(host))['hosts']
        setting = found['settings'][2]
        assert [one['line'] for one in setting['places']] == [2, 3]
        assert setting['place'] == setting['places'][-1]

    @pytest.mark.parametrize(
        ('content', 'fault'),
        [
            ('use_cow_images = no', None),
            ('use_cow_images = maybe', 'invalid'),
            ('use_cow_images = $nothing', 'unresolved'),
        ],
    )
    def test_a_fault_is_named(self, content: str, fault: str | None) -> None:
        host = hosts.host(f'[DEFAULT]\n{content}\n')
        (found,) = writer.of(sample_reports.of(host))['hosts']
        assert found['settings'][2]['fault'] == fault

    @pytest.mark.parametrize(
        ('value', 'meant'),
        [('no', None), ('n', False), ('maybe', None), ('$no', None)],
    )
    def test_what_a_fault_meant_is_told(
        self, value: str, meant: bool | None
    ) -> None:
        host = hosts.host(hosts.nova_conf(use_cow_images=value))
        (found,) = writer.of(sample_reports.of(host))['hosts']
        assert found['settings'][2]['meant'] is meant


def test_an_ignored_line_is_told_even_if_no_rule_is_about_it() -> None:
    content = hosts.nova_conf(compute_driver='ironic.IronicDriver')
    host = hosts.host(content + 'use-cow-images = no\n')
    (found,) = writer.of(sample_reports.of(host))['hosts']
    assert found['ignored'] == [
        {
            'group': 'libvirt',
            'name': 'use-cow-images',
            'intended': 'use_cow_images',
            'mistake': 'spelling',
            'value': None,
            'place': {'kind': 'file', 'name': 'nova.conf', 'line': 4},
            'header': None,
        }
    ]


@pytest.mark.parametrize(
    ('text', 'value'), [('no', 'False'), ('secret of another option', None)]
)
def test_what_an_ignored_line_says_is_told_if_the_option_takes_it(
    text: str, value: str | None
) -> None:
    host = hosts.host(f'{fleets.QCOW2}use_cow_images = {text}\n')
    (found,) = writer.of(sample_reports.of(host))['hosts']
    assert [one['value'] for one in found['ignored']] == [value]
    assert 'secret' not in json.dumps(found)
