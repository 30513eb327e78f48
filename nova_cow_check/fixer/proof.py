# SPDX-License-Identifier: Apache-2.0

"""What an edit must have done, and nothing more: read again and compared.

What an edit was meant to do is taken from the findings, what it did from
the files. Nothing is written that is not proven here.
"""

from __future__ import annotations

import collections
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check.fixer import lines
from nova_cow_check import printing
from nova_cow_check.rules import findings
from nova_cow_check.rules import invalid_setting
from nova_cow_check.rules import rule
from nova_cow_check.settings import host_config
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing

#: Groups, normalized as oslo.config does, and names of options.
Keys = Collection[tuple[str, str]]

#: Group and name as written, value.
Written = tuple[str, str, str]


class NotProven(errors.NoVerdict):
    """An edit does not do what it is for, and must not be written."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            _('the edit is not proven right, nothing is changed: %s') % reason
        )


class Judged(NamedTuple):
    """A configuration, and what was found in it."""

    configuration: host_config.Configuration
    settings: host_settings.ImageSettings
    #: In the order of the verdict, each once.
    found: tuple[findings.Finding, ...]


def keys_of(fixed: Iterable[findings.Finding]) -> Keys:
    """Return the options that are changed to end findings."""
    return frozenset(
        (parsing.normalize_group(change.group), change.name)
        for finding in fixed
        for change in findings.to_make(finding.replacement.changes)
    )


def check(
    before: Judged, after: Judged, fixed: Collection[findings.Finding]
) -> None:
    """Require that edits end findings and change nothing else.

    :param fixed: what the edits are for, in their order
    :raises NotProven: if they do not
    """
    if before.settings.files != after.settings.files:
        raise NotProven(_('other files would be read'))
    changes = [
        change
        for finding in fixed
        for change in findings.to_make(finding.replacement.changes)
    ]
    keys = keys_of(fixed)
    _require_values(after.configuration, changes)
    for old, new in _pairs(before.configuration, after.configuration):
        if _others(old, keys) != _others(new, keys):
            raise NotProven(
                _('another assignment would change in %s')
                % printing.printable(new.path)
            )
    _require_same_behaviour(before.settings, after.settings, keys)
    _require_findings(before, after, fixed)


def check_step(
    before: Judged, after: Judged, finding: findings.Finding
) -> None:
    """Require all that `check` does, for the edit that ends one finding.

    And more: of the options concerned, too, no assignment changes but those
    that the finding is about.

    :raises NotProven: if it is otherwise
    """
    check(before, after, [finding])
    changes = findings.to_make(finding.replacement.changes)
    added = [
        change
        for change in changes
        if change.origin.kind is parsing.OriginKind.DEFAULT
    ]
    for old, new in _pairs(before.configuration, after.configuration):
        rest, found = _without(new, added)
        added = [change for change in added if change not in found]
        if rest != _expected(old, changes):
            raise NotProven(
                _('an assignment would not be as it has to be in %s')
                % printing.printable(new.path)
            )
    if added:
        raise NotProven(_('a setting would not be written'))


def check_bytes(
    before: parsing.ConfigFile,
    after: parsing.ConfigFile,
    old: bytes,
    new: bytes,
    hunks: Sequence[lines.Hunk],
    keys: Keys,
) -> None:
    """Require that hunks hold all that changed, and lines of options only.

    :param before: what was parsed from `old`
    :param after: what was parsed from `new`
    :param keys: the options that may change: see `keys_of`
    :raises NotProven: if it is otherwise
    """
    if not _is_all(lines.split(old), lines.split(new), hunks):
        reason = _('bytes outside the edited lines would change in %s')
    elif not _is_of_options(before, after, hunks, keys):
        reason = _('a line of another option would be edited in %s')
    else:
        return
    raise NotProven(reason % printing.printable(after.path))


def _require_values(
    after: host_config.Configuration, changes: Iterable[findings.Change]
) -> None:
    """Read the options that changed with oslo.config, and compare."""
    wanted = {(one.group, one.name): one.value for one in changes}
    host = host_settings.read(host_config.HostConfig(after), after)
    for setting in host.all:
        option = setting.option
        if (option.group, option.name) not in wanted:
            continue
        value = wanted[option.group, option.name]
        if value is None:
            is_right = setting.origin.kind is not parsing.OriginKind.FILE
        else:
            is_right = setting.value == option.opt.type(value)
        if not is_right:
            raise NotProven(_('%s would not have its new value') % option)


def _require_same_behaviour(
    before: host_settings.ImageSettings,
    after: host_settings.ImageSettings,
    keys: Keys,
) -> None:
    for old, new in zip(before.all, after.all):
        is_meant = (old.option.group, old.option.name) in keys
        if not is_meant and (old.value, old.fault) != (new.value, new.fault):
            raise NotProven(_('%s would change, too') % old.option)
    judged = map(invalid_setting.repaired, (before, after))
    # With faults, there is none; what else changed has been seen above.
    backends = {
        rule.behaviour_of(host).backend for host in judged if not host.faulty
    }
    if len(backends) > 1:
        raise NotProven(_('the image backend would change'))


def _require_findings(
    before: Judged, after: Judged, fixed: Iterable[findings.Finding]
) -> None:
    """Require that what was fixed is gone, and that nothing else came."""
    expected = _rules(before.found) - _rules(fixed)
    if unexpected := _rules(after.found) - expected:
        raise NotProven(_('%s would be found') % ', '.join(unexpected))


def _rules(found: Iterable[findings.Finding]) -> collections.Counter[str]:
    return collections.Counter(finding.rule for finding in found)


def _key_of(assignment: parsing.Assignment) -> tuple[str, str]:
    """Return the option that is assigned."""
    return parsing.normalize_group(assignment.group), assignment.name


def _pairs(
    before: host_config.Configuration, after: host_config.Configuration
) -> Iterator[tuple[parsing.ConfigFile, parsing.ConfigFile]]:
    """Yield each file before and after, once if it is read twice."""
    new = {file.path: file for file in after.files}
    for path, file in {file.path: file for file in before.files}.items():
        yield file, new[path]


def _others(file: parsing.ConfigFile, keys: Keys) -> list[Written]:
    """Return the assignments of other options, in the order of the file."""
    return [
        _written(assignment)
        for assignment in file.assignments
        if _key_of(assignment) not in keys
    ]


def _expected(
    file: parsing.ConfigFile, changes: Iterable[findings.Change]
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


def _without(
    file: parsing.ConfigFile, added: Iterable[findings.Change]
) -> tuple[list[Written], list[findings.Change]]:
    """Return a file's assignments but for additions, and those found."""
    wanted = {(one.group, one.name, one.value): one for one in added}
    rest, found = [], []
    for assignment in file.assignments:
        change = wanted.pop((*_key_of(assignment), assignment.text), None)
        if change is None:
            rest.append(_written(assignment))
        else:
            found.append(change)
    return rest, found


