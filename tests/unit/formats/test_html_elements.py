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

"""Elements: what a string holds is text, wherever it is put."""

from __future__ import annotations

import pytest

from nova_cow_check.formats import html_elements

element = html_elements.element


@pytest.mark.parametrize(
    ('made', 'written'),
    [
        (element('span', 'a', 'b'), '<span>ab</span>'),
        (
            element('span', 'a', element('code', 'b'), 'c', 'd'),
            '<span>a<code>b</code>cd</span>',
        ),
        (element('p', 'a'), '<p>a</p>\n'),
        (element('meta', charset='utf-8'), '<meta charset="utf-8">\n'),
        (element('bdi', '<b> & "\''), '<bdi>&lt;b&gt; &amp; "\'</bdi>'),
        (
            element('bdi', 'a\n\0\x1b\u202e'),
            '<bdi>a\\n\\x00\\x1b\\u202e</bdi>',
        ),
        (element('bdi', 'é\udcff'), '<bdi>&#233;\\xff</bdi>'),
        (
            element('a', href='"><script>\n&'),
            '<a href="&quot;&gt;<script&gt;\\n&amp;"></a>',
        ),
        (
            element('svg', class_='a', viewBox='0 0 1 1', aria_hidden='true'),
            '<svg class="a" viewBox="0 0 1 1" aria-hidden="true"></svg>',
        ),
        (
            html_elements.lines('code', ['<a>', 'b\nc']),
            '<code>&lt;a&gt;\nb\\nc</code>',
        ),
        (html_elements.raw('style', 'a > b {}'), '<style>a > b {}</style>\n'),
    ],
)
def test_an_element_is_written(
    made: html_elements.Element, written: str
) -> None:
    assert html_elements.serialize(made) == written


def test_a_table_has_heads_for_columns_and_rows() -> None:
    made = html_elements.table(('A', 'B'), [('a', element('code', 'b'))], 'x')
    assert html_elements.serialize(made).replace('\n', '') == (
        '<table class="x"><thead><tr><th scope="col">A</th>'
        '<th scope="col">B</th></tr></thead><tbody><tr>'
        '<th scope="row">a</th><td><code>b</code></td></tr></tbody></table>'
    )
