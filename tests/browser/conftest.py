# SPDX-License-Identifier: Apache-2.0

"""A real browser is what these tests are for: without one they fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import os
import pathlib
import shutil

import pytest

from tests.browser import pages

#: CHROMIUM names one that is not on the PATH.
_CHROMIUM = os.environ.get('CHROMIUM') or shutil.which('chromium')
if not _CHROMIUM or not shutil.which(_CHROMIUM):
    pytest.exit('tests/browser needs Chromium', returncode=1)

try:
    from playwright import sync_api
except ImportError as error:
    pytest.exit(f'tests/browser needs Playwright: {error}', returncode=1)

_OPTIONS = (
    # Root may run it only without; it shows nothing but our own page.
    '--no-sandbox',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-gpu',
    '--disable-quic',
    '--disable-sync',
    '--no-first-run',
)

#: Milliseconds after which a test fails that would never end.
LONG = 300_000
sync_api.expect.set_options(timeout=LONG)

#: Pixels: a small phone, a tablet, and a desk.
PHONE, TABLET, DESK = 360, 768, 1280

Open = Callable[..., sync_api.Page]


@pytest.fixture(scope='session')
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_CHROMIUM, args=_OPTIONS, timeout=LONG
        )
        yield browser
        browser.close()


@pytest.fixture(scope='session')
def paths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pathlib.Path]:
    """The pages as files, by name."""
    directory = tmp_path_factory.mktemp('pages')
    found = {}
    for name, make in pages.PAGES.items():
        found[name] = directory / f'{name}.html'
        found[name].write_text(make(), encoding='utf-8')
    return found


class Shower:
    """Shows pages, each of which it opens in a window of its own."""

    def __init__(
        self, browser: sync_api.Browser, paths: dict[str, pathlib.Path]
    ) -> None:
        self._browser, self._paths = browser, paths
        self._contexts: list[sync_api.BrowserContext] = []
        #: Words on the console, errors, and requests for anything else.
        self.said: list[str] = []

    def show(
        self,
        name: str,
        width: int = DESK,
        scheme: str = 'light',
        anchor: str = '',
    ) -> sync_api.Page:
        context = self._browser.new_context(
            viewport={'width': width, 'height': 800}, color_scheme=scheme
        )
        context.set_default_timeout(LONG)
        self._contexts.append(context)
        page = context.new_page()
        url = self._paths[name].as_uri()
        page.on('console', lambda message: self.said.append(message.text))
        page.on('pageerror', lambda error: self.said.append(str(error)))
        context.on(
            'request',
            lambda request: (
                request.url.partition('#')[0] == url
                or self.said.append(request.url)
            ),
        )
        page.goto(url + anchor)
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def shown(
    browser: sync_api.Browser, paths: dict[str, pathlib.Path]
) -> Iterator[Open]:
    """Return a function that opens a page.

    It has to load, and to leave, without a word on the console, an error or
    a request for anything else.
    """
    shower = Shower(browser, paths)
    yield shower.show
    shower.close()
    assert shower.said == []


@pytest.fixture(scope='session')
def unfolded_pages(
    browser: sync_api.Browser, paths: dict[str, pathlib.Path]
) -> Iterator[tuple[Shower, dict[str, sync_api.Page]]]:
    shower = Shower(browser, paths)
    yield shower, {}
    shower.close()


@pytest.fixture
def unfolded(
    unfolded_pages: tuple[Shower, dict[str, sync_api.Page]],
) -> Iterator[Open]:
    """Return a function that gives a page on which everything is unfolded.

    All tests look at the one that was opened first: none may change it.
    """
    shower, opened = unfolded_pages

    def look(
        name: str,
        width: int = DESK,
        scheme: str = 'light',
        media: str = 'screen',
    ) -> sync_api.Page:
        if name not in opened:
            opened[name] = shower.show(name, width, scheme)
            opened[name].evaluate("""() => {
                for (const fold of document.querySelectorAll('details'))
                    fold.open = true;
            }""")
        page = opened[name]
        page.set_viewport_size({'width': width, 'height': 800})
        page.emulate_media(media=media, color_scheme=scheme)
        return page

    yield look
    assert shower.said == []
