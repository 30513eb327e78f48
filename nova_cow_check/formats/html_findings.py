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

"""A finding on a page."""

from __future__ import annotations

from collections.abc import Iterator
import itertools

from nova_cow_check._i18n import _
from nova_cow_check import describe
from nova_cow_check import details
from nova_cow_check import findings
from nova_cow_check.formats import html_elements
from nova_cow_check.formats import html_marks
from nova_cow_check import origins
from nova_cow_check.rules import registry


def section(finding: findings.Finding) -> html_elements.Element:
    """Return what is wrong, where, and what to write instead."""
    mark = html_marks.of_finding(finding)
    return html_elements.element(
        'section',
        html_elements.element(
            'h4', html_marks.shape(mark), ' ', details.heading(finding)
        ),
        html_elements.element('p', _places(finding), class_='places'),
        *_body(finding),
        more(finding),
        class_=f'finding {mark.value}',
    )


def more(finding: findings.Finding) -> html_elements.Element:
    """Return a paragraph with what explains the rule."""
    reference = registry.RULES[finding.rule].reference
    link = html_elements.element(
        'a', reference, href=reference, rel='noreferrer'
    )
    words = _('More: nova-cow-check rules %s') % finding.rule
    return html_elements.element('p', words, ' ', link, class_='more')


def _places(finding: findings.Finding) -> str:
    """Return the places that are written, the first one if none is."""
    default = origins.OriginKind.DEFAULT
    written = [o for o in finding.origins if o.kind is not default]
    shown = map(describe.place, written or finding.origins[:1])
    return ', '.join(dict.fromkeys(shown))


def _body(finding: findings.Finding) -> Iterator[html_elements.Element]:
    for is_setting, paragraphs in itertools.groupby(
        details.body(finding), lambda paragraph: paragraph.is_setting
    ):
        words = [paragraph.text for paragraph in paragraphs]
        if is_setting:
            settings = html_elements.lines('code', words)
            yield html_elements.element('pre', settings)
        else:
            for line in words:
                yield html_elements.element('p', line)