def _written(assignment: parsing.Assignment) -> Written:
    return assignment.group, assignment.name, assignment.text


def _is_all(
    old: lines.Document, new: lines.Document, hunks: Iterable[lines.Hunk]
) -> bool:
    expected: list[bytes] = []
    position = 0
    for hunk in hunks:
        start = hunk.before - 1
        expected += (line.data for line in old[position:start])
        position = start + len(hunk.removed)
        removed = tuple(line.data for line in old[start:position])
        if removed != hunk.removed or len(expected) != hunk.after - 1:
            return False
        expected += hunk.added
    expected += (line.data for line in old[position:])
    # A last line without an end gets one when another line follows.
    return len(expected) == len(new) and all(
        line.data == data or (line.text == data and line is not new[-1])
        for line, data in zip(new, expected)
    )


def _is_of_options(
    before: parsing.ConfigFile,
    after: parsing.ConfigFile,
    hunks: Iterable[lines.Hunk],
    keys: Keys,
) -> bool:
    removable = set(_lines_of(before, keys))
    addable = set(_lines_of(after, keys))
    headers = {f'[{group}]'.encode() for group, _name in keys}
    for hunk in hunks:
        removed = range(hunk.before, hunk.before + len(hunk.removed))
        if not removable.issuperset(removed):
            return False
        for number, data in enumerate(hunk.added, start=hunk.after):
            line = data.strip()
            is_moved = any(line in old for old in hunk.removed)
            is_comment = line.startswith((b'#', b';')) and is_moved
            is_more = not line or is_comment or line in headers
            if number not in addable and not is_more:
                return False
    return True


def _lines_of(file: parsing.ConfigFile, keys: Keys) -> Iterator[int]:
    """Yield the numbers of the lines that assign some options."""
    for assignment in file.assignments:
        if _key_of(assignment) in keys:
            first = assignment.origin.line
            yield from range(first, first + assignment.origin.lines)
