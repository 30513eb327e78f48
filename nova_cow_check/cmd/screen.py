# SPDX-License-Identifier: Apache-2.0

"""What can be shown on a stream: the one answer for all commands."""

from __future__ import annotations

import contextlib
import enum
import os
from typing import NamedTuple, TextIO, TYPE_CHECKING

from nova_cow_check.cmd import vocabulary

if TYPE_CHECKING:
    from nova_cow_check.formats import terminal

#: Columns where nobody tells how many there are.
_WIDTH = 80

#: Columns that a line has at least, and at most: lines that fill a wide
#: terminal are hard to read.
_NARROWEST, _WIDEST = 40, 100


class Surface(NamedTuple):
    """What a line can have where it is shown."""

    #: Columns of a line.
    width: int = _WIDTH
    has_colour: bool = False
    #: Whether a person reads it, as far as that can be told.
    is_terminal: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether programs may read it, which want neither."""
        return not self.is_terminal and not self.has_colour

    @property
    def screen(self) -> terminal.Screen:
        """What wraps and paints for it; loaded for a person only."""
        from nova_cow_check.formats import terminal

        return terminal.Screen(self.width, self.has_colour)

    def bold(self, words: str) -> str:
        return self.screen.bold(words) if self.has_colour else words

    def marked(self, words: str, mark: enum.Enum) -> str:
        """Return words in the colour of a result or a severity."""
        return self.screen.marked(words, mark) if self.has_colour else words


def of(stream: TextIO | None, colour: str = vocabulary.AUTO) -> Surface:
    """Return what can be shown on a stream.

    NO_COLOR counts if it is not empty, and a word on the command line
    beats it: https://no-color.org.

    :param stream: None for one that is closed
    :param colour: one of `vocabulary.COLOURS`
    """
    is_terminal = False
    # ValueError if another project's code has closed it.
    with contextlib.suppress(OSError, ValueError):
        is_terminal = stream is not None and stream.isatty()
    has_colour = colour == vocabulary.ALWAYS
    if colour == vocabulary.AUTO and is_terminal:
        is_dumb = os.environ.get('TERM') == 'dumb'
        has_colour = not os.environ.get('NO_COLOR') and not is_dumb
    width = _WIDTH
    if is_terminal:
        # Only here: most of what runs this is no person.
        import shutil

        columns = shutil.get_terminal_size((_WIDTH, 24)).columns
        width = min(max(columns, _NARROWEST), _WIDEST)
    return Surface(width, has_colour, is_terminal)


def of_file(colour: str = vocabulary.AUTO) -> Surface:
    """Return what can be shown in a file, whoever reads it.

    :param colour: one of `vocabulary.COLOURS`
    """
    return of(None, colour)
