# SPDX-License-Identifier: Apache-2.0

"""The lines of a long text are those that Python reads."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
import pytest

from nova_cow_check.sources import files
from nova_cow_check.sources import texts

TEXTS = st.text(st.sampled_from('\r\n\x0b\x0c\x85\u2028aé\U0001f600'))


@given(TEXTS, st.sampled_from(['', '\n']))
def test_they_are_those_of_python(text: str, newline: str) -> None:
    found = texts.Lines(text, newline)
    expected = io.StringIO(text, newline=newline).readlines()
    assert list(found) == expected
    assert len(found) == len(expected)
    numbers = range(-len(expected), len(expected))
    assert [found[one] for one in numbers] == [expected[n] for n in numbers]
    with pytest.raises(IndexError):
        found[len(expected)]


@given(TEXTS, st.integers(-5, 5), st.integers(-5, 5))
def test_a_slice_is_a_list(text: str, start: int, stop: int) -> None:
    expected = io.StringIO(text, newline='').readlines()
    assert texts.Lines(text, '')[start:stop] == expected[start:stop]


def test_they_are_equal_if_the_texts_are() -> None:
    assert texts.Lines('a\nb', '') == texts.Lines('a\nb', '')
    assert texts.Lines('a\nb', '') != texts.Lines('a\nc', '')
    assert texts.Lines('a', '') != ['a']


@pytest.mark.parametrize('end', ['\n', '\r\n', '\r'])
def test_a_large_file_is_parsed_as_a_small_one(
    end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = '[libvirt]\nimages_type = "raw" # why\n virt\nimages_type=\n'
    data = content.replace('\n', end).encode()
    small = files.parse('f', data)
    monkeypatch.setattr(texts, 'LARGE', 0)
    large = files.parse('f', data)
    assert list(large.assignments) == list(small.assignments)
    assert large.places == small.places
    assert large == files.parse('f', data) != files.parse('f', data + b'#')
