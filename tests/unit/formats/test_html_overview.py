# SPDX-License-Identifier: Apache-2.0

"""The page: what was found by rule, the index, and the texts of rules."""

from __future__ import annotations

import dataclasses
from xml.etree import ElementTree

from docutils import core
from docutils import nodes
import pytest

from nova_cow_check.formats import html
from nova_cow_check.formats import html_rules
from nova_cow_check.reports import overview
from nova_cow_check.reports import overview_wording
from nova_cow_check.rules import registry
from tests.unit import fleets
from tests.unit.formats import test_html
from tests.unit.guests import disks
from tests.unit import hosts
from tests.unit import sample_guests
from tests.unit import sample_reports

SICK = test_html.SICK
at, body, part = test_html.at, test_html.body, test_html.part
of_class, shown, words = test_html.of_class, test_html.shown, test_html.words

GUESTS = sample_guests.audit_of(sample_guests.alike(2, 1))
SOUND = sample_guests.audit_of(
    sample_guests.numbered([disks.guest(disks.raw())], 50)
)


def cell_words(row: ElementTree.Element) -> list[str]:
    return [words(cell) for cell in row]


class TestOverview:
    def test_parts_are_in_the_order_in_which_they_are_read(self) -> None:
        page = body(sample_guests.fleet_of({'a1': GUESTS, 'a2': SOUND}))
        assert [one.get('id') for one in at(page, 'main')] == [
            'overview',
            'index',
            'moves',
            'hosts',
            'guests',
            'rules',
        ]
        changed = at(body(fleets.changed()), 'main')
        assert [one.get('id') for one in changed] == [
            'overview',
            'changes',
            'index',
            'moves',
            'unread',
            'hosts',
            'rules',
        ]

    def test_a_rule_has_a_row_that_leads_to_its_text(self) -> None:
        whole = fleets.varied()
        rows = at(part(whole, 'overview'), 'div/table/tbody')
        assert [cell_words(row) for row in rows][:2] == [
            [
                'mixed-image-backends',
                'failure',
                'Hosts: 4',
                'Waived: 1',
                registry.page('mixed-image-backends').summary,
            ],
            [
                'raw-disks-opened-as-qcow2',
                'failure',
                'Hosts: 1',
                'Waived: 0',
                registry.page('raw-disks-opened-as-qcow2').summary,
            ],
        ]
        assert [link.get('href') for link in rows.iter('a')] == [
            f'#rule-{one.rule}' for one in overview.of(whole.hosts)
        ]

    def test_guests_have_a_column_where_they_are_looked_at(self) -> None:
        section = part(sample_guests.shared(), 'overview')
        table = at(section, 'div/table')
        assert cell_words(at(table, 'thead/tr')) == [
            'Rule',
            'Severity',
            'Hosts',
            'Guests',
            'Meaning',
        ]
        assert cell_words(at(table, 'tbody')[0])[2:4] == [
            'Hosts: 4',
            'Guests: 29',
        ]

    def test_what_to_do_first_is_what_the_report_says(self) -> None:
        whole = fleets.varied()
        (steps,) = of_class(part(whole, 'overview'), 'steps')
        expected = overview_wording.steps(overview.of(whole.hosts))
        assert len(steps) == len(expected) == 3
        for item, step in zip(steps, expected):
            assert words(at(item, 'h4')) == (
                f'{step.found.rule}: hosts: {step.found.hosts}'
            )
            for paragraph in step.body:
                assert paragraph.text in shown(item)

    def test_one_host_has_no_numbers_of_hosts_and_no_steps(self) -> None:
        conf = SICK + 'use_cow_images = yes\n'
        section = part(sample_reports.of(hosts.host(conf)), 'overview')
        assert not of_class(section, 'steps')
        assert 'most hosts' not in words(section)
        table = at(section, 'div/table')
        assert cell_words(at(table, 'thead/tr')) == [
            'Rule',
            'Severity',
            'Meaning',
        ]

    @pytest.mark.parametrize('conf', [SICK, fleets.QCOW2])
    def test_one_host_with_one_finding_has_no_overview(
        self, conf: str
    ) -> None:
        page = body(sample_reports.of(hosts.host(conf)))
        ids = [one.get('id') for one in at(page, 'main')]
        assert 'overview' not in ids and 'index' not in ids

    def test_a_check_that_could_not_run_is_told(self) -> None:
        whole = fleets.varied()
        host = whole.hosts[-1]
        row = host.rows[0]._replace(failed='It fell over.')
        host = dataclasses.replace(host, rows=(row, *host.rows[1:]))
        whole = dataclasses.replace(whole, hosts=(*whole.hosts[:-1], host))
        assert 'On 1 hosts, a check could not run' in words(
            part(whole, 'overview')
        )


