# SPDX-License-Identifier: Apache-2.0

"""The options about collected hosts: which, and what they have together."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import re

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check import printing
from nova_cow_check.sources import arguments

#: In place of a name: no argument of a command has this character.
_ALL = '\0'
_SHARED_BY_ALL = f'--shared={_ALL}'

#: A comma, but not one between brackets.
_COMMA = r',(?![^\[]*\])'


def add(parser: arguments.ArgumentsParser) -> None:
    """Add PATH, --group, --shared and --expected."""
    # What only a report does.
    parser.set_defaults(compare=[], fragment=False)
    parser.add_argument(
        'paths',
        nargs='*',
        metavar='PATH',
        type=arguments.not_empty,
        help=_(
            'collected hosts in place of this one: HOST/ with what '
            'nova-compute reads, HOST.conf, a HOST.json that --output json '
            'made there, a report on many hosts, or a folder of these'
        ),
    )
    parser.add_argument(
        '--group',
        action='append',
        dest='groups',
        default=[],
        metavar='NAME=PATTERN[,...]',
        type=_group,
        help=_(
            'hosts that exchange instances with no others, such as a cell, '
            'by names, folded ones such as compute[001-412], or patterns as '
            'a shell has them; may be given several times'
        ),
    )
    parser.add_argument(
        '--shared',
        nargs='?',
        action='append',
        default=[],
        metavar='GROUP',
        type=arguments.not_empty,
        help=_(
            'the hosts of this --group, or all hosts without a GROUP, share '
            '[DEFAULT]/instances_path, such as by NFS; may be given several '
            'times'
        ),
    )
    parser.add_argument(
        '--expected',
        metavar='FILE',
        type=arguments.not_empty,
        help=_(
            'names of hosts that have to be there, one a line; each that is '
            'missing is a failure'
        ),
    )


def add_fragment(parser: arguments.ArgumentsParser) -> None:
    """Add --fragment."""
    parser.add_argument(
        '--fragment',
        action='store_true',
        help=_(
            'judge only what is written in each PATH, a part of a nova.conf '
            'such as an override of kolla-ansible: what it does not write is '
            'not known, and no default counts'
        ),
    )


def joined(argv: Sequence[str]) -> list[str]:
    """Join --shared to the name of a group behind it, and to no PATH.

    A name is what a --group of the same command has.
    """
    # An empty one is refused as such.
    names = {''}
    for before, argument in zip(['', *argv], argv):
        if before == '--group':
            names.add(argument.partition('=')[0].strip())
        elif argument.startswith('--group='):
            names.add(argument[len('--group=') :].partition('=')[0].strip())
    together: list[str] = []
    for argument in argv:
        if together[-1:] == [_SHARED_BY_ALL] and argument in names:
            together[-1] = f'--shared={argument}'
        else:
            is_for_all = argument == '--shared'
            together.append(_SHARED_BY_ALL if is_for_all else argument)
    return together


def settle(chosen: argparse.Namespace, given: argparse.Namespace) -> None:
    """Put together what was said of groups, as ``groups`` and ``sharing``.

    :param chosen: what was parsed of the command's own options
    :param given: what was parsed of the options of all commands
    :raises UsageError: if it makes no sense
    """
    groups: dict[str, tuple[str, ...]] = {}
    for name, patterns in chosen.groups:
        groups[name] = (*groups.get(name, ()), *patterns)
    chosen.groups = groups
    _require_fragments(chosen)
    _require_fleet(chosen, given)
    chosen.sharing = _sharing(chosen)


def _require_fragments(chosen: argparse.Namespace) -> None:
    """Refuse what makes no sense with fragments.

    :raises UsageError: if there is any
    """
    if not chosen.fragment:
        return
    if not chosen.paths:
        raise errors.UsageError(
            _('--fragment names no file: give those to judge as PATH')
        )
    if chosen.groups or chosen.shared or chosen.expected or chosen.compare:
        raise errors.UsageError(
            _(
                '--fragment does not go with --group, --shared, --expected '
                'or --compare: a fragment is no host, and is compared with '
                'nothing'
            )
        )


def _require_fleet(
    chosen: argparse.Namespace, given: argparse.Namespace
) -> None:
    """Refuse what makes no sense together.

    :raises UsageError: if there is any
    """
    if not chosen.paths:
        if chosen.groups or chosen.shared or chosen.expected:
            raise errors.UsageError(
                _(
                    '--group, --shared and --expected are about hosts given '
                    'as PATH'
                )
            )
        return
    if given.places or given.running is not None or given.host is not None:
        raise errors.UsageError(
            _(
                'PATH does not go with --config-file, --config-dir, '
                '--running or --host: they are about this host'
            )
        )


def _sharing(chosen: argparse.Namespace) -> frozenset[str]:
    """Return the groups whose hosts share instances_path.

    :raises UsageError: if one of them is named in no --group
    """
    every = frozenset({*chosen.groups, ''})
    if _ALL in chosen.shared:
        return every
    for name in chosen.shared:
        if name not in every:
            raise errors.UsageError(
                _('--shared names no --group: %s') % printing.printable(name)
            )
    return frozenset(chosen.shared)


def _group(words: str) -> tuple[str, tuple[str, ...]]:
    # No other option needs it.
    from nova_cow_check import host_names

    name, _equals, rest = words.partition('=')
    patterns = tuple(
        pattern
        for word in filter(None, map(str.strip, re.split(_COMMA, rest)))
        for pattern in host_names.unfold(word)
    )
    if not name.strip() or not name.isprintable() or not patterns:
        raise argparse.ArgumentTypeError(
            _('not NAME=PATTERN[,PATTERN...]: %s') % words
        )
    return name.strip(), patterns
