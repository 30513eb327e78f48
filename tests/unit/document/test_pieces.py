# SPDX-License-Identifier: Apache-2.0

"""Documents of many hosts: read in pieces, they are what they are whole."""

from __future__ import annotations

from collections.abc import Callable
import json
from typing import Any

import pytest

from nova_cow_check.document import host_reader
from nova_cow_check.document import pieces
from nova_cow_check.document import reader
from nova_cow_check import errors
from nova_cow_check.formats import interface
from nova_cow_check.formats import json as json_format
from nova_cow_check.reports import report
from nova_cow_check.settings import host_settings
from tests.unit.document import test_reader
from tests.unit import fleets
from tests.unit import hosts
from tests.unit import sample_guests

TODAY = test_reader.TODAY

WRITTEN = test_reader.written(fleets.varied())


def dumped(found: Any) -> bytes:
    """Return a document in a form that is not the writer's."""
    return json.dumps(found, indent=1).encode()


def told(data: bytes) -> dict[str, host_reader.Host]:
    document = reader.parse(data, TODAY)
    assert document.is_fleet
    return {one.name: one.host for one in document.hosts}


def reasons(data: bytes) -> dict[str, str]:
    """Return why hosts were not read, by their names."""
    return {
        name: host.known.reason
        for name, host in told(data).items()
        if isinstance(host.known, host_settings.Unreadable)
    }


def test_the_form_of_the_writer_is_cut_and_no_other_one() -> None:
    found = pieces.split(WRITTEN.decode())
    assert found is not None
    document = json.loads(WRITTEN)
    names = [host['name'] for host in document['hosts']]
    cut = [*found.hosts()]
    assert [one and json.loads(one.name) for one in cut] == names
    assert found.number == len(names)
    assert json.loads(found.frame) == {**document, 'hosts': []}
    assert pieces.split(dumped(document).decode()) is None
    assert pieces.split(json.dumps(document)) is None
    assert pieces.split(WRITTEN.decode().rstrip()) is None


@pytest.mark.parametrize('whole', [fleets.varied(), fleets.alike()])
def test_in_whatever_form_it_tells_the_same(whole: report.Report) -> None:
    data = test_reader.written(whole)
    found = told(data)
    assert found == told(dumped(json.loads(data)))
    assert list(found) == [host.name for host in whole.hosts]


def test_files_are_called_as_they_are_on_the_host() -> None:
    known = told(WRITTEN)['compute024'].known
    assert isinstance(known, host_settings.ImageSettings)
    assert known.files == ('nova.conf',)
    assert known.images_type.origin.name == 'nova.conf'
    assert known.images_type.origin.line == 6


def test_a_host_in_a_directory_keeps_the_names_within() -> None:
    source = report.Source(report.SourceKind.DIRECTORY, 'here/"q"/compute1')
    host = hosts.Host({'nova.conf': fleets.FLAT, 'nova.conf.d/a.conf': ''})
    read = report.ReadHost('compute1', host.settings(), source=source)
    whole = fleets.of({})
    made = report.Report(
        (report.judge(read),),
        (),
        whole.fail_on,
        whole.version,
        whole.created,
        is_fleet=True,
    )
    data = test_reader.written(made)
    assert b'here/\\"q\\"/compute1/nova.conf.d/a.conf' in data
    known = told(data)['compute1'].known
    assert isinstance(known, host_settings.ImageSettings)
    assert known.files == ('nova.conf', 'nova.conf.d/a.conf')
    assert known == told(dumped(json.loads(data)))['compute1'].known


def test_hosts_that_are_alike_are_one_object() -> None:
    found = told(test_reader.written(fleets.alike()))
    assert len({id(host) for host in found.values()}) == 1
    assert len(found) == 3


def test_groups_are_told_in_either_form() -> None:
    document = json.loads(WRITTEN)
    expected = {one['name']: one['group'] or '' for one in document['hosts']}
    assert len(set(expected.values())) == 2
    for data in (WRITTEN, dumped(document)):
        found = {name: host.group for name, host in told(data).items()}
        assert found == expected


def test_waivers_hold_on_their_hosts() -> None:
    found = told(WRITTEN)
    (waiver,) = found['compute024'].accepted
    assert waiver.rule == 'mixed-image-backends'
    assert not any(
        host.accepted for name, host in found.items() if name != 'compute024'
    )


def test_guests_are_told_of() -> None:
    for name, make in sample_guests.REPORTS.items():
        whole = make()
        if not whole.is_fleet:
            continue
        found = told(test_reader.written(whole))
        for host in whole.hosts:
            is_told = found[host.name].guests is not None
            assert is_told is (host.guests is not None), name


def damaged(change: Callable[[Any], object]) -> Any:
    """Return a document of which one host, compute013, was changed."""
    found = json.loads(WRITTEN)
    (host,) = (one for one in found['hosts'] if one['name'] == 'compute013')
    change(host)
    return found


DAMAGE: dict[str, tuple[Callable[[Any], object], str]] = {
    'a missing field': (
        lambda host: host.pop('settings'),
        '.settings: it is missing',
    ),
    'a value that nobody can mean': (
        lambda host: host['settings'][1].update(value='hunter2'),
        '.value: it is not a value of the option',
    ),
    'a finding that nothing leads to': (
        lambda host: host['settings'][1].update(
            host['settings'][1], value='qcow2', shown='qcow2'
        ),
        ': its parts do not fit together',
    ),
    'a rule of a newer release': (
        lambda host: host['checks'][1]['findings'][0].update(rule='new'),
        'a newer one made it',
    ),
}


