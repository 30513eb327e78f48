# SPDX-License-Identifier: Apache-2.0

"""Whatever is in place of nova.conf: one line or a finding, and no secret."""

from __future__ import annotations

from collections.abc import Callable
import os
import pathlib
import subprocess
import sys

import pytest

from tests.functional import conftest
from tests.functional import passwords

SECRET = passwords.ON_THE_LINE
CHECK = ('upgrade', 'check')
MIB = 1024 * 1024

#: Name -> file, number of the line that the message names.
NOT_PARSED = {
    'no section header': (f'password = {SECRET}\n', 1),
    'no header above a continued value': (f'\na = b\n  {SECRET}\n\n', 2),
    'neither = nor :': (f'[DEFAULT]\n{SECRET}\n', 2),
    'no name before =': (f'[DEFAULT]\n= {SECRET}\n', 2),
    'no name before :': (f'[DEFAULT]\n: {SECRET}\n', 2),
    'blanks before =': (f'[DEFAULT]\n = {SECRET}\n', 2),
    'continuation of nothing': (f'[DEFAULT]\n  password = {SECRET}\n', 2),
    'continuation of a header': (f'[DEFAULT]\n\t{SECRET} = {SECRET}', 2),
    'continuation after a blank line': (f'[A]\nb = c\n\n {SECRET}\n', 4),
    'header not closed': (f'[DEFAULT]\na = b\n[{SECRET}\n', 3),
    'comment behind a header': (f'[DEFAULT] # {SECRET}\n', 1),
    'header without a name': (f'[]\npassword = {SECRET}\n', 1),
    'byte order mark': (f'\ufeff[DEFAULT]\npassword = {SECRET}\n', 1),
    'latin-1': (b'[DEFAULT]\na = b\n# caf\xe9 S3cr3t-1\n', 3),
    'UTF-16': (f'[DEFAULT]\npassword = {SECRET}\n'.encode('utf-16'), 1),
    'only a terminal escape': (f'[DEFAULT]\n\x1b[31m{SECRET}\n', 2),
    'JSON': (f'{{\n "password": "{SECRET}"\n}}\n', 1),
    'YAML': (f'password:\n  - {SECRET}\n', 1),
    'endless line without =': ('[DEFAULT]\n' + 'S3cr3t' * (2 * MIB), 2),
}

#: Name -> line or lines of nova.conf, the group they stand in.
NOT_USABLE = {
    'wrong type of images_type': ('images_type = zfs', 'libvirt'),
    'wrong case of images_type': ('images_type = QCOW2', 'libvirt'),
    'wrong type of use_cow_images': ('use_cow_images = 2', 'DEFAULT'),
    'wrong type of force_raw_images': ('force_raw_images = y', 'DEFAULT'),
    'wrong compute_driver': ('compute_driver = libvirt.Driver', 'DEFAULT'),
    'no images_type': ('images_type =', 'libvirt'),
    'no use_cow_images': ('use_cow_images =', 'DEFAULT'),
    'no force_raw_images': ("force_raw_images = ''", 'DEFAULT'),
    'undefined images_type': ('images_type = $undefined', 'libvirt'),
    'undefined use_cow_images': ('use_cow_images = ${undefined}', 'DEFAULT'),
    'undefined force_raw_images': ('force_raw_images: $no.such', 'DEFAULT'),
    'undefined compute_driver': ('compute_driver = $undefined', 'DEFAULT'),
    'reference to itself': ('images_type = $images_type', 'libvirt'),
    'reference to itself by group': (
        'images_type = ${libvirt.images_type}',
        'libvirt',
    ),
    'reference to a password': ('images_type = $transport_url', 'libvirt'),
    'reference to a group': ('images_type = ${libvirt.rbd_user}', 'libvirt'),
    'several lines': (f'images_type = raw\n  {SECRET}', 'libvirt'),
    'several lines of a boolean': (
        f'use_cow_images = True\n  password = {SECRET}',
        'DEFAULT',
    ),
    'comment behind the value': ('use_cow_images = no # why', 'DEFAULT'),
    'terminal escape': ('images_type = raw\x1b[2J\x1b]0;x\x07', 'libvirt'),
    'one-byte escape': ('images_type = \x9b31mraw', 'libvirt'),
    'null character': ('use_cow_images = True\0', 'DEFAULT'),
    'right-to-left override': ('images_type = \u202ewar', 'libvirt'),
    'invisible character': ('force_raw_images = \u200bTrue', 'DEFAULT'),
    'endless value': ('images_type = ' + 'x' * 10 * MIB, 'libvirt'),
}


