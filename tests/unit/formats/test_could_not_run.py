# SPDX-License-Identifier: Apache-2.0

"""A rule that raises: a check that has failed, in every format."""

from __future__ import annotations

from collections.abc import Iterator
import copy
from typing import NoReturn

import pytest

from nova_cow_check.formats import interface
from nova_cow_check.reports import report
from nova_cow_check.reports import verdict
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule
from tests.functional import documents
from tests.unit import fleets
from tests.unit import hosts
from tests.unit import sample_reports

FORMATS = documents.NAMES

SENTENCE = 'This check could not run: KeyError; --debug shows where.'


def fail(*_arguments: object) -> NoReturn:
    raise KeyError('hunter2')


def failing(one: rule.Rule) -> rule.Rule:
    """Return a rule that raises when it looks."""
    broken = copy.copy(one)
    vars(broken)['look'] = fail
    return broken


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    verdict.judge.cache_clear()
    yield
    verdict.judge.cache_clear()


@pytest.fixture
def broken_host_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first rule of the row "Image backend" raise."""
    monkeypatch.setattr(
        registry,
        'HOST_RULES',
        tuple(
            failing(one) if one.name == 'rbd-without-raw-images' else one
            for one in registry.HOST_RULES
        ),
    )


@pytest.fixture
def broken_fleet_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all rules that compare hosts raise."""
    broken = tuple(map(failing, registry.FLEET_RULES))
    monkeypatch.setattr(registry, 'FLEET_RULES', broken)


def rendered(name: str, whole: report.Report) -> str:
    return ''.join(interface.load(name)(whole, interface.Appearance()))


@pytest.mark.usefixtures('broken_host_rule')
@pytest.mark.parametrize('name', FORMATS)
def test_every_format_says_so(name: str) -> None:
    whole = sample_reports.of(hosts.host(hosts.nova_conf()))
    assert whole.exit_code == 2
    shown = ' '.join(rendered(name, whole).split())
    assert 'could not run: KeyError' in shown
    assert 'hunter2' not in shown


@pytest.mark.usefixtures('broken_fleet_rule')
@pytest.mark.parametrize('name', FORMATS)
def test_a_fleet_is_shown_whole(name: str) -> None:
    whole = fleets.of({'a': fleets.QCOW2, 'b': fleets.FLAT})
    assert whole.exit_code == 2
    shown = ' '.join(rendered(name, whole).split())
    assert 'could not run: KeyError' in shown
    assert 'hunter2' not in shown


@pytest.mark.usefixtures('broken_host_rule')
def test_the_other_rows_and_rules_are_as_ever() -> None:
    rows = hosts.host(hosts.nova_conf()).rows()
    assert [row.failed for row in rows] == ['', SENTENCE, '']
    assert [row.check for row in rows] == list(rule.SETTINGS_CHECKS)
    found = [finding.rule for row in rows for finding in row.found]
    assert found == ['implicit-image-backend']


def test_where_nothing_can_be_judged_all_rows_have_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(verdict.invalid_setting, 'repaired', fail)
    rows = hosts.host(hosts.nova_conf()).rows()
    assert [row.failed for row in rows] == [SENTENCE] * 3
    assert rows[0].worst is rows[2].worst is not None


@pytest.mark.usefixtures('broken_host_rule')
def test_sarif_says_that_the_run_was_not_successful() -> None:
    whole = sample_reports.of(hosts.host(hosts.nova_conf()))
    assert '"executionSuccessful": false' in rendered('sarif', whole)
