# SPDX-License-Identifier: Apache-2.0

"""Where the output goes, in which language, and what it costs to make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
import io
import json
import os
import pathlib
import struct
import subprocess
import sys

import pytest

from tests.functional import conftest
from tests.functional import documents
from tests.functional import fixes

CHECK = ('upgrade', 'check')

#: Every command that prints a report or a page.
COMMANDS = [
    CHECK,
    (*CHECK, '--json'),
    ('report',),
    ('report', '--output', 'json'),
    ('rules',),
    ('rules', 'driver-removed'),
]

CLEAN = (
    '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'
    '[libvirt]\nimages_type = qcow2\n'
)
SICK = CLEAN.replace('qcow2', 'raw')


@pytest.fixture
def run_to(
    command: str, tmp_path: pathlib.Path
) -> Callable[..., tuple[int, str]]:
    """Return a function that runs the command with other streams."""

    def run_command(
        *arguments: str, redirection: str = '', stdout: int | None = None
    ) -> tuple[int, str]:
        done = subprocess.run(
            [
                'sh',
                '-c',
                f'exec "$@" {redirection}',
                'sh',
                command,
                *arguments,
            ],
            env=conftest.environment(tmp_path),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            timeout=600,
        )
        return done.returncode, done.stderr.decode()

    return run_command


@pytest.mark.parametrize('words', COMMANDS)
@pytest.mark.parametrize('content', [CLEAN, SICK])
def test_a_closed_pipe_ends_it_quietly(
    content: str,
    words: tuple[str, ...],
    run_to: Callable[..., tuple[int, str]],
    write: Callable[..., str],
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = run_to(*words, '--config-file', write(content), stdout=writing)
    finally:
        os.close(writing)
    # Not a verdict: nobody has seen the report.
    assert done == (255, '')


@pytest.mark.parametrize('words', COMMANDS)
def test_a_full_disk_is_told(
    words: tuple[str, ...],
    run_to: Callable[..., tuple[int, str]],
    write: Callable[..., str],
) -> None:
    code, stderr = run_to(
        *words,
        '--config-file',
        write(CLEAN),
        redirection='>/dev/full',
    )
    assert code == 255
    assert conftest.only_line(stderr) == (
        'nova-cow-check: cannot write the report: No space left on device'
    )


@pytest.mark.parametrize('words', COMMANDS[:3])
@pytest.mark.parametrize('redirection', ['>&-', '2>&-', '>&- 2>&-', '<&-'])
def test_without_a_stream_the_code_is_the_same(
    redirection: str,
    words: tuple[str, ...],
    run_to: Callable[..., tuple[int, str]],
    write: Callable[..., str],
) -> None:
    path = write(SICK)
    done = run_to(
        *words,
        '--config-file',
        path,
        redirection=redirection,
        stdout=subprocess.DEVNULL,
    )
    assert done == (1, '')
    code, stderr = run_to(*words, '--banana', redirection=redirection)
    assert code == 255
    assert 'Traceback' not in stderr


@pytest.mark.parametrize('mode', [(), ('--write',), ('--for', 'sunbeam')])
def test_what_fix_cannot_show_it_does_not_write(
    mode: tuple[str, ...],
    run_to: Callable[..., tuple[int, str]],
    write: Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    words = ('fix', *mode, '--config-file', write(SICK))
    before = fixes.snapshot(tmp_path)
    code, stderr = run_to(*words, redirection='>/dev/full')
    assert code == 255
    assert conftest.only_line(stderr) == (
        'nova-cow-check: cannot write the report: No space left on device'
    )
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert run_to(*words, stdout=writing) == (255, '')
    finally:
        os.close(writing)
    assert fixes.snapshot(tmp_path) == before


@pytest.mark.parametrize('arguments', [(), ('--debug',)])
@pytest.mark.parametrize('redirection', ['2>/dev/full', '>/dev/full 2>&1'])
def test_without_room_for_its_message_it_is_no_verdict(
    redirection: str,
    arguments: tuple[str, ...],
    run_to: Callable[..., tuple[int, str]],
) -> None:
    for words in (CHECK, ('report',), ('fix',)):
        done = run_to(*words, *arguments, '--banana', redirection=redirection)
        assert done == (255, '')


@pytest.mark.parametrize('redirection', ['>&-', '2>&-', '>&- 2>&-', '<&-'])
def test_without_a_stream_fix_does_the_same(
    redirection: str,
    run_to: Callable[..., tuple[int, str]],
    write: Callable[..., str],
) -> None:
    path = write(SICK)
    words = ('fix', '--config-file', path)
    streams = {'redirection': redirection, 'stdout': subprocess.DEVNULL}
    shown, stderr = run_to(*words, **streams)
    assert shown == 1
    written, stderr = run_to(*words, '--write', **streams)
    assert written == 0
    assert bool(stderr) is ('2>&-' not in redirection)
    assert pathlib.Path(path).read_text() == fixes.CURED
    assert pathlib.Path(path + fixes.SUFFIX).read_text() == SICK


@pytest.mark.parametrize(
    ('encoding', 'shown'),
    [
        # Python makes UTF-8 of the C locale, if it is not kept from it.
        ({'LC_ALL': 'C'}, 'caf\u00e9.conf'),
        ({'LC_ALL': 'C', 'PYTHONUTF8': '0'}, 'caf\\xc3\\xa9.conf'),
        ({'PYTHONIOENCODING': 'latin-1'}, 'caf\udce9.conf'),
        ({'PYTHONIOENCODING': 'ascii'}, 'caf\\xe9.conf'),
    ],
)
def test_any_encoding_can_print_any_path(
    encoding: Mapping[str, str],
    shown: str,
    run: conftest.Run,
    write: Callable[..., str],
) -> None:
    path = write(SICK, 'caf\u00e9.conf')
    result = run(*CHECK, '--config-file', path, **encoding)
    assert (result.returncode, result.stderr) == (1, '')
    assert f'/{shown}:4)' in result.stdout
    missing = run(*CHECK, '--config-file', path + '~', **encoding)
    assert missing.returncode == 255
    assert f'/{shown}~: ' in conftest.only_line(missing.stderr)


def _python(
    program: str, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, '-c', program, *arguments],
        env=conftest.environment(pathlib.Path(os.devnull), **environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )


LAZY = """
import sys
import oslo_i18n
oslo_i18n.enable_lazy()
from nova_cow_check.cmd import main
sys.exit(main.main())
"""


@pytest.mark.parametrize(
    'arguments',
    [
        (),
        ('--json',),
        ('--config-file', '/missing'),
        ('--banana',),
        ('--help',),
    ],
)
def test_lazy_translation_changes_nothing(
    arguments: tuple[str, ...], run: conftest.Run, write: Callable[..., str]
) -> None:
    place = ('--config-file', write(SICK + 'image_type = banana\n'))
    lazy = _python(LAZY, *CHECK, *place, *arguments)
    usual = run(*CHECK, *place, *arguments)
    assert lazy.stdout == usual.stdout
    assert lazy.stderr == usual.stderr
    assert lazy.returncode == usual.returncode


def _catalogue(messages: Mapping[str, str]) -> bytes:
    """Return a compiled catalogue, as msgfmt makes them.

    https://www.gnu.org/software/gettext/manual/html_node/MO-Files.html
    """
    texts = io.BytesIO()
    tables = io.BytesIO()
    header_size, entry_size = 28, 8
    pairs = sorted(
        {'': 'Content-Type: text/plain; charset=UTF-8', **messages}.items()
    )
    start = header_size + 2 * entry_size * len(pairs)
    for column in zip(*pairs):
        for message in column:
            data = message.encode()
            tables.write(struct.pack('<II', len(data), start + texts.tell()))
            texts.write(data + b'\0')
    header = (
        0x950412DE,
        0,
        len(pairs),
        header_size,
        header_size + entry_size * len(pairs),
        0,
        start,
    )
    return struct.pack('<7I', *header) + tables.getvalue() + texts.getvalue()


def test_a_catalogue_translates_rows_and_reasons(
    run: conftest.Run, tmp_path: pathlib.Path, write: Callable[..., str]
) -> None:
    folder = tmp_path / 'locale' / 'de' / 'LC_MESSAGES'
    folder.mkdir(parents=True)
    (folder / 'nova_cow_check.mo').write_bytes(
        _catalogue(
            {
                'Image settings': 'Einstellungen f\u00fcr Abbilder',
                'Nova uses the %s backend.': 'Nova nimmt %s.',
                'Write in nova.conf:': 'In nova.conf zu schreiben:',
                'cannot be read: %s': 'ist nicht lesbar: %s',
            }
        )
    )
    german = {
        'LANGUAGE': 'de',
        'NOVA_COW_CHECK_LOCALEDIR': str(tmp_path / 'locale'),
    }
    path = write(SICK)
    table = run(*CHECK, '--config-file', path, **german)
    assert table.returncode == 1
    cells = conftest.rows(table)
    assert list(cells)[0] == 'Einstellungen f\u00fcr Abbilder'
    assert 'In nova.conf zu schreiben:' in table.stdout
    printed = run(*CHECK, '--config-file', path, '--json', **german)
    # Which programs read.
    rows = json.loads(printed.stdout)['checks']
    assert rows[0]['check'] == 'Image settings'
    assert rows[1]['details'].startswith('Nova uses the flat backend.\n')
    missing = run(*CHECK, '--config-file', '/missing', **german)
    assert conftest.reason(missing).startswith('/missing: ist nicht lesbar')


#: Says on standard error which modules the command has imported.
IMPORTS = """
import sys
from nova_cow_check.cmd import main
try:
    main.main()
