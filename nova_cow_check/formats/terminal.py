# SPDX-License-Identifier: Apache-2.0

"""Colours of a terminal, ECMA-48's; without colour nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
import textwrap

from nova_cow_check._i18n import _
from nova_cow_check import host_names
from nova_cow_check.nova import operations
from nova_cow_check import printing
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.rules import wording
from nova_cow_check.settings import parsing

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
    operations.Outcome.FINE: _GREEN,
    operations.Outcome.BREAKS: _YELLOW,
    operations.Outcome.UNSAFE: _RED,
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

    def outcome(self, words: str, outcome: operations.Outcome) -> str:
        """Return words in the colour of a move's outcome."""
        return self._paint(words, _OUTCOMES[outcome])

    def _paint(self, words: str, colour: str) -> str:
        if not self._has_colour:
            return words
        return f'\x1b[{colour}m{words}\x1b[0m'


INDENT = '  '


def wrapped(
    texts: Iterable[str], width: int, indent: str = INDENT, hanging: str = ''
) -> Iterator[str]:
    """Yield the lines of paragraphs; a word that is too long stays whole.

    :param hanging: what lines but the first are indented by in addition
    """
    for one in texts:
        yield from textwrap.wrap(
            one,
            width,
            initial_indent=indent,
            subsequent_indent=indent + hanging,
            break_long_words=False,
            break_on_hyphens=False,
        )


def hosts(
    hosts_named: Iterable[str],
    width: int,
    most_lines: int,
    indent: str = INDENT,
) -> Iterator[str]:
    """Yield names of hosts, folded; about as many as there are lines for.

    :param most_lines: names that take more are counted instead
    """
    room = most_lines * (width - len(indent))
    shown: list[str] = []
    left = 0
    for one in host_names.folded(hosts_named, width - len(indent) - 1):
        word = printing.printable(one.notation)
        room -= len(word) + len(', ')
        if shown and room < 0:
            left += one.number
        else:
            shown.append(word)
    sentence = ', '.join(shown)
    if left:
        sentence = _(
            '%(names)s and %(left)d more (--output json names all of them)'
        ) % {'names': sentence, 'left': left}
    yield from wrapped([sentence], width, indent)


def number(hosts: int, group: str = '') -> str:
    """Return for example ``1 host`` or ``12 hosts of cell2``."""
    words = _('1 host') if hosts == 1 else _('%d hosts') % hosts
    if not group:
        return words
    return _('%(hosts)s of %(group)s') % {
        'hosts': words,
        'group': printing.printable(group),
    }


def failed(host: report.HostReport, width: int, paint: Style) -> Iterator[str]:
    """Yield which checks of a host could not run, and why."""
    for row in host.rows:
        if row.failed:
            yield ''
            yield paint.bold(_('Failure: %s') % row.check.value)
            yield from wrapped([row.failed], width)


def finding(
    found: findings.Finding,
    width: int,
    paint: Style,
    more: Sequence[str] = (),
) -> Iterator[str]:
    """Yield what is wrong and what to write, which can be pasted.

    :param more: lines that are to be below it
    """
    heading, place = wording.heading(found), f'({_place(found)})'
    fits = len(heading) + 1 + len(place) <= width
    yield paint.finding(heading, found) + (f' {place}' if fits else '')
    if not fits:
        yield from wrapped([place], width)
    after_setting = False
    for paragraph in wording.body(found):
        if paragraph.is_setting is not after_setting:
            yield ''
        after_setting = paragraph.is_setting
        if paragraph.is_setting:
            yield paint.bold(paragraph.text)
        else:
            yield from wrapped([paragraph.text], width)
    if after_setting and more:
        yield ''
    yield from more


def _place(found: findings.Finding) -> str:
    """Return the first place that is written, the first one if none is."""
    default = parsing.OriginKind.DEFAULT
    written = [o for o in found.origins if o.kind is not default]
    return wording.place([*written, *found.origins][0])
