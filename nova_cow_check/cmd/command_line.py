# SPDX-License-Identifier: Apache-2.0

"""What nova-cow-check understands: its commands and their options."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import functools
from typing import Any

import nova_cow_check
from nova_cow_check._i18n import _
from nova_cow_check.cmd import fleet_options
from nova_cow_check.cmd import guest_options
from nova_cow_check.cmd import help_texts
from nova_cow_check.cmd import output_option
from nova_cow_check.cmd import vocabulary
from nova_cow_check import errors
from nova_cow_check.sources import arguments

_EXIT_CODES = _('Exit code: 0 success, 1 warning, 2 failure, 255 no verdict.')


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Parse a command line; --help and --version print and exit.

    :returns: ``command`` (CHECK, REPORT or RULES) with its own options:
        ``json``; ``outputs`` and ``fail_on``; ``rule``; of the first two,
        ``guests``, ``instances_path``, ``domains`` and ``nova_release``
        (None if not given). Those of all:
        ``places``, ``running`` (None if not asked for, else a process id or
        ANY_PROCESS), ``host``, ``waivers``, ``color``, ``debug``
    :raises UsageError: if it cannot be understood
    """
    common = _common()
    whole = _commands(common)
    words = fleet_options.joined(_join_process_id(argv))
    unknown: list[str] = []
    try:
        # The options of every command, taken out first: argparse would not
        # have them before and after the command's words.
        given, words = common.parse_known_args(words)
        chosen, unknown = whole.parse_known_args(words)
        if unknown:
            whole.error(_('not understood: %s') % ' '.join(unknown))
        return _settled(chosen, given)
    except errors.UsageError as error:
        # Nothing of it is loaded where all is well.
        from nova_cow_check.cmd import refusals

        raise refusals.explained(error, whole, words, unknown) from None


def _settled(
    chosen: argparse.Namespace, given: argparse.Namespace
) -> argparse.Namespace:
    """Return all options of a command line.

    :param chosen: the command and its own options
    :param given: the options of every command
    :raises UsageError: if they make no sense together
    """
    if given.running is not None and given.places:
        raise errors.UsageError(
            _('--running does not go with --config-file or --config-dir')
        )
    for place in given.places:
        if not place.path:
            # What a shell makes of a variable that is not set.
            raise errors.UsageError(_('argument %s: it is empty') % place.flag)
    if chosen.command == vocabulary.REPORT:
        chosen.outputs = chosen.outputs or [output_option.Output('text', None)]
        output_option.require_different_places(chosen.outputs)
    if chosen.command in (vocabulary.REPORT, vocabulary.FIX):
        fleet_options.settle(chosen, given)
    if chosen.command in (vocabulary.CHECK, vocabulary.REPORT):
        guest_options.require(chosen)
    return argparse.Namespace(**{**vars(chosen), **vars(given)})


def parser() -> arguments.ArgumentsParser:
    """Return the parser of the whole command line, with all commands.

    Manual pages and completions are made of it; `parse` is what runs.
    """
    return _commands(_common())


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


def _common() -> arguments.ArgumentsParser:
    """Return the parser of the options that every command has."""
    parser = arguments.ArgumentsParser(add_help=False, allow_abbrev=False)
    arguments.add_arguments(parser)
    parser.add_argument(
        '--running',
        nargs='?',
        metavar='PID',
        type=_process_id,
        help=_(
            'read what the nova-compute that runs on this host reads, in a '
            'container or not; PID to choose one of several, or one of a user '
            'other than root and nova'
        ),
    )
    parser.add_argument(
        '--host',
        metavar='NAME',
        type=arguments.not_empty,
        help=_(
            'name of the host in reports and for waivers; that of this '
            'machine without it'
        ),
    )
    parser.add_argument(
        '--waivers',
        metavar='FILE',
        type=arguments.not_empty,
        help=_(
            'accept the findings that this YAML file lists; it takes the '
            'place of [nova_cow_check]/waivers_file'
        ),
    )
    _add_color(parser)
    parser.add_argument(
        '--debug',
        action='store_true',
        help=_(
            'show tracebacks and log messages, which may hold passwords from '
            'the configuration'
        ),
    )
    return parser


def _add_color(parser: arguments.ArgumentsParser) -> None:
    """Add --color."""
    parser.add_argument(
        '--color',
        choices=vocabulary.COLOURS,
        default=vocabulary.AUTO,
        help=_(
            'whether text for people has colours: auto (the default) is on a '
            'terminal, unless NO_COLOR is set or TERM is dumb'
        ),
    )


