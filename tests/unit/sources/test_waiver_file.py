# SPDX-License-Identifier: Apache-2.0

"""A file of waivers: every key, and every mistake with its line."""

from __future__ import annotations

import datetime

import pytest

from nova_cow_check import errors
from nova_cow_check.rules import findings
from nova_cow_check.sources import waiver_file

TODAY = datetime.date(2026, 11, 23)

WHOLE = """\
# Who accepted what.
- rule: implicit-image-backend
  hosts:
    - compute[1-3]
    - "*.example.org"
  reason: Retired in January.
  expires: 2027-01-31

- {rule: flat-disks-converted, reason: "No moves: one host."}
"""


def parse(content: str | bytes) -> tuple[findings.Waiver, ...]:
    if isinstance(content, str):
        content = content.encode()
    return waiver_file.parse(content, 'waivers.yaml', TODAY)


def one(more: str) -> str:
    """Return a waiver with more lines; a blank line keeps the count."""
    return f'- rule: driver-removed\n  reason: why\n{more}'


def test_every_key() -> None:
    first, second = parse(WHOLE)
    assert first.rule == 'implicit-image-backend'
    assert first.hosts == ('compute[1-3]', '*.example.org')
    assert first.reason == 'Retired in January.'
    assert first.expires == datetime.date(2027, 1, 31)
    assert not first.is_expired
    assert (first.origin.name, first.origin.line) == ('waivers.yaml', 2)
    assert second[:5] == (
        'flat-disks-converted',
        (),
        'No moves: one host.',
        None,
        False,
    )
    assert second.origin.line == 9


@pytest.mark.parametrize('content', ['', '# none yet\n', '[]', '---\n', '~'])
def test_there_may_be_none(content: str) -> None:
    assert parse(content) == ()


@pytest.mark.parametrize(
    ('line', 'hosts'),
    [
        ('', ()),
        ('  hosts: compute1', ('compute1',)),
        ('  hosts: [a, b]', ('a', 'b')),
        ('  hosts: ["*"]', ('*',)),
        # A name that YAML takes for a number.
        ('  hosts: [0x1f, 1e3]', ('0x1f', '1e3')),
    ],
)
def test_hosts(line: str, hosts: tuple[str, ...]) -> None:
    (waiver,) = parse(one(line))
    assert waiver.hosts == hosts


@pytest.mark.parametrize(
    ('day', 'is_expired'),
    [
        ('2026-11-22', True),
        ('2026-11-23', False),
        ('"2026-11-22"', True),
        ('9999-12-31', False),
    ],
)
def test_expires(day: str, is_expired: bool) -> None:
    (waiver,) = parse(one(f'  expires: {day}'))
    assert waiver.is_expired is is_expired
    assert str(waiver.expires) == day.strip('"')


UUID = 'c0ffee00-0000-4000-8000-00000000000'


def about_guests(more: str = '') -> str:
    return f'- reason: why\n  rule: guest-move-unconfirmed\n{more}'


@pytest.mark.parametrize(
    ('line', 'guests'),
    [
        (f'  guests: {UUID}1', (f'{UUID}1',)),
        (f'  guests: [{UUID.upper()}1, {UUID}2]', (f'{UUID}1', f'{UUID}2')),
    ],
)
def test_guests(line: str, guests: tuple[str, ...]) -> None:
    (waiver,) = parse(about_guests(line))
    assert waiver.guests == guests
    assert waiver.hosts == ()


