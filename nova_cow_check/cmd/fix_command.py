# SPDX-License-Identifier: Apache-2.0

"""nova-cow-check fix: on this host, or in the files of collected ones.

Standard output has the changes alone; what there is to know about them is
said on standard error.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
import sys
from typing import NamedTuple, TYPE_CHECKING

from nova_cow_check._i18n import _
from nova_cow_check.cmd import guard
from nova_cow_check.cmd import rules_command
from nova_cow_check.cmd import screen
from nova_cow_check.cmd import this_host
from nova_cow_check.deployment import instructions
from nova_cow_check.deployment import overrides
from nova_cow_check.deployment import tools
from nova_cow_check import errors
from nova_cow_check.fixer import obstacles
from nova_cow_check.fixer import plan
from nova_cow_check import host_names
from nova_cow_check import printing
from nova_cow_check.replacing import replacement
from nova_cow_check.reports import report
from nova_cow_check.reports import verdict
from nova_cow_check.rules import existing_guests
from nova_cow_check.rules import findings
from nova_cow_check.rules import flat_disks_converted
from nova_cow_check.rules import raw_disks_opened_as_qcow2
from nova_cow_check.rules import registry
from nova_cow_check.rules import unreadable_configuration
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing
from nova_cow_check.sources import editable_files
from nova_cow_check.sources import host

if TYPE_CHECKING:
    from nova_cow_check.cmd import collected_hosts

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
    has_written: bool = False
    #: What to write for a deployment tool, if one was asked for.
    override: str = ''
    #: The rules of the findings that end with it.
    fixed: frozenset[str] = frozenset()
    #: With what nova-compute does not start after it, '' if it does.
    faulty: str = ''


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
        rules_command.require(name)
        if not obstacles.is_about_one_host(name):
            raise errors.UsageError(
                _('%s is about more than the settings of a host: no edit')
                % name
            )
    if options.backup is not None:
        replacement.check_suffix(options.backup)


def _run_here(options: argparse.Namespace) -> int:
    try:
        outcome = _fix(this_host.load(options), options)
    except Refused as refused:
        _show(refused.override)
        raise
    _show(outcome.override)
    _say_nothing_to_do([outcome], options)
    _tell_of_guests([outcome])
    if outcome.has_written and outcome.faulty:
        guard.say(_no_restart(outcome))
    elif outcome.has_written:
        guard.say(
            _(
                'restart nova-compute on this host for the settings to take '
                'effect; that changes no guest that exists, and a broken one '
                'stays broken: nova-cow-check rules NAME tells of the next '
                'restart and move, and of repairs'
            )
        )
    return outcome.code


def _run_fleet(options: argparse.Namespace) -> int:
    """Return the worst exit code of collected hosts.

    A host that cannot be fixed is told, and never stops the others.
    """
    from nova_cow_check.cmd import collected_hosts

    found = collected_hosts.load(options)
    outcomes: dict[str, Outcome] = {}
    try:
        for judged in found.hosts:
            outcomes[judged.name] = _fix_collected(judged, found, options)
    except BaseException:
        names = [name for name, one in outcomes.items() if one.has_written]
        if names:
            folded = ', '.join(host_names.fold(names))
            guard.say(_('stopped; written before that: %s') % folded)
        raise
    _show_overrides(outcomes)
    _say_nothing_to_do(outcomes.values(), options)
    _tell_of_guests(outcomes.values())
    written = {k: one for k, one in outcomes.items() if one.has_written}
    for name, outcome in written.items():
        if outcome.faulty:
            guard.say(f'{name}: {_no_restart(outcome)}')
    if not all(outcome.faulty for outcome in written.values()):
        guard.say(
            _(
                'take the files to their hosts and restart nova-compute '
                'there for the settings to take effect; that changes no '
                'guest that exists, and a broken one stays broken: '
                'nova-cow-check rules NAME tells of the next restart and '
                'move, and of repairs'
            )
        )
    return max(outcome.code for outcome in outcomes.values())


def _no_restart(outcome: Outcome) -> str:
    """Return why a host whose files were written is not to be restarted."""
    return (
        _(
            'do not restart nova-compute before this is corrected, too: it '
            'does not start with %s'
        )
        % outcome.faulty
    )


def _say_nothing_to_do(
    outcomes: Iterable[Outcome], options: argparse.Namespace
) -> None:
    """Say so where there was nothing to show: silence can be a failure.

    On standard error: a diff of nothing is empty.
    """
    if any(one.code != DONE or one.has_written for one in outcomes):
        return
    words = _('nothing to do: no setting has to be changed')
    if options.rules:
        words = _(
            'nothing to do: the rules that were named ask for no change of a '
            'setting'
        )
    guard.say(words)


def _show_overrides(outcomes: Mapping[str, Outcome]) -> None:
    """Show what to write for deployment tools, once for hosts alike."""
    by_override: dict[str, list[str]] = {}
    for name, outcome in outcomes.items():
        if outcome.override:
            by_override.setdefault(outcome.override, []).append(name)
    warning = _(
        'Only for %s. Other hosts here need something else, or nothing: '
        'where the place named below is that of all hosts, write this where '
        'it is for these alone.'
    )
    for override, names in by_override.items():
        folded = ', '.join(host_names.fold(names))
        if len(names) < len(outcomes):
            # In the output itself: it is copied without what is said.
            words = warning % printing.printable(folded)
            _show('\n' + instructions.comment(words, width=70))
        else:
            guard.say(_('for %s:') % folded)
        _show(override)


def _fix_collected(
    judged: report.HostReport,
    found: collected_hosts.Fleet,
    options: argparse.Namespace,
) -> Outcome:
    unreadable = unreadable_configuration.RULE.name
    # Whatever was asked for: nothing is known of what was not read.
    if isinstance(judged.known, host_settings.Unreadable):
        place = judged.path_of(judged.known.path)
        why = judged.known._replace(path=place)
        guard.say(f'{judged.name}: {unreadable}: {why}')
        return Outcome(LEFT)
    # What a process goes by is no matter of files.
    asked = {*(options.rules or registry.RULES)} - registry.PROCESS_RULES
    counting = [
        one for one in judged.found if one.counts and one.rule in asked
    ]
    is_fixed_here = obstacles.is_about_one_host
    outcome = Outcome(DONE)
    try:
        if any(is_fixed_here(one.rule) for one in counting):
            assert judged.source is not None
            with errors.contained():
                copy = editable_files.load(judged.source)
            own = (judged.name, copy.conf, found.waivers, copy.surroundings)
            outcome = _fix(this_host.Host(*own), options)
    except errors.Unexpected as error:
        guard.say(f'{judged.name}: {unreadable}: {error}')
        outcome = Outcome(LEFT)
    except errors.NoVerdict as error:
        guard.say(f'{judged.name}: {error}')
        override = error.override if isinstance(error, Refused) else ''
        outcome = Outcome(LEFT, override=override)
    left = [one for one in counting if not is_fixed_here(one.rule)]
    for one in left:
        guard.say(f'{judged.name}: {_needs_decision(one)}')
    return outcome._replace(code=LEFT) if left else outcome


def _needs_decision(finding: findings.Finding) -> str:
    """Return why a finding that compares hosts is left."""
    sentence = _(
        '%(rule)s is left: whether these hosts exchange instances is not '
        'known here; if they do not, say so with --group'
    )
    if finding.alternative is not None:
        sentence = _(
            '%(rule)s is left: to say with --group that hosts exchange no '
            'instances, or to write what the report proposes for a host '
            'without instances, is your choice'
        )
    return sentence % {'rule': finding.rule}


def _fix(loaded: this_host.Host, options: argparse.Namespace) -> Outcome:
    """Show what to write on a host, or write it.

    :raises NoVerdict: if anything cannot be read, proven or written; then
        nothing has been changed
    """
    if loaded.is_strangers and options.write:
        raise errors.NoVerdict(
            _(
                'the process is of neither root nor nova, and its files are '
                'the choice of its user: run fix --write as that user'
            )
        )
    with errors.contained():
        found = {
            one.path: one
            for one in editable_files.read(
                loaded.conf.configuration, loaded.surroundings.root
            )
        }
        planned = _plan(loaded, found, options.rules)
        shown = ''.join(plan.render(planned.texts, planned.hidden))
    override = ''
    if options.tool is not None:
        override = _override(tools.TOOLS[options.tool], planned)
    else:
        _refuse_generated(planned)
        # What cannot be shown is not written.
        _show(_painted(shown, options))
        for sentence in planned.explanations:
            guard.say(sentence)
        if options.write and planned.texts:
            _write(planned, found, options.backup)
    for left in planned.left:
        guard.say(
            _('%(rule)s (%(place)s) is left: %(reason)s')
            % {
                'rule': left.finding.rule,
                'place': _place(left.finding),
                'reason': left.reason,
            }
        )
    code = TO_WRITE if planned.texts and not options.write else DONE
    code = LEFT if planned.left else code
    fixed = frozenset(finding.rule for finding in planned.fixed)
    has_written = bool(planned.texts and options.write)
    faulty = ', '.join(map(wording.setting, planned.faulty))
    return Outcome(code, has_written, override, fixed, faulty)


def _place(finding: findings.Finding) -> str:
    """Return where the report places a finding: where anything is written."""
    written = (one for one in finding.origins if not _is_default(one))
    return wording.place(next(written, finding.origins[0]))


def _is_default(origin: parsing.Origin) -> bool:
    return origin.kind is parsing.OriginKind.DEFAULT


def _tell_of_guests(outcomes: Iterable[Outcome]) -> None:
    """Say once what becomes of guests that exist, where a move changes it."""
    fixed = {name for outcome in outcomes for name in outcome.fixed}
    for one in (flat_disks_converted.RULE, raw_disks_opened_as_qcow2.RULE):
        if one.name in fixed:
            guard.say(f'{one.name}: {existing_guests.after_fix(one.name)}')


def _plan(
    loaded: this_host.Host,
    found: Mapping[str, editable_files.Original],
    rules: tuple[str, ...],
) -> plan.Plan:
    def judge(
        edited: host_config.Configuration,
    ) -> tuple[host_settings.ImageSettings, tuple[verdict.Row, ...]]:
        conf = host.edited(loaded.conf, edited)
        return this_host.judge(loaded, conf)

    contents = {path: one.data for path, one in found.items()}
    return plan.make(loaded.conf.configuration, contents, judge, rules)


def _refuse_generated(planned: plan.Plan) -> None:
    """Refuse to edit what a deployment tool would write over.

    :raises Refused: if there is any such file
    """
    for one in planned.texts:
        if not one.limits.generated:
            continue
        override = ''
        if one.limits.tool:
            override = _override(tools.TOOLS[one.limits.tool], planned)
        raise Refused(
            _(
                '%(path)s is generated: %(words)s; an edit would be lost, so '
                'nothing is changed: write it where that tool takes it from, '
                'as --for TOOL shows'
            )
            % {'path': one.path, 'words': one.limits.generated},
            override,
        )


def _override(tool: tools.Tool, planned: plan.Plan) -> str:
    changes = [
        change
        for finding in planned.fixed
        for change in finding.replacement.changes
    ]
    return overrides.override(tool, changes)


def _write(
    planned: plan.Plan,
    found: Mapping[str, editable_files.Original],
    backup_suffix: str | None,
) -> None:
    kept = replacement.write(
        [
            replacement.NewContent(
                one.path,
                found[one.path].root,
                found[one.path].path_inside,
                one.before,
                one.after,
            )
            for one in planned.texts
        ],
        backup_suffix,
    )
    for one in planned.texts:
        guard.say(_('wrote %s') % one.path)
    for path in kept:
        guard.say(_('the file as it was: %s') % path)


def _painted(changes: str, options: argparse.Namespace) -> str:
    """Return a diff as a person is to see it."""
    surface = screen.of(sys.stdout, options.color)
    if not surface.has_colour:
        return changes
    lines = changes.splitlines(keepends=True)
    return ''.join(map(surface.screen.diff, lines))


def _show(changes: str) -> None:
    """Print what to write."""
    # At once: what is said about them comes after them.
    print(changes, end='', flush=True)
