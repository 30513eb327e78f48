# SPDX-License-Identifier: Apache-2.0

"""The commands: which one is asked for, and what it needs loaded."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import gc
import logging

from nova_cow_check import _i18n
from nova_cow_check.cmd import command_line
from nova_cow_check.cmd import guard
from nova_cow_check.cmd import vocabulary
from nova_cow_check import errors


def run(words: Sequence[str]) -> int:
    """Run the command that a command line asks for.

    :param words: without the program's name
    :returns: the exit code: 0 success, 1 warning, 2 failure, 255 no verdict
    """
    return guard.run(
        vocabulary.PROGRAM,
        lambda: _parse_and_run(words),
        debug='--debug' in words,
    )


def _parse_and_run(words: Sequence[str]) -> int:
    asks_nothing = tuple(words) in vocabulary.ASKING_NOTHING
    if asks_nothing:
        words = [*words, '--help']
    try:
        options = command_line.parse(words)
    except SystemExit as error:
        if not guard.is_end_of_help(error):
            raise
        # 0 would be a verdict for whoever thinks that this is a check.
        return guard.NO_VERDICT if asks_nothing else 0
    try:
        return _run(options)
    except errors.UsageError as error:
        error.command = options.command
        raise


def _run(options: argparse.Namespace) -> int:
    """Run a command.

    oslo.config and its friends take most of the start-up: no command line
    that is wrong, and no --help, has to wait for them.
    """
    if _is_for_programs(options):
        _i18n.speak_english()
    guard.set_up_logging(options.debug)
    if options.debug:
        logging.getLogger('nova_cow_check').setLevel(logging.DEBUG)
    if options.command == vocabulary.RULES:
        from nova_cow_check.cmd import rules_command

        return rules_command.run(options)
    if options.command == vocabulary.REPORT:
        from nova_cow_check.cmd import report_command

        return report_command.run(options)
    if options.command == vocabulary.FIX:
        from nova_cow_check.cmd import fix_command

        return fix_command.run(options)
    return _upgrade_check(options)


def _is_for_programs(options: argparse.Namespace) -> bool:
    """Return whether programs read something of what is asked for.

    A report is judged once for all its outputs, in one language.
    """
    if options.command == vocabulary.CHECK:
        return bool(options.json)
    if options.command == vocabulary.REPORT:
        asked = {output.format for output in options.outputs}
        return not asked.isdisjoint(vocabulary.FOR_PROGRAMS)
    return False


def _upgrade_check(options: argparse.Namespace) -> int:
    from nova_cow_check import checks
    from nova_cow_check.cmd import this_host
    from nova_cow_check.cmd import upgrade_check

    host = this_host.load(options)
    look = None
    if options.guests:
        # Nothing of guests is loaded where nobody asks.
        from nova_cow_check.cmd import guest_audit

        look = guest_audit.wanted(options, host).look
    # A module can print when it is imported; this output is the report's.
    with guard.prints_of_others(errors_too=True):
        found = checks.load(look)
    gc.freeze()
    gc.enable()
    commands = upgrade_check.Commands(host.conf, found, options.debug)
    commands.colour = options.color
    commands.host_name, commands.waivers = host.name, host.waivers
    commands.process = host.process
    commands.nova_release = host.nova_release
    return commands.check(as_json=options.json)
