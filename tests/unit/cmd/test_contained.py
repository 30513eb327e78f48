# SPDX-License-Identifier: Apache-2.0

"""Whatever is raised for one collected host, it stays with that host."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
import json
import logging
import pathlib
from typing import Any, NoReturn

import pytest

from nova_cow_check.cmd import command_line
from nova_cow_check.cmd import fix_command
from nova_cow_check.cmd import report_command
from nova_cow_check.document import reader
from nova_cow_check.fixer import plan
from nova_cow_check.reports import verdict
from nova_cow_check.settings import host_settings
from nova_cow_check.settings import parsing
from nova_cow_check.sources import collected
from nova_cow_check.sources import editable_files
from nova_cow_check.sources import excerpt
from nova_cow_check.sources import host
from tests.functional import passwords
from tests.unit import hosts

SECRET = passwords.ON_THE_LINE
CONTENT = hosts.nova_conf(images_type='flat')
NAMES = ('c1', 'c2', 'c3')


class GreenletExit(BaseException):
    """As greenlet has it."""


RAISED: tuple[BaseException, ...] = (
    ValueError(SECRET),
    KeyError(SECRET),
    UnicodeEncodeError('utf-8', SECRET, 0, 1, 'why'),
    OSError(5, SECRET),
    MemoryError(),
    RecursionError(),
    SystemExit(0),
    SystemExit(SECRET),
    GeneratorExit(),
    asyncio.CancelledError(),
    GreenletExit(SECRET),
)

#: What is done for each host -> the words of the command.
WHEN_READ: dict[tuple[Any, str], str] = {
    (excerpt, 'parse'): 'report',
    (parsing, 'of_assignments'): 'report',
    (host, 'refuse_sources'): 'report',
    (host_settings, 'read'): 'report',
    (reader, 'parse'): 'report',
    (verdict, 'behaviour_of'): 'report',
    (verdict, '_read'): 'report',
    (editable_files, 'load'): 'fix',
    (plan, 'make'): 'fix',
    (plan, 'render'): 'fix',
}


@pytest.fixture
def fleet(tmp_path: pathlib.Path) -> pathlib.Path:
    """A folder of hosts that are not alike, and of which none is known."""
    for cached in (
        verdict.judge,
        verdict.behaviour_of,
        verdict.compared_as,
        collected._of_excerpts,
    ):
        cached.cache_clear()
    folder = tmp_path / 'fleet'
    folder.mkdir()
    for number, name in enumerate(NAMES):
        content = '\n' * number + CONTENT
        (folder / f'{name}.conf').write_text(content)
    return folder


def raising_once(
    function: Callable[..., object], error: BaseException
) -> Callable[..., object]:
    """Return a function that raises for the second host it is called for."""
    calls = 0

    def call(*arguments: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise error
        return function(*arguments, **named)

    return call


def patched(
    place: tuple[Any, str], error: BaseException, patch: pytest.MonkeyPatch
) -> None:
    module, name = place
    call = raising_once(getattr(module, name), error)
    patch.setattr(module, name, call)


def report(fleet: pathlib.Path) -> tuple[int, dict[str, Any]]:
    path = fleet.parent / 'report.json'
    words = ['report', str(fleet), '--output', f'json:{path}']
    code = report_command.run(command_line.parse(words))
    hosts_read = json.loads(path.read_text())['hosts']
    return code, {one['name']: one['unreadable'] for one in hosts_read}


@pytest.mark.parametrize('error', RAISED, ids=repr)
@pytest.mark.parametrize(
    'place',
    [place for place, word in WHEN_READ.items() if word == 'report'],
    ids=lambda place: f'{place[0].__name__}.{place[1]}',
)
def test_a_report_has_one_host_that_was_not_read(
    place: tuple[Any, str],
    error: BaseException,
    fleet: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    if place == (reader, 'parse'):
        _write_reports(fleet)
    patched(place, error, monkeypatch)
    with caplog.at_level(logging.DEBUG, 'nova_cow_check'):
        code, unreadable = report(fleet)
    assert code == 2
    unread = [why for why in unreadable.values() if why]
    assert [why['reason'] for why in unread] == [
        f'it could not be read or judged: {type(error).__name__}; --debug '
        'shows where'
    ]
    assert SECRET not in (fleet.parent / 'report.json').read_text()
    # With --debug, it is shown where.
    assert any(one.exc_info for one in caplog.records)


def _write_reports(fleet: pathlib.Path) -> None:
    for name in NAMES:
        made = fleet / f'{name}.json'
        conf = fleet / f'{name}.conf'
        words = ['report', '--output', f'json:{made}']
        place = ['--config-file', str(conf)]
        report_command.run(command_line.parse([*place, *words]))
        conf.unlink()


@pytest.mark.parametrize('error', RAISED, ids=repr)
@pytest.mark.parametrize(
    'place',
    [place for place, word in WHEN_READ.items() if word == 'fix'],
    ids=lambda place: f'{place[0].__name__}.{place[1]}',
)
def test_fix_leaves_one_host_and_writes_the_others(
    place: tuple[Any, str],
    error: BaseException,
    fleet: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    patched(place, error, monkeypatch)
    words = ['fix', '--write', str(fleet)]
    assert fix_command.run(command_line.parse(words)) == 2
    written = {
        name
        for name in NAMES
        if 'use_cow_images' in (fleet / f'{name}.conf').read_text()
    }
    assert written == {'c1', 'c3'}
    said = capsys.readouterr().err
    assert (
        'nova-cow-check: c2: unreadable-configuration: it could not be read '
        f'or judged: {type(error).__name__}; --debug shows where\n'
    ) in said
    assert SECRET not in said


@pytest.mark.parametrize('place', WHEN_READ)
def test_an_interruption_ends_it(
    place: tuple[Any, str],
    fleet: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (fleet / 'c2.conf').rename(fleet / 'c2.json')
    word = WHEN_READ[place]

    def interrupted(*_arguments: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(*place, interrupted)
    run = report_command.run if word == 'report' else fix_command.run
    with pytest.raises(KeyboardInterrupt):
        run(command_line.parse([word, str(fleet)]))
