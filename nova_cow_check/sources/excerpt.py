# SPDX-License-Identifier: Apache-2.0

"""The few lines of a file that decide, found without parsing all of it.

The files of a fleet are alike: nearly every line has been seen before. What
a line is, is told once, by oslo.config's parser, and looked up from then on:
a letter for each. The letters of a file then tell which lines count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import dataclasses
import functools
import re
from typing import NamedTuple

from nova_cow_check import errors
from nova_cow_check.nova import opts
from nova_cow_check.settings import host_config
from nova_cow_check.settings import lookalikes
from nova_cow_check.settings import new_lines
from nova_cow_check.settings import parsing
from nova_cow_check.settings import references
from nova_cow_check.sources import texts

#: Different lines of a fleet; more than that are forgotten again.
_REMEMBERED = 65536

#: Lines of a file whose letters are remembered.
_MOST_LINES = 16384

#: Characters of a line that is worth that; no setting takes more.
_LONGEST = 1024

#: Different names of options.
_MOST_NAMES = 4096

#: Characters of all lines of concern of a file that is worth it.
_MOST_CHARACTERS = 16384

#: Lines that count; more of them take less memory as the parser keeps them.
_MOST_COUNTING = 65536

#: What a line is, by itself.
_BLANK_OR_COMMENT = ord('.')
#: A comment that may tell where an option is written.
_SAMPLE = ord('#')
#: A section of the options read here, and any other one.
_SECTION = ord('[')
_OTHER_SECTION = ord('s')
#: An assignment that may set an option read here, or be meant to.
_COUNTING = ord('=')
_OTHER_ASSIGNMENT = ord('o')
_CONTINUATION = ord('c')
#: Not valid, too long, or with a reference to an option read here.
_FAULTY = ord('f')

#: What takes a parser: a faulty line, an assignment above any section, a
#: continuation of what counts or of nothing.
_UNCLEAR = re.compile(rb'f|\A[.#]*[^.#\[s]|(?<![oc])c')

#: A section up to its last assignment, and the rest of it; other sections
#: only where any assignment counts.
_OF_CONCERN = re.compile(rb'(\[(?:[^\[s]*[=oc])?|s(?=[^\[s]*=))[^\[s]*')

_ASSIGNMENT = re.compile(rb'[=o]')

_GROUPS = frozenset(option.group for option in opts.OPTIONS)

#: The name in a line that can only be an assignment.
_NAME = re.compile(r'([^\s\[#;=:][^=:]{,99})[=:]')


@dataclasses.dataclass(frozen=True)
class Excerpt:
    """The assignments of a file that count."""

    path: str
    #: Of the options read here and of their lookalikes.
    assignments: tuple[parsing.Assignment, ...]
    #: Where each of `opts.OPTIONS` could be written, in their order.
    places: tuple[new_lines.Place, ...]
    #: The first option that is written in [libvirt], any of them.
    libvirt_option: parsing.Origin | None

    # A key of caches, for each of the files that are alike.
    def __hash__(self) -> int:
        return self._hash

    @functools.cached_property
    def _hash(self) -> int:
        return hash((self.path, self.assignments, self.places))

    @property
    def file(self) -> parsing.ConfigFile:
        """The file, as far as it decides."""
        return parsing.of_assignments(
            self.path, self.assignments, self.places, self.libvirt_option
        )


def parse(path: str, text: str) -> Excerpt | None:
    """Parse what counts, or return None where that takes all of the file.

    That is so where lines by themselves do not tell what they are, where
    an option refers to another, of which nothing would be known, and where
    nearly all of a large file counts.

    :param path: shown in origins; not opened
    """
    lines, end = _split(text)
    letters = bytes(map(_LETTERS.__getitem__, lines))
    if letters.count(_COUNTING) + letters.count(_SAMPLE) > _MOST_COUNTING:
        return None
    are_few = len(letters) <= _MOST_LINES
    outline = (_outline if are_few else _outline.__wrapped__)(letters)
    if outline is None:
        return None
    shown = tuple([lines[index] + end for index in outline.shown])
    ends = tuple([_end_of(lines[index] + end) for index in outline.beside])
    is_small = are_few and sum(map(len, shown)) <= _MOST_CHARACTERS
    make = _excerpt if is_small else _excerpt.__wrapped__
    return make(path, len(letters), outline, shown, ends)


def _split(text: str) -> tuple[Sequence[str], str]:
    """Return the lines of a text, and what each of them lacks at its end."""
    # What is so in nearly all files is split in a third of the time.
    if text.endswith('\n') and '\r' not in text and len(text) <= texts.LARGE:
        return text[:-1].split('\n'), '\n'
    return texts.lines_of(text), ''


def _end_of(line: str) -> str:
    """Return the end of a line, behind a dot unless the line is blank."""
    end = new_lines.end_of(line)
    return end if line == end else '.' + end


# Beside those lines a host has what is its own.
@functools.lru_cache(maxsize=1024)
def _excerpt(
    path: str,
    length: int,
    outline: _Outline,
    shown: tuple[str, ...],
    ends: tuple[str, ...],
) -> Excerpt | None:
    """Return what a file of so many lines says, None as `parse` does."""
    lines = [''] * length
    for index, line in zip((*outline.shown, *outline.beside), (*shown, *ends)):
        lines[index] = line
    finder = new_lines.PlaceFinder()
    found: list[parsing.Assignment] = []
    libvirt_option: parsing.Origin | None = None
    kind = parsing.OriginKind.FILE
    for section in outline.sections:
        header = lines[section.header - 1]
        group = _group(header)
        finder.pass_section(group, section.last)
        if group == parsing.LIBVIRT and section.first and not libvirt_option:
            libvirt_option = parsing.Origin(kind, path, section.first)
        for number in section.samples:
            finder.pass_comment(group, number, lines[number - 1])
        for number in section.counting:
            newline = new_lines.newline(lines, number)
            assignment = _assignment(header, newline, lines[number - 1])
            if '$' in assignment.text:
                return None
            origin = parsing.Origin(kind, path, number)
            found.append(assignment._replace(origin=origin))
    places = finder.places(path, lines)
    return Excerpt(path, tuple(found), places, libvirt_option)


class _Section(NamedTuple):
    """Numbers of lines of one section of concern, from 1."""

    header: int
    #: Its first assignment, 0 if it has none.
    first: int
    #: The last one of its last assignment; else its header.
    last: int
    #: Comments that may tell where an option is written.
    samples: tuple[int, ...]
    #: Assignments that count.
    counting: tuple[int, ...]


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class _Outline:
    """What the letters of a file tell, one object for letters alike."""

    #: Those of concern.
    sections: tuple[_Section, ...]
    #: Indices of the lines that count, or that a new one could follow.
    shown: tuple[int, ...]
    #: Of those beside them: how they end decides how a new one does.
    beside: tuple[int, ...]


# The letters of a fleet are the same for most of its hosts.
@functools.lru_cache(maxsize=1024)
def _outline(letters: bytes) -> _Outline | None:
    """Return what letters tell, None where they do not."""
    if _UNCLEAR.search(letters):
        return None
    sections = tuple(
        _Section(
            match.start() + 1,
            _first_assignment(letters, match),
            match.end(1),
            tuple(_numbers(_SAMPLE, letters, match)),
            tuple(_numbers(_COUNTING, letters, match)),
        )
        for match in _OF_CONCERN.finditer(letters)
    )
    numbers = {len(letters)}
    for one in sections:
        numbers |= {one.header, one.last, *one.samples, *one.counting}
    shown = {number - 1 for number in numbers if number}
    near = {index + step for index in shown for step in (-1, 1)}
    beside = near.intersection(range(len(letters))).difference(shown)
    return _Outline(sections, tuple(shown), tuple(beside))


def _first_assignment(letters: bytes, section: re.Match[bytes]) -> int:
    match = _ASSIGNMENT.search(letters, *section.span())
    return match.start() + 1 if match else 0


def _numbers(
    letter: int, letters: bytes, section: re.Match[bytes]
) -> Iterator[int]:
    position = letters.find(letter, *section.span())
    while position >= 0:
        yield position + 1
        position = letters.find(letter, position + 1, section.end())


class _Letters(dict[str, int]):
    """What lines are; what is not known yet is found out."""

    def __missing__(self, line: str) -> int:
        letter = _letter(line)
        if len(line) <= _LONGEST:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[line] = letter
        return letter


_LETTERS = _Letters()

#: What stands before the equals sign of assignments that do not count.
_OTHERS: set[str] = set()


def _letter(line: str) -> int:
    if '$' in line and references.is_in(line):
        return _FAULTY
    # Most of the lines that are a host's own are such.
    name, equals, _value = line.partition('=')
    if equals and name in _OTHERS:
        return _OTHER_ASSIGNMENT
    match = _NAME.match(line)
    if match and not _may_count(match[1].strip()):
        if len(_OTHERS) < _MOST_NAMES:
            _OTHERS.add(match[1])
        return _OTHER_ASSIGNMENT
    if line.startswith((' ', '\t')) and line.strip():
        # What it was meant to be takes a parser to tell.
        is_more = lookalikes.is_swallowed(line.strip())
        return _FAULTY if is_more else _CONTINUATION
    if line.startswith(('#', ';')):
        return _SAMPLE if new_lines.is_sample(line) else _BLANK_OR_COMMENT
    if len(line) > _LONGEST:
        return _FAULTY
    try:
        if line.startswith('['):
            return _SECTION if _group(line) in _GROUPS else _OTHER_SECTION
        assignments = parsing.parse('', ['[group]', line]).assignments
    except errors.ConfigurationError:
        return _FAULTY
    if not assignments:
        return _BLANK_OR_COMMENT
    may_count = _may_count(assignments[0].name)
    return _COUNTING if may_count else _OTHER_ASSIGNMENT


@functools.lru_cache(maxsize=1024)
def _group(header: str) -> str:
    (assignment,) = parsing.parse('', [header, 'name = value']).assignments
    return parsing.normalize_group(assignment.group)


@functools.lru_cache(maxsize=1024)
def _assignment(header: str, newline: str, line: str) -> parsing.Assignment:
    """Return the assignment of a line of a section.

    :param newline: how the lines above it end
    """
    (assignment,) = parsing.parse('', [header, newline, line]).assignments
    return assignment


@functools.lru_cache(maxsize=_MOST_NAMES)
def _may_count(name: str) -> bool:
    """Return whether a name can mean anything here, whatever its group."""
    return name in host_config.OWN or lookalikes.may_be_meant(name)
