#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

from __future__ import annotations

import pytest

from nova_cow_check.cmd import catalogue
from nova_cow_check import errors
from nova_cow_check.rules import registry
from nova_cow_check.sources import pages


class TestListing:
    def test_every_rule_in_the_order_of_the_findings(self) -> None:
        # Columns: the name, the severity, the summary.
        table, _hint = catalogue.listing().split('\n\n')
        found: list[list[str]] = []
        for line in table.split('\n'):
            columns = [line[:27], line[27:36], line[36:]]
            if line.startswith(' '):
                assert not ''.join(columns[:2]).strip()
                found[-1][2] += ' ' + columns[2]
            else:
                found.append([column.rstrip() for column in columns])
        assert found == [
            [rule.name, rule.severity.name.lower(), pages.read(name).summary]
            for name, rule in registry.RULES.items()
        ]

    def test_it_fits_a_terminal(self) -> None:
        lines = catalogue.listing().split('\n')
        assert max(map(len, lines)) <= 79
        assert min(map(len, lines[:-3])) > 36

    def test_it_says_how_to_go_on(self) -> None:
        assert catalogue.listing().endswith(
            '\n\nnova-cow-check rules NAME shows the page of a rule.\n'
        )


class TestPage:
    @pytest.mark.parametrize('name', registry.RULES)
    def test_it_is_shown_as_it_is(self, name: str) -> None:
        assert catalogue.page(name) == pages.read(name).text

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
            catalogue.page(name)
        assert str(raised.value) == message
