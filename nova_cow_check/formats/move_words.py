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

"""Moves between hosts, in the words of the formats for people."""

from __future__ import annotations

from collections.abc import Sequence
import string
from typing import NamedTuple

from nova_cow_check._i18n import _
from nova_cow_check import backends
from nova_cow_check import describe
from nova_cow_check import matrix
from nova_cow_check import moves

#: Names of the sides: backends.Behaviour has fewer values than there are
#: letters.
LETTERS = string.ascii_uppercase

#: Positions of two sides: the source's, the destination's.
Pair = tuple[int, int]


class Harm(NamedTuple):
    """What some moves do to guests, that are not simply fine."""

    outcome: moves.Outcome
    #: A sentence for each way in which disks are harmed.
    sentences: tuple[str, ...]
    moves: tuple[Pair, ...]


def word(outcome: moves.Outcome) -> str:
    """Return an outcome in one word."""
    return {
        moves.Outcome.FINE: _('fine'),
        moves.Outcome.BREAKS: _('breaks'),
        moves.Outcome.UNSAFE: _('unsafe'),
    }[outcome]


def meaning(outcome: moves.Outcome) -> str:
    """Return what the word means."""
    return {
        moves.Outcome.FINE: _('The guest runs, with its data.'),
        moves.Outcome.BREAKS: _(
            'The guest does not start or lacks a disk, or the move fails.'
        ),
        moves.Outcome.UNSAFE: _(
            'The guest reads files of the host or wrong bytes, or loses its '
            'data.'
        ),
    }[outcome]


def side(novas: backends.Behaviour) -> str:
    """Return what Nova goes by on a side."""
    return _(
        '%(backend)s, use_cow_images = %(use_cow_images)s, '
        'force_raw_images = %(force_raw_images)s'
    ) % {**novas._asdict(), 'backend': novas.backend.value}


def harms(sides: Sequence[matrix.Side]) -> tuple[Harm, ...]:
    """Return what moves do that are not simply fine, the worst first."""
    found: dict[tuple[moves.Passage, ...], list[Pair]] = {}
    for i, source in enumerate(sides):
        for j, destination in enumerate(sides):
            harmed = tuple(
                passage
                for passage in moves.between(
                    source.behaviour, destination.behaviour
                )
                if passage.harm is not moves.Harm.FINE
            )
            if harmed:
                found.setdefault(harmed, []).append((i, j))
    return tuple(
        Harm(
            moves.worst(harmed),
            describe.passages(harmed),
            tuple(found[harmed]),
        )
        for harmed in sorted(found, key=lambda one: -moves.worst(one))
    )


def joined(moves: Sequence[Pair], way: str) -> str:
    """Return for example ``A, C to B; B to A``: each move once.

    :param way: the word or the sign between the hosts
    """
    destinations: dict[int, list[int]] = {}
    for source, destination in moves:
        destinations.setdefault(source, []).append(destination)
    sources: dict[tuple[int, ...], list[int]] = {}
    for source, reached in destinations.items():
        sources.setdefault(tuple(reached), []).append(source)
    return '; '.join(
        f'{_letters(alike)} {way} {_letters(there)}'
        for there, alike in sources.items()
    )


def _letters(positions: Sequence[int]) -> str:
    return ', '.join(LETTERS[position] for position in positions)
