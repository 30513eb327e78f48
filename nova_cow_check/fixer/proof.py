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
"""What an edit must have done, and nothing more: read again and compared.

What an edit was meant to do is taken from the findings, what it did from
the files. Nothing is written that is not proven here.
"""

from __future__ import annotations

import collections
from collections.abc import Collection, Iterable
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import configuration
from nova_cow_check import errors
from nova_cow_check import findings
from nova_cow_check.fixer import assignments
from nova_cow_check.fixer import edits
from nova_cow_check import origins
from nova_cow_check.rules import invalid_setting
from nova_cow_check.rules import rule
from nova_cow_check import settings
from nova_cow_check import text


class NotProven(errors.NoVerdict):
    """An edit does not do what it is for, and must not be written."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            _('the edit is not proven right, nothing is changed: %s') % reason
        )


class Judged(NamedTuple):
    """A configuration, and what was found in it."""

    configuration: configuration.Configuration
    settings: settings.ImageSettings
    #: In the order of the verdict, each once.
    found: tuple[findings.Finding, ...]


def check(
    before: Judged, after: Judged, fixed: Collection[findings.Finding]
) -> None:
    """Require that edits end findings and change nothing else.

    :param fixed: what the edits are for, in their order
    :raises NotProven: if they do not
    """
    if before.settings.files != after.settings.files:
        raise NotProven(_('other files would be read'))
    changes = [change for finding in fixed for change in edits.of(finding)]
    keys = assignments.keys_of(changes)
    _require_values(after.configuration, changes)
    for old, new in assignments.pairs(
        before.configuration, after.configuration
    ):
        if assignments.others(old, keys) != assignments.others(new, keys):
            raise NotProven(
                _('another assignment would change in %s')
                % text.printable(new.path)
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
    changes = edits.of(finding)
    added = [
        change
        for change in changes
        if change.origin.kind is origins.OriginKind.DEFAULT
    ]
    for old, new in assignments.pairs(
        before.configuration, after.configuration
    ):
        rest, found = assignments.without(new, added)
        added = [change for change in added if change not in found]
        if rest != assignments.expected(old, changes):
            raise NotProven(
                _('an assignment would not be as it has to be in %s')
                % text.printable(new.path)
            )
    if added:
        raise NotProven(_('a setting would not be written'))


def _require_values(
    after: configuration.Configuration, changes: Iterable[findings.Change]
) -> None:
    """Read the options that changed with oslo.config, and compare."""
    wanted = {(one.group, one.name): one.value for one in changes}
    host = settings.read(configuration.HostConfig(after), after)
    for setting in host.all:
        option = setting.option
        if (option.group, option.name) not in wanted:
            continue
        value = wanted[option.group, option.name]
        if value is None:
            is_right = setting.origin.kind is not origins.OriginKind.FILE
        else:
            is_right = setting.value == option.opt.type(value)
        if not is_right:
            raise NotProven(_('%s would not have its new value') % option)


def _require_same_behaviour(
    before: settings.ImageSettings,
    after: settings.ImageSettings,
    keys: assignments.Keys,
) -> None:
    for old, new in zip(before.all, after.all):
        is_meant = (old.option.group, old.option.name) in keys
        if not is_meant and (old.value, old.fault) != (new.value, new.fault):
            raise NotProven(_('%s would change, too') % old.option)
    backends = {
        rule.behaviour_of(invalid_setting.repaired(host)).backend
        for host in (before, after)
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
