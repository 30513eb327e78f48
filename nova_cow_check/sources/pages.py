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

"""The documentation of the rules: a page each, which the package brings."""

from __future__ import annotations

from importlib import resources
from typing import NamedTuple


class Page(NamedTuple):
    """The page of one rule."""

    #: The rule's name.
    title: str
    #: One sentence, on one line.
    summary: str
    #: The whole page: reStructuredText that a terminal of 80 columns shows
    #: as it is.
    text: str


def read(name: str) -> Page:
    """Read the page of a rule.

    :param name: the name of a registered rule
    :raises FileNotFoundError: if there is no page of that name
    """
    page = resources.files('nova_cow_check.rules') / 'pages' / f'{name}.rst'
    text = page.read_text(encoding='utf-8')
    heading, summary, _rest = text.split('\n\n', 2)
    title, _underline = heading.split('\n')
    return Page(title, ' '.join(summary.split()), text)
