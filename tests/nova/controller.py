# SPDX-License-Identifier: Apache-2.0

"""A controller: Nova's databases, and the commands that are run there."""

from __future__ import annotations

from collections.abc import Sequence
import fcntl
import pathlib
import subprocess
import sys

from tests.functional import conftest
from tests.functional import passwords
from tests.functional import prepared

#: What nova-status finds nothing wrong with.
HEALTHY = """\
[DEFAULT]
transport_url = fake://
state_path = {directory}
[api_database]
connection = sqlite:///{databases}/api.sqlite
[database]
connection = sqlite:///{databases}/cell1.sqlite
[placement]
auth_type = none
endpoint_override = http://127.0.0.1:{port}
[service_user]
send_service_user_token = True
"""

PLUGIN = """\
from oslo_upgradecheck import upgradecheck


class Checks:
    def get_checks(self):
        return (('{title}', check),)


def check(command):
    {body}
"""


class Controller:
    """A host where nova-status is run, with a home of its own.

    :param port: the one of placement
    :param databases: the directory of Nova's databases, which others share:
        nova-status changes nothing in them
    """

    def __init__(
        self, directory: pathlib.Path, port: int, databases: pathlib.Path
    ) -> None:
        self.directory = directory
        self.home = directory / 'home'
        self.home.mkdir()
        self.site = directory / 'site'
        self.databases = databases
        self.healthy = HEALTHY.format(
            directory=directory, port=port, databases=databases
        )
        self._server = prepared.Server(
            conftest.environment(self.home), prepared.STATUS
        )

    def path(self, program: str) -> str:
        """Return where a command of the Python is that runs the tests."""
        return str(pathlib.Path(sys.executable).with_name(program))

    def close(self) -> None:
        """End what runs there."""
        self._server.close()

    def make_databases(self) -> None:
        """Make them as Nova's installation guide does, unless others have."""
        with (self.databases / 'lock').open('w') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            made = self.databases / 'made'
            if not made.exists():
                self._make_databases()
            made.touch()

    def _make_databases(self) -> None:
        place = ('--config-file', self.write(self.healthy))
        cell0 = f'sqlite:///{self.databases}/cell0.sqlite'
        for line in (
            'api_db sync',
            f'cell_v2 map_cell0 --database_connection {cell0}',
            'db sync',
            'cell_v2 create_cell --name cell1',
        ):
            done = self.run('nova-manage', *place, *line.split())
            assert done.returncode == 0, done.stderr

    def write(self, content: str | bytes, name: str = 'nova.conf') -> str:
        """Write a file and return its path."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            content = content.encode()
        path.write_bytes(content)
        return str(path)

    def install_plugin(self, name: str, title: str, body: str) -> None:
        """Install a distribution with one check, found in ``site``."""
        files = {
            f'{name}.py': PLUGIN.format(title=title, body=body),
            f'{name}-1.0.dist-info/METADATA': (
                f'Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n'
            ),
            f'{name}-1.0.dist-info/entry_points.txt': (
                f'[nova.status.upgrade.checks]\n{name} = {name}\n'
            ),
        }
        for path, content in files.items():
            self.write(content, f'{self.site.name}/{path}')

    def start(
        self,
        program: str,
        *arguments: str,
        before: Sequence[str] = (),
        stdout: int = subprocess.PIPE,
        **more: str,
    ) -> subprocess.Popen[str]:
        """Start a command of the Python that runs the tests."""
        return subprocess.Popen(
            [*before, self.path(program), *arguments],
            env=conftest.environment(self.home, **more),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(
        self, program: str, *arguments: str, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        own = conftest.environment(self.home, **more)
        if program != prepared.STATUS or not self._server.can_start(own):
            return finished(self.start(program, *arguments, **more))
        return self._server.run([self.path(program), *arguments], own)

    def check(
        self, content: str, *arguments: str, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run nova-cow-status's upgrade check; no password is printed."""
        done = self.run(
            'nova-cow-status',
            '--config-file',
            self.write(content),
            'upgrade',
            'check',
            *arguments,
            **more,
        )
        passwords.assert_hidden(done)
        return done


def finished(
    process: subprocess.Popen[str],
) -> subprocess.CompletedProcess[str]:
    """Wait for a command, and return what has come of it."""
    stdout, stderr = process.communicate(timeout=600)
    return subprocess.CompletedProcess(
        process.args, process.returncode, stdout, stderr
    )
