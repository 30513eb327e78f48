# SPDX-License-Identifier: Apache-2.0

"""Lines of a terminal, and its colours, ECMA-48's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
import enum
import textwrap
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import host_names
from nova_cow_check import printing
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.rules import wording
from nova_cow_check.settings import parsing

_BOLD, _RED, _GREEN, _YELLOW, _CYAN = '1', '1;31', '1;32', '1;33', '1;36'
_PLAIN_CYAN = '36'

#: Of results, severities and outcomes. By name: as integers, some are equal.
_COLOURS = {
    'SUCCESS': _GREEN,
    'NOTE': _CYAN,
    'WARNING': _YELLOW,
    'FAILURE': _RED,
    'FINE': _GREEN,
    'BREAKS': _YELLOW,
    'UNSAFE': _RED,
}

#: Of the lines of a diff, by how they begin: the first one that fits.
_MARKS = {
    '--- ': _BOLD,
    '+++ ': _BOLD,
    '@@ ': _CYAN,
    '-': _RED,
    '+': _GREEN,
}

INDENT = '  '


class Screen(NamedTuple):
    """Paints words and wraps lines; without colour, it paints nothing."""

    #: Columns of a line.
    width: int
    has_colour: bool = False

    def bold(self, words: str) -> str:
        return self._paint(words, _BOLD)

    def literal(self, words: str) -> str:
        """Return words that are written as they are, within a sentence."""
        return self._paint(words, _PLAIN_CYAN)

    def marked(self, words: str, mark: enum.Enum) -> str:
        """Return words in the colour of a result, severity or outcome."""
        return self._paint(words, _COLOURS[mark.name])

    def finding(self, words: str, finding: findings.Finding) -> str:
        """Return words in a finding's colour; a waived one has none."""
        if not finding.counts:
            return self.bold(words)
        return self.marked(words, finding.severity)

    def diff(self, line: str) -> str:
        """Return a line of a diff, with its end, in the colour of its mark."""
        text = line.rstrip('\n')
        colour = next(
            (one for mark, one in _MARKS.items() if text.startswith(mark)), ''
        )
        return self._paint(text, colour) + '\n' if colour else line

    def _paint(self, words: str, colour: str) -> str:
        return f'\x1b[{colour}m{words}\x1b[0m' if self.has_colour else words

    def wrapped(
        self, *texts: str, indent: str = INDENT, hanging: str = ''
    ) -> Iterator[str]:
        """Yield the lines of paragraphs; a word too long stays whole.

        :param hanging: what lines but the first are indented by in addition
        """
        for one in texts:
            yield from textwrap.wrap(
                one,
                self.width,
                initial_indent=indent,
                subsequent_indent=indent + hanging,
                break_long_words=False,
                break_on_hyphens=False,
            )

    def hosts(
        self, names: Iterable[str], most_lines: int, indent: str = INDENT
    ) -> Iterator[str]:
        """Yield names of hosts, folded; about as many as have room.

        :param most_lines: names that take more are counted instead
        """
        columns = self.width - len(indent)
        room = most_lines * columns
        shown: list[str] = []
        left = 0
        for one in host_names.folded(names, columns - 1):
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
        yield from self.wrapped(sentence, indent=indent)


def number(hosts: int, group: str = '') -> str:
    """Return for example ``1 host`` or ``12 hosts of cell2``."""
    if group:
        one, more = _('1 host of %(group)s'), _('%(hosts)d hosts of %(group)s')
    else:
        one, more = _('1 host'), _('%(hosts)d hosts')
    words = {'hosts': hosts, 'group': printing.printable(group)}
    return (one if hosts == 1 else more) % words


def number_of(hosts: Sequence[report.HostReport], group: str = '') -> str:
    """Return how many hosts there are, or files that are none.

    :param group: the one of all of them, if it is to be named
    """
    if not hosts or not hosts[0].is_fragment:
        return number(len(hosts), group)
    if len(hosts) == 1:
        return _('1 file')
    return _('%d files') % len(hosts)


def failed(host: report.HostReport, screen: Screen) -> Iterator[str]:
    """Yield which checks of a host could not run, and why."""
    for row in host.rows:
        if row.failed:
            yield ''
            yield screen.bold(_('Failure: %s') % row.check.value)
            yield from screen.wrapped(row.failed)


def finding(
    found: findings.Finding, screen: Screen, more: Sequence[str] = ()
) -> Iterator[str]:
    """Yield what is wrong and what to write, which can be pasted.

    :param more: lines that are to be below it
    """
    heading, place = wording.heading(found), f'({_place(found)})'
    fits = len(heading) + 1 + len(place) <= screen.width
    yield screen.finding(heading, found) + (f' {place}' if fits else '')
    if not fits:
        yield from screen.wrapped(place)
    body = tuple(wording.body(found))
    yield from paragraphs(body, screen)
    if body[-1].is_setting and more:
        yield ''
    yield from more


def paragraphs(
    body: Iterable[wording.Paragraph], screen: Screen
) -> Iterator[str]:
    """Yield paragraphs; what can be pasted is whole, between empty lines."""
    after_setting = False
    for paragraph in body:
        if paragraph.is_setting is not after_setting:
            yield ''
        after_setting = paragraph.is_setting
        if paragraph.is_setting:
            yield screen.bold(paragraph.text)
        else:
            yield from screen.wrapped(paragraph.text)


def _place(found: findings.Finding) -> str:
    """Return the first place that is written, the first one if none is."""
    default = parsing.OriginKind.DEFAULT
    written = [o for o in found.origins if o.kind is not default]
    return wording.place([*written, *found.origins][0])
