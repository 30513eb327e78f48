# SPDX-License-Identifier: Apache-2.0

"""The page: what it says; test_html_safety has that it can do no harm.

It is read as XML, which its body is; tests/browser reads it with browsers'
own rules.
"""

from __future__ import annotations

from collections.abc import Iterator
import dataclasses
import datetime
import itertools
from xml.etree import ElementTree

import pytest

from nova_cow_check.formats import html
from nova_cow_check.formats import interface
from nova_cow_check.reports import fleet
from nova_cow_check.reports import move_wording
from nova_cow_check.reports import report
from nova_cow_check.settings import host_settings
from tests.unit import fleets
from tests.unit import hosts
from tests.unit import sample_reports

SICK = hosts.nova_conf(use_cow_images='False')


def rendered(whole: report.Report) -> str:
    return ''.join(html.render(whole, interface.Appearance()))


def body(whole: report.Report) -> ElementTree.Element:
    page = rendered(whole)
    start, end = page.index('<body>'), page.index('</html>')
    return ElementTree.fromstring(page[start:end])


def words(element: ElementTree.Element) -> str:
    """Return the text of an element, white space as a browser shows it."""
    return ' '.join(shown(element).split())


def at(element: ElementTree.Element, path: str) -> ElementTree.Element:
    found = element.find(path)
    assert found is not None
    return found


def shown(element: ElementTree.Element) -> str:
    """Return the text of an element as it stands."""
    return ''.join(element.itertext())


def of_class(
    element: ElementTree.Element, name: str
) -> list[ElementTree.Element]:
    return [
        one for one in element.iter() if name in one.get('class', '').split()
    ]


def part(whole: report.Report, name: str) -> ElementTree.Element:
    (found,) = (
        one for one in body(whole).iter('section') if one.get('id') == name
    )
    return found


class TestVerdict:
    @pytest.mark.parametrize(
        ('conf', 'word'),
        [
            (fleets.QCOW2, 'success'),
            (SICK, 'warning'),
            (hosts.nova_conf(images_type='no'), 'failure'),
        ],
    )
    def test_it_is_a_word_with_a_shape(self, conf: str, word: str) -> None:
        (verdict,) = of_class(body(fleets.of({'compute1': conf})), 'verdict')
        assert words(verdict) == word
        assert word in verdict.get('class', '').split()
        assert [use.get('href') for use in verdict.iter('use')] == [
            f'#mark-{word}'
        ]

    def test_hosts_are_counted(self) -> None:
        found = of_class(body(fleets.varied()), 'numbers')
        assert [words(one) for one in found[0]] == [
            'not read 2',
            'with a failure 7',
            'with warnings 8',
            'fine 15',
            'not concerned: without the libvirt driver 2',
        ]

    def test_the_bar_says_the_same_in_words(self) -> None:
        (bar,) = of_class(body(fleets.varied()), 'bar')
        assert bar.get('role') == 'img'
        assert bar.findtext('title') == (
            'Hosts: not read 2, with a failure 7, with warnings 8, fine 15, '
            'not concerned: without the libvirt driver 2'
        )

    def test_the_bar_is_filled(self) -> None:
        (bar,) = of_class(body(fleets.varied()), 'bar')
        edges = [
            (float(one.get('x', '')), float(one.get('width', '')))
            for one in bar.iter('rect')
        ]
        starts = [start for start, _width in edges]
        assert starts == sorted(starts) and starts[0] == 0
        assert all(width > 0 for _start, width in edges)
        assert sum(edges[-1]) == pytest.approx(1000, abs=3)

    def test_one_host_is_not_counted(self) -> None:
        page = body(sample_reports.of(hosts.host(SICK)))
        assert not of_class(page, 'numbers') and not of_class(page, 'bar')

    def test_it_says_what_a_gate_goes_by_and_when_it_was_made(self) -> None:
        whole = sample_reports.of(
            hosts.host(SICK), sample_reports.VARIED, report.FailOn.FAILURE
        )
        header = words(at(body(whole), 'header'))
        for sentence in (
            'Image settings of compute1',
            'Failures: 0, warnings: 0, notes: 0, waived: 1.',
            'Exit code 0, with --fail-on failure.',
            'Made on 2026-11-23 09:30+00:00 by nova-cow-check 1.2.3.',
            'Waivers that matched nothing: use-cow-images-unused '
            '(waivers.yaml:1), driver-removed (waivers.yaml:1).',
        ):
            assert sentence in header

    def test_findings_count_on_each_host(self) -> None:
        whole = fleets.of(fleets.numbered(1, 9, SICK))
        header = words(at(body(whole), 'header'))
        assert 'Failures: 0, warnings: 9, notes: 0, waived: 0.' in header


