# SPDX-License-Identifier: Apache-2.0

"""A report as a page: one file, without scripts, that fetches nothing.

What it looks like is in the directory templates. This module finds what they
show: a dict for each thing, with the names that they use.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
import functools
import hashlib
from importlib import resources

import jinja2

from nova_cow_check._i18n import _
from nova_cow_check.formats import html_moves
from nova_cow_check.formats import html_overview
from nova_cow_check.formats import html_pieces
from nova_cow_check.formats import html_rules
from nova_cow_check.formats import interface
from nova_cow_check.formats import terminal
from nova_cow_check import printing
from nova_cow_check.reports import changes
from nova_cow_check.reports import concerned
from nova_cow_check.reports import fleet
from nova_cow_check.reports import fleet_wording
from nova_cow_check.reports import overview
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule
from nova_cow_check.rules import wording
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing

#: Expressions and texts of a template that are written at once.
_BUFFERED = 256

#: Width of the bar in its own units, and what is seen of it at least.
_BAR, _NARROWEST = 1000, 8


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


def _page(whole: report.Report) -> html_pieces.Values:
    alike = fleet.alike(whole.hosts)
    shares = _shares(alike) if whole.is_fleet else []
    words = ', '.join(f'{one["words"]} {one["hosts"]}' for one in shares)
    style = _read('report.css')
    digest = hashlib.sha256(style.encode('ascii')).digest()
    return {
        'bar_width': _BAR,
        'bar_words': html_pieces.headings(whole).bar % words,
        'parts': [*_parts(whole, alike)],
        'sentences': _sentences(whole, alike),
        'shares': shares,
        'style': style,
        'style_hash': base64.b64encode(digest).decode('ascii'),
        'title': _('Image settings of %s')
        % (
            whole.hosts[0].name
            if len(whole.hosts) == 1
            else terminal.number_of(whole.hosts)
        ),
        'verdict': report.result_of(whole.worst).value,
        'version': whole.version,
    }


def _shares(alike: Sequence[fleet.Alike]) -> list[html_pieces.Values]:
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
                'mark': html_pieces.MARKS[kind],
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
        yield from changes.caveats(whole.compared)
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
) -> Iterator[html_pieces.Values]:
    """Yield the parts of the page; an id is the name of a template, too.

    What is in them is made one after the other: together it can be large.
    """
    rules = overview.of(whole.hosts)
    yield from html_overview.parts(whole, alike, rules)
    if whole.compared is not None and whole.compared.hosts:
        yield _changes(whole.compared)
    moves = [
        one for one in fleet.matrices(whole.hosts) if one.sides or one.unknown
    ]
    if len(alike) > 1:
        yield html_overview.index(whole, alike, moves)
    of_moves = [html_moves.part(whole, moves)] if moves else []
    if len(whole.hosts) > 1:
        yield from of_moves
        yield from _cards(whole, alike)
    else:
        # What a host does itself tells more than what it would do to others.
        yield from _cards(whole, alike)
        yield from of_moves
    if whole.is_fleet and concerned.are_looked_at(whole.hosts):
        yield {
            'id': 'guests',
            'heading': _('Guests'),
            'summary': concerned.summary(whole.hosts),
            'rules': map(_guests, concerned.of(whole.hosts)),
        }
    if rules:
        yield html_rules.part(one.rule for one in rules)


def _cards(
    whole: report.Report, alike: Sequence[fleet.Alike]
) -> Iterator[html_pieces.Values]:
    """Yield the parts with a card for hosts that are alike."""
    headings = html_pieces.headings(whole)
    cards = [*html_overview.card_ids(alike)]
    unread = [one for one in cards if one[1].example.image_settings is None]
    if unread:
        yield {
            'id': 'unread',
            'heading': headings.unread,
            'cards': ({'id': name, **_unread(one)} for name, one in unread),
        }
    read = [one for one in cards if one[1].example.image_settings is not None]
    if read:
        yield {
            'id': 'hosts',
            'heading': headings.read,
            'cards': (
                {'id': name, **_card(one, not whole.is_fleet)}
                for name, one in read
            ),
        }


def _changes(compared: changes.Changes) -> html_pieces.Values:
    return {
        'id': 'changes',
        'heading': _('Changes since %s') % changes.since(compared),
        'cards': map(_changed, changes.alike(compared)),
    }


def _changed(one: changes.Alike) -> html_pieces.Values:
    """Return the card of hosts that became the same."""
    return {
        'heading': changes.heading(one),
        'hosts': html_pieces.hosts(one.hosts),
        'mark': html_pieces.MARKS[one.change],
        'sentences': changes.differences(one),
    }


def _card(alike: fleet.Alike, is_open: bool) -> html_pieces.Values:
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
        'hosts': {
            **html_pieces.hosts([host.name for host in alike.hosts]),
            'number': terminal.number_of(alike.hosts, example.group),
        },
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


def _guests(one: concerned.Concerned) -> html_pieces.Values:
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


def _finding(finding: findings.Finding) -> html_pieces.Values:
    default = parsing.OriginKind.DEFAULT
    written = [one for one in finding.origins if one.kind is not default]
    # The first place if none is written.
    places = map(wording.place, written or finding.origins[:1])
    return {
        'body': html_pieces.body(wording.body(finding)),
        'heading': wording.heading(finding),
        'mark': finding.severity.name.lower() if finding.counts else 'apart',
        'places': ', '.join(dict.fromkeys(places)),
        'reference': registry.RULES[finding.rule].reference,
        'rule': finding.rule,
    }


def _unread(alike: fleet.Alike) -> html_pieces.Values:
    """Return the card of hosts that could not be read for one reason."""
    example = alike.example
    assert isinstance(example.known, host_settings.Unreadable)
    (finding,) = example.found
    return {
        'finding': _finding(finding),
        'number': terminal.number_of(alike.hosts, example.group),
        'places': (
            (host.name, fleet_wording.unread_place(host))
            for host in alike.hosts
        ),
        'reason': example.known.reason,
        'waiver': finding.waiver and wording.waiver(finding.waiver),
    }
