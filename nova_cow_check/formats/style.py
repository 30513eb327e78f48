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


"""Colours of a terminal, ECMA-48's; without colour nothing is changed."""

from __future__ import annotations

from nova_cow_check import findings
from nova_cow_check import moves
from nova_cow_check import report

_BOLD, _RED, _GREEN, _YELLOW, _CYAN = '1', '1;31', '1;32', '1;33', '1;36'

_RESULTS = {
    report.Result.SUCCESS: _GREEN,
    report.Result.WARNING: _YELLOW,
    report.Result.FAILURE: _RED,
}

_SEVERITIES = {
    findings.Severity.NOTE: _CYAN,
    findings.Severity.WARNING: _YELLOW,
    findings.Severity.FAILURE: _RED,
}

_OUTCOMES = {
    moves.Outcome.FINE: _GREEN,
    moves.Outcome.BREAKS: _YELLOW,
    moves.Outcome.UNSAFE: _RED,
}


class Style:
    """Paints words.

    :param has_colour: False leaves every word as it is
    """

    def __init__(self, has_colour: bool) -> None:
        self._has_colour = has_colour

    def bold(self, words: str) -> str:
        return self._paint(words, _BOLD)

    def result(self, result: report.Result) -> str:
        """Return the word for a verdict, in its colour."""
        return self._paint(result.value.upper(), _RESULTS[result])

    def finding(self, words: str, finding: findings.Finding) -> str:
        """Return words in a finding's colour; a waived one has none."""
        if not finding.counts:
            return self.bold(words)
        return self._paint(words, _SEVERITIES[finding.severity])

    def outcome(self, words: str, outcome: moves.Outcome) -> str:
        """Return words in the colour of a move's outcome."""
        return self._paint(words, _OUTCOMES[outcome])

    def _paint(self, words: str, colour: str) -> str:
        if not self._has_colour:
            return words
        return f'\x1b[{colour}m{words}\x1b[0m'
