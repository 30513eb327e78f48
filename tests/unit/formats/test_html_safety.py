# SPDX-License-Identifier: Apache-2.0

"""The page can do no harm: what is read is shown as text, nothing is run."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import pathlib
import re
from xml.etree import ElementTree

import hypothesis
from hypothesis import strategies as st
import pytest

from nova_cow_check.formats import html
from nova_cow_check.formats import interface
from nova_cow_check import printing
from nova_cow_check.reports import host_groups
from nova_cow_check.reports import report
from nova_cow_check.settings import host_settings
from tests.unit import fleets
from tests.unit.formats import test_html
from tests.unit import hosts
from tests.unit import sample_reports

body, rendered, shown = test_html.body, test_html.rendered, test_html.shown

#: Name of a host -> how it is written.
WRITTEN = {
    '<b> & "\'': '&lt;b&gt; &amp; &#34;&#39;',
    '"><script>\n&': '&#34;&gt;&lt;script&gt;\\n&amp;',
    '&lt;&#60;': '&amp;lt;&amp;#60;',
    'a\n\0\x1b\u202e': 'a\\n\\x00\\x1b\\u202e',
    '\xe9\u2192\U0001f427': '&#233;&#8594;&#128039;',
    '\udcff\ud800\ufeff': '\\xff\\ud800\\ufeff',
    '{{ 7 * 7 }}{% raw %}{# a #}': '{{ 7 * 7 }}{% raw %}{# a #}',
    '%s%(a)d%': '%s%(a)d%',
}


@pytest.mark.parametrize('name', WRITTEN)
def test_a_name_is_written_in_ascii(name: str) -> None:
    page = rendered(fleets.of({name: fleets.QCOW2}))
    assert f'<bdi>{WRITTEN[name]}</bdi>' in page
    assert f'<title>Image settings of {WRITTEN[name]}</title>' in page


HOSTILE = st.text(
    st.characters()
    | st.sampled_from('<>&"\'\0\n\x1b\u202e\u2028\udcff\ufeff;-/={}%#'),
    min_size=1,
    max_size=12,
)


def elements(page: str) -> set[tuple[str, ...]]:
    """Return the elements of a page, with the names of their attributes."""
    tree = ElementTree.fromstring(
        page[page.index('<body>') : -len('</html>\n')]
    )
    return {(one.tag, *one.keys()) for one in tree.iter()}


def mixed(
    name: str, reason: str, path: str, value: str, group: str
) -> report.Report:
    """Return a fleet in which each of the strings is what its name says."""
    line = ' '.join(value.split())
    # So that it is like no value that could be meant.
    known = hosts.Host(
        {path: f'[libvirt]\nimages_type = zzzzzzzz{line}\n'}
    ).settings()
    whole = fleets.of(
        {'b': host_settings.Unreadable(reason, path, 3), 'd': fleets.QCOW2},
        [host_groups.Group(group, ('c*',))],
        [sample_reports.waiver('invalid-setting', reason=reason)],
    )
    strange = [
        report.judge(
            report.ReadHost('c', known, whole.waivers_read), group=group
        ),
        report.judge(report.ReadHost(name, known)),
    ]
    return dataclasses.replace(whole, hosts=(*whole.hosts, *strange))


@hypothesis.given(
    name=HOSTILE, reason=HOSTILE, path=HOSTILE, value=HOSTILE, group=HOSTILE
)
def test_whatever_is_read_is_shown_as_text(
    name: str, reason: str, path: str, value: str, group: str
) -> None:
    whole = mixed(name, reason, path, value, group)
    page = rendered(whole)
    assert page.isascii()
    assert all(char.isprintable() or char == '\n' for char in page)
    there = shown(body(whole))
    for string in (name, reason, path, group):
        assert printing.printable(string) in there
    assert elements(page) == elements(rendered(mixed(*'eeeee')))


def listed(element: ElementTree.Element) -> set[str]:
    """Return the names in an element: in few words, and in their fold."""
    folds = test_html.of_class(element, 'all-names')
    return {
        shown(one)
        for one in [*element.iter('bdi'), *(li for ul in folds for li in ul)]
    }


@hypothesis.given(st.lists(HOSTILE, min_size=1, max_size=24, unique=True))
def test_names_are_text_wherever_they_stand(strange: list[str]) -> None:
    names = set(map(printing.printable, strange))
    broken = host_settings.Unreadable('cannot be read')
    read = fleets.of(dict.fromkeys(strange, fleets.QCOW2))
    assert names <= listed(test_html.part(read, 'hosts'))
    unread = fleets.of(dict.fromkeys(strange, broken))
    rows = test_html.part(unread, 'unread').iter('tr')
    assert {shown(row[0]) for row in rows} == {'Host', *names}
    assert names <= listed(test_html.part(unread, 'moves'))
    for whole, known in ((read, fleets.QCOW2), (unread, broken)):
        plain = fleets.of({f'{"x" * n}-1': known for n in range(30)})
        assert elements(rendered(whole)) <= elements(rendered(plain))


TEMPLATES = {
    path.name: path.read_text(encoding='ascii')
    for path in (pathlib.Path(html.__file__).parent / 'templates').iterdir()
}


def test_only_the_style_is_put_out_as_it_is() -> None:
    unescaped = re.compile(
        r'\w+ *\| *(?:safe|forceescape)|autoescape|__html__'
    )
    found = {
        name: unescaped.findall(source) for name, source in TEMPLATES.items()
    }
    assert {name: one for name, one in found.items() if one} == {
        'report.html.j2': ['style | safe']
    }


@pytest.mark.parametrize('name', sorted(TEMPLATES.keys() - {'report.css'}))
def test_words_of_a_template_are_marked_for_translation(name: str) -> None:
    source = re.sub('(?s){#.*?#}', '', TEMPLATES[name])
    without = re.sub('(?s){%.*?%}|{{.*?}}', '', source)
    words = re.findall(r'[^\W\d][\w-]*', re.sub('<[^>]*>', '', without))
    assert set(words) <= {'nova-cow-check'}
    assert not re.findall('(?:aria-label|title|alt)="[^"]+"', without)


@pytest.mark.parametrize('is_read', [True, False])
def test_pieces_are_small_however_many_hosts_there_are(is_read: bool) -> None:
    known: host_settings.Known = host_settings.Unreadable('cannot be read')
    if is_read:
        known = hosts.host(fleets.QCOW2).settings()
    whole = dataclasses.replace(
        fleets.of({}),
        hosts=tuple(
            report.judge(
                report.ReadHost(f'{"x" * 200}{number}.example.org', known)
            )
            for number in range(3000)
        ),
    )
    sizes = [len(one) for one in html.render(whole, interface.Appearance())]
    assert sum(sizes) > 600_000 and max(sizes) < 64_000


@pytest.mark.parametrize(
    'whole', test_html.WHOLE.values(), ids=test_html.WHOLE
)
class TestEveryPage:
    def test_only_its_own_style_counts(self, whole: report.Report) -> None:
        page = rendered(whole)
        (style,) = re.findall('<style>(.*?)</style>', page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest())
        (policy,) = re.findall(
            'http-equiv="Content-Security-Policy" content="([^"]*)"', page
        )
        assert policy.split('; ') == [
            "default-src 'none'",
            f"style-src 'sha256-{digest.decode()}'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
        assert page.index(policy) < page.index('<style>')
        assert not re.search(r'@import|url\(', style)

    def test_nothing_in_it_is_run_or_fetched(
        self, whole: report.Report
    ) -> None:
        for one in body(whole).iter():
            assert one.tag not in ('script', 'iframe', 'object', 'form')
            assert not {'src', 'style', 'srcset', 'action'} & set(one.keys())
            assert not [name for name in one.keys() if name[:2] == 'on']
