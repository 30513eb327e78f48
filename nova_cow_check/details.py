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

"""A finding in words: lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import describe
from nova_cow_check import findings
from nova_cow_check import origins
from nova_cow_check import text
from nova_cow_check import waivers


class Paragraph(NamedTuple):
    """A piece of the details; only text may be wrapped or indented."""

    text: str
    #: A line as nova.conf takes it.
    is_setting: bool = False


def heading(finding: findings.Finding) -> str:
    """Return for example ``Warning: implicit-image-backend``."""
    severity = {
        findings.Severity.NOTE: _('Note'),
        findings.Severity.WARNING: _('Warning'),
        findings.Severity.FAILURE: _('Failure'),
    }[finding.severity]
    if not finding.counts:
        severity = _('%s, waived') % severity
    return f'{severity}: {finding.rule}'


def body(finding: findings.Finding) -> Iterator[Paragraph]:
    """Yield what is wrong, and what to write instead."""
    if finding.waiver is not None:
        yield Paragraph(describe.waiver(finding.waiver))
    yield Paragraph(finding.explanation)
    yield from _changes(finding.replacement.changes)
    if finding.alternative is not None:
        yield Paragraph(_('If it was meant, write in its place:'))
        yield from _settings(finding.alternative.replacement.changes)
        effects = ' '.join(finding.alternative.effects)
        yield Paragraph(_('With it: %s') % effects)


def unused(waivers_: Iterable[waivers.Waiver]) -> str:
    """Return a sentence with the waivers that no finding matches."""
    return _('Waivers that matched nothing: %s.') % ', '.join(
        f'{waiver.rule} ({describe.place(waiver.origin)})'
        for waiver in waivers_
    )


def _changes(changes: Iterable[findings.Change]) -> Iterator[Paragraph]:
    changes = tuple(changes)
    actions = findings.Action
    to_write = [c for c in changes if c.action is not actions.REMOVE]
    if any(change.action is actions.SET for change in changes):
        yield Paragraph(_('Write in nova.conf:'))
        yield from _settings(to_write)
    for change in changes:
        sentence = _place(change)
        if sentence:
            yield Paragraph(sentence)


def _settings(changes: Iterable[findings.Change]) -> Iterator[Paragraph]:
    group = None
    for change in sorted(
        changes, key=lambda c: (c.group != 'DEFAULT', c.group)
    ):
        if change.group != group:
            group = change.group
            yield Paragraph(f'[{group}]', is_setting=True)
        yield Paragraph(f'{change.name} = {change.value}', is_setting=True)


def _place(change: findings.Change) -> str:
    """Tell where a change belongs, '' if that is just anywhere."""
    actions, kinds = findings.Action, origins.OriginKind
    if change.action is actions.REMOVE:
        sentence = _('Remove %(name)s: %(place)s.')
    elif change.action is actions.KEEP:
        sentence = _('Keep %(name)s = %(value)s: %(place)s.')
    elif change.origin.kind is kinds.FILE:
        sentence = _('Replace %(name)s at %(place)s.')
    elif change.origin.kind in (kinds.ENVIRONMENT, kinds.OVERRIDE):
        sentence = _(
            'Change %(name)s where it comes from, which beats nova.conf: '
            '%(place)s.'
        )
    else:
        return ''
    return sentence % {
        'name': text.value_as_shown(change.name),
        'value': change.value,
        'place': describe.place(change.origin),
    }
