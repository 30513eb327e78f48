# SPDX-License-Identifier: Apache-2.0

"""Whatever text is not ours, no output can do a terminal harm."""

from __future__ import annotations

from collections.abc import Callable
import json
import pathlib
import subprocess

import pytest

from tests.functional import conftest

#: Clears a screen, sets its title, turns text around, hides it; no "/".
HARM = '\x1b[2J\x1b]0;t\x07\x9b31m\u202e\u2066\u200b\u2028\r\x08\x7f\ufeff'

CONF = (
    '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'
    f'use-cow-images = {HARM.replace(chr(13), "")}\n'
    '[libvirt]\nimages_type = default\n'
)

FORMATS = ('text', 'html', 'json', 'yaml', 'junit', 'sarif', 'journal')

WORDS = ('fleet', '--expected', f'list{HARM}', '--group', 'g=a*,\x1b*')

#: Command lines; {bad} is a file with a bad name, {conf} one with bad text.
LINES: dict[str, tuple[str, ...]] = {
    **{
        f'report {one}': ('report', *WORDS[:3], '--output', one)
        for one in FORMATS
    },
    **{
        f'report {one} of a file': (
            '--config-file', '{bad}', 'report', '--output', one,
            '--host', HARM,
        )
        for one in FORMATS
    },
    'group': ('report', *WORDS),
    'no format': ('report', 'fleet', '--output', HARM),
    'no folder': ('report', HARM),
    'fix': ('fix', 'fleet'),
    'fix for a tool': ('fix', 'fleet', '--for', 'puppet-nova'),
    'fix of a file': ('fix', '--config-file', '{bad}'),
    'fix that writes': ('fix', '--config-file', '{bad}', '--write'),
    'fix of no rule': ('fix', '--rule', HARM),
    'check': ('upgrade', 'check', '--config-file', '{bad}'),
    'check json': ('upgrade', 'check', '--config-file', '{bad}', '--json'),
    'check debug': ('--debug', 'upgrade', 'check', '--config-file', '{bad}'),
    'no file': ('upgrade', 'check', '--config-file', HARM),
    'no directory': ('upgrade', 'check', '--config-dir', HARM),
    'not valid': ('upgrade', 'check', '--config-file', '{broken}'),
    'not valid debug': (
        '--debug', 'upgrade', 'check', '--config-file', '{broken}',
    ),
    'waivers': ('report', 'fleet', '--waivers', '{waivers}'),
    'waivers not valid': ('report', 'fleet', '--waivers', '{broken}'),
    'an option': (HARM,),
    'rules': ('rules', HARM),
    'output': ('report', 'fleet', '--output', f'text:{HARM}/x'),
    'help': ('report', '--help'),
}  # fmt: skip

#: A plugin that says harm in every way there is.
PLUGIN = f'''\
import logging
import sys
import warnings

from nova_cow_check import errors
from oslo_upgradecheck import upgradecheck

HARM = {HARM!r}
logging.getLogger('theirs').error(HARM)
print('printed', HARM)
print('printed', HARM, file=sys.stderr)
warnings.warn(HARM)


def told(command):
    logging.error(HARM, exc_info=ValueError(HARM))
    warnings.warn(HARM)
    print(HARM)
    details = HARM + '\\n\\ta' + HARM
    return upgradecheck.Result(upgradecheck.Code.WARNING, details)


def raised(command):
    print(HARM, file=sys.stderr)
    raise type(HARM, (Exception,), {{}})(HARM)


def refused(command):
    raise errors.NoVerdict(HARM)


class Checks:
    def get_checks(self):
        return [(HARM, told), ('raised', raised), ('refused', refused)]
'''

FORMAT = f'''\
HARM = {HARM!r}
print('printed', HARM)


def render(report, appearance):
    print('printed', HARM)
    raise type(HARM, (Exception,), {{}})(HARM)
    yield ''
'''


