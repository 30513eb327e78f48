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
"""The changes that a finding asks for, made in the lines of the files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import configuration
from nova_cow_check import findings
from nova_cow_check.fixer import lines
from nova_cow_check.fixer import places
from nova_cow_check import origins
from nova_cow_check import text


class Edited(NamedTuple):
    """The files with changes made."""

    #: The lines of each file, by path.
    documents: Mapping[str, lines.Document]
    #: Why they were made there, a sentence each.
    explanations: tuple[str, ...]


def of(finding: findings.Finding) -> tuple[findings.Change, ...]:
    """Return the changes of a finding that need an edit, each once.

    Of a file that is read twice, an assignment is found twice.
    """
    changes = dict.fromkeys(finding.replacement.changes)
    return tuple(
        change
        for change in changes
        if change.action is not findings.Action.KEEP
    )


def make(
    finding: findings.Finding,
    configuration_: configuration.Configuration,
    documents: Mapping[str, lines.Document],
) -> Edited:
    """Make the changes of a finding.

    :param configuration_: the files that the finding is about
    :param documents: their lines, by path
    """
    new = dict(documents)
    explanations: list[str] = []
    # From the bottom up, the numbers of the other lines stay right.
    for change in sorted(of(finding), key=_line, reverse=True):
        if change.origin.kind is origins.OriginKind.FILE:
            explanations += _explain_choice(change, configuration_, documents)
            path = change.origin.name
            new[path] = _changed(new[path], change)
        else:
            place = places.find(
                configuration_.files, new, change.group, change.name
            )
            assert place is not None
            explanations.append(_explain_place(change, place, new))
            new[place.path] = _added(new[place.path], change, place)
    return Edited(new, tuple(explanations))


def _line(change: findings.Change) -> int:
    return change.origin.line


def _changed(
    document: lines.Document, change: findings.Change
) -> lines.Document:
    origin = change.origin
    if change.value is None:
        return lines.remove(document, origin.line, origin.lines)
    return lines.assign(document, origin.line, origin.lines, change.value)


def _added(
    document: lines.Document, change: findings.Change, place: places.Place
) -> lines.Document:
    written = [f'{change.name} = {change.value}']
    if place.kind is places.Kind.NEW_SECTION:
        written.insert(0, f'[{change.group}]')
        if document and document[-1].text.strip():
            written.insert(0, '')
    return lines.insert(document, place.after, written)


def _explain_choice(
    change: findings.Change,
    configuration_: configuration.Configuration,
    documents: Mapping[str, lines.Document],
) -> list[str]:
    """Explain which of several assignments is changed."""
    origin = change.origin
    assignments = configuration_.assignments(change.group, change.name)
    # The numbers of lines that are new would be those of no file.
    number = documents[origin.name][origin.line - 1].number
    is_choice = len({found.origin for found in assignments}) > 1
    if change.action is not findings.Action.SET or not is_choice or not number:
        return []
    sentence = _(
        '%(option)s is set at more than one place; it is changed at '
        '%(path)s:%(line)d, which is read last and wins.'
    )
    return [
        sentence
        % {
            'option': f'[{change.group}]/{change.name}',
            'path': text.printable(origin.name),
            'line': number,
        }
    ]


def _explain_place(
    change: findings.Change,
    place: places.Place,
    documents: Mapping[str, lines.Document],
) -> str:
    sentence = {
        places.Kind.SAMPLE: _(
            '%(option)s is set nowhere; it goes into %(path)s, right after '
            'its commented-out line there.'
        ),
        places.Kind.SECTION: _(
            '%(option)s is set nowhere; it goes into %(path)s, the file read '
            'last of those that have [%(group)s].'
        ),
        places.Kind.NEW_SECTION: _(
            '%(option)s is set nowhere, and no file has [%(group)s]; it goes '
            'into a new section at the end of %(path)s, the file read last.'
        ),
    }[place.kind]
    if place.kind is places.Kind.SECTION and len(documents) == 1:
        sentence = _(
            '%(option)s is set nowhere; it goes into [%(group)s] of %(path)s.'
        )
    return sentence % {
        'option': f'[{change.group}]/{change.name}',
        'group': change.group,
        'path': text.printable(place.path),
    }
