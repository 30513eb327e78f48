# SPDX-License-Identifier: Apache-2.0

"""SARIF fixes are applied as a reader of SARIF does, and judged again."""

from __future__ import annotations

from collections import Counter
import pathlib
import re
from typing import Any

import hypothesis
from hypothesis import strategies as st
import pytest

from nova_cow_check.formats import sarif
from nova_cow_check.nova import opts
from nova_cow_check.reports import report
from nova_cow_check.rules import findings
from nova_cow_check.settings import parsing
from tests.unit.formats import sarif_reader
from tests.unit import hosts
from tests.unit import strategies

GOLDEN = pathlib.Path(__file__).parents[1] / 'golden'

#: As in a run.
NEWLINES = ('\r\n', '\n', '\r')


def fixed(host: hosts.Host, fix: dict[str, Any]) -> hosts.Host:
    """Return a host whose files had a fix applied."""
    files = {path: text.encode() for path, text in host.files.items()}
    after = sarif_reader.applied(files, fix, NEWLINES)
    return hosts.Host(
        {path: data.decode() for path, data in after.items()},
        host.environment,
    )


def assignments(host: hosts.Host) -> Counter[tuple[str, ...]]:
    """Return what is written, wherever it is."""
    return Counter(
        (parsing.normalize_group(one.group), one.name, one.text)
        for path, content in host.files.items()
        for one in parsing.parse(path, hosts.lines_of(content)).assignments
    )


def of(finding: findings.Finding, host: hosts.Host) -> list[dict[str, Any]]:
    """Return the fixes on the host that reports."""
    return sarif.fixes(
        finding, report.judge(report.ReadHost('compute1', host.settings()))
    )


def check(host: hosts.Host) -> int:
    """Check each fix of a host, and return how many there are."""
    before = Counter(host.rules())
    number = 0
    for finding in host.findings():
        changes = finding.replacement.changes
        for fix in of(finding, host):
            after = fixed(host, fix)
            edited = host.edited(
                change
                for change in changes
                if change.action is not findings.Action.KEEP
            )
            assert assignments(after) == assignments(edited)
            assert Counter(after.rules()) == Counter(edited.rules())
            assert after.rules().count(finding.rule) < before[finding.rule]
            number += 1
    return number


FIXES = {
    'controller': 0,
    # Nothing but another driver ends it.
    'driver-removed': 0,
    'explicit': 0,
    # Two lines to remove; that they were meant is no fix.
    'ignored-setting': 2,
    'several': 2,
}


@pytest.mark.parametrize(
    'path', sorted(GOLDEN.glob('*.conf')), ids=lambda path: path.stem
)
@pytest.mark.parametrize(
    ('old', 'new'), [('\n', '\n'), ('\n', '\r\n'), ('\n$', '')]
)
def test_a_fix_ends_its_finding_and_changes_nothing_else(
    path: pathlib.Path, old: str, new: str
) -> None:
    content = re.sub(old, new, path.read_text())
    assert check(hosts.Host({path.name: content})) == FIXES.get(path.stem, 1)


@hypothesis.given(
    st.lists(
        strategies.files(
            st.sampled_from((*strategies.VALUES, 'maybe', 'QCOW2', 'False #'))
        ),
        min_size=1,
        max_size=3,
    )
)
def test_any_fix_makes_the_changes_of_its_finding(texts: list[str]) -> None:
    check(
        hosts.Host(
            {
                f'a:{number} b.conf': text.replace('\r\n', '\n')
                for number, text in enumerate(texts)
            }
        )
    )


def fixes(content: str, environment: dict[str, str], rule: str) -> list[Any]:
    host = hosts.host(content, environment)
    (finding,) = hosts.find(rule, host)
    return of(finding, host)


def test_a_value_that_a_file_cannot_change_has_no_fix() -> None:
    environment = {opts.USE_COW_IMAGES.variable: 'True'}
    content = hosts.nova_conf(images_type='flat')
    assert fixes(content, environment, 'flat-disks-converted') == []


def test_an_ignored_variable_has_no_fix() -> None:
    environment = {'OS_LIBVIRT__USE_COW_IMAGES': 'True'}
    content = hosts.nova_conf(images_type='qcow2')
    assert fixes(content, environment, 'ignored-setting') == []


def test_a_line_whose_right_place_is_no_file_can_still_be_removed() -> None:
    environment = {opts.USE_COW_IMAGES.variable: 'True'}
    content = hosts.nova_conf(images_type='qcow2') + 'use_cow_images = False\n'
    (fix,) = fixes(content, environment, 'ignored-setting')
    assert fix['description'] == {'text': 'Remove [libvirt]/use_cow_images.'}


def test_a_fix_says_what_it_writes() -> None:
    content = hosts.nova_conf(use_cow_images='False')
    (fix,) = fixes(content, {}, 'implicit-image-backend')
    assert fix['description']['text'] == (
        'Write [libvirt]/images_type = flat. '
        'Keep [DEFAULT]/use_cow_images = False.'
    )


def test_what_depends_on_a_condition_is_never_in_a_fix() -> None:
    content = hosts.nova_conf(images_type='qcow2') + 'use_cow_images = False\n'
    (fix,) = fixes(content, {}, 'ignored-setting')
    assert fix['description']['text'] == 'Remove [libvirt]/use_cow_images.'


def test_files_are_changed_together() -> None:
    host = hosts.Host(
        {
            'a.conf': '[DEFAULT]\nuse_cow_images = True\n',
            'b.conf': '[libvirt]\nimages_type = rbd\n'
            '[DEFAULT]\nuse_cow_images = False\nuse_cow_images = no\n',
        }
    )
    (finding,) = hosts.find('use-cow-images-unused', host)
    assert finding.severity is findings.Severity.NOTE
    (fix,) = of(finding, host)
    assert [
        [one['deletedRegion']['startLine'] for one in change['replacements']]
        for change in fix['artifactChanges']
    ] == [[2], [4]]
    assert fixed(host, fix).files == {
        'a.conf': '[DEFAULT]\n',
        'b.conf': '[libvirt]\nimages_type = rbd\n[DEFAULT]\n',
    }


@pytest.mark.parametrize(
    ('behind', 'is_shown'),
    [
        (' # why', True),
        ('\t;why\t', True),
        ('#\twhy', False),
        (' # why\x1b[2J', False),
        (' # \u202e', False),
        (f' {"#" * 55}', True),
        (f' {"#" * 56}', False),
    ],
)
def test_a_comment_is_in_a_fix_if_it_is_shown_with_its_value(
    behind: str, is_shown: bool
) -> None:
    content = hosts.nova_conf(images_type=f'qcow{behind}')
    found = fixes(content, {}, 'invalid-setting')
    assert len(found) == is_shown


def test_nothing_of_other_lines_of_a_value_is_in_a_fix() -> None:
    content = hosts.nova_conf(images_type='qcow\n  # "password = S3cr3t')
    assert fixes(content, {}, 'invalid-setting') == []
    content = hosts.nova_conf(images_type='\n  qcow # S3cr3t')
    assert fixes(content, {}, 'invalid-setting') == []
