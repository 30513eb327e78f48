# SPDX-License-Identifier: Apache-2.0

"""The words about moves."""

from __future__ import annotations

from collections.abc import Callable
import itertools
import re

import pytest

from nova_cow_check.nova import backends
from nova_cow_check.nova import operations
from nova_cow_check.nova import ways_out
from nova_cow_check.reports import fleet
from nova_cow_check.reports import move_wording

SIDES = tuple(
    fleet.Side(backends.Behaviour(*values), ('a',))
    for values in itertools.product(
        backends.Backend, (True, False), (True, False)
    )
)


def test_there_is_a_letter_for_every_side() -> None:
    assert len(SIDES) <= len(set(move_wording.LETTERS))


def matrix(is_shared: bool = False) -> fleet.Matrix:
    return fleet.Matrix('', SIDES, (), is_shared)


def test_every_fate_has_a_word_and_a_meaning() -> None:
    fates = {*move_wording.OF_MOVES, *move_wording.OF_LIVE_MIGRATIONS}
    fates.add(move_wording.NOT_KNOWN)
    assert len({move_wording.fate_word(one) for one in fates}) == len(fates)
    for say, of in (
        (move_wording.meaning, move_wording.OF_MOVES),
        (move_wording.live_meaning, move_wording.OF_LIVE_MIGRATIONS),
    ):
        assert len({say(one) for one in of}) == len(of)


TABLES = pytest.mark.parametrize(
    'harms_of, fate_of, of',
    [
        (move_wording.harms, move_wording.fate, move_wording.OF_MOVES),
        (
            move_wording.live_harms,
            move_wording.live_fate,
            (*move_wording.OF_LIVE_MIGRATIONS, move_wording.NOT_KNOWN),
        ),
    ],
)
BOTH = pytest.mark.parametrize('is_shared', [False, True])


@BOTH
@TABLES
def test_every_move_that_harms_is_told_once_and_the_worst_first(
    harms_of: Callable[[fleet.Matrix], tuple[move_wording.Harmed, ...]],
    fate_of: Callable[
        [fleet.Matrix, fleet.Side, fleet.Side], move_wording.Fate
    ],
    of: tuple[move_wording.Fate, ...],
    is_shared: bool,
) -> None:
    moves = matrix(is_shared)
    harms = harms_of(moves)
    told = [move for harm in harms for move in harm.moves]
    assert len(set(told)) == len(told)
    for source, destination in itertools.product(range(len(SIDES)), repeat=2):
        fate = fate_of(moves, SIDES[source], SIDES[destination])
        assert fate in of
        found = [
            harm.fate for harm in harms if (source, destination) in harm.moves
        ]
        assert found == [fate] or (
            not found and fate.outcome is operations.Outcome.FINE
        )
    fates = [harm.fate for harm in harms]
    assert fates[0].outcome is operations.Outcome.UNSAFE
    refused = [fate for fate in fates if fate.stays]
    assert fates[len(fates) - len(refused) :] == refused


@TABLES
def test_what_happens_is_told_for_the_disks_that_are_harmed(
    harms_of: Callable[[fleet.Matrix], tuple[move_wording.Harmed, ...]],
    fate_of: object,
    of: object,
) -> None:
    for harm in harms_of(matrix()):
        assert harm.sentences
        assert not [one for one in harm.sentences if one.endswith(': fine.')]


@BOTH
def test_there_is_a_way_for_every_move_that_is_not_fine(
    is_shared: bool,
) -> None:
    moves = matrix(is_shared)
    *ways, back = move_wording.ways(moves)
    assert back.words == move_wording.way_back()
    told = [move for one in ways for move in one.moves]
    assert len(set(told)) == len(told)
    assert set(told) == {
        move for harm in move_wording.harms(moves) for move in harm.moves
    }
    assert set(back.moves) <= set(told)


@BOTH
def test_a_destination_that_breaks_guests_itself_is_named_beside_the_way(
    is_shared: bool,
) -> None:
    moves = matrix(is_shared)
    *ways, _back = move_wording.ways(moves)
    warned = {
        destination
        for one in ways
        if 'mend that host first' in one.words
        for _source, destination in one.moves
    }
    others = {
        destination
        for one in ways
        if 'mend that host first' not in one.words
        for _source, destination in one.moves
    }
    assert not warned & others
    assert {SIDES[one].behaviour for one in warned} == {
        one.behaviour
        for one in SIDES
        if one.behaviour.backend is backends.Backend.FLAT
        and one.behaviour.use_cow_images
    }


#: What python-openstackclient asks for, before it sends an option.
VERSIONS = {'migrate': '2.30', 'unshelve': '2.91'}


@pytest.mark.parametrize('way', ways_out.Way)
def test_a_command_that_names_a_host_names_its_api_version(
    way: ways_out.Way,
) -> None:
    told = move_wording.way_in_words(ways_out.WayOut(way, False, False))
    commands = re.findall(r'openstack [^.;)]*(?:\.\d+[^.;)]*)*', told)
    assert bool(commands) is (way is not ways_out.Way.NONE)
    for command in commands:
        action = command.split(' server ')[1].split()[0]
        version = VERSIONS.get(action)
        assert ('--host HOST UUID' in command) is (version is not None)
        start = f'openstack --os-compute-api-version {version} server '
        assert command.startswith(start if version else 'openstack server ')


def test_a_side_is_what_nova_goes_by() -> None:
    novas = backends.Behaviour(backends.Backend.FLAT, False, True)
    assert move_wording.side(novas) == (
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
    moves: list[move_wording.Pair], words: str
) -> None:
    assert (
        move_wording.joined_moves(moves, '%(sources)s > %(destinations)s')
        == words
    )
