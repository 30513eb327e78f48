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


"""The options that every command of nova-cow-check has."""

from __future__ import annotations

import argparse

from nova_cow_check._i18n import _
from nova_cow_check.cmd import vocabulary
from nova_cow_check.sources import arguments


def parser() -> arguments.ArgumentsParser:
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
            'container or not; PID to choose one of several'
        ),
    )
    parser.add_argument(
        '--host',
        metavar='NAME',
        type=not_empty,
        help=_(
            'name of the host in reports and for waivers; that of this '
            'machine without it'
        ),
    )
    parser.add_argument(
        '--waivers',
        metavar='FILE',
        type=not_empty,
        help=_(
            'accept the findings that this YAML file lists; it takes the '
            'place of [nova_cow_check]/waivers_file'
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


def not_empty(word: str) -> str:
    if not word:
        raise argparse.ArgumentTypeError(_('it is empty'))
    return word


def _process_id(word: str) -> int:
    if not word:
        return vocabulary.ANY_PROCESS
    if not (word.isascii() and word.isdecimal() and int(word)):
        raise argparse.ArgumentTypeError(_('not a process id: %s') % word)
    return int(word)
