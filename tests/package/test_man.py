# SPDX-License-Identifier: Apache-2.0

"""The manual pages, as man and mandoc understand them."""

from __future__ import annotations

import pathlib
import re
import shutil
import subprocess

import pytest

from nova_cow_check.cmd import command_line
from tests.functional import conftest
from tests.functional import manual
from tests.package import commands
from tests.package import man_pages

PAGES = sorted((manual.ROOT / 'share' / 'man' / 'man1').glob('*.1'))

#: Programs whose pages others have.
OTHERS = {'nova-compute', 'nova-status'}

every_page = pytest.mark.parametrize('page', PAGES, ids=lambda path: path.name)


def mandoc(page: pathlib.Path, *options: str) -> str:
    """Return what mandoc prints of a page."""
    conftest.required(shutil.which('mandoc') is not None, 'needs mandoc')
    result = subprocess.run(
        ['mandoc', *options, str(page)], capture_output=True, text=True
    )
    # What is bold or underlined is so by backspaces.
    return re.sub('.\b', '', result.stdout + result.stderr)


def shown(page: pathlib.Path) -> str:
    """Return a page as a reader sees it, on one line."""
    printed = mandoc(page, '-T', 'utf8', '-O', 'width=1000')
    return ' '.join(printed.split())


@every_page
def test_mandoc_has_no_complaint(page: pathlib.Path) -> None:
    assert mandoc(page, '-T', 'lint', '-W', 'warning') == ''


def test_mandoc_would_complain(tmp_path: pathlib.Path) -> None:
    page = tmp_path / 'nova-cow-check.1'
    # What a wrapped line began with.
    page.write_text(f'{PAGES[0].read_text()}.nova-cow-check-backup\n')
    assert 'skipping unknown macro' in mandoc(page, '-T', 'lint')


def test_each_command_has_a_page() -> None:
    runnable = [
        one.page for one in commands.nova_cow_check() if not one.is_group
    ]
    assert sorted(path.stem for path in PAGES) == sorted(
        ['nova-cow-check', *runnable, 'nova-cow-status']
    )


@pytest.mark.parametrize(
    'command',
    [one for one in commands.nova_cow_check() if not one.is_group],
    ids=lambda one: one.page,
)
def test_all_options_are_told_of(command: commands.Command) -> None:
    page = shown(manual.ROOT / 'share' / 'man' / 'man1' / f'{command.page}.1')
    assert f'{command.page} - {command.summary} SYNOPSIS' in page
    options = page.partition(' OPTIONS ')[2].partition(' EXIT STATUS ')[0]
    for action in command.parser._actions:
        for flag in action.option_strings:
            if action.dest != 'help':
                assert f'{flag} ' in options
    for heading in ('EXIT STATUS', 'ENVIRONMENT', 'SEE ALSO'):
        assert f' {heading} ' in page


def test_the_page_of_the_program_has_its_commands() -> None:
    (page,) = (shown(path) for path in PAGES if path.stem == 'nova-cow-check')
    listed = page.partition(' COMMANDS ')[2].partition(' EXIT STATUS ')[0]
    found = re.findall(r'nova-cow-check (?:upgrade check|[a-z]+)', listed)
    assert found == [
        ' '.join(one.words)
        for one in commands.nova_cow_check()
        if not one.is_group
    ]


@every_page
def test_the_pages_to_see_are_there(page: pathlib.Path) -> None:
    references = re.findall(
        r'([\w-]+)\(1\)', shown(page).partition('SEE ALSO')[2]
    )
    # The last line has the name of the page itself.
    others = {path.stem for path in PAGES} | OTHERS
    assert {one.lower() for one in references} == others


def test_examples_of_a_parser_stay_as_they_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    parser = command_line.parser()
    parser.epilog = (
        'Exit code: 0 is good.\n\n'
        'Examples:\n\n  %(prog)s rules\n  .conf ~ \\ it\n\n'
        'environment:\n  NO_COLOR\n      it is all\n      grey\n\n'
        'Ask somebody\nelse:\n  him\nor her.'
    )
    parser.description = f'Nothing {"w" * 62} .conf is here.'
    monkeypatch.setattr(command_line, 'parser', lambda: parser)
    page = tmp_path / 'nova-cow-check.1'
    page.write_text(man_pages.pages()['nova-cow-check.1'])
    assert mandoc(page, '-T', 'lint', '-W', 'warning') == ''
    printed = mandoc(page, '-T', 'utf8')
    assert 'EXIT STATUS\n       0 is good.\n' in printed
    assert re.search(
        r'EXAMPLES\n +nova-cow-check rules\n +\.conf ~ \\ it\n', printed
    )
    assert re.search(r'NOTES\n +Ask somebody else:\n +him\n +or her', printed)
    assert re.search(r'ENVIRONMENT\n +NO_COLOR\n? +it is all grey\n', printed)
    # As an item; the help of --color names it, too.
    assert len(re.findall(r'^ {7}NO_COLOR', printed, re.MULTILINE)) == 1
    assert 'w .conf is here.' in ' '.join(printed.split())
