# SPDX-License-Identifier: Apache-2.0

"""`changes-not-in-effect`: what it says, and where it does not hold."""

from __future__ import annotations

import dataclasses

import pytest

from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from nova_cow_check.settings import host_settings
from tests.unit import fleets
from tests.unit import hosts
from tests.unit import sample_reports

NAME = 'changes-not-in-effect'

START, LATER = sample_reports.STARTED, sample_reports.CREATED

FILE = host_settings.Changed('/etc/nova/nova.conf', LATER)
COPY = host_settings.Changed('/etc/nova/nova.conf', None, '/kolla/nova.conf')


def judged(
    process: host_settings.Process | None, content: str = fleets.QCOW2
) -> tuple[verdict.Row, ...]:
    known = hosts.host(content).settings()
    return verdict.judge(dataclasses.replace(known, process=process))


def found(
    process: host_settings.Process | None, content: str = fleets.QCOW2
) -> list[findings.Finding]:
    rows = judged(process, content)
    return [one for row in rows for one in row.found if one.rule == NAME]


@pytest.mark.parametrize(
    'process',
    [
        None,
        host_settings.Process(),
        host_settings.Process(not_known=('/etc/nova/nova.conf',)),
    ],
)
def test_nothing_was_changed(process: host_settings.Process | None) -> None:
    assert found(process) == []


#: What was changed -> words that the finding has.
SAID = [
    (
        host_settings.Process(START, (FILE,)),
        [
            'since nova-compute was started (2026-11-20 09:30:00+00:00)',
            '/etc/nova/nova.conf (2026-11-23 09:30:00+00:00)',
            'a reload (SIGHUP) changes none of these options',
            'holds from its next start on',
            'The earlier values are not known',
        ],
    ),
    (
        host_settings.Process(START, (COPY,)),
        [
            'kolla copied',
            '/etc/nova/nova.conf from /kolla/nova.conf',
            'check the sources, too',
            'The earlier values are not known',
        ],
    ),
    (
        host_settings.Process(START, (), LATER),
        [
            'Nova was installed, or its files were changed '
            '(2026-11-23 09:30:00+00:00), after nova-compute was started '
            '(2026-11-20 09:30:00+00:00)'
        ],
    ),
]


@pytest.mark.parametrize('process, expected', SAID)
def test_what_is_said(
    process: host_settings.Process, expected: list[str]
) -> None:
    (finding,) = found(process)
    assert finding.severity is findings.Severity.WARNING
    assert finding.replacement == findings.Replacement()
    for words in expected:
        assert words in finding.explanation
    others = [words for one, some in SAID if one != process for words in some]
    for words in set(others) - set(expected):
        assert words not in finding.explanation
    assert [one.name for one in finding.origins] == [
        one.path for one in process.changed
    ] or not process.changed


#: A configuration -> what becomes of guests if the backend was another one.
GUESTS = {
    fleets.QCOW2: 'read or change files of the host',
    hosts.nova_conf(): 'read or change files of the host',
    fleets.FLAT: 'while their backing files are there',
    hosts.nova_conf(images_type='rbd'): 'the start fails (ERROR)',
}


@pytest.mark.parametrize('content', GUESTS)
def test_what_becomes_of_guests(content: str) -> None:
    (finding,) = found(host_settings.Process(START, (FILE,)), content)
    for words in GUESTS.values():
        is_said = words in finding.explanation
        assert is_said is (words == GUESTS[content])


def test_it_holds_beside_a_value_that_nova_cannot_use() -> None:
    process = host_settings.Process(START, (FILE,))
    for content in (
        hosts.nova_conf(images_type='banana'),
        hosts.nova_conf(images_type='QCOW2'),
        hosts.nova_conf(compute_driver='nova.virt.libvirt.LibvirtDriver'),
    ):
        (finding,) = found(process, content)
        assert not any(row.failed for row in judged(process, content))
        assert 'holds from its next start on' in finding.explanation


def test_it_is_about_hosts_whose_settings_count() -> None:
    process = host_settings.Process(START, (FILE,))
    content = hosts.nova_conf(compute_driver='ironic.IronicDriver')
    assert found(process, content) == []


def test_of_many_files_the_first_are_named() -> None:
    many = tuple(
        host_settings.Changed(f'/etc/{number}.conf', LATER)
        for number in range(1000)
    )
    (finding,) = found(host_settings.Process(START, many))
    assert '/etc/4.conf' in finding.explanation
    assert '/etc/5.conf' not in finding.explanation
    assert ' and 995 more' in finding.explanation
    assert len(finding.origins) == 5


def test_names_are_harmless() -> None:
    name = '/etc/\x1b[2J%s{0}.conf'
    for one in (
        host_settings.Changed(name, LATER),
        host_settings.Changed('/a', None, name),
    ):
        (finding,) = found(host_settings.Process(START, (one,)))
        assert finding.explanation.isprintable()
        assert '\\x1b[2J%s{0}.conf' in finding.explanation


def test_where_it_cannot_know_it_says_so() -> None:
    process = host_settings.Process(not_known=('/etc/nova/nova.conf',))
    first, *others = judged(process)
    assert first.check is rule.Check.IMAGE_SETTINGS
    assert 'cannot be told of all of it' in ' '.join(first.facts)
    assert not any('be told of all' in f for row in others for f in row.facts)
    assert 'be told of all' not in ' '.join(judged(None)[0].facts)


def test_hosts_alike_are_told_once_whatever_their_times_and_paths() -> None:
    known = hosts.host(fleets.QCOW2).settings()
    processes = {
        'a1': host_settings.Process(START, (FILE,)),
        'a2': host_settings.Process(
            LATER, (host_settings.Changed('/proc/7/root/a', LATER),)
        ),
        'b1': host_settings.Process(START, (COPY,)),
        'b2': host_settings.Process(START, (COPY, COPY)),
        'c1': host_settings.Process(START, (), LATER),
        'd1': host_settings.Process(not_known=('/proc/7/root/b',)),
        'd2': host_settings.Process(not_known=('/proc/8/root/b',)),
        'e1': host_settings.Process(),
        'e2': None,
    }
    whole = fleets.of(
        {
            name: dataclasses.replace(known, process=process)
            for name, process in processes.items()
        }
    )
    assert sorted(
        sorted(host.name for host in one.hosts)
        for one in fleets.fleet.alike(whole.hosts)
    ) == [['a1', 'a2'], ['b1', 'b2'], ['c1'], ['d1', 'd2'], ['e1'], ['e2']]
