# SPDX-License-Identifier: Apache-2.0

"""Moves between hosts, in words for the formats for people."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
import string
from typing import NamedTuple, TypeVar

from nova_cow_check._i18n import _
from nova_cow_check.nova import backends
from nova_cow_check.nova import live_migration
from nova_cow_check.nova import operations
from nova_cow_check.nova import ways_out
from nova_cow_check import printing
from nova_cow_check.reports import fleet
from nova_cow_check.reports import sharing as sharings
from nova_cow_check.rules import disk_wording
from nova_cow_check.rules import wording

#: Names of the sides: backends.Behaviour has fewer values than there are
#: letters.
LETTERS = string.ascii_uppercase

#: Positions of two sides: the source's, the destination's.
Pair = tuple[int, int]

_Told = TypeVar('_Told', bound=Hashable)


class Fate(NamedTuple):
    """What becomes of guests that are moved: what a cell of a table says."""

    #: None if it cannot be told.
    outcome: operations.Outcome | None
    #: Whether a live migration is refused, and the guest stays.
    stays: bool = False


#: The fates that a resize or cold migration can lead to, as they are
#: explained.
OF_MOVES = tuple(map(Fate, operations.Outcome))

#: Those of a live migration.
OF_LIVE_MIGRATIONS = (
    Fate(operations.Outcome.FINE),
    Fate(operations.Outcome.BREAKS, stays=True),
    Fate(operations.Outcome.BREAKS),
    Fate(operations.Outcome.UNSAFE),
)

NOT_KNOWN = Fate(None)


class Harmed(NamedTuple):
    """What some moves do to guests, that are not simply fine."""

    fate: Fate
    #: A sentence for each way in which disks are harmed.
    sentences: tuple[str, ...]
    moves: tuple[Pair, ...]


def fate_word(fate: Fate) -> str:
    """Return a fate in one word."""
    if fate.outcome is None:
        return _('unknown')
    if fate.stays:
        return _('refused')
    return {
        operations.Outcome.FINE: _('fine'),
        operations.Outcome.BREAKS: _('breaks'),
        operations.Outcome.UNSAFE: _('unsafe'),
    }[fate.outcome]


def meaning(fate: Fate) -> str:
    """Return what the word means of a resize or cold migration.

    :param fate: one of OF_MOVES
    """
    return {
        operations.Outcome.FINE: _('The guest runs, with its data.'),
        operations.Outcome.BREAKS: _(
            'libvirt refuses to start the guest (ERROR), or it never boots '
            'while Nova reports it ACTIVE, or it lacks a disk, or the move '
            'fails.'
        ),
        operations.Outcome.UNSAFE: _(
            'The guest reads or changes files of the host, reads wrong '
            'bytes, or loses its data.'
        ),
    }[fate.outcome or operations.Outcome.FINE]


def live_meaning(fate: Fate) -> str:
    """Return what the word means of a live migration.

    :param fate: one of OF_LIVE_MIGRATIONS
    """
    if fate.stays:
        return _('The live migration is refused: the guest stays, as it is.')
    return {
        operations.Outcome.FINE: _(
            'The guest runs on, and starts again there, with its data.'
        ),
        operations.Outcome.BREAKS: _(
            'The guest runs on, and breaks at its next stop and start there.'
        ),
        operations.Outcome.UNSAFE: _(
            'The guest runs on. At its next stop and start there, it breaks, '
            'or it reads or changes files of the host.'
        ),
    }[fate.outcome or operations.Outcome.FINE]


def side(novas: backends.Behaviour) -> str:
    """Return what Nova goes by on a side."""
    return _(
        '%(backend)s, use_cow_images = %(use_cow_images)s, '
        'force_raw_images = %(force_raw_images)s'
    ) % {**novas._asdict(), 'backend': novas.backend.value}


def shared() -> str:
    """Return what somebody has said of the hosts of a group."""
    return _('They share instances_path, as --shared says.')


def live_title(is_shared: bool) -> str:
    """Return which live migrations are told of."""
    if is_shared:
        return _('Live migration on the instances_path that they share')
    return _('Live migration (block)')


def made_anew(is_shared: bool) -> str:
    """Return what else can bring a guest to another host, in sentences."""
    if is_shared:
        return _(
            'An evacuation starts a guest on the disks that are there: '
            'between hosts with qcow2 or flat, what is told of its next stop '
            'and start comes at once. To unshelve makes the disks anew, as '
            'the host has new ones, and so does no harm anywhere: the root '
            'disk from an image of it, an ephemeral disk empty.'
        )
    return _(
        'To evacuate, and to unshelve, makes the disks anew, as the host '
        'that the guest comes to has new ones: that depends on no other '
        'host, and no setting with which nova-compute starts does harm. An '
        'evacuation loses what the guest wrote, wherever it goes; to '
        'unshelve makes the root disk from an image of it, and an ephemeral '
        'disk empty.'
    )


def sharing(one: sharings.Proposal) -> Iterator[wording.Paragraph]:
    """Yield what hosts seem to share, and how to say so."""
    yield wording.Paragraph(
        _(
            'All of these hosts that were looked at with --guests, %(seen)d '
            'of %(all)d, have instances_path (%(path)s) on %(system)s. If '
            'all share it, say so in the command, and they are judged so:'
        )
        % {
            'seen': len(one.hosts),
            'all': one.number,
            'path': printing.printable(one.instances_path),
            'system': printing.printable(one.file_system),
        }
    )
    yield wording.Paragraph(printing.printable(one.option), is_setting=True)


def fate(
    moves: fleet.Matrix, source: fleet.Side, destination: fleet.Side
) -> Fate:
    """Return what a resize or cold migration leads to."""
    return Fate(moves.outcome(source, destination))


def live_fate(
    moves: fleet.Matrix, source: fleet.Side, destination: fleet.Side
) -> Fate:
    """Return what a live migration leads to."""
    return _of_live(moves.live_migration(source, destination))


def _of_live(one: live_migration.LiveMigration) -> Fate:
    how = operations.How.LIVE_REFUSED
    return Fate(one.outcome, stays=one.how is how)


def harms(matrix: fleet.Matrix) -> tuple[Harmed, ...]:
    """Return what moves do that are not simply fine, the worst first."""

    def told(
        source: fleet.Side, destination: fleet.Side
    ) -> tuple[operations.Passage, ...]:
        return _harmed(matrix.moved(source, destination))

    found = [
        Harmed(Fate(operations.worst(one)), disk_wording.passages(one), moves)
        for one, moves in _together(matrix.sides, told)
        if one
    ]
    return _worst_first(found)


def live_harms(matrix: fleet.Matrix) -> tuple[Harmed, ...]:
    """Return what live migrations do that are not simply fine."""

    def told(
        source: fleet.Side, destination: fleet.Side
    ) -> tuple[Fate, tuple[operations.Passage, ...]]:
        one = matrix.live_migration(source, destination)
        return _of_live(one), _harmed(one.passages)

    fine = operations.Outcome.FINE
    not_known = _('What becomes of disks of ploop is not known.')
    found = []
    for (its_fate, harmed), moves in _together(matrix.sides, told):
        if its_fate.outcome is fine:
            continue
        sentences = disk_wording.passages(harmed) or (not_known,)
        if its_fate.outcome is not None and not its_fate.stays:
            sentences = (live_meaning(its_fate), *sentences)
        found.append(Harmed(its_fate, sentences, moves))
    return _worst_first(found)


class WayOut(NamedTuple):
    """What there is to do where a resize or cold migration does harm."""

    #: Whole sentences.
    words: str
    moves: tuple[Pair, ...]


def ways(matrix: fleet.Matrix) -> tuple[WayOut, ...]:
    """Return the safe way for each pair of which a move is not fine."""

    def words(source: fleet.Side, destination: fleet.Side) -> str | None:
        one = matrix.way_out(source, destination)
        return way_in_words(one) if one else None

    def can_be_reverted(source: fleet.Side, destination: fleet.Side) -> bool:
        one = matrix.way_out(source, destination)
        return one is not None and one.can_be_reverted

    told = [
        WayOut(one, moves)
        for one, moves in _together(matrix.sides, words)
        if one is not None
    ]
    told += (
        WayOut(way_back(), moves)
        for one, moves in _together(matrix.sides, can_be_reverted)
        if one
    )
    return tuple(told)


def way_in_words(one: ways_out.WayOut) -> str:
    """Return the safe way from host to host, in sentences.

    They name the API version of each command that needs one, since
    python-openstackclient asks for 2.1 if it is told nothing else.
    """
    way = _way(one.way)
    if not one.destination_breaks:
        return way
    return _('%(way)s %(warning)s') % {'way': way, 'warning': _mend_first()}


def _mend_first() -> str:
    """Return what is wrong with a destination that breaks guests itself.

    That is flat with use_cow_images alone.
    """
    return _(
        'But mend that host first: it has the flat backend and '
        'use_cow_images = True, so that every guest there that has a raw '
        'disk breaks at its next resize or cold migration, whichever way it '
        'came (flat-disks-converted).'
    )


def _way(way: ways_out.Way) -> str:
    return {
        ways_out.Way.LIVE_ON_SHARED_STORAGE: _(
            'The safe way is a live migration, for which nothing is copied: '
            'openstack --os-compute-api-version 2.30 server migrate '
            '--live-migration --host HOST UUID.'
        ),
        ways_out.Way.LIVE_BLOCK: _(
            'The safe way is a live block migration, for which the '
            'destination makes what it expects: openstack '
            '--os-compute-api-version 2.30 server migrate --live-migration '
            '--block-migration --host HOST UUID.'
        ),
        ways_out.Way.SHELVE: _(
            'The safe way is to shelve it (openstack server shelve --offload '
            'UUID) and to unshelve it there (openstack '
            '--os-compute-api-version 2.91 server unshelve --host HOST '
            'UUID). It is stopped for it. The root disk is made anew from an '
            'image of it, a swap disk is made anew, and what is on an '
            'ephemeral disk is lost.'
        ),
        ways_out.Way.NONE: _(
            'There is no safe way: make the guest anew there, and bring it '
            'copies of its data.'
        ),
    }[way]


def way_back() -> str:
    """Return what brings some guests back that a move has broken."""
    return _(
        'A guest that a resize or cold migration has broken there goes back '
        'as it was, as long as its status is VERIFY_RESIZE: openstack server '
        'resize revert UUID.'
    )


def joined_moves(moves: Sequence[Pair], pattern: str) -> str:
    """Return for example ``A, C to B; B to A``: each move once.

    :param pattern: what moves are, of ``%(sources)s`` and
        ``%(destinations)s``
    """
    destinations: dict[int, list[int]] = {}
    for source, destination in moves:
        destinations.setdefault(source, []).append(destination)
    sources: dict[tuple[int, ...], list[int]] = {}
    for source, reached in destinations.items():
        sources.setdefault(tuple(reached), []).append(source)
    return '; '.join(
        pattern % {'sources': _letters(here), 'destinations': _letters(there)}
        for there, here in sources.items()
    )


def _letters(positions: Sequence[int]) -> str:
    return ', '.join(LETTERS[position] for position in positions)


def _harmed(
    passages: Sequence[operations.Passage],
) -> tuple[operations.Passage, ...]:
    fine = operations.Harm.FINE
    return tuple(one for one in passages if one.harm is not fine)


def _together(
    sides: Sequence[fleet.Side],
    tell: Callable[[fleet.Side, fleet.Side], _Told],
) -> list[tuple[_Told, tuple[Pair, ...]]]:
    """Return what is told of pairs of sides, each once, with its pairs."""
    found: dict[_Told, list[Pair]] = {}
    for i, source in enumerate(sides):
        for j, destination in enumerate(sides):
            one = tell(source, destination)
            found.setdefault(one, []).append((i, j))
    return [(one, tuple(moves)) for one, moves in found.items()]


def _worst_first(found: Sequence[Harmed]) -> tuple[Harmed, ...]:
    return tuple(
        sorted(
            found, key=lambda one: (one.fate.stays, -(one.fate.outcome or 0))
        )
    )