finally:
    print(*sys.modules, sep='\\n', file=sys.stderr)
"""

LIBRARIES = ('oslo_config', 'oslo_upgradecheck', 'stevedore', 'prettytable')

#: For collected hosts only; and what shows progress, at terminals only.
FLEET = ('nova_cow_check.cmd.collected_hosts', 'tqdm')

#: Where all words of a command line are right.
REFUSALS = ('difflib', 'nova_cow_check.cmd.refusals')

NEVER = (
    *FLEET,
    'nova',
    # For guests that are looked at only.
    'nova_cow_check.cmd.guest_audit',
    'nova_cow_check.guests',
    'nova_cow_check.reports.audit',
    'nova_cow_check.rules.extras',
    'nova_cow_check.rules.guest_findings',
    'nova_cow_check.sources.existing',
    'nova_cow_check.sources.guest_places',
    'nova_cow_check.deployment.overrides',
    'nova_cow_check.fixer',
    'nova_cow_check.fixer.plan',
    'nova_cow_check.replacing',
    'nova_cow_check.replacing.replacement',
    'nova_cow_check.sources.running',
    'requests',
)

FORMATS = tuple(f'nova_cow_check.formats.{name}' for name in documents.NAMES)

#: What takes long to load, and is for some only.
RARE = (
    'jinja2',
    'yaml',
    'junitparser',
    'xml.etree.ElementTree',
    *FORMATS,
    # For people at terminals.
    'nova_cow_check.formats.page_text',
    'nova_cow_check.formats.pasteable',
    'nova_cow_check.formats.terminal',
)


@pytest.mark.parametrize(
    ('arguments', 'missing', 'present'),
    [
        (('--help',), (*LIBRARIES, *NEVER, *RARE), ()),
        (('--version',), (*LIBRARIES, *NEVER, *RARE), ()),
        (('upgrade', 'check', '--help'), (*LIBRARIES, *NEVER, *RARE), ()),
        (
            ('upgrade', 'check', '--banana'),
            (*LIBRARIES, *NEVER, *RARE),
            REFUSALS,
        ),
        (('report', '--help'), (*LIBRARIES, *NEVER, *RARE), ()),
        (('report', '--banana'), (*LIBRARIES, *NEVER, *RARE), REFUSALS),
        (('fix', '--help'), (*LIBRARIES, *NEVER, *RARE), ()),
        (('fix', '--banana'), (*LIBRARIES, *NEVER, *RARE), REFUSALS),
        (
            ('fix', '{path}'),
            ('nova', 'nova_cow_check.sources.running', *RARE),
            ('oslo_config', 'nova_cow_check.fixer.plan'),
        ),
        (('upgrade', 'check', '{path}'), (*NEVER, *RARE), LIBRARIES),
        (('upgrade', 'check', '{path}', '--json'), (*NEVER, *RARE), LIBRARIES),
        (
            ('upgrade', 'check', '{path}', '--waivers={waivers}'),
            (*NEVER, 'jinja2', *FORMATS),
            ('yaml',),
        ),
        (
            ('report', '{host}', '--output=text:/dev/null'),
            (
                'jinja2',
                'nova',
                'nova_cow_check.fixer',
                'tqdm',
                'yaml',
            ),
            ('nova_cow_check.cmd.collected_hosts',),
        ),
    ],
)
def test_a_command_imports_only_what_it_needs(
    arguments: tuple[str, ...],
    missing: tuple[str, ...],
    present: tuple[str, ...],
    write: Callable[..., str],
) -> None:
    places = {
        'path': f'--config-file={write(CLEAN)}',
        'waivers': write('[]', 'waivers.yaml'),
        'host': write(CLEAN, 'a.conf'),
    }
    words = (word.format(**places) for word in arguments)
    imported = _python(IMPORTS, *words).stderr.split()
    assert 'nova_cow_check.cmd.main' in imported
    never = [*missing, *(name for name in REFUSALS if name not in present)]
    assert [name for name in never if name in imported] == []
    assert [name for name in present if name not in imported] == []


@pytest.mark.parametrize('name', documents.NAMES)
def test_only_the_format_that_is_asked_for_is_imported(
    name: str, write: Callable[..., str]
) -> None:
    place = f'--config-file={write(CLEAN)}'
    words = ('report', place, f'--output={name}:/dev/null')
    imported = _python(IMPORTS, *words).stderr.split()
    asked_for = [module for module in FORMATS if module in imported]
    assert asked_for == [f'nova_cow_check.formats.{name}']
    assert ('jinja2' in imported) is (name == 'html')
    assert ('yaml' in imported) is (name == 'yaml')
    # What writes the file is there, and not what edits others; the edits
    # themselves are for one format.
    edits = ['nova_cow_check.fixer'] if name == 'sarif' else []
    rare = (*NEVER, *REFUSALS)
    needless = {module for module in rare if module in imported}
    # Most formats can tell how to keep hosts apart.
    needless.discard('nova_cow_check.rules.extras')
    assert needless == {*edits, 'nova_cow_check.replacing'}