def assert_printable(result: subprocess.CompletedProcess[str]) -> None:
    """Fail if anything but line breaks could act on a terminal."""
    lines = (result.stdout + result.stderr).split('\n')
    assert [line for line in lines if not line.isprintable()] == []


@pytest.mark.parametrize('name', NOT_PARSED)
def test_a_file_that_cannot_be_parsed_is_named_with_its_line(
    name: str, run: conftest.Run, write: Callable[..., str]
) -> None:
    content, line = NOT_PARSED[name]
    path = write(content)
    result = run(*CHECK, '--config-file', path)
    assert conftest.reason(result).startswith(f'{path}:{line}: ')
    passwords.assert_hidden(result)


@pytest.mark.parametrize('name', NOT_USABLE)
def test_a_value_that_cannot_be_used_is_a_finding_with_its_line(
    name: str, run: conftest.Run, write: Callable[..., str]
) -> None:
    lines, group = NOT_USABLE[name]
    content = f'{passwords.CONFIGURATION}[{group}]\n{lines}\n'
    path = write(content)
    result = run(*CHECK, '--config-file', path)
    assert (result.returncode, result.stderr) == (2, '')
    cell = conftest.rows(result)['Image settings']
    assert 'Failure: invalid-setting' in cell
    assert f'{path}:{passwords.LINES + 2}' in result.stdout
    assert len(result.stdout) < 10_000
    assert_printable(result)
    passwords.assert_hidden(result)


def test_the_value_of_another_option_may_be_endless(
    run: conftest.Run, write: Callable[..., str]
) -> None:
    content = passwords.CONFIGURATION + 'password = ' + 'S3cr3t' * (2 * MIB)
    result = run(*CHECK, '--config-file', write(content))
    assert (result.returncode, result.stderr) == (1, '')
    passwords.assert_hidden(result)


def _binary(path: pathlib.Path) -> None:
    path.write_bytes(pathlib.Path(sys.executable).read_bytes())


def _unreadable(path: pathlib.Path) -> None:
    path.write_text(passwords.CONFIGURATION)
    path.chmod(0)


def _dangling(path: pathlib.Path) -> None:
    path.symlink_to('nowhere')


def _loop(path: pathlib.Path) -> None:
    path.symlink_to(path.name)


def _large(path: pathlib.Path) -> None:
    path.touch()
    os.truncate(path, 16 * 1024 * 1024 + 1)


def _device(path: pathlib.Path) -> None:
    path.symlink_to('/dev/zero')


def _below_a_file(path: pathlib.Path) -> None:
    path.parent.mkdir()


@pytest.mark.parametrize(
    ('make', 'because'),
    [
        (_binary, 'not valid UTF-8 text'),
        (_large, 'larger than 16 MiB'),
        (_device, 'not a regular file'),
        (_unreadable, 'Permission denied'),
        (_dangling, 'No such file or directory'),
        (_loop, 'Too many levels of symbolic links'),
        (pathlib.Path.mkdir, 'Is a directory'),
    ],
)
@pytest.mark.parametrize('in_directory', [False, True])
def test_something_else_in_place_of_a_file_is_named(
    make: Callable[[pathlib.Path], None],
    because: str,
    in_directory: bool,
    run: conftest.Run,
    tmp_path: pathlib.Path,
) -> None:
    path = tmp_path / 'nova.conf.d' / '50-nova.conf'
    path.parent.mkdir()
    make(path)
    place = ('--config-file', path)
    if in_directory:
        place = ('--config-dir', path.parent)
    result = run(
        *CHECK, *map(str, place), before=conftest.without_privileges()
    )
    reason = conftest.reason(result)
    assert reason.startswith(str(path))
    assert because in reason
    passwords.assert_hidden(result)


