# SPDX-License-Identifier: Apache-2.0

"""The drop-in of systemd: it warns, and never keeps nova-compute down."""

from __future__ import annotations

from collections.abc import Callable
import configparser
import os
import pathlib
import re
import shlex
import shutil
import subprocess
from typing import NamedTuple

import pytest

from tests.functional import conftest
from tests.functional import manual

DROP_IN = (
    manual.ROOT / 'share/nova-cow-check/systemd/nova-compute.service.d'
    '/nova-cow-check.conf'
)

PAGE = manual.Document(manual.ROOT / 'doc' / 'source' / 'start-up.rst')

#: As README.rst links it.
PROGRAM = '/usr/local/bin/nova-cow-check'

#: Seconds; systemd's default, of DefaultTimeoutStartSec=.
START_TIMEOUT = 90

BACKEND = '[libvirt]\nimages_type = {}\n'
DRIVER = '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n'
GOOD = DRIVER + BACKEND.format('qcow2')
FAILING = DRIVER + 'force_raw_images = False\n' + BACKEND.format('rbd')


class Command(NamedTuple):
    """A command of a unit, as systemd.service(5) takes it apart."""

    #: Whether its exit code is ignored.
    is_ignored: bool
    words: list[str]


def exec_start_pre(drop_in: str = DROP_IN.read_text()) -> Command:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment]
    # A line that ends in a backslash goes on in the next one.
    parser.read_string(drop_in.replace('\\\n', ' '))
    assert parser.sections() == ['Service']
    assert list(parser['Service']) == ['ExecStartPre']
    value = parser['Service']['ExecStartPre']
    words = shlex.split(value.lstrip('-'))
    return Command(
        value.startswith('-'), [word.replace('$$', '$') for word in words]
    )


@pytest.fixture
def start(command: str, tmp_path: pathlib.Path) -> conftest.Run:
    """Return a function that runs the command before nova-compute."""

    def run_command(
        program: str = command, seconds: int = 300
    ) -> subprocess.CompletedProcess[str]:
        words = [
            word.replace(PROGRAM, program).replace(' 20 ', f' {seconds} ')
            for word in exec_start_pre().words
        ]
        # Nova's configuration is looked for in the home directory, too.
        return subprocess.run(
            words,
            env=conftest.environment(tmp_path),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
        )

    return run_command


def priorities(result: subprocess.CompletedProcess[str]) -> list[str]:
    """Return the priority of each line of standard output."""
    found = [re.match('<[0-7]>', line) for line in result.stdout.splitlines()]
    return [match[0] for match in found if match]


class TestTheUnit:
    def test_no_exit_code_stops_nova_compute(self) -> None:
        assert exec_start_pre().is_ignored

    def test_the_command_is_the_one_of_the_readme(self) -> None:
        directory, _slash, _name = PROGRAM.rpartition('/')
        assert f' {directory}/\n' in (manual.ROOT / 'README.rst').read_text()
        assert PROGRAM in exec_start_pre().words[2].split()

    def test_it_ends_well_before_systemd_gives_up(self) -> None:
        limits = re.search(
            r'timeout --kill-after=(\d+) (\d+) ', exec_start_pre().words[2]
        )
        assert limits
        assert sum(map(int, limits.groups())) * 2 < START_TIMEOUT

    def test_systemd_understands_it(self, tmp_path: pathlib.Path) -> None:
        assert verified(tmp_path, DROP_IN.read_text()) == ''

    def test_systemd_would_tell_of_a_mistake(
        self, tmp_path: pathlib.Path
    ) -> None:
        mistaken = DROP_IN.read_text().replace('ExecStartPre', 'ExecStartPr')
        assert "Unknown key 'ExecStartPr'" in verified(tmp_path, mistaken)


class TestTheOnesForOtherServices:
    @pytest.mark.parametrize('block', PAGE.blocks_in('ini'))
    def test_only_the_files_are_others(
        self, block: manual.Block, tmp_path: pathlib.Path
    ) -> None:
        own, other = exec_start_pre(), exec_start_pre(block.text)
        files = re.compile(r' --config-file /etc/\S+')
        assert files.search(one_line(other.words[2]))
        assert files.sub('', one_line(other.words[2])) == (
            one_line(own.words[2])
        )
        assert other[:1] == own[:1]
        assert verified(tmp_path, block.text) == ''


def one_line(words: str) -> str:
    return ' '.join(words.split())


def verified(directory: pathlib.Path, drop_in: str) -> str:
    """Return what systemd has to say about a drop-in for nova-compute."""
    analyze = shutil.which('systemd-analyze')
    conftest.required(analyze is not None, 'needs systemd-analyze')
    unit = directory / 'nova-compute.service'
    unit.write_text('[Service]\nUser=root\nExecStart=/bin/true\n')
    path = directory / f'{unit.name}.d' / DROP_IN.name
    path.parent.mkdir()
    path.write_text(drop_in)
    result = subprocess.run(
        ['systemd-analyze', 'verify', '--man=no', str(unit)],
        capture_output=True,
        text=True,
    )
    # The machine's own units can have faults, too.
    lines = result.stderr.splitlines(keepends=True)
    return ''.join(line for line in lines if unit.name in line)


class TestWhatIsLogged:
    @pytest.mark.parametrize(
        ('content', 'expected'),
        [
            (GOOD, ['<6>']),
            (DRIVER, ['<4>', '<6>']),
            (FAILING, ['<3>', '<6>']),
        ],
        ids=['good', 'warning', 'failure'],
    )
    def test_a_line_for_each_finding_and_the_verdict(
        self,
        start: conftest.Run,
        write: Callable[..., str],
        content: str,
        expected: list[str],
    ) -> None:
        conftest.no_own_configuration()
        write(content)
        result = start()
        assert result.returncode == 0
        assert priorities(result) == expected
        assert result.stderr == ''

    @pytest.mark.parametrize(
        'content', [None, '[DEFAULT\nno'], ids=['missing', 'malformed']
    )
    def test_no_verdict_is_a_warning(
        self,
        start: conftest.Run,
        write: Callable[..., str],
        content: str | None,
    ) -> None:
        conftest.no_own_configuration()
        if content is not None:
            write(content)
        result = start()
        assert result.returncode == 0
        assert result.stdout == no_verdict(255)
        assert conftest.only_line(result.stderr)

    def test_a_check_that_hangs_is_ended(
        self, start: conftest.Run, tmp_path: pathlib.Path
    ) -> None:
        conftest.no_own_configuration()
        os.mkfifo(tmp_path / 'nova.conf')
        result = start(seconds=1)
        assert result.returncode == 0
        assert result.stdout == no_verdict(124)

    def test_a_program_that_is_missing(
        self, start: conftest.Run, tmp_path: pathlib.Path
    ) -> None:
        result = start(str(tmp_path / 'nova-cow-check'))
        assert result.returncode == 0
        assert result.stdout == no_verdict(127)


def no_verdict(code: int) -> str:
    return f'<4>nova-cow-check: no verdict, exit code {code}\n'
