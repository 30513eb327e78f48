# SPDX-License-Identifier: Apache-2.0

"""rules: what is looked for, without Nova and without a configuration."""

from __future__ import annotations

from collections.abc import Callable
import json
import os
import pathlib
import re

import pytest

from nova_cow_check.rules import registry
from tests.functional import conftest
from tests.functional import documents
from tests.functional import test_exit_codes

NAMES = sorted(registry.RULES)


def test_without_a_name_all_are_listed(run: conftest.Run) -> None:
    result = run('rules')
    assert (result.returncode, result.stderr) == (0, '')
    assert documents.is_clean(result.stdout)
    listed = re.findall(
        r'^([a-z0-9-]+)  +(note|warning|failure)  +\S', result.stdout, re.M
    )
    assert listed == [
        (one.name, one.severity.name.lower())
        for one in registry.RULES.values()
    ]
    assert all(len(line) < 80 for line in result.stdout.splitlines())
    assert result.stdout.endswith(
        '\nnova-cow-check rules NAME shows the page of a rule.\n'
    )


@pytest.mark.parametrize('name', NAMES)
def test_a_name_shows_the_page_of_the_rule(
    name: str, run: conftest.Run
) -> None:
    result = run('rules', name)
    assert (result.returncode, result.stderr) == (0, '')
    assert documents.is_clean(result.stdout)
    assert name in result.stdout.splitlines()[:3]
    assert registry.RULES[name].outside in result.stdout
    assert all(
        len(line) < 80 or re.search(r'https?://\S+$', line)
        for line in result.stdout.splitlines()
    )


#: A name that is none -> what is said about it.
UNKNOWN = {
    'banana': 'no rule is called "banana" (nova-cow-check rules lists all)',
    'implicit-image-backends': '(did you mean implicit-image-backend',
    'Driver-Removed': 'no rule is called "Driver-Removed"',
    '': 'no rule is called ""',
    '../pages/driver-removed': 'no rule is called "../pages/driver-removed"',
    'driver-removed.rst': 'driver-removed',
    '\x1b[31m\n\udcff': 'no rule is called "\\x1b[31m...',
    'x' * 1000: f'no rule is called "{"x" * 60}..."',
}


@pytest.mark.parametrize('name', UNKNOWN)
def test_an_unknown_name_is_answered_with_those_that_could_be_meant(
    name: str, run: conftest.Run
) -> None:
    assert UNKNOWN[name] in conftest.reason(run('rules', name))


def test_it_reads_no_configuration(
    run: conftest.Run, write: Callable[..., str], tmp_path: pathlib.Path
) -> None:
    write('banana\n', 'home/.nova/nova.conf')
    os.mkfifo(tmp_path / 'pipe')
    named = ('--config-file', str(tmp_path / 'pipe'), '--waivers', '/missing')
    for words in ((), ('driver-removed',)):
        assert run('rules', *words, *named).returncode == 0
        assert run('rules', *words).returncode == 0


def test_what_a_report_points_to_is_there(
    run: conftest.Run, write: Callable[..., str]
) -> None:
    content = test_exit_codes.VERDICTS['ignored line'][0]
    place = ('--config-file', write(content))
    shown = run('report', *place).stdout
    printed = run('report', *place, '--output', 'json').stdout
    found = {
        finding['rule']
        for check in json.loads(printed)['hosts'][0]['checks']
        for finding in check['findings']
    }
    named = re.findall(r'More: nova-cow-check (rules) (\S+)', shown)
    assert {name for _word, name in named} == found
    for words in named:
        assert run(*words).returncode == 0
