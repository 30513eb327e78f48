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

"""nova-cow-check fix: on this host, or in the files of collected ones."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
import textwrap
from typing import TYPE_CHECKING

from nova_cow_check._i18n import _
from nova_cow_check.cmd import catalogue
from nova_cow_check.cmd import fixing
from nova_cow_check.cmd import host as hosts
from nova_cow_check import errors
from nova_cow_check import names
from nova_cow_check.replacing import backups
from nova_cow_check import report
from nova_cow_check.rules import registry
from nova_cow_check.rules import unreadable_configuration
from nova_cow_check import settings
from nova_cow_check.sources import originals
from nova_cow_check import text

if TYPE_CHECKING:
    from nova_cow_check.cmd import fleet


def run(options: argparse.Namespace) -> int:
    """Show what to write on this host or on collected ones, or write it.

    :param options: what `command_line.parse` returned
    :returns: the exit code
    :raises NoVerdict: if anything cannot be read, proven or written; then
        nothing has been changed on this host, and on collected ones what was
        said before
    """
    _require(options)
    return _run_fleet(options) if options.paths else _run_here(options)


def _require(options: argparse.Namespace) -> None:
    """Refuse options that no host could be fixed by.

    :raises UsageError: if there are any
    """
    for name in options.rules:
        catalogue.require(name)
        if name not in {one.name for one in registry.HOST_RULES}:
            raise errors.UsageError(
                _('%s is about more than the settings of a host: no edit')
                % name
            )
    if options.backup is not None:
        backups.check_suffix(options.backup)


def _run_here(options: argparse.Namespace) -> int:
    try:
        outcome = fixing.fix(hosts.load(options), options)
    except fixing.Refused as refused:
        fixing.show(refused.override)
        raise
    fixing.show(outcome.override)
    if outcome.has_written:
        fixing.say(
            _(
                'restart nova-compute on this host for the settings to take '
                'effect; disks that exist keep their format'
            )
        )
    return outcome.code


def _run_fleet(options: argparse.Namespace) -> int:
    """Return the worst exit code of collected hosts.

    A host that cannot be fixed is told, and never stops the others.
    """
    from nova_cow_check.cmd import fleet

    found = fleet.load(options)
    outcomes: dict[str, fixing.Outcome] = {}
    try:
        for host in found.hosts:
            outcomes[host.name] = _fix(host, found, options)
    except BaseException:
        written = [name for name, one in outcomes.items() if one.has_written]
        if written:
            folded = ', '.join(names.fold(written))
            fixing.say(_('stopped; written before that: %s') % folded)
        raise
    _show_overrides(outcomes)
    if any(outcome.has_written for outcome in outcomes.values()):
        fixing.say(
            _(
                'take the files to their hosts and restart nova-compute '
                'there for the settings to take effect; disks that exist '
                'keep their format'
            )
        )
    return max(outcome.code for outcome in outcomes.values())


def _show_overrides(outcomes: Mapping[str, fixing.Outcome]) -> None:
    """Show what to write for deployment tools, once for hosts alike."""
    alike: dict[str, list[str]] = {}
    for name, outcome in outcomes.items():
        if outcome.override:
            alike.setdefault(outcome.override, []).append(name)
    for override, hosts_alike in alike.items():
        folded = ', '.join(names.fold(hosts_alike))
        if len(hosts_alike) < len(outcomes):
            # In the output itself: it is copied without what is said.
            fixing.show(_comment(folded))
        else:
            fixing.say(_('for %s:') % folded)
        fixing.show(override)


def _comment(folded: str) -> str:
    warning = _(
        'Only for %s. Other hosts here need something else, or nothing: '
        'where the place named below is that of all hosts, write this where '
        'it is for these alone.'
    )
    lines = textwrap.wrap(
        warning % text.printable(folded),
        initial_indent='# ',
        subsequent_indent='# ',
        break_long_words=False,
        break_on_hyphens=False,
    )
    return '\n'.join(['', *lines, ''])


def _fix(
    host: report.HostReport, found: fleet.Fleet, options: argparse.Namespace
) -> fixing.Outcome:
    # Whatever was asked for: nothing is known of what was not read.
    if isinstance(host.known, settings.Unreadable):
        place = host.path_of(host.known.path)
        why = host.known._replace(path=place)
        rule = unreadable_configuration.RULE.name
        fixing.say(f'{host.name}: {rule}: {why}')
        return fixing.Outcome(fixing.LEFT, False)
    asked = options.rules or registry.RULES
    counting = [one for one in host.found if one.counts and one.rule in asked]
    of_host = {one.name for one in registry.HOST_RULES}
    outcome = fixing.Outcome(fixing.DONE, False)
    try:
        if any(one.rule in of_host for one in counting):
            outcome = fixing.fix(_loaded(host, found), options)
    except errors.NoVerdict as error:
        fixing.say(f'{host.name}: {error}')
        override = error.override if isinstance(error, fixing.Refused) else ''
        outcome = fixing.Outcome(fixing.LEFT, False, override)
    left = [one for one in counting if one.rule not in of_host]
    for finding in left:
        fixing.say(
            _(
                '%(host)s: %(rule)s: needs a host without instances, and is '
                'left: write by hand what the report proposes'
            )
            % {'host': host.name, 'rule': finding.rule}
        )
    return outcome._replace(code=fixing.LEFT) if left else outcome


def _loaded(host: report.HostReport, found: fleet.Fleet) -> hosts.Host:
    """Load the files of a host, as they are to be edited.

    :raises ConfigurationError: if they are not here, or cannot be read
    """
    assert host.source is not None
    copy = originals.load(host.source)
    return hosts.Host(
        host.name,
        copy.conf,
        found.waivers,
        copy.surroundings,
        follows_sources=False,
    )
