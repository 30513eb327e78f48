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


"""What nova-cow-check understands: its commands and options."""

from __future__ import annotations

import argparse
from typing import Any

from nova_cow_check._i18n import _
from nova_cow_check.cmd import fleet_options
from nova_cow_check.cmd import options
from nova_cow_check.cmd import vocabulary
from nova_cow_check import outputs
from nova_cow_check.sources import arguments

_EXIT_CODES = _('Exit code: 0 success, 1 warning, 2 failure, 255 no verdict.')


def of_commands(
    common: arguments.ArgumentsParser,
) -> arguments.ArgumentsParser:
    """Return the parser of the commands and their own options.

    :param common: that of the options of all, for their help
    """
    parser = arguments.ArgumentsParser(
        prog=vocabulary.PROGRAM,
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
    check = _added(
        actions,
        common,
        vocabulary.CHECK,
        _('check the configuration that nova-compute reads here'),
        _('Check the configuration that nova-compute reads on this host.'),
        _EXIT_CODES,
    )
    check.add_argument(
        '--json',
        action='store_true',
        help=_('print the results as JSON, as oslo.upgradecheck does'),
    )
    _add_report(commands, common)
    _add_fix(commands, common)
    _add_rules(commands, common)
    return parser


def _add_report(commands: Any, common: arguments.ArgumentsParser) -> None:
    parser = _added(
        commands,
        common,
        vocabulary.REPORT,
        _('report all of it, for people and for programs'),
        _(
            'Report what nova-compute reads on this host, or on collected '
            'ones, what Nova does with it, what is wrong and what to write '
            'instead.'
        ),
        _EXIT_CODES,
    )
    fleet_options.add_arguments(parser)
    parser.add_argument(
        '--output',
        action='append',
        dest='outputs',
        type=outputs.Output.parse,
        metavar='FORMAT[:FILE]',
        help=_(
            'text (the default), html, json, yaml, junit, sarif, journal, or '
            'an installed other format; may be given several times'
        ),
    )
    parser.add_argument(
        '--fail-on',
        choices=vocabulary.FAIL_ON,
        default='warning',
        help=_(
            'exit with 1 or 2 only if this, or worse, is found; the default '
            'is warning'
        ),
    )


def _add_fix(commands: Any, common: arguments.ArgumentsParser) -> None:
    parser = _added(
        commands,
        common,
        vocabulary.FIX,
        _('show the settings to write as changes of files, or write them'),
        _(
            'Show what to write, as changes of the files that nova-compute '
            'reads on this host, or of collected ones; with --write, write '
            'it.'
        ),
        _(
            'Exit code: 0 nothing to do, or all is written; 1 there is '
            'something to write; 2 something is left that no edit ends; 255 '
            'nothing has been changed, or, of collected hosts, only those '
            'that it names.'
        ),
    )
    fleet_options.add_arguments(parser)
    parser.add_argument(
        '--rule',
        action='append',
        dest='rules',
        default=[],
        metavar='NAME',
        help=_(
            'fix what this rule finds, and nothing else; may be given '
            'several times; ignored-setting is fixed only so'
        ),
    )
    destination = parser.add_mutually_exclusive_group()
    destination.add_argument(
        '--write',
        action='store_true',
        help=_('write the files; without it, nothing is changed'),
    )
    destination.add_argument(
        '--for',
        choices=vocabulary.TOOLS,
        dest='tool',
        metavar='TOOL',
        help=_('show what to write for a deployment tool instead: %s')
        % ', '.join(vocabulary.TOOLS),
    )
    _add_backup(parser)


def _add_backup(parser: arguments.ArgumentsParser) -> None:
    backup = parser.add_mutually_exclusive_group()
    backup.add_argument(
        '--backup',
        default=vocabulary.BACKUP_SUFFIX,
        metavar='SUFFIX',
        type=options.not_empty,
        help=_(
            'ends the name of the copy of a file that is kept beside it; '
            'the default is %(default)s'
        ),
    )
    backup.add_argument(
        '--no-backup',
        action='store_const',
        const=None,
        dest='backup',
        help=_('keep no copy'),
    )


def _add_rules(commands: Any, common: arguments.ArgumentsParser) -> None:
    parser = _added(
        commands,
        common,
        vocabulary.RULES,
        _('list the rules, or explain one'),
        _('List what is looked for, or explain one rule.'),
    )
    parser.add_argument('rule', nargs='?', metavar='NAME')


def _added(
    commands: Any,
    common: arguments.ArgumentsParser,
    command: str,
    summary: str,
    description: str,
    epilog: str | None = None,
) -> arguments.ArgumentsParser:
    """Return the parser of a command, added to the others."""
    parser: arguments.ArgumentsParser = commands.add_parser(
        command.split()[-1],
        help=summary,
        description=description,
        epilog=epilog,
        parents=[common],
        allow_abbrev=False,
    )
    parser.set_defaults(command=command)
    return parser


class _PrintVersion(argparse.Action):
    """Prints the version; only then it is looked up."""

    def __call__(
        self, parser: argparse.ArgumentParser, *_arguments: object
    ) -> None:
        from importlib import metadata

        print(vocabulary.PROGRAM, metadata.version(vocabulary.PROGRAM))
        parser.exit()
