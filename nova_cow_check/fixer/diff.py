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
"""The edits of files, as a unified diff without context.

The neighbours of an option can be passwords.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
import re

from nova_cow_check._i18n import _
from nova_cow_check.fixer import lines
from nova_cow_check.fixer import plan
from nova_cow_check import text

#: A line longer than this is cut: it is not one of these options alone.
LONGEST_LINE = 100


def render(
    texts: Iterable[plan.Text], hidden: Collection[tuple[str, int]] = ()
) -> Iterator[str]:
    """Yield the lines of a diff, each with its end.

    :param hidden: path and number of lines that are removed, and whose
        values are not to be shown
    """
    for one in texts:
        path = text.printable(one.path)
        yield f'--- {path}\n'
        yield f'+++ {path}\n'
        for hunk in one.hunks:
            last = hunk.before + len(hunk.removed)
            numbers = range(hunk.before, last)
            yield from _hunk(
                hunk, [(one.path, number) in hidden for number in numbers]
            )


def _hunk(hunk: lines.Hunk, are_hidden: Iterable[bool]) -> Iterator[str]:
    before = _range(hunk.before, len(hunk.removed))
    after = _range(hunk.after, len(hunk.added))
    yield f'@@ -{before} +{after} @@\n'
    for data, is_hidden in zip(hunk.removed, are_hidden):
        yield from _line('-', data, is_hidden)
    for data in hunk.added:
        yield from _line('+', data)


def _line(mark: str, data: bytes, is_hidden: bool = False) -> Iterator[str]:
    shown = _shown(data)
    if is_hidden:
        name = re.split('[:=]', shown)[0].rstrip()
        shown = _('%s = (not shown)') % name
    yield f'{mark}{shown}\n'
    if not data.endswith((b'\n', b'\r')):
        yield '\\ No newline at end of file\n'


def _range(first: int, count: int) -> str:
    # Of no lines, a diff names the one above.
    if not count:
        first -= 1
    return str(first) if count == 1 else f'{first},{count}'


def _shown(data: bytes) -> str:
    line = lines.Line(data).text.decode(errors='surrogateescape')
    shown = text.printable(line[:LONGEST_LINE])
    return shown + '...' if len(line) > LONGEST_LINE else shown
