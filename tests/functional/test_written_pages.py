# SPDX-License-Identifier: Apache-2.0

"""Pages that are written from the code say what it says by now.

``UPDATE_MANUAL=1 pytest tests/functional/test_written_pages.py`` writes them
anew.
"""

from __future__ import annotations

import os
import re

import pytest

from tests.functional import bug_tables
from tests.functional import judged_tables
from tests.functional import manual
from tests.functional import written

PARTS = [*bug_tables.PARTS, *judged_tables.PARTS]


@pytest.mark.parametrize('part', PARTS, ids=str)
def test_it_says_what_the_code_says(part: written.Part) -> None:
    page = written.document(part)
    expected = part.put_into(page.content)
    if os.environ.get('UPDATE_MANUAL'):
        page.path.write_text(expected)
        pytest.skip(f'{part} is written anew: read the diff')
    assert page.content == expected


def test_nothing_else_is_marked_as_written() -> None:
    marked = {
        (document.path.name, name)
        for document in manual.DOCUMENTS
        for name in re.findall(
            r'^\.\. written: (.*)$', document.content, re.MULTILINE
        )
    }
    assert marked == {(part.page, part.name) for part in PARTS}


class TestTables:
    def test_columns_are_as_wide_as_what_is_in_them(self) -> None:
        made = written.table(('a', 'long'), [('wide', 'b'), ('c', '')])
        assert made.splitlines() == [
            '==== ====',
            'a    long',
            '==== ====',
            'wide b',
            'c',
            '==== ====',
        ]

    @pytest.mark.parametrize(
        ('rows', 'expected'),
        [
            pytest.param(
                [('x', 'True', 'fine'), ('x', 'False', 'fine')],
                [('x', 'any', 'fine')],
                id='alike',
            ),
            pytest.param(
                [('x', 'True', 'fine'), ('x', 'False', 'lost')],
                [('x', 'True', 'fine'), ('x', 'False', 'lost')],
                id='different',
            ),
            pytest.param(
                [
                    ('x', 'True', 'lost'),
                    ('y', 'True', 'fine'),
                    ('x', 'False', 'fine'),
                    ('y', 'False', 'fine'),
                ],
                [
                    ('x', 'True', 'lost'),
                    ('y', 'any', 'fine'),
                    ('x', 'False', 'fine'),
                ],
                id='one of two, in order',
            ),
            pytest.param(
                [('x', 'True', 'fine')],
                [('x', 'True', 'fine')],
                id='only one value was asked about',
            ),
        ],
    )
    def test_a_setting_that_changes_nothing_has_no_value(
        self, rows: list[written.Row], expected: list[written.Row]
    ) -> None:
        assert written.without_what_is_alike(rows, [1]) == expected
