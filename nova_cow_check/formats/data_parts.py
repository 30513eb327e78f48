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


"""Parts that several objects of the document have."""

from __future__ import annotations

from collections.abc import Iterable
import enum
from typing import Any

from nova_cow_check import findings
from nova_cow_check import origins
from nova_cow_check import report
from nova_cow_check import text
from nova_cow_check import waivers

#: JSON's own types.
Data = dict[str, Any]


def place(
    origin: origins.Origin, host: report.HostReport | None = None
) -> Data:
    """Return a place; what does not apply to its kind is null.

    :param host: whose origin it is, if its files may have been collected
    """
    name = origin.name
    if host is not None and origin.kind is origins.OriginKind.FILE:
        name = host.path_of(name)
    return {
        'kind': origin.kind.value,
        'name': text.printable(name) or None,
        'line': origin.line or None,
    }


def changes(
    asked_for: Iterable[findings.Change], host: report.HostReport
) -> list[Data]:
    """Return what to write, keep or remove on a host."""
    return [
        {
            'action': change.action.value,
            'group': text.value_as_shown(change.group),
            'name': text.value_as_shown(change.name),
            'value': change.value,
            'place': place(change.origin, host),
        }
        for change in asked_for
    ]


def waiver(one: waivers.Waiver) -> Data:
    """Return a waiver. Its place is in a file of its own."""
    return {
        'rule': one.rule,
        'hosts': [text.printable(pattern) for pattern in one.hosts],
        'reason': text.printable(one.reason),
        'expires': one.expires and one.expires.isoformat(),
        'is_expired': one.is_expired,
        'place': place(one.origin),
    }


def word(member: enum.Enum) -> str:
    """Return the document's word for a member whose value is for people."""
    return member.name.lower().replace('_', '-')
