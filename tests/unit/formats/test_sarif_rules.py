# SPDX-License-Identifier: Apache-2.0

"""What code scanning is told of each rule."""

from __future__ import annotations

import math
from typing import Any

import pytest

from nova_cow_check.formats import markdown
from nova_cow_check.formats import sarif_rules
from nova_cow_check.rules import findings
from nova_cow_check.rules import registry

#: Metrics of CVSS 3.1, section 7.4; PR where the scope is changed.
WEIGHTS = {
    'AV': {'N': 0.85, 'A': 0.62, 'L': 0.55, 'P': 0.2},
    'AC': {'L': 0.77, 'H': 0.44},
    'PR': {'N': 0.85, 'L': 0.62, 'H': 0.27},
    'PR of another scope': {'N': 0.85, 'L': 0.68, 'H': 0.5},
    'UI': {'N': 0.85, 'R': 0.62},
    'CIA': {'H': 0.56, 'L': 0.22, 'N': 0.0},
}


def base_score(vector: str) -> float:
    """Return the base score of CVSS 3.1 (section 7.1)."""
    metrics = dict(one.split(':') for one in vector.split('/'))
    is_changed = metrics['S'] == 'C'
    rest = math.prod(1 - WEIGHTS['CIA'][metrics[one]] for one in 'CIA')
    base = 1 - rest
    impact = 6.42 * base
    if is_changed:
        impact = 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15
    privileges = 'PR of another scope' if is_changed else 'PR'
    ease = 8.22 * math.prod(
        WEIGHTS[name][metrics[name[:2]]]
        for name in ('AV', 'AC', privileges, 'UI')
    )
    score = min((impact + ease) * (1.08 if is_changed else 1), 10)
    return math.ceil(round(score * 1e5) / 1e4) / 10


def described(name: str) -> Any:
    return sarif_rules.descriptor(
        registry.RULES[name], lambda words: {'text': words}
    )


def test_the_score_is_that_of_published_examples() -> None:
    # https://www.first.org/cvss/v3.1/examples
    assert base_score('AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N') == 6.1
    assert base_score('AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N') == 6.4
    assert base_score('AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H') == 7.5


@pytest.mark.parametrize('name', registry.RULES)
def test_every_rule_has_what_code_scanning_reads(name: str) -> None:
    found = described(name)
    properties = found['properties']
    severity = properties['security-severity']
    assert isinstance(severity, str)
    assert 0.0 <= float(severity) <= 10.0
    assert severity == f'{float(severity):.1f}'
    tags = properties['tags']
    assert tags and len(set(tags)) == len(tags) <= 10
    # Code scanning looks at the number where this tag is.
    assert ('security' in tags) is (float(severity) > 0)
    standing = sarif_rules.STANDINGS[name]
    if standing.vector:
        assert float(severity) == base_score(standing.vector)
    assert bool(standing.vector) is (float(severity) > 0)
    assert found['help']['markdown'].startswith(f'# {name}\n')


@pytest.mark.parametrize('name', registry.RULES)
def test_markdown_is_made_from_the_page(name: str) -> None:
    found = described(name)['help']
    page = registry.page(name).text
    assert found['text'] == page
    shown = found['markdown'].replace('{{', '{').replace('}}', '}')
    assert shown == markdown.of(page)


def test_no_other_rules_are_described() -> None:
    assert list(sarif_rules.STANDINGS) == list(registry.RULES)


def test_what_opens_files_of_the_host_is_worst() -> None:
    scores = {
        name: one.security_severity
        for name, one in sarif_rules.STANDINGS.items()
    }
    worst = max(scores, key=scores.__getitem__)
    assert worst == 'raw-disks-opened-as-qcow2'
    # GitHub's limits: 7.0 is high, 4.0 medium.
    assert scores[worst] >= 7.0
    assert 4.0 <= scores['mixed-image-backends'] < 7.0


def test_levels_are_those_of_severities() -> None:
    assert set(sarif_rules.LEVELS) == set(findings.Severity)
