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
"""What `fix` would write, and what it leaves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
import dataclasses
from typing import NamedTuple

from nova_cow_check import configuration
from nova_cow_check import findings
from nova_cow_check.fixer import assignments
from nova_cow_check.fixer import edits
from nova_cow_check.fixer import lines
from nova_cow_check.fixer import obstacles
from nova_cow_check.fixer import proof
from nova_cow_check.fixer import remainder
from nova_cow_check.rules import ignored_setting
from nova_cow_check import settings
from nova_cow_check.sources import files
from nova_cow_check import verdict

#: Judges a configuration as the command line asks for.
Judge = Callable[
    [configuration.Configuration],
    tuple[settings.ImageSettings, tuple[verdict.Row, ...]],
]


class Text(NamedTuple):
    """One file that changes."""

    #: As origins name it.
    path: str
    before: bytes
    after: bytes
    #: All that differs between the two.
    hunks: tuple[lines.Hunk, ...]


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

    @property
    def hidden(self) -> frozenset[tuple[str, int]]:
        """Path and line of what is removed, and may be another's value.

        The check does not show it either: no option of ours takes it.
        """
        return frozenset(
            (change.origin.name, change.origin.line)
            for finding in self.fixed
            if finding.rule == ignored_setting.IGNORED_SETTING.name
            and finding.alternative is None
            for change in edits.of(finding)
        )


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
    configuration_: configuration.Configuration,
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
    judged = _judge(configuration_, documents, judge)
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
    return Plan(texts, state.fixed, tuple(left), state.explanations)


def _judge(
    configuration_: configuration.Configuration,
    documents: Mapping[str, lines.Document],
    judge: Judge,
) -> proof.Judged:
    """Read and judge the files with the lines that they have by now."""
    parsed = {
        path: files.parse(path, lines.join(document))
        for path, document in documents.items()
    }
    after = dataclasses.replace(
        configuration_,
        files=tuple(parsed[file.path] for file in configuration_.files),
    )
    host, rows = judge(after)
    found = dict.fromkeys(finding for row in rows for finding in row.found)
    return proof.Judged(after, host, tuple(found))


def _fixed(
    state: _State, position: int, judge: Judge, is_asked: bool
) -> _State | str:
    """Return the state without a finding, or why there is none."""
    finding = state.judged.found[position]
    before = state.judged.configuration
    if reason := obstacles.find(finding, before, is_asked):
        return reason
    edited = edits.make(finding, before, state.documents)
    judged = _judge(before, edited.documents, judge)
    if reason := obstacles.after_removal(finding, judged.settings):
        return reason
    proof.check_step(state.judged, judged, finding)
    first = list(state.first)
    fixed = (*state.fixed, first.pop(position))
    return _State(
        edited.documents,
        judged,
        _aligned(first, judged.found),
        fixed,
        (*state.steps, finding),
        (*state.explanations, *edited.explanations),
    )


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
    changes = [one for step in state.steps for one in edits.of(step)]
    after = {file.path: file for file in state.judged.configuration.files}
    texts = {}
    for file in begin.judged.configuration.files:
        old = begin.documents[file.path]
        new = state.documents[file.path]
        text = Text(
            file.path, lines.join(old), lines.join(new), lines.hunks(old, new)
        )
        remainder.check(
            file,
            after[file.path],
            text.before,
            text.after,
            text.hunks,
            assignments.keys_of(changes),
        )
        if text.before != text.after:
            texts[file.path] = text
    return tuple(texts.values())
