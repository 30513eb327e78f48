# SPDX-License-Identifier: Apache-2.0

"""Every command, cause and format: the code, and nothing but the report."""

from __future__ import annotations

from collections.abc import Callable
import json
import os
import pathlib

import pytest

from tests.functional import conftest
from tests.functional import documents
from tests.functional import test_exit_codes

DRIVER = test_exit_codes.DRIVER
SICK = DRIVER + '[libvirt]\nimages_type = raw\n'

#: One verdict of each kind.
VERDICTS = {
    name: test_exit_codes.VERDICTS[name]
    for name in (
        'named and consistent',
        'not a compute service',
        'a note only',
        'ignored line',
        'invalid choice',
    )
}

#: Name -> what is asked for, a part of the reason for which there is none.
NO_VERDICT = {
    'usage': ('--config-file {conf} --banana', '--banana'),
    'missing file': ('--config-file {missing}', '{missing}: cannot be read'),
    'not a configuration': ('--config-file {bad}', '{bad}:1: not a valid'),
    'missing waivers': (
        '--config-file {conf} --waivers {missing}',
        '{missing}: cannot be read',
    ),
    'bad waivers': (
        '--config-file {conf} --waivers {conf}',
        '{conf}:2: not valid YAML',
    ),
    'full disk': (
        '--config-file {conf} --output text:/dev/full',
        'cannot write the report: /dev/full: No space left on device',
    ),
}


def every(directory: pathlib.Path) -> tuple[list[str], dict[str, str]]:
    """Return what asks for all formats at once, and the files by format."""
    paths = {name: str(directory / f'all.{name}') for name in documents.NAMES}
    words = []
    for name, path in paths.items():
        words += ['--output', f'{name}:{path}']
    return words, paths


@pytest.mark.parametrize('name', documents.NAMES)
@pytest.mark.parametrize('cause', VERDICTS)
def test_a_verdict_has_its_code_and_standard_output_is_the_report(
    cause: str, name: str, run: conftest.Run, write: Callable[..., str]
) -> None:
    content, code = VERDICTS[cause]
    place = ('--config-file', write(content))
    result = run('report', *place, '--output', name)
    assert (result.returncode, result.stderr) == (code, '')
    assert documents.is_success(name, result.stdout) is (code == 0)
    assert result.stdout.endswith('\n')


