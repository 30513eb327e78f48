# SPDX-License-Identifier: Apache-2.0

"""Which cases of a table a Nova is given, if not all of them.

What a Nova was seen to do in every case need not be seen again of it while
the model is the same, nor of an older one: a difference between two releases
shows where a few values meet, not where all of them do. This is the *t-wise*
choice of software testing (NIST SP 800-142).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
import dataclasses
import itertools
from typing import Any

import pytest

#: A value, and what has it: a parameter of a test, or a field of one.
Atom = tuple[str, Hashable]


def apart(
    items: Iterable[pytest.Item], together: int
) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Return the cases that are run, and those that show nothing new.

    :param together: how many values are to be seen in all their combinations
    """
    known: dict[str, set[tuple[Atom, ...]]] = {}
    chosen: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        call = getattr(item, 'callspec', None)
        if call is None:
            chosen.append(item)
            continue
        test = item.nodeid.partition('[')[0]
        met = set(combinations(call.params, together))
        before = known.setdefault(test, set())
        (left_out if met <= before else chosen).append(item)
        before |= met
    return chosen, left_out


def combinations(
    parameters: Mapping[str, Any], together: int
) -> Iterator[tuple[Atom, ...]]:
    """Yield what values a case has together."""
    atoms = sorted(
        {
            atom
            for name, value in parameters.items()
            for atom in _atoms(name, value)
        },
        key=repr,
    )
    yield from itertools.combinations(atoms, min(together, len(atoms)))


def _atoms(name: str, value: Any) -> Iterator[Atom]:
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _atoms(
                f'{name}.{field.name}', getattr(value, field.name)
            )
    elif isinstance(value, tuple):
        # That there is no more of it is something that it has.
        yield f'{name}.length', len(value)
        for number, one in enumerate(value):
            yield from _atoms(f'{name}.{number}', one)
    else:
        is_hashable = isinstance(value, Hashable)
        yield name, value if is_hashable else repr(value)
