# SPDX-License-Identifier: Apache-2.0

"""Completions of shells, made of the parser by shtab."""

from __future__ import annotations

import argparse
from importlib import metadata

import shtab

from nova_cow_check.cmd import command_line
from nova_cow_check.cmd import vocabulary
from nova_cow_check.rules import registry
from tests.package import commands

#: Where shells look for the file of a program, below share.
PATHS = {
    'bash': 'bash-completion/completions/{}',
    'fish': 'fish/vendor_completions.d/{}.fish',
    'zsh': 'zsh/site-functions/_{}',
}

#: What values are, by what help calls them.
_KINDS = {
    'DIR': shtab.DIRECTORY,
    'FILE': shtab.FILE,
    'OLD': shtab.FILE,
    'PATH': shtab.FILE,
}

#: Values that only the user knows.
FREE = ('GROUP', 'NAME', 'PID', 'RELEASE', 'SUFFIX')


def texts() -> dict[str, str]:
    """Return the files, by their paths below share."""
    return {
        path.format(parser.prog): _text(parser, shell)
        for shell, path in PATHS.items()
        for parser in parsers()
    }


def _text(parser: argparse.ArgumentParser, shell: str) -> str:
    text = shtab.complete(parser, shell).rstrip()
    if shell == 'zsh':
        # shtab's own spec of any number of arguments ends after one.
        text = text.replace('\n  "(*)::', '\n  "*:')
    return f'{text}\n'


def parsers() -> list[argparse.ArgumentParser]:
    """Return those of the programs, with what shtab wants to know."""
    found = [command_line.parser(), commands.status_parser()]
    for parser in found:
        for command in commands.walk(parser, (), ''):
            for action in command.parser._actions:
                _prepare(action)
    return found


def _prepare(action: argparse.Action) -> None:
    """Tell shtab of an action; twice is as good as once."""
    if action.option_strings and action.nargs == '?':
        # A command can follow as well, which is what can be completed.
        action.nargs = 0
    if action.help:
        # There is room for one line, and the rest is in the manual.
        action.help = action.help.partition(';')[0]
    if isinstance(action.metavar, str) and not action.choices:
        # shtab's files for zsh have these characters between the fields.
        action.metavar = action.metavar.partition('=')[0].partition('[')[0]
        if action.metavar in _KINDS:
            vars(action)['complete'] = _KINDS[action.metavar]
    if action.dest in ('rule', 'rules'):
        action.choices = list(registry.RULES)
    elif action.dest == 'outputs':
        action.choices = _formats()


def _formats() -> list[str]:
    """Return the names of the project's own formats."""
    entry_points = metadata.distribution(vocabulary.PROGRAM).entry_points
    return sorted(
        one.name for one in entry_points if one.group == vocabulary.FORMATS
    )
