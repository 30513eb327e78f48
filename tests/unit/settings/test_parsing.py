# SPDX-License-Identifier: Apache-2.0

"""Assignments with their lines, or the line that is malformed."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
import pytest

from nova_cow_check import errors
from nova_cow_check.settings import parsing


def parsed(content: str) -> list[tuple[str, str, str, int]]:
    file = parsing.parse('nova.conf', content.splitlines(keepends=True))
    return [(a.group, a.name, a.text, a.origin.line) for a in file.assignments]


@pytest.mark.parametrize(
    'content, expected',
    [
        ('', []),
        ('[DEFAULT]\na = 1', [('DEFAULT', 'a', '1', 2)]),
        ('[DEFAULT]\na = 1\n', [('DEFAULT', 'a', '1', 2)]),
        ('\n#c\n;c\n[x]\n\na=1\n', [('x', 'a', '1', 6)]),
        # A value ends at a blank line, a comment, a section or another one.
        ('[x]\na=1\n\nb=2\n', [('x', 'a', '1', 2), ('x', 'b', '2', 4)]),
        ('[x]\na=1\n#\nb=2\n', [('x', 'a', '1', 2), ('x', 'b', '2', 4)]),
        ('[x]\na=1\n[y]\nb=2\n', [('x', 'a', '1', 2), ('y', 'b', '2', 4)]),
        ('[x]\na=1\nb=2\n', [('x', 'a', '1', 2), ('x', 'b', '2', 3)]),
        # Continued, at the end and before another value.
        ('[x]\na=1\n 2\n\t3', [('x', 'a', '1\n2\n3', 2)]),
        (
            '[x]\na=1\n 2\n\nb=3\n',
            [('x', 'a', '1\n2', 2), ('x', 'b', '3', 5)],
        ),
        # Separators and quotes.
        ('[x]\na: 1', [('x', 'a', '1', 2)]),
        ('[x]\na = b:c', [('x', 'a', 'b:c', 2)]),
        ('[x]\na:b=c', [('x', 'a', 'b=c', 2)]),
        ('[x]\na = "1"', [('x', 'a', '1', 2)]),
        ('[x]\na = "1\'', [('x', 'a', '"1\'', 2)]),
        ('[x]\na = 1 # no comment', [('x', 'a', '1 # no comment', 2)]),
        # Repeated sections and names.
        (
            '[x]\na=1\n[X]\na=2\n[x]\na=3',
            [('x', 'a', '1', 2), ('X', 'a', '2', 4), ('x', 'a', '3', 6)],
        ),
    ],
)
def test_parse(
    content: str, expected: list[tuple[str, str, str, int]]
) -> None:
    assert parsed(content) == expected


@pytest.mark.parametrize(
    'content, line, reason',
    [
        ('secret = 1\n', 1, 'there is no section header above it'),
        ('\n\nsecret = 1', 3, 'there is no section header above it'),
        ('secret = 1\n 2\n', 1, 'there is no section header above it'),
        ('[x]\nsecret\n', 2, 'the line has neither "=" nor ":"'),
        ('[x]\n= secret\n', 2, 'there is no option name before "=" or ":"'),
        ('[x]\n secret\n', 2, 'the line starts with white space, which'),
        ('[secret\n', 1, 'the section header does not end with "]"'),
        ('[secret] # x\n', 1, 'the section header does not end with "]"'),
        ('[]\n', 1, 'the section header has no name'),
        ('\ufeff[secret]\n', 1, 'it begins with a byte order mark (BOM)'),
        ('\ufeffsecret = 1\n', 1, 'it begins with a byte order mark (BOM)'),
        ('\ufeff# secret\n', 1, 'it begins with a byte order mark (BOM)'),
        ('\ufeff\n[x]\n', 1, 'it begins with a byte order mark (BOM)'),
        # The same three bytes, where the locale is one of Latin-1.
        ('\xef\xbb\xbf[x]\n', 1, 'it begins with a byte order mark (BOM)'),
        ('[x]\n\ufeffsecret\n', 2, 'the line has neither "=" nor ":"'),
    ],
)
def test_fault(content: str, line: int, reason: str) -> None:
    with pytest.raises(errors.ConfigurationError) as raised:
        parsed(content)
    message = str(raised.value)
    start = f'nova.conf:{line}: not a valid configuration file: {reason}'
    assert message.startswith(start)
    assert 'secret' not in message
    assert raised.value.line == line


def test_by_option_looks_groups_up_as_oslo_config_does() -> None:
    file = parsing.parse(
        'f', '[Libvirt]\na=1\n[default]\nb=1\n[LIBVIRT]\na=2'.split('\n')
    )
    assert {
        key: [assignment.text for assignment in found]
        for key, found in file.by_option.items()
    } == {('libvirt', 'a'): ['1', '2'], ('default', 'b'): ['1']}


def test_an_origin_has_all_lines_of_its_value() -> None:
    content = '[x]\na=1\n 2\n\t3\n#\nb =\nc = 4\n'
    file = parsing.parse('f', content.split('\n'))
    found = [(a.origin.line, a.origin.lines) for a in file.assignments]
    assert found == [(2, 3), (6, 1), (7, 1)]


def test_text_of_other_options_is_not_kept() -> None:
    lines = [
        '[DEFAULT]\n',
        'transport_url = rabbit://secret # secret\n',
        '  secret\n',
        '[database]\n',
        'images_type = secret # secret\n',
        '[libvirt]\n',
        'images_type = raw # secret?\n',
        'virt_type = secret',
    ]
    found = parsing.parse('f', lines)
    assert [one.frame for one in found.assignments] == [
        ('', '\n'),
        ('', '\n'),
        ('# secret?\nimages_type = ', '\n'),
        ('', ''),
    ]
    assert 'secret' not in repr(found.places)


@pytest.mark.parametrize('pattern', [r'(a)[^\S\n]*=(.*)', r'\[(a)\]', 'a*'])
@given(
    st.lists(
        st.sampled_from(['', 'a', 'a=', 'a\v=b', '=', '[a]', '[', '[a] '])
        | st.text('a=[] \t\v\f\r\n')
    )
)
def test_a_line_of_a_value_is_found_as_if_it_were_alone(
    pattern: str, lines: list[str]
) -> None:
    value = '\n'.join(lines)
    found = parsing.matches_below(pattern, value)
    assert [(below, match.groups()) for below, match in found] == [
        (below, match.groups())
        for below, line in enumerate(value.split('\n'))
        if below and (match := re.fullmatch(pattern, line, re.ASCII))
    ]
