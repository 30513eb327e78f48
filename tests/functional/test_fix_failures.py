# SPDX-License-Identifier: Apache-2.0

"""fix --write where it fails: nothing is changed, and the reason is said."""

from __future__ import annotations

from collections.abc import Callable
import os
import pathlib
import subprocess
import sys

import pytest

from tests.functional import conftest
from tests.functional import fixes

#: Runs the command; something happens when it is about to write.
_MEANWHILE = """
import pathlib
import sys
from nova_cow_check.cmd import main
from nova_cow_check.replacing import replacement

path = pathlib.Path(sys.argv[-1])
write = replacement.write

def write_later(*arguments):
    {happens}
    return write(*arguments)

replacement.write = write_later
sys.exit(main.main())
"""

#: Name -> what happens, and words of the reason.
MEANWHILE = {
    'changed': ("path.write_text('[DEFAULT]\\\\n')", 'changed'),
    'a comment added': (
        "path.write_bytes(path.read_bytes() + b'# more\\\\n')",
        'changed',
    ),
    'gone': ('path.unlink()', 'No such file or directory'),
    'a directory': ('path.unlink(); path.mkdir()', 'Is a directory'),
}


@pytest.mark.parametrize('name', MEANWHILE)
def test_a_file_that_changes_meanwhile_is_not_written(
    name: str, write: Callable[..., str], tmp_path: pathlib.Path
) -> None:
    happens, words = MEANWHILE[name]
    other = write('[DEFAULT]\nuse_cow_images = no\n', 'd/first.conf')
    path = write(
        f'{fixes.DRIVER}[libvirt]\nimages_type = lvm\n'
        '[DEFAULT]\nuse_cow_images = no\n',
        'd/nova.conf',
    )
    program = _MEANWHILE.format(happens=happens.replace('\\\\', '\\'))
    files = ('--config-file', other, '--config-file', path)
    result = subprocess.run(
        [sys.executable, '-c', program, 'fix', '--write', *files],
        env=conftest.environment(tmp_path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert result.returncode == 255
    sentence = fixes.said(result)[-1]
    assert sentence.startswith(f'{path}: ')
    assert words in sentence
    assert sentence.endswith('nothing has been changed')
    assert fixes.RESTART not in result.stderr
    assert 'use_cow_images = no' in pathlib.Path(other).read_text()
    assert set(os.listdir(tmp_path / 'd')) <= {'first.conf', 'nova.conf'}


def _read_only_file(path: pathlib.Path) -> None:
    path.chmod(0o444)


def _read_only_directory(path: pathlib.Path) -> None:
    path.parent.chmod(0o555)


def _other_name(path: pathlib.Path) -> None:
    os.link(path, path.parent.parent / 'other')


#: Makes that a file cannot be written -> words of the reason.
NOT_WRITABLE = {
    _read_only_file: 'Permission denied',
    _read_only_directory: 'Permission denied',
    _other_name: 'hard link',
}


@pytest.mark.parametrize('make', NOT_WRITABLE)
def test_a_file_that_cannot_be_written_stays(
    make: Callable[[pathlib.Path], None],
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    path = pathlib.Path(write(fixes.SICK, 'd/nova.conf'))
    make(path)
    before = fixes.snapshot(tmp_path)
    place = ('--config-file', str(path))
    privileges = conftest.without_privileges()
    shown = run('fix', *place, before=privileges)
    assert shown.returncode == 1
    result = run('fix', '--write', *place, before=privileges)
    assert (result.returncode, result.stdout) == (255, shown.stdout)
    sentence = fixes.said(result)[-1]
    assert sentence.startswith(f'{path}: ')
    assert NOT_WRITABLE[make] in sentence
    assert sentence.endswith('nothing has been changed')
    assert fixes.snapshot(tmp_path) == before
    path.parent.chmod(0o755)


def test_of_two_files_none_is_written_if_one_cannot_be(
    run: conftest.Run, write: Callable[..., str], tmp_path: pathlib.Path
) -> None:
    lines = '[DEFAULT]\nuse_cow_images = no\n[libvirt]\nimages_type = lvm\n'
    first = write(lines, 'a/nova.conf')
    last = write(lines, 'b/nova.conf')
    _read_only_directory(pathlib.Path(last))
    before = fixes.snapshot(tmp_path)
    words = ('--config-file', first, '--config-file', last)
    privileges = conftest.without_privileges()
    result = run('fix', '--write', *words, before=privileges)
    assert result.returncode == 255
    assert fixes.said(result)[-1].startswith(f'{last}: ')
    assert fixes.snapshot(tmp_path) == before
    pathlib.Path(last).parent.chmod(0o755)


def test_a_file_under_two_names_is_not_written_twice(
    run: conftest.Run, write: Callable[..., str], tmp_path: pathlib.Path
) -> None:
    path = write(
        f'{fixes.DRIVER}use_cow_images = no\n[libvirt]\nimages_type = lvm\n'
    )
    link = tmp_path / 'link.conf'
    link.symlink_to(path)
    before = fixes.snapshot(tmp_path)
    words = ('--config-file', path, '--config-file', str(link))
    result = run('fix', '--write', *words)
    assert result.returncode == 255
    assert path in fixes.said(result)[-1]
    assert fixes.snapshot(tmp_path) == before


@pytest.mark.parametrize('mode', [(), ('--write',)])
@pytest.mark.parametrize('redirection', ['/dev/stdin', '<(cat "$0")'])
def test_what_is_no_file_cannot_be_fixed(
    redirection: str,
    mode: tuple[str, ...],
    command: str,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    path = write(fixes.SICK)
    words = ' '.join([command, 'fix', *mode, '--config-file', redirection])
    result = subprocess.run(
        ['bash', '-c', f'cat "$0" | {words}', path],
        env=conftest.environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=600,
    )
    reason = conftest.reason(result)
    assert reason.endswith('not a regular file, and cannot be edited')


def test_a_device_beside_a_file_cannot_be_fixed(
    run: conftest.Run, write: Callable[..., str]
) -> None:
    words = ('--config-file', write(fixes.SICK), '--config-file', '/dev/null')
    reason = conftest.reason(run('fix', *words))
    assert reason == '/dev/null: not a regular file, and cannot be edited'


@pytest.mark.parametrize('mode', [(), ('--write',)])
@pytest.mark.parametrize(
    'suffix', ['.conf', 'f', '.bak.conf', '/../old', 'a/b', '']
)
def test_a_backup_that_nova_would_read_is_refused_at_once(
    suffix: str,
    mode: tuple[str, ...],
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    place = ('--config-file', write(fixes.CLEAN))
    before = fixes.snapshot(tmp_path)
    result = run('fix', *mode, *place, f'--backup={suffix}')
    reason = conftest.reason(result)
    assert reason.endswith('; see nova-cow-check fix --help')
    assert (f'"{suffix}"' if suffix else '--backup: it is empty') in reason
    assert fixes.snapshot(tmp_path) == before
