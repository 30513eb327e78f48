# SPDX-License-Identifier: Apache-2.0

"""Every rule is one module, one page and one line of the registry.

Those about guests are rows of one module.
"""

from __future__ import annotations

import importlib
import pathlib
import subprocess
import sys

import pytest

from nova_cow_check import rules
from nova_cow_check.rules import guest_rules
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule

FOLDER = pathlib.Path(rules.__file__).parent

#: What rules are made of.
OTHERS = {
    '__init__',
    'agreement',
    'choices',
    'disk_wording',
    'existing_guests',
    'extras',
    'findings',
    'guest_findings',
    'guest_rules',
    'guest_steps',
    'reported_guests',
    'registry',
    'rule',
    'wording',
}

MODULES = {path.stem for path in FOLDER.glob('*.py')} - OTHERS


def test_every_module_is_in_the_registry() -> None:
    assert {
        one.name.replace('-', '_')
        for one in registry.RULES.values()
        if one not in registry.GUEST_RULES
    } == MODULES


def test_rules_about_guests_are_named_so() -> None:
    about_guests = [one.name for one in registry.GUEST_RULES]
    assert about_guests == [
        name for name in registry.RULES if name.startswith('guest-')
    ]
    assert registry.GUEST_RULES == guest_rules.RULES


def test_what_is_said_of_guests_is_not_loaded_without_them() -> None:
    code = (
        'import sys\n'
        'from nova_cow_check.rules import registry\n'
        'print([one for one in sys.modules if "cow_check.guests" in one])'
    )
    done = subprocess.run(
        [sys.executable, '-c', code], stdout=subprocess.PIPE, check=True
    )
    assert done.stdout == b'[]\n'


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


def test_every_rule_but_one_is_of_a_kind() -> None:
    kinds = [
        *registry.HOST_RULES,
        *registry.CHANGE_RULES,
        *registry.FLEET_RULES,
        *registry.GUEST_RULES,
    ]
    others = [one for one in registry.RULES.values() if one not in kinds]
    assert [one.name for one in others] == ['unreadable-configuration']


def test_the_order_is_that_in_which_findings_are_shown() -> None:
    """By the row that they are in; those that compare hosts come last.

    Those about guests, which have findings of their own, come after them.
    """
    rows = list(rule.Check)
    of_host = [rows.index(one.check) for one in registry.HOST_RULES]
    assert of_host == sorted(of_host)
    last = [*registry.FLEET_RULES, *registry.GUEST_RULES]
    assert [*registry.RULES.values()][-len(last) :] == last
