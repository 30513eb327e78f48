# SPDX-License-Identifier: Apache-2.0

"""A format of another project is offered, and cannot hurt a report."""

from __future__ import annotations

from collections.abc import Callable
import os
import pathlib
import signal
import subprocess

import pytest

from tests.functional import conftest
from tests.functional import passwords
from tests.functional import test_exit_codes

SECRET = passwords.ON_THE_LINE
SICK = test_exit_codes.DRIVER + '[libvirt]\nimages_type = raw\n'

#: Takes the module of a format, and reports with it.
Report = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def report(
    run: conftest.Run, write: Callable[..., str], tmp_path: pathlib.Path
) -> Report:
    """Return a function that installs a format, ``theirs``, and uses it."""

    def report_with(
        code: str, *arguments: str
    ) -> subprocess.CompletedProcess[str]:
        site = tmp_path / 'site'
        metadata = site / 'theirs-1.0.dist-info'
        metadata.mkdir(parents=True, exist_ok=True)
        (site / 'theirs.py').write_text(code)
        (metadata / 'METADATA').write_text(
            'Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n'
        )
        (metadata / 'entry_points.txt').write_text(
            '[nova_cow_check.formats]\ntheirs = theirs:render\n'
        )
        place = ('--config-file', write(SICK))
        return run('report', *place, *arguments, PYTHONPATH=str(site))

    return report_with


GOOD = """\
def render(report, appearance):
    yield f'{report.hosts[0].name}: '
    yield f'{report.exit_code}, {appearance.width}\\n'
"""


