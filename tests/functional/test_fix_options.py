# SPDX-License-Identifier: Apache-2.0

"""fix: the rules it is for, waivers, backups and the names of files."""

from __future__ import annotations

from collections.abc import Callable
import os
import pathlib

import pytest

from tests.functional import conftest
from tests.functional import fixes

DRIVER = fixes.DRIVER


class TestRules:
    """Only what is asked for is fixed, and is left."""

    #: Two rules find something, and a third one in a line that is ignored.
    CONTENT = (
        f'{DRIVER}use_cow_images = no\nforce_raw_images = no\n'
        '[libvirt]\nimages_type = rbd\nimage_type = rbd\n'
    )
    LINES = {
        'rbd-without-raw-images': [
            '-force_raw_images = no',
            '+force_raw_images = True',
        ],
        'use-cow-images-unused': ['-use_cow_images = no'],
        'ignored-setting': ['-image_type = rbd'],
    }

    @pytest.mark.parametrize(
        'names',
        [
            (),
            ('rbd-without-raw-images',),
            ('use-cow-images-unused',),
            ('ignored-setting',),
            ('ignored-setting', 'use-cow-images-unused'),
            ('flat-disks-converted',),
        ],
    )
    def test_one_by_one(
        self,
        names: tuple[str, ...],
        run: conftest.Run,
        write: Callable[..., str],
    ) -> None:
        path = write(self.CONTENT)
        words = [word for name in names for word in ('--rule', name)]
        result = run('fix', '--config-file', path, *words)
        asked = names or tuple(self.LINES)[:2]
        expected = [
            line for name in asked for line in self.LINES.get(name, ())
        ]
        assert sorted(fixes.changed(result.stdout)) == sorted(expected)
        left = [s for s in fixes.said(result) if ' is left: ' in s]
        if names:
            assert (result.returncode, left) == (int(bool(expected)), [])
        else:
            assert result.returncode == 2
            (sentence,) = left
            assert sentence.startswith(f'ignored-setting ({path}:7) is left')

    def test_what_is_left_stays_when_the_rest_is_written(
        self, run: conftest.Run, write: Callable[..., str]
    ) -> None:
        path = write(self.CONTENT)
        result = run('fix', '--config-file', path, '--write')
        assert result.returncode == 2
        assert pathlib.Path(path).read_text() == (
            f'{DRIVER}force_raw_images = True\n'
            '[libvirt]\nimages_type = rbd\nimage_type = rbd\n'
        )
        again = run('fix', '--config-file', path, '--write')
        assert (again.returncode, again.stdout) == (2, '')


@pytest.mark.parametrize('mode', [(), ('--write',)])
def test_what_is_waived_is_neither_fixed_nor_left(
    mode: tuple[str, ...],
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    rules = ('flat-disks-converted', 'ignored-setting', 'driver-removed')
    waivers = write(
        ''.join(
            f'- {{rule: {name}, hosts: compute-1, reason: r}}\n'
            for name in rules
        ),
        'waivers.yaml',
    )
    for content in (fixes.SICK, fixes.IGNORED, fixes.LEFT):
        path = write(content)
        before = fixes.snapshot(tmp_path)
        words = ('fix', '--config-file', path, '--waivers', waivers, *mode)
        result = run(*words, '--host', 'compute-1')
        assert (result.returncode, result.stdout) == (0, '')
        assert fixes.said(result) == [fixes.NOTHING]
        assert fixes.snapshot(tmp_path) == before
        assert run(*words, '--host', 'compute-2').stderr


class TestBackups:
    """A copy of the file, which nothing ever writes over."""

    @pytest.mark.parametrize('suffix', ['.bak', '~', '.conf.old', '-1'])
    def test_its_name_ends_as_asked_for(
        self,
        suffix: str,
        run: conftest.Run,
        write: Callable[..., str],
        tmp_path: pathlib.Path,
    ) -> None:
        path = write(fixes.SICK)
        result = run(
            'fix', '--config-file', path, '--write', f'--backup={suffix}'
        )
        assert result.returncode == 0
        assert f'the file as it was: {path}{suffix}' in fixes.said(result)
        assert pathlib.Path(path + suffix).read_text() == fixes.SICK

    def test_each_run_keeps_one_of_its_own(
        self,
        run: conftest.Run,
        write: Callable[..., str],
        tmp_path: pathlib.Path,
    ) -> None:
        contents = [f'# {number}\n{fixes.SICK}' for number in range(3)]
        for content in contents:
            path = write(content)
            assert run('fix', '--config-file', path, '--write').returncode == 0
        kept = sorted(tmp_path.glob(f'nova.conf{fixes.SUFFIX}*'))
        assert [one.read_text() for one in kept] == contents

    def test_without_one_the_file_is_alone(
        self,
        run: conftest.Run,
        write: Callable[..., str],
        tmp_path: pathlib.Path,
    ) -> None:
        path = write(fixes.SICK, 'd/nova.conf')
        result = run('fix', '--config-file', path, '--write', '--no-backup')
        assert result.returncode == 0
        assert os.listdir(tmp_path / 'd') == ['nova.conf']
        wrote, _guests, restart = fixes.said(result)[-3:]
        assert (wrote, restart) == (f'wrote {path}', fixes.RESTART)

    def test_who_may_not_read_the_file_may_not_read_its_copy(
        self, run: conftest.Run, write: Callable[..., str]
    ) -> None:
        path = write(fixes.SICK)
        os.chmod(path, 0o640)
        assert run('fix', '--config-file', path, '--write').returncode == 0
        for one in (path, path + fixes.SUFFIX):
            assert os.stat(one).st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    'link', ['real.conf', '../other/real.conf', '{tmp}/real.conf']
)
def test_a_symbolic_link_stays_and_its_file_is_written(
    link: str,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    named = tmp_path / 'etc' / 'nova.conf'
    named.parent.mkdir()
    named.symlink_to(link.format(tmp=tmp_path))
    real = pathlib.Path(os.path.normpath(named.parent / os.readlink(named)))
    write(fixes.SICK, str(real))
    result = run('fix', '--config-file', str(named), '--write')
    assert result.returncode == 0
    assert named.is_symlink()
    assert real.read_text() == fixes.CURED
    assert pathlib.Path(f'{real}{fixes.SUFFIX}').read_text() == fixes.SICK
    assert result.stdout.startswith(f'--- {named}\n')


def test_the_name_of_a_file_cannot_act_on_a_terminal(
    run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(fixes.SICK, 'a\n+b\x1b[2J\u202e\t.conf')
    for mode in ((), ('--write',)):
        result = run('fix', '--config-file', path, *mode)
        assert result.returncode == (0 if mode else 1)
        assert fixes.changed(result.stdout) == ['+use_cow_images = False']
        assert all(map(str.isprintable, result.stdout.splitlines()))
        assert '/a\\n+b\\x1b[2J\\u202e\\t.conf' in result.stdout
        assert fixes.said(result)
