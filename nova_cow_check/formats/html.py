# SPDX-License-Identifier: Apache-2.0

"""A report as a page: one file, without scripts, that fetches nothing.

What it looks like is in the directory templates. This module finds what they
show: a dict for each thing, with the names that they use.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Sequence
import functools
import hashlib
from importlib import resources
import itertools
from typing import Any

import jinja2

from nova_cow_check._i18n import _
from nova_cow_check.formats import interface
from nova_cow_check.formats import terminal
from nova_cow_check import host_names
from nova_cow_check.nova import operations
from nova_cow_check import printing
from nova_cow_check.reports import changes
from nova_cow_check.reports import concerned
from nova_cow_check.reports import fleet
from nova_cow_check.reports import fleet_wording
from nova_cow_check.reports import move_wording
from nova_cow_check.reports import report
from nova_cow_check.reports import separation
from nova_cow_check.reports import sharing
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing

_Values = dict[str, Any]

#: Expressions and texts of a template that are written at once.
_BUFFERED = 256

#: Width of the bar in its own units, and what is seen of it at least.
_BAR, _NARROWEST = 1000, 8

#: Words for names that are shown at once, in a card and beside others.
_MOST, _FEW = 16, 5

#: Characters of such a word, if it can be made shorter.
_LONGEST = 80

#: A matrix of more sides than this is made narrower for paper.
_MANY = 8

_MOVES = '%(sources)s \N{RIGHTWARDS ARROW} %(destinations)s'

#: A mark is a colour, a shape beside a word, and a class of the style sheet.
_MARKS = {
    fleet_wording.HostKind.UNREAD: 'unread',
    fleet_wording.HostKind.FAILURE: 'failure',
    fleet_wording.HostKind.WARNING: 'warning',
    fleet_wording.HostKind.FINE: 'success',
    fleet_wording.HostKind.UNAFFECTED: 'apart',
    changes.Change.WORSE: 'failure',
    changes.Change.BETTER: 'success',
    changes.Change.SAME: 'warning',
    changes.Change.NEW: 'note',
    changes.Change.GONE: 'apart',
    operations.Outcome.FINE: 'success',
    operations.Outcome.BREAKS: 'warning',
    operations.Outcome.UNSAFE: 'failure',
    # Of a fate that cannot be told.
    None: 'unread',
}


def render(
    whole: report.Report, _appearance: interface.Appearance
) -> Iterator[str]:
    """Yield the page, in ASCII: small pieces, however many hosts there are."""
    template = _environment().get_template('report.html.j2')
    stream = template.stream(_page(whole))
    stream.enable_buffering(_BUFFERED)
    for piece in stream:
        yield piece.encode('ascii', 'xmlcharrefreplace').decode('ascii')


@functools.cache
def _environment() -> jinja2.Environment:
    """Return what sees to it that whatever a string holds is text."""
    environment = jinja2.Environment(
        autoescape=True,
        finalize=_put_out,
        keep_trailing_newline=True,
        loader=jinja2.FunctionLoader(_read),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.globals['_'] = _
    return environment


def _put_out(value: object) -> object:
    """Return what is put out for an expression: each one goes through it."""
    # Of the templates' own, and escaped: what a macro returns.
    if hasattr(value, '__html__'):
        return value
    return printing.printable(str(value))


def _read(name: str) -> str:
    """Read a template or the style sheet, which the package has."""
    templates = resources.files('nova_cow_check.formats') / 'templates'
    return (templates / name).read_text(encoding='ascii')


def _page(whole: report.Report) -> _Values:
    alike = fleet.alike(whole.hosts)
    shares = _shares(alike) if whole.is_fleet else []
    words = ', '.join(f'{one["words"]} {one["hosts"]}' for one in shares)
    style = _read('report.css')
    digest = hashlib.sha256(style.encode('ascii')).digest()
    return {
        'bar_width': _BAR,
        'bar_words': _('Hosts: %s') % words,
        'parts': [*_parts(whole, alike)],
        'sentences': _sentences(whole, alike),
        'shares': shares,
        'style': style,
        'style_hash': base64.b64encode(digest).decode('ascii'),
        'title': _('Image settings of %s') % whole.hosts[0].name
        if len(whole.hosts) == 1
        else _('Image settings of %d hosts') % len(whole.hosts),
        'verdict': report.result_of(whole.worst).value,
        'version': whole.version,
    }


def _shares(alike: Sequence[fleet.Alike]) -> list[_Values]:
    """Return how many hosts there are of each kind, as parts of a bar."""
    counted = fleet_wording.count_hosts(alike)
    total = sum(counted.values())
    spare = _BAR - _NARROWEST * sum(map(bool, counted.values()))
    shares = []
    start = 0.0
    for kind, hosts in counted.items():
        width = _NARROWEST + spare * hosts / total if hosts else 0
        shares.append(
            {
                'hosts': hosts,
                'mark': _MARKS[kind],
                'start': start,
                # There is a gap between two.
                'width': width - 2,
                'words': fleet_wording.kind_words(kind),
            }
        )
        start += width
    return shares


def _sentences(
    whole: report.Report, alike: Sequence[fleet.Alike]
) -> Iterator[str]:
    if whole.compared is not None:
        yield changes.summary(whole.compared, whole.is_fleet)
        if repeated := changes.repeated(whole.compared):
            yield repeated
    yield fleet_wording.count_findings(alike)
    yield fleet_wording.exit_code(whole)
    yield _('Made on %(when)s by nova-cow-check %(version)s.') % {
        'when': whole.created.isoformat(' ', 'minutes'),
        'version': whole.version,
    }
    if whole.unused_waivers:
        yield wording.unused(whole.unused_waivers)


def _parts(
    whole: report.Report, alike: Sequence[fleet.Alike]
) -> Iterator[_Values]:
    """Yield the parts of the page; an id is the name of a template, too.

    What is in them is made one after the other: together it can be large.
    """
    if whole.compared is not None and whole.compared.hosts:
        yield _changes(whole.compared)
    unread = [one for one in alike if one.example.image_settings is None]
    if unread:
        yield {
            'id': 'unread',
            'heading': _('Hosts that were not read, or not fully'),
            'cards': map(_unread, unread),
        }
    read = [one for one in alike if one.example.image_settings is not None]
    if read:
        yield {
            'id': 'hosts',
            'heading': _('Hosts, by settings and findings'),
            'cards': (_card(one, not whole.is_fleet) for one in read),
        }
    if whole.is_fleet and concerned.are_looked_at(whole.hosts):
        yield {
            'id': 'guests',
            'heading': _('Guests'),
            'summary': concerned.summary(whole.hosts),
            'rules': map(_guests, concerned.of(whole.hosts)),
        }
    moves = [
        one for one in fleet.matrices(whole.hosts) if one.sides or one.unknown
    ]
    if moves:
        yield _moves_part(whole, moves)


def _moves_part(
    whole: report.Report, moves: Sequence[fleet.Matrix]
) -> _Values:
    """Return the part about moves, a card for each group."""
    apart = {one.group: one for one in separation.of(whole.hosts)}
    shared = {one.group: one for one in sharing.of(whole.hosts)}
    return {
        'id': 'moves',
        'heading': _('Resizes, cold and live migrations'),
        'legend': [
            _fate(one, meaning=move_wording.meaning(one))
            for one in move_wording.OF_MOVES
        ],
        'live_legend': [
            _fate(one, meaning=move_wording.live_meaning(one))
            for one in move_wording.OF_LIVE_MIGRATIONS
        ],
        'groups': (
            {
                **_moves(one, number, is_only=len(moves) == 1),
                'separation': _separation(apart.get(one.group)),
                'sharing': _sharing(shared.get(one.group)),
            }
            for number, one in enumerate(moves, 1)
        ),
    }


def _changes(compared: changes.Changes) -> _Values:
    return {
        'id': 'changes',
        'heading': _('Changes since %s') % changes.since(compared),
        'cards': map(_changed, changes.alike(compared)),
    }


def _changed(one: changes.Alike) -> _Values:
    """Return the card of hosts that became the same."""
    return {
        'heading': changes.heading(one),
        'hosts': _hosts(one.hosts),
        'mark': _MARKS[one.change],
        'sentences': changes.differences(one),
    }


def _card(alike: fleet.Alike, is_open: bool) -> _Values:
    """Return the card of hosts that are alike.

    :param is_open: whether all of their settings are shown at once
    """
    example = alike.example
    known = example.image_settings
    assert known is not None
    return {
        'deciding': fleet_wording.deciding(known),
        'elsewhere': concerned.elsewhere(alike.rules_of_guests)
        if alike.rules_of_guests
        else '',
        'facts': dict.fromkeys(_facts(alike)),
        'failed': example.failed,
        'findings': map(_finding, alike.found),
        'hosts': _hosts([host.name for host in alike.hosts], example.group),
        'is_open': is_open,
        'outcome': fleet_wording.backend_or_why(known),
        'places': fleet_wording.places(alike) if known.files else '',
        'result': report.result_of(example.worst).value,
        'settings': [
            (one.option, one.shown, wording.place(one.origin))
            for one in known.all
        ],
    }


def _facts(alike: fleet.Alike) -> Iterator[str]:
    """Yield what Nova does on hosts, and what was looked at there."""
    example = alike.example
    for row in example.rows:
        if row.check is not rule.Check.GUESTS or len(alike.hosts) == 1:
            yield from row.facts
        else:
            # How many guests there are is another number on each.
            from nova_cow_check.reports import audit

            yield from audit.what_was_not_read(example.guests)


def _guests(one: concerned.Concerned) -> _Values:
    """Return which guests a rule holds for, and on which hosts."""
    shown = concerned.shown(one)
    return {
        'heading': shown.heading,
        'hosts': shown.hosts,
        'mark': one.severity.name.lower(),
        'more': shown.more,
        'reference': registry.RULES[one.rule].reference,
        'rule': one.rule,
    }


def _finding(finding: findings.Finding) -> _Values:
    default = parsing.OriginKind.DEFAULT
    written = [one for one in finding.origins if one.kind is not default]
    # The first place if none is written.
    places = map(wording.place, written or finding.origins[:1])
    return {
        'body': _body(wording.body(finding)),
        'heading': wording.heading(finding),
        'mark': finding.severity.name.lower() if finding.counts else 'apart',
        'places': ', '.join(dict.fromkeys(places)),
        'reference': registry.RULES[finding.rule].reference,
        'rule': finding.rule,
    }


def _body(
    paragraphs: Iterable[wording.Paragraph],
) -> list[tuple[bool, list[str]]]:
    """Return paragraphs, those together that are copied together."""
    return [
        (is_setting, [paragraph.text for paragraph in some])
        for is_setting, some in itertools.groupby(
            paragraphs, lambda paragraph: paragraph.is_setting
        )
    ]


def _unread(alike: fleet.Alike) -> _Values:
    """Return the card of hosts that could not be read for one reason."""
    example = alike.example
    assert isinstance(example.known, host_settings.Unreadable)
    (finding,) = example.found
    return {
        'finding': _finding(finding),
        'number': terminal.number(len(alike.hosts), example.group),
        'places': (
            (host.name, fleet_wording.unread_place(host))
            for host in alike.hosts
        ),
        'reason': example.known.reason,
        'waiver': finding.waiver and wording.waiver(finding.waiver),
    }


def _hosts(
    hosts: Sequence[str], group: str = '', most: int = _MOST
) -> _Values:
    """Return few words to read, and all names to find unless each is shown.

    :param most: how many words; names that take more are counted instead
    """
    words = list(host_names.folded(hosts, _LONGEST))
    shown = words if len(words) <= most else words[: most - 1]
    are_few = len(hosts) <= _MOST and len(host_names.fold(hosts)) == len(hosts)
    return {
        'all': () if are_few else hosts,
        'left': len(hosts) - sum(word.number for word in shown),
        'number': terminal.number(len(hosts), group),
        'words': [word.notation for word in shown],
    }


def _moves(moves: fleet.Matrix, number: int, is_only: bool) -> _Values:
    """Return all moves of one group.

    :param number: of the group on this page, from 1
    """
    rest = _('All hosts') if is_only else _('Hosts in no group')
    name = f'moves-{number}'
    tables = []
    if moves.sides:
        tables = [
            _table(moves, name, move_wording.harms, move_wording.fate),
            {
                **_table(
                    moves,
                    f'live-{name}',
                    move_wording.live_harms,
                    move_wording.live_fate,
                ),
                'title': move_wording.live_title(moves.is_shared),
                'words': move_wording.made_anew(moves.is_shared)
                if len(moves.sides) > 1
                else '',
            },
        ]
    return {
        'heading': _('Group %s') % moves.group if moves.group else rest,
        'is_wide': len(moves.sides) > _MANY,
        'shared': move_wording.shared() if moves.is_shared else '',
        'sides': [*_sides(moves.sides)],
        'tables': tables,
        'unknown': _hosts(moves.unknown) if moves.unknown else None,
        'ways': [
            {
                'moves': move_wording.joined_moves(one.moves, _MOVES),
                'words': one.words,
            }
            for one in move_wording.ways(moves)
        ],
    }


def _table(
    moves: fleet.Matrix,
    name: str,
    harms_of: Callable[[fleet.Matrix], Sequence[move_wording.Harmed]],
    fate_of: Callable[
        [fleet.Matrix, fleet.Side, fleet.Side], move_wording.Fate
    ],
) -> _Values:
    """Return a table of moves, and what happens where they are not fine.

    :param name: begins the ids of what happens
    """
    harms = [
        (f'{name}-{position}', harm)
        for position, harm in enumerate(harms_of(moves), 1)
    ]
    links = {pair: name for name, harm in harms for pair in harm.moves}
    return {
        'harms': [
            _fate(
                harm.fate,
                id=name,
                moves=move_wording.joined_moves(harm.moves, _MOVES),
                sentences=harm.sentences,
            )
            for name, harm in harms
        ],
        # Of each source, those to all.
        'rows': [
            [
                _fate(
                    fate_of(moves, source, destination),
                    harm=links.get((i, j)),
                )
                for j, destination in enumerate(moves.sides)
            ]
            for i, source in enumerate(moves.sides)
        ],
        'title': '',
        'words': '',
    }


def _sharing(one: sharing.Proposal | None) -> object:
    return _body(move_wording.sharing(one)) if one else []


def _separation(one: separation.Separation | None) -> object:
    return _body(fleet_wording.separation(one)) if one else []


def _sides(sides: Sequence[fleet.Side]) -> Iterator[_Values]:
    for letter, side in zip(move_wording.LETTERS, sides):
        yield {
            'backend': side.behaviour.backend.value,
            'behaviour': move_wording.side(side.behaviour),
            'hosts': _hosts(side.hosts, most=_FEW),
            'letter': letter,
        }


def _fate(fate: move_wording.Fate, **others: object) -> _Values:
    mark = 'apart' if fate.stays else _MARKS[fate.outcome]
    return {'mark': mark, 'word': move_wording.fate_word(fate), **others}
