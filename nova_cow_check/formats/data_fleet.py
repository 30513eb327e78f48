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


"""What the document says about collected hosts, beside one another."""

from __future__ import annotations

from nova_cow_check._i18n import _
from nova_cow_check import describe
from nova_cow_check.formats import data_parts
from nova_cow_check.formats import group_words
from nova_cow_check import groups
from nova_cow_check import matrix
from nova_cow_check import moves
from nova_cow_check import names
from nova_cow_check import report
from nova_cow_check import settings
from nova_cow_check import text


def of(whole: report.Report) -> data_parts.Data | None:
    """Return the object of a fleet, None for the host that reports."""
    if not whole.is_fleet:
        return None
    return {
        'alike': [_alike(group) for group in groups.of(whole.hosts)],
        'groups': [_group(one) for one in matrix.of(whole.hosts)],
    }


def _alike(group: groups.Group) -> data_parts.Data:
    example = group.example
    return {
        'hosts': [text.printable(host.name) for host in group.hosts],
        'folded': [text.printable(name) for name in group.folded],
        'group': text.printable(example.domain) or None,
        'result': report.result_of(example.worst).value,
        'rules': sorted(example.rules),
        'summary': _summary(example.known),
    }


def _summary(known: settings.Known) -> str:
    """Return in a few words what makes hosts alike."""
    if isinstance(known, settings.Unreadable):
        return text.printable(known.reason)
    return _('%(settings)s -> %(outcome)s') % {
        'settings': ', '.join(group_words.deciding(known)),
        'outcome': group_words.outcome(known),
    }


def _group(one: matrix.Matrix) -> data_parts.Data:
    return {
        'name': text.printable(one.domain) or None,
        'sides': [_side(side) for side in one.sides],
        'moves': [
            _move(one, source, destination)
            for source in range(len(one.sides))
            for destination in range(len(one.sides))
        ],
        'not_known': [text.printable(name) for name in one.unknown],
    }


def _side(side: matrix.Side) -> data_parts.Data:
    own = side.behaviour
    return {
        'backend': own.backend.value,
        'use_cow_images': own.use_cow_images,
        'force_raw_images': own.force_raw_images,
        'hosts': [text.printable(name) for name in side.hosts],
        'folded': [text.printable(name) for name in names.fold(side.hosts)],
    }


def _move(
    one: matrix.Matrix, source: int, destination: int
) -> data_parts.Data:
    moved = moves.between(
        one.sides[source].behaviour, one.sides[destination].behaviour
    )
    return {
        'from': source,
        'to': destination,
        'outcome': data_parts.word(moves.worst(moved)),
        'disks': [
            {
                'disk': data_parts.word(passage.disk),
                'harm': data_parts.word(passage.harm),
                'sentence': describe.passage(passage),
            }
            for passage in moved
        ],
    }
