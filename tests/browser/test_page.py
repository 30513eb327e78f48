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

WIDTHS = [conftest.PHONE, conftest.DESK]


@pytest.mark.parametrize('width', WIDTHS)
@pytest.mark.parametrize('name', pages.PAGES)
def test_it_is_no_wider_than_the_window(
    shown: conftest.Open, name: str, width: int
) -> None:
    page = shown(name, width)
    unfold(page)
    assert page.evaluate('document.documentElement.scrollWidth') == width


def unfold(page: sync_api.Page) -> None:
    page.evaluate("""() => {
        for (const fold of document.querySelectorAll('details'))
            fold.open = true;
    }""")


@pytest.mark.parametrize('width', WIDTHS)
def test_no_text_is_cut_off(shown: conftest.Open, width: int) -> None:
    page = shown('hostile', width)
    unfold(page)
    cut = page.evaluate("""() => [...document.querySelectorAll('body *')]
        .filter(one => one.clientWidth
            && one.scrollWidth > one.clientWidth + 1
            && !one.closest('.scrolls'))
        .map(one => one.outerHTML.slice(0, 80))""")
    assert cut == []


@pytest.mark.parametrize('width', WIDTHS)
def test_the_matrix_has_a_word_for_every_pair(
    shown: conftest.Open, width: int
) -> None:
    page = shown('varied', width)
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
        _corner, *cells = table.get_by_role('cell').all()
        assert [cell.inner_text().strip() for cell in cells] == [
            move_wording.fate_word(fate_of(moves, source, destination))
            for source in moves.sides
            for destination in moves.sides
        ]
        for cell in cells:
            shape = cell.locator('svg').bounding_box()
            assert shape and min(shape['width'], shape['height']) > 8


def test_a_word_of_the_matrix_leads_to_what_happens(
    shown: conftest.Open,
) -> None:
    page = shown('varied', conftest.PHONE)
    page.get_by_role('link', name='unsafe').first.click()
    target = page.locator(':target')
    assert 'unsafe' in target.locator('h4').inner_text()
    sync_api.expect(target).to_be_in_viewport()


def test_folds_are_opened_with_the_keyboard(shown: conftest.Open) -> None:
    page = shown('varied')
    reached = set()
    for _step in range(page.locator('a, summary, [tabindex]').count()):
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
def test_what_is_folded_is_printed(shown: conftest.Open, scheme: str) -> None:
    page = shown('varied', scheme=scheme)
    printed = pypdf.PdfReader(io.BytesIO(page.pdf(format='A4')))
    words = ' '.join(sheet.extract_text() for sheet in printed.pages)
    for number in range(1, 31):
        assert f'compute{number:03}' in words
    assert 'Nova uses the rbd backend.' in words
    page.emulate_media(media='print')
    paper = page.evaluate(
        'getComputedStyle(document.documentElement).backgroundColor'
    )
    assert paper == 'rgb(255, 255, 255)'


def test_colours_are_printed(shown: conftest.Open) -> None:
    page = shown('varied')
    page.emulate_media(media='print')
    adjusted = page.evaluate("""() => [...new Set(
        [...document.querySelectorAll('.matrix td, .bar rect')].map(
            one => getComputedStyle(one).printColorAdjust))]""")
    assert adjusted == ['exact']


def test_the_widest_matrix_is_whole_on_paper(shown: conftest.Open) -> None:
    # The width of A4 without the margins, in CSS pixels.
    page = shown('huge', 680)
    page.emulate_media(media='print')
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