@pytest.fixture
def place(tmp_path: pathlib.Path, write: Callable[..., str]) -> dict[str, str]:
    """Write hosts, files and waivers whose names and text do harm."""
    write(CONF, f'fleet/a{HARM}.conf')
    write(CONF, f'fleet/a{HARM}/nova.conf')
    write(CONF.replace('default', 'flat'), f'fleet/b{HARM}/nova.conf')
    write('password', f'fleet/c{HARM}.conf')
    write('# Ansible managed\n' + CONF, f'fleet/d{HARM}.conf')
    write('{}', f'fleet/e{HARM}.json')
    write('', f'fleet/passed over {HARM}')
    (tmp_path / 'fleet' / f'f{HARM}').symlink_to('nowhere')
    name = HARM.replace('\r', '').replace('\u2028', '')
    write(f'a\nexpected{name}\n', f'list{HARM}')
    rule = {'rule': 'ignored-setting', 'reason': HARM, 'hosts': [f'*{HARM}*']}
    write(json.dumps([rule, {**rule, 'rule': 'driver-removed'}]), 'waivers')
    return {
        'bad': write(CONF, f'{HARM}.conf'),
        'broken': write(f'[{HARM}', f'broken{HARM}.conf'),
        'waivers': str(tmp_path / 'waivers'),
    }


def assert_harmless(result: subprocess.CompletedProcess[str]) -> None:
    for stream in (result.stdout, result.stderr):
        assert stream.replace('\n', '').isprintable(), ascii(stream)


@pytest.mark.parametrize('name', LINES)
def test_a_name_or_a_value_does_no_harm(
    name: str,
    place: dict[str, str],
    run: conftest.Run,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    words = (
        place[word[1:-1]] if word[:1] == '{' else word for word in LINES[name]
    )
    result = run(*words)
    assert result.stdout or result.stderr
    assert_harmless(result)


@pytest.fixture
def site(tmp_path: pathlib.Path, write: Callable[..., str]) -> str:
    """Install plugins that mean harm, one under a name that does."""
    info = 'site/theirs-1.0.dist-info'
    write('Metadata-Version: 2.1\nName: a\nVersion: 1.0\n', f'{info}/METADATA')
    bad = HARM.replace('\r', '').replace('\u2028', '')
    write(
        '[nova.status.upgrade.checks]\ntheirs = theirs\n'
        f'x{bad} = nowhere\n'
        '[nova_cow_check.formats]\ntheirs = theirs_too:render\n'
        f'x{bad} = nowhere\n',
        f'{info}/entry_points.txt',
    )
    write(PLUGIN, 'site/theirs.py')
    write(FORMAT, 'site/theirs_too.py')
    return str(tmp_path / 'site')


@pytest.mark.parametrize('debug', [(), ('--debug',)])
@pytest.mark.parametrize(
    'words',
    [
        ('upgrade', 'check'),
        ('upgrade', 'check', '--json'),
        ('report', '--output', 'theirs'),
        ('report', '--output', 'no such'),
        ('report', '--help'),
    ],
)
def test_a_plugin_does_no_harm(
    words: tuple[str, ...],
    debug: tuple[str, ...],
    site: str,
    write: Callable[..., str],
    run: conftest.Run,
) -> None:
    at = () if '--help' in words else ('--config-file', write(CONF))
    result = run(*debug, *at, *words, PYTHONPATH=site)
    assert_harmless(result)
    if '--json' in words:
        rows = json.loads(result.stdout)['checks']
        for row in rows:
            for text in (row['check'], row['details']):
                assert text.replace('\n', '').isprintable()
        (told,) = (
            row
            for row in rows
            if row['result'] == 1 and '\\x1b' in row['check']
        )
        assert told['details'].splitlines()[1].startswith('        a\\x1b[2J')
    elif words[0] == 'upgrade':
        assert '\\x1b[2J' in result.stdout
