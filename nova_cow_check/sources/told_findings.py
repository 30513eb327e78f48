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


"""The findings and places that a report tells of."""

from __future__ import annotations

from collections.abc import Iterable
import datetime
import re
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import errors
from nova_cow_check import findings
from nova_cow_check import origins
from nova_cow_check.rules import registry
from nova_cow_check.sources import files
from nova_cow_check.sources import json_values
from nova_cow_check import text
from nova_cow_check import verdict
from nova_cow_check import waivers

_KINDS = {kind.value: kind for kind in origins.OriginKind}

_NAMED = frozenset({origins.OriginKind.FILE, origins.OriginKind.ENVIRONMENT})

_SEVERITIES = {one.name.lower(): one for one in findings.Severity}

_DAY = re.compile(r'[0-9]{4}-[0-9]{2}-[0-9]{2}')


class Told(NamedTuple):
    """What a report tells of a finding."""

    rule: str
    severity: findings.Severity
    explanation: str
    #: What to do with a setting: action, group, name, value.
    changes: tuple[tuple[str, str, str, str | None], ...]


def told(host: json_values.Node) -> tuple[Told, ...]:
    """Return the findings on a host, in their order.

    :raises ConfigurationError: if it is no host of a report
    """
    return tuple(_told(finding) for finding in _findings(host))


def of(rows: Iterable[verdict.Row]) -> tuple[Told, ...]:
    """Return what a report would tell of a verdict."""
    return tuple(
        Told(
            finding.rule,
            finding.severity,
            finding.explanation,
            tuple(
                (
                    change.action.value,
                    text.value_as_shown(change.group),
                    text.value_as_shown(change.name),
                    change.value,
                )
                for change in finding.replacement.changes
            ),
        )
        for row in rows
        for finding in row.found
    )


def accepted(
    host: json_values.Node, today: datetime.date
) -> tuple[waivers.Waiver, ...]:
    """Return the waivers of the findings on a host, for all hosts.

    :raises ConfigurationError: if it is no host of a report
    """
    found = [
        _waiver(finding, today)
        for finding in _findings(host)
        if finding['waiver'].value is not None
    ]
    return tuple(dict.fromkeys(found))


def place(node: json_values.Node) -> origins.Origin:
    """Return a place.

    :raises ConfigurationError: if it is none
    """
    kind = node['kind'].one_of(_KINDS)
    name = node['name'].words_or_none() or ''
    line = node['line'].number_or_none(files.LARGEST_FILE) or 0
    if not name and kind in _NAMED:
        node['name'].fail(_('it is missing'))
    return origins.Origin(kind, name, line)


def _findings(host: json_values.Node) -> list[json_values.Node]:
    return [
        finding
        for check in host['checks'].items()
        for finding in check['findings'].items()
    ]


def _told(finding: json_values.Node) -> Told:
    rule = finding['rule'].words()
    if rule not in registry.RULES:
        raise errors.ConfigurationError(
            _(
                'a report with a rule that this release does not know: a '
                'newer one made it'
            )
        )
    return Told(
        rule,
        finding['severity'].one_of(_SEVERITIES),
        finding['explanation'].words(),
        tuple(
            (
                change['action'].words(),
                change['group'].words(),
                change['name'].words(),
                change['value'].words_or_none(),
            )
            for change in finding['replacement'].items()
        ),
    )


def _waiver(finding: json_values.Node, today: datetime.date) -> waivers.Waiver:
    node = finding['waiver']
    rule = node['rule'].words()
    if rule != finding['rule'].words():
        node['rule'].fail(_('it is not the rule of the finding'))
    expires = _day(node['expires'])
    return waivers.Waiver(
        rule,
        hosts=(),
        reason=node['reason'].words(),
        expires=expires,
        is_expired=expires is not None and expires < today,
        origin=place(node['place']),
    )


def _day(node: json_values.Node) -> datetime.date | None:
    words = node.words_or_none()
    if words is None:
        return None
    if _DAY.fullmatch(words):
        try:
            return datetime.date.fromisoformat(words)
        except ValueError:
            pass
    node.fail(_('it is not a date such as 2027-01-31'))
