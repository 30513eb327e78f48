# SPDX-License-Identifier: Apache-2.0

"""What becomes of files: a directory for each rule and shape of a file.

After a change that is meant, write the files anew with
``UPDATE_GOLDEN=1 pytest tests/unit/fixer/test_golden.py`` and read the diff.
"""

from __future__ import annotations

import os
import pathlib

import pytest

from nova_cow_check.fixer import plan
from nova_cow_check.rules import registry
from tests.unit.fixer import fixes

GOLDEN = pathlib.Path(__file__).parents[1] / 'golden' / 'fix'
NAMES = sorted(path.name for path in GOLDEN.iterdir())

#: Rules whose findings no edit ends, or no edit of this host alone.
LEFT = {
    'driver-removed',
    'unreadable-configuration',
    'mixed-image-backends',
    'mixed-force-raw-images',
    *(one.name for one in registry.CHANGE_RULES),
    *registry.PROCESS_RULES,
    *(one.name for one in registry.GUEST_RULES),
}

#: Rules that have to be asked for: directory -> rules.
ASKED = {'ignored-setting': ('ignored-setting',)}


def contents(name: str) -> dict[str, bytes]:
    data = (GOLDEN / name / 'before.conf').read_bytes()
    return {'/etc/nova/nova.conf': data}


def make(name: str) -> plan.Plan:
    return fixes.make(contents(name), asked=ASKED.get(name, ()))


@pytest.mark.parametrize('name', NAMES)
def test_golden(name: str) -> None:
    made = make(name)
    (text,) = made.texts
    found = {'after.conf': text.after, 'diff.txt': fixes.shown(made).encode()}
    for file, data in found.items():
        path = GOLDEN / name / file
        if os.environ.get('UPDATE_GOLDEN'):
            path.write_bytes(data)
        assert path.read_bytes() == data


@pytest.mark.parametrize('name', NAMES)
def test_golden_files_are_cured(name: str) -> None:
    made = make(name)
    after = fixes.after(contents(name), made)
    assert made.fixed
    assert fixes.judged(after).found == ()


@pytest.mark.parametrize('name', NAMES)
def test_a_diff_is_the_whole_change(name: str) -> None:
    made = make(name)
    patched = fixes.patched(contents(name), fixes.shown(made))
    assert patched == fixes.patched(fixes.after(contents(name), made), '')


@pytest.mark.parametrize('rule', registry.RULES)
def test_every_rule_is_fixed_in_a_directory_of_its_name(rule: str) -> None:
    assert (rule in NAMES) is not (rule in LEFT)
    if rule in NAMES:
        assert [finding.rule for finding in make(rule).fixed] == [rule]


def test_nothing_secret_is_in_a_diff() -> None:
    hidden = [
        name
        for name in NAMES
        if b'secret' in (GOLDEN / name / 'before.conf').read_bytes()
    ]
    assert len(hidden) > 10
    for name in hidden:
        assert 'secret' not in fixes.shown(make(name))
