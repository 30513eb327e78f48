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


"""Collected hosts, for people: how many, which are alike, who may move."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nova_cow_check._i18n import _
from nova_cow_check.formats import paragraphs
from nova_cow_check.formats import style
from nova_cow_check.formats import summary
from nova_cow_check.formats import text_groups
from nova_cow_check.formats import text_moves
from nova_cow_check.formats import text_unread
from nova_cow_check import groups
from nova_cow_check import matrix
from nova_cow_check import report
from nova_cow_check import settings


def lines(
    whole: report.Report,
    alike: Sequence[groups.Group],
    width: int,
    paint: style.Style,
) -> Iterator[str]:
    """Yield all lines but the summary.

    What was not read comes first: nothing that follows is about it.
    """
    yield from _verdict(whole, alike, width, paint)
    for group in sorted(alike, key=_is_read):
        yield ''
        known = group.example.known
        if isinstance(known, settings.Unreadable):
            yield from text_unread.lines(group, known, width, paint)
        else:
            yield from text_groups.lines(group, known, width, paint)
    matrices = matrix.of(whole.hosts)
    for moves in matrices:
        if moves.sides or moves.unknown:
            yield ''
            is_only = len(matrices) == 1
            yield from text_moves.lines(moves, is_only, width, paint)
    if not any(group.example.rules for group in alike):
        return
    yield ''
    hint = _('nova-cow-check rules NAME tells more about a finding.')
    yield from paragraphs.wrapped([hint], width, '')


def _is_read(group: groups.Group) -> bool:
    return group.example.image_settings is not None


def _verdict(
    whole: report.Report,
    alike: Sequence[groups.Group],
    width: int,
    paint: style.Style,
) -> Iterator[str]:
    result = paint.result(report.result_of(whole.worst))
    yield f'{paint.bold(paragraphs.number(len(whole.hosts)))}: {result}'
    counted = summary.hosts(alike)
    digits = len(str(max(counted.values())))
    for kind, number in counted.items():
        if number:
            yield from paragraphs.wrapped(
                [f'{number:{digits}} {summary.words(kind)}'],
                width,
                hanging=' ' * (digits + 1),
            )
