# SPDX-License-Identifier: Apache-2.0

"""fix leaves what no edit of a file ends, and says why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
import json
import pathlib
from typing import NamedTuple

import pytest

from tests.functional import conftest
from tests.functional import fixes
from tests.functional import passwords
from tests.functional import test_config_source

SECRET = passwords.ON_THE_LINE

no_proxy = test_config_source.no_proxy
serve = test_config_source.serve


class Left(NamedTuple):
    """A finding that no edit ends."""

    content: str
    rule: str
    #: Where it is said to be, and words of the reason.
    place: str
    reason: str
    environment: Mapping[str, str] = {}


CASES = {
    'a driver that Nova removed': Left(
        fixes.LEFT, 'driver-removed', '{path}:2', 'no setting that ends it'
    ),
    'a driver that Nova removed, with its option': Left(
        f'{fixes.LEFT}use_cow_images = False\n',
        'driver-removed',
        '{path}:2',
        'no setting that ends it',
    ),
    'several lines, of a setting that another one leaves open': Left(
        f'{fixes.DRIVER}use_cow_images = no\n  # more\n',
        'implicit-image-backend',
        '{path}:3',
        'more than one line',
    ),
    'a line that Nova ignores': Left(
        fixes.IGNORED, 'ignored-setting', '{path}:5', 'is your choice'
    ),
    'the environment sets it': Left(
        fixes.SICK,
        'flat-disks-converted',
        'environment variable OS_DEFAULT__USE_COW_IMAGES',
        'where nova-compute gets its environment from',
        {'OS_DEFAULT__USE_COW_IMAGES': 'True'},
    ),
    'the environment sets it to nonsense': Left(
        fixes.SICK,
        'invalid-setting',
        'environment variable OS_LIBVIRT__IMAGES_TYPE',
        'where nova-compute gets its environment from',
        {'OS_LIBVIRT__IMAGES_TYPE': SECRET},
    ),
    'a file and the environment set what has to go': Left(
        f'{fixes.DRIVER}use_cow_images = True\n[libvirt]\nimages_type=rbd\n',
        'use-cow-images-unused',
        'environment variable OS_DEFAULT__USE_COW_IMAGES',
        'OS_DEFAULT__USE_COW_IMAGES',
        {'OS_DEFAULT__USE_COW_IMAGES': 'True'},
    ),
    'another option may stand in the next line': Left(
        f'{fixes.CLEAN}  password = {SECRET}\n',
        'invalid-setting',
        '{path}:4',
        'The value at {path}:4 has more than one line',
    ),
    'another option stands below an empty value': Left(
        f'{fixes.DRIVER}[libvirt]\nimages_type =\n  password = {SECRET}\n',
        'invalid-setting',
        '{path}:4',
        'The value at {path}:4 has more than one line',
    ),
    'what has to go has another option below it': Left(
        f'{fixes.DRIVER}use_cow_images =\n  password = {SECRET}\n'
        'use_cow_images = 1\n[libvirt]\nimages_type = lvm\n',
        'use-cow-images-unused',
        '{path}:5',
        'The value at {path}:3 has more than one line',
    ),
    'what was meant is not evident': Left(
        f'{fixes.DRIVER}[libvirt]\nimages_type = ceph\n',
        'invalid-setting',
        '{path}:4',
        'No value is proposed for it',
    ),
    'a template was not rendered': Left(
        f'{fixes.DRIVER}use_cow_images = {{{{ cow }}}}\n',
        'invalid-setting',
        '{path}:3',
        'No value is proposed for it',
    ),
    'another option refers to it': Left(
        f'{fixes.DRIVER}use_cow_images = True\n'
        f'password = {SECRET}$use_cow_images\n[libvirt]\nimages_type=raw\n',
        'flat-disks-converted',
        '{path}:3',
        '{path}:4 refers to $use_cow_images',
    ),
}


@pytest.mark.parametrize('mode', [(), ('--write',)])
@pytest.mark.parametrize('name', CASES)
def test_it_is_left_and_the_reason_is_said(
    name: str,
    mode: tuple[str, ...],
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    case = CASES[name]
    path = write(case.content)
    before = fixes.snapshot(tmp_path)
    words = ('fix', '--config-file', path, *mode)
    result = run(*words, **case.environment)
    assert (result.returncode, result.stdout) == (2, '')
    passwords.assert_hidden(result)
    sentences = [
        sentence
        for sentence in fixes.said(result)
        if sentence.startswith(case.rule)
    ]
    place, reason = (one.format(path=path) for one in case[2:4])
    assert len(sentences) == 1, result.stderr
    assert sentences[0].startswith(f'{case.rule} ({place}) is left: ')
    assert reason in sentences[0]
    assert fixes.snapshot(tmp_path) == before


@pytest.mark.parametrize('mode', [(), ('--write',)])
def test_what_a_source_sets_is_left(
    mode: tuple[str, ...],
    serve: test_config_source.Serve,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    uri = serve('[DEFAULT]\nuse_cow_images = True\n')
    path = write(test_config_source.config(uri) + fixes.SICK)
    before = fixes.snapshot(tmp_path)
    result = run('fix', '--config-file', path, *mode)
    assert (result.returncode, result.stdout) == (2, '')
    (sentence,) = fixes.said(result)
    start = 'flat-disks-converted (config_source remote) is left: '
    assert sentence.startswith(start)
    assert sentence.endswith(': change it there.')
    passwords.assert_hidden(result)
    assert fixes.snapshot(tmp_path) == before


def test_what_files_set_is_fixed_beside_a_source(
    serve: test_config_source.Serve,
    run: conftest.Run,
    write: Callable[..., str],
) -> None:
    uri = serve('[libvirt]\nimages_type = rbd\n')
    below = f'{fixes.DRIVER}force_raw_images = False\n'
    path = write(test_config_source.config(uri) + below)
    result = run('fix', '--config-file', path, '--write')
    assert result.returncode == 0
    assert fixes.changed(result.stdout) == [
        '-force_raw_images = False',
        '+force_raw_images = True',
    ]
    passwords.assert_hidden(result)


@pytest.mark.parametrize('is_read', [True, False])
def test_a_line_above_a_source_that_sets_the_same_is_no_edit(
    is_read: bool,
    serve: test_config_source.Serve,
    run: conftest.Run,
    write: Callable[..., str],
) -> None:
    uri = 'http://127.0.0.1:1'
    if is_read:
        uri = serve('[DEFAULT]\nuse_cow_images = True\n')
    path = write(
        test_config_source.config(uri)
        + f'{fixes.DRIVER}use_cow_images = False\nforce_raw_images = True\n'
        '[libvirt]\nimages_type = rbd\n'
    )
    result = run('fix', '--config-file', path)
    assert (result.returncode, result.stdout) == (2, '')
    (sentence,) = fixes.said(result)
    assert sentence.startswith('use-cow-images-unused ')
    assert 'It is set by the config_source remote' in sentence
    report = run(
        '--config-file', path, 'report', '--output', 'sarif', '--fail-on',
        'never',
    )  # fmt: skip
    (one,) = json.loads(report.stdout)['runs'][0]['results']
    assert one['ruleId'] == 'use-cow-images-unused'
    assert 'fixes' not in one


def test_a_source_that_cannot_be_read_keeps_all_from_being_fixed(
    run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(test_config_source.config('http://127.0.0.1:1') + fixes.SICK)
    result = run('fix', '--config-file', path, '--write')
    assert '[DEFAULT]/config_source' in conftest.reason(result)
    assert not pathlib.Path(path + fixes.SUFFIX).exists()


def test_the_line_of_what_is_left_is_that_of_the_file_as_it_is(
    run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(
        f'{fixes.DRIVER}use_cow_images = n # why\n[libvirt]\n'
        f'images_type = raw\nimage_type = {SECRET}\nimg_type = {SECRET}\n'
    )
    shown = run('fix', '--config-file', path)
    assert shown.returncode == 2
    assert [s for s in fixes.said(shown) if s.startswith('ignored')] == [
        s for s in fixes.said(shown) if f'({path}:6) is left' in s
    ]
    passwords.assert_hidden(shown)


#: Words of the command -> a nova.conf of which a part is fixed.
STILL_FAULTY = {
    ('--rule=ignored-setting',): f'{fixes.IGNORED}force_raw_images = maybe\n'
    '[DEFAULT]\nforce_raw_images = maybe\n',
    (): f'{fixes.DRIVER}force_raw_images = maybe\n'
    '[libvirt]\nimages_type = QCOW2\n',
}


@pytest.mark.parametrize('words', STILL_FAULTY)
def test_no_restart_is_asked_for_with_which_nova_compute_would_not_start(
    words: tuple[str, ...], run: conftest.Run, write: Callable[..., str]
) -> None:
    path = write(STILL_FAULTY[words])
    result = run('fix', '--config-file', path, '--write', *words)
    said = fixes.said(result)
    assert f'wrote {path}' in said
    assert fixes.RESTART not in said
    start = (
        'do not restart nova-compute before this is corrected, too: it '
        'does not start with [DEFAULT]/force_raw_images'
    )
    assert said[-1].startswith(start)


def test_of_collected_hosts_those_are_named_that_are_not_to_be_restarted(
    run: conftest.Run, tmp_path: pathlib.Path
) -> None:
    folder = tmp_path / 'fleet'
    folder.mkdir()
    (folder / 'c1.conf').write_text(STILL_FAULTY[()])
    result = run('fix', '--write', str(folder))
    assert not [one for one in fixes.said(result) if 'take the files' in one]
    assert fixes.said(result)[-1].startswith('c1: do not restart')
    (folder / 'c2.conf').write_text(fixes.SICK)
    said = fixes.said(run('fix', '--write', str(folder)))
    assert said[-1].startswith('take the files to their hosts')
    assert not [one for one in said if one.startswith('c2: do not')]
