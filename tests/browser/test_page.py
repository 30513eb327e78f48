# SPDX-License-Identifier: Apache-2.0

"""What people see, on a phone, at a desk and on paper."""

from __future__ import annotations

import io
import itertools
import pathlib

from playwright import sync_api
import pypdf
import pytest

from nova_cow_check.reports import fleet
from nova_cow_check.reports import move_wording
from nova_cow_check.reports import report
from tests.browser import conftest
from tests.browser import pages

WIDTHS = [conftest.PHONE, conftest.TABLET, conftest.DESK]

#: The word of each cell, and the places of its shapes.
_CELLS = """cells => cells.map(cell => [
    cell.innerText.trim(),
    [...cell.querySelectorAll('svg')].map(
        shape => shape.getBoundingClientRect().toJSON()),
])"""


@pytest.mark.parametrize('width', WIDTHS)
@pytest.mark.parametrize('name', pages.PAGES)
def test_it_is_no_wider_than_the_window(
    unfolded: conftest.Open, name: str, width: int
) -> None:
    page = unfolded(name, width)
    assert page.evaluate('document.documentElement.scrollWidth') == width


@pytest.mark.parametrize('width', WIDTHS)
@pytest.mark.parametrize('name', ['hostile', 'site'])
def test_no_text_is_cut_off(
    unfolded: conftest.Open, name: str, width: int
) -> None:
    page = unfolded(name, width)
    cut = page.evaluate("""() => [...document.querySelectorAll('body *')]
        .filter(one => one.clientWidth
            && one.scrollWidth > one.clientWidth + 1
            && !one.closest('.scrolls'))
        .map(one => one.outerHTML.slice(0, 80))""")
    assert cut == []


@pytest.mark.parametrize('width', WIDTHS)
def test_the_matrix_has_a_word_for_every_pair(
    unfolded: conftest.Open, width: int
) -> None:
    page = unfolded('varied', width)
    found = fleet.matrices(pages.some_fleet('varied').hosts)
    tables = page.locator('.matrix').all()
    # One about resizes and cold migrations, one about live migrations.
    fates = (move_wording.fate, move_wording.live_fate)
    expected = list(itertools.product(found, fates))
    assert len(tables) == len(expected) == 4
    for (moves, fate_of), table in zip(expected, tables):
        heads = table.get_by_role('rowheader').all_inner_texts()
        assert [head[0] for head in heads] == list('ABCDE')[: len(heads)]
        assert len(heads) == len(moves.sides)
        _corner, *cells = table.get_by_role('cell').evaluate_all(_CELLS)
        assert [word for word, _shapes in cells] == [
            move_wording.fate_word(fate_of(moves, source, destination))
            for source in moves.sides
            for destination in moves.sides
        ]
        for _word, shapes in cells:
            (shape,) = shapes
            assert min(shape['width'], shape['height']) > 8


def test_a_word_of_the_matrix_leads_to_what_happens(
    shown: conftest.Open,
) -> None:
    page = shown('varied', conftest.PHONE)
    page.get_by_role('link', name='unsafe').first.click()
    target = page.locator(':target')
    assert 'unsafe' in target.locator('h4').inner_text()
    sync_api.expect(target).to_be_in_viewport()


@pytest.mark.parametrize('name', pages.PAGES)
def test_every_link_of_the_page_leads_to_a_place_on_it(
    unfolded: conftest.Open, name: str
) -> None:
    lost = unfolded(name).evaluate("""() => {
        const all = [...document.querySelectorAll('[id]')];
        const ids = new Set(all.map(one => one.id));
        return [
            all.length - ids.size,
            [...document.querySelectorAll('a[href^="#"]')]
                .filter(one => !ids.has(one.hash.slice(1))).length,
        ];
    }""")
    assert lost == [0, 0]


def test_parts_are_in_the_order_in_which_they_are_read(
    shown: conftest.Open,
) -> None:
    page = shown('site')
    tops = page.evaluate("""() => [...document.querySelectorAll(
        'main > section, .steps')].map(one => [
            one.id || one.className, one.getBoundingClientRect().top])""")
    assert [name for name, _top in tops] == [
        'overview',
        'steps',
        'index',
        'moves',
        'unread',
        'hosts',
        'guests',
        'rules',
    ]
    assert [top for _name, top in tops] == sorted(top for _name, top in tops)


@pytest.mark.parametrize('width', WIDTHS)
def test_a_rule_leads_to_its_text_which_opens(
    shown: conftest.Open, width: int
) -> None:
    page = shown('site', width)
    text = page.locator('#rule-mixed-image-backends')
    assert not text.is_visible()
    page.locator('.rules a', has_text='mixed-image-backends').click()
    sync_api.expect(text).to_be_in_viewport()
    # Its name stands above.
    name = page.locator('#rules h3', has_text='mixed-image-backends')
    sync_api.expect(name).to_be_in_viewport()


def test_the_index_leads_to_the_card_of_a_host(shown: conftest.Open) -> None:
    page = shown('varied', conftest.PHONE)
    page.locator('.index a', has_text='compute026').click()
    target = page.locator(':target')
    sync_api.expect(target).to_be_in_viewport()
    assert target.locator('.names').inner_text() == 'compute026'


@pytest.mark.parametrize('width', WIDTHS)
@pytest.mark.parametrize('name', ['site', 'varied', 'host'])
def test_no_text_is_tiny(
    unfolded: conftest.Open, name: str, width: int
) -> None:
    page = unfolded(name, width)
    sizes = page.evaluate("""() => [...document.querySelectorAll('body *')]
        .filter(one => !one.closest('svg') && [...one.childNodes].some(
            node => node.nodeType == 3 && node.data.trim()))
        .map(one => parseFloat(getComputedStyle(one).fontSize))""")
    assert min(sizes) >= 12


