#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.


"""What may have been written is shown so, whatever it is."""

from __future__ import annotations

import hypothesis
from hypothesis import strategies as st
import pytest

from nova_cow_check.sources import shown_texts
from nova_cow_check import text
from tests.unit import strategies


LONG = 60 * 'x'


@pytest.mark.parametrize(
    ('shown', 'found'),
    [
        ('qcow2', ('qcow2',)),
        ('no...', ('no...', 'no\n')),
        (r'no\t# why', (r'no\t# why', 'no\t# why')),
        (r'\x85', (r'\x85', '\x85')),
        (f'{LONG}...', (f'{LONG}...', LONG + '\n', LONG + '#', 2 * LONG)),
    ],
)
def test_there_is_more_than_one_only_where_it_cannot_be_told(
    shown: str, found: tuple[str, ...]
) -> None:
    assert shown_texts.possible(shown) == found


def test_what_is_meant_may_be_on_a_line_that_is_not_shown() -> None:
    assert '\nno' in shown_texts.possible('...', ['no'])
    assert '\nno' not in shown_texts.possible('x...', ['no'])


@pytest.mark.parametrize('shown', ['x' * 61, 'a\nb', '\x1b', 'x' * 61 + '...'])
def test_what_is_never_shown_comes_from_nothing(shown: str) -> None:
    assert shown_texts.possible(shown) == ()


@hypothesis.given(
    strategies.HOSTILE | st.text(st.sampled_from('a\n#.\\x1b\t'), max_size=80)
)
def test_anything_that_is_shown_comes_from_something(written: str) -> None:
    shown = text.value_as_shown(written)
    found = shown_texts.possible(shown)
    assert found
    assert {text.value_as_shown(one) for one in found} == {shown}
