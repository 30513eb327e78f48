# SPDX-License-Identifier: Apache-2.0

"""nova.conf is full of passwords: none of them is ever shown."""

from __future__ import annotations

from collections.abc import Callable
import pathlib
import subprocess
import sys

from oslo_config import cfg
from oslo_config import iniparser
import pytest

from nova_cow_check.cmd import main
from nova_cow_check.rules import registry
from tests.functional import conftest
from tests.functional import documents
from tests.functional import fixes
from tests.functional import passwords
from tests.functional import test_fix

SECRET = passwords.ON_THE_LINE
CHECK = ('upgrade', 'check')

#: Name -> what stands below the passwords, exit code.
BELOW = {
    # The passwords of [libvirt] show a compute host.
    'nothing': ('', 1),
    'a warning': (
        '[libvirt]\nimages_type = raw\n'
        '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n',
        1,
    ),
    'every option faulty': (
        '[DEFAULT]\n'
        'compute_driver = $transport_url\n'
        'use_cow_images = $my_ip\n'
        'force_raw_images = ${database.connection}\n'
        '[libvirt]\n'
        'images_type = $rbd_secret_uuid\n',
        2,
    ),
    'a password in the next line': (
        f'[libvirt]\nimages_type = raw\n  rbd_secret_uuid = {SECRET}\n',
        2,
    ),
    'a password in the next line of a reference': (
        f'[libvirt]\nimages_type = $rbd_user\n  {SECRET}\n',
        2,
    ),
    'a password behind a driver that cannot be loaded': (
        '[DEFAULT]\ncompute_driver = nova.virt.x.Y\x1b\n'
        f'  transport_url = {SECRET}\n',
        2,
    ),
    'a password behind a driver that is not read': (
        '[libvirt]\ncompute_driver = ironic.IronicDriver\n'
        f'  transport_url = {SECRET}\n'
        '[default]\ncompute_driver = libvirt.LibvirtDriver\n'
        f'  transport_url = {SECRET}\n',
        1,
    ),
    'a password far behind': (
        f'[libvirt]\nimages_type = raw {"#" * 60} {SECRET}\n',
        2,
    ),
    'a password under a name that is meant for another option': (
        f'[keystone]\nimages_type = {SECRET}\n'
        f'[libvirt]\nuse_cow_images = {SECRET}\nimage_type = {SECRET}\n',
        1,
    ),
    'a password as the driver of another group': (
        f'[keystone]\ncompute_driver = {SECRET}\n',
        1,
    ),
    'a reference where Nova does not look': (
        '[DEFAULT]\nimages_type = $transport_url\n'
        '[database]\nuse_cow_images = $DEFAULT.transport_url\n',
        1,
    ),
}


def test_the_passwords_are_many_and_oslo_config_reads_them(
    write: Callable[..., str],
) -> None:
    path = write(passwords.CONFIGURATION)
    sections: dict[str, dict[str, list[str]]] = {}
    cfg.ConfigParser(path, sections).parse()
    shown = repr(sections)
    found = set(passwords.TOKEN.findall(shown))
    assert len(found) > 100
    assert len(found) == shown.count('S3cr3t')


@pytest.mark.parametrize('form', [(), ('--json',)])
@pytest.mark.parametrize('name', BELOW)
def test_a_verdict_shows_no_password(
    name: str,
    form: tuple[str, ...],
    run: conftest.Run,
    write: Callable[..., str],
) -> None:
    below, code = BELOW[name]
    path = write(passwords.CONFIGURATION + below)
    result = run(*CHECK, '--config-file', path, *form, **passwords.ENVIRONMENT)
    assert (result.returncode, result.stderr) == (code, '')
    passwords.assert_hidden(result)


