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


"""Hosts that are alike, for people: their settings, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check._i18n import _
from nova_cow_check import domains
from nova_cow_check.formats import group_words
from nova_cow_check.formats import paragraphs
from nova_cow_check.formats import style
from nova_cow_check import groups
from nova_cow_check import report
from nova_cow_check import settings

#: Lines of names; what is more floods a terminal.
_MOST_LINES = 10


def lines(
    group: groups.Group,
    image_settings: settings.ImageSettings,
    width: int,
    paint: style.Style,
) -> Iterator[str]:
    """Yield the lines about a group; a finding is there once for all hosts.

    :param image_settings: those of its example
    """
    yield from _heading(group, image_settings, width, paint)
    names = [host.name for host in group.hosts]
    yield from paragraphs.hosts(names, width, _MOST_LINES)
    yield from paragraphs.wrapped(group.example.rows[0].facts, width)
    yield from paragraphs.failed(group.example, width, paint)
    found = tuple(group.example.found)
    if found and image_settings.files:
        yield from paragraphs.wrapped([group_words.places(group)], width)
    for finding in found:
        yield ''
        yield from paragraphs.finding(finding, width, paint)


def _heading(
    group: groups.Group,
    image_settings: settings.ImageSettings,
    width: int,
    paint: style.Style,
) -> Iterator[str]:
    result = report.result_of(group.example.worst)
    word = result.value.upper()
    heading = _('%(result)s, %(hosts)s: %(settings)s') % {
        'result': word,
        'hosts': paragraphs.number(len(group.hosts), group.example.domain),
        'settings': _settings(group, image_settings),
    }
    first, *others = paragraphs.wrapped(
        [heading], width, '', paragraphs.INDENT
    )
    yield first.replace(word, paint.result(result), 1)
    yield from others


def _settings(
    group: groups.Group, image_settings: settings.ImageSettings
) -> str:
    """Return what decides about disks, and what that leads to."""
    if domains.is_unaffected(group.example):
        return _('not concerned')
    return _('%(settings)s -> %(outcome)s') % {
        'settings': ', '.join(group_words.deciding(image_settings)),
        'outcome': group_words.outcome(image_settings),
    }
