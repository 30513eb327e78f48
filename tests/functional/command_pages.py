# SPDX-License-Identifier: Apache-2.0

"""The page of the commands: what their parsers say."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
import re
import textwrap
from typing import NamedTuple

from nova_cow_check.cmd import command_line
from tests.functional import written

#: How a word that stands for itself is shown, by how often it may stand.
ARITIES = {None: '{}', '?': '[{}]', '*': '[{} ...]', '+': '{} [{} ...]'}


class Command(NamedTuple):
    """A command that can be run, and how the others tell of it."""

    words: str
    summary: str
    parser: argparse.ArgumentParser

    @property
    def options(self) -> list[argparse.Action]:
        """All but --help."""
        return [
            action
            for action in self.parser._actions
            if action.option_strings and action.dest != 'help'
        ]

    @property
    def words_for_themselves(self) -> list[argparse.Action]:
        return [one for one in self.parser._actions if not one.option_strings]


def commands() -> str:
    """Return the part of the page that our parsers give."""
    return page(command_line.parser())


def page(whole: argparse.ArgumentParser) -> str:
    """Return what there is to tell of a program and its commands."""
    program = Command(whole.prog, '', whole)
    every = list(below(whole, whole.prog))
    shared = set.intersection(
        *({flags(option) for option in one.options} for one in every)
    )
    lines = [
        *heading(whole.prog),
        *written.wrapped(escaped(whole.description or '')),
        '',
        *written.table(
            ('Command', 'What it does'),
            [(f'`{one.words}`_', escaped(one.summary)) for one in every],
        ).splitlines(),
        '',
        *options(
            program, [o for o in program.options if flags(o) not in shared]
        ),
        *epilog(whole.epilog or ''),
        *heading('Options of every command'),
        *options(program, [o for o in program.options if flags(o) in shared]),
    ]
    for one in every:
        own = [o for o in one.options if flags(o) not in shared]
        lines += section(one, own)
    return '\n'.join(lines).rstrip()


def below(
    parser: argparse.ArgumentParser, words: str, summary: str = ''
) -> Iterator[Command]:
    """Yield a command, or those behind its words, as help lists them."""
    groups = [
        action
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
    ]
    if not groups:
        yield Command(words, summary, parser)
    for group in groups:
        for choice in group._choices_actions:
            name = choice.dest
            yield from below(
                group.choices[name], f'{words} {name}', choice.help or ''
            )


def section(command: Command, own: Sequence[argparse.Action]) -> list[str]:
    """Return what there is about a command, beside the shared options."""
    synopsis = ' '.join(
        [
            command.words,
            '[OPTION ...]',
            *map(shown, command.words_for_themselves),
        ]
    )
    return [
        *heading(command.words),
        *written.wrapped(escaped(command.parser.description or '')),
        '',
        '::',
        '',
        f'   {synopsis}',
        '',
        *options(command, [*command.words_for_themselves, *own]),
        *epilog(command.parser.epilog or ''),
    ]


def options(
    command: Command, found: Sequence[argparse.Action]
) -> Iterator[str]:
    """Yield a definition of each option that is helped with."""
    for action in found:
        if action.help in (None, argparse.SUPPRESS):
            continue
        help_text = command.parser._get_formatter()._expand_help(action)
        sentence = f'{help_text[:1].upper()}{help_text[1:]}'
        words = f'{escaped(sentence)}.'
        rivals = [f'``{flags(o)}``' for o in excluded(command, action)]
        if rivals:
            words += f' Not with {" or ".join(rivals)}.'
        yield f'``{shown(action)}``'
        yield from written.wrapped(words, indent=4)
        yield ''


def excluded(
    command: Command, action: argparse.Action
) -> list[argparse.Action]:
    """Return the options that cannot stand beside one."""
    return [
        other
        for group in command.parser._mutually_exclusive_groups
        if action in group._group_actions
        for other in group._group_actions
        if other is not action
    ]


def shown(action: argparse.Action) -> str:
    """Return an option with what follows it, or a word."""
    word = action.metavar or action.dest
    if action.choices and not action.metavar:
        word = f'{{{",".join(map(str, action.choices))}}}'
    if not action.option_strings:
        return ARITIES[action.nargs].format(word, word)
    if action.nargs == 0:
        return flags(action)
    return f'{flags(action)} {ARITIES[action.nargs].format(word, word)}'


def flags(action: argparse.Action) -> str:
    return ', '.join(action.option_strings)


def epilog(text: str) -> Iterator[str]:
    """Yield what stands below the options; lines stay if there are more."""
    for paragraph in filter(None, text.strip().split('\n\n')):
        first, *others = paragraph.split('\n')
        if others:
            title = escaped(first.rstrip(':'))
            yield from (f'{title[:1].upper()}{title[1:]}::', '')
            lines = textwrap.dedent('\n'.join(others))
            yield from textwrap.indent(lines, '   ').splitlines()
        else:
            yield from written.wrapped(escaped(first))
        yield ''


def heading(title: str) -> list[str]:
    return [title, '=' * len(title), '']


def escaped(text: str) -> str:
    """Return plain text as reStructuredText."""
    return re.sub(r'([\\*`|]|_(?!\w))', r'\\\1', text)


PARTS = [written.Part('commands.rst', 'commands', commands)]
