# SPDX-License-Identifier: Apache-2.0

"""The catalogue of the rules, and pages, as a terminal shows them."""

from __future__ import annotations

import re

import pytest

from nova_cow_check.cmd import rules_command
from nova_cow_check.cmd import screen
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

    @pytest.mark.parametrize('width', [40, 72, 73, 80, 100])
    def test_it_fits_any_terminal(self, width: int) -> None:
        surface = screen.Surface(width, is_terminal=True)
        lines = rules_command.listing(surface).split('\n')
        assert max(map(len, lines)) < width
        words = rules_command.listing(surface).split()
        assert words == rules_command.listing().split()

    def test_colours_do_not_move_anything(self) -> None:
        painted = rules_command.listing(screen.Surface(has_colour=True))
        assert '\x1b[1;33mwarning\x1b[0m' in painted
        plain = re.sub('\x1b\\[[0-9;]*m', '', painted)
        assert plain == rules_command.listing()

    def test_it_says_how_to_go_on(self) -> None:
        assert rules_command.listing().endswith(
            '\n\nnova-cow-check rules NAME shows the page of a rule.\n'
        )


class TestPage:
    @pytest.mark.parametrize('name', registry.RULES)
    def test_programs_get_it_as_it_is(self, name: str) -> None:
        assert rules_command.page(name) == registry.page(name).text

    @pytest.mark.parametrize(
        'surface',
        [screen.Surface(is_terminal=True), screen.Surface(has_colour=True)],
    )
    def test_people_get_it_without_its_marks(
        self, surface: screen.Surface
    ) -> None:
        shown = rules_command.page('driver-removed', surface)
        assert 'driver-removed' in shown
        assert '``' not in shown and '====' not in shown
        assert ('\x1b' in shown) is surface.has_colour

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
