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


"""nova-cow-check fix: the settings to write, shown or written.

Standard output has the changes alone; what there is to know about them is
said on standard error.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from nova_cow_check._i18n import _
from nova_cow_check.cmd import catalogue
from nova_cow_check.cmd import guard
from nova_cow_check.cmd import host as hosts
from nova_cow_check.cmd import vocabulary
from nova_cow_check import configuration
from nova_cow_check.deployment import overrides
from nova_cow_check.deployment import tools
from nova_cow_check import describe
from nova_cow_check import errors
from nova_cow_check.fixer import diff
from nova_cow_check.fixer import plan as plans
from nova_cow_check.replacing import backups
from nova_cow_check.replacing import writing
from nova_cow_check import settings
from nova_cow_check.sources import host as sources
from nova_cow_check.sources import originals
from nova_cow_check import verdict

#: Exit codes, as in ``*-status upgrade check``: nothing to do, something to
#: write, something that no edit ends.
_DONE, _TO_WRITE, _LEFT = 0, 1, 2


class Refused(errors.NoVerdict):
    """An edit would not last; nothing has been changed."""


def run(options: argparse.Namespace) -> int:
    """Show what to write, or write it, and return the exit code.

    :param options: what `command_line.parse` returned
    :raises NoVerdict: if anything cannot be read, proven or written; then
        nothing has been changed
    """
    for name in options.rules:
        catalogue.require(name)
    if options.backup is not None:
        backups.check_suffix(options.backup)
    host = hosts.load(options)
    found = {
        one.path: one
        for one in originals.read(
            host.conf.configuration, host.surroundings.root
        )
    }
    plan = _plan(host, found, options.rules)
    if options.tool is not None:
        _show(_override(tools.TOOLS[options.tool], plan))
    else:
        _refuse_generated(plan, found)
        # What cannot be shown is not written.
        _show(''.join(diff.render(plan.texts, plan.hidden)))
        for sentence in plan.explanations:
            _say(sentence)
        if options.write and plan.texts:
            _write(plan, found, options.backup)
    for left in plan.left:
        _say_left(left)
    if plan.left:
        return _LEFT
    return _TO_WRITE if plan.texts and not options.write else _DONE


def _plan(
    host: hosts.Host,
    found: Mapping[str, originals.Original],
    rules: tuple[str, ...],
) -> plans.Plan:
    def judge(
        edited: configuration.Configuration,
    ) -> tuple[settings.ImageSettings, tuple[verdict.Row, ...]]:
        conf = sources.configured(edited, host.follows_sources)
        return hosts.judge(host, conf)

    contents = {path: one.data for path, one in found.items()}
    return plans.make(host.conf.configuration, contents, judge, rules)


def _refuse_generated(
    plan: plans.Plan, found: Mapping[str, originals.Original]
) -> None:
    """Refuse to edit what a deployment tool would write over.

    :raises Refused: after the override for that tool has been printed
    """
    for text in plan.texts:
        generated = tools.generated_by(
            found[text.path].place, text.before
        ) or tools.generated_by(text.path, text.before)
        if generated is None:
            continue
        if generated.tool is not None:
            _show(_override(generated.tool, plan))
        raise Refused(
            _(
                '%(path)s is generated: %(words)s; an edit would be lost, so '
                'nothing is changed: write it where that tool takes it from, '
                'as --for TOOL shows'
            )
            % {'path': text.path, 'words': generated.words}
        )


def _override(tool: tools.Tool, plan: plans.Plan) -> str:
    changes = [
        change
        for finding in plan.fixed
        for change in finding.replacement.changes
    ]
    return overrides.override(tool, changes)


def _write(
    plan: plans.Plan,
    found: Mapping[str, originals.Original],
    backup_suffix: str | None,
) -> None:
    kept = writing.write(
        [
            writing.Replacement(
                text.path, found[text.path].host_path, text.before, text.after
            )
            for text in plan.texts
        ],
        backup_suffix,
    )
    for text in plan.texts:
        _say(_('wrote %s') % text.path)
    for path in kept:
        _say(_('the file as it was: %s') % path)
    _say(
        _(
            'restart nova-compute on this host for the settings to take '
            'effect; disks that exist keep their format'
        )
    )


def _say_left(left: plans.Left) -> None:
    _say(
        _('%(rule)s (%(place)s) is left: %(reason)s')
        % {
            'rule': left.finding.rule,
            'place': describe.place(left.finding.origins[0]),
            'reason': left.reason,
        }
    )


def _show(changes: str) -> None:
    # At once: what is said about them comes after them.
    print(changes, end='', flush=True)


def _say(sentence: str) -> None:
    guard.say(vocabulary.PROGRAM, sentence)