class TestHosts:
    def test_there_is_a_card_for_hosts_alike_the_worst_first(self) -> None:
        whole = fleets.varied()
        found = [
            words(at(card, 'h3'))
            for card in part(whole, 'hosts').iter('article')
        ]
        # One is unsafe by itself, three are beside others.
        assert found[:2] == ['1 host failure', '3 hosts failure']
        assert (
            found[-4:] == ['2 hosts of cell2 success'] + ['1 host success'] * 3
        )
        read = [
            alike
            for alike in fleet.alike(whole.hosts)
            if alike.example.image_settings
        ]
        assert len(found) == len(read)

    def test_it_says_what_decides_and_what_comes_of_it(self) -> None:
        (choice,) = of_class(
            body(fleets.of({'compute1': hosts.nova_conf()})), 'choice'
        )
        assert words(choice) == (
            'images_type = default (not set) use_cow_images = True (not set) '
            '\N{RIGHTWARDS ARROW} qcow2'
        )

    def test_every_name_is_there_to_be_searched_for(self) -> None:
        whole = fleets.of(fleets.numbered(1, 900, fleets.QCOW2))
        (card,) = part(whole, 'hosts').iter('article')
        (folded,) = of_class(card, 'names')
        assert words(folded) == 'compute[001-900]'
        (names,) = of_class(card, 'all-names')
        found = [words(name) for name in names]
        assert found == [f'compute{n:03}' for n in range(1, 901)]

    def test_too_many_names_are_counted(self) -> None:
        unlike = {f'{"x" * n}-1': fleets.QCOW2 for n in range(1, 31)}
        (card,) = part(fleets.of(unlike), 'hosts').iter('article')
        (names,) = of_class(card, 'names')
        assert words(names).endswith(f'{"x" * 15}-1 and 15 more')
        assert words(card).count(f'{"x" * 30}-1') == 1

    def test_a_few_names_are_not_told_twice(self) -> None:
        whole = fleets.of({'a1': fleets.QCOW2, 'b2': fleets.QCOW2})
        (card,) = part(whole, 'hosts').iter('article')
        assert not of_class(card, 'all-names')

    def test_a_finding_is_as_in_the_other_formats(self) -> None:
        (finding,) = of_class(
            body(sample_reports.of(hosts.host(SICK))), 'finding'
        )
        assert words(at(finding, 'h4')) == ('Warning: implicit-image-backend')
        (place,) = of_class(finding, 'places')
        assert words(place) == 'nova.conf:3'
        assert 'leaves the choice of the image backend' in words(finding)
        assert 'Keep use_cow_images = False: nova.conf:3.' in words(finding)
        meaning, link = finding.iter('a')
        assert meaning.get('href') == '#rule-implicit-image-backend'
        assert link.get('href') == words(link)
        assert words(link).startswith('https://')

    def test_settings_to_write_are_lines_that_can_be_pasted(self) -> None:
        (code,) = (
            block.findtext('code')
            for block in part(
                sample_reports.of(hosts.host(SICK)), 'hosts'
            ).iter('pre')
        )
        assert (
            code == '[DEFAULT]\nuse_cow_images = False\n[libvirt]\n'
            'images_type = flat'
        )

    def test_what_is_waived_looks_so_and_says_why(self) -> None:
        whole = sample_reports.of(hosts.host(SICK), sample_reports.VARIED)
        (finding,) = of_class(body(whole), 'finding')
        assert 'apart' in finding.get('class', '').split()
        assert 'Waived (waivers.yaml:3): Retired' in words(finding)

    def test_it_says_whose_lines_are_shown(self) -> None:
        elsewhere = '\n' + SICK
        whole = fleets.of({'a1': SICK, 'a2': elsewhere})
        (card,) = part(whole, 'hosts').iter('article')
        assert words(of_class(card, 'places')[0]) == (
            'The lines named below are those of a1 (fleet/a1.conf); on '
            'others of these hosts, the same is written elsewhere.'
        )

    @pytest.mark.parametrize('is_fleet', [True, False])
    def test_one_host_has_its_settings_unfolded(self, is_fleet: bool) -> None:
        whole = dataclasses.replace(
            sample_reports.of(hosts.host(SICK)), is_fleet=is_fleet
        )
        (fold,) = part(whole, 'hosts').iter('details')
        assert (fold.get('open') is None) is is_fleet
        table = [
            [words(cell) for cell in row] for row in (at(fold, 'table/tbody'))
        ]
        assert table[2] == [
            '[DEFAULT]/use_cow_images',
            'False',
            'nova.conf:3',
        ]
        assert 'Nova uses the flat backend.' in words(fold)


