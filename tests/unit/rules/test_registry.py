# SPDX-License-Identifier: Apache-2.0

"""Every rule is one module, one page and one line of the registry."""

from __future__ import annotations

import importlib
import pathlib

import pytest

from nova_cow_check import rules
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule

FOLDER = pathlib.Path(rules.__file__).parent

#: What rules are made of.
OTHERS = {
    '__init__',
    'choices',
    'existing_guests',
    'findings',
    'registry',
    'rule',
    'wording',
}

MODULES = {path.stem for path in FOLDER.glob('*.py')} - OTHERS


def test_every_module_is_in_the_registry() -> None:
    assert {name.replace('-', '_') for name in registry.RULES} == MODULES


@pytest.mark.parametrize('module', sorted(MODULES))
def test_a_module_has_one_rule_of_its_name_and_its_page(module: str) -> None:
    found = importlib.import_module(f'nova_cow_check.rules.{module}')
    (its_rule,) = {
        value for value in vars(found).values() if isinstance(value, rule.Rule)
    }
    assert its_rule is found.RULE
    assert its_rule.name == module.replace('_', '-')
    assert registry.RULES[its_rule.name] is its_rule
    assert (FOLDER / 'pages' / f'{its_rule.name}.rst').is_file()


def test_a_rule_is_about_one_host_or_compares_them() -> None:
    kinds = [*registry.HOST_RULES, *registry.FLEET_RULES]
    others = [one for one in registry.RULES.values() if one not in kinds]
    assert [one.name for one in others] == ['unreadable-configuration']


def test_the_order_is_that_in_which_findings_are_shown() -> None:
    """By the row that they are in; those that compare hosts come last."""
    rows = list(rule.Check)
    of_host = [rows.index(one.check) for one in registry.HOST_RULES]
    assert of_host == sorted(of_host)
    compare = [*registry.RULES.values()][-len(registry.FLEET_RULES) :]
    assert compare == list(registry.FLEET_RULES)
