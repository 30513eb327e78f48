# SPDX-License-Identifier: Apache-2.0

"""`unsafe-flat-resize`: on which hosts, and with which Nova."""

from __future__ import annotations

import dataclasses

import pytest

from nova_cow_check.nova import backends
from nova_cow_check.reports import verdict
from nova_cow_check.rules import findings
from nova_cow_check.rules import rule
from tests.unit import hosts

NAME = 'unsafe-flat-resize'

#: images_type, use_cow_images -> whether it holds with an affected Nova.
SETTINGS = {
    ('flat', 'False'): True,
    ('flat', None): True,
    ('raw', 'False'): True,
    (None, 'False'): True,
    (None, None): False,
    ('qcow2', None): False,
    ('qcow2', 'False'): False,
    ('rbd', None): False,
    ('lvm', 'False'): False,
    ('ploop', None): False,
}

RELEASES = {
    '': False,
    'banana': False,
    '28.3.1': True,
    '30.2.0': True,
    '30.3.0': False,
    '32.1.0': True,
    '33.0.0': False,
    '34.0.0': False,
}


def rows(
    settings: tuple[str | None, str | None], release: str
) -> tuple[verdict.Row, ...]:
    host = hosts.host(hosts.nova_conf(hosts.LIBVIRT, *settings))
    known = dataclasses.replace(host.settings(), nova_release=release)
    return verdict.judge(known)


def found(judged: tuple[verdict.Row, ...]) -> list[findings.Finding]:
    return [one for row in judged for one in row.found]


@pytest.mark.parametrize('release', RELEASES)
@pytest.mark.parametrize('settings', SETTINGS)
def test_where_it_holds(
    settings: tuple[str | None, str | None], release: str
) -> None:
    judged = rows(settings, release)
    holds = SETTINGS[settings] and RELEASES[release]
    *_others, moves = judged
    assert moves.check is rule.Check.MOVES
    assert [one.rule for one in moves.found].count(NAME) is int(holds)
    # A release makes nothing better, and nothing else worse.
    before = found(rows(settings, ''))
    assert [one for one in found(judged) if one.rule != NAME] == before


def test_what_it_says() -> None:
    (finding,) = found(rows(('flat', 'False'), '2:29.2.0-0ubuntu1'))
    assert finding.severity is findings.Severity.WARNING
    # It is not told before what is certain.
    assert not finding.is_unsafe
    # Never a change of the backend.
    assert finding.replacement == findings.Replacement()
    assert finding.alternative is None
    for words in (
        'Nova 2:29.2.0-0ubuntu1 has CVE-2026-24708, by its number',
        'Upgrade Nova',
        'a build of your vendor with the fix',
        'Stay on flat',
    ):
        assert words in finding.explanation


def test_the_release_is_told() -> None:
    for settings, release in ((('rbd', None), '33.0.0'), (('x', None), '1.2')):
        facts = rows(settings, release)[0].facts
        assert f'Judged as Nova {release}, by its number.' in facts


def test_no_backend_but_flat_is_concerned() -> None:
    known = {
        backends.backend_of(images_type or 'default', use_cow != 'False')
        for (images_type, use_cow), holds in SETTINGS.items()
        if holds
    }
    assert known == {backends.Backend.FLAT}
