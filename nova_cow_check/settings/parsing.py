# SPDX-License-Identifier: Apache-2.0

"""Which file and line set an option.

oslo.config's ConfigOpts.get_location names the last file that has the
option's section, not the one that set the option, and knows no line. The
parser here is oslo.config's own, with the line kept, and with what an edit
has to know of it: of the lines of Nova's image options alone, since the
others hold passwords.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import enum
import itertools
import re
from typing import NamedTuple, NoReturn

from oslo_config import iniparser

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.nova import opts

#: The names of the options in each group.
_NAMES = {
    group: [one.name for one in opts.OPTIONS if one.group == group]
    for group in {one.group for one in opts.OPTIONS}
}

#: A commented-out assignment: what stands before it, and its name.
_SAMPLE = re.compile(
    rf'[#;](\s*)({"|".join(one.name for one in opts.OPTIONS)})\s*[=:]',
    re.ASCII,
)

#: Name and separator; space; value; space. The first separator counts.
_ASSIGNMENT = re.compile(r'([^:=]*[:=])(\s*)(.*?)(\s*)', re.ASCII | re.DOTALL)

_COMMENT_MARK = re.compile('[#;]')


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


class PlaceKind(enum.IntEnum):
    """What a new setting is written next to; the greatest is the best."""

    #: Nothing: the file has no section for it, and gets one at its end.
    NEW_SECTION = 0
    #: The last assignment of the last such section, or its header.
    SECTION = 1
    #: A comment that has an assignment of it behind a blank. The help texts
    #: of oslo-config-generator mention such, too.
    MENTION = 2
    #: A commented-out assignment of it.
    SAMPLE = 3


class Place(NamedTuple):
    """Where an option that is not written yet could be, in one file."""

    kind: PlaceKind
    path: str
    #: Number of the line above, from 1; 0 in a file without lines.
    above: int
    #: How a new line ends: as the line above, or as the one above that.
    newline: str
    #: Where it begins: behind a last line that has no end, in UTF-16 code
    #: units from 1; else 1, below the line.
    column: int
    #: Whether a blank line, or none at all, is above.
    is_apart: bool


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


class ConfigFile(NamedTuple):
    """The assignments of one file, in the order of the file."""

    path: str
    assignments: tuple[Assignment, ...]
    #: (normalized group, name) -> assignments, the last one wins.
    by_option: Mapping[tuple[str, str], tuple[Assignment, ...]]
    #: Where each of `opts.OPTIONS` could be written, in their order.
    places: tuple[Place, ...]


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
    return of_assignments(
        path, parser.assignments, parser.finder.places(path, lines)
    )


def of_assignments(
    path: str, assignments: Sequence[Assignment], places: tuple[Place, ...]
) -> ConfigFile:
    """Return a file with these assignments, in their order."""
    by_option: dict[tuple[str, str], tuple[Assignment, ...]] = {}
    for assignment in assignments:
        key = (normalize_group(assignment.group), assignment.name)
        by_option[key] = (*by_option.get(key, ()), assignment)
    return ConfigFile(path, tuple(assignments), by_option, places)


class PlaceFinder:
    """Finds where options could be written, told of lines in their order.

    An option wins at any place, so that the place is one where people look
    for it.
    """

    def __init__(self) -> None:
        self._best: dict[str, tuple[PlaceKind, int]] = {}

    def pass_section(self, group: str, line: int) -> None:
        """Note the header of a section, or an assignment's last line.

        :param group: normalized as oslo.config does
        """
        for name in _NAMES.get(group, ()):
            self._note(name, PlaceKind.SECTION, line)

    def pass_comment(self, group: str, line: int, text: str) -> None:
        """Note a comment, if it has an assignment of the section it is in."""
        match = _SAMPLE.match(text)
        if match and match[2] in _NAMES.get(group, ()):
            kind = PlaceKind.MENTION if match[1] else PlaceKind.SAMPLE
            self._note(match[2], kind, line)

    def _note(self, name: str, kind: PlaceKind, line: int) -> None:
        if name not in self._best or kind >= self._best[name][0]:
            self._best[name] = kind, line

    def places(self, path: str, lines: Sequence[str]) -> tuple[Place, ...]:
        """Return the best place of each of `opts.OPTIONS`."""
        bottom = (PlaceKind.NEW_SECTION, len(lines))
        best = [self._best.get(one.name, bottom) for one in opts.OPTIONS]
        found = {one: _place(path, lines, *one) for one in set(best)}
        return tuple(map(found.__getitem__, best))


def is_sample(line: str) -> bool:
    """Return whether a comment may tell where an option is written."""
    return _SAMPLE.match(line) is not None


def newline(lines: Sequence[str], number: int) -> str:
    """Return how a new line below another one ends."""
    for line in reversed(lines[max(number - 2, 0) : number]):
        if end := _end(line):
            return end
    return '\n'


def _place(
    path: str, lines: Sequence[str], kind: PlaceKind, number: int
) -> Place:
    above = lines[number - 1] if number else ''
    column = 1
    if above and not _end(above):
        units = above.encode('utf-16-le', errors='surrogatepass')
        column += len(units) // 2
    is_apart = not above.strip()
    return Place(kind, path, number, newline(lines, number), column, is_apart)


def _end(line: str) -> str:
    return line[len(line.rstrip('\r\n')) :]


def _frame(written: Sequence[str], value: Sequence[str], new: str) -> Frame:
    """Return the frame of an assignment.

    :param written: its lines
    :param value: what oslo.config made of these
    :param new: how a new line there ends
    """
    text = written[0].rstrip('\r\n')
    match = _ASSIGNMENT.fullmatch(text)
    assert match is not None
    key, space, old, rest = match.groups()
    if len(written) > 1:
        # Of several lines with a value, none is known to be this option's.
        is_one = sum(bool(part.strip()) for part in value) == 1
        old, rest = written[-1].strip() if is_one else '', ''
    if not space and (len(written) > 1 or not old):
        space = ' ' if key[-2:-1].isspace() else ''
    comment, quote = _decoration(old)
    above = comment + new if comment else ''
    return Frame(above + key + space + quote, quote + rest + _end(written[-1]))


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
        self.assignments: list[Assignment] = []
        self.finder = PlaceFinder()

    def new_section(self, section: str) -> None:
        self.group = section
        self.normalized = normalize_group(section)
        self.finder.pass_section(self.normalized, self.lineno)

    def comment(self, comment: str) -> None:
        line = self.lines[self.lineno - 1]
        self.finder.pass_comment(self.normalized, self.lineno, line)

    def assignment(self, key: str, value: list[str]) -> None:
        # Called on the line after the value's last one.
        line = self.lineno - len(value)
        if self.group is None:
            self._fail(_('there is no section header above it'), line)
        origin = Origin(OriginKind.FILE, self.path, line, len(value))
        last = self.lineno - 1
        written = self.lines[line - 1 : last]
        if key in _NAMES.get(self.normalized, ()):
            frame = _frame(written, value, newline(self.lines, last))
        else:
            frame = Frame('', _end(written[-1]))
        self.assignments.append(
            Assignment(self.group, key, '\n'.join(value), origin, frame)
        )
        self.finder.pass_section(self.normalized, last)

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
        raise errors.ConfigurationError(
            _('not a valid configuration file: %s') % reason,
            self.path,
            self.lineno if line is None else line,
        )
