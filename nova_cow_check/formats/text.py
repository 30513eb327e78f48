# SPDX-License-Identifier: Apache-2.0

"""A report for people: what was read, what Nova does, what to write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nova_cow_check._i18n import _
from nova_cow_check.formats import interface
from nova_cow_check.formats import terminal
from nova_cow_check.nova import operations
from nova_cow_check import printing
from nova_cow_check.reports import fleet
from nova_cow_check.reports import fleet_wording
from nova_cow_check.reports import report
from nova_cow_check.rules import registry
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing


def render(
    whole: report.Report, appearance: interface.Appearance
) -> Iterator[str]:
    """Yield the report: the host or the groups of hosts, and a summary.

    A setting to write is a line of its own, without indentation, as
    nova.conf needs it.
    """
    paint = terminal.Style(appearance.has_colour)
    for line in _lines(whole, appearance.width, paint):
        yield line + '\n'


def _lines(
    whole: report.Report, width: int, paint: terminal.Style
) -> Iterator[str]:
    alike = fleet.alike(whole.hosts)
    if whole.is_fleet:
        yield from _fleet(whole, alike, width, paint)
    else:
        (host,) = whole.hosts
        assert host.image_settings is not None
        yield from _host(host, host.image_settings, width, paint)
    yield ''
    numbers = terminal.wrapped(
        [fleet_wording.count_findings(alike)], width, ''
    )
    yield from map(paint.bold, numbers)
    yield from terminal.wrapped([fleet_wording.exit_code(whole)], width, '')
    if whole.unused_waivers:
        yield from terminal.wrapped(
            [wording.unused(whole.unused_waivers)], width, ''
        )


def _host(
    host: report.HostReport,
    image_settings: host_settings.ImageSettings,
    width: int,
    paint: terminal.Style,
) -> Iterator[str]:
    result = paint.result(report.result_of(host.worst))
    rules = dict.fromkeys(f.rule for f in host.found if f.counts)
    yield f'{paint.bold(printing.printable(host.name))}: {result}'
    if rules:
        yield from terminal.wrapped([', '.join(rules)], width)
    yield ''
    yield paint.bold(_('Settings'))
    yield from _settings(image_settings, width)
    yield ''
    yield paint.bold(_('What Nova does'))
    facts = dict.fromkeys(fact for row in host.rows for fact in row.facts)
    yield from terminal.wrapped(facts, width)
    yield from terminal.failed(host, width, paint)
    for finding in host.found:
        yield ''
        page = _('More: nova-cow-check rules %s') % finding.rule
        reference = registry.RULES[finding.rule].reference
        more = terminal.wrapped([page, reference], width)
        yield from terminal.finding(finding, width, paint, tuple(more))


def _settings(host: host_settings.ImageSettings, width: int) -> Iterator[str]:
    cells = [
        (str(one.option), one.shown, wording.place(one.origin))
        for one in host.all
    ]
    columns = [max(map(len, column)) for column in zip(*cells)]
    if len(terminal.INDENT) * 3 + sum(columns) <= width:
        for cell in cells:
            padded = map(str.ljust, cell, columns)
            yield terminal.INDENT + terminal.INDENT.join(padded).rstrip()
    else:
        yield from terminal.wrapped(map(wording.setting, host.all), width)
    files = ', '.join(map(printing.printable, host.files))
    yield from terminal.wrapped([_('Files read: %s') % files], width)


def _fleet(
    whole: report.Report,
    alike: Sequence[fleet.Alike],
    width: int,
    paint: terminal.Style,
) -> Iterator[str]:
    """Yield all lines but the summary.

    What was not read comes first: nothing that follows is about it.
    """
    yield from _verdict(whole, alike, width, paint)
    for one in sorted(alike, key=_is_read):
        yield ''
        known = one.example.known
        if isinstance(known, host_settings.Unreadable):
            yield from _unread(one, known, width, paint)
        else:
            yield from _alike(one, known, width, paint)
    matrices = fleet.matrices(whole.hosts)
    for moves in matrices:
        if moves.sides or moves.unknown:
            yield ''
            is_only = len(matrices) == 1
            yield from _moves(moves, is_only, width, paint)
    if not any(one.example.rules for one in alike):
        return
    yield ''
    hint = _('nova-cow-check rules NAME tells more about a finding.')
    yield from terminal.wrapped([hint], width, '')


def _is_read(alike: fleet.Alike) -> bool:
    return alike.example.image_settings is not None


def _verdict(
    whole: report.Report,
    alike: Sequence[fleet.Alike],
    width: int,
    paint: terminal.Style,
) -> Iterator[str]:
    result = paint.result(report.result_of(whole.worst))
    yield f'{paint.bold(terminal.number(len(whole.hosts)))}: {result}'
    counted = fleet_wording.count_hosts(alike)
    digits = len(str(max(counted.values())))
    for kind, number in counted.items():
        if number:
            yield from terminal.wrapped(
                [f'{number:{digits}} {fleet_wording.kind_words(kind)}'],
                width,
                hanging=' ' * (digits + 1),
            )


#: Lines of names; what is more floods a terminal.
_MOST_LINES = 10


def _alike(
    alike: fleet.Alike,
    image_settings: host_settings.ImageSettings,
    width: int,
    paint: terminal.Style,
) -> Iterator[str]:
    """Yield the lines about hosts that are alike; a finding is there once for all hosts.

    :param image_settings: those of its example
    """
    yield from _heading(alike, image_settings, width, paint)
    names = [host.name for host in alike.hosts]
    yield from terminal.hosts(names, width, _MOST_LINES)
    yield from terminal.wrapped(alike.example.rows[0].facts, width)
    yield from terminal.failed(alike.example, width, paint)
    found = tuple(alike.example.found)
    if found and image_settings.files:
        yield from terminal.wrapped([fleet_wording.places(alike)], width)
    for finding in found:
        yield ''
        yield from terminal.finding(finding, width, paint)


def _heading(
    alike: fleet.Alike,
    image_settings: host_settings.ImageSettings,
    width: int,
    paint: terminal.Style,
) -> Iterator[str]:
    result = report.result_of(alike.example.worst)
    word = result.value.upper()
    heading = _('%(result)s, %(hosts)s: %(settings)s') % {
        'result': word,
        'hosts': terminal.number(len(alike.hosts), alike.example.group),
        'settings': _summary(alike, image_settings),
    }
    first, *others = terminal.wrapped([heading], width, '', terminal.INDENT)
    yield first.replace(word, paint.result(result), 1)
    yield from others


def _summary(
    alike: fleet.Alike, image_settings: host_settings.ImageSettings
) -> str:
    """Return what decides about disks, and what that leads to."""
    if fleet.is_unaffected(alike.example):
        return _('not concerned')
    return _('%(settings)s -> %(outcome)s') % {
        'settings': ', '.join(fleet_wording.deciding(image_settings)),
        'outcome': fleet_wording.backend_or_why(image_settings),
    }


#: Lines of names beside a letter: the groups have more of them.
_MOST_SIDE_LINES = 2

#: Of a column, with the space behind it.
_COLUMN = 8

#: Before the first column: room for a letter.
_MARGIN = len(terminal.INDENT) * 2 + 1


def _moves(
    moves: fleet.Matrix, is_only: bool, width: int, paint: terminal.Style
) -> Iterator[str]:
    """Yield the lines about the moves within a group.

    :param is_only: whether there is no other group
    """
    title = _title(moves.group, is_only)
    for line in terminal.wrapped([title], width, ''):
        yield paint.bold(line)
    for letter, side in zip(fleet_wording.LETTERS, moves.sides):
        yield from _side(letter, side, width)
    if moves.unknown:
        words = _(
            'Not known, so that a move from or to any of them is a risk:'
        )
        yield from terminal.wrapped([words], width)
        yield from terminal.hosts(
            moves.unknown, width, _MOST_SIDE_LINES, ' ' * _MARGIN
        )
    if len(moves.sides) > 1:
        yield from _tables(moves.sides, width, paint)
    elif moves.sides:
        words = _('A move between these hosts: %s.') % _word(moves.worst)
        yield from terminal.wrapped([words], width)
    yield from _what_happens(moves.sides, width)


def _title(group: str, is_only: bool) -> str:
    if group:
        title = _('Resize and cold migration in the group %s')
        return title % printing.printable(group)
    if is_only:
        return _('Resize and cold migration')
    return _('Resize and cold migration of the other hosts')


def _side(letter: str, side: fleet.Side, width: int) -> Iterator[str]:
    words = _('%(letter)s: %(hosts)s, %(settings)s') % {
        'letter': letter,
        'hosts': terminal.number(len(side.hosts)),
        'settings': fleet_wording.side(side.behaviour),
    }
    hanging = ' ' * (_MARGIN - len(terminal.INDENT))
    yield from terminal.wrapped([words], width, hanging=hanging)
    yield from terminal.hosts(
        side.hosts, width, _MOST_SIDE_LINES, ' ' * _MARGIN
    )


def _tables(
    sides: tuple[fleet.Side, ...], width: int, paint: terminal.Style
) -> Iterator[str]:
    """Yield a table, or several below each other if it is too wide."""
    about = _(
        'Row: the host that an instance was made on. Column: the host that '
        'it is moved to.'
    )
    yield ''
    yield from terminal.wrapped([about], width)
    columns = max((width - _MARGIN) // _COLUMN, 1)
    for start in range(0, len(sides), columns):
        shown = sides[start : start + columns]
        letters = fleet_wording.LETTERS[start : start + len(shown)]
        yield ''
        heads = ''.join(letter.ljust(_COLUMN) for letter in letters)
        yield ' ' * _MARGIN + heads.rstrip()
        for letter, source in zip(fleet_wording.LETTERS, sides):
            outcomes = [fleet.outcome(source, one) for one in shown]
            cells = ''.join(_cell(outcome, paint) for outcome in outcomes)
            row = terminal.INDENT + letter + terminal.INDENT + cells
            yield row.rstrip()


def _cell(outcome: operations.Outcome, paint: terminal.Style) -> str:
    word = _word(outcome)
    return paint.outcome(word, outcome) + ' ' * (_COLUMN - len(word))


def _word(outcome: operations.Outcome) -> str:
    """Return the word, the worst one so that it is found without colour."""
    word = fleet_wording.outcome_word(outcome)
    return word.upper() if outcome is operations.Outcome.UNSAFE else word


def _what_happens(sides: tuple[fleet.Side, ...], width: int) -> Iterator[str]:
    for harm in fleet_wording.harms(sides):
        moves = fleet_wording.joined_moves(harm.moves, _('to'))
        heading = f'{moves}: {_word(harm.outcome)}'
        yield ''
        yield from terminal.wrapped([heading], width)
        yield from terminal.wrapped(
            harm.sentences, width, terminal.INDENT * 2, terminal.INDENT
        )


def _unread(
    alike: fleet.Alike,
    unreadable: host_settings.Unreadable,
    width: int,
    paint: terminal.Style,
) -> Iterator[str]:
    """Yield the lines about hosts not read; none of them is left out.

    :param unreadable: what is known of its example
    """
    (finding,) = alike.example.found
    hosts = terminal.number(len(alike.hosts), alike.example.group)
    heading = _('%(rule)s, %(hosts)s') % {
        'rule': wording.heading(finding),
        'hosts': hosts,
    }
    for line in terminal.wrapped([heading], width, ''):
        yield paint.finding(line, finding)
    if finding.waiver is not None:
        yield from terminal.wrapped([wording.waiver(finding.waiver)], width)
    reason = _('Not read, or not all of it: %s.')
    yield from terminal.wrapped(
        [reason % printing.printable(unreadable.reason)], width
    )
    yield ''
    for host in alike.hosts:
        yield from terminal.wrapped(
            [f'{printing.printable(host.name)} ({_place(host)})'],
            width,
            hanging=terminal.INDENT,
        )


def _place(host: report.HostReport) -> str:
    """Return the file on this machine, and the line."""
    assert isinstance(host.known, host_settings.Unreadable)
    path = host.path_of(host.known.path)
    kind = parsing.OriginKind.FILE
    return wording.place(parsing.Origin(kind, path, host.known.line))