@pytest.mark.parametrize('name', documents.NAMES)
@pytest.mark.parametrize('cause', NO_VERDICT)
def test_without_a_verdict_there_is_one_line_and_no_report(
    cause: str,
    name: str,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    words = {
        'conf': write(SICK),
        'bad': write('banana\n', 'bad.conf'),
        'missing': str(tmp_path / 'missing'),
    }
    line, because = NO_VERDICT[cause]
    path = tmp_path / 'report'
    arguments = (*line.format(**words).split(), '--output', f'json:{path}')
    reason = conftest.reason(run('report', *arguments, '--output', name))
    assert because.format(**words) in reason
    assert not path.exists()


@pytest.mark.parametrize(
    'words',
    [
        ('upgrade', 'check'),
        ('upgrade', 'check', '--json'),
        ('report',),
        ('rules',),
        ('rules', 'driver-removed'),
    ],
)
def test_every_command_refuses_what_it_does_not_know(
    words: tuple[str, ...], run: conftest.Run, write: Callable[..., str]
) -> None:
    place = ('--config-file', write(SICK))
    for more in ((*place, '--banana'), ('banana',)):
        assert more[-1] in conftest.reason(run(*words, *more))


@pytest.mark.parametrize('cause', VERDICTS)
def test_all_formats_in_one_run_agree(
    cause: str,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    content, code = VERDICTS[cause]
    words, paths = every(tmp_path)
    result = run('report', '--config-file', write(content), *words)
    # Nothing is printed that was not asked for.
    assert (result.returncode, result.stdout, result.stderr) == (code, '', '')
    for name, path in paths.items():
        document = pathlib.Path(path).read_text(encoding='utf-8')
        assert documents.is_success(name, document) is (code == 0)


@pytest.mark.parametrize('cause', VERDICTS)
def test_all_formats_in_one_run_agree_on_a_fleet(
    cause: str,
    run: conftest.Run,
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    content, code = VERDICTS[cause]
    write(test_exit_codes.VERDICTS['another driver'][0], 'f/bare.conf')
    write(content, 'f/compute1.conf')
    if 'compute_driver' not in content:
        # What shows no compute host does not pass as one, in any form.
        code = 2
    place = ('--config-file', write(content))
    own = run('report', *place, '--output', 'json', '--fail-on', 'never')
    write(own.stdout, 'f/compute2.json')
    words, paths = every(tmp_path)
    result = run('report', str(tmp_path / 'f'), *words)
    assert (result.returncode, result.stdout, result.stderr) == (code, '', '')
    for name, path in paths.items():
        document = pathlib.Path(path).read_text(encoding='utf-8')
        assert documents.is_success(name, document) is (code == 0), name


#: Name -> text that is not to be taken for more than text.
HOSTILE = {
    'control characters': 'a\x01\x02\x07\x08\x0b\x0c\x7fb',
    'line breaks': 'a\x85b\u2028c\u2029d',
    'escape sequences': '\x1b[31m\x1b]0;title\x07\x1b[2J',
    'one-byte escape sequences': '\x9b31m\x9d0;title\x9c',
    'markup': '<script>alert(1)</script>&amp;]]>-->',
    'quotes': '\'"`\\"\\\'',
    'not UTF-8': '\udcff\udcfe\udc80\udced\udca0\udc80',
    'no characters': '\ufffe\uffff\ufdd0\U0001ffff',
    'directions': '\u202egnp.\u2066\u200f\u200b\ufeff',
    'beyond the first plane': '\U0001f4a5\U00012000',
    'YAML': '%:# &a *a !!python/object/apply:os.system {x: [y]} - ? |',
    'templates': '%s %(host)s {0} ${HOME} $(id) `id`',
}


@pytest.mark.parametrize('name', HOSTILE)
def test_hostile_names_and_values_are_only_text(
    name: str, run: conftest.Run, tmp_path: pathlib.Path
) -> None:
    hostile = HOSTILE[name]
    path = tmp_path / f'{hostile.replace("/", "")}.conf'
    # A file has to be valid in the encoding of the locale.
    inside = 'x' + hostile.encode('utf-8', 'ignore').decode()
    path.write_text(
        f'[DEFAULT]\ncompute_driver = {inside}\nuse_cow_images = {inside}\n'
        f'[{inside.replace("]", "")}]\nimages_type = {inside}\n'
    )
    waivers = tmp_path / 'waivers.yaml'
    waivers.write_text(
        json.dumps(
            [
                {'rule': 'ignored-setting', 'reason': inside},
                {'rule': 'driver-removed', 'reason': 'x', 'hosts': inside},
            ]
        )
    )
    place = ('--config-file', str(path), '--waivers', str(waivers))
    words, paths = every(tmp_path)
    result = run('report', *place, '--host', hostile, *words)
    assert (result.returncode, result.stdout, result.stderr) == (2, '', '')
    for name, written in paths.items():
        document = pathlib.Path(written).read_text(encoding='utf-8')
        assert documents.is_clean(document), name
        assert not documents.is_success(name, document)
        if name != 'text':
            assert document.isascii() or name == 'journal'


def test_a_hostile_name_is_told_apart_from_what_it_looks_like(
    run: conftest.Run, write: Callable[..., str], tmp_path: pathlib.Path
) -> None:
    host = 'a\n<3>nova-cow-check: b\udcff'
    shown = 'a\\n<3>nova-cow-check: b\\xff'
    words, paths = every(tmp_path)
    place = ('--config-file', write(SICK), '--host', host)
    assert run('report', *place, *words).returncode == 1
    found = {
        name: pathlib.Path(path).read_text(encoding='utf-8')
        for name, path in paths.items()
    }
    assert json.loads(found['json'])['hosts'][0]['name'] == shown
    assert found['text'].startswith(f'{shown}: WARNING\n')
    # A line of the journal's is one finding, or the verdict.
    assert len(found['journal'].splitlines()) == 2


@pytest.mark.parametrize('name', documents.NAMES)
def test_every_format_can_be_printed_in_any_encoding(
    name: str, run: conftest.Run, write: Callable[..., str]
) -> None:
    place = ('--config-file', write(SICK, 'caf\u00e9\U0001f4a5.conf'))
    for encoding in ('ascii', 'utf-16'):
        result = run(
            'report', *place, '--output', name, PYTHONIOENCODING=encoding
        )
        assert (result.returncode, result.stderr) == (1, '')
        printed = os.fsencode(result.stdout).decode(encoding)
        assert not documents.is_success(name, printed)
