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
"""The assignments of files, compared before and after an edit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from nova_cow_check import configuration
from nova_cow_check import findings
from nova_cow_check import origins

#: Groups, normalized as oslo.config does, and names of options.
Keys = Collection[tuple[str, str]]

#: Group and name as written, value.
Written = tuple[str, str, str]


def keys_of(changes: Iterable[findings.Change]) -> Keys:
    """Return the options that are changed."""
    return frozenset(
        (origins.normalize_group(change.group), change.name)
        for change in changes
    )


def key_of(assignment: origins.Assignment) -> tuple[str, str]:
    """Return the option that is assigned."""
    return origins.normalize_group(assignment.group), assignment.name


def pairs(
    before: configuration.Configuration, after: configuration.Configuration
) -> Iterator[tuple[origins.ConfigFile, origins.ConfigFile]]:
    """Yield each file before and after, once if it is read twice."""
    new = {file.path: file for file in after.files}
    for path, file in {file.path: file for file in before.files}.items():
        yield file, new[path]


def others(file: origins.ConfigFile, keys: Keys) -> list[Written]:
    """Return the assignments of other options, in the order of the file."""
    return [
        _written(assignment)
        for assignment in file.assignments
        if key_of(assignment) not in keys
    ]


def expected(
    file: origins.ConfigFile, changes: Iterable[findings.Change]
) -> list[Written]:
    """Return what changes are to make of a file, without additions."""
    by_origin = {change.origin: change for change in changes}
    after = []
    for assignment in file.assignments:
        change = by_origin.get(assignment.origin)
        if change is None:
            after.append(_written(assignment))
        elif change.value is not None:
            after.append((assignment.group, assignment.name, change.value))
    return after


def without(
    file: origins.ConfigFile, added: Iterable[findings.Change]
) -> tuple[list[Written], list[findings.Change]]:
    """Return a file's assignments but for additions, and those found."""
    wanted = {(one.group, one.name, one.value): one for one in added}
    rest, found = [], []
    for assignment in file.assignments:
        change = wanted.pop((*key_of(assignment), assignment.text), None)
        if change is None:
            rest.append(_written(assignment))
        else:
            found.append(change)
    return rest, found


def _written(assignment: origins.Assignment) -> Written:
    return assignment.group, assignment.name, assignment.text
