# SPDX-License-Identifier: Apache-2.0

"""The manual pages, made of the parsers by argparse-manpage."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
import itertools
import re
import textwrap
from typing import NamedTuple

from argparse_manpage import manpage

from tests.package import commands

#: man(7) wants one, and today's would change the pages at each run. Without
#: hyphens, which argparse-manpage would escape.
_DATE = 'November 27, 2026'

_WIDTH = 78

_EXIT_STATUS, _ENVIRONMENT, _FILES = 'EXIT STATUS', 'ENVIRONMENT', 'FILES'
_NOTES, _EXAMPLES = 'NOTES', 'EXAMPLES'

#: As man-pages(7) has them.
_ORDER = (_EXIT_STATUS, _ENVIRONMENT, _FILES, _NOTES, _EXAMPLES)

#: Headings of the paragraphs of an epilog, by their first word.
_HEADINGS = {
    'environment': _ENVIRONMENT,
    'example': _EXAMPLES,
    'examples': _EXAMPLES,
    'exit': _EXIT_STATUS,
}

_VERDICTS = (
    '0, 1 and 2 are what a command found, as its page says; 255 is no '
    'verdict, and one line on standard error says why.'
)
_STATUS_VERDICTS = (
    '0 success, 1 warning, 2 failure; 255 is no verdict, and one line on '
    'standard error says why.'
)
_DONE = '0, or 255 after one line on standard error that says why.'

_OWN_FILES = (
    (
        '~/.nova, ~, /etc/nova, /etc',
        'where nova.conf and nova-compute.conf are looked for, and the '
        'directories nova.conf.d and nova-compute.conf.d: what nova-compute '
        'reads if it is told nothing else',
    ),
)
_STATUS_FILES = (
    (
        '~/.nova, ~, /etc/nova, /etc',
        'where nova.conf and nova-status.conf are looked for, and the '
        'directories nova.conf.d and nova-status.conf.d',
    ),
)
_GUEST_FILES = (
    (
        '/etc/libvirt/qemu',
        'where the XML of the guests is read, with --guests',
    ),
)

_OPTIONS = (
    (
        'OS_GROUP__OPTION',
        'beats what the files say of an option of Nova, such as '
        'OS_LIBVIRT__IMAGES_TYPE and OS_NOVA_COW_CHECK__WAIVERS_FILE',
    ),
)
_COLOUR = (
    (
        'NO_COLOR',
        'if it is set and not empty, nothing is coloured on a terminal, as '
        'with TERM=dumb',
    ),
)
_LANGUAGE = (
    (
        'LANGUAGE, LC_ALL, LC_MESSAGES, LANG',
        'the language of what is printed, where there is a translation',
    ),
)

#: Pages of others: nova-status is what nova-cow-status extends.
_OTHERS = ('nova-compute(1)', 'nova-status(1)')


class _Formatter(argparse.HelpFormatter):
    """Wraps for roff, alike in every terminal."""

    def __init__(self, prog: str, **_more: object) -> None:
        super().__init__(prog, width=_WIDTH)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        # At the start of a line, these would be requests.
        kept = re.sub(r" (?=[.'])", '\0', ' '.join(text.split()))
        lines = textwrap.wrap(
            kept, width, break_long_words=False, break_on_hyphens=False
        )
        return '\n'.join(lines).replace('\0', ' ')


class Described(NamedTuple):
    """What a page has beside what a parser knows."""

    exit_status: str
    files: tuple[tuple[str, str], ...]
    environment: tuple[tuple[str, str], ...]


def pages() -> dict[str, str]:
    """Return the pages, by their file names."""
    program, *below = commands.nova_cow_check()
    runnable = [one for one in below if not one.is_group]
    every = [program, *runnable, commands.nova_cow_status()]
    made = {}
    for one in every:
        others = [f'{other.page}(1)' for other in every if other != one]
        made[f'{one.page}.1'] = _page(
            one, runnable if one.is_group else (), [*others, *_OTHERS]
        )
    return made


def _page(
    command: commands.Command,
    below: Iterable[commands.Command],
    others: Sequence[str],
) -> str:
    """Return a page of a command.

    :param below: the commands that follow it
    :param others: the pages to see, too
    """
    parser = command.parser
    parser.formatter_class = _Formatter
    epilog, parser.epilog = parser.epilog or '', None
    epilog = epilog.replace('%(prog)s', parser.prog)
    usage = parser.format_usage().partition(':')[2].split()
    group = commands.subcommands(parser)
    if group:
        # They have pages of their own.
        group.help = argparse.SUPPRESS
    # Without a title, arguments would stand in DESCRIPTION.
    parser._positionals.title = 'arguments'
    page = manpage.Manpage(parser)
    page.prog = command.page
    page.date = _DATE
    page.source = command.words[0]
    page.manual = 'User Commands'
    page.description = command.summary
    name = len(command.words)
    page.synopsis = [' '.join(usage[:name]), *map(_escaped, usage[name:])]
    if below:
        named = [(' '.join(one.words), one.summary) for one in below]
        page.add_section('COMMANDS', '=', _described(named))
    for heading, content in _sections(command, epilog):
        page.add_section(heading, '=', content)
    page.add_section('SEE ALSO', '=', _seen(others))
    # A blank line is one in the page as well, and headings have their own.
    return re.sub(r'\n\n+(?=\.(?:SH|TP)\b)', '\n', str(page))


def _sections(
    command: commands.Command, epilog: str
) -> Iterator[tuple[str, str]]:
    """Yield headings and what is below them."""
    found = _paragraphs(epilog)
    described = _describe(command)
    found.setdefault(_EXIT_STATUS, _escaped(described.exit_status))
    told = found.get(_ENVIRONMENT, '')
    others = [one for one in described.environment if one[0] not in told]
    for heading, more in (
        (_ENVIRONMENT, _described(others)),
        (_FILES, _described(described.files)),
    ):
        found[heading] = '\n'.join(filter(None, [found.get(heading), more]))
    for heading in _ORDER:
        if found.get(heading):
            yield heading, found[heading]


def _describe(command: commands.Command) -> Described:
    flags = set(command.parser._option_string_actions)
    guests = _GUEST_FILES if '--guests' in flags else ()
    if command.words == ('nova-cow-status',):
        environment = (*_OPTIONS, *_LANGUAGE)
        files = (*_STATUS_FILES, *guests)
        return Described(_STATUS_VERDICTS, files, environment)
    if command.words[1:] == ('rules',):
        return Described(_DONE, (), (*_COLOUR, *_LANGUAGE))
    environment = (*_OPTIONS, *_COLOUR, *_LANGUAGE)
    return Described(_VERDICTS, (*_OWN_FILES, *guests), environment)


def _paragraphs(epilog: str) -> dict[str, str]:
    """Return the text of an epilog as roff has it, by headings."""
    found: dict[str, list[str]] = {}
    heading = _NOTES
    for paragraph in filter(None, re.split(r'\n\s*\n', epilog.strip('\n'))):
        first = re.match(r'(\w+)[^:\n]*:[ \n]?', paragraph)
        if first and first[1].lower() in _HEADINGS:
            heading = _HEADINGS[first[1].lower()]
            paragraph = paragraph[first.end() :]
        elif not paragraph.startswith(' '):
            heading = _NOTES
        if paragraph:
            found.setdefault(heading, []).append(_text(paragraph))
    return {name: '\n.PP\n'.join(texts) for name, texts in found.items()}


def _text(paragraph: str) -> str:
    """Return a paragraph as roff: lines that are indented stay lines."""
    parts = []
    lines = paragraph.splitlines()
    for is_kept, some in itertools.groupby(lines, lambda one: one[:1] == ' '):
        text = textwrap.dedent('\n'.join(some))
        if not is_kept:
            parts.append(_escaped(text))
        elif '\n ' in text:
            parts.append(_described(_pairs(text)))
        else:
            parts.append(f'.RS 4\n.nf\n{_escaped(text)}\n.fi\n.RE')
    return '\n'.join(parts)


def _pairs(text: str) -> list[tuple[str, str]]:
    """Return words with the lines below them that are indented."""
    words = re.split(r'^(?=\S)', text, flags=re.MULTILINE)[1:]
    parts = (one.partition('\n') for one in words)
    return [(word, ' '.join(more.split())) for word, _newline, more in parts]


def _described(items: Iterable[tuple[str, str]]) -> str:
    """Return words with what they mean as roff."""
    return '\n'.join(
        f'.TP\n\\fB{_escaped(word)}\\fR\n{_escaped(meaning)}'
        for word, meaning in items
    )


def _seen(names: Iterable[str]) -> str:
    """Return references to pages as roff."""
    references = [re.fullmatch(r'(.*)\((\d)\)', name) for name in names]
    lines = [f'.BR {_escaped(one[1])} ({one[2]})' for one in references if one]
    return ',\n'.join(lines)


def _escaped(text: str) -> str:
    """Return text as roff, in which a line may not begin with a request."""
    for character, name in ('\\', '\\e'), ('-', '\\-'), ('~', '\\(ti'):
        text = text.replace(character, name)
    return re.sub(r"^(?=[.'])", r'\\&', text, flags=re.MULTILINE)
