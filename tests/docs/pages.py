# SPDX-License-Identifier: Apache-2.0

"""A built site: its pages, read with a parser of HTML, and their links."""

from __future__ import annotations

from collections.abc import Iterator
import functools
import pathlib
from typing import NamedTuple
from urllib import parse
from xml.etree import ElementTree

import html5lib

#: Elements that lead somewhere or load something -> attribute with it.
_REFERRING = {
    'a': 'href',
    'img': 'src',
    'link': 'href',
    'script': 'src',
    'form': 'action',
}

#: Those that a browser asks for without a click.
LOADED = {'img', 'link', 'script'}

#: Sphinx shows the content of the page behind it.
_BODY = ".//article[@role='main']"


class Link(NamedTuple):
    """A reference of a page."""

    element: str
    target: str

    @property
    def is_of_another_host(self) -> bool:
        return bool(parse.urlsplit(self.target).netloc)


class Page(NamedTuple):
    """A page of the site."""

    path: pathlib.Path

    @property
    def root(self) -> ElementTree.Element:
        return _parsed(self.path)

    @property
    def title(self) -> str:
        heading = self.root.find(f'{_BODY}//h1')
        assert heading is not None, self.path
        return _text(heading)

    @property
    def sidebar(self) -> ElementTree.Element:
        """The navigation that stands beside each page."""
        found = self.root.find(".//div[@class='sidebar-tree']")
        assert found is not None, self.path
        return found

    @property
    def captions(self) -> list[str]:
        """The sections of the sidebar, in order."""
        found = self.sidebar.findall(".//p[@class='caption']")
        return [_text(caption) for caption in found]

    @property
    def links(self) -> Iterator[Link]:
        for element in self.root.iter():
            target = element.get(_REFERRING.get(str(element.tag), ''))
            if target:
                yield Link(str(element.tag), target)

    @property
    def ids(self) -> set[str]:
        found = (element.get('id') for element in self.root.iter())
        return {one for one in found if one}


class Site(NamedTuple):
    """All pages below a directory."""

    directory: pathlib.Path

    @property
    def pages(self) -> dict[str, Page]:
        """Pages, by the names of their sources without the ending."""
        paths = sorted(self.directory.rglob('*.html'))
        return {
            str(path.relative_to(self.directory).with_suffix('')): Page(path)
            for path in paths
            if '_static' not in path.parts
        }

    def broken(self, page: Page) -> list[str]:
        """Return the links of a page that lead nowhere within the site."""
        return [
            link.target
            for link in page.links
            if not link.is_of_another_host
            and not self._is_there(page, link.target)
        ]

    def _is_there(self, page: Page, target: str) -> bool:
        parts = parse.urlsplit(target)
        path = page.path
        if parts.path:
            path = (path.parent / parse.unquote(parts.path)).resolve()
        if not path.is_file():
            return False
        is_page = path.suffix == '.html' and bool(parts.fragment)
        return not is_page or parse.unquote(parts.fragment) in Page(path).ids


@functools.cache
def _parsed(path: pathlib.Path) -> ElementTree.Element:
    root: ElementTree.Element = html5lib.parse(
        path.read_text(), namespaceHTMLElements=False
    )
    return root


def _text(element: ElementTree.Element) -> str:
    words = ''.join(element.itertext()).replace('¶', '').replace('#', '')
    return ' '.join(words.split())
