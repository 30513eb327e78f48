# SPDX-License-Identifier: Apache-2.0

"""The words about moves."""

from __future__ import annotations

import itertools

import pytest

from nova_cow_check.nova import backends
from nova_cow_check.nova import operations
from nova_cow_check.reports import fleet
from nova_cow_check.reports import fleet_wording

SIDES = tuple(
    fleet.Side(backends.Behaviour(*values), ('a',))
    for values in itertools.product(
        backends.Backend, (True, False), (True, False)
    )
)


def test_there_is_a_letter_for_every_side() -> None:
    assert len(SIDES) <= len(set(fleet_wording.LETTERS))


def test_every_outcome_has_a_word_and_a_meaning() -> None:
    for say in (fleet_wording.outcome_word, fleet_wording.outcome_meaning):
        assert len({say(outcome) for outcome in operations.Outcome}) == 3


def test_every_move_that_harms_is_told_once_and_the_worst_first() -> None:
    harms = fleet_wording.harms(SIDES)
    outcomes = [harm.outcome for harm in harms]
    assert outcomes == sorted(outcomes, reverse=True)
    told = [move for harm in harms for move in harm.moves]
    assert len(set(told)) == len(told)
    for source, destination in itertools.product(range(len(SIDES)), repeat=2):
        outcome = fleet.outcome(SIDES[source], SIDES[destination])
        found = [
            harm.outcome
            for harm in harms
            if (source, destination) in harm.moves
        ]
        assert found == [outcome] or (
            not found and outcome is operations.Outcome.FINE
        )


def test_what_happens_is_told_for_the_disks_that_are_harmed() -> None:
    (harm, *_others) = fleet_wording.harms(SIDES)
    assert harm.sentences
    assert not [one for one in harm.sentences if one.endswith(': fine.')]


def test_a_side_is_what_nova_goes_by() -> None:
    novas = backends.Behaviour(backends.Backend.FLAT, False, True)
    assert fleet_wording.side(novas) == (
        'flat, use_cow_images = False, force_raw_images = True'
    )


@pytest.mark.parametrize(
    ('moves', 'words'),
    [
        ([(0, 1)], 'A > B'),
        ([(0, 1), (0, 2)], 'A > B, C'),
        ([(0, 1), (2, 1)], 'A, C > B'),
        ([(0, 1), (0, 2), (3, 1), (3, 2), (1, 1)], 'A, D > B, C; B > B'),
        ([], ''),
    ],
)
def test_moves_with_the_same_ends_are_one(
    moves: list[fleet_wording.Pair], words: str
) -> None:
    assert (
        fleet_wording.joined_moves(moves, '%(sources)s > %(destinations)s')
        == words
    )
