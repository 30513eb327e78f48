# SPDX-License-Identifier: Apache-2.0

"""What keeps an edit from a file as a whole, whatever is written in it."""

from __future__ import annotations

from typing import NamedTuple

#: Bytes that an edit adds for one setting, at most: a header of a section,
#: names, a value, a pair of quotes, line ends.
LARGEST_CHANGE = 256

#: Bytes that all edits of one finding add, at most.
ENOUGH = 16 * LARGEST_CHANGE


class Limits(NamedTuple):
    """What is known of one file; the default is that of nearly all."""

    #: How it shows that a tool generates it, '' if nothing does. Holds no
    #: text of the file but what was looked for.
    generated: str = ''
    #: Name of that tool, '' if it is none of those that are known.
    tool: str = ''
    #: Bytes that it may grow by, ENOUGH if there are more.
    room: int = ENOUGH
    #: Not of a pipe, or a device.
    is_regular: bool = True
    #: Of a collected host: a link out of its folder, which is not written.
    leads_out: bool = False
