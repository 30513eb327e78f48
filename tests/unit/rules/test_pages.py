# SPDX-License-Identifier: Apache-2.0

"""Each rule, its page and its place in the documentation agree.

The examples of the pages are judged, so that they cannot lie.
"""

from __future__ import annotations

import dataclasses
import json
import pathlib
import re
from typing import Any

from docutils import core
from docutils import nodes
import pytest

import nova_cow_check
from nova_cow_check.cmd import rules_command
from nova_cow_check.document import writer
from nova_cow_check import errors
from nova_cow_check.nova import backends
from nova_cow_check.reports import report
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.rules import invalid_setting
from nova_cow_check.rules import registry
from nova_cow_check.rules import rule
from nova_cow_check.settings import host_settings
from tests.unit import fleets
from tests.unit import hosts
from tests.unit import sample_reports

PAGES = pathlib.Path(nova_cow_check.__file__).parent / 'rules' / 'pages'
DOCUMENTATION = pathlib.Path(__file__).parents[3] / 'doc' / 'source' / 'rules'

SECTIONS = [
    'What is wrong',
    'Example',
    'What to write',
    'What to know',
    'See also',
]

SCHEMA = pathlib.Path(writer.__file__).with_name('report-1.schema.json')

#: Of the rules about guests, whose examples are no configurations.
SECTIONS_ABOUT_GUESTS = [
    'What is wrong',
    'How it is told',
    'What to do',
    'What to know',
    'See also',
]

#: A section before `What to know`, of the rules after which guests that exist
#: need more than a sentence.
GUESTS = 'Guests that exist'
WITH_GUESTS = {
    'flat-disks-converted',
    'raw-disks-opened-as-qcow2',
    'mixed-image-backends',
    'mixed-force-raw-images',
    'backend-changed',
    'force-raw-images-changed',
}

#: Rules that nothing ends but another driver, a restart or another Nova.
LASTING = {'driver-removed', *registry.PROCESS_RULES}

#: Rules whose findings name no setting to write.
UNTOLD = {'unreadable-configuration', *registry.PROCESS_RULES}

#: What is known of the host of a page, beside its nova.conf.
BESIDE: dict[str, dict[str, Any]] = {
    'changes-not-in-effect': {
        'process': host_settings.Process(
            sample_reports.STARTED,
            (host_settings.Changed('nova.conf', sample_reports.CREATED),),
        )
    },
    'unsafe-flat-resize': {'nova_release': '29.2.0'},
}

every_rule = pytest.mark.parametrize(
    'rule', registry.RULES.values(), ids=lambda one: one.name
)


#: Those that a configuration is judged by.
SETTINGS_RULES = [
    one for one in registry.RULES.values() if one not in registry.GUEST_RULES
]

rule_of_settings = pytest.mark.parametrize(
    'rule', SETTINGS_RULES, ids=lambda one: one.name
)

telling_rule = pytest.mark.parametrize(
    'rule',
    [one for one in SETTINGS_RULES if one.name not in UNTOLD],
    ids=lambda one: one.name,
)


def parsed(rule: rule.Rule) -> nodes.document:
    """Return a page's document; the least complaint of docutils raises."""
    return core.publish_doctree(
        registry.page(rule.name).text,
        settings_overrides={'report_level': 1, 'halt_level': 1},
    )


def section(rule: rule.Rule, title: str) -> nodes.section:
    (found,) = [
        node
        for node in parsed(rule).findall(nodes.section)
        if node.next_node(nodes.title).astext() == title
    ]
    return found


def written(rule: rule.Rule, title: str) -> list[hosts.Host]:
    """Return the hosts whose nova.conf stands in a section."""
    blocks = section(rule, title).findall(nodes.literal_block)
    return [hosts.host(block.astext()) for block in blocks]


def cases(rule: rule.Rule, title: str) -> list[list[hosts.Host]]:
    """Return the hosts of a section; those that are compared in one list.

    The first example of a rule that compares is what most hosts have, or
    what the host had before.
    """
    found = written(rule, title)
    if rule in registry.CHANGE_RULES:
        before, *now = written(rule, 'Example')
        return [[before, *(now if title == 'Example' else found)]]
    if rule not in registry.FLEET_RULES:
        return [[host] for host in found]
    most, *others = written(rule, 'Example')
    return [[most, most, *(others if title == 'Example' else found)]]


def judged(
    rule: rule.Rule, case: list[hosts.Host]
) -> tuple[report.HostReport, ...]:
    if rule in registry.CHANGE_RULES:
        before, now = (host.settings() for host in case)
        earlier = verdict.behaviour_of(before)
        return (
            report.judge(report.ReadHost('before', before)),
            report.judge(report.ReadHost('now', now, earlier=earlier)),
        )
    beside = BESIDE.get(rule.name, {})
    numbered = {
        f'compute{n}': known(host, beside) for n, host in enumerate(case)
    }
    whole = fleets.of(numbered)
    return tuple(fleets.named(whole, name) for name in numbered)


def told(host: report.HostReport) -> list[findings.Change]:
    """Return the changes; of rules that compare, on their condition."""
    rules = {
        one.name for one in (*registry.FLEET_RULES, *registry.CHANGE_RULES)
    }
    empty = [
        change
        for one in host.found
        if one.rule in rules and one.alternative is not None
        for change in one.alternative.replacement.changes
    ]
    return [*hosts.changes(*host.found), *empty]


def known(host: hosts.Host, beside: dict[str, Any]) -> fleets.Known:
    try:
        settings = host.settings()
    except errors.ConfigurationError as error:
        return host_settings.Unreadable(error.reason, error.path, error.line)
    return dataclasses.replace(settings, **beside)


