# SPDX-License-Identifier: Apache-2.0

"""What browsers' own rules make of the pages."""

from __future__ import annotations

import pathlib

import html5lib
from playwright import sync_api
import pytest

from nova_cow_check import printing
from tests.browser import conftest
from tests.browser import pages

#: How many elements of each kind there are.
_COUNT = """() => {
    const found = {};
    for (const one of document.querySelectorAll('*'))
        found[one.localName] = (found[one.localName] || 0) + 1;
    return found;
}"""


@pytest.mark.parametrize('name', pages.PAGES)
def test_it_is_html_without_an_error(
    paths: dict[str, pathlib.Path], name: str
) -> None:
    parser = html5lib.HTMLParser(strict=True)
    parser.parse(paths[name].read_text(encoding='utf-8'))
    assert parser.errors == []


def test_it_is_read_in_standards_mode_and_as_utf_8(
    shown: conftest.Open,
) -> None:
    page = shown('varied')
    assert page.evaluate('document.compatMode') == 'CSS1Compat'
    assert page.evaluate('document.characterSet') == 'UTF-8'
    assert page.evaluate('document.documentElement.lang') == 'en'


def test_hostile_strings_make_no_element(shown: conftest.Open) -> None:
    counted = shown('hostile').evaluate(_COUNT)
    others = set(shown('varied').evaluate(_COUNT))
    assert set(counted) <= others
    assert counted['h1'] == counted['style'] == 1


def test_hostile_strings_are_shown_as_they_are(shown: conftest.Open) -> None:
    page = shown('hostile')
    heads = page.locator('#unread tbody th').all_text_contents()
    assert set(heads) == {
        printing.printable(f'{string}{number}')
        for number, string in enumerate(pages.HOSTILE)
    }
    assert page.title() == f'Image settings of {2 * len(pages.HOSTILE)} hosts'


def test_neither_scripts_nor_anything_else_would_be_let_in(
    browser: sync_api.Browser, paths: dict[str, pathlib.Path]
) -> None:
    page = browser.new_page()
    page.set_default_timeout(conftest.LONG)
    page.goto(paths['alike'].as_uri())
    page.evaluate("""() => {
        window.stopped = [];
        document.addEventListener('securitypolicyviolation', violation =>
            window.stopped.push(violation.effectiveDirective));
        const script = document.createElement('script');
        script.textContent = 'window.ran = true';
        const style = document.createElement('style');
        style.textContent = 'h1 { color: red }';
        const image = document.createElement('img');
        image.src = 'https://image.invalid/';
        document.body.append(script, style, image);
        document.body.setAttribute('onclick', 'window.ran = true');
        document.body.click();
    }""")
    page.wait_for_function('window.stopped.length >= 4')
    assert page.evaluate('window.ran') is None
    assert set(page.evaluate('window.stopped')) == {
        'script-src-elem',
        'script-src-attr',
        'style-src-elem',
        'img-src',
    }
    page.close()
