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

"""The options about collected hosts."""

from __future__ import annotations

import argparse
import re
from typing import Any

from nova_cow_check._i18n import _
from nova_cow_check.cmd import options
from nova_cow_check import errors
from nova_cow_check import names
from nova_cow_check.sources import arguments

#: A comma, but not one between brackets.
_COMMA = re.compile(r',(?![^\[]*\])')


def add_arguments(parser: arguments.ArgumentsParser) -> None:
    """Add PATH, --group and --expected."""
    parser.add_argument(
        'paths',
        nargs='*',
        metavar='PATH',
        type=options.not_empty,
        help=_(
            'collected hosts in place of this one: HOST/ with what '
            'nova-compute reads, HOST.conf, a HOST.json that --output json '
            'made there, or a folder of these'
        ),
    )
    parser.add_argument(
        '--group',
        action=_AppendGroup,
        dest='groups',
        default={},
        metavar='NAME=PATTERN[,...]',
        type=_group,
        help=_(
            'hosts that exchange instances with no others, such as a cell, '
            'by names, folded ones such as compute[001-412], or patterns as '
            'a shell has them; may be given several times'
        ),
    )
    parser.add_argument(
        '--expected',
        metavar='FILE',
        type=options.not_empty,
        help=_(
            'names of hosts that have to be there, one a line; each that is '
            'missing is a failure'
        ),
    )


def check(chosen: argparse.Namespace, given: argparse.Namespace) -> None:
    """Refuse what makes no sense together.

    :param chosen: the command's own options
    :param given: those of all commands
    :raises UsageError: if there is any
    """
    if not chosen.paths:
        if chosen.groups or chosen.expected:
            raise errors.UsageError(
                _('--group and --expected are about hosts given as PATH')
            )
        return
    if given.places or given.running is not None or given.host is not None:
        raise errors.UsageError(
            _(
                'PATH does not go with --config-file, --config-dir, '
                '--running or --host: they are about this host'
            )
        )


class _AppendGroup(argparse.Action):
    """Collects patterns by the name of their group."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        name, patterns = values
        groups = dict(getattr(namespace, self.dest))
        groups[name] = (*groups.get(name, ()), *patterns)
        setattr(namespace, self.dest, groups)


def _group(words: str) -> tuple[str, tuple[str, ...]]:
    name, _equals, rest = words.partition('=')
    patterns = tuple(
        pattern
        for word in filter(None, map(str.strip, _COMMA.split(rest)))
        for pattern in names.unfold(word)
    )
    if not name.strip() or not name.isprintable() or not patterns:
        raise argparse.ArgumentTypeError(
            _('not NAME=PATTERN[,PATTERN...]: %s') % words
        )
    return name.strip(), patterns
