# SPDX-License-Identifier: Apache-2.0

"""What `fix` would write, and what it leaves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
import itertools
import re
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check.fixer import edits
from nova_cow_check.fixer import lines
from nova_cow_check.fixer import obstacles
from nova_cow_check.fixer import proof
from nova_cow_check import printing
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.rules import ignored_setting
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import limits
from nova_cow_check.sources import files

#: A line longer than this is cut: it is not one of these options alone.
_LONGEST_LINE = 100

#: Judges a configuration as the command line asks for.
Judge = Callable[
    [host_config.Configuration],
    tuple[host_settings.ImageSettings, tuple[verdict.Row, ...]],
]


class Text(NamedTuple):
    """One file that changes."""

    #: As origins name it.
    path: str
    before: bytes
    after: bytes
    #: All that differs between the two.
    hunks: tuple[lines.Hunk, ...]
    #: What kept edits from it, when it was read.
    limits: limits.Limits = limits.Limits()


class Left(NamedTuple):
    """A finding that no edit ends."""

    finding: findings.Finding
    #: One sentence for an operator.
    reason: str


class Plan(NamedTuple):
    """The edits that end findings, proven."""

    #: In reading order.
    texts: tuple[Text, ...]
    #: As they were found at first, before any edit.
    fixed: tuple[findings.Finding, ...]
    left: tuple[Left, ...]
    #: Why the settings are written where they are, a sentence each.
    explanations: tuple[str, ...]

    #: Path and line of what Nova ignores, and may be another's value: no
    #: option of ours takes it, and the check does not show it either.
    hidden: frozenset[tuple[str, int]] = frozenset()

    #: Those with which nova-compute still does not start.
    faulty: tuple[host_settings.AnySetting, ...] = ()


class _State(NamedTuple):
    """The files after some edits."""

    documents: Mapping[str, lines.Document]
    judged: proof.Judged
    #: For each finding in `judged`, what it was before any edit: lines move.
    first: tuple[findings.Finding, ...]
    #: What was fixed, as it was before any edit, and as it was by then.
    fixed: tuple[findings.Finding, ...] = ()
    steps: tuple[findings.Finding, ...] = ()
    explanations: tuple[str, ...] = ()


def make(
    configuration: host_config.Configuration,
    contents: Mapping[str, bytes],
    judge: Judge,
    asked: Collection[str] = (),
) -> Plan:
    """Plan the edits that end findings, one finding at a time.

    Each is judged and proven on the files as they are by then: what two
    rules want is never in conflict, and one run is enough. Findings that a
    waiver covers are no part of the plan.

    :param contents: the bytes of every file, by path
    :param asked: the rules whose findings are fixed, the others are no part
        of the plan; with none, all but those that must be asked for
    :raises proof.NotProven: if an edit does not do what it is for
    """
    documents = {path: lines.split(data) for path, data in contents.items()}
    judged = _judge(configuration, documents, judge)
    begin = state = _State(documents, judged, judged.found)
    left: list[Left] = []
    position = 0
    while position < len(state.first):
        finding = state.first[position]
        outcome: _State | str = ''
        if finding.counts and (not asked or finding.rule in asked):
            outcome = _fixed(state, position, judge, finding.rule in asked)
        if isinstance(outcome, _State):
            # A fix can clear the way for a finding that was left.
            state, left, position = outcome, [], 0
            continue
        if outcome:
            left.append(Left(finding, outcome))
        position += 1
    proof.check(begin.judged, state.judged, state.steps)
    texts = _texts(begin, state)
    hidden = frozenset(
        (one.origin.name, one.origin.line)
        for one in begin.judged.settings.lookalikes
        if one.value is None
    )
    faulty = state.judged.settings.faulty
    return Plan(
        texts, state.fixed, tuple(left), state.explanations, hidden, faulty
    )


def _judge(
    configuration: host_config.Configuration,
    documents: Mapping[str, lines.Document],
    judge: Judge,
) -> proof.Judged:
    """Read and judge the files with the lines that they have by now."""
    parsed = {
        path: files.parse(path, lines.join(document))
        for path, document in documents.items()
    }
    edited = []
    for before in configuration.files:
        file = parsed[before.path]
        # Only the first reading knows what the file is.
        known = before.limits._replace(room=file.limits.room)
        edited.append(file._replace(limits=known))
    after = configuration._replace(files=tuple(edited))
    host, rows = judge(after)
    found = dict.fromkeys(finding for row in rows for finding in row.found)
    return proof.Judged(after, host, tuple(found))


def _fixed(
    state: _State, position: int, judge: Judge, is_asked: bool
) -> _State | str:
    """Return the state without a finding, or why there is none.

    :param is_asked: whether its rule was asked for by name
    """
    finding = state.judged.found[position]
    before = state.judged
    is_ignored = finding.rule == ignored_setting.RULE.name
    if is_ignored and not is_asked:
        return _(
            'Whether to remove or to move a line that Nova ignores is your '
            'choice: it is removed only with --rule ignored-setting.'
        )
    if is_ignored and before.settings.more_lookalikes:
        return _(
            'There are more such lines than can be told apart: remove them '
            'by hand.'
        )
    if reason := obstacles.of_edits(finding, before.settings):
        return reason
    documents, explanations = _edited(finding, state)
    judged = _judge(before.configuration, documents, judge)
    proof.check_step(before, judged, finding)
    first = list(state.first)
    fixed = (*state.fixed, first.pop(position))
    return _State(
        documents,
        judged,
        _aligned(first, judged.found),
        fixed,
        (*state.steps, finding),
        (*state.explanations, *explanations),
    )


def _edited(
    finding: findings.Finding, state: _State
) -> tuple[Mapping[str, lines.Document], list[str]]:
    """Return the files with the changes of a finding, and why there."""
    changes = findings.to_make(finding.replacement.changes)
    made = edits.of(changes, state.judged.settings)
    assert made is not None
    documents = dict(state.documents)
    for path, in_file in itertools.groupby(made, lambda one: one.path):
        documents[path] = lines.apply(documents[path], *in_file)
    explanations = []
    for change in changes:
        name, line = change.origin.name, change.origin.line
        number = None
        if name in state.documents:
            # As the file was read: that of a new line would be none's.
            number = state.documents[name][line - 1].number
        why = edits.explanation(change, state.judged.settings, number)
        explanations += [why] if why else []
    return documents, explanations


def _aligned(
    first: list[findings.Finding], found: tuple[findings.Finding, ...]
) -> tuple[findings.Finding, ...]:
    """Return what each finding was at first: their order stays."""
    rest = list(first)
    aligned = []
    for finding in found:
        rules = [one.rule for one in rest]
        aligned.append(rest.pop(rules.index(finding.rule)))
    return tuple(aligned)


def _texts(begin: _State, state: _State) -> tuple[Text, ...]:
    """Return the files that change, their bytes proven."""
    keys = proof.keys_of(state.steps)
    after = {file.path: file for file in state.judged.configuration.files}
    texts = {}
    for file in begin.judged.configuration.files:
        old = begin.documents[file.path]
        new = state.documents[file.path]
        text = Text(
            file.path,
            lines.join(old),
            lines.join(new),
            lines.hunks(old, new),
            file.limits,
        )
        proof.check_bytes(
            file, after[file.path], text.before, text.after, text.hunks, keys
        )
        if text.before != text.after:
            texts[file.path] = text
    return tuple(texts.values())


def render(
    texts: Iterable[Text], hidden: Collection[tuple[str, int]] = ()
) -> Iterator[str]:
    """Yield the lines of a diff, each with its end.

    Without the lines around a change: the neighbours of an option can be
    passwords.

    :param hidden: path and number of lines that are removed, and whose
        values are not to be shown
    """
    for one in texts:
        path = printing.printable(one.path)
        yield f'--- {path}\n'
        yield f'+++ {path}\n'
        for hunk in one.hunks:
            last = hunk.before + len(hunk.removed)
            numbers = range(hunk.before, last)
            yield from _hunk(
                hunk, [(one.path, number) in hidden for number in numbers]
            )


def _hunk(hunk: lines.Hunk, are_hidden: Iterable[bool]) -> Iterator[str]:
    before = _range(hunk.before, len(hunk.removed))
    after = _range(hunk.after, len(hunk.added))
    yield f'@@ -{before} +{after} @@\n'
    for data, is_hidden in zip(hunk.removed, are_hidden):
        yield from _line('-', data, is_hidden)
    for data in hunk.added:
        yield from _line('+', data)


def _line(mark: str, data: bytes, is_hidden: bool = False) -> Iterator[str]:
    line = lines.Line(data).text.decode(errors='surrogateescape')
    shown = printing.printable(line[:_LONGEST_LINE])
    if len(line) > _LONGEST_LINE:
        shown += '...'
    if is_hidden:
        name = re.split('[:=]', shown)[0].rstrip()
        shown = _('%s = (not shown)') % name
    yield f'{mark}{shown}\n'
    if not data.endswith((b'\n', b'\r')):
        yield '\\ No newline at end of file\n'


def _range(first: int, count: int) -> str:
    # Of no lines, a diff names the one above.
    if not count:
        first -= 1
    return str(first) if count == 1 else f'{first},{count}'
