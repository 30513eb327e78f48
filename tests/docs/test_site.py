# SPDX-License-Identifier: Apache-2.0

"""Readers find their way in the documentation that was built."""

from __future__ import annotations

from importlib import metadata
import json
import pathlib
import re

import pytest
import yaml

from tests.docs import conftest
from tests.docs import pages

#: What Sphinx adds; nothing of it is in the navigation.
OF_SPHINX = {'genindex', 'py-modindex', 'search'}

#: In the order of the sidebar.
SECTIONS = ['Start', 'Guides', 'Reference', 'Background', 'Project']

NAMES = sorted(
    str(path.relative_to(conftest.SOURCE).with_suffix(''))
    for path in conftest.SOURCE.rglob('*.rst')
)


@pytest.fixture(params=NAMES)
def page(request: pytest.FixtureRequest, site: pages.Site) -> pages.Page:
    """Each page that has a source."""
    return site.pages[request.param]


def test_every_source_is_a_page(site: pages.Site) -> None:
    assert site.pages.keys() - OF_SPHINX == {*NAMES}


class TestEachPage:
    def test_has_a_search(self, site: pages.Site, page: pages.Page) -> None:
        (form,) = page.root.findall(".//form[@role='search']")
        (field,) = form.findall(".//input[@name='q']")
        assert field.get('placeholder')
        # Before what the page is about, and not behind a button.
        assert field.get('type') != 'hidden'
        action = page.path.parent / str(form.get('action'))
        assert action.resolve() == site.pages['search'].path.resolve()

    def test_has_a_theme_that_is_its_own(self, page: pages.Page) -> None:
        sheets = [
            element.get('href', '')
            for element in page.root.findall(".//link[@rel='stylesheet']")
        ]
        assert any('furo' in sheet for sheet in sheets)
        assert 'openstackdocs' not in page.path.read_text()

    def test_loads_nothing_from_another_host(self, page: pages.Page) -> None:
        assert [
            link.target
            for link in page.links
            if link.element in pages.LOADED and link.is_of_another_host
        ] == []

    def test_has_no_link_that_leads_nowhere(
        self, site: pages.Site, page: pages.Page
    ) -> None:
        assert site.broken(page) == []

    def test_keeps_the_dashes_of_options(self, page: pages.Page) -> None:
        text = ''.join(page.root.itertext())
        assert not re.search('[–—][a-z]', text)  # noqa: RUF001


class TestNavigation:
    def test_has_the_sections(self, site: pages.Site) -> None:
        assert site.pages['index'].captions == SECTIONS

    def test_leads_to_every_page(self, site: pages.Site) -> None:
        linked = {
            link.get('href', '').partition('#')[0].removesuffix('.html')
            for link in site.pages['index'].sidebar.iter('a')
        }
        assert {*NAMES} - {'index'} <= linked

    def test_has_no_title_twice(self, site: pages.Site) -> None:
        titles = [site.pages[name].title for name in NAMES]
        assert len({*titles}) == len(titles)


@pytest.mark.parametrize(
    ('word', 'name'),
    [
        ('qcow2', 'bug'),
        ('flavor', 'guests'),
        ('gitlab', 'gates'),
        ('check_image_backend', 'api'),
    ],
)
def test_the_search_knows_words(
    word: str, name: str, site: pages.Site
) -> None:
    text = (site.directory / 'searchindex.js').read_text()
    found = re.fullmatch(r'Search\.setIndex\((.*)\)\s*', text, re.DOTALL)
    assert found
    index = json.loads(found[1])
    numbers: set[int] = set()
    for kind in ('terms', 'titleterms'):
        one = index[kind].get(word, [])
        numbers.update(one if isinstance(one, list) else [one])
    assert name in {index['docnames'][number] for number in numbers}


def test_it_tells_of_which_version_it_is(site: pages.Site) -> None:
    title = site.pages['index'].root.find('.//title')
    assert title is not None
    version = metadata.version('nova-cow-check')
    assert f'nova-cow-check {version}' in str(title.text)


def test_the_release_notes_are_there(site: pages.Site) -> None:
    text = ' '.join(
        ''.join(site.pages['release-notes'].root.itertext()).split()
    )
    notes = (conftest.SOURCE.parents[1] / 'releasenotes').glob('notes/*.yaml')
    preludes = [
        ' '.join(content['prelude'].replace('``', '').split())
        for content in (yaml.safe_load(note.read_text()) for note in notes)
        if 'prelude' in content
    ]
    assert preludes
    assert [prelude for prelude in preludes if prelude not in text] == []


class TestBrokenLinks:
    """That the search for them finds one."""

    @pytest.mark.parametrize(
        ('target', 'is_broken'),
        [
            ('other.html', False),
            ('other.html#there', False),
            ('#here', False),
            ('https://docs.openstack.org/', False),
            ('missing.html', True),
            ('other.html#elsewhere', True),
            ('#there', True),
        ],
    )
    def test_one(
        self, target: str, is_broken: bool, tmp_path: pathlib.Path
    ) -> None:
        (tmp_path / 'other.html').write_text('<p id="there">')
        path = tmp_path / 'page.html'
        path.write_text(f'<p id="here"><a href="{target}">')
        found = pages.Site(tmp_path).broken(pages.Page(path))
        assert found == ([target] if is_broken else [])