@pytest.mark.parametrize('width', WIDTHS)
def test_columns_have_words_for_their_numbers(
    unfolded: conftest.Open, width: int
) -> None:
    page = unfolded('site', width)
    cell = page.locator('.rules .number').nth(3)
    head = page.locator('.rules thead th').nth(2)
    is_narrow = width == conftest.PHONE
    assert head.is_visible() is not is_narrow
    assert cell.inner_text().startswith('Hosts: ') is is_narrow


def test_folds_are_opened_with_the_keyboard(shown: conftest.Open) -> None:
    page = shown('varied')
    reached = set()
    for _step in range(
        page.locator(':is(a, summary, [tabindex]):visible').count()
    ):
        page.keyboard.press('Tab')
        focus = page.evaluate("""() => {
            const one = document.activeElement;
            const style = getComputedStyle(one);
            return [
                [...document.querySelectorAll('summary')].indexOf(one),
                style.outlineStyle != 'none' && style.outlineWidth,
            ];
        }""")
        assert focus[1] == '3px'
        if focus[0] >= 0:
            reached.add(focus[0])
    assert len(reached) == page.locator('summary').count() > 10
    page.locator('summary').first.focus()
    page.keyboard.press('Enter')
    assert page.locator('details').first.get_attribute('open') is not None


def test_settings_to_write_are_selected_with_one_click(
    shown: conftest.Open,
) -> None:
    page = shown('varied')
    page.locator('article pre').first.click()
    written = page.locator('article pre code').first.text_content()
    assert page.evaluate('getSelection().toString()').strip() == written


def test_a_name_is_found_that_is_folded_away(shown: conftest.Open) -> None:
    name = shown('huge').get_by_text('compute00815', exact=True)
    assert name.count() == 1 and not name.is_visible()
    page = shown('huge', anchor='#:~:text=compute00815')
    sync_api.expect(
        page.get_by_text('compute00815', exact=True)
    ).to_be_in_viewport()


@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_paper_is_white(unfolded: conftest.Open, scheme: str) -> None:
    paper = unfolded('varied', scheme=scheme, media='print').evaluate(
        'getComputedStyle(document.documentElement).backgroundColor'
    )
    assert paper == 'rgb(255, 255, 255)'


def test_what_is_folded_stays_so_on_paper(shown: conftest.Open) -> None:
    page = shown('varied')
    words = ' '.join(one.extract_text() for one in printed(page))
    # The names in few words, and none of their lists.
    assert 'compute[001-012]' in words
    assert 'compute005' not in words and 'All 12 names' not in words
    # Of the settings of each host, those that decide.
    assert 'images_type = qcow2' in words
    assert 'Settings, and what Nova does' not in words
    # The meaning of each rule is in the table; what explains it is folded.
    assert 'The image backend is not named' in words
    assert 'What to know' not in words and 'What the rules mean' not in words


def printed(page: sync_api.Page) -> list[pypdf.PageObject]:
    pdf = page.pdf(format='A4', print_background=True)
    return list(pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_what_was_unfolded_is_printed(shown: conftest.Open) -> None:
    page = shown('host')
    page.locator('#rules summary').first.click()
    words = ' '.join(one.extract_text() for one in printed(page))
    # Those of one host are unfolded.
    assert 'Settings, and what Nova does' in words
    assert 'Nova uses the rbd backend.' in words
    assert 'What to know' in words


@pytest.mark.parametrize('name', ['site', 'varied', 'fleet-guests', 'hostile'])
def test_no_sheet_is_half_empty(shown: conftest.Open, name: str) -> None:
    *sheets, _last = printed(shown(name))
    assert len(sheets) > 2
    lowest = [lowest_text(sheet) / sheet.mediabox.height for sheet in sheets]
    # From the bottom; the margin alone is a twentieth.
    assert [one for one in lowest if one > 0.3] == []


def lowest_text(sheet: pypdf.PageObject) -> float:
    """Return how far above the bottom the last line of a sheet stands."""
    found = []

    def visit(
        text: str,
        cm: list[float],
        tm: list[float],
        _font: object,
        _size: float,
    ) -> None:
        if text.strip():
            found.append(tm[4] * cm[1] + tm[5] * cm[3] + cm[5])

    sheet.extract_text(visitor_text=visit)
    return min(found)


def test_colours_are_printed(unfolded: conftest.Open) -> None:
    page = unfolded('varied', media='print')
    adjusted = page.evaluate("""() => [...new Set(
        [...document.querySelectorAll('.matrix td, .bar rect')].map(
            one => getComputedStyle(one).printColorAdjust))]""")
    assert adjusted == ['exact']


def test_the_widest_matrix_is_whole_on_paper(unfolded: conftest.Open) -> None:
    # The width of A4 without the margins, in CSS pixels.
    page = unfolded('huge', 680, media='print')
    for one in page.locator('.matrix').all():
        table = one.bounding_box()
        assert table and table['x'] + table['width'] <= 680


def test_ten_thousand_hosts_make_a_page_that_can_be_sent(
    paths: dict[str, pathlib.Path],
) -> None:
    whole = pages.huge()
    assert len(whole.hosts) == 10_000
    assert whole.worst and report.result_of(whole.worst).value == 'failure'
    assert paths['huge'].stat().st_size < 2_000_000
