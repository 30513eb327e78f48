# SPDX-License-Identifier: Apache-2.0

"""The commands of the project's programs, as their parsers tell of them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import NamedTuple

from nova_cow_check.cmd import command_line
from nova_cow_check.cmd import guest_options
from nova_cow_check.cmd import status
from nova_cow_check.sources import arguments


class Command(NamedTuple):
    """A command: a program, or what follows its name."""

    #: With the program's.
    words: tuple[str, ...]
    parser: argparse.ArgumentParser
    #: One line.
    summary: str
    #: Whether commands follow.
    is_group: bool

    @property
    def page(self) -> str:
        """The name of its manual page."""
        return '-'.join(self.words)


def subcommands(
    parser: argparse.ArgumentParser,
) -> argparse._SubParsersAction | None:
    """Return what takes the commands of a parser, None without any."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return action
    return None


def walk(
    parser: argparse.ArgumentParser, words: tuple[str, ...], summary: str
) -> Iterator[Command]:
    """Yield a command and all below it, as help lists them."""
    below = subcommands(parser)
    yield Command(words, parser, summary, below is not None)
    for one in below._choices_actions if below else ():
        yield from walk(below.choices[one.dest], (*words, one.dest), one.help)


def nova_cow_check() -> list[Command]:
    """Return nova-cow-check and its commands."""
    parser = command_line.parser()
    summary = parser.description.partition('.')[0]
    summary = f'{summary[:1].lower()}{summary[1:]}'
    return list(walk(parser, (parser.prog,), summary))


def status_parser() -> argparse.ArgumentParser:
    """Return a parser of what nova-cow-status has, for completions.

    When it runs, its parser is Nova's, with options of cmd/status.py.
    """
    parser = arguments.ArgumentsParser(prog=status.PROGRAM)
    _add_options_of_status(parser)
    below = parser.add_subparsers(metavar='COMMAND')
    upgrade = below.add_parser('upgrade', help='checks before upgrades')
    check = upgrade.add_subparsers(metavar='check').add_parser(
        'check', help='run all checks'
    )
    _add_options_of_status_check(check)
    below.add_parser('version', help="print Nova's version")
    return parser


def nova_cow_status() -> Command:
    """Return nova-cow-status for its page, which is about its checks."""
    parser = arguments.ArgumentsParser(
        prog=status.PROGRAM,
        usage=(
            '%(prog)s [-h] [--config-file PATH] [--config-dir DIR] [--debug] '
            'upgrade check [--json] [--guests] [--instances-path DIR] '
            '[--domains DIR]'
        ),
        description=(
            'Run the upgrade checks of Nova, those of nova-cow-check and '
            'those of every other plugin of nova.status.upgrade.checks. It '
            'needs Nova beside it, and reads what nova-status reads: '
            'nova.conf and nova-status.conf, and the databases. Its other '
            'commands and options are those of nova-status.'
        ),
    )
    _add_options_of_status(parser)
    _add_options_of_status_check(
        parser.add_argument_group('options of upgrade check')
    )
    summary = "Nova's nova-status with the checks of plugins"
    return Command((parser.prog,), parser, summary, False)


def _add_options_of_status(parser: argparse.ArgumentParser) -> None:
    arguments.add_arguments(parser)
    parser.add_argument(
        '--debug',
        action='store_true',
        help=(
            'show tracebacks and log messages, which may hold passwords from '
            'the configuration'
        ),
    )


def _add_options_of_status_check(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        '--json',
        action='store_true',
        help='print the results as JSON, as oslo.upgradecheck does',
    )
    guest_options.add(parser.add_argument)