def _process_id(word: str) -> int:
    if not word:
        return vocabulary.ANY_PROCESS
    if not (word.isascii() and word.isdecimal() and int(word)):
        raise argparse.ArgumentTypeError(_('not a process id: %s') % word)
    return int(word)


def _commands(common: arguments.ArgumentsParser) -> arguments.ArgumentsParser:
    """Return the parser of the commands and their own options.

    :param common: that of the options of all, for their help
    """
    parser = arguments.ArgumentsParser(
        prog=vocabulary.PROGRAM,
        description=_('Find image settings that break or expose guests.'),
        epilog=help_texts.epilog('', _EXIT_CODES),
        formatter_class=help_texts.Formatter,
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
    _add_check(commands, common)
    _add_report(commands, common)
    _add_fix(commands, common)
    rules = _added(
        commands,
        common,
        vocabulary.RULES,
        _('list the rules, or explain one'),
        _('List what is looked for, or explain one rule.'),
    )
    rules.add_argument('rule', nargs='?', metavar='NAME')
    return parser


def _add_check(commands: Any, common: arguments.ArgumentsParser) -> None:
    upgrade = commands.add_parser(
        'upgrade',
        help=_('checks before upgrades'),
        description=_('Check this host before an upgrade of Nova.'),
        epilog=help_texts.epilog(vocabulary.CHECK, _EXIT_CODES),
        formatter_class=help_texts.Formatter,
        allow_abbrev=False,
    )
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
    guest_options.add(check.add_argument)
    _add_release(check)


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
    fleet_options.add(parser)
    fleet_options.add_fragment(parser)
    parser.add_argument(
        '--compare',
        action='append',
        default=[],
        metavar='OLD',
        type=arguments.not_empty,
        help=_(
            'tell what became of the hosts since an earlier report in JSON, '
            'of one or of many, or since those in a folder; may be given '
            'several times'
        ),
    )
    guest_options.add(parser.add_argument)
    _add_release(parser)
    output_option.add(parser)
    parser.add_argument(
        '--fail-on',
        choices=vocabulary.FAIL_ON,
        type=functools.partial(_one_of, vocabulary.FAIL_ON, '--fail-on'),
        default='warning',
        help=_(
            'exit with 1 or 2 only if this, or worse, is found; the default '
            'is warning'
        ),
    )


def _add_release(parser: arguments.ArgumentsParser) -> None:
    """Add --nova-release."""
    parser.add_argument(
        '--nova-release',
        metavar='RELEASE',
        type=_nova_release,
        help=_(
            'the release of Nova that goes by these settings, such as '
            '29.2.0, in place of the one that --running or a HOST.json tells'
        ),
    )


def _nova_release(words: str) -> str:
    # No other option needs it.
    from nova_cow_check.nova import releases

    if releases.parse(words) is None:
        raise argparse.ArgumentTypeError(
            _('not the number of a release such as 29.2.0: %s') % words
        )
    return words


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
    fleet_options.add(parser)
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
        type=functools.partial(_one_of, vocabulary.TOOLS, '--for'),
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
        type=arguments.not_empty,
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


def _added(
    commands: Any,
    common: arguments.ArgumentsParser,
    command: str,
    summary: str,
    description: str,
    *paragraphs: str,
) -> arguments.ArgumentsParser:
    """Return the parser of a command, added to the others.

    :param paragraphs: what its help ends with
    """
    parser: arguments.ArgumentsParser = commands.add_parser(
        command.split()[-1],
        help=summary,
        description=description,
        epilog=help_texts.epilog(command, *paragraphs),
        formatter_class=help_texts.Formatter,
        parents=[common],
        allow_abbrev=False,
    )
    parser.set_defaults(command=command)
    return parser


def _one_of(values: Sequence[str], flag: str, word: str) -> str:
    """Return a value of an option that has few.

    :raises UsageError: if it is none of them; argparse would name no
        other, or all of them
    """
    if word not in values:
        from nova_cow_check.cmd import refusals

        raise refusals.of_value(flag, word, values)
    return word


class _PrintVersion(argparse.Action):
    """Prints the version."""

    def __call__(
        self, parser: argparse.ArgumentParser, *_arguments: object
    ) -> None:
        print(vocabulary.PROGRAM, nova_cow_check.__version__)
        parser.exit()