def rules_of(rule: rule.Rule, case: list[hosts.Host]) -> list[str]:
    return [found.rule for host in judged(rule, case) for found in host.found]


def values(host: hosts.Host) -> list[object]:
    return [setting.value for setting in host.settings().all]


def backend(image_settings: host_settings.ImageSettings) -> backends.Backend:
    repaired = invalid_setting.repaired(image_settings)
    return rule.behaviour_of(repaired).backend


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    assert {path.name for path in PAGES.iterdir()} == {
        f'{name}.rst' for name in registry.RULES
    }


def test_every_rule_is_everywhere() -> None:
    """In the catalogue, the documentation and the schema of reports."""
    names = list(registry.RULES)
    lines = rules_command.listing().splitlines()
    assert [line.split()[0] for line in lines if line[:1].isalpha()][
        : len(names)
    ] == names
    index = (DOCUMENTATION / 'index.rst').read_text()
    assert [name for name in names if f'\n   {name}\n' in index] == names
    schema = json.loads(SCHEMA.read_text())
    assert schema['$defs']['rule']['enum'] == names


class TestDocumentation:
    @every_rule
    def test_it_shows_the_same_text(self, rule: rule.Rule) -> None:
        path = DOCUMENTATION / f'{rule.name}.rst'
        directive, _space, target = path.read_text().strip().rpartition(' ')
        assert directive == '.. include::'
        page = (DOCUMENTATION / target).read_text()
        assert page == registry.page(rule.name).text

    def test_it_has_no_other_page(self) -> None:
        assert {path.stem for path in DOCUMENTATION.iterdir()} == {
            'index',
            *registry.RULES,
        }

    def test_it_lists_the_rules_in_the_order_of_the_findings(self) -> None:
        index = (DOCUMENTATION / 'index.rst').read_text()
        _before, toctree = index.split('.. toctree::\n')
        entries = re.findall(r'^   ([a-z].*)$', toctree, re.MULTILINE)
        assert entries == list(registry.RULES)


class TestForm:
    @every_rule
    def test_the_title_is_the_name(self, rule: rule.Rule) -> None:
        assert parsed(rule).next_node(nodes.title).astext() == rule.name

    @every_rule
    def test_the_summary_is_a_short_sentence(self, rule: rule.Rule) -> None:
        summary = registry.page(rule.name).summary
        assert len(summary) < 110
        assert '. ' not in summary
        assert summary.endswith('.')
        assert '\n' not in summary

    @every_rule
    def test_the_fields_are_those_of_the_rule(self, rule: rule.Rule) -> None:
        fields = {
            name.astext(): body.astext()
            for name, body in parsed(rule).findall(nodes.field)
        }
        row = rule.check.value.replace('-', ' ').capitalize()
        milder = getattr(rule, 'milder', ())
        words = [one.name.lower() for one in (rule.severity, *milder)]
        severities = ' or '.join(
            filter(None, [', '.join(words[:-1]), words[-1]])
        )
        assert fields == {'Severity': severities, 'Check': row}

    @every_rule
    def test_the_sections(self, rule: rule.Rule) -> None:
        found = parsed(rule).findall(nodes.section)
        titles = [node.next_node(nodes.title).astext() for node in found]
        about_guests = rule in registry.GUEST_RULES
        expected = list(SECTIONS_ABOUT_GUESTS if about_guests else SECTIONS)
        if rule.name in WITH_GUESTS:
            expected.insert(SECTIONS.index('What to know'), GUESTS)
        assert titles == expected

    @every_rule
    def test_it_says_how_a_guest_does_not_start(self, rule: rule.Rule) -> None:
        words = ' '.join(registry.page(rule.name).text.split())
        assert not re.search(r'guests? (that )?do(es)? not start', words)
        assert 'keep their format' not in words
        assert not re.search(r'reads? files', words)

    @every_rule
    def test_the_reference_is_named(self, rule: rule.Rule) -> None:
        links = section(rule, 'See also').findall(nodes.reference)
        assert rule.outside in [link['refuri'] for link in links]

    @every_rule
    def test_a_terminal_shows_it(self, rule: rule.Rule) -> None:
        lines = registry.page(rule.name).text.split('\n')
        # A URL that is broken cannot be copied.
        texts = [one for one in lines if not re.match(r' *https://\S+$', one)]
        assert max(map(len, texts)) <= 79
        assert all(line.isascii() and line.isprintable() for line in lines)
        assert lines[-1] == ''


class TestExamples:
    @rule_of_settings
    def test_this_rule_holds_and_no_other(self, rule: rule.Rule) -> None:
        examples = cases(rule, 'Example')
        assert examples
        for case in examples:
            assert rules_of(rule, case) == [rule.name]

    @rule_of_settings
    def test_what_to_write_ends_it(self, rule: rule.Rule) -> None:
        left = [rule.name] if rule.name in LASTING else []
        for case in cases(rule, 'What to write'):
            assert rules_of(rule, case) == left

    @telling_rule
    def test_what_to_write_is_what_the_finding_says(
        self, rule: rule.Rule
    ) -> None:
        edited = [
            [
                host.edited(told(found))
                for host, found in zip(case, judged(rule, case))
            ]
            for case in cases(rule, 'Example')
        ]
        remedies = cases(rule, 'What to write')
        assert [list(map(values, case)) for case in remedies] == [
            list(map(values, case)) for case in edited
        ]

    @telling_rule
    def test_what_to_write_changes_no_backend_but_to_that_of_most(
        self, rule: rule.Rule
    ) -> None:
        before, after = (
            [backend(host.settings()) for host in written(rule, title)]
            for title in ('Example', 'What to write')
        )
        compares = rule in (*registry.FLEET_RULES, *registry.CHANGE_RULES)
        assert after == (before[:1] if compares else before)