@pytest.mark.parametrize('name', DAMAGE)
@pytest.mark.parametrize('is_cut', [True, False])
def test_one_host_that_is_damaged_stays_alone(name: str, is_cut: bool) -> None:
    change, reason = DAMAGE[name]
    found = damaged(change)
    data = dumped(found)
    if is_cut:
        data = json.dumps(found, indent=2).encode() + b'\n'
        assert pieces.split(data.decode()) is not None
    left = reasons(data)
    others = reasons(WRITTEN)
    assert left.pop('compute013').endswith(reason)
    assert left == others


@pytest.mark.parametrize('name', [None, '', 7, ['compute1']])
def test_a_host_without_a_name_is_no_host(name: object) -> None:
    found = damaged(lambda host: host.update(name=name))
    for data in (dumped(found), json.dumps(found, indent=2).encode() + b'\n'):
        with pytest.raises(errors.ConfigurationError):
            reader.parse(data, TODAY)


def test_what_is_cut_in_the_wrong_places_is_read_whole() -> None:
    found = json.loads(test_reader.written(fleets.alike()))
    found['hosts'][0]['of a newer release'] = [{}, {}]
    text = json.dumps(found, indent=2) + '\n'
    torn = text.replace(
        '        {},\n        {}\n', '    {\n    },\n    {\n    }\n'
    )
    assert json.loads(torn) == found
    assert pieces.split(torn) is None or len(told(torn.encode())) == 3
    assert list(told(torn.encode())) == list(told(text.encode()))


@pytest.mark.parametrize(
    'old, new',
    [
        ('"driver": null', '"driver": nothing'),
        ('"driver": null', '"driver": null, "driver": null'),
        ('"driver": null', '"driver": null, "name": "other"'),
        ('"hosts": [\n    {', '"hosts": [\n    {{'),
        ('\n    },\n    {', '\n    }\n    {'),
        ('"fleet": {', '"hosts": [], "fleet": {'),
    ],
)
def test_what_is_no_json_is_no_report(old: str, new: str) -> None:
    text = WRITTEN.decode()
    assert old in text
    with pytest.raises(errors.ConfigurationError):
        reader.parse(text.replace(old, new, 1).encode(), TODAY)


def test_only_the_writers_form_may_be_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reader, 'LARGEST_HOST', len(WRITTEN) - 1)
    assert len(told(WRITTEN)) == len(fleets.varied().hosts)
    with pytest.raises(errors.ConfigurationError, match='not a report of one'):
        reader.parse(WRITTEN + b'\n', TODAY)


@pytest.mark.parametrize(
    'form', [bytes, lambda data: dumped(json.loads(data))]
)
def test_there_may_not_be_too_many(
    form: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, 'MOST_HOSTS', len(fleets.varied().hosts))
    assert reader.parse(form(WRITTEN), TODAY)
    monkeypatch.setattr(reader, 'MOST_HOSTS', len(fleets.varied().hosts) - 1)
    with pytest.raises(errors.ConfigurationError, match='on more than'):
        reader.parse(form(WRITTEN), TODAY)


def test_one_host_may_not_be_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, 'LARGEST_HOST', 20_000)
    found = damaged(lambda host: host.update(more=' ' * 20_000))
    data = json.dumps(found, indent=2).encode() + b'\n'
    left = reasons(data)
    assert 'not a report of one host' in left['compute013']
    left.pop('compute013')
    assert left == reasons(WRITTEN)


@pytest.mark.parametrize('place', ['first', 'last'])
def test_a_host_that_is_empty_is_not_passed_over(place: str) -> None:
    text = WRITTEN.decode()
    if place == 'first':
        found = text.replace(
            '"hosts": [\n    {', '"hosts": [\n    {\n    },\n    {'
        )
    else:
        found = text.replace(
            '\n    }\n  ]\n}\n', '\n    },\n    {\n    }\n  ]\n}\n'
        )
    assert len(json.loads(found)['hosts']) == len(told(WRITTEN)) + 1
    with pytest.raises(errors.ConfigurationError, match='name: it is missing'):
        reader.parse(found.encode(), TODAY)


@pytest.mark.parametrize(
    'created', [None, '', 'hunter2', '2026-11-23T09:30:00', 7]
)
def test_a_time_has_a_zone(created: object) -> None:
    found = {**json.loads(WRITTEN), 'created': created}
    document = reader.parse(dumped(found), TODAY)
    with pytest.raises(errors.ConfigurationError, match='at created: '):
        assert document.created
    assert reader.parse(WRITTEN, TODAY).created == fleets.varied().created


def test_rendered_anew_it_is_the_same_report() -> None:
    """But for the waivers that matched nothing, and where it was read."""
    whole = fleets.varied()
    document = reader.parse(WRITTEN, TODAY)
    source = report.Source(report.SourceKind.REPORT, 'fleet.json')
    again = fleets.made(
        [
            report.ReadHost(
                one.name, one.host.known, one.host.accepted, source
            )
            for one in document.hosts
        ],
        fleets.CELLS,
    )
    rendered = json_format.render(again, interface.Appearance())
    made = json.loads(''.join(rendered))
    first = json.loads(WRITTEN)
    assert made['fleet'] == first['fleet']
    assert made['result'] == first['result']
    for host, before in zip(made['hosts'], first['hosts']):
        assert host['name'] == before['name']
        assert [
            finding['rule']
            for check in host['checks']
            for finding in check['findings']
        ] == [
            finding['rule']
            for check in before['checks']
            for finding in check['findings']
        ]
    assert [host.worst for host in again.hosts] == [
        host.worst for host in whole.hosts
    ]
