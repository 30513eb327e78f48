# SPDX-License-Identifier: Apache-2.0

"""The parts of a page to begin with: what was found, by rule, and an index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from nova_cow_check._i18n import _
from nova_cow_check.formats import html_moves
from nova_cow_check.formats import html_pieces
from nova_cow_check.formats import terminal
from nova_cow_check import host_names
from nova_cow_check.reports import concerned
from nova_cow_check.reports import fleet
from nova_cow_check.reports import fleet_wording
from nova_cow_check.reports import overview
from nova_cow_check.reports import overview_wording
from nova_cow_check.reports import report
from nova_cow_check.rules import registry

#: Words for the names of hosts that are alike; their card has the others.
_WORDS = 3


def parts(
    whole: report.Report,
    alike: Sequence[fleet.Alike],
    rules: Sequence[overview.RuleCount],
) -> Iterator[html_pieces.Values]:
    """Yield the parts; of what one card shows, there is none.

    :param alike: all hosts of the report
    :param rules: what was found there
    """
    are_many = len(whole.hosts) > 1
    failed = sum(len(one.hosts) for one in alike if one.example.failed)
    if rules and (are_many or len(rules) > 1):
        yield {
            'id': 'overview',
            'heading': _('What was found, by rule'),
            'has_guests': concerned.are_looked_at(whole.hosts),
            'counted': html_pieces.headings(whole).counted if are_many else '',
            'has_waived': any(one.waived for one in rules),
            'failed': overview_wording.could_not_run(failed)
            if failed and are_many
            else '',
            'order': overview_wording.order(rules) if are_many else '',
            'rules': map(_rule, rules),
            'steps': [
                _step(step, whole) for step in overview_wording.steps(rules)
            ]
            if are_many
            else [],
        }


def index(
    whole: report.Report,
    alike: Sequence[fleet.Alike],
    moves: Sequence[fleet.Matrix],
) -> html_pieces.Values:
    """Return the part that leads from names to cards, by group and name.

    :param alike: in the order of the cards
    :param moves: in the order of their tables
    """
    tables = {one.group: name for name, one in html_moves.ids(moves)}
    by_group: dict[str, list[tuple[str, fleet.Alike]]] = {}
    for name, one in card_ids(alike):
        by_group.setdefault(one.example.group, []).append((name, one))
    return {
        'id': 'index',
        'heading': html_pieces.headings(whole).names,
        'groups': (
            {
                **_group(by_group[group]),
                'heading': _('All files')
                if whole.is_of_files
                else fleet_wording.group_heading(group, len(by_group) == 1),
                'moves': tables.get(group, ''),
            }
            for group in sorted(by_group, key=fleet.group_order)
        ),
    }


def card_ids(
    alike: Iterable[fleet.Alike],
) -> Iterator[tuple[str, fleet.Alike]]:
    """Yield hosts that are alike with the id of their card."""
    numbers = {'unread': 0, 'hosts': 0}
    for one in alike:
        part = 'unread' if one.example.image_settings is None else 'hosts'
        numbers[part] += 1
        yield f'{part}-{numbers[part]}', one


def _group(members: list[tuple[str, fleet.Alike]]) -> html_pieces.Values:
    members.sort(key=lambda one: host_names.order(one[1].example.name))
    hosts = [host for _id, one in members for host in one.hosts]
    return {
        'number': terminal.number_of(hosts),
        'cards': (_entry(name, one) for name, one in members),
    }


def _entry(name: str, alike: fleet.Alike) -> html_pieces.Values:
    kind = fleet_wording.kind_of(alike.example)
    names = [host.name for host in alike.hosts]
    return {
        'hosts': html_pieces.hosts(names, most=_WORDS),
        'id': name,
        'mark': html_pieces.MARKS[kind],
        'number': terminal.number_of(alike.hosts),
        'words': fleet_wording.kind_words(kind),
    }


def _rule(one: overview.RuleCount) -> html_pieces.Values:
    """Return a row of the table."""
    return {
        'guests': one.guests,
        'hosts': one.hosts,
        'mark': one.severity.name.lower() if one.hosts else 'apart',
        'meaning': registry.page(one.rule).summary,
        'name': one.rule,
        'severity': overview_wording.severity(one),
        'waived': one.waived,
    }


def _step(
    step: overview_wording.Step, whole: report.Report
) -> html_pieces.Values:
    return {
        'body': html_pieces.body(step.body),
        'mark': step.found.severity.name.lower(),
        'name': step.found.rule,
        'number': overview_wording.where(step.found, whole.is_of_files),
    }
