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

"""The words on nova-cow-check's command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.sources import arguments

PROGRAM = 'nova-cow-check'

#: --running without a process id.
ANY_PROCESS = 0


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Parse a command line; --help and --version print and exit.

    :returns: ``places``, ``running`` (None if not asked for, else a process
        id or ANY_PROCESS), ``debug``, ``json``
    :raises UsageError: if it cannot be understood
    """
    # The options of every command, taken out first: argparse would not
    # have them before and after the command's words.
    common = _common_parser()
    options, words = common.parse_known_args(_join_process_id(argv))
    if options.running is not None and options.places:
        raise errors.UsageError(
            _('--running does not go with --config-file or --config-dir')
        )
    chosen = _parser(common).parse_args(words)
    return argparse.Namespace(**{**vars(chosen), **vars(options)})


def _parser(
    common: arguments.ArgumentsParser,
) -> arguments.ArgumentsParser:
    parser = arguments.ArgumentsParser(
        prog=PROGRAM,
        description=_('Find image settings that break or expose guests.'),
        parents=[common],
        allow_abbrev=False,
    )
    parser.add_argument(
        '--version',
        action=_PrintVersion,
        nargs=0,
        help=_('print the version and exit'),
    )
    commands = parser.add_subparsers(metavar='COMMAND', required=True)
    upgrade = commands.add_parser('upgrade', help=_('checks before upgrades'))
    actions = upgrade.add_subparsers(metavar='check', required=True)
    check = actions.add_parser(
        'check',
        help=_('check the configuration that nova-compute reads here'),
        description=_(
            'Check the configuration that nova-compute reads on this host.'
        ),
        epilog=_(
            'Exit code: 0 success, 1 warning, 2 failure, 255 no verdict.'
        ),
        parents=[common],
        allow_abbrev=False,
    )
    check.add_argument(
        '--json',
        action='store_true',
        help=_('print the results as JSON, as oslo.upgradecheck does'),
    )
    return parser


def _common_parser() -> arguments.ArgumentsParser:
    parser = arguments.ArgumentsParser(add_help=False, allow_abbrev=False)
    arguments.add_arguments(parser)
    parser.add_argument(
        '--running',
        nargs='?',
        metavar='PID',
        type=_process_id,
        help=_(
            'read what the nova-compute that runs on this host reads, in a '
            'container or not; PID to choose one of several'
        ),
    )
    parser.add_argument(
        '--debug',
        action='store_true',
        help=_(
            'show tracebacks and log messages, which may hold passwords from '
            'the configuration'
        ),
    )
    return parser


def _join_process_id(argv: Sequence[str]) -> list[str]:
    """Join --running to the number behind it, and to no other word."""
    joined: list[str] = []
    for argument in argv:
        if joined and joined[-1] == '--running=' and argument.isdecimal():
            joined[-1] += argument
        else:
            joined.append(
                '--running=' if argument == '--running' else argument
            )
    return joined


def _process_id(word: str) -> int:
    if not word:
        return ANY_PROCESS
    if not (word.isascii() and word.isdecimal() and int(word)):
        raise argparse.ArgumentTypeError(_('not a process id: %s') % word)
    return int(word)


class _PrintVersion(argparse.Action):
    """Prints the version; only then it is looked up."""

    def __call__(
        self, parser: argparse.ArgumentParser, *_arguments: object
    ) -> None:
        from importlib import metadata

        print(PROGRAM, metadata.version(PROGRAM))
        parser.exit()
