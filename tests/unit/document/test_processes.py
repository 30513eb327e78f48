# SPDX-License-Identifier: Apache-2.0

"""What a report tells of a process, and of its Nova, is read back."""

from __future__ import annotations

from collections.abc import Callable
import dataclasses
import datetime
import json
from typing import Any

import hypothesis
from hypothesis import strategies as st
import pytest

from nova_cow_check.document import reader
from nova_cow_check.document import writer
from nova_cow_check import errors
from nova_cow_check import printing
from nova_cow_check.reports import report
from nova_cow_check.settings import host_settings
from tests.unit import hosts
from tests.unit import sample_reports

TODAY = sample_reports.CREATED.date()


def document() -> Any:
    return writer.of(sample_reports.running())


def known(found: Any) -> host_settings.ImageSettings:
    data = json.dumps(found).encode()
    (told,) = reader.parse(data, TODAY).hosts
    settings = told.host.known
    assert isinstance(settings, host_settings.ImageSettings)
    return settings


def test_it_is_read_back_and_leads_to_the_same() -> None:
    settings = known(document())
    assert settings.process == sample_reports.PROCESS
    assert settings.nova_release == '29.2.0'
    (first,) = sample_reports.running().hosts
    again = report.judge(report.ReadHost('compute1', settings))
    assert again.found == first.found
    assert again.rules == {'changes-not-in-effect', 'unsafe-flat-resize'}


PATHS = st.text(
    st.characters(min_codepoint=33, max_codepoint=126), min_size=1
).map(printing.printable)

#: To the second, in zones that ISO 8601 can write.
TIMES = st.datetimes(
    datetime.datetime(1970, 1, 2),
    datetime.datetime(9999, 12, 30),
    timezones=st.integers(-14 * 60, 14 * 60).map(
        lambda one: datetime.timezone(datetime.timedelta(minutes=one))
    ),
).map(lambda one: one.replace(microsecond=0))

CHANGED = st.builds(
    host_settings.Changed, PATHS, TIMES, st.just('')
) | st.builds(host_settings.Changed, PATHS, st.none(), PATHS)


@st.composite
def processes(draw: st.DrawFn) -> host_settings.Process:
    changed = draw(st.lists(CHANGED, max_size=7))
    installed = draw(st.none() | TIMES)
    started = draw(TIMES) if changed or installed else None
    not_known = draw(st.lists(PATHS, max_size=2))
    return host_settings.Process(
        started, tuple(changed), installed, tuple(not_known)
    )


@hypothesis.given(processes())
def test_whatever_is_known_of_a_process_is_read_back(
    process: host_settings.Process,
) -> None:
    settings = dataclasses.replace(
        hosts.host(hosts.nova_conf()).settings(), process=process
    )
    host = report.judge(report.ReadHost('a', settings))
    whole = dataclasses.replace(sample_reports.running(), hosts=(host,))
    again = known(writer.of(whole))
    assert again.process == process
    assert report.judge(report.ReadHost('a', again)).found == host.found


def test_nothing_is_known_without_a_process() -> None:
    settings = hosts.host(hosts.nova_conf()).settings()
    assert (settings.process, settings.nova_release) == (None, '')
    (host,) = writer.of(sample_reports.of(hosts.host(hosts.nova_conf())))[
        'hosts'
    ]
    assert (host['process'], host['nova_release']) == (None, None)


def test_a_report_of_an_older_release_has_neither() -> None:
    found = writer.of(sample_reports.of(hosts.host(hosts.nova_conf())))
    del found['hosts'][0]['process'], found['hosts'][0]['nova_release']
    settings = known(found)
    assert (settings.process, settings.nova_release) == (None, '')


def _set(*path: Any) -> Callable[[Any], None]:
    """Return what gives a field, found by the first words, the last one."""
    *way, name, value = path

    def change(host: Any) -> None:
        for step in way:
            host = host[step]
        host[name] = value

    return change


#: Name of the field that is refused -> what makes it so.
REFUSED = [
    ('nova_release', _set('nova_release', 'flamingo')),
    ('nova_release', _set('nova_release', '29.2.0\n')),
    ('nova_release', _set('nova_release', 29)),
    ('process.started', _set('process', [])),
    ('process', _set('process', 'started', None)),
    ('process.started', _set('process', 'started', 'yesterday')),
    ('process.started', _set('process', 'started', '2026-11-23T09:30:00')),
    ('process.started', _set('process', 'started', '2026-13-23T09:30:00Z')),
    (
        'process.started',
        _set('process', 'started', '2026-13-23T09:30:00+00:00'),
    ),
    (
        'process.started',
        _set('process', 'started', '0000-11-23T09:30:00+00:00'),
    ),
    (
        'process.installed',
        _set('process', 'installed', '2026-11-23T09:30:00+99:00'),
    ),
    ('process.changed', _set('process', 'changed', None)),
    ('process.changed[0].path', _set('process', 'changed', 0, 'path', 1)),
    ('process', _set('process', 'changed', 0, 'path', '')),
    ('process', _set('process', 'changed', 0, 'time', None)),
    ('process', _set('process', 'changed', 0, 'source', '/a')),
    ('process', _set('process', 'changed', 2, 'source', None)),
    ('process.not_known[0]', _set('process', 'not_known', 0, {})),
    ('process.not_known', _set('process', 'not_known', '/etc/a')),
]


@pytest.mark.parametrize('field, change', REFUSED)
def test_what_cannot_be_is_refused(
    field: str, change: Callable[[Any], None]
) -> None:
    found = document()
    change(found['hosts'][0])
    with pytest.raises(errors.ConfigurationError) as caught:
        known(found)
    assert f'at hosts[0].{field}:' in caught.value.reason
    assert 'flamingo' not in caught.value.reason


@pytest.mark.parametrize(
    'change',
    [_set('nova_release', '33.0.0'), _set('process', None)],
)
def test_a_report_that_lost_what_its_findings_rest_on_is_refused(
    change: Callable[[Any], None],
) -> None:
    found = document()
    change(found['hosts'][0])
    with pytest.raises(errors.ConfigurationError) as caught:
        known(found)
    assert 'its own settings do not lead to' in caught.value.reason
