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

#: Where shells look for the files, below share.
PATHS = {
    'bash': f'bash-completion/completions/{vocabulary.PROGRAM}',
    'fish': f'fish/vendor_completions.d/{vocabulary.PROGRAM}.fish',
    'zsh': f'zsh/site-functions/_{vocabulary.PROGRAM}',
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
    found = {
        path: shtab.complete(parser(), shell) for shell, path in PATHS.items()
    }
    # shtab's own spec of arguments without number ends after one of them.
    zsh = found[PATHS['zsh']]
    found[PATHS['zsh']] = zsh.replace('\n  "(*)::', '\n  "*:')
    return {path: f'{text.rstrip()}\n' for path, text in found.items()}


def parser() -> argparse.ArgumentParser:
    """Return the parser with what shtab wants to know of it."""
    whole = command_line.parser()
    for command in commands.walk(whole, (), ''):
        for action in command.parser._actions:
            _prepare(action)
    return whole


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
