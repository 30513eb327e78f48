# SPDX-License-Identifier: Apache-2.0

"""Which file and line set an option.

oslo.config's ConfigOpts.get_location names the last file that has the
option's section, not the one that set the option, and knows no line. The
parser here is oslo.config's own, with the line kept, and with what an edit
has to know of it: of the lines of Nova's image options alone, since the
others hold passwords.
"""

from __future__ import annotations

import array
import bisect
from collections.abc import Iterator, Mapping, Sequence
import enum
import functools
import itertools
import operator
import re
from typing import NamedTuple, NoReturn, overload

from oslo_config import iniparser

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.settings import columns
from nova_cow_check.settings import limits
from nova_cow_check.settings import new_lines

#: The group of the libvirt driver's options, normalized.
LIBVIRT = 'libvirt'

#: Name and separator; space; value; space. The first separator counts.
_ASSIGNMENT = re.compile(r'([^:=]*[:=])(\s*)(.*?)(\s*)', re.ASCII | re.DOTALL)

_COMMENT_MARK = re.compile('[#;]')

#: A line that would be a header, if no white space stood before it. Compiled
#: when looked for: hardly any value has a second line.
_HEADER = r'\[[^\S\n]*(\w+)[^\S\n]*\]'

#: A byte order mark of UTF-8, as text and as Latin-1 has it.
_BYTE_ORDER_MARKS = ('\ufeff', '\xef\xbb\xbf')


class OriginKind(enum.Enum):
    """The kinds of places a value can come from."""

    #: Not written anywhere: Nova's default.
    DEFAULT = 'default'
    FILE = 'file'
    ENVIRONMENT = 'environment'
    #: A source named by [DEFAULT]/config_source.
    CONFIG_SOURCE = 'config_source'
    #: Set by the program that loaded the configuration.
    OVERRIDE = 'override'
    #: In the configuration, at a place that could not be found again.
    UNKNOWN = 'unknown'

    # Hashed with every origin; that of enum.Enum is made in Python.
    __hash__ = object.__hash__


class Origin(NamedTuple):
    """The place that a value comes from."""

    kind: OriginKind
    #: Path of a FILE, variable of the ENVIRONMENT, name of CONFIG_SOURCEs.
    name: str = ''
    #: Line in the FILE, from 1.
    line: int = 0
    #: Number of lines in the FILE, with those that continue the first one.
    lines: int = 1


class Frame(NamedTuple):
    """What stands around a value, for an edit that writes another one."""

    #: Up to the value; what looks like a comment behind it was a part of it,
    #: and is above it here, on a line of its own.
    before: str
    #: Up to the end of its last line, which only that of a file can lack.
    after: str


class Header(NamedTuple):
    """A section header that white space makes a part of a value."""

    #: Normalized as oslo.config does.
    group: str
    origin: Origin


class Assignment(NamedTuple):
    """One assignment, as it is written."""

    #: Section as written; oslo.config ignores its case, [DEFAULT] excepted.
    group: str
    name: str
    #: Value after oslo.config's unquoting and joining of continuations.
    text: str
    origin: Origin
    #: None if it is in no file that was read here.
    frame: Frame | None = None
    #: The last one above it in its section that is none.
    header: Header | None = None


class ConfigFile(NamedTuple):
    """The assignments of one file, in the order of the file."""

    path: str
    assignments: Sequence[Assignment]
    #: (normalized group, name) -> assignments, the last one wins.
    by_option: Mapping[tuple[str, str], Sequence[Assignment]]
    #: Where each of `opts.OPTIONS` could be written, in their order.
    places: tuple[new_lines.Place, ...]
    limits: limits.Limits = limits.Limits()
    #: Of the assignments, those that refer to other options.
    referring: Sequence[Assignment] = ()
    #: And those that have several lines.
    continued: Sequence[Assignment] = ()
    #: The first option that is written in [libvirt], any of them.
    libvirt_option: Origin | None = None


def normalize_group(group: str) -> str:
    """Return the name under which oslo.config looks a group up.

    Source: oslo_config/cfg.py, _normalize_group_name.
    """
    return group if group == 'DEFAULT' else group.lower()


