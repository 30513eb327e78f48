# SPDX-License-Identifier: Apache-2.0

"""Golden files: what each format makes of each configuration.

After a change that is meant, write the files anew with
``UPDATE_GOLDEN=1 pytest tests/unit/formats/test_golden.py`` and read the
diff.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
import datetime
import functools
from importlib import metadata
import os
import pathlib
import re

import pytest

from nova_cow_check.formats import interface
from nova_cow_check.reports import report
from nova_cow_check.rules import registry
from tests.unit import fleets
from tests.unit import hosts
from tests.unit import sample_guests
from tests.unit import sample_reports

GOLDEN = pathlib.Path(__file__).parents[1] / 'golden'
OUTPUTS = GOLDEN / 'formats'
NAMES = sorted(path.stem for path in GOLDEN.glob('*.conf'))
FORMATS = sorted(
    entry_point.name
    for entry_point in metadata.distribution('nova-cow-check').entry_points
    if entry_point.group == interface.NAMESPACE
)
EXTENSIONS = {'journal': 'txt', 'junit': 'xml', 'text': 'txt'}

#: The catalogue of rules that each SARIF file has, once for all of them.
CATALOGUE = OUTPUTS / 'sarif' / 'rules.json'

#: One that holds, one that does not any more, one that matches nothing.
WAIVERS = {
    'flat-disks-converted': (sample_reports.waiver('flat-disks-converted'),),
    'ignored-setting': (
        sample_reports.waiver(
            'ignored-setting', expires=datetime.date(2026, 10, 31)
        ),
    ),
    'explicit': (sample_reports.waiver('driver-removed', 'hyper*'),),
}


def report_on(name: str) -> report.Report:
    """Return the report on the host with a golden configuration."""
    path = GOLDEN / f'{name}.conf'
    host = hosts.Host({path.name: path.read_text()})
    return sample_reports.of(host, WAIVERS.get(name, ()))


#: Name of a golden file -> what makes its report.
REPORTS: dict[str, Callable[[], report.Report]] = {
    **{name: functools.partial(report_on, name) for name in NAMES},
    **{f'fleet-{name}': made for name, made in fleets.FLEETS.items()},
    **sample_guests.REPORTS,
    'running': sample_reports.running,
}


def rendered(format_name: str, name: str) -> str:
    pieces = interface.load(format_name)(
        REPORTS[name](), interface.Appearance()
    )
    # What is the same in each file has tests of its own.
    text = re.sub('("help": {\n *"text": ").*"', r'\1..."', ''.join(pieces))
    return re.sub("(?s)<style>.*?</style>|sha256-[^']*", '...', text)


def parts(format_name: str, name: str) -> dict[pathlib.Path, str]:
    """Return what golden files are to hold."""
    text = rendered(format_name, name)
    if format_name != 'sarif':
        return {golden(format_name, name): text}
    match = re.search('(?s)(?<="rules": )\\[.*?\n {10}\\]', text)
    assert match is not None
    without = text[: match.start()] + '...' + text[match.end() :]
    return {golden(format_name, name): without, CATALOGUE: match[0] + '\n'}


def golden(format_name: str, name: str) -> pathlib.Path:
    extension = EXTENSIONS.get(format_name, format_name)
    return OUTPUTS / format_name / f'{name}.{extension}'


@pytest.mark.parametrize('name', REPORTS)
@pytest.mark.parametrize('format_name', FORMATS)
def test_golden(format_name: str, name: str) -> None:
    for path, found in parts(format_name, name).items():
        if os.environ.get('UPDATE_GOLDEN'):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(found, encoding='utf-8')
        assert found == path.read_text(encoding='utf-8')


@pytest.mark.parametrize(
    'rule',
    [
        name
        for name, one in registry.RULES.items()
        if one not in registry.GUEST_RULES
    ],
)
def test_every_rule_has_a_configuration(rule: str) -> None:
    assert any(rule in host.rules for host in hosts_with(rule))


def hosts_with(rule: str) -> Sequence[report.HostReport]:
    """Return the hosts of the golden file of a rule, or of the fleets."""
    if rule in NAMES:
        return report_on(rule).hosts
    if rule in registry.PROCESS_RULES:
        return sample_reports.running().hosts
    return [*fleets.varied().hosts, *fleets.changed().hosts]


def test_no_golden_file_is_left_over() -> None:
    expected = {golden(one, name) for one in FORMATS for name in REPORTS}
    assert set(OUTPUTS.rglob('*.*')) == {*expected, CATALOGUE}


def test_a_waiver_of_each_kind_is_shown() -> None:
    found = {name: report_on(name) for name in WAIVERS}
    assert found['flat-disks-converted'].worst is None
    assert found['ignored-setting'].worst is not None
    assert found['explicit'].unused_waivers == WAIVERS['explicit']
