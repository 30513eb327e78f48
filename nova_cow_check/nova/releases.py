# SPDX-License-Identifier: Apache-2.0

"""Nova's releases by their numbers, and what they do with disks.

A number tells less than the code: vendors, and the branches that nobody
releases from any more, have fixes that their number does not show. So a
release makes what is told of a host worse, and never better.
"""

from __future__ import annotations

import re
from typing import NamedTuple

#: A number of three parts, as every release since 12.0.0 has; with the epoch
#: of a package before it and what else there is behind it. Compiled when it
#: is looked for.
_RELEASE = (
    r'(?:[0-9]{1,3}:)?'
    r'([0-9]{1,3})\.([0-9]{1,6})\.([0-9]{1,6})'
    r'([A-Za-z.~+_-][A-Za-z0-9.~+_-]*)?'
)

#: Characters of what is shown.
_LONGEST = 64

#: How the rest of a version begins that comes before the release.
#: Packages of RPM begin so, too.
_BEFORE = r'~|-0\.|(?:\.[0-9]+)*[._-]?(?:a|b|c|rc|alpha|beta|pre|dev)[0-9]'

#: The first releases with the fix of CVE-2026-24708 (OSSA-2026-002), by the
#: first part of their number; every later one has it. Before it, the format
#: of a disk that grows is guessed from what is in it.
#: Source: nova/virt/disk/api.py, extend.
FIXED = {30: (30, 3, 0), 31: (31, 3, 0), 32: (32, 2, 0)}
_FIXED_FROM = (33, 0, 0)


class Release(NamedTuple):
    """The number of a release."""

    number: tuple[int, int, int]
    #: Whether it is what came before that one, such as 33.0.0.0rc1.
    is_before: bool = False

    @property
    def guesses_formats(self) -> bool:
        """Whether CVE-2026-24708 is in it, by its number."""
        fixed = FIXED.get(self.number[0], _FIXED_FROM)
        if self.number == fixed:
            return self.is_before
        return self.number < fixed


def parse(words: str) -> Release | None:
    """Return what a version of Nova is, None if it is none.

    Those of Python and of packages are understood: 29.2.1.dev7,
    2:26.2.2-1~deb12u3.
    """
    found = re.fullmatch(_RELEASE, words, re.ASCII)
    if found is None or len(words) > _LONGEST:
        return None
    first, second, third, rest = found.groups()
    number = int(first), int(second), int(third)
    return Release(number, re.match(_BEFORE, rest or '') is not None)
