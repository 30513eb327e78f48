# SPDX-License-Identifier: Apache-2.0

"""Addresses of the project: one setting, left out where it is not set."""

from __future__ import annotations

import json
import types

import pytest

from nova_cow_check import addresses
from nova_cow_check.formats import html
from nova_cow_check.formats import interface
from nova_cow_check.formats import json as json_format
from nova_cow_check.formats import sarif
from nova_cow_check.formats import text
from nova_cow_check.rules import registry
from tests.unit import hosts
from tests.unit import sample_reports

PROJECT = 'https://cow.example/'
DOCUMENTATION = 'https://docs.cow.example/latest'
TRACKER = 'https://cow.example/bugs'

#: What the sample is found to be.
RULE = 'implicit-image-backend'
PAGE = f'{DOCUMENTATION}/rules/{RULE}.html'

FORMATS = (html, json_format, sarif, text)


@pytest.fixture(autouse=True)
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ('PROJECT', 'DOCUMENTATION', 'TRACKER'):
        monkeypatch.setattr(addresses, name, '')


@pytest.fixture
def with_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, 'PROJECT', PROJECT)
    monkeypatch.setattr(addresses, 'DOCUMENTATION', DOCUMENTATION)
    monkeypatch.setattr(addresses, 'TRACKER', TRACKER)


def rendered(module: types.ModuleType) -> str:
    whole = sample_reports.of(hosts.host(hosts.nova_conf()))
    return ''.join(module.render(whole, interface.Appearance()))


def test_packages_tell_what_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert addresses.project_urls() == {}
    monkeypatch.setattr(addresses, 'TRACKER', TRACKER)
    assert addresses.project_urls() == {'Issues': TRACKER}


@pytest.mark.usefixtures('with_all')
def test_packages_tell_all_that_are_set() -> None:
    assert addresses.project_urls() == {
        'Homepage': PROJECT,
        'Documentation': DOCUMENTATION,
        'Issues': TRACKER,
    }


@pytest.mark.parametrize('directory', [DOCUMENTATION, f'{DOCUMENTATION}/'])
def test_a_rule_has_its_page(
    directory: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert addresses.of_rule(RULE) == ''
    monkeypatch.setattr(addresses, 'DOCUMENTATION', directory)
    assert addresses.of_rule(RULE) == PAGE


@pytest.mark.usefixtures('with_all')
@pytest.mark.parametrize('module', FORMATS, ids=lambda one: one.__name__)
def test_findings_lead_to_the_page_of_their_rule(
    module: types.ModuleType,
) -> None:
    assert PAGE in rendered(module).replace('\n', '').replace('\\/', '/')


@pytest.mark.parametrize('module', FORMATS, ids=lambda one: one.__name__)
def test_without_they_lead_to_what_explains_it_elsewhere(
    module: types.ModuleType,
) -> None:
    shown = rendered(module)
    assert registry.RULES[RULE].outside in shown
    assert '.example' not in shown


@pytest.mark.usefixtures('with_all')
def test_sarif_names_the_project() -> None:
    (run,) = json.loads(rendered(sarif))['runs']
    assert run['tool']['driver']['informationUri'] == PROJECT


def test_without_sarif_names_none() -> None:
    (run,) = json.loads(rendered(sarif))['runs']
    assert 'informationUri' not in run['tool']['driver']