def test_a_directory_that_cannot_be_listed_is_named(
    run: conftest.Run, tmp_path: pathlib.Path
) -> None:
    directory = tmp_path / 'nova.conf.d'
    directory.mkdir(mode=0)
    result = run(
        *CHECK,
        '--config-dir',
        str(directory),
        before=conftest.without_privileges(),
    )
    assert conftest.reason(result) == (
        f'{directory}: cannot be read: Permission denied'
    )


def test_a_default_place_that_cannot_be_looked_into_is_named(
    run: conftest.Run, write: Callable[..., str], tmp_path: pathlib.Path
) -> None:
    # Were it taken for empty, as oslo.config does, the next place would
    # be read, and the verdict would be on another configuration.
    write('[DEFAULT]\n', 'home/nova.conf')
    directory = tmp_path / 'home' / '.nova'
    directory.mkdir(mode=0)
    result = run(*CHECK, before=conftest.without_privileges())
    reason = conftest.reason(result)
    assert reason.startswith(f'{directory}/nova.conf: ')
    assert reason.endswith('Permission denied')


def test_a_pattern_in_the_name_of_a_directory_is_refused(
    run: conftest.Run, write: Callable[..., str]
) -> None:
    # oslo.config would read the files of other directories.
    directory = os.path.dirname(write('[DEFAULT]\n', 'conf[d]/1.conf'))
    result = run(*CHECK, '--config-dir', directory)
    assert conftest.reason(result).startswith(f'{directory}: ')


#: Name of a file -> the same, as it may be printed.
NAMES = {
    'a\nb.conf': 'a\\nb.conf',
    'a\rb.conf': 'a\\rb.conf',
    '\x1b[31mred.conf': '\\x1b[31mred.conf',
    '\x1b]0;title\x07.conf': '\\x1b]0;title\\x07.conf',
    '\x9b31m.conf': '\\x9b31m.conf',
    '\u202efnoc.conf': '\\u202efnoc.conf',
    '\udcff.conf': '\\xff.conf',
    'caf\u00e9.conf': 'caf\u00e9.conf',
}


@pytest.mark.parametrize('name', NAMES)
def test_a_name_is_printed_without_what_could_act_on_a_terminal(
    name: str, run: conftest.Run, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / name
    place = ('--config-file', str(path))
    shown = f'{tmp_path}/{NAMES[name]}'
    missing = run(*CHECK, *place)
    assert conftest.reason(missing).startswith(f'{shown}: ')
    path.write_text('[DEFAULT]\nuse-cow-images = True\nuse_cow_images = No\n')
    verdict = run(*CHECK, *place)
    assert (verdict.returncode, verdict.stderr) == (1, '')
    facts = ' '.join(conftest.rows(verdict)['Image settings'])
    assert f'use_cow_images = No ({shown}:3)' in facts
    assert f'Files read: {shown}' in facts
    assert_printable(verdict)


def test_what_nova_ignores_is_printed_without_what_could_act_on_a_terminal(
    run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(
        f'[\x1b[31m\u202e{"g" * 100}]\n'
        'use_cow_images = True\x1b[2J\n'
        '[DEFAULT]\n"use-cow\tImages" = \x9b31m\n'
        f'[database]\nimages_type = mysql://{SECRET}\n'
    )
    for form in ((), ('--json',)):
        result = run(*CHECK, '--config-file', path, *form)
        assert (result.returncode, result.stderr) == (1, '')
        for line in (2, 4, 6):
            assert f'{path}:{line}' in result.stdout
        assert_printable(result)
        passwords.assert_hidden(result)


@pytest.mark.parametrize(
    'argument', ['--\x1b[31m', '\x1b[31m\n', '--running=\x1b[31m', '\udcff']
)
def test_an_argument_is_printed_without_what_could_act_on_a_terminal(
    argument: str, run: conftest.Run
) -> None:
    result = run(*CHECK, argument)
    assert conftest.reason(result)
    assert_printable(result)


def test_an_environment_variable_is_judged_and_printed_like_a_line(
    run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write('[libvirt]\nimages_type = raw\n')
    result = run(
        *CHECK,
        '--config-file',
        path,
        OS_LIBVIRT__IMAGES_TYPE=f'\x1b[2J\n{SECRET}',
    )
    assert (result.returncode, result.stderr) == (2, '')
    assert 'environment variable OS_LIBVIRT__IMAGES_TYPE' in result.stdout
    assert_printable(result)
    passwords.assert_hidden(result)