class TestIndex:
    def test_every_card_is_in_the_index_of_its_group(self) -> None:
        whole = fleets.varied()
        page = body(whole)
        by_id = {one.get('id'): one for one in page.iter('article')}
        found = {}
        for group in part(whole, 'index').iter('section'):
            if group.get('id') is None:
                heading, *_rest = at(group, 'h3').itertext()
                for link in at(group, 'ul').iter('a'):
                    card = by_id.pop(link.get('href', '')[1:])
                    found[words(link)] = heading.strip(), words(card)
        assert not by_id
        assert found['cell2-compute[1-2]'][0] == 'Group cell2'
        assert found['compute[001-012]'][0] == 'Hosts in no group'
        for names, (_heading, card) in found.items():
            assert names in card

    def test_it_is_in_the_order_of_names(self) -> None:
        section = part(fleets.varied(), 'index')
        _cell2, others = (
            at(one, 'ul')
            for one in section.iter('section')
            if one.get('id') is None
        )
        assert [words(link) for link in others.iter('a')][:4] == [
            'api1',
            'baremetal1',
            'compute[001-012]',
            'compute[013-020]',
        ]

    def test_a_group_leads_to_its_moves(self) -> None:
        page = body(fleets.varied())
        headings = {
            one.get('id'): words(at(one, 'h3'))
            for one in of_class(page, 'moves')
        }
        for group in part(fleets.varied(), 'index').iter('section'):
            if group.get('id') is None:
                name = at(group, 'p/a').get('href', '')[1:]
                assert words(at(group, 'h3')).startswith(headings[name])

    def test_many_names_are_counted(self) -> None:
        unlike = {f'{"x" * n}-1': fleets.QCOW2 for n in range(1, 31)}
        whole = fleets.of({**unlike, 'a1': SICK})
        links = [*part(whole, 'index').iter('a')][1:]
        assert words(links[1]).endswith(' and 28 more')

    def test_hosts_that_are_all_alike_have_none(self) -> None:
        page = body(fleets.alike())
        assert [one.get('id') for one in at(page, 'main')] == [
            'moves',
            'hosts',
        ]


class TestRules:
    def test_there_is_the_text_of_each_rule_that_holds(self) -> None:
        whole = fleets.varied()
        folds = [*part(whole, 'rules').iter('details')]
        assert [words(at(one, 'summary/h3')) for one in folds] == [
            one.rule for one in overview.of(whole.hosts)
        ]
        for fold in folds:
            assert fold.get('open') is None
            name = words(at(fold, 'summary/h3'))
            assert at(fold, 'div').get('id') == f'rule-{name}'

    @pytest.mark.parametrize('name', registry.RULES)
    def test_a_text_says_what_the_page_says(self, name: str) -> None:
        environment = html._environment()
        template = environment.get_template('rules.html.j2')
        text = template.render(part=html_rules.part([name]))
        found = words(ElementTree.fromstring(f'<main>{text}</main>'))
        text = registry.page(name).text
        page = core.publish_doctree(text)
        paragraphs = [
            *page.findall(nodes.paragraph),
            *page.findall(nodes.literal_block),
            *page.findall(nodes.title),
        ]
        assert len(paragraphs) > 5
        for one in paragraphs:
            plain = ' '.join(one.astext().split())
            assert plain in found
        assert '``' not in found
