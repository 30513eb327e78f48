#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

"""Which file and line set an option.

oslo.config's ConfigOpts.get_location names the last file that has the
option's section, not the one that set the option, and knows no line. The
parser here is oslo.config's own, with the line kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
import enum
import itertools
from typing import NamedTuple, NoReturn

from oslo_config import iniparser

from nova_cow_check._i18n import _
from nova_cow_check import errors


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


class Origin(NamedTuple):
    """The place that a value comes from."""

    kind: OriginKind
    #: Path of a FILE, variable of the ENVIRONMENT, name of CONFIG_SOURCEs.
    name: str = ''
    #: Line in the FILE, from 1.
    line: int = 0
    #: Number of lines in the FILE, with those that continue the first one.
    lines: int = 1


class Assignment(NamedTuple):
    """One assignment, as it is written."""

    #: Section as written; oslo.config ignores its case, [DEFAULT] excepted.
    group: str
    name: str
    #: Value after oslo.config's unquoting and joining of continuations.
    text: str
    origin: Origin


class ConfigFile(NamedTuple):
    """The assignments of one file, in the order of the file."""

    path: str
    assignments: tuple[Assignment, ...]
    #: (normalized group, name) -> assignments, the last one wins.
    by_option: Mapping[tuple[str, str], tuple[Assignment, ...]]


def normalize_group(group: str) -> str:
    """Return the name under which oslo.config looks a group up.

    Source: oslo_config/cfg.py, _normalize_group_name.
    """
    return group if group == 'DEFAULT' else group.lower()


def parse(path: str, lines: Iterable[str]) -> ConfigFile:
    """Parse the lines of a configuration file as oslo.config does.

    :param path: shown in origins and errors; not opened
    :raises ConfigurationError: where oslo.config would raise ParseError
    """
    parser = _Parser(path)
    # The blank line flushes the last assignment while lineno still counts.
    parser.parse(itertools.chain(lines, ['']))
    return of_assignments(path, parser.assignments)


def of_assignments(path: str, assignments: Sequence[Assignment]) -> ConfigFile:
    """Return a file with these assignments, in their order."""
    by_option: dict[tuple[str, str], tuple[Assignment, ...]] = {}
    for assignment in assignments:
        key = (normalize_group(assignment.group), assignment.name)
        by_option[key] = (*by_option.get(key, ()), assignment)
    return ConfigFile(path, tuple(assignments), by_option)


class _Parser(iniparser.BaseParser):
    """Collects assignments; its errors never hold text from the file."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.group: str | None = None
        self.assignments: list[Assignment] = []

    def new_section(self, section: str) -> None:
        self.group = section

    def assignment(self, key: str, value: list[str]) -> None:
        # Called on the line after the value's last one.
        line = self.lineno - len(value)
        if self.group is None:
            self._fail(_('there is no section header above it'), line)
        origin = Origin(OriginKind.FILE, self.path, line, len(value))
        self.assignments.append(
            Assignment(self.group, key, '\n'.join(value), origin)
        )

    def error_invalid_assignment(self, line: str) -> NoReturn:
        self._fail(_('the line has neither "=" nor ":"'))

    def error_empty_key(self, line: str) -> NoReturn:
        self._fail(_('there is no option name before "=" or ":"'))

    def error_unexpected_continuation(self, line: str) -> NoReturn:
        self._fail(
            _(
                'the line starts with white space, which continues a value, '
                'but there is none to continue'
            )
        )

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