ALL_GUESTS = (
    'a waiver of guest-move-unconfirmed names its guests, as "guests: '
    '[UUID]": one for all would hide the next broken guest'
)
NO_UUID = 'guests is not a list of UUIDs, without patterns'
DATE = 'expires is not a date such as 2027-01-31'
KEY = 'unknown key; a waiver has: rule, hosts, guests, reason, expires'
ALL_HOSTS = 'hosts names none; for all hosts, leave it out'
YAML = 'not valid YAML; a pattern such as "*" needs quotes'
FAULTS = {
    # Rules.
    '- reason: why': (1, 'the waiver has no rule'),
    '\n- rule:\n  reason: why': (2, 'the waiver has no rule'),
    '- reason: why\n  rule: [a]': (2, 'rule is not text'),
    '- reason: why\n  rule: no-such-rule': (
        2,
        'there is no rule no-such-rule; nova-cow-check rules lists them',
    ),
    '- reason: why\n  rule: "\\e[2J"': (
        2,
        'there is no rule \\x1b[2J; nova-cow-check rules lists them',
    ),
    # Reasons.
    '\n- rule: driver-removed': (2, 'the waiver has no reason'),
    '- rule: driver-removed\n  reason:': (2, 'the waiver has no reason'),
    '- rule: driver-removed\n  reason: " "': (2, 'the waiver has no reason'),
    '- rule: driver-removed\n  reason: null': (2, 'the waiver has no reason'),
    '- rule: driver-removed\n  reason: {}': (2, 'reason is not text'),
    # Dates.
    one('  expires:'): (3, DATE),
    one('  expires: soon'): (3, DATE),
    one('  expires: 2027-02-29'): (3, DATE),
    one('  expires: 20270131'): (3, DATE),
    one('  expires: 31.01.2027'): (3, DATE),
    one('  expires: 2027-01-31 12:00:00'): (3, DATE),
    one('  expires: 2027-W01-1'): (3, DATE),
    one('  expires: [2027-01-31]'): (3, DATE),
    # Hosts. Forgotten names must not make it a waiver for all.
    one('  hosts:'): (3, ALL_HOSTS),
    one('  hosts: []'): (3, ALL_HOSTS),
    one('  hosts: [a, ""]'): (3, ALL_HOSTS),
    one('  hosts: {a: b}'): (3, 'hosts is not a list of patterns'),
    one('  hosts: {}'): (3, 'hosts is not a list of patterns'),
    one('  hosts:\n    - [a]'): (4, 'hosts is not a list of patterns'),
    # Guests. None must be hidden that was not named.
    about_guests(): (2, ALL_GUESTS),
    about_guests('  hosts: a'): (2, ALL_GUESTS),
    about_guests('  guests:'): (3, NO_UUID),
    about_guests('  guests: []'): (3, 'guests names none'),
    about_guests('  guests: {}'): (3, NO_UUID),
    about_guests('  guests: "*"'): (3, NO_UUID),
    about_guests(f'  guests: [{UUID}1, {UUID}]'): (3, NO_UUID),
    about_guests(f'  guests:\n    - {UUID}1\n    - [a]'): (5, NO_UUID),
    one(f'  guests: {UUID}1'): (
        3,
        'guests: driver-removed is not about guests',
    ),
    # Other things.
    one('  expire: 2027-01-31'): (3, KEY),
    one('  [a, b]: c'): (3, KEY),
    one('  <<: {}'): (3, KEY),
    one('  rule: driver-removed'): (3, 'rule is given twice'),
    'driver-removed: why': (1, 'not a list of waivers'),
    '\nS3cr3t': (2, 'not a list of waivers'),
    '- S3cr3t': (
        1,
        'not a waiver, which has: rule, hosts, guests, reason, expires',
    ),
    '- []': (
        1,
        'not a waiver, which has: rule, hosts, guests, reason, expires',
    ),
    one('  hosts: *'): (3, YAML),
    one('  hosts: *S3cr3t'): (3, YAML),
    one('\thosts: a'): (3, YAML),
    '[DEFAULT]\ntransport_url = S3cr3t': (2, YAML),
    '- a\n---\n- b': (2, YAML),
    '{S3cr3t': (1, YAML),
}


@pytest.mark.parametrize('content', FAULTS)
def test_fault(content: str) -> None:
    line, reason = FAULTS[content]
    with pytest.raises(errors.ConfigurationError) as raised:
        parse(content)
    assert str(raised.value) == f'waivers.yaml:{line}: {reason}'
    assert 'S3cr3t' not in str(raised.value)


@pytest.mark.parametrize(
    'content', [b'\0', b'\xff\xfe\xfd', b'- rule: \x80', b'[' * 100_000]
)
def test_no_line_can_be_told(content: bytes) -> None:
    with pytest.raises(errors.ConfigurationError) as raised:
        parse(content)
    assert str(raised.value) == 'waivers.yaml: not valid YAML'


def test_nothing_in_it_is_executed() -> None:
    (waiver,) = parse(
        '- rule: driver-removed\n'
        '  reason: !!python/object/apply:os.abort []\n'.replace('[]', 'x')
    )
    assert waiver.reason == 'x'


def test_aliases_are_not_multiplied() -> None:
    bomb = '- &a [x, x]\n' + ''.join(
        f'- &{new} [{", ".join(["*" + old] * 9)}]\n'
        for old, new in zip('abcdefghijk', 'bcdefghijkl')
    )
    with pytest.raises(errors.ConfigurationError, match='not a waiver'):
        parse(bomb)