def parse(path: str, lines: Sequence[str]) -> ConfigFile:
    """Parse the lines of a configuration file as oslo.config does.

    :param path: shown in origins and errors; not opened
    :param lines: with their ends
    :raises ConfigurationError: where oslo.config would raise ParseError
    """
    parser = _Parser(path, lines)
    # The blank line flushes the last assignment while lineno still counts.
    parser.parse(itertools.chain(lines, ['']))
    found = _Written(
        path, lines, parser.columns, parser.headers, parser.held_from
    )
    return ConfigFile(
        path,
        _Assignments(found, range(len(parser.columns))),
        _ByOption(found),
        parser.finder.places(path, lines),
        referring=_Assignments(found, parser.referring),
        continued=_Assignments(found, parser.continued),
        libvirt_option=parser.libvirt_option,
    )


def of_assignments(
    path: str,
    assignments: Sequence[Assignment],
    places: tuple[new_lines.Place, ...],
    libvirt_option: Origin | None,
) -> ConfigFile:
    """Return a file with these assignments, in their order."""
    by_option: dict[tuple[str, str], list[Assignment]] = {}
    for assignment in assignments:
        key = (normalize_group(assignment.group), assignment.name)
        by_option.setdefault(key, []).append(assignment)
    return ConfigFile(
        path,
        assignments,
        by_option,
        places,
        referring=tuple(one for one in assignments if '$' in one.text),
        continued=tuple(one for one in assignments if one.origin.lines > 1),
        libvirt_option=libvirt_option,
    )


class _Written(NamedTuple):
    """What a file assigns, and its lines."""

    path: str
    lines: Sequence[str]
    columns: columns.Columns
    #: Headers that are a part of a value, or none any more, and the
    #: positions that they hold from.
    headers: Sequence[Header | None]
    held_from: Sequence[int]

    def assignment(self, position: int) -> Assignment:
        row = self.columns[position]
        last = row.line + row.lines - 1
        written = self.lines[last - 1]
        frame = Frame('', new_lines.end_of(written))
        names = new_lines.NAMES.get(normalize_group(row.group), ())
        # Of several lines, any can have been meant for another option.
        if row.name in names and row.lines == 1:
            frame = _frame(written, new_lines.newline(self.lines, last))
        origin = Origin(OriginKind.FILE, self.path, row.line, row.lines)
        header = self._header(position)
        return Assignment(row.group, row.name, row.text, origin, frame, header)

    def _header(self, position: int) -> Header | None:
        above = bisect.bisect_right(self.held_from, position)
        return self.headers[above - 1] if above else None


class _Assignments(Sequence[Assignment]):
    """Assignments that are made when they are asked for."""

    def __init__(self, written: _Written, positions: Sequence[int]) -> None:
        self._written = written
        self._positions = positions

    def __len__(self) -> int:
        return len(self._positions)

    def __iter__(self) -> Iterator[Assignment]:
        return map(self._written.assignment, self._positions)

    @overload
    def __getitem__(self, index: int) -> Assignment: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Assignment]: ...

    def __getitem__(
        self, index: int | slice
    ) -> Assignment | Sequence[Assignment]:
        if isinstance(index, slice):
            return _Assignments(self._written, self._positions[index])
        return self._written.assignment(self._positions[index])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Assignments):
            return NotImplemented
        # Nearly always, all of the file is the same.
        are_same = self._positions == other._positions
        if are_same and self._written == other._written:
            return True
        return len(self) == len(other) and all(map(operator.eq, self, other))


class _ByOption(Mapping[tuple[str, str], Sequence[Assignment]]):
    """The assignments of each option."""

    def __init__(self, written: _Written) -> None:
        self._written = written

    def __len__(self) -> int:
        return len(self._written.columns.options)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._written.columns.options)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _ByOption):
            return NotImplemented
        # What these are in full is compared with the assignments.
        return self._written.columns == other._written.columns

    def __getitem__(self, key: tuple[str, str]) -> Sequence[Assignment]:
        positions = self._written.columns.positions(*key)
        if not positions:
            raise KeyError(key)
        return _Assignments(self._written, positions)


def is_header(line: str) -> bool:
    """Return whether a line of a value looks like a section's header."""
    return re.fullmatch(_HEADER, line, re.ASCII) is not None


