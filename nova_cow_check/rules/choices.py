# SPDX-License-Identifier: Apache-2.0

"""What the findings of one host propose together: one thing to write.

What is proposed without a condition agrees, so that all of it can be written.
What is proposed on a condition can be something else: that is a choice, and
both sides of it say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Optional

from nova_cow_check.rules import findings
from nova_cow_check.settings import parsing

#: Group, normalized as oslo.config does, and name of an option, and the
#: place: a line that Nova ignores can have the name of an option, too.
_Key = tuple[str, str, parsing.Origin]

#: For an option, each value that is proposed, None to remove it, and the
#: rules that do so. Few, however many findings there are.
_Proposed = dict[_Key, dict[Optional[str], dict[str, None]]]


def settle(found: Sequence[findings.Finding]) -> list[findings.Finding]:
    """Return the findings of a host, each of which knows of the others."""
    agreed = _agreed(found)
    conditional = _proposed(
        (one.rule, one.alternative.replacement)
        for one in agreed
        if one.alternative is not None
    )
    proposed = _proposed((one.rule, one.replacement) for one in agreed)
    for key, values in conditional.items():
        for value, rules in values.items():
            proposed.setdefault(key, {}).setdefault(value, {}).update(rules)
    return [_named(one, conditional, proposed) for one in agreed]


def _agreed(found: Sequence[findings.Finding]) -> list[findings.Finding]:
    """Return findings that keep nothing which another one changes.

    They ask for the same change: their settings are needed together.
    """
    actions = findings.Action
    written = {
        change._replace(action=actions.KEEP): change
        for one in found
        for change in one.replacement.changes
        if change.action is actions.SET
    }

    def changed(before: findings.Replacement) -> findings.Replacement:
        changes = (written.get(change, change) for change in before.changes)
        return before._replace(changes=tuple(changes))

    def agreed(finding: findings.Finding) -> findings.Finding:
        replacement = changed(finding.replacement)
        alternative = finding.alternative
        if alternative is not None:
            meant = changed(alternative.replacement)
            alternative = alternative._replace(replacement=meant)
        return finding._replace(
            replacement=replacement, alternative=alternative
        )

    return [agreed(finding) for finding in found]


def _named(
    finding: findings.Finding, conditional: _Proposed, proposed: _Proposed
) -> findings.Finding:
    """Return a finding that names the rules it is a choice with."""
    replacement = _beside(finding.rule, finding.replacement, conditional)
    alternative = finding.alternative
    if alternative is not None:
        beside = _beside(finding.rule, alternative.replacement, proposed)
        alternative = alternative._replace(replacement=beside)
    return finding._replace(replacement=replacement, alternative=alternative)


def _beside(
    rule: str, replacement: findings.Replacement, proposed: _Proposed
) -> findings.Replacement:
    rules = dict.fromkeys(_differing(replacement.changes, proposed))
    # What a rule asks, or asks if it was meant, is no choice with itself.
    rules.pop(rule, None)
    return replacement._replace(not_with=tuple(rules))


def _differing(
    changes: Iterable[findings.Change], proposed: _Proposed
) -> Iterator[str]:
    """Yield the rules that propose another value for the same option."""
    for change in changes:
        for value, rules in proposed.get(_key(change), {}).items():
            if value != change.value:
                yield from rules


def _proposed(
    replacements: Iterable[tuple[str, findings.Replacement]],
) -> _Proposed:
    found: _Proposed = {}
    for rule, replacement in replacements:
        for change in replacement.changes:
            values = found.setdefault(_key(change), {})
            values.setdefault(change.value, {})[rule] = None
    return found


def _key(change: findings.Change) -> _Key:
    group = parsing.normalize_group(change.group)
    return group, change.name, change.origin
