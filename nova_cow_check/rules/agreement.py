# SPDX-License-Identifier: Apache-2.0

"""What holds for a fragment: what holds whatever the rest says.

A finding is told if every host finds it that can have the fragment, and of
its words and what it proposes, what all of them say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
import os
import re

from nova_cow_check.rules import findings
from nova_cow_check.rules import registry
from nova_cow_check.settings import parsing

#: What a finding is known by: its rule, where it is written, and which of
#: those that have both in common it is.
_Key = tuple[str, tuple[parsing.Origin, ...], int]

_END_OF_SENTENCE = re.compile(r'[.!?](?= )')


def agreed(
    found: Iterable[Iterable[findings.Finding]],
) -> Iterator[findings.Finding]:
    """Yield what several hosts find, in the order of the first.

    :param found: what each of them finds, at least one
    """
    first, *others = map(_by_key, found)
    for key, finding in first.items():
        _rule, written, _number = key
        if written and all(key in one for one in others):
            several = [finding, *(one[key] for one in others)]
            yield _common(several)._replace(origins=written)


def _by_key(
    found: Iterable[findings.Finding],
) -> dict[_Key, findings.Finding]:
    by_key: dict[_Key, findings.Finding] = {}
    for one in found:
        written = tuple(
            origin
            for origin in one.origins
            if origin.kind is not parsing.OriginKind.DEFAULT
        )
        number = sum(key[:2] == (one.rule, written) for key in by_key)
        by_key[one.rule, written, number] = one
    return by_key


def _common(several: Sequence[findings.Finding]) -> findings.Finding:
    """Return a finding with what all of several say."""
    one = several[0]
    if len({other.replacement for other in several}) > 1:
        one = one._replace(replacement=findings.Replacement())
    if len({other.alternative for other in several}) > 1:
        one = one._replace(alternative=None)
    return one._replace(
        severity=min(other.severity for other in several),
        explanation=_explanation(several),
        is_unsafe=all(other.is_unsafe for other in several),
    )


def _explanation(several: Sequence[findings.Finding]) -> str:
    """Return the sentences at the beginning that all have.

    Where they have none in common, it is what the rule is about.
    """
    words = [one.explanation for one in several]
    common = os.path.commonprefix(words)
    if common == words[0] and len(set(words)) == 1:
        return common
    ends = [match.end() for match in _END_OF_SENTENCE.finditer(common + ' ')]
    if ends:
        return common[: ends[-1]]
    return registry.page(several[0].rule).summary
