# SPDX-License-Identifier: Apache-2.0

"""fix: what it shows, what it writes, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable
import os
import pathlib
from typing import NamedTuple

import pytest

from nova_cow_check.rules import registry
from tests.functional import conftest
from tests.functional import fixes

DRIVER = fixes.DRIVER
CHECK = ('upgrade', 'check')


class Pair(NamedTuple):
    """A nova.conf, and what fix makes of it."""

    before: str
    after: str


#: Name of a rule -> a nova.conf in which it finds something.
RULES = {
    'invalid-setting': Pair(
        f'{DRIVER}[libvirt]\nimages_type: "QCOW2" # why\n',
        f'{DRIVER}[libvirt]\n# why\nimages_type: "qcow2"\n',
    ),
    'implicit-image-backend': Pair(
        f'{DRIVER}use_cow_images = no\n',
        f'{DRIVER}use_cow_images = no\n\n[libvirt]\nimages_type = flat\n',
    ),
    'flat-disks-converted': Pair(fixes.SICK, fixes.CURED),
    'raw-disks-opened-as-qcow2': Pair(
        f'{DRIVER}use_cow_images=off\n[libvirt]\nimages_type = qcow2\n',
        f'{DRIVER}use_cow_images=True\n[libvirt]\nimages_type = qcow2\n',
    ),
    'rbd-without-raw-images': Pair(
        f'{DRIVER}force_raw_images :no\n[libvirt]\nimages_type = rbd\n',
        f'{DRIVER}force_raw_images :True\n[libvirt]\nimages_type = rbd\n',
    ),
    'use-cow-images-unused': Pair(
        f'use_cow_images = 0\n[libvirt]\nimages_type = lvm\n{DRIVER}'.replace(
            'use', '[DEFAULT]\nuse', 1
        ),
        f'[DEFAULT]\n[libvirt]\nimages_type = lvm\n{DRIVER}',
    ),
    'ignored-setting': Pair(fixes.IGNORED, fixes.CLEAN),
}

#: Rules whose fix counts at the next move of a guest that exists.
MOVING = {'flat-disks-converted', 'raw-disks-opened-as-qcow2'}

#: Rules whose findings no edit ends, and those that no host has by itself.
NEVER_FIXED = {
    'driver-removed',
    'unreadable-configuration',
    'mixed-image-backends',
    'mixed-force-raw-images',
    *(one.name for one in registry.CHANGE_RULES),
    *registry.PROCESS_RULES,
    *(one.name for one in registry.GUEST_RULES),
}

#: Name -> a nova.conf of a form that has to stay.
FORMS = {
    'lines end as in DOS': Pair(
        fixes.SICK.replace('\n', '\r\n'), fixes.CURED.replace('\n', '\r\n')
    ),
    'lines end as in old Macs': Pair(
        fixes.SICK.replace('\n', '\r'), fixes.CURED.replace('\n', '\r')
    ),
    'no end of the last line': Pair(
        f'{DRIVER}use_cow_images = True\n[libvirt]\nimages_type = qcow2'
        '\n[DEFAULT]\nuse_cow_images  =False',
        f'{DRIVER}use_cow_images = True\n[libvirt]\nimages_type = qcow2'
        '\n[DEFAULT]\nuse_cow_images  =True',
    ),
    'comments, in other alphabets': Pair(
        f'# \u00fcber\n\n{DRIVER}\n; \u4e2d\u6587\n[libvirt]\n'
        '#images_type = default\n\n# end\n',
        f'# \u00fcber\n\n{DRIVER}\n; \u4e2d\u6587\n[libvirt]\n'
        '#images_type = default\nimages_type = qcow2\n\n# end\n',
    ),
    'a rule for each option': Pair(
        f'{DRIVER}use_cow_images = n\nforce_raw_images = t\n'
        '[libvirt]\nimages_type = Rbd\n',
        f'{DRIVER}force_raw_images = True\n[libvirt]\nimages_type = rbd\n',
    ),
}


def test_every_rule_is_fixed_or_never_fixed() -> None:
    assert RULES.keys() | NEVER_FIXED == registry.RULES.keys()
    assert not RULES.keys() & NEVER_FIXED


@pytest.mark.parametrize('name', [*RULES, *FORMS])
def test_it_shows_then_writes_and_then_nothing_is_left(
    name: str,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    pair = {**RULES, **FORMS}[name]
    path = write(pair.before)
    words = ['fix', '--config-file', path]
    if name in RULES:
        words += ['--rule', name]
    before = fixes.snapshot(tmp_path)
    shown = run(*words)
    assert shown.returncode == 1
    assert fixes.snapshot(tmp_path) == before
    assert _applied(pair.before, shown.stdout) == pair.after.splitlines()

    written = run(*words, '--write')
    assert (written.returncode, written.stdout) == (0, shown.stdout)
    assert pathlib.Path(path).read_bytes().decode() == pair.after
    backup = pathlib.Path(path + fixes.SUFFIX)
    assert backup.read_bytes().decode() == pair.before
    sentences = fixes.said(shown)
    guests = [one for one in sentences if 'For guests that exist' in one]
    told = {one.partition(':')[0] for one in guests}
    assert told <= MOVING
    assert name in FORMS or told == MOVING & {name}
    assert fixes.said(written) == [
        *(one for one in sentences if one not in guests),
        f'wrote {path}',
        f'the file as it was: {backup}',
        *guests,
        fixes.RESTART,
    ]

    after = fixes.snapshot(tmp_path)
    again = run(*words, '--write')
    assert (again.returncode, again.stdout) == (0, '')
    (said,) = fixes.said(again)
    assert said.startswith('nothing to do: ')
    assert fixes.snapshot(tmp_path) == after
    assert run(*CHECK, '--config-file', path).returncode == 0


def _applied(content: str, diff: str) -> list[str]:
    """Return the lines of a file with a diff without context applied."""
    lines = content.splitlines()
    place = 0
    for line in diff.splitlines()[2:]:
        if line == fixes.NO_NEWLINE:
            continue
        if line.startswith('@@ '):
            start, _comma, count = line.split()[2][1:].partition(',')
            place = int(start) - (count != '0')
        elif line.startswith('-'):
            assert lines.pop(place) == line[1:]
        else:
            lines.insert(place, line[1:])
            place += 1
    return lines


def test_the_diff_is_that_of_diff_without_context(
    run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(
        f'{DRIVER}my_ip = 192.0.2.1\nuse_cow_images=yes\n\n'
        '[libvirt]\n# why\nimages_type = default\nvirt_type = kvm\n'
        '[DEFAULT]\nuse_cow_images = no # for now\n'
    )
    result = run('fix', '--config-file', path)
    assert result.returncode == 1
    assert result.stdout == (
        f'--- {path}\n+++ {path}\n'
        '@@ -8 +8 @@\n-images_type = default\n+images_type = flat\n'
        '@@ -11 +11,2 @@\n-use_cow_images = no # for now\n'
        '+# for now\n+use_cow_images = False\n'
    )


#: Name -> files in reading order, as before and after.
SEVERAL: dict[str, dict[str, Pair]] = {
    'the one file that has the section': {
        'nova.conf': Pair(
            '[libvirt]\nvirt_type = kvm\n',
            '[libvirt]\nvirt_type = kvm\nimages_type = qcow2\n',
        ),
        'nova-compute.conf': Pair(DRIVER, DRIVER),
    },
    'the last file that has the section': {
        'nova.conf': Pair('[libvirt]\n', '[libvirt]\n'),
        'nova-compute.conf': Pair(
            f'{DRIVER}[libvirt]\nvirt_type = kvm\n',
            f'{DRIVER}[libvirt]\nvirt_type = kvm\nimages_type = qcow2\n',
        ),
    },
    'the file with the commented-out line': {
        'nova.conf': Pair(
            '[libvirt]\n# images_type=default\nvirt_type = kvm\n',
            '[libvirt]\n# images_type=default\nimages_type = qcow2\n'
            'virt_type = kvm\n',
        ),
        'nova-compute.conf': Pair(
            f'{DRIVER}[libvirt]\n', f'{DRIVER}[libvirt]\n'
        ),
    },
    'the file whose line wins': {
        'nova.conf': Pair(
            '[DEFAULT]\nuse_cow_images = True\n[libvirt]\nimages_type=raw\n',
            '[DEFAULT]\nuse_cow_images = True\n[libvirt]\nimages_type=raw\n',
        ),
        'nova-compute.conf': Pair(
            f'{DRIVER}use_cow_images = True\n',
            f'{DRIVER}use_cow_images = False\n',
        ),
    },
    'every file that has the line': {
        'nova.conf': Pair(
            '[DEFAULT]\nuse_cow_images = True\n[libvirt]\nimages_type=lvm\n',
            '[DEFAULT]\n[libvirt]\nimages_type=lvm\n',
        ),
        'nova-compute.conf': Pair(f'{DRIVER}use_cow_images = False\n', DRIVER),
    },
    'a new section in the last file': {
        'nova.conf': Pair('', ''),
        'nova-compute.conf': Pair(
            DRIVER, f'{DRIVER}\n[libvirt]\nimages_type = qcow2\n'
        ),
    },
}


@pytest.mark.parametrize('name', SEVERAL)
def test_of_several_files_those_are_written_that_count(
    name: str,
    run: conftest.Run,
    write: Callable[..., str],
) -> None:
    files = SEVERAL[name]
    words = ['fix']
    for file, pair in files.items():
        words += ['--config-file', write(pair.before, file)]
    changed = [
        words[2 * n + 2]
        for n, p in enumerate(files.values())
        if p.before != p.after
    ]
    shown = run(*words)
    assert shown.returncode == 1
    told = [
        line[4:]
        for line in shown.stdout.splitlines()
        if line.startswith('+++ ')
    ]
    assert told == changed
    explained = fixes.said(shown)
    written = run(*words, '--write')
    assert (written.returncode, written.stdout) == (0, shown.stdout)
    for path, pair in zip(words[2::2], files.values()):
        assert pathlib.Path(path).read_text() == pair.after
        assert os.path.exists(path + fixes.SUFFIX) is (path in changed)
    if name != 'every file that has the line':
        # Where else it could have gone.
        assert any(changed[0] in sentence for sentence in explained)


def test_files_of_directories_are_fixed_and_backups_are_not_read(
    run: conftest.Run, write: Callable[..., str], tmp_path: pathlib.Path
) -> None:
    first = write('[libvirt]\nimages_type = raw\n', 'd/10.conf')
    last = write('[DEFAULT]\nuse_cow_images = 1\n', 'd/20.conf')
    words = ('--config-dir', str(tmp_path / 'd'))
    result = run('fix', *words, '--write')
    assert result.returncode == 0
    assert (
        pathlib.Path(last).read_text() == '[DEFAULT]\nuse_cow_images = False\n'
    )
    assert sorted(os.listdir(tmp_path / 'd')) == [
        '10.conf',
        '20.conf',
        '20.conf' + fixes.SUFFIX,
    ]
    check = run(*CHECK, *words)
    assert check.returncode == 0
    for path in (first, last):
        assert path in check.stdout.replace('|\n| ', '').replace('\n', '')


def test_without_a_name_the_files_that_nova_compute_finds_are_fixed(
    run: conftest.Run, write: Callable[..., str], tmp_path: pathlib.Path
) -> None:
    conftest.no_own_configuration()
    nova = write('[libvirt]\nimages_type = raw\n', 'home/.nova/nova.conf')
    compute = write(DRIVER, 'home/.nova/nova-compute.conf')
    write('[DEFAULT]\n', 'home/.nova/nova.conf.d/b.conf')
    result = run('fix', '--write')
    assert result.returncode == 0
    assert fixes.changed(result.stdout) == ['+use_cow_images = False']
    assert pathlib.Path(nova).read_text() == '[libvirt]\nimages_type = raw\n'
    assert pathlib.Path(compute).read_text() == DRIVER
    assert run(*CHECK).returncode == 0


def test_a_file_that_is_named_twice_is_written_once(
    run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(fixes.SICK)
    words = ('--config-file', path) * 2
    result = run('fix', *words, '--write')
    assert (result.returncode, fixes.changed(result.stdout)) == (
        0,
        ['+use_cow_images = False'],
    )
    assert pathlib.Path(path).read_text() == fixes.CURED