@pytest.mark.parametrize('name', BELOW)
def test_no_format_shows_a_password(
    name: str,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    below, code = BELOW[name]
    place = ('--config-file', write(passwords.CONFIGURATION + below))
    paths = [tmp_path / f'report.{format_}' for format_ in documents.NAMES]
    words = []
    for format_, path in zip(documents.NAMES, paths):
        words += ['--output', f'{format_}:{path}']
    result = run('report', *place, *words, **passwords.ENVIRONMENT)
    assert (result.returncode, result.stderr) == (code, '')
    for path in paths:
        shown = path.read_text()
        assert shown
        assert passwords.TOKEN.findall(shown) == [], path.name


#: What stands below the passwords. A diff has the lines of the options as
#: they are, and shows more of a long one than a verdict does.
TO_FIX = {
    **{name: below for name, (below, _code) in BELOW.items()},
    **{name: pair.before for name, pair in test_fix.RULES.items()},
    'a password far behind': (
        f'[libvirt]\nimages_type = raw {"#" * 100} {SECRET}\n'
    ),
    'every option faulty, and references': (
        f'{fixes.DRIVER}use_cow_images = $my_ip # why\n'
        'force_raw_images = ${database.connection}\n'
        '[libvirt]\nimages_type = "$rbd_secret_uuid"\n'
    ),
}


@pytest.mark.parametrize('mode', [(), ('--write',), ('--for', 'rhoso')])
@pytest.mark.parametrize('name', TO_FIX)
def test_no_fix_shows_a_password(
    name: str,
    mode: tuple[str, ...],
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    path = write(passwords.CONFIGURATION + TO_FIX[name])
    result = run('fix', '--config-file', path, *mode, **passwords.ENVIRONMENT)
    assert result.returncode in (0, 1, 2)
    shown = result.stdout + result.stderr
    assert passwords.TOKEN.findall(shown) == []
    # All of them are still there.
    written = pathlib.Path(path).read_text()
    before = passwords.TOKEN.findall(passwords.CONFIGURATION)
    assert passwords.TOKEN.findall(written)[: len(before)] == before


@pytest.mark.parametrize('rule', [one.name for one in registry.HOST_RULES])
@pytest.mark.parametrize('name', TO_FIX)
def test_fixing_one_rule_shows_no_password(
    name: str,
    rule: str,
    write: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """In this process: two hundred others would take a minute to start."""
    below = TO_FIX[name]
    if rule == 'ignored-setting' and SECRET in below:
        # The line that is to be removed, and was asked for, is shown.
        below = below.replace(SECRET, 'value')
    path = write(passwords.CONFIGURATION + below)
    for variable, value in passwords.ENVIRONMENT.items():
        monkeypatch.setenv(variable, value)
    code = main.main(['fix', '--config-file', path, '--rule', rule])
    assert code in (0, 1, 2)
    shown = ''.join(capfd.readouterr())
    assert shown and passwords.TOKEN.findall(shown) == []


def test_what_cannot_be_fixed_shows_no_password(
    run: conftest.Run, write: Callable[..., str]
) -> None:
    header = f'# Ansible managed, password {SECRET}\n'
    sick = f'{header}{fixes.SICK}'
    for content in (
        sick + passwords.CONFIGURATION,
        f'{fixes.SICK}{passwords.CONFIGURATION}password {SECRET}\n',
    ):
        result = run('fix', '--config-file', write(content), '--write')
        assert result.returncode == 255
        passwords.assert_hidden(result)


@pytest.mark.parametrize(
    'faulty',
    ['password', '= password', '  password', '[password', '[]'],
)
def test_a_parse_error_is_not_told_in_the_words_of_oslo_config(
    faulty: str, run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(f'{passwords.CONFIGURATION}[A]\n{faulty}{SECRET}\n')
    with pytest.raises(cfg.ConfigFileParseError) as caught:
        cfg.ConfigOpts()(['--config-file', path])
    quoted = str(caught.value)
    assert SECRET in quoted or faulty == '[]'
    result = run(*CHECK, '--config-file', path, **passwords.ENVIRONMENT)
    reason = conftest.reason(result)
    assert reason.startswith(f'{path}:{passwords.LINES + 2}: ')
    assert quoted not in reason
    for theirs in (
        "No ':' or '=' found",
        'Key cannot be empty',
        'Unexpected continuation',
        'must end with',
        'Empty section',
        iniparser.ParseError.__name__,
    ):
        assert theirs not in reason
    passwords.assert_hidden(result)


#: A program that knows more options: there, references have values.
OTHER_PROGRAM = """
import sys
from oslo_config import cfg
from oslo_upgradecheck import upgradecheck
from nova_cow_check import checks

conf = cfg.ConfigOpts()
conf.register_opts([cfg.StrOpt('transport_url'), cfg.StrOpt('my_ip')])

class Commands(upgradecheck.UpgradeCommands):
    _upgrade_checks = tuple(
        (name, (check, {'conf': conf}))
        for name, check in checks.Checks().get_checks()
    )

sys.exit(upgradecheck.main(conf, 'nova', Commands(), sys.argv[1:]))
"""


@pytest.mark.parametrize('group', ['libvirt', 'DEFAULT', None])
def test_the_value_of_a_reference_is_not_shown(
    group: str | None, write: Callable[..., str], tmp_path: pathlib.Path
) -> None:
    content = (
        f'{passwords.CONFIGURATION}[DEFAULT]\n'
        'compute_driver = $transport_url\n'
        '[libvirt]\nimages_type = qcow2\n'
    )
    names = {'libvirt': 'images_type', 'DEFAULT': 'use_cow_images'}
    if group:
        content += f'[{group}]\n{names[group]} = $my_ip\n'
    arguments = ('--config-file', write(content), *CHECK)
    result = subprocess.run(
        [sys.executable, '-c', OTHER_PROGRAM, *arguments],
        env=conftest.environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=600,
    )
    # It is no name of a driver.
    assert result.returncode == 2
    # oslo.upgradecheck wraps the details.
    shown = ' '.join(' '.join(conftest.rows(result)['Image settings']).split())
    assert '[DEFAULT]/compute_driver = $transport_url' in shown
    passwords.assert_hidden(result)
