# SPDX-License-Identifier: Apache-2.0

"""The catalogue of the rules, and pages, as a terminal shows them."""

from __future__ import annotations

import pytest

from nova_cow_check.cmd import rules_command
from nova_cow_check import errors
from nova_cow_check.rules import registry


class TestListing:
    def test_every_rule_in_the_order_of_the_findings(self) -> None:
        # Columns: the name, the severity, the summary.
        table, _hint = rules_command.listing().split('\n\n')
        found: list[list[str]] = []
        for line in table.split('\n'):
            columns = [line[:28], line[28:37], line[37:]]
            if line.startswith(' '):
                assert not ''.join(columns[:2]).strip()
                found[-1][2] += ' ' + columns[2]
            else:
                found.append([column.rstrip() for column in columns])
        assert found == [
            [
                rule.name,
                rule.severity.name.lower(),
                registry.page(name).summary,
            ]
            for name, rule in registry.RULES.items()
        ]

    def test_it_fits_a_terminal(self) -> None:
        lines = rules_command.listing().split('\n')
        assert max(map(len, lines)) <= 79
        assert min(map(len, lines[:-3])) > 36

    def test_it_says_how_to_go_on(self) -> None:
        assert rules_command.listing().endswith(
            '\n\nnova-cow-check rules NAME shows the page of a rule.\n'
        )


class TestPage:
    @pytest.mark.parametrize('name', registry.RULES)
    def test_it_is_shown_as_it_is(self, name: str) -> None:
        assert rules_command.page(name) == registry.page(name).text

    @pytest.mark.parametrize(
        'name, message',
        [
            (
                'implicit-backend',
                'no rule is called "implicit-backend" (did you mean '
                'implicit-image-backend?)',
            ),
            (
                'setting',
                'no rule is called "setting" (did you mean invalid-setting '
                'or ignored-setting?)',
            ),
            (
                'mixed-raw-images',
                'no rule is called "mixed-raw-images" (did you mean '
                'mixed-force-raw-images or mixed-image-backends or '
                'rbd-without-raw-images?)',
            ),
            (
                'foo',
                'no rule is called "foo" (nova-cow-check rules lists all)',
            ),
            (
                '',
                'no rule is called "" (nova-cow-check rules lists all)',
            ),
            # The page of no rule.
            (
                '../pages/invalid-setting',
                'no rule is called "../pages/invalid-setting" (did you mean '
                'invalid-setting?)',
            ),
            (
                'a\x1b[2J' + 'x' * 100,
                f'no rule is called "a\\x1b[2J{"x" * 52}..." '
                '(nova-cow-check rules lists all)',
            ),
        ],
    )
    def test_another_name(self, name: str, message: str) -> None:
        with pytest.raises(errors.UsageError) as raised:
            rules_command.page(name)
        assert str(raised.value) == message