class TestHostsNotRead:
    def test_each_is_named_with_its_file_and_line(self) -> None:
        cards = list(part(fleets.varied(), 'unread').iter('article'))
        found = {
            words(at(card, 'h3')): [
                tuple(words(cell) for cell in row)
                for row in (at(card, 'table/tbody'))
            ]
            for card in cards
        }
        assert found == {
            '1 host: the line has neither "=" nor ":"': [
                ('compute029', 'fleet/compute029.conf:7')
            ],
            '1 host: cannot be read: Permission denied': [
                ('compute030', 'fleet/compute030.conf')
            ],
        }

    def test_those_with_one_reason_are_in_one_table(self) -> None:
        broken = host_settings.Unreadable('cannot be read', 'nova.conf')
        whole = fleets.of(fleets.numbered(1, 300, broken))
        (card,) = part(whole, 'unread').iter('article')
        rows = at(card, 'table/tbody')
        assert [words(row[0]) for row in rows] == list(
            fleets.numbered(1, 300, broken)
        )

    def test_without_any_there_is_no_such_part(self) -> None:
        links = [link.get('href') for link in body(fleets.alike()).iter('a')]
        assert links == ['#moves', '#hosts']

    def test_a_waiver_is_told(self) -> None:
        waiver = sample_reports.waiver(
            'unreadable-configuration', reason='Gone.'
        )
        broken = host_settings.Unreadable('cannot be read')
        whole = fleets.of({'a1': broken}, accepted=[waiver])
        assert 'Waived (waivers.yaml:1): Gone.' in words(part(whole, 'unread'))


def cells(
    section: ElementTree.Element, which: int = 0
) -> Iterator[tuple[str, str, str]]:
    """Yield (from, to, word), read by the heads of rows and columns."""
    table = of_class(section, 'matrix')[which]
    _corner, *columns = at(table, 'thead/tr')
    assert {head.get('scope') for head in columns} == {'col'}
    for head, *row in at(table, 'tbody'):
        assert head.get('scope') == 'row'
        for column, cell in zip(columns, row):
            yield words(head), words(column), words(cell)


