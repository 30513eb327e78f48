# SPDX-License-Identifier: Apache-2.0

"""Text that is not ours, made safe to show on a terminal.

It comes from configuration files, names of files and hosts, other programs'
errors, and plugins.
"""

from __future__ import annotations

#: A value longer than this is cut: it is not one of Nova's.
_LONGEST_VALUE = 60

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
    return ''.join(one if one.isprintable() else _escape(one) for one in text)


def printable_lines(text: str) -> str:
    """Escape text as `printable` does, but for its line breaks.

    A tab becomes spaces.
    """
    return '\n'.join(map(printable, text.expandtabs().split('\n')))


def value_as_shown(text: str) -> str:
    """Return the part of a written value that may be shown.

    Only its first line, and at most _LONGEST_VALUE characters of it: what
    follows on continuation lines may have been meant as another option.
    What is shown already is shown as it is.
    """
    first, newline, _rest = text.partition('\n')
    shown = printable(first[: _LONGEST_VALUE + len(_CUT) + 1])
    start = shown[: -len(_CUT)] if shown.endswith(_CUT) else shown
    if newline or len(start) > _LONGEST_VALUE:
        return shown[:_LONGEST_VALUE] + _CUT
    return shown


def has_more_lines(shown: str) -> bool:
    """Return whether lines are left out behind what `value_as_shown` shows."""
    is_cut = shown.endswith(_CUT)
    return is_cut and len(shown) < _LONGEST_VALUE + len(_CUT)


def _escape(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f'\\x{code - 0xDC00:02x}'
    return char.encode('unicode_escape').decode('ascii')
