# SPDX-License-Identifier: Apache-2.0

"""Which cases run each time, and which only if all are asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Set
from typing import Any, TypeVar

import pytest

T = TypeVar('T')


def one_each(
    cases: Iterable[T], cells: Callable[[T], Set[Hashable]]
) -> list[Any]:
    """Return all cases, those marked that show nothing new.

    :param cells: returns what would be seen to be wrong with a case, if the
        model were wrong there
    """
    known: set[Hashable] = set()
    chosen = []
    for case in cases:
        shown = cells(case)
        marks = (pytest.mark.repeats,) if shown <= known else ()
        known |= shown
        chosen.append(pytest.param(case, id=str(case), marks=marks))
    return chosen
