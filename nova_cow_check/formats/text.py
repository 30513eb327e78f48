# SPDX-License-Identifier: Apache-2.0

"""A report for people: what was read, what Nova does, what to write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nova_cow_check._i18n import _
from nova_cow_check.formats import interface
from nova_cow_check.formats import terminal
from nova_cow_check.formats import text_moves
from nova_cow_check import printing
from nova_cow_check.reports import changes
from nova_cow_check.reports import concerned
from nova_cow_check.reports import fleet
from nova_cow_check.reports import fleet_wording
from nova_cow_check.reports import report
from nova_cow_check.reports import separation
from nova_cow_check.reports import sharing
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings


def render(
    whole: report.Report, appearance: interface.Appearance
) -> Iterator[str]:
    """Yield the report: the host or the groups of hosts, and a summary.

    A setting to write is a line of its own, without indentation, as
    nova.conf needs it.
    """
    for line in _lines(whole, terminal.Screen(*appearance)):
        yield line + '\n'


def _lines(whole: report.Report, screen: terminal.Screen) -> Iterator[str]:
    alike = fleet.alike(whole.hosts)
    if whole.is_fleet:
        yield from _verdict(whole, alike, screen)
        yield from _compared(whole, screen)
        yield from _fleet(whole, alike, screen)
    else:
        yield from _host(whole, screen)
    yield ''
    numbers = fleet_wording.count_findings(alike)
    yield from map(screen.bold, screen.wrapped(numbers, indent=''))
    yield from screen.wrapped(fleet_wording.exit_code(whole), indent='')
    if whole.unused_waivers:
        unused = wording.unused(whole.unused_waivers)
        yield from screen.wrapped(unused, indent='')


def _host(whole: report.Report, screen: terminal.Screen) -> Iterator[str]:
    (host,) = whole.hosts
    assert host.image_settings is not None
    rules = dict.fromkeys(f.rule for f in host.found if f.counts)
    name = screen.bold(printing.printable(host.name))
    yield f'{name}: {_result(host.worst, screen)}'
    if rules:
        yield from screen.wrapped(', '.join(rules))
    yield from _compared(whole, screen)
    yield ''
    yield screen.bold(_('Settings'))
    yield from _settings(host.image_settings, screen)
    yield ''
    yield screen.bold(_('What Nova does'))
    guests = rule.Check.GUESTS
    facts = dict.fromkeys(
        fact
        for row in host.rows
        if row.check is not guests
        for fact in row.facts
    )
    yield from screen.wrapped(*facts)
    guests_looked_at = tuple(_guests(host))
    if guests_looked_at:
        yield ''
        yield screen.bold(_('Guests'))
        yield from screen.wrapped(*guests_looked_at)
    yield from terminal.failed(host, screen)
    for finding in _shown(host):
        yield ''
        page = _('More: nova-cow-check rules %s') % finding.rule
        reference = registry.RULES[finding.rule].reference
        more = tuple(screen.wrapped(page, reference))
        yield from terminal.finding(finding, screen, more)


def _guests(host: report.HostReport) -> Iterator[str]:
    """Yield what was looked at of guests."""
    if host.guests is None and not fleet.is_unaffected(host):
        yield _('Guests that exist were not looked at: --guests does that.')
    for row in host.rows:
        if row.check is rule.Check.GUESTS:
            yield from (fact for fact in row.facts if fact != row.failed)


def _shown(host: report.HostReport) -> Sequence[findings.Finding]:
    """Return the findings of a host, guests that are alike as one."""
    if host.guests is None:
        return host.found
    from nova_cow_check.reports import audit

    return audit.shown(host.found)


def _result(worst: findings.Severity | None, screen: terminal.Screen) -> str:
    """Return the word for a verdict, in its colour."""
    result = report.result_of(worst)
    return screen.marked(result.value.upper(), result)


def _settings(
    host: host_settings.ImageSettings, screen: terminal.Screen
) -> Iterator[str]:
    cells = [
        (str(one.option), one.shown, wording.place(one.origin))
        for one in host.all
    ]
    columns = [max(map(len, column)) for column in zip(*cells)]
    if len(terminal.INDENT) * 3 + sum(columns) <= screen.width:
        for cell in cells:
            padded = map(str.ljust, cell, columns)
            yield terminal.INDENT + terminal.INDENT.join(padded).rstrip()
    else:
        yield from screen.wrapped(*map(wording.setting, host.all))
    files = ', '.join(map(printing.printable, host.files))
    yield from screen.wrapped(_('Files read: %s') % files)


def _fleet(
    whole: report.Report, alike: Sequence[fleet.Alike], screen: terminal.Screen
) -> Iterator[str]:
    """Yield all lines but those at the top, and the summary.

    What was not read comes first: nothing that follows is about it.
    """
    for one in alike:
        if one.example.image_settings is None:
            yield ''
            yield from _unread(one, screen)
    for one in alike:
        if one.example.image_settings is not None:
            yield ''
            yield from _alike(one, screen)
    yield from _concerned(whole.hosts, screen)
    matrices = fleet.matrices(whole.hosts)
    apart = {one.group: one for one in separation.of(whole.hosts)}
    shared = {one.group: one for one in sharing.of(whole.hosts)}
    for moves in matrices:
        if moves.sides or moves.unknown:
            yield ''
            proposal = shared.get(moves.group)
            is_only = len(matrices) == 1
            yield from text_moves.of(moves, is_only, proposal, screen)
        if moves.group in apart:
            words = fleet_wording.separation(apart[moves.group])
            yield ''
            yield from terminal.paragraphs(words, screen)
    if any(one.example.rules for one in alike):
        yield ''
        hint = _('nova-cow-check rules NAME tells more about a finding.')
        yield from screen.wrapped(hint, indent='')


def _concerned(
    hosts: Sequence[report.HostReport], screen: terminal.Screen
) -> Iterator[str]:
    """Yield which guests are concerned, by rule and host."""
    yield ''
    yield screen.bold(_('Guests'))
    yield from screen.wrapped(concerned.summary(hosts))
    for one in concerned.of(hosts):
        shown = concerned.shown(one)
        yield ''
        for line in screen.wrapped(shown.heading):
            yield screen.marked(line, one.severity)
        for host, guests in shown.hosts:
            yield from screen.wrapped(
                f'{host}: {guests}',
                indent=terminal.INDENT * 2,
                hanging=terminal.INDENT,
            )
        if shown.more:
            yield from screen.wrapped(shown.more, indent=terminal.INDENT * 2)


def _verdict(
    whole: report.Report, alike: Sequence[fleet.Alike], screen: terminal.Screen
) -> Iterator[str]:
    number_of_all = screen.bold(terminal.number_of(whole.hosts))
    yield f'{number_of_all}: {_result(whole.worst, screen)}'
    counted = fleet_wording.count_hosts(alike)
    digits = len(str(max(counted.values())))
    for kind, number in counted.items():
        if number:
            words = f'{number:{digits}} {fleet_wording.kind_words(kind)}'
            yield from screen.wrapped(words, hanging=' ' * (digits + 1))


def _compared(whole: report.Report, screen: terminal.Screen) -> Iterator[str]:
    """Yield what became of hosts since earlier reports."""
    if whole.compared is None:
        return
    # As near to the top as the numbers of all hosts.
    summary = changes.summary(whole.compared, whole.is_fleet)
    yield from map(screen.bold, screen.wrapped(summary))
    for sentence in changes.caveats(whole.compared):
        yield from screen.wrapped(sentence)
    if not whole.is_fleet:
        for one in changes.alike(whole.compared):
            yield from screen.wrapped(*changes.differences(one))
        return
    for number, one in enumerate(changes.alike(whole.compared)):
        if not number:
            yield ''
            title = _('Changes since %s') % changes.since(whole.compared)
            yield from map(screen.bold, screen.wrapped(title, indent=''))
        words = ' '.join(
            [f'{changes.heading(one)}.', *changes.differences(one)]
        )
        yield from screen.wrapped(words, hanging=terminal.INDENT)
        yield from screen.hosts(
            one.hosts, _MOST_CHANGED_LINES, terminal.INDENT * 2
        )


#: Lines of names of hosts that became the same.
_MOST_CHANGED_LINES = 3

#: Lines of names; what is more floods a terminal.
_MOST_LINES = 10


def _alike(alike: fleet.Alike, screen: terminal.Screen) -> Iterator[str]:
    """Yield the lines about hosts that are alike, findings once for all."""
    example = alike.example
    known = example.image_settings
    assert known is not None
    result = report.result_of(example.worst)
    word = result.value.upper()
    heading = _('%(result)s, %(hosts)s: %(settings)s') % {
        'result': word,
        'hosts': terminal.number_of(alike.hosts, example.group),
        'settings': _summary(example, known),
    }
    first, *others = screen.wrapped(
        heading, indent='', hanging=terminal.INDENT
    )
    yield first.replace(word, screen.marked(word, result), 1)
    yield from others
    yield from screen.hosts((host.name for host in alike.hosts), _MOST_LINES)
    yield from screen.wrapped(*example.rows[0].facts)
    if example.guests is not None:
        from nova_cow_check.reports import audit

        unread = audit.what_was_not_read(example.guests)
        yield from screen.wrapped(*unread)
    yield from terminal.failed(example, screen)
    found = tuple(alike.found)
    if found and known.files:
        yield from screen.wrapped(fleet_wording.places(alike))
    if alike.rules_of_guests:
        words = concerned.elsewhere(alike.rules_of_guests)
        yield from screen.wrapped(words)
    for finding in found:
        yield ''
        yield from terminal.finding(finding, screen)


def _summary(
    host: report.HostReport, known: host_settings.ImageSettings
) -> str:
    """Return what decides about disks, and what that leads to."""
    if fleet.is_unaffected(host) and not known.is_fragment:
        return _('not concerned')
    return _('%(settings)s -> %(outcome)s') % {
        'settings': ', '.join(fleet_wording.deciding(known)),
        'outcome': fleet_wording.backend_or_why(known),
    }


def _unread(alike: fleet.Alike, screen: terminal.Screen) -> Iterator[str]:
    """Yield the lines about hosts not read; none of them is left out."""
    example = alike.example
    assert isinstance(example.known, host_settings.Unreadable)
    (finding,) = example.found
    heading = _('%(rule)s, %(hosts)s') % {
        'rule': wording.heading(finding),
        'hosts': terminal.number_of(alike.hosts, example.group),
    }
    for line in screen.wrapped(heading, indent=''):
        yield screen.finding(line, finding)
    if finding.waiver is not None:
        yield from screen.wrapped(wording.waiver(finding.waiver))
    reason = printing.printable(example.known.reason)
    yield from screen.wrapped(_('Not read, or not all of it: %s.') % reason)
    yield ''
    for host in alike.hosts:
        place = fleet_wording.unread_place(host)
        yield from screen.wrapped(
            f'{printing.printable(host.name)} ({place})',
            hanging=terminal.INDENT,
        )
