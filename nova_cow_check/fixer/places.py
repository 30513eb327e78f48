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
"""Where an option that is set nowhere is written.

It wins at any place, so that the place is one where people look for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
import enum
import re
from typing import NamedTuple

from nova_cow_check.fixer import lines
from nova_cow_check import origins


class Kind(enum.Enum):
    """What an option is written next to."""

    #: A commented-out assignment of it.
    SAMPLE = 'sample'
    SECTION = 'section'
    #: Nothing: no file has its section.
    NEW_SECTION = 'new section'


class Place(NamedTuple):
    """A place for a new line."""

    kind: Kind
    path: str
    #: Number of the line above, from 1; 0 in a file without lines.
    after: int


class _Section(NamedTuple):
    """One section of a file: numbers of its header and of its last line."""

    group: str
    header: int
    last: int


def find(
    files: Sequence[origins.ConfigFile],
    documents: Mapping[str, lines.Document],
    group: str,
    name: str,
) -> Place | None:
    """Return where to write an option, None if there is no file.

    :param files: in reading order
    :param documents: their lines, by path
    :param group: normalized as oslo.config does
    """
    samples: list[Place] = []
    mentions: list[Place] = []
    sections: list[Place] = []
    for file in files:
        document = documents[file.path]
        for section in _sections(document):
            if section.group == group:
                end = _last_assignment(file, section) or section.header
                sections.append(Place(Kind.SECTION, file.path, end))
                for number in range(section.header, section.last + 1):
                    place = Place(Kind.SAMPLE, file.path, number)
                    comment = _comment(document[number - 1], name)
                    if comment is not None:
                        (mentions if comment else samples).append(place)
    for places in (samples, mentions, sections):
        if places:
            return places[-1]
    if not files:
        return None
    path = files[-1].path
    return Place(Kind.NEW_SECTION, path, len(documents[path]))


def _sections(document: lines.Document) -> Iterator[_Section]:
    """Yield the sections of a valid file: lines that start with "["."""
    headers = [
        number
        for number, line in enumerate(document, start=1)
        if line.data.startswith(b'[')
    ]
    ends = [*headers[1:], len(document) + 1]
    for header, end in zip(headers, ends):
        text = document[header - 1].text.decode(errors='surrogateescape')
        group = origins.normalize_group(text.rstrip()[1:-1])
        yield _Section(group, header, end - 1)


def _last_assignment(file: origins.ConfigFile, section: _Section) -> int:
    """Return the number of a section's last assigning line, 0 if none."""
    return max(
        (
            assignment.origin.line + assignment.origin.lines - 1
            for assignment in file.assignments
            if section.header < assignment.origin.line <= section.last
        ),
        default=0,
    )


def _comment(line: lines.Line, name: str) -> bytes | None:
    """Return what stands before a commented-out assignment, if it is one.

    oslo-config-generator puts nothing there. Its help texts, which mention
    assignments as well, start with a blank.
    """
    pattern = rb'[#;](\s*)%s\s*[=:]' % re.escape(name.encode())
    match = re.match(pattern, line.text)
    return match and match[1]
