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

"""What to write instead, as the fixes of a SARIF result.

A fix has regions of whole lines and no column but the first, since nothing
is known about the lines but their numbers: what is replaced ends before the
line's end, and what is inserted goes before a line. Thus a line that is
removed leaves an empty one, and it does not matter how lines end, or whether
the last one does.
"""

from __future__ import annotations

from collections.abc import Iterable
import itertools

from nova_cow_check._i18n import _
from nova_cow_check import findings
from nova_cow_check.formats import edits
from nova_cow_check.formats import sarif_objects
from nova_cow_check import report
from nova_cow_check import text


def of(
    finding: findings.Finding, host: report.HostReport
) -> list[sarif_objects.Object]:
    """Return the fixes of a finding: those that edits of files can make.

    The first one changes nothing else; a second one is for an ignored line
    that was meant. There are none if the files are not on this machine.
    """
    changes = finding.replacement.changes
    choices = [(changes, _description(changes))]
    if finding.alternative is not None:
        changes += finding.alternative.replacement.changes
        meant = _('If it was meant: %(changes)s With it: %(effects)s') % {
            'changes': _description(changes),
            'effects': ' '.join(finding.alternative.effects),
        }
        choices.append((changes, meant))
    return [
        {
            'description': sarif_objects.message(description),
            'artifactChanges': _artifact_changes(found),
        }
        for changes, description in choices
        if (found := edits.on(host, changes))
    ]


def _description(changes: Iterable[findings.Change]) -> str:
    sentences = {
        findings.Action.SET: _('Write [%(group)s]/%(name)s = %(value)s.'),
        findings.Action.REMOVE: _('Remove [%(group)s]/%(name)s.'),
        findings.Action.KEEP: _('Keep [%(group)s]/%(name)s = %(value)s.'),
    }
    return ' '.join(
        sentences[change.action]
        % {
            'group': text.value_as_shown(change.group),
            'name': text.value_as_shown(change.name),
            'value': change.value,
        }
        for change in changes
    )


def _artifact_changes(
    found: Iterable[edits.Edit],
) -> list[sarif_objects.Object]:
    """Return a change for each file; the edits come sorted by file."""
    return [
        {
            'artifactLocation': sarif_objects.artifact(path),
            'replacements': [_replacement(edit) for edit in in_file],
        }
        for path, in_file in itertools.groupby(found, lambda edit: edit.path)
    ]


def _replacement(edit: edits.Edit) -> sarif_objects.Object:
    region = {'startLine': edit.line, 'startColumn': 1}
    if not edit.lines:
        region |= {'endLine': edit.line, 'endColumn': 1}
        written = ''.join(f'{line}\n' for line in edit.written)
    else:
        # Without endColumn, to the end of the line (section 3.30.8).
        region |= {'endLine': edit.line + edit.lines - 1}
        written = '\n'.join(edit.written)
    return {
        'deletedRegion': region,
        'insertedContent': {'text': written},
    }