class TestMoves:
    def test_there_is_a_word_for_every_pair(self) -> None:
        whole = fleets.varied()
        sections = of_class(part(whole, 'moves'), 'card')
        assert [words(at(one, 'h3')) for one in sections] == [
            'Group cell2',
            'Hosts in no group',
        ]
        for one, section in zip(fleet.matrices(whole.hosts), sections):
            pairs = list(itertools.product(one.sides, repeat=2))
            assert [word for _from, _to, word in cells(section)] == [
                one.outcome(*pair).name.lower() for pair in pairs
            ]
            assert [word for _from, _to, word in cells(section, 1)] == [
                move_wording.fate_word(move_wording.live_fate(one, *pair))
                for pair in pairs
            ]

    def test_heads_have_a_letter_and_the_backend(self) -> None:
        _cell2, section = of_class(part(fleets.varied(), 'moves'), 'card')
        assert ('A qcow2', 'E qcow2', 'unsafe') in cells(section)
        assert ('B flat', 'B flat', 'fine') in cells(section)

    def test_letters_are_explained(self) -> None:
        _cell2, section = of_class(part(fleets.varied(), 'moves'), 'card')
        (sides,) = of_class(section, 'sides')
        assert words(sides[1]) == (
            'B 4 hosts, flat, use_cow_images = False, '
            'force_raw_images = True compute[021-024]'
        )

    def test_a_word_leads_to_what_happens(self) -> None:
        section = part(fleets.varied(), 'moves')
        by_id = {one.get('id'): one for one in section.iter('section')}
        links = {
            words(link): by_id[link.get('href', '')[1:]]
            for link in reversed(list(section.iter('a')))
        }
        assert words(at(links['unsafe'], 'h4')) == (
            'unsafe: A, D \N{RIGHTWARDS ARROW} E'
        )
        assert 'the guest reads wrong bytes' in words(links['unsafe'])
        assert 'QEMU refuses' in words(links['refused'])
        assert set(links) == {'breaks', 'unsafe', 'refused'}

    def test_there_is_a_way_where_a_move_is_not_fine(self) -> None:
        _cell2, section = of_class(part(fleets.varied(), 'moves'), 'card')
        assert 'The safe way is a live block migration' in words(section)
        assert 'The safe way is to shelve it' in words(section)
        assert 'openstack server resize revert UUID' in words(section)

    def test_what_hosts_share_is_said(self) -> None:
        two = fleets.numbered(1, 2, fleets.QCOW2)
        (section,) = of_class(
            part(fleets.of(two, sharing=['']), 'moves'), 'card'
        )
        assert 'They share instances_path, as --shared says.' in words(section)
        assert 'Live migration on the instances_path' in words(section)

    def test_hosts_that_are_not_known_are_named(self) -> None:
        _cell2, section = of_class(part(fleets.varied(), 'moves'), 'card')
        assert words(section[-1]).startswith(
            '3 hosts Not compared, so that every move from or to one of them '
            'is a risk: compute[028-030]'
        )

    def test_without_a_libvirt_driver_there_are_no_moves(self) -> None:
        ironic = hosts.nova_conf(compute_driver='ironic.IronicDriver')
        links = body(fleets.of({'a1': ironic})).iter('a')
        assert [link.get('href') for link in links] == ['#hosts']


WHOLE = {
    **{name: make() for name, make in fleets.FLEETS.items()},
    'host': sample_reports.of(hosts.host(SICK), sample_reports.VARIED),
    'expired': sample_reports.of(
        hosts.host(SICK),
        [
            sample_reports.waiver(
                'implicit-image-backend', expires=datetime.date.min
            )
        ],
    ),
    'none': fleets.of({}),
}


@pytest.mark.parametrize('whole', WHOLE.values(), ids=WHOLE)
class TestEveryPage:
    def test_ids_are_used_once_and_links_lead_somewhere(
        self, whole: report.Report
    ) -> None:
        page = body(whole)
        ids = [one.get('id') for one in page.iter() if one.get('id')]
        assert len(set(ids)) == len(ids)
        for one in page.iter():
            link = one.get('href')
            assert link is None or (
                link[1:] in ids if link[0] == '#' else link[:8] == 'https://'
            )

    def test_headings_leave_out_no_level(self, whole: report.Report) -> None:
        levels = [
            int(one.tag[1])
            for one in body(whole).iter()
            if one.tag in ('h1', 'h2', 'h3', 'h4')
        ]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(b <= a + 1 for a, b in zip(levels, levels[1:]))
