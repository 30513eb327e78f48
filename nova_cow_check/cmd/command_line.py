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
import os

from nova_cow_check._i18n import _
from nova_cow_check.cmd import fleet_options
from nova_cow_check.cmd import options
from nova_cow_check.cmd import parsers
from nova_cow_check.cmd import vocabulary
from nova_cow_check import errors
from nova_cow_check import outputs


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Parse a command line; --help and --version print and exit.

    :returns: ``command`` (CHECK, REPORT or RULES) with its own options:
        ``json``; ``outputs`` and ``fail_on``; ``rule``. Those of all:
        ``places``, ``running`` (None if not asked for, else a process id or
        ANY_PROCESS), ``host``, ``waivers``, ``debug``
    :raises UsageError: if it cannot be understood
    """
    # The options of every command, taken out first: argparse would not
    # have them before and after the command's words.
    common = options.parser()
    given, words = common.parse_known_args(_join_process_id(argv))
    chosen = parsers.of_commands(common).parse_args(words)
    if given.running is not None and given.places:
        raise errors.UsageError(
            _('--running does not go with --config-file or --config-dir')
        )
    for place in given.places:
        if not place.path:
            # What a shell makes of a variable that is not set.
            flag = '--config-dir' if place.is_directory else '--config-file'
            raise errors.UsageError(_('argument %s: it is empty') % flag)
    if chosen.command == vocabulary.REPORT:
        chosen.outputs = chosen.outputs or [outputs.Output('text', None)]
        _require_different_places(chosen.outputs)
    if chosen.command in (vocabulary.REPORT, vocabulary.FIX):
        fleet_options.check(chosen, given)
    return argparse.Namespace(**{**vars(chosen), **vars(given)})


def _require_different_places(asked: Sequence[outputs.Output]) -> None:
    """Refuse two reports that would be written into each other."""
    paths = [one.path and os.path.realpath(one.path) for one in asked]
    for one, path in zip(asked, paths):
        if paths.count(path) > 1:
            raise errors.UsageError(
                _('more than one --output to %s')
                % (one.path or _('standard output'))
            )


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