def matches_below(
    pattern: str, value: str
) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield how far below its first line a value has one of a pattern.

    A value can have millions of lines, which is why it is searched as one.

    :param pattern: of a whole line; it must match no end of a line
    """
    lines, counted = 0, 0
    whole = re.compile(rf'\n(?:{pattern})$', re.ASCII | re.MULTILINE)
    for match in whole.finditer(value):
        lines += value.count('\n', counted, match.start() + 1)
        counted = match.start() + 1
        yield lines, match


# One file can have the same line a million times.
@functools.lru_cache(maxsize=256)
def _frame(written: str, new: str) -> Frame:
    """Return the frame of an assignment that is one line.

    :param written: the line
    :param new: how a new line there ends
    """
    match = _ASSIGNMENT.fullmatch(written.rstrip('\r\n'))
    assert match is not None
    key, space, old, rest = match.groups()
    if not space and not old:
        space = ' ' if key[-2:-1].isspace() else ''
    comment, quote = _decoration(old)
    above = comment + new if comment else ''
    return Frame(
        above + key + space + quote, quote + rest + new_lines.end_of(written)
    )


def _decoration(written: str) -> tuple[str, str]:
    """Return the comment behind an old value, and its quote."""
    quote = _quote(written)
    inside = written[len(quote) : len(written) - len(quote)]
    mark = _COMMENT_MARK.search(inside)
    if mark is None:
        return '', quote
    value = inside[: mark.start()].strip()
    return inside[mark.start() :].strip(), quote or _quote(value)


def _quote(written: str) -> str:
    """Return the quote around a value, empty if there is no pair."""
    first, last = written[:1], written[-1:]
    is_pair = len(written) > 1 and first == last and first in ('"', "'")
    return first if is_pair else ''


class _Parser(iniparser.BaseParser):
    """Collects assignments; its errors never hold text from the file."""

    def __init__(self, path: str, lines: Sequence[str]) -> None:
        super().__init__()
        self.path = path
        self.lines = lines
        self.group: str | None = None
        self.normalized = ''
        self.columns = columns.Columns()
        self.libvirt_option: Origin | None = None
        self.finder = new_lines.PlaceFinder()
        #: Positions of what refers to other options, and has several lines.
        self.referring = array.array('I')
        self.continued = array.array('I')
        #: As in `_Written`.
        self.headers: list[Header | None] = []
        self.held_from = array.array('I')

    def new_section(self, section: str) -> None:
        self.group = section
        self.normalized = normalize_group(section)
        self.finder.pass_section(self.normalized, self.lineno)
        if self.headers and self.headers[-1]:
            self._note_header(None)

    def comment(self, comment: str) -> None:
        line = self.lines[self.lineno - 1]
        self.finder.pass_comment(self.normalized, self.lineno, line)

    def assignment(self, key: str, value: list[str]) -> None:
        # Called on the line after the value's last one.
        line = self.lineno - len(value)
        if self.group is None:
            self._fail(_('there is no section header above it'), line)
        if self.normalized == LIBVIRT and self.libvirt_option is None:
            self.libvirt_option = Origin(OriginKind.FILE, self.path, line)
        row = self.group, key, '\n'.join(value), line, len(value)
        position = len(self.columns)
        self.columns.add(self.normalized, row)
        if '$' in row[2]:
            self.referring.append(position)
        if len(value) > 1:
            self.continued.append(position)
            self._note_headers(row[2], line)
        self.finder.pass_section(self.normalized, self.lineno - 1)

    def _note_headers(self, value: str, line: int) -> None:
        """Note what looks like a header, and is a part of a value."""
        for below, match in matches_below(_HEADER, value):
            origin = Origin(OriginKind.FILE, self.path, line + below)
            self._note_header(Header(normalize_group(match[1]), origin))

    def _note_header(self, header: Header | None) -> None:
        self.headers.append(header)
        self.held_from.append(len(self.columns))

    def error_invalid_assignment(self, line: str) -> NoReturn:
        self._fail(_('the line has neither "=" nor ":"'))

    def error_empty_key(self, line: str) -> NoReturn:
        self._fail(_('there is no option name before "=" or ":"'))

    def error_unexpected_continuation(self, line: str) -> NoReturn:
        reason = _(
            'the line starts with white space, which continues a value, '
            'but there is none to continue'
        )
        self._fail(reason)

    def error_no_section_end_bracket(self, line: str) -> NoReturn:
        self._fail(_('the section header does not end with "]"'))

    def error_no_section_name(self, line: str) -> NoReturn:
        self._fail(_('the section header has no name'))

    def _fail(self, reason: str, line: int | None = None) -> NoReturn:
        line = self.lineno if line is None else line
        if line == 1 and self.lines[0].startswith(_BYTE_ORDER_MARKS):
            reason = _(
                'it begins with a byte order mark (BOM), which oslo.config '
                'takes for text: save it as UTF-8 without BOM'
            )
        raise errors.ConfigurationError(
            _('not a valid configuration file: %s') % reason, self.path, line
        )
