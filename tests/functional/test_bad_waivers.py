# SPDX-License-Identifier: Apache-2.0

"""Whatever is in place of a file of waivers: one line, and no secret."""

from __future__ import annotations

from collections.abc import Callable
import pathlib
import sys

import pytest

from tests.functional import conftest
from tests.functional import passwords
from tests.functional import test_exit_codes

SECRET = passwords.ON_THE_LINE
SICK = test_exit_codes.DRIVER + '[libvirt]\nimages_type = raw\n'
WAIVER = '- rule: flat-disks-converted\n  reason: why\n'
KEYS = 'rule, hosts, guests, reason, expires'
YAML = 'not valid YAML; a pattern such as "*" needs quotes'
DATE = 'expires is not a date such as 2027-01-31'
PYTHON = '!!python/object/apply:os.mkdir'

#: Name -> waivers.yaml, number of the line that is named, the reason.
FAULTS: dict[str, tuple[str, int, str]] = {
    'unknown rule': (
        '- rule: no-such-rule\n  reason: why\n',
        1,
        'there is no rule no-such-rule; nova-cow-check rules lists them',
    ),
    'rule in capitals': (
        f'{WAIVER}- reason: why\n  rule: Driver-Removed\n',
        4,
        'there is no rule Driver-Removed; nova-cow-check rules lists them',
    ),
    'no reason': (
        f'{WAIVER}- rule: driver-removed\n  hosts: {SECRET}\n',
        3,
        'the waiver has no reason',
    ),
    'empty reason': (
        '- rule: driver-removed\n  reason: ""\n',
        2,
        'the waiver has no reason',
    ),
    'impossible date': (f'{WAIVER}  expires: 2027-02-30\n', 3, DATE),
    'date with a time': (f'{WAIVER}  expires: 2027-01-31T12:00\n', 3, DATE),
    'no date': (f'{WAIVER}  expires: {SECRET}\n', 3, DATE),
    'nothing for a date': (f'{WAIVER}  expires:\n', 3, DATE),
    'no host': (
        f'{WAIVER}  hosts: []\n',
        3,
        'hosts names none; for all hosts, leave it out',
    ),
    'hosts of another type': (
        f'{WAIVER}  hosts: {{{SECRET}: x}}\n',
        3,
        'hosts is not a list of patterns',
    ),
    'unknown key': (
        f'{WAIVER}  until: {SECRET}\n',
        3,
        f'unknown key; a waiver has: {KEYS}',
    ),
    'key given twice': (
        f'{WAIVER}  reason: {SECRET}\n',
        3,
        'reason is given twice',
    ),
    'a pattern without quotes': (f'{WAIVER}  hosts: *.{SECRET}\n', 3, YAML),
    'tab': (f'{WAIVER}\thosts: {SECRET}\n', 3, YAML),
    'two documents': (f'{WAIVER}---\n{WAIVER}', 3, YAML),
    'no list': (f'{SECRET}: x\n', 1, 'not a list of waivers'),
    'list of text': (f'- {SECRET}\n', 1, f'not a waiver, which has: {KEYS}'),
    'program in place of a waiver': (
        f'- {PYTHON} [pwned]\n',
        1,
        f'not a waiver, which has: {KEYS}',
    ),
    'program in place of a reason': (
        f'- rule: driver-removed\n  reason: {PYTHON} [pwned]\n',
        2,
        'reason is not text',
    ),
    'list that contains itself': (
        '- &a [*a]\n',
        1,
        f'not a waiver, which has: {KEYS}',
    ),
    'nova.conf': (passwords.CONFIGURATION, 2, YAML),
    'all guests': (
        '- rule: guest-disk-converted\n  reason: why\n',
        1,
        'a waiver of guest-disk-converted names its guests, as "guests: '
        '[UUID]": one for all would hide the next broken guest',
    ),
}


