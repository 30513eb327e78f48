# SPDX-License-Identifier: Apache-2.0

"""What a finding has only where hosts are compared or guests looked at.

One host's settings are judged at each start of nova-compute: for that, none
of it is loaded.
"""

from __future__ import annotations

from typing import NamedTuple


class Apart(NamedTuple):
    """How to say that hosts which differ exchange no instances."""

    #: Options to give, as a shell takes them; none if they are too long, or
    #: if a name is none that they take.
    options: tuple[str, ...]
    #: Name of the group that they take the place of, '' if they are added.
    in_place_of: str = ''


class Step(NamedTuple):
    """One thing to do about a guest."""

    #: Whole sentences.
    words: str
    #: Commands of a shell, a line each; '' where there are none.
    commands: str = ''


class Concerned(NamedTuple):
    """The guest that a finding is about, and how to help it."""

    uuid: str
    #: Names of its disks, none where it is about the guest.
    disks: tuple[str, ...]
    #: In their order. This package takes none of them.
    steps: tuple[Step, ...]
