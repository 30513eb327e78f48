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


"""One host fixed: the settings to write, shown or written.

Standard output has the changes alone; what there is to know about them is
said on standard error.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check.cmd import guard
from nova_cow_check.cmd import host as hosts
from nova_cow_check.cmd import vocabulary
from nova_cow_check import configuration
from nova_cow_check.deployment import overrides
from nova_cow_check.deployment import tools
from nova_cow_check import describe
from nova_cow_check import errors
from nova_cow_check import findings
from nova_cow_check.fixer import plan as plans
from nova_cow_check.replacing import writing
from nova_cow_check import settings
from nova_cow_check.sources import host as sources
from nova_cow_check.sources import originals
from nova_cow_check import verdict

#: Exit codes, as in ``*-status upgrade check``: nothing to do, something to
#: write, something that no edit ends.
DONE, TO_WRITE, LEFT = 0, 1, 2


class Refused(errors.NoVerdict):
    """An edit would not last; nothing has been changed.

    :param override: what to write for the deployment tool, '' if that is
        not known
    """

    def __init__(self, message: str, override: str) -> None:
        super().__init__(message)
        self.override = override


class Outcome(NamedTuple):
    """What became of one host."""

    #: The exit code.
    code: int
    #: Whether files were written.
    has_written: bool
    #: What to write for a deployment tool, if one was asked for.
    override: str = ''


def fix(host: hosts.Host, options: argparse.Namespace) -> Outcome:
    """Show what to write on a host, or write it.

    :raises NoVerdict: if anything cannot be read, proven or written; then
        nothing has been changed
    """
    found = {
        one.path: one
        for one in originals.read(
            host.conf.configuration, host.surroundings.root
        )
    }
    plan = _plan(host, found, options.rules)
    override = ''
    if options.tool is not None:
        override = _override(tools.TOOLS[options.tool], plan)
    else:
        _refuse_generated(plan, found)
        # What cannot be shown is not written.
        show(''.join(plans.render(plan.texts, plan.hidden)))
        for sentence in plan.explanations:
            say(sentence)
        if options.write and plan.texts:
            _write(plan, found, options.backup)
    for left in plan.left:
        _say_left(left.finding, left.reason)
    code = TO_WRITE if plan.texts and not options.write else DONE
    return Outcome(
        LEFT if plan.left else code,
        bool(plan.texts and options.write),
        override,
    )


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

    :raises Refused: if there is any such file
    """
    for text in plan.texts:
        generated = tools.generated_by(
            found[text.path].place, text.before
        ) or tools.generated_by(text.path, text.before)
        if generated is None:
            continue
        override = ''
        if generated.tool is not None:
            override = _override(generated.tool, plan)
        raise Refused(
            _(
                '%(path)s is generated: %(words)s; an edit would be lost, so '
                'nothing is changed: write it where that tool takes it from, '
                'as --for TOOL shows'
            )
            % {'path': text.path, 'words': generated.words},
            override,
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
        say(_('wrote %s') % text.path)
    for path in kept:
        say(_('the file as it was: %s') % path)


def _say_left(finding: findings.Finding, reason: str) -> None:
    say(
        _('%(rule)s (%(place)s) is left: %(reason)s')
        % {
            'rule': finding.rule,
            'place': describe.place(finding.origins[0]),
            'reason': reason,
        }
    )


def show(changes: str) -> None:
    """Print what to write."""
    # At once: what is said about them comes after them.
    print(changes, end='', flush=True)


def say(sentence: str) -> None:
    """Tell something about the changes."""
    guard.say(vocabulary.PROGRAM, sentence)
