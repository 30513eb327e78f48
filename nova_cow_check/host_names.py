# SPDX-License-Identifier: Apache-2.0

"""Names of hosts: their order, and many of them in few words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import functools
import re
from typing import NamedTuple

#: A name in parts: what is no number, and what is one, in turns.
_NUMBER = re.compile(r'([0-9]+)')

#: What the notation of `fold` gives a meaning.
_SPECIAL = re.compile(r'[\[\],\s!&^@%*?]')

#: What `fold` writes; a single number is a shell's.
_FOLDED = re.compile(
    r'([^][]*)\[(?=[0-9]*[-,])'
    r'([0-9]+(?:-[0-9]+)?(?:,[0-9]+(?:-[0-9]+)?)*)\]([^][]*)'
)

#: Names in a word; more of them are a slip of the keyboard.
_MOST_NAMES = 100_000

#: More digits are no number of a host, and slow to convert.
_MOST_DIGITS = 18

#: Names of a fleet; each is sorted among others several times.
_REMEMBERED = 65536


@functools.lru_cache(maxsize=_REMEMBERED)
def order(name: str) -> tuple[tuple[str, int, str], ...]:
    """Return a key that sorts compute2 before compute10."""
    parts = _NUMBER.split(name)
    return tuple(
        (text, int(digits) if len(digits) <= _MOST_DIGITS else 0, digits)
        for text, digits in zip(parts[::2], [*parts[1::2], '0'])
    )


class Folded(NamedTuple):
    """One or more names in one word."""

    #: For example ``compute[001-003,007]``, or the name itself.
    notation: str
    #: How many names it stands for.
    number: int


def fold(names: Iterable[str]) -> list[str]:
    """Return names in their order, those that count on as one.

    ``compute[001-003,007]`` stands for four names, in the notation of
    pdsh, ClusterShell and Slurm. A name in which that notation would have
    a meaning stands alone.
    """
    return [one.notation for one in folded(names)]


def is_plain(name: str) -> bool:
    """Return whether a name stands for itself in a list of words of `fold`."""
    return name.isprintable() and not _SPECIAL.search(name)


def unfold(word: str) -> list[str]:
    """Return the names that a word of `fold` stands for.

    That is the word itself if it is none of those, or for too many.
    """
    match = _FOLDED.fullmatch(word)
    if match is None:
        return [word]
    before, inside, after = match.groups()
    names: list[str] = []
    for one in inside.split(','):
        first, _dash, last = one.partition('-')
        if max(len(first), len(last)) > _MOST_DIGITS:
            return [word]
        size = int(last or first) - int(first)
        if not 0 <= size < _MOST_NAMES - len(names):
            return [word]
        names += (
            f'{before}{int(first) + number:0{len(first)}}{after}'
            for number in range(size + 1)
        )
    return names


def folded(
    names: Iterable[str], longest: int | None = None
) -> Iterator[Folded]:
    """Yield names as `fold` does, with how many there are in each word.

    :param longest: what takes more characters is made several words, if
        it has more than one range of numbers
    """
    by_around: dict[_Around, list[str]] = {}
    for name in sorted(set(names), key=order):
        around, digits = _split(name)
        by_around.setdefault(around, []).append(digits)
    for around, numbers in by_around.items():
        yield from _words(around, numbers, longest)


class _Around(NamedTuple):
    """What stands around the last number of names."""

    before: str
    after: str
    #: False for a name that stands alone.
    has_number: bool = True


class _Range(NamedTuple):
    """Numbers that count on, from the first to the last."""

    first: str
    last: str

    @property
    def size(self) -> int:
        return int(self.last) - int(self.first) + 1

    def __str__(self) -> str:
        return self.first if self.size == 1 else f'{self.first}-{self.last}'


@functools.lru_cache(maxsize=_REMEMBERED)
def _split(name: str) -> tuple[_Around, str]:
    """Return what stands around the last number of a name, and that."""
    parts = _NUMBER.split(name)
    has_number = len(parts) > 1 and len(parts[-2]) <= _MOST_DIGITS
    if not has_number or _SPECIAL.search(name):
        return _Around(name, '', False), ''
    *before, digits, after = parts
    return _Around(''.join(before), after), digits


def _words(
    around: _Around, numbers: list[str], longest: int | None
) -> Iterator[Folded]:
    if not around.has_number:
        yield Folded(around.before, 1)
        return
    frame = len(around.before) + len('[]') + len(around.after)
    some: list[_Range] = []
    length = frame
    for one in _ranges(numbers):
        length += len(f',{one}')
        # The first one has no comma.
        if some and longest is not None and length - 1 > longest:
            yield _folded(around, some)
            some = []
            length = frame + len(f',{one}')
        some.append(one)
    yield _folded(around, some)


def _folded(around: _Around, ranges: list[_Range]) -> Folded:
    number = sum(one.size for one in ranges)
    inside = ','.join(map(str, ranges))
    if number > 1:
        inside = f'[{inside}]'
    return Folded(around.before + inside + around.after, number)


def _ranges(numbers: list[str]) -> Iterator[_Range]:
    """Yield ranges of numbers: 9 and 10, 09 and 10, but not 9 and 010."""
    first = last = numbers[0]
    for following in numbers[1:]:
        if following != str(int(last) + 1).zfill(len(last)):
            yield _Range(first, last)
            first = following
        last = following
    yield _Range(first, last)