@pytest.mark.parametrize('name', FAULTS)
def test_a_fault_is_named_with_its_line(
    name: str,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content, line, because = FAULTS[name]
    path = write(content, 'waivers.yaml')
    monkeypatch.chdir(tmp_path)
    place = ('--config-file', write(SICK), '--waivers', path)
    result = run('report', *place)
    assert conftest.reason(result) == f'{path}:{line}: {because}'
    passwords.assert_hidden(result)
    # Nothing in the file is executed.
    assert not (tmp_path / 'pwned').exists()


@pytest.mark.parametrize(
    'words',
    [
        ('upgrade', 'check'),
        ('upgrade', 'check', '--json'),
        ('report', '--fail-on', 'never'),
    ],
)
def test_it_keeps_every_command_from_a_verdict(
    words: tuple[str, ...], run: conftest.Run, write: Callable[..., str]
) -> None:
    waivers = write(f'{WAIVER}- rule: driver-removed\n', 'waivers.yaml')
    by_option = f'[nova_cow_check]\nwaivers_file = {waivers}\n'
    for conf, more in (
        (SICK, ('--waivers', waivers)),
        (SICK + by_option, ()),
    ):
        result = run(*words, '--config-file', write(conf), *more)
        assert conftest.reason(result).startswith(f'{waivers}:3: ')


#: Name -> waivers.yaml of a kind that could take long or much memory.
LARGE: dict[str, str | bytes] = {
    'aliases of aliases': '- &a [x, x]\n'
    + ''.join(
        f'- &{new} [{", ".join([f"*{old}"] * 9)}]\n'
        for old, new in zip('abcdefghijklmn', 'bcdefghijklmno')
    ),
    'deep': '[' * 200_000,
    'deep mappings': '{a: ' * 50_000,
    'deep and closed': '[' * 50_000 + ']' * 50_000,
    'long': 'x' * 20 * 1024 * 1024,
    'many': WAIVER * 100_000,
    'binary': pathlib.Path(sys.executable).read_bytes()[:100_000],
    'latin-1': WAIVER.replace('why', 'caf\u00e9').encode('latin-1'),
    'a terminal escape': WAIVER.replace('why', '\x1b[31m'),
}


@pytest.mark.parametrize('name', LARGE)
def test_what_is_no_file_of_waivers_is_refused_soon(
    name: str, run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(LARGE[name], 'waivers.yaml')
    # Seconds of processor time, KiB of memory.
    limited = ('sh', '-c', 'ulimit -t 10; ulimit -v 1000000; exec "$@"', 'sh')
    place = ('--config-file', write(SICK), '--waivers', path)
    reason = conftest.reason(run('report', *place, before=limited))
    assert reason.startswith(path)
    assert 'YAML' in reason or 'waiver' in reason


def _unreadable(path: pathlib.Path) -> None:
    path.write_text(passwords.CONFIGURATION)
    path.chmod(0)


#: Makes what is in the way, the reason.
IN_PLACE: list[tuple[Callable[[pathlib.Path], object], str]] = [
    (lambda _path: None, 'cannot be read: No such file or directory'),
    (pathlib.Path.mkdir, 'cannot be read: Is a directory'),
    (_unreadable, 'cannot be read: Permission denied'),
    (
        lambda path: path.symlink_to(path.name),
        'cannot be read: Too many levels of symbolic links',
    ),
    (
        lambda path: path.write_bytes(b' ' * (1024 * 1024 + 1)),
        'larger than 1 MiB: not a file of waivers',
    ),
    (
        lambda path: path.symlink_to('/dev/zero'),
        'cannot be read: not a regular file',
    ),
]


@pytest.mark.parametrize(('make', 'because'), IN_PLACE)
def test_something_else_in_place_of_a_file_is_named(
    make: Callable[[pathlib.Path], object],
    because: str,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    path = tmp_path / 'waivers.yaml'
    make(path)
    place = ('--config-file', write(SICK), '--waivers', str(path))
    result = run('report', *place, before=conftest.without_privileges())
    assert conftest.reason(result) == f'{path}: {because}'


def test_a_pipe_can_be_read(
    run: conftest.Run, write: Callable[..., str]
) -> None:
    place = ('--config-file', write(SICK), '--waivers', '/dev/stdin')
    shell = ('sh', '-c', f'printf "%s" "{WAIVER}" | "$@"', 'sh')
    assert run('report', *place, before=shell).returncode == 0


#: Value of waivers_file -> what is shown in place of the path.
HIDDEN = {
    '$transport_url': 'the value of [nova_cow_check]/waivers_file cannot',
    f'/missing\n  password = {SECRET}': '/missing...: cannot be read',
    f'$state_path\n  {SECRET}': 'the value of [nova_cow_check]/waivers_file',
    'a\0b': 'the value of [nova_cow_check]/waivers_file cannot',
    '/missing/\x1b[31m\u202e': '/missing/\\x1b[31m\\u202e: cannot be read',
}


@pytest.mark.parametrize('value', HIDDEN)
def test_the_option_is_shown_without_what_could_be_a_password(
    value: str, run: conftest.Run, write: Callable[..., str]
) -> None:
    content = (
        f'{passwords.CONFIGURATION}[nova_cow_check]\nwaivers_file = {value}\n'
    )
    result = run('report', '--config-file', write(content))
    assert HIDDEN[value] in conftest.reason(result)
    passwords.assert_hidden(result)


def test_a_faulty_variable_is_named(
    run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(f'{SICK}[nova_cow_check]\nwaivers_file = /missing\n')
    variable = 'OS_NOVA_COW_CHECK__WAIVERS_FILE'
    result = run('report', '--config-file', path, **{variable: '$no.such'})
    assert conftest.reason(result) == (
        f'{variable}: the value of [nova_cow_check]/waivers_file cannot be '
        'used'
    )
