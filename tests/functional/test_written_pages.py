# SPDX-License-Identifier: Apache-2.0

"""Pages that are written from the code say what it says by now.

``UPDATE_MANUAL=1 pytest tests/functional/test_written_pages.py`` writes them
anew.
"""

from __future__ import annotations

import argparse
import os
import re

import pytest

from tests.functional import bug_tables
from tests.functional import command_pages
from tests.functional import judged_tables
from tests.functional import manual
from tests.functional import written

PARTS = [*bug_tables.PARTS, *command_pages.PARTS, *judged_tables.PARTS]


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


def a_program() -> argparse.ArgumentParser:
    """A program whose help has all that ours may have."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument('-v', '--verbose', action='store_true', help='more_')
    program = argparse.ArgumentParser(
        prog='ours', description='Does it.', parents=[shared]
    )
    program.add_argument('--version', action='store_true', help='tell it')
    program.add_argument('--secret', help=argparse.SUPPRESS)
    commands = program.add_subparsers(required=True)
    make = commands.add_parser('make', help='make it')
    of_make = make.add_subparsers(required=True)
    now = of_make.add_parser(
        'now',
        help='at once',
        parents=[shared],
        epilog='examples:\n  ours make now\n      makes it\n\nExit code: 0.',
    )
    now.add_argument('paths', nargs='*', metavar='PATH', help='*.conf there')
    either = now.add_mutually_exclusive_group()
    either.add_argument('--in', choices=['a', 'b'], help='%(default)s')
    either.add_argument('--tool', nargs='?', metavar='TOOL', help='with it')
    commands.add_parser('stop', help='stop it', parents=[shared])
    return program


class TestCommands:
    @pytest.fixture
    def lines(self) -> list[str]:
        return command_pages.page(a_program()).splitlines()

    def test_each_that_can_be_run_has_a_section(
        self, lines: list[str]
    ) -> None:
        titles = [
            line
            for line, below in zip(lines, lines[1:])
            if line and below == '=' * len(line)
        ]
        assert titles == [
            'ours',
            'Options of every command',
            'ours make now',
            'ours stop',
        ]

    @pytest.mark.parametrize(
        ('term', 'definition'),
        [
            ('--version', 'Tell it.'),
            ('-v, --verbose', r'More\_.'),
            ('[PATH ...]', r'\*.conf there.'),
            ('--in {a,b}', 'None. Not with ``--tool``.'),
            ('--tool [TOOL]', 'With it. Not with ``--in``.'),
        ],
    )
    def test_each_option_is_told_once(
        self, lines: list[str], term: str, definition: str
    ) -> None:
        (place,) = [n for n, line in enumerate(lines) if line == f'``{term}``']
        assert lines[place + 1] == f'    {definition}'

    def test_what_is_hidden_stays_hidden(self, lines: list[str]) -> None:
        text = '\n'.join(lines)
        assert 'secret' not in text
        assert 'SUPPRESS' not in text

    def test_the_lines_of_examples_stay(self, lines: list[str]) -> None:
        assert lines[lines.index('Examples::') :][:6] == [
            'Examples::',
            '',
            '   ours make now',
            '       makes it',
            '',
            'Exit code: 0.',
        ]