def test_its_output_is_that_of_the_format(
    report: Report, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / 'report'
    asked = ('--output', 'theirs', '--output', f'theirs:{path}')
    result = report(GOOD, *asked, '--host', 'compute1')
    assert (result.returncode, result.stderr) == (1, '')
    assert result.stdout == path.read_text() == 'compute1: 1, 80\n'


def test_it_is_offered_and_not_loaded_unless_it_is_asked_for(
    report: Report,
) -> None:
    result = report('1/0', '--output', 'banana')
    assert 'text, theirs, yaml' in conftest.reason(result)


def test_what_it_prints_is_not_in_the_report(report: Report) -> None:
    talking = f'print("importing")\n{GOOD}    print("rendering")\n'
    result = report(talking, '--output', 'theirs', '--host', 'compute1')
    assert (result.returncode, result.stdout) == (1, 'compute1: 1, 80\n')
    assert result.stderr == 'importing\nrendering\n'


CANNOT_BE_LOADED = 'the format theirs cannot be loaded: {}'
FAILED = 'the format theirs failed: {}; --debug shows where'

#: Name -> module, the reason for which there is no report.
FAILING = {
    'needs what is not there': (
        'import no_such_module',
        CANNOT_BE_LOADED.format("No module named 'no_such_module'"),
    ),
    'raises when it is imported': (
        f'raise ValueError("{SECRET}")',
        CANNOT_BE_LOADED.format('ValueError'),
    ),
    'exits when it is imported': (
        'raise SystemExit(0)',
        CANNOT_BE_LOADED.format('SystemExit'),
    ),
    'asserts when it is imported': (
        f'assert not "{SECRET}"',
        CANNOT_BE_LOADED.format('AssertionError'),
    ),
    'ends a greenlet when it is imported': (
        f'raise type("GreenletExit", (BaseException,), {{}})("{SECRET}")',
        CANNOT_BE_LOADED.format('GreenletExit'),
    ),
    'ends a greenlet after some of it': (
        f'{GOOD}    raise type("GreenletExit", (BaseException,), {{}})()',
        FAILED.format('GreenletExit'),
    ),
    'ends a generator': (
        f'{GOOD}    raise GeneratorExit',
        FAILED.format('GeneratorExit'),
    ),
    'is cancelled at once': (
        'import asyncio\n'
        'def render(report, appearance):\n    raise asyncio.CancelledError',
        FAILED.format('CancelledError'),
    ),
    'does not compile': (
        f'password = "{SECRET}',
        CANNOT_BE_LOADED.format('SyntaxError'),
    ),
    'is not there': (
        '',
        CANNOT_BE_LOADED.format('AttributeError'),
    ),
    'raises at once': (
        f'def render(report, appearance):\n    raise ValueError("{SECRET}")',
        FAILED.format('ValueError'),
    ),
    'raises after some of it': (
        f'{GOOD}    raise ValueError("{SECRET}")',
        FAILED.format('ValueError'),
    ),
    'breaks a pipe': (
        f'{GOOD}    raise BrokenPipeError',
        FAILED.format('BrokenPipeError'),
    ),
    'exits after some of it': (
        f'{GOOD}    raise SystemExit(0)',
        FAILED.format('SystemExit'),
    ),
    'gives nothing': (
        'def render(report, appearance):\n    pass',
        FAILED.format('TypeError'),
    ),
    'gives no text': (
        'def render(report, appearance):\n    yield b"bytes"',
        FAILED.format('TypeError'),
    ),
    'takes other arguments': (
        'def render(report):\n    yield "text"',
        FAILED.format('TypeError'),
    ),
}


@pytest.mark.parametrize('name', FAILING)
def test_one_that_fails_leaves_nothing_behind(
    name: str, report: Report, tmp_path: pathlib.Path
) -> None:
    code, because = FAILING[name]
    kept, directory = tmp_path / 'kept', tmp_path / 'reports'
    kept.write_text('old')
    directory.mkdir()
    asked = ('theirs', f'theirs:{kept}', f'json:{directory}/json')
    words = [word for one in asked for word in ('--output', one)]
    result = report(code, *words)
    assert conftest.reason(result) == because
    assert kept.read_text() == 'old'
    assert list(directory.iterdir()) == []
    passwords.assert_hidden(result)


def test_one_that_fails_for_a_file_leaves_the_others_as_they_are(
    report: Report, tmp_path: pathlib.Path
) -> None:
    code, because = FAILING['raises after some of it']
    directory = tmp_path / 'reports'
    directory.mkdir()
    first, second = directory / '1', directory / '2'
    first.write_text('old')
    asked = (f'json:{first}', f'theirs:{second}')
    words = [word for one in asked for word in ('--output', one)]
    assert conftest.reason(report(code, *words)) == because
    assert first.read_text() == 'old'
    assert list(directory.iterdir()) == [first]


@pytest.mark.parametrize(
    ('number', 'code'),
    [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 255)],
)
def test_killed_while_a_file_is_written_it_leaves_the_old_one(
    number: signal.Signals, code: int, report: Report, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / 'report'
    path.write_text('old')
    # More than is kept back in memory.
    killed = (
        'import os, signal\n'
        'def render(report, appearance):\n'
        # Shells let what runs in the background ignore it.
        '    signal.signal(signal.SIGINT, signal.default_int_handler)\n'
        '    yield "new" * 1_000_000\n'
        f'    os.kill(os.getpid(), {number.value})\n'
        '    yield "end"\n'
    )
    result = report(killed, '--output', f'theirs:{path}')
    assert result.returncode == code
    assert path.read_text() == 'old'
    left = [one for one in os.listdir(tmp_path) if one.startswith('.report')]
    assert bool(left) is (number is signal.SIGKILL)
    again = report(f'{GOOD}    yield "whole"', '--output', f'theirs:{path}')
    assert again.returncode == 1
    assert path.read_text().endswith('whole')
    # The next one that writes it sweeps.
    assert not [one for one in os.listdir(tmp_path) if one in left]


def test_debug_shows_where_it_failed(report: Report) -> None:
    code = f'{GOOD}    raise ValueError("a reason")'
    result = report(code, '--output', 'theirs', '--debug')
    assert (result.returncode, result.stdout) == (255, '')
    assert 'theirs.py", line 4, in render' in result.stderr
    assert 'ValueError: a reason' in result.stderr
