# SPDX-License-Identifier: Apache-2.0

"""Wherever the report on a fleet is interrupted, nothing of it stays."""

from __future__ import annotations

from collections.abc import Sequence
import contextlib
import itertools
import json
import os
import pathlib
import signal
import sys
from types import CodeType, FrameType
from typing import Any

import pytest

from nova_cow_check.cmd import main
from tests.functional import documents
from tests.functional import fixes
from tests.functional import moments

#: The exit code of a command that reads on after it was interrupted.
READS_ON = 98


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    """A fleet with findings, one of them that hosts differ."""
    path = tmp_path / 'fleet'
    path.mkdir()
    for name, content in (
        ('clean', fixes.CLEAN),
        ('sick', fixes.SICK),
        ('faulty', fixes.CLEAN + '?'),
    ):
        (path / f'{name}.conf').write_text(content)
    return path


@pytest.fixture
def reports(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / 'reports'
    path.mkdir()
    return path


def interrupted(
    words: Sequence[str], folder: pathlib.Path, at: int, said: pathlib.Path
) -> int:
    """Interrupt a report where one more function of ours is called.

    :param at: how many have been since a file of the folder was opened
    :param said: a directory, for what is written to both streams
    :returns: how the process ended
    """
    called: set[CodeType] = set()
    is_opened = is_interrupted = False

    def watch(_event: str, arguments: tuple[object, ...]) -> None:
        nonlocal is_opened
        if any(str(one).startswith(str(folder)) for one in arguments):
            if is_interrupted:
                os._exit(READS_ON)
            is_opened = True

    def profile(frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal is_interrupted
        module = frame.f_globals.get('__name__', '')
        if event == 'call' and is_opened and module.startswith('nova_cow_'):
            called.add(frame.f_code)
            if len(called) > at and not is_interrupted:
                is_interrupted = True
                os.kill(os.getpid(), signal.SIGINT)

    def run() -> int:
        moments.heed(signal.SIGINT)
        with contextlib.ExitStack() as stack:
            streams = [
                stack.enter_context((said / name).open('w'))
                for name in ('stdout', 'stderr')
            ]
            stack.enter_context(contextlib.redirect_stdout(streams[0]))
            stack.enter_context(contextlib.redirect_stderr(streams[1]))
            sys.addaudithook(watch)
            sys.setprofile(profile)
            try:
                return main.main(words)
            finally:
                sys.setprofile(None)

    return moments.ended(run)


def test_interrupted_anywhere_it_leaves_whole_reports_or_none(
    folder: pathlib.Path, reports: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    old, new = reports / 'old.json', reports / 'new.html'
    words = ['report', str(folder), '--output=junit:/dev/null']
    words += [f'--output=json:{old}', f'--output=html:{new}']
    # What is imported is not imported again.
    assert main.main(words) == 2
    seen = []
    for at in itertools.count():
        old.write_text('old')
        new.unlink(missing_ok=True)
        code = interrupted(words, folder, at, tmp_path)
        stderr = (tmp_path / 'stderr').read_text()
        assert (tmp_path / 'stdout').read_text() == ''
        assert {path.name for path in reports.iterdir()} <= {
            'old.json',
            'new.html',
        }
        is_new = old.read_text() != 'old'
        if is_new:
            documents.of(json.loads(old.read_text()))
        if new.exists():
            assert new.read_text().endswith('</html>\n')
        seen.append((is_new, new.exists()))
        if code != 255:
            break
        assert stderr == 'nova-cow-check: interrupted\n'
    assert (code, stderr) == (2, '')
    assert seen[0] == (False, False) and seen[-1] == (True, True)
    # That is, in reading, in judging and in writing.
    assert len(seen) > 100


def test_interrupted_where_it_waits_for_a_reader_it_leaves_no_report(
    folder: pathlib.Path,
    reports: pathlib.Path,
    command: str,
    tmp_path: pathlib.Path,
) -> None:
    (reports / 'old.json').write_text('old')
    # Nobody reads it, so it is waited for.
    os.mkfifo(reports / 'pipe')
    words = [command, 'report', str(folder)]
    for output in ('json:{}/old.json', 'html:{}/new.html', 'text:{}/pipe'):
        words.append('--output=' + output.format(reports))
    with moments.started(words, tmp_path) as process:
        # Both files have been begun.
        moments.wait_for(lambda: len(list(reports.iterdir())) > 3)
        assert moments.interrupted(process) == (
            255,
            '',
            'nova-cow-check: interrupted\n',
        )
    assert {path.name for path in reports.iterdir()} == {'old.json', 'pipe'}
    assert (reports / 'old.json').read_text() == 'old'
