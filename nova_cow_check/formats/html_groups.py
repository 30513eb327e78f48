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

"""Hosts that are alike on a page: a card for each group."""

from __future__ import annotations

from collections.abc import Iterator

from nova_cow_check._i18n import _
from nova_cow_check import describe
from nova_cow_check.formats import group_words
from nova_cow_check.formats import html_elements
from nova_cow_check.formats import html_findings
from nova_cow_check.formats import html_marks
from nova_cow_check.formats import html_names
from nova_cow_check.formats import paragraphs
from nova_cow_check import groups
from nova_cow_check import report
from nova_cow_check import settings


def card(
    group: groups.Group, image_settings: settings.ImageSettings, is_fleet: bool
) -> html_elements.Element:
    """Return the card of a group.

    :param image_settings: those of its example
    :param is_fleet: the only host of a report has its settings unfolded
    """
    example = group.example
    names = [host.name for host in group.hosts]
    return html_elements.element(
        'article',
        _heading(group),
        html_names.folded(names),
        _choice(image_settings),
        *_places(group, image_settings),
        *map(html_findings.section, example.found),
        _all_settings(example, image_settings, is_open=not is_fleet),
        *html_names.unfolded(names),
        class_=f'card {html_marks.of_severity(example.worst).value}',
    )


def _heading(group: groups.Group) -> html_elements.Element:
    example = group.example
    badge = html_elements.element(
        'span',
        html_marks.shape(html_marks.of_severity(example.worst)),
        report.result_of(example.worst).value,
        class_='badge',
    )
    number = paragraphs.number(len(group.hosts), example.domain)
    return html_elements.element('h3', number, ' ', badge)


def _choice(
    image_settings: settings.ImageSettings,
) -> html_elements.Element:
    """Return what decides, and what it decides on."""
    paragraph = html_elements.element('p', class_='choice')
    for words in group_words.deciding(image_settings):
        setting = html_elements.element('code', words)
        setting.tail = ' '
        paragraph.append(setting)
    arrow = html_marks.arrow()
    arrow.tail = ' '
    outcome = group_words.outcome(image_settings)
    paragraph.extend([arrow, html_elements.element('strong', outcome)])
    return paragraph


def _places(
    group: groups.Group, image_settings: settings.ImageSettings
) -> Iterator[html_elements.Element]:
    if image_settings.files:
        words = group_words.places(group)
        yield html_elements.element('p', words, class_='places')


def _all_settings(
    example: report.HostReport,
    image_settings: settings.ImageSettings,
    is_open: bool,
) -> html_elements.Element:
    facts = dict.fromkeys(fact for row in example.rows for fact in row.facts)
    fold = html_elements.element(
        'details',
        html_elements.element('summary', _('Settings, and what Nova does')),
        html_elements.table(
            (_('Setting'), _('Value'), _('Place')),
            map(_setting, image_settings.all),
            'settings',
        ),
        html_elements.element(
            'ul', *(html_elements.element('li', fact) for fact in facts)
        ),
    )
    if is_open:
        fold.set('open', 'open')
    return fold


def _setting(one: settings.AnySetting) -> tuple[html_elements.Child, ...]:
    return (
        html_elements.element('code', str(one.option)),
        html_elements.element('code', one.shown),
        describe.place(one.origin),
    )
