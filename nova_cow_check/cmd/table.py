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

"""The table of an upgrade check, as oslo.upgradecheck draws it.

Its own drawing folds the lines of the details. The library that it draws
with knows the width of every character, and takes as long to load as all of
this package.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
import textwrap
import unicodedata

from oslo_upgradecheck import upgradecheck

from nova_cow_check._i18n import _

#: Width of the details, with which the table fits a terminal of 80 columns;
#: settings to write are shorter.
_WIDTH = 66


def draw(
    title: str, results: Iterable[tuple[str, upgradecheck.Result]]
) -> str:
    """Return the table, a cell per result."""
    cells = [[title], *(list(_lines(*result)) for result in results)]
    width = max(_columns(line) for cell in cells for line in cell)
    border = f'+{"-" * (width + 2)}+'
    drawn = [border]
    for cell in cells:
        drawn += [
            f'| {line}{" " * (width - _columns(line))} |' for line in cell
        ]
        drawn.append(border)
    return '\n'.join(drawn)


def _lines(name: str, result: upgradecheck.Result) -> Sequence[str]:
    cell = _('Check: %(name)s\nResult: %(result)s\nDetails: %(details)s') % {
        'name': name,
        'result': upgradecheck.UPGRADE_CHECK_MSG_MAP[result.code],
        'details': '\n'.join(_wrapped(str(result.details))),
    }
    return cell.expandtabs().split('\n')


def _wrapped(details: str) -> Iterator[str]:
    """Wrap each line, and keep the line breaks that there are."""
    for line in details.split('\n'):
        yield from (
            textwrap.wrap(
                line, _WIDTH, break_long_words=False, break_on_hyphens=False
            )
            or ['']
        )


def _columns(line: str) -> int:
    """Return the width of a line on a terminal."""
    if line.isascii():
        return len(line)
    return sum(
        0
        if unicodedata.combining(char)
        else 1 + (unicodedata.east_asian_width(char) in ('W', 'F'))
        for char in line
    )
