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


"""What may have been written, where only what was shown of it is known."""

from __future__ import annotations

from collections.abc import Iterable
import re

from nova_cow_check import text

_ESCAPE = re.compile(
    r'\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U00(?:0[0-9a-f]|10)[0-9a-f]{4}|[tnr])'
)

#: Ends a text that is cut short.
_CUT = '...'

#: What may be behind the part that is shown: a line, a comment, more.
_BEHIND = ('\n', '#', text.LONGEST_VALUE * 'x')


def possible(
    shown: str, meant: Iterable[str] = (), whole: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return texts that `text.value_as_shown` shows so, likely ones first.

    :param meant: what a line may say of which nothing is shown
    :param whole: texts that may be it
    :returns: none if no text is shown so
    """
    found = [shown, _unescaped(shown), *whole]
    if shown.endswith(_CUT):
        for cut in (shown, _unescaped(shown)):
            start = cut[: -len(_CUT)]
            found += [start + more for more in _BEHIND]
            if not start:
                found += [
                    f'\n{one}{more}' for one in meant for more in ('', '#')
                ]
    return tuple(
        one
        for one in dict.fromkeys(found)
        if text.value_as_shown(one) == shown
    )


def is_cut(shown: str) -> bool:
    """Return whether something may be behind what is shown."""
    return shown.endswith(_CUT)


def _unescaped(shown: str) -> str:
    return _ESCAPE.sub(
        lambda match: match[0].encode().decode('unicode_escape'), shown
    )
