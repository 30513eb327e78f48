# SPDX-License-Identifier: Apache-2.0

"""README.rst: what somebody sees who has five minutes."""

from __future__ import annotations

import re

from docutils import core
from docutils import nodes
import pytest

from tests.functional import manual

README = manual.README.content
PAGES = manual.ROOT / 'doc' / 'source'

#: In the order in which somebody asks.
QUESTIONS = [
    'What it is for',
    'Try it',
    'What it says',
    'Install',
    'Check a host',
    'What to do',
    'Exit codes',
    'Beyond the check',
    'Tests',
    'Contributing and licence',
]

#: Words that are read in five minutes, tables and outputs among them.
FEW = 1250

LINKED = dict(re.findall(r'^\.\. _(.+): (doc/source/.+)$', README, re.M))


@pytest.fixture(scope='module')
def page() -> nodes.document:
    """The page as PyPI reads it: without Sphinx, and without a warning."""
    settings = {'halt_level': 2, 'file_insertion_enabled': False}
    return core.publish_doctree(README, settings_overrides=settings)


def test_it_answers_in_the_order_of_the_questions(
    page: nodes.document,
) -> None:
    sections = page.findall(nodes.section)
    assert [section[0].astext() for section in sections] == QUESTIONS


def test_it_is_read_in_five_minutes(page: nodes.document) -> None:
    assert len(page.astext().split()) <= FEW


def test_it_tells_how_to_run_the_tests_last() -> None:
    assert 'tox' in manual.README.sessions[-1].command


@pytest.mark.parametrize('path', LINKED.values())
def test_links_lead_to_pages(path: str) -> None:
    assert (manual.ROOT / path).is_file()


def test_each_guide_has_a_line() -> None:
    index = (PAGES / 'index.rst').read_text()
    guides = re.search(r':caption: Guides\n.*?\n\n((?:   .+\n)+)', index)
    assert guides
    named = {f'doc/source/{name}.rst' for name in guides[1].split()}
    assert named
    assert named <= {*LINKED.values()}
