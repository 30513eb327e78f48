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

"""Text from configuration files, made safe to show on a terminal."""

#: A value longer than this is cut: it is not one of Nova's.
LONGEST_VALUE = 60

#: Ends what is cut.
_CUT = '...'


def printable(text: str) -> str:
    """Escape everything that could move a cursor or hide a character.

    Control characters, line breaks, directional marks and bytes that were
    not text (surrogate escapes, as os.fsdecode makes them) become
    backslash escapes; every other character stays.
    """
    if text.isprintable():
        return text
    return ''.join(
        char if char.isprintable() else _escape(char) for char in text
    )


def value_as_shown(text: str) -> str:
    """Return the part of a written value that may be shown.

    Only its first line, and not more than LONGEST_VALUE characters: what
    follows on continuation lines may have been meant as another option.
    What is shown already is shown as it is.
    """
    first, newline, _rest = text.partition('\n')
    shown = printable(first[: LONGEST_VALUE + len(_CUT) + 1])
    start = shown[: -len(_CUT)] if shown.endswith(_CUT) else shown
    if newline or len(start) > LONGEST_VALUE:
        return shown[:LONGEST_VALUE] + _CUT
    return shown


def _escape(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f'\\x{code - 0xDC00:02x}'
    return char.encode('unicode_escape').decode('ascii')
