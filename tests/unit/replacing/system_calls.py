# SPDX-License-Identifier: Apache-2.0

"""Something done at every moment: before each call of the system."""

from __future__ import annotations

from collections.abc import Callable
import sys
from types import FrameType
from typing import Any, TypeVar

_T = TypeVar('_T')

_MODULES = ('_io', 'fcntl', 'posix')

#: What the names of their functions on text begin with.
_PURE = ('_path_', 'fspath')


def run(function: Callable[[], _T], act: Callable[[int, str], None]) -> _T:
    """Run a function, and another before each of its calls.

    :param act: given the number of the call, from 0, and its name; what it
        raises is raised by the call, and then it is not called again
    """
    number = 0

    def profile(_frame: FrameType, event: str, called: Any) -> None:
        nonlocal number
        if event == 'c_call' and _is_of_the_system(called):
            number += 1
            act(number - 1, called.__name__)

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        return function()
    finally:
        sys.setprofile(before)


def names(function: Callable[[], object]) -> list[str]:
    """Return the names of the calls that a function makes."""
    found: list[str] = []
    run(function, lambda _number, name: found.append(name))
    return found


def _is_of_the_system(called: Any) -> bool:
    module = called.__module__ or type(called.__self__).__module__
    return module in _MODULES and not called.__name__.startswith(_PURE)
