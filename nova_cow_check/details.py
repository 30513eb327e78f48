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

"""A row as the details of an upgrade check: lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nova_cow_check._i18n import _
from nova_cow_check import describe
from nova_cow_check import findings
from nova_cow_check import origins
from nova_cow_check import text
from nova_cow_check import verdict


def render(row: verdict.Row) -> str:
    """Return the details of a row.

    A paragraph is a line, however long; a setting to write is a line of
    its own, without indentation, as nova.conf needs it.
    """
    paragraphs = [*row.facts]
    for finding in row.found:
        paragraphs += ['', *_finding(finding)]
    return '\n'.join(paragraphs)


def _finding(finding: findings.Finding) -> Iterator[str]:
    severity = {
        findings.Severity.NOTE: _('Note'),
        findings.Severity.WARNING: _('Warning'),
        findings.Severity.FAILURE: _('Failure'),
    }[finding.severity]
    yield f'{severity}: {finding.rule}'
    yield finding.explanation
    yield from _changes(finding.replacement.changes)
    if finding.alternative is not None:
        yield _('If it was meant, write in its place:')
        yield from _settings(finding.alternative.replacement.changes)
        yield _('With it: %s') % ' '.join(finding.alternative.effects)


def _changes(changes: Iterable[findings.Change]) -> Iterator[str]:
    changes = tuple(changes)
    actions = findings.Action
    to_write = [c for c in changes if c.action is not actions.REMOVE]
    if any(change.action is actions.SET for change in changes):
        yield _('Write in nova.conf:')
        yield from _settings(to_write)
    for change in changes:
        yield from _place(change)


def _settings(changes: Iterable[findings.Change]) -> Iterator[str]:
    group = None
    for change in sorted(
        changes, key=lambda c: (c.group != 'DEFAULT', c.group)
    ):
        if change.group != group:
            group = change.group
            yield f'[{group}]'
        yield f'{change.name} = {change.value}'


def _place(change: findings.Change) -> Iterator[str]:
    """Tell where a change belongs, if that is not just anywhere."""
    actions, kinds = findings.Action, origins.OriginKind
    words = {
        'name': text.value_as_shown(change.name),
        'value': change.value,
        'place': describe.place(change.origin),
    }
    if change.action is actions.REMOVE:
        yield _('Remove %(name)s: %(place)s.') % words
    elif change.action is actions.KEEP:
        yield _('Keep %(name)s = %(value)s: %(place)s.') % words
    elif change.origin.kind is kinds.FILE:
        yield _('Replace %(name)s at %(place)s.') % words
    elif change.origin.kind in (kinds.ENVIRONMENT, kinds.OVERRIDE):
        yield (
            _(
                'Change %(name)s where it comes from, which beats nova.conf: '
                '%(place)s.'
            )
            % words
        )
