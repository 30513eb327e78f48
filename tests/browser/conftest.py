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


@pytest.fixture
def shown(
    browser: sync_api.Browser, paths: dict[str, pathlib.Path]
) -> Iterator[Open]:
    """Return a function that opens a page.

    It has to load, and to leave, without a word on the console, an error or
    a request for anything else.
    """
    said: list[str] = []
    contexts = []

    def show(
        name: str, width: int = DESK, scheme: str = 'light', anchor: str = ''
    ) -> sync_api.Page:
        context = browser.new_context(
            viewport={'width': width, 'height': 800}, color_scheme=scheme
        )
        context.set_default_timeout(LONG)
        contexts.append(context)
        page = context.new_page()
        url = paths[name].as_uri()
        page.on('console', lambda message: said.append(message.text))
        page.on('pageerror', lambda error: said.append(str(error)))
        context.on(
            'request',
            lambda request: (
                request.url.partition('#')[0] == url
                or said.append(request.url)
            ),
        )
        page.goto(url + anchor)
        return page

    yield show
    for context in contexts:
        context.close()
    assert said == []
